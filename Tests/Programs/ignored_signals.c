/*
 * Calls that wait while a signal comes that the program ignores.
 *
 *     ignored_signals CASE
 *
 * Prints "ready", and begins when a byte comes on the standard input. A batch of 14 datagrams is sent
 * to a socket that holds 11. When the call waits, a child does what the case says, and then makes
 * room. Prints "returned RESULT ERRNO".
 *
 *   winch   SIGWINCH, which is ignored by default
 *   alarm   SIGALRM, which the program ignores
 *   none    no signal: room is made at the next byte on the standard input
 *   epoll   SIGWINCH, into an epoll_wait without a timeout, which ends when a pipe is written to
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BATCH = 14 };

/* True when the first thread of `pid` sleeps in the call. */
static int waits_in(pid_t pid, long call) {
  char path[64];
  long number = -1;
  snprintf(path, sizeof path, "/proc/%d/syscall", pid);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  if (fscanf(file, "%ld", &number) != 1) number = -1;
  fclose(file);
  return number == call;
}

/* True while a signal waits for the process. */
static int has_pending(pid_t pid) {
  char path[64], line[256];
  unsigned long shared = 0;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  while (fgets(line, sizeof line, file)) sscanf(line, "ShdPnd: %lx", &shared);
  fclose(file);
  return shared != 0;
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  const char *wanted = arguments[1];
  int is_epoll = strcmp(wanted, "epoll") == 0;
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  socklen_t size = sizeof name;
  int receiver = socket(AF_UNIX, SOCK_DGRAM, 0), sender = socket(AF_UNIX, SOCK_DGRAM, 0), ends[2];
  /* Autobind. */
  if (bind(receiver, (struct sockaddr *)&name, sizeof name.sun_family) < 0 || pipe(ends) < 0 ||
      getsockname(receiver, (struct sockaddr *)&name, &size) < 0)
    return 2;
  if (strcmp(wanted, "alarm") == 0) signal(SIGALRM, SIG_IGN);
  setvbuf(stdout, NULL, _IOLBF, 0);
  puts("ready");
  char byte;
  if (read(0, &byte, 1) < 0) return 2;

  pid_t parent = getpid(), child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (!waits_in(parent, is_epoll ? SYS_epoll_wait : SYS_sendmmsg)) usleep(1000);
    if (strcmp(wanted, "none") == 0) {
      if (read(0, &byte, 1) < 0) _exit(2);
    } else {
      kill(parent, strcmp(wanted, "alarm") == 0 ? SIGALRM : SIGWINCH);
    }
    /* Traced, it is kept until the call has ended for it. */
    while (has_pending(parent)) usleep(1000);
    if (is_epoll && write(ends[1], "x", 1) < 0) _exit(2);
    for (;;)
      if (recv(receiver, &byte, 1, 0) < 0) _exit(2);
  }

  int result;
  if (is_epoll) {
    struct epoll_event event = {.events = EPOLLIN};
    int epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event);
    result = epoll_wait(epoll, &event, 1, -1);
  } else {
    struct iovec piece = {"x", 1};
    struct mmsghdr batch[BATCH];
    memset(batch, 0, sizeof batch);
    for (int i = 0; i < BATCH; i++)
      batch[i].msg_hdr = (struct msghdr){&name, size, &piece, 1, NULL, 0, 0};
    result = sendmmsg(sender, batch, BATCH, 0);
  }
  printf("returned %d %d\n", result, result < 0 ? errno : 0);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  return 0;
}
