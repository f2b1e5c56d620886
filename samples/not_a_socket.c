/*
 * Calls that are refused before the kernel looks at any message.
 *
 * What is true of it: descriptor 999 is not open (EBADF) and /dev/null is no socket (ENOTSOCK), and
 * neither call reads the array: the one of the second call is not even an address. With no message to
 * blame, a trace shows both as `failed` with cause `call_error` and no message at fault.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void) {
  struct iovec piece = {"to nobody", 9};
  struct mmsghdr batch[2];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < 2; i++) batch[i].msg_hdr.msg_iov = &piece, batch[i].msg_hdr.msg_iovlen = 1;

  int first = sendmmsg(999, batch, 2, 0), closed = errno;
  printf("descriptor 999: returned %d, errno %d (%s)\n", first, closed, strerror(closed));
  int file = open("/dev/null", O_WRONLY);
  int second = sendmmsg(file, (struct mmsghdr *)16, 2, 0), other = errno;
  printf("/dev/null: returned %d, errno %d (%s)\n", second, other, strerror(other));
  return closed == EBADF && other == ENOTSOCK ? 0 : 1;
}
