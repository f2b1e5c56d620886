/*
 * MSG_PROBE: a message that is counted and was never sent.
 *
 * What is true of it: with MSG_PROBE (glibc's header does not have it) UDP looks up the route, takes
 * none of the data and sends nothing, and yet reports the message's whole length. sendmmsg ends
 * behind a message whose data was not taken: the call returns 1 of 3 without any error, and nothing
 * arrives. A trace shows the call as `partial`, cause `unconsumed_message` at message 0. Without the
 * flag the same batch is `complete`, and three datagrams arrive.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { count = 3, probe = 0x10 };

static int arrived(int receiver) {
  char byte;
  int datagrams = 0;
  while (recv(receiver, &byte, 1, MSG_DONTWAIT) >= 0) datagrams++;
  return datagrams;
}

int main(void) {
  int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof to;
  if (receiver < 0 || sender < 0 || bind(receiver, (struct sockaddr *)&to, sizeof to) < 0 ||
      getsockname(receiver, (struct sockaddr *)&to, &length) < 0 ||
      connect(sender, (struct sockaddr *)&to, sizeof to) < 0) {
    perror("probe_sends_nothing: sockets");
    return 1;
  }

  struct iovec piece = {"is the way free?", 16};
  struct mmsghdr batch[count];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < count; i++) batch[i].msg_hdr.msg_iov = &piece, batch[i].msg_hdr.msg_iovlen = 1;

  int probed = sendmmsg(sender, batch, count, probe), came = arrived(receiver);
  printf("with MSG_PROBE: returned %d of %d, msg_len %u, %d arrived\n", probed, count,
         batch[0].msg_len, came);
  int sent = sendmmsg(sender, batch, count, 0), all = arrived(receiver);
  printf("without: returned %d of %d, %d arrived\n", sent, count, all);
  return probed == 1 && came == 0 && sent == count && all == count ? 0 : 1;
}
