/*
 * Sends what a packet capture is to show: one call for each kind of socket, all on loopback.
 *
 *     TITLE LOCAL-PORT RESULT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

union address { struct sockaddr any; struct sockaddr_in v4; struct sockaddr_in6 v6; struct sockaddr_un local; };

static char large[70000], third[] = "third", text[] = "first second";
/* A query for the address of packets.example. */
static char query[] = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07" "packets\x07" "example\x00\x00\x01\x00\x01";

static union address loopback(int family, int port) {
  union address to = {.any.sa_family = family};
  if (family == AF_INET) to.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK), to.v4.sin_port = htons(port);
  else to.v6.sin6_addr = in6addr_loopback, to.v6.sin6_port = htons(port);
  return to;
}

static socklen_t size_of(const union address *to) {
  switch (to->any.sa_family) {
    case AF_INET: return sizeof to->v4;
    case AF_INET6: return sizeof to->v6;
    default: return sizeof to->local;
  }
}

static void send_all(const char *title, int fd, union address *to, struct iovec *pieces, int count, void *control,
                     size_t length) {
  struct mmsghdr batch[4] = {0};
  union address local = {0};
  socklen_t size = sizeof local;
  for (int i = 0; i < count; i++) {
    batch[i].msg_hdr = (struct msghdr){.msg_name = to, .msg_namelen = to ? size_of(to) : 0,
                                       .msg_iov = &pieces[i], .msg_iovlen = 1,
                                       .msg_control = control, .msg_controllen = length};
  }
  int result = sendmmsg(fd, batch, count, 0);
  getsockname(fd, &local.any, &size);
  printf("%s %d %d\n", title, local.any.sa_family == AF_UNIX ? 0 : ntohs(local.v4.sin_port), result);
}

int main(void) {
  /* A fixed one, so that replies and other programs do not matter: nobody listens on these ports. */
  union address v4 = loopback(AF_INET, 53), v6 = loopback(AF_INET6, 9), discard = loopback(AF_INET, 9);
  int udp = socket(AF_INET, SOCK_DGRAM, 0), udp6 = socket(AF_INET6, SOCK_DGRAM, 0);
  struct iovec one = {query, sizeof query - 1};
  send_all("dns", udp, &v4, &one, 1, NULL, 0);

  struct iovec three[3] = {{text, 5}, {large, sizeof large}, {third, 5}};
  send_all("unsent", udp, &discard, three, 3, NULL, 0);

  union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } tos = {
      .header = {CMSG_LEN(sizeof(int)), IPPROTO_IPV6, IPV6_TCLASS}};
  *(int *)CMSG_DATA(&tos.header) = 0xb9;
  struct iovec odd = {text, 11};
  send_all("udp6", udp6, &v6, &odd, 1, &tos, sizeof tos);

  int cut = 1000;
  struct iovec cuttable = {large, 3500};
  if (setsockopt(udp, IPPROTO_UDP, UDP_SEGMENT, &cut, sizeof cut) < 0) return 2;
  send_all("gso", udp, &discard, &cuttable, 1, NULL, 0);

  int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
  union address at = loopback(AF_INET, 0);
  socklen_t size = sizeof at.v4;
  if (bind(server, &at.any, size) < 0 || listen(server, 1) < 0 || getsockname(server, &at.any, &size) < 0 ||
      connect(client, &at.any, size) < 0)
    return 2;
  struct iovec words[2] = {{text, 6}, {text + 6, 6}}, more = {third, 5};
  send_all("tcp", client, NULL, words, 2, NULL, 0);
  send_all("tcp", client, NULL, &more, 1, NULL, 0);

  int pair[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  send_all("unix", pair[0], NULL, &more, 1, NULL, 0);
  return 0;
}
