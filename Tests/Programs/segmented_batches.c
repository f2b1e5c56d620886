/*
 * What a QUIC server's sending looks like: five calls of ten messages on loopback, each message cut
 * into datagrams of 1200 bytes by the kernel (UDP_SEGMENT).
 *
 *   segmented_batches [careless | option]
 *       careless: one message in a call, 1500 bytes whole, without the control message, and one to
 *       a UNIX socket with a descriptor
 *       option: the socket's option says how to cut, not a control message
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

enum { BATCH = 10 };

static char payload[3 * 1200 + 100];
static struct mmsghdr batch[BATCH];
static struct iovec pieces[BATCH];

struct control { _Alignas(struct cmsghdr) char bytes[CMSG_SPACE(sizeof(int))]; };

static void add(struct msghdr *to, struct control *control, int level, int type, const void *data,
                size_t size) {
  struct cmsghdr *head = (struct cmsghdr *)control->bytes;
  head->cmsg_level = level, head->cmsg_type = type, head->cmsg_len = CMSG_LEN(size);
  memcpy(CMSG_DATA(head), data, size);
  to->msg_control = control, to->msg_controllen = CMSG_SPACE(size);
}

int main(int count, char **arguments) {
  int careless = count > 1 && strcmp(arguments[1], "careless") == 0;
  int option = count > 1 && strcmp(arguments[1], "option") == 0, size = 1200;
  int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0), pair[2];
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof to;
  static struct control controls[BATCH];
  unsigned short segment = 1200;
  if (bind(receiver, (struct sockaddr *)&to, sizeof to) < 0 ||
      getsockname(receiver, (struct sockaddr *)&to, &length) < 0 ||
      socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0 ||
      (option && setsockopt(sender, SOL_UDP, UDP_SEGMENT, &size, sizeof size) < 0))
    return perror("segmented_batches: sockets"), 1;
  for (int i = 0; i < BATCH; i++) {
    pieces[i] = (struct iovec){payload, careless ? 1500 : sizeof payload};
    batch[i].msg_hdr = (struct msghdr){.msg_name = &to, .msg_namelen = sizeof to,
                                       .msg_iov = &pieces[i], .msg_iovlen = 1};
    if (!careless && !option) add(&batch[i].msg_hdr, &controls[i], SOL_UDP, UDP_SEGMENT, &segment, sizeof segment);
  }
  for (int call = 0; call < 5; call++) {
    int size = careless ? 1 : BATCH;
    if (sendmmsg(sender, batch, size, 0) != size) return perror("segmented_batches: sendmmsg"), 1;
    // Nobody reads: the receiver's buffer may overflow, which a datagram's sender does not notice.
  }
  if (careless) {
    batch[0].msg_hdr.msg_name = NULL, batch[0].msg_hdr.msg_namelen = 0;
    add(&batch[0].msg_hdr, &controls[0], SOL_SOCKET, SCM_RIGHTS, &receiver, sizeof receiver);
    if (sendmmsg(pair[0], batch, 1, 0) != 1) return perror("segmented_batches: UNIX"), 1;
  }
  return 0;
}
