/*
 * Leaves the rest of a batch unsent, closes the socket, says so, and lives on until its standard
 * input ends.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  int pair[2];
  char text[64] = "left behind";
  if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair) < 0) return 1;
  int size = 1;
  setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  struct iovec data[32];
  struct mmsghdr batch[32];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < 32; i++) {
    data[i].iov_base = text;
    data[i].iov_len = sizeof text;
    batch[i].msg_hdr.msg_iov = &data[i];
    batch[i].msg_hdr.msg_iovlen = 1;
  }
  int sent = sendmmsg(pair[0], batch, 32, 0);
  close(pair[0]);
  close(pair[1]);
  printf("%d of 32\n", sent);
  fflush(stdout);
  char end;
  return read(0, &end, 1) != 0;
}
