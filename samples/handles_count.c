/*
 * A program that does it well: it goes on from the first message that was not sent, waits where the
 * queue is full (EAGAIN), and leaves out the one message that can never be sent, with a line in its
 * log.
 *
 * What is true of it: of 24 datagrams, number 17 is larger than the socket's buffer and fails with
 * EMSGSIZE; all others come, each once. A trace shows calls that fall short, each followed up as
 * `resumed`, and message 17 as `skipped`.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { count = 24, bad = 17 };

static char big[64 << 10];
static int came[count];

static void drain(int receiver) {
  char buffer[64];
  int number;
  ssize_t got;
  while ((got = recv(receiver, buffer, sizeof buffer - 1, MSG_DONTWAIT)) > 0) {
    buffer[got] = 0;
    if (sscanf(buffer, "packet %d", &number) == 1 && number >= 0 && number < count) came[number]++;
  }
}

int main(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends) < 0) {
    perror("handles_count: socketpair");
    return 1;
  }
  int small = 8 << 10;
  setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);

  memset(big, 'x', sizeof big);
  char texts[count][32];
  struct iovec pieces[count];
  struct mmsghdr messages[count];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < count; i++) {
    int length = snprintf(texts[i], sizeof texts[i], "packet %d", i);
    pieces[i] = i == bad ? (struct iovec){big, sizeof big} : (struct iovec){texts[i], length};
    messages[i].msg_hdr.msg_iov = &pieces[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }

  int next = 0, left_out = 0;
  while (next < count) {
    int result = sendmmsg(ends[0], messages + next, count - next, 0);
    if (result > 0) {
      printf("from %d on: returned %d\n", next, result);
      next += result;
    } else if (errno == EAGAIN) {
      /* A program with other things to do would wait for POLLOUT. */
      drain(ends[1]);
    } else {
      printf("packet %d left out: %s\n", next, strerror(errno));
      left_out++;
      next++;
    }
  }
  drain(ends[1]);

  int whole = left_out == 1;
  for (int i = 0; i < count; i++) whole = whole && came[i] == (i != bad);
  printf("%s\n", whole ? "all others came, each once" : "something is missing");
  return whole ? 0 : 1;
}
