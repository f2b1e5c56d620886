/*
 * A signal ends a call that waits for room: a datagram socket whose receiver does not read, and a
 * timer.
 *
 * What is true of it: a receiver's queue takes 11 datagrams unless net.unix.max_dgram_qlen says
 * otherwise, then the sender waits. SIGALRM ends the wait. As some messages were sent, the call
 * returns their number, and nobody learns that it was a signal; its handler may even have asked for
 * restarting (SA_RESTART), which is done only where nothing was sent. The second call waits from the
 * start and gets EINTR. A trace shows the first call as `partial`, cause `interrupted`, and the
 * second as `failed`, cause `interrupted` at message 0.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

enum { count = 1000 };

static void on_alarm(int number) { (void)number; }

static void alarm_soon(int restart) {
  struct sigaction act = {.sa_handler = on_alarm, .sa_flags = restart ? SA_RESTART : 0};
  struct itimerval soon = {{0, 0}, {0, 100000}};
  sigaction(SIGALRM, &act, NULL);
  setitimer(ITIMER_REAL, &soon, NULL);
}

int main(void) {
  int receiver = socket(AF_UNIX, SOCK_DGRAM, 0), sender = socket(AF_UNIX, SOCK_DGRAM, 0);
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  socklen_t length = sizeof to;
  /* Bound to no name in particular: the kernel chooses an abstract one. */
  if (receiver < 0 || sender < 0 || bind(receiver, (struct sockaddr *)&to, sizeof to.sun_family) < 0 ||
      getsockname(receiver, (struct sockaddr *)&to, &length) < 0 ||
      connect(sender, (struct sockaddr *)&to, length) < 0) {
    perror("interrupted_while_waiting: sockets");
    return 1;
  }

  struct iovec piece = {"is there room?", 14};
  static struct mmsghdr batch[count];
  for (int i = 0; i < count; i++) batch[i].msg_hdr.msg_iov = &piece, batch[i].msg_hdr.msg_iovlen = 1;

  alarm_soon(1);
  int first = sendmmsg(sender, batch, count, 0);
  printf("whole batch: returned %d of %d\n", first, count);
  alarm_soon(0);
  int second = sendmmsg(sender, batch + first, count - first, 0), error = errno;
  printf("from message %d on: returned %d, errno %d (%s)\n", first, second, error, strerror(error));
  return first > 0 && first < count && second == -1 && error == EINTR ? 0 : 1;
}
