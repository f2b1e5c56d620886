/*
 * What changes about one and the same socket between calls.
 *
 * Prints, for each of six calls of one message: the descriptor, O_NONBLOCK, the local port before
 * and after the call (0: not bound), the peer's port (0: not connected).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in first, second;

static int port(int fd, int peer) {
  struct sockaddr_in name = {0};
  socklen_t length = sizeof name;
  if ((peer ? getpeername : getsockname)(fd, (struct sockaddr *)&name, &length) < 0) return 0;
  return ntohs(name.sin_port);
}

static void call(int fd, struct sockaddr_in *to) {
  struct iovec piece = {"change", 6};
  struct mmsghdr one = {.msg_hdr = {.msg_iov = &piece, .msg_iovlen = 1, .msg_name = to,
                                    .msg_namelen = to ? sizeof *to : 0}};
  int before = port(fd, 0);
  int result = sendmmsg(fd, &one, 1, 0);
  printf("%d %d %d %d %d %d\n", fd, (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0, before, port(fd, 0),
         port(fd, 1), result);
}

static int receiver(struct sockaddr_in *at) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  socklen_t length = sizeof *at;
  *at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(fd, (struct sockaddr *)at, sizeof *at) < 0 ||
      getsockname(fd, (struct sockaddr *)at, &length) < 0)
    perror("bind");
  return fd;
}

int main(void) {
  receiver(&first), receiver(&second);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  call(fd, &first);                                        /* binds it */
  connect(fd, (struct sockaddr *)&first, sizeof first);
  call(fd, NULL);
  connect(fd, (struct sockaddr *)&second, sizeof second);  /* another peer */
  call(fd, NULL);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  call(fd, NULL);
  call(dup(fd), NULL);                                     /* the same socket under another number */
  struct sockaddr none = {.sa_family = AF_UNSPEC};
  connect(fd, &none, sizeof none);                         /* dissolved */
  call(fd, &first);
  return 0;
}
