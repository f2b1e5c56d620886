/*
 * A program that gives up where a batch fell short: it closes the socket and ends.
 *
 * What is true of it: the first call returns less than it was asked for, and no other call follows.
 * A trace shows it as `partial`, followed up as `abandoned` by no call, when the process has ended.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { count = 16 };

int main(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends) < 0) {
    perror("abandons_rest: socketpair");
    return 1;
  }
  /* The least there can be: a few datagrams. */
  int small = 1;
  setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  char texts[count][32];
  struct iovec pieces[count];
  struct mmsghdr messages[count];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < count; i++) {
    pieces[i] = (struct iovec){texts[i], snprintf(texts[i], sizeof texts[i], "packet %d", i)};
    messages[i].msg_hdr.msg_iov = &pieces[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  int result = sendmmsg(ends[0], messages, count, 0);
  printf("returned %d of %d, %d never sent\n", result, count, count - result);
  close(ends[0]);
  return result > 0 && result < count ? 0 : 1;
}
