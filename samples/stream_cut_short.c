/*
 * A stream that takes part of a message: three messages of 4 MiB on a nonblocking TCP connection
 * over 127.0.0.1 whose peer does not read.
 *
 * What is true of it: the first message fits only in part, so its msg_len is smaller than the
 * message, and the call returns 1 without any error: message 0 is short, 1 and 2 were never tried.
 * The last call has a single message and returns 1 of 1, and yet that message is short: a program
 * that compares the result with the number of messages only does not notice. A trace shows the
 * first call as `partial` and the last as `short`.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { size = 4 << 20 };

int main(void) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof here;
  int small = 64 << 10;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  int sender = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  setsockopt(sender, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  if (listener < 0 || sender < 0 || bind(listener, (struct sockaddr *)&here, sizeof here) < 0 ||
      getsockname(listener, (struct sockaddr *)&here, &length) < 0 || listen(listener, 1) < 0 ||
      connect(sender, (struct sockaddr *)&here, sizeof here) < 0) {
    perror("stream_cut_short: connection");
    return 1;
  }
  int receiver = accept(listener, NULL, NULL);

  char *bytes = malloc(size);
  memset(bytes, 'z', size);
  struct iovec whole = {bytes, size};
  struct mmsghdr batch[3];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < 3; i++) batch[i].msg_hdr.msg_iov = &whole, batch[i].msg_hdr.msg_iovlen = 1;

  int first = sendmmsg(sender, batch, 3, MSG_DONTWAIT);
  printf("three messages of %d bytes: returned %d, message 0 took %u bytes\n", size, first,
         batch[0].msg_len);
  int partial = first == 1 && batch[0].msg_len < size;

  /* The peer reads what has come, so there is room again, but not for a whole message. */
  long drained = 0;
  for (long got; drained < (long)batch[0].msg_len && (got = recv(receiver, bytes, size, 0)) > 0;)
    drained += got;
  int last = sendmmsg(sender, batch, 1, MSG_DONTWAIT);
  printf("one message of %d bytes: returned %d, it took %u bytes\n", size, last, batch[0].msg_len);
  return partial && last == 1 && batch[0].msg_len < size ? 0 : 1;
}
