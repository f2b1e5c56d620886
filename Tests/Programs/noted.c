/*
 * One call for each thing that records note of messages, with what it came to:
 *
 *     TITLE RESULT RECEIVED     the datagrams that had arrived when the call had returned
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { udp_level = 17, udp_cork = 1, msg_probe = 0x10 };

static int sink, sender;
static union { struct sockaddr_in inet; struct sockaddr any; char bytes[4096]; } to;
static char text[] = "noted";
static struct iovec piece = {text, 5};

static struct mmsghdr message(void) {
  return (struct mmsghdr){
      .msg_hdr = {.msg_name = &to, .msg_namelen = sizeof to.inet, .msg_iov = &piece, .msg_iovlen = 1}};
}

static void call(const char *title, struct mmsghdr *batch, int count, int flags) {
  char bytes[64];
  int result = sendmmsg(sender, batch, count, flags), received = 0;
  while (recv(sink, bytes, sizeof bytes, MSG_DONTWAIT) >= 0) received++;
  printf("%s %d %d\n", title, result, received);
}

/* Sends what is held back. */
static void flush(void) {
  char bytes[64];
  int off = 0;
  sendto(sender, text, 1, 0, &to.any, sizeof to.inet);
  setsockopt(sender, udp_level, udp_cork, &off, sizeof off);
  while (recv(sink, bytes, sizeof bytes, MSG_DONTWAIT) >= 0) {}
}

int main(void) {
  socklen_t size = sizeof to.inet;
  sink = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
  to.inet = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(sink, &to.any, size) < 0 || getsockname(sink, &to.any, &size) < 0) return 2;

  struct mmsghdr one = message(), three[3] = {message(), message(), message()};
  call("nothing", &one, 1, 0);

  one.msg_hdr.msg_namelen = sizeof to;
  call("namelen_clamped", &one, 1, 0);

  one = message(), one.msg_hdr.msg_flags = MSG_OOB | MSG_PEEK;
  call("header_flags_ignored", &one, 1, 0);

  union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } rights = {
      .header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
  one = message(), one.msg_hdr.msg_control = &rights, one.msg_hdr.msg_controllen = sizeof rights;
  call("control_ignored", &one, 1, 0);

  one.msg_hdr.msg_controllen = 0x80000000;
  call("control_refused", &one, 1, 0);

  struct iovec huge[2] = {{text, 0x7ffff000}, {text, 5}};
  one = message(), one.msg_hdr.msg_iov = huge, one.msg_hdr.msg_iovlen = 2;
  call("iov_truncated", &one, 1, 0);

  one = message(), one.msg_hdr.msg_iovlen = 0;
  call("zero_length", &one, 1, 0);

  struct sockaddr_in6 other = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback, .sin6_port = htons(9)};
  one = message(), one.msg_hdr.msg_name = &other, one.msg_hdr.msg_namelen = sizeof other;
  call("address_family_mismatch", &one, 1, 0);

  to.inet.sin_family = AF_UNSPEC;
  one = message();
  call("address_unspecified", &one, 1, 0);
  to.inet.sin_family = AF_INET;

  call("probe_sent_nothing", three, 3, msg_probe);
  call("same_destination_skips_lsm", three, 3, 0);

  one = message();
  call("corked_not_yet_sent", &one, 1, MSG_MORE);
  flush();
  int on = 1;
  setsockopt(sender, udp_level, udp_cork, &on, sizeof on);
  call("corked_not_yet_sent", &one, 1, 0);
  flush();
  return 0;
}
