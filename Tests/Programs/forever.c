/* Sends a batch of two, says so on stdout, and then sleeps until it is killed. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  int pair[2];
  struct iovec piece = {"once", 4};
  struct mmsghdr two[2] = {{.msg_hdr = {.msg_iov = &piece, .msg_iovlen = 1}},
                           {.msg_hdr = {.msg_iov = &piece, .msg_iovlen = 1}}};
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  printf("sent %d\n", sendmmsg(pair[0], two, 2, 0));
  fflush(stdout);
  for (;;) pause();
}
