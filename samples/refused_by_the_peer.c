/*
 * An error that belongs to an earlier message, and is gone when the program asks for it: datagrams
 * to a port that nobody has.
 *
 * What is true of it: message 0 is sent and counted. Its answer is an ICMP "port unreachable", which
 * the kernel keeps as the socket's error and reports at the next message, 1: the call returns 1 of 3
 * and throws ECONNREFUSED away, and with it the socket's error: SO_ERROR is 0 afterwards. The second
 * call, from message 1 on, therefore returns 1 again and not the error. A trace shows both calls as
 * `partial`, cause `error`, and says that ECONNREFUSED was taken away with it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { count = 3 };

int main(void) {
  int gone = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0), error = -1;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof to, size = sizeof error;
  if (gone < 0 || sender < 0 || bind(gone, (struct sockaddr *)&to, sizeof to) < 0 ||
      getsockname(gone, (struct sockaddr *)&to, &length) < 0 || close(gone) < 0 ||
      connect(sender, (struct sockaddr *)&to, sizeof to) < 0) {
    perror("refused_by_the_peer: sockets");
    return 1;
  }

  struct iovec piece = {"anybody there?", 14};
  struct mmsghdr batch[count];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < count; i++) batch[i].msg_hdr.msg_iov = &piece, batch[i].msg_hdr.msg_iovlen = 1;

  int first = sendmmsg(sender, batch, count, 0);
  getsockopt(sender, SOL_SOCKET, SO_ERROR, &error, &size);
  printf("whole batch: returned %d of %d, SO_ERROR then %d\n", first, count, error);
  int second = sendmmsg(sender, batch + 1, count - 1, 0);
  printf("from message 1 on: returned %d of %d\n", second, count - 1);
  return first == 1 && error == 0 && second == 1 ? 0 : 1;
}
