/*
 * What a call speaks of and its bytes do not hold: options of the socket, clocks, interfaces, files.
 *
 * Each call prints what it is about, its descriptor numbers or times where the test needs them, and
 * what it returned. An argument names an interface of the network namespace that the program is in.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SOL_UDP_LEVEL 17
#define CORK 1
#define SEGMENT 103

static char payload[4096];
static char block[4][512];

static size_t control(char *at, int level, int type, const void *data, size_t size) {
  struct cmsghdr *header = (struct cmsghdr *)at;
  header->cmsg_level = level, header->cmsg_type = type, header->cmsg_len = CMSG_LEN(size);
  memcpy(CMSG_DATA(header), data, size);
  return CMSG_SPACE(size);
}

static struct mmsghdr message(void *name, socklen_t namelen, size_t size, void *control, size_t controllen) {
  static struct iovec pieces[64];
  static int next;
  struct iovec *piece = &pieces[next++ % 64];
  *piece = (struct iovec){payload, size};
  return (struct mmsghdr){.msg_hdr = {.msg_name = name, .msg_namelen = namelen, .msg_iov = piece,
                                      .msg_iovlen = 1, .msg_control = control, .msg_controllen = controllen}};
}

static void call(const char *title, int fd, struct mmsghdr *batch, int count) {
  int result = sendmmsg(fd, batch, count, MSG_DONTWAIT);
  printf("%s: %d\n", title, result);
}

int main(int count, char **words) {
  int udp = socket(AF_INET, SOCK_DGRAM, 0), sink = socket(AF_INET, SOCK_DGRAM, 0), value, pair[2];
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof to;
  if (bind(sink, (void *)&to, sizeof to) < 0 || getsockname(sink, (void *)&to, &length) < 0) return 2;
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);

  uint16_t small = 500, none = 0;
  struct mmsghdr cut[3] = {
      message(&to, sizeof to, 2500, NULL, 0),
      message(&to, sizeof to, 1200, block[0], control(block[0], SOL_UDP_LEVEL, SEGMENT, &small, 2)),
      message(&to, sizeof to, 900, block[1], control(block[1], SOL_UDP_LEVEL, SEGMENT, &none, 2))};
  call("plain", udp, cut, 1);
  value = 1000, setsockopt(udp, SOL_UDP_LEVEL, SEGMENT, &value, sizeof value);
  call("segments", udp, cut, 3);
  value = 0, setsockopt(udp, SOL_UDP_LEVEL, SEGMENT, &value, sizeof value);
  call("no segments", udp, cut, 1);
  value = 1, setsockopt(udp, SOL_UDP_LEVEL, CORK, &value, sizeof value);
  call("corked", udp, cut, 1);
  value = 0, setsockopt(udp, SOL_UDP_LEVEL, CORK, &value, sizeof value);
  call("uncorked", udp, cut, 1);

  int clocks[] = {CLOCK_MONOTONIC, CLOCK_TAI};
  for (int i = 0; i < 2; i++) {
    struct sock_txtime setting = {.clockid = clocks[i]};
    struct timespec now;
    if (setsockopt(udp, SOL_SOCKET, SO_TXTIME, &setting, sizeof setting) < 0) perror("SO_TXTIME");
    clock_gettime(clocks[i], &now);
    uint64_t at = now.tv_sec * 1000000000ull + now.tv_nsec + 50000000;
    struct mmsghdr timed = message(&to, sizeof to, 8, block[0], control(block[0], SOL_SOCKET, SCM_TXTIME, &at, 8));
    call(i ? "tai" : "monotonic", udp, &timed, 1);
  }

  int files[4] = {udp, eventfd(0, 0), 0, 999};
  struct ucred self = {getpid(), getuid(), getgid()};
  files[2] = dup(0);
  printf("descriptors %d %d %d\n", files[0], files[1], files[2]);
  struct mmsghdr passed[2] = {
      message(NULL, 0, 1, block[0], control(block[0], SOL_SOCKET, SCM_RIGHTS, files, 12)),
      message(NULL, 0, 1, block[1], control(block[1], SOL_SOCKET, SCM_CREDENTIALS, &self, sizeof self))};
  call("files", pair[0], passed, 2);
  struct mmsghdr closed = message(NULL, 0, 1, block[0], control(block[0], SOL_SOCKET, SCM_RIGHTS, files + 3, 4));
  call("closed", pair[0], &closed, 1);

  uint32_t index = count > 1 ? if_nametoindex(words[1]) : 1;
  int six = socket(AF_INET6, SOCK_DGRAM, 0);
  struct sockaddr_in6 scoped = {.sin6_family = AF_INET6, .sin6_port = htons(9), .sin6_scope_id = index};
  inet_pton(AF_INET6, "fe80::1", &scoped.sin6_addr);
  struct sockaddr_in6 nowhere = scoped;
  nowhere.sin6_scope_id = 4242;
  struct in6_pktinfo from6 = {.ipi6_ifindex = index};
  struct mmsghdr far[2] = {
      message(&scoped, sizeof scoped, 8, block[0], control(block[0], IPPROTO_IPV6, IPV6_PKTINFO, &from6, sizeof from6)),
      message(&nowhere, sizeof nowhere, 8, NULL, 0)};
  call("scoped", six, far, 2);
  struct in_pktinfo from = {.ipi_ifindex = index};
  struct mmsghdr directed = message(&to, sizeof to, 8, block[0], control(block[0], IPPROTO_IP, IP_PKTINFO, &from, sizeof from));
  call("pktinfo", udp, &directed, 1);
  int packet = socket(AF_PACKET, SOCK_DGRAM, 0);
  struct sockaddr_ll link = {.sll_family = AF_PACKET, .sll_protocol = htons(0x88b5), .sll_ifindex = index, .sll_halen = 6};
  struct mmsghdr frame = message(&link, sizeof link, 64, NULL, 0);
  call("packet", packet, &frame, 1);
  return 0;
}
