/* Messages with two defects, which tell what the kernel looks at first, and values at the very edge
 * of what it takes; of every kind of socket. In the network of Acceptance/short_network.sh. */
#include "short_rows.h"

/* What a later check than the row's refuses for certain. */
static struct msghdr *bad_data(void) { return message(no_access, 9); }
static void negative_fd(struct msghdr *it) { control_int(it, SOL_SOCKET, SCM_RIGHTS, -1); }
static void bad_value(struct msghdr *it) { control_int(it, SOL_SOCKET, 200, 1); }

/* ---- the header ---- */

ROW("2.1-9", certain, WIDE(EFAULT, ENOBUFS), kernel_base_before_controllen_over_INT_MAX) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_iov->iov_base = (void *)0xffff888000000000ull;
  it->msg_control = no_access, it->msg_controllen = 0x80000000u, good(1);
}

/* ---- AF_UNIX and netlink ---- */

ROW("3.4", certain, EBADF, stream_rights_before_name) {
  struct sockaddr_un it;
  socklen_t length = un(&it, "@nobody has this");
  unix_pair(SOCK_STREAM), good(2), negative_fd(with_name(small(), &it, length)), good(1);
}
ROW("3.4", certain, EBADF, stream_rights_before_out_of_band) {
  unix_pair(SOCK_STREAM), call.flags = MSG_OOB, good(2), negative_fd(sized(0)), good(1);
}
ROW("3.4", certain, EOPNOTSUPP, stream_out_of_band_before_name) {
  struct sockaddr_un it;
  socklen_t length = un(&it, "@nobody has this");
  unix_pair(SOCK_STREAM), call.flags = MSG_OOB, good(2), with_name(sized(0), &it, length), good(1);
}
ROW("3.4", certain, EBADF, dgram_rights_before_name) {
  unix_dgram(), good(2), negative_fd(small()), call.entries[2].msg_hdr.msg_namelen = 1, good(1);
}
static void netlink(void) {
  struct sockaddr_nl it = {.nl_family = AF_NETLINK};
  socklen_t length = sizeof it;
  int fd = keep(socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK));
  bound(fd, &it, sizeof it), getsockname(fd, (struct sockaddr *)&it, &length);
  send_to(&it, sizeof it), call.fd = keep(socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK));
}
ROW("3.7", certain, ENODATA, netlink_no_bytes_before_control) { netlink(), good(2), bad_value(sized(0)), good(1); }
ROW("3.7", certain, EINVAL, netlink_control_before_name) {
  netlink(), good(2), negative_fd(small()), call.entries[2].msg_hdr.msg_namelen = 11, good(1);
}

/* ---- TCP ---- */

ROW("3.3", likely, EPIPE, peer_closed_before_control) {
  int peer = tcp(AF_INET, 0);
  dup2(call.fd, peer), good(1), bad_value(small()), good(1);
}

/* ---- UDP and raw sockets: addresses ---- */

static void short_and_other(int family, int type, int protocol, int other, socklen_t length) {
  struct sockaddr_in6 it = in6("::1", 9);
  if (type == SOCK_DGRAM) udp(family);
  else family == AF_INET ? to4("127.0.0.1", 0) : to6("::1", 0), call.fd = keep(socket(family, type, protocol));
  it.sin6_family = other, good(2), with_name(small(), &it, length), good(1);
}
ROW("3.1", certain, EINVAL, short_name_before_other_family) { short_and_other(AF_INET, SOCK_DGRAM, 0, 99, 15); }
ROW("3.2", certain, EINVAL, six_name_of_one_byte) { short_and_other(AF_INET6, SOCK_DGRAM, 0, AF_INET6, 1); }
ROW("3.2", certain, EINVAL, six_name_of_23_bytes) { short_and_other(AF_INET6, SOCK_DGRAM, 0, AF_INET6, 23); }
ROW("3.5", certain, EINVAL, raw_short_name_before_other_family) { short_and_other(AF_INET, SOCK_RAW, 253, 99, 15); }
ROW("3.5", certain, EINVAL, raw_six_short_name_before_other_family) { short_and_other(AF_INET6, SOCK_RAW, 253, 99, 23); }
ROW("3.5", certain, EAFNOSUPPORT, raw_six_other_family_of_24_bytes) { short_and_other(AF_INET6, SOCK_RAW, 253, 99, 24); }

