/*
 * Sends when it is told to, wherever it lives.
 *
 * Brings up `lo` where it may and it is down, connects a UDP socket to another of its own on
 * 127.0.0.1, and says "pid PID from ADDRESS:PORT to ADDRESS:PORT". For each line on stdin it sends
 * two messages, the second with its destination, and prints the result.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, there = here;
  socklen_t size = sizeof here;
  int sender = socket(AF_INET, SOCK_DGRAM, 0), receiver = socket(AF_INET, SOCK_DGRAM, 0);
  struct ifreq loopback = {.ifr_name = "lo"};
  if (ioctl(sender, SIOCGIFFLAGS, &loopback) == 0 && !(loopback.ifr_flags & IFF_UP)) {
    loopback.ifr_flags |= IFF_UP;
    if (ioctl(sender, SIOCSIFFLAGS, &loopback) != 0) return 3;
  }
  if (bind(receiver, (void *)&there, size) != 0 || getsockname(receiver, (void *)&there, &size) != 0) return 2;
  if (connect(sender, (void *)&there, size) != 0 || getsockname(sender, (void *)&here, &size) != 0) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("pid %d from %s:%d ", getpid(), inet_ntoa(here.sin_addr), ntohs(here.sin_port));
  printf("to %s:%d\n", inet_ntoa(there.sin_addr), ntohs(there.sin_port));
  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    struct iovec piece = {"told", 4};
    struct mmsghdr two[2];
    memset(two, 0, sizeof two);
    for (int i = 0; i < 2; i++) two[i].msg_hdr.msg_iov = &piece, two[i].msg_hdr.msg_iovlen = 1;
    two[1].msg_hdr.msg_name = &there, two[1].msg_hdr.msg_namelen = sizeof there;
    printf("%d\n", sendmmsg(sender, two, 2, 0));
  }
  return 0;
}
