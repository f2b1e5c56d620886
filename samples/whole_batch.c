/*
 * A batch that is sent whole: four datagrams to one UDP socket on 127.0.0.1, in one call.
 *
 * What is true of it: the call returns 4, each msg_len equals the length of its message, and the
 * receiver finds four datagrams. The second message is gathered from two buffers, the last is empty.
 * A trace shows one call with outcome `complete`.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  int receiver = socket(AF_INET, SOCK_DGRAM, 0);
  int sender = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof to;
  if (receiver < 0 || sender < 0 || bind(receiver, (struct sockaddr *)&to, sizeof to) < 0 ||
      getsockname(receiver, (struct sockaddr *)&to, &length) < 0) {
    perror("whole_batch: sockets");
    return 1;
  }

  struct iovec pieces[] = {
      {"hello", 5}, {"one", 3}, {"two", 3}, {"line 1\nline 2\n", 14},
  };
  struct mmsghdr batch[4];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < 4; i++) {
    batch[i].msg_hdr.msg_name = &to;
    batch[i].msg_hdr.msg_namelen = sizeof to;
  }
  batch[0].msg_hdr.msg_iov = &pieces[0], batch[0].msg_hdr.msg_iovlen = 1;
  batch[1].msg_hdr.msg_iov = &pieces[1], batch[1].msg_hdr.msg_iovlen = 2;
  batch[2].msg_hdr.msg_iov = &pieces[3], batch[2].msg_hdr.msg_iovlen = 1;

  int sent = sendmmsg(sender, batch, 4, MSG_NOSIGNAL);
  printf("sendmmsg returned %d of 4", sent);
  for (int i = 0; i < sent; i++) printf("%s %u", i == 0 ? ", bytes" : "", batch[i].msg_len);
  printf("\n");

  int received = 0;
  char buffer[64];
  while (recv(receiver, buffer, sizeof buffer, MSG_DONTWAIT) >= 0) received++;
  printf("%d datagrams arrived\n", received);
  return sent == 4 && received == 4 ? 0 : 1;
}
