/*
 * Control messages: what travels beside the payload.
 *
 * What is true of it: the UDP call sends three messages, one with UDP_SEGMENT (3000 bytes leave as
 * three datagrams of 1000, one msg_len of 3000), one with IP_TOS and IP_TTL, one with IP_PKTINFO.
 * The AF_UNIX call passes a descriptor (SCM_RIGHTS) and the sender's identity (SCM_CREDENTIALS).
 * A trace shows two calls, both `complete`, with the control messages of each message by name.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

struct control { _Alignas(struct cmsghdr) char bytes[64]; size_t length; };

/* Appends one control message. */
static void add(struct control *to, int level, int type, const void *data, size_t size) {
  struct cmsghdr *at = (struct cmsghdr *)(to->bytes + to->length);
  at->cmsg_level = level, at->cmsg_type = type, at->cmsg_len = CMSG_LEN(size);
  memcpy(CMSG_DATA(at), data, size);
  to->length += CMSG_SPACE(size);
}

static int check(const char *what, int fd, struct mmsghdr *batch, int count) {
  int sent = sendmmsg(fd, batch, count, 0);
  printf("%s: returned %d of %d", what, sent, count);
  for (int i = 0; i < sent; i++) printf("%s %u", i == 0 ? ", bytes" : "", batch[i].msg_len);
  printf("\n");
  return sent == count;
}

int main(void) {
  int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0), pair[2];
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof to;
  if (bind(receiver, (struct sockaddr *)&to, sizeof to) < 0 ||
      getsockname(receiver, (struct sockaddr *)&to, &length) < 0 ||
      socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) {
    perror("control_messages: sockets");
    return 1;
  }

  static char payload[3000];
  struct iovec all = {payload, sizeof payload}, some = {"note", 4};
  struct control control[5];
  memset(control, 0, sizeof control);
  unsigned short segment = 1000;
  int tos = 0x10, ttl = 7;
  struct in_pktinfo from = {.ipi_spec_dst.s_addr = htonl(INADDR_LOOPBACK)};
  struct ucred self = {getpid(), getuid(), getgid()};
  add(&control[0], SOL_UDP, UDP_SEGMENT, &segment, sizeof segment);
  add(&control[1], IPPROTO_IP, IP_TOS, &tos, sizeof tos);
  add(&control[1], IPPROTO_IP, IP_TTL, &ttl, sizeof ttl);
  add(&control[2], IPPROTO_IP, IP_PKTINFO, &from, sizeof from);
  add(&control[3], SOL_SOCKET, SCM_RIGHTS, &receiver, sizeof receiver);
  add(&control[4], SOL_SOCKET, SCM_CREDENTIALS, &self, sizeof self);

  struct mmsghdr batch[5];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < 5; i++) {
    struct msghdr *header = &batch[i].msg_hdr;
    if (i < 3) header->msg_name = &to, header->msg_namelen = sizeof to;
    header->msg_iov = i == 0 ? &all : &some, header->msg_iovlen = 1;
    header->msg_control = control[i].bytes, header->msg_controllen = control[i].length;
  }
  return !(check("UDP", sender, batch, 3) & check("AF_UNIX", pair[0], batch + 3, 2));
}