/* ---- raw sockets ---- */

static void raw_six_to(int protocol, int port, const void *bytes) {
  struct sockaddr_in6 it = in6("::1", port);
  to6("::1", 0), call.fd = keep(socket(AF_INET6, SOCK_RAW, protocol));
  sized(60), sized(60), with_name(message(bytes, 60), &it, sizeof it), sized(60);
}
ROW("3.5", certain, EINVAL, raw_six_protocol_256) { raw_six_to(IPPROTO_RAW, 256, no_access); }
/* A socket of every protocol takes any. */
ROW("3.5", likely, EFAULT, raw_six_protocol_of_its_own) { raw_six_to(IPPROTO_RAW, 17, no_access); }
ROW("3.5", certain, EINVAL, raw_six_protocol_254) { raw_six_to(254, 17, no_access); }
static void header_of(size_t size, int words) {
  char *first = room(60), *bytes = room(60);
  first[0] = 0x45, bytes[0] = 0x40 | words;
  to4("127.0.0.1", 0), call.fd = keep(socket(AF_INET, SOCK_RAW, IPPROTO_RAW));
  message(first, 60), message(bytes, size), message(first, 60);
}
ROW("3.5", likely, EINVAL, raw_header_of_19_bytes_and_four_words) { header_of(19, 4); }
ROW("3.5", likely, EINVAL, raw_header_of_19_bytes_before_bad_data) {
  header_of(19, 5), call.entries[1].msg_hdr.msg_iov->iov_base = no_access;
}

/* ---- packet sockets ---- */

ROW("3.6", certain, EINVAL, old_packet_name_of_15_bytes) {
  struct { unsigned short family; char device[14]; unsigned short protocol; } it = {AF_PACKET, "lo", 0};
  send_to(&it, 18), call.fd = keep(socket(AF_INET, SOCK_PACKET, 0));
  sized(60), sized(60), sized(60)->msg_namelen = 15, sized(60);
}
ROW("3.6", likely, EMSGSIZE, old_packet_oversize_before_bad_data) {
  struct { unsigned short family; char device[14]; unsigned short protocol; } it = {AF_PACKET, "lo", 0};
  send_to(&it, 18), call.fd = keep(socket(AF_INET, SOCK_PACKET, 0));
  sized(60), sized(60), message(no_access, 1519), sized(60);
}
ROW("3.6", likely, EINVAL, packet_vnet_header_of_nine_bytes_before_bad_data) {
  struct sockaddr_ll it = {.sll_family = AF_PACKET, .sll_protocol = htons(0x88b5),
                           .sll_ifindex = (int)if_nametoindex("lo"), .sll_halen = 6};
  send_to(&it, sizeof it), call.fd = keep(socket(AF_PACKET, SOCK_RAW, 0));
  option(call.fd, SOL_PACKET, PACKET_VNET_HDR, 1), sized(70), sized(70), bad_data(), sized(70);
}

/* ---- control messages ---- */

static void routing_header(int left) {
  struct { unsigned char next, length, type, left; char rest[20]; } it = {0, 2, 2, left, {0}};
  udp(AF_INET6), good(2), control(small(), IPPROTO_IPV6, IPV6_RTHDR, &it, sizeof it), good(1);
}
ROW("4", certain, EINVAL, routing_header_with_two_segments_left) { routing_header(2); }
ROW("4", certain, EINVAL, routing_header_with_none_left) { routing_header(0); }
ROW("4", likely, EINVAL, ip_option_of_one_byte_before_bad_data) {
  udp(AF_INET), good(2), control(bad_data(), IPPROTO_IP, IP_RETOPTS, "\7\1\1\1", 4), good(1);
}
static void timestamping(int flags) {
  udp(AF_INET), good(2), control_int(bad_data(), SOL_SOCKET, 37, flags), good(1);
}
ROW("4", likely, EFAULT, timestamping_of_all_that_is_sent_before_bad_data) { timestamping(0x303); }
ROW("4", certain, EINVAL, timestamping_of_hardware_received) { timestamping(4); }
ROW("4", certain, EINVAL, timestamping_of_raw_hardware) { timestamping(0x40); }
