/* Raw, ping and packet sockets (kernel.md §3.5, §3.6). In the network of Acceptance/short_network.sh. */
#include "short_rows.h"

#include <linux/if_xdp.h>
#include <net/ethernet.h>

static int raw(int family, int protocol) {
  family == AF_INET ? to4("127.0.0.1", 0) : to6("::1", 0);
  return call.fd = keep(socket(family, SOCK_RAW, protocol));
}
static void with_header(size_t size, const struct iphdr *head) {
  char *bytes = room(size);
  memcpy(bytes, head, size < sizeof *head ? size : sizeof *head), message(bytes, size);
}
static const struct iphdr plain = {.version = 4, .ihl = 5, .ttl = 64, .protocol = 253, .daddr = 0x0100007f};

ROW("3.5", certain, EMSGSIZE, raw_oversize) { raw(AF_INET, 253), good(2), sized(65536), good(1); }
ROW("3.5", certain, EMSGSIZE, raw_oversize_65516) { raw(AF_INET, 253), good(2), sized(65516), good(1); }
ROW("3.5", certain, 0, raw_largest) { raw(AF_INET, 253), good(2), sized(65515), good(1); }
ROW("3.5", observed, EOPNOTSUPP, raw_out_of_band) { raw(AF_INET, 253), good(2), call.flags = MSG_OOB; }
ROW("3.5", certain, EINVAL, raw_short_name) { raw(AF_INET, 253), good(2), small()->msg_namelen = 15, good(1); }
ROW("3.5", certain, EAFNOSUPPORT, raw_other_family) {
  struct sockaddr_in it = in4("127.0.0.1", 0);
  it.sin_family = 99, raw(AF_INET, 253), good(2), with_name(small(), &it, sizeof it), good(1);
}
ROW("3.5", certain, 0, raw_unspecified_family) {
  struct sockaddr_in it = in4("127.0.0.1", 0);
  it.sin_family = 0, raw(AF_INET, 253), good(2), with_name(small(), &it, sizeof it), good(1);
}
ROW("3.5", certain, EDESTADDRREQ, raw_no_destination) { raw(AF_INET, 253), good(2), small()->msg_name = NULL, good(1); }
ROW("3.5", likely, ENETUNREACH, raw_no_route) { raw(AF_INET, 253), good(2), small_to4("203.0.113.1", 0), good(1); }
ROW("3.5", likely, EACCES, raw_broadcast) { raw(AF_INET, 253), good(2), small_to4("10.9.0.255", 0), good(1); }
ROW("3.5", likely, EINVAL, raw_header_short) { raw(AF_INET, IPPROTO_RAW), with_header(60, &plain), with_header(19, &plain), with_header(60, &plain); }
ROW("3.5", likely, EINVAL, raw_header_bad_ihl) {
  struct iphdr bad = plain;
  bad.ihl = 15, raw(AF_INET, IPPROTO_RAW), with_header(60, &plain), with_header(40, &bad), with_header(60, &plain);
}
ROW("3.5", likely, EINVAL, raw_header_ihl_4) {
  struct iphdr bad = plain;
  bad.ihl = 4, raw(AF_INET, IPPROTO_RAW), with_header(60, &plain), with_header(40, &bad), with_header(60, &plain);
}
ROW("3.5", likely, EMSGSIZE, raw_header_over_mtu) { raw(AF_INET, IPPROTO_RAW), with_header(60, &plain), with_header(1501, &plain), with_header(60, &plain); }
ROW("3.5", certain, 0, raw_header_of_mtu) { raw(AF_INET, IPPROTO_RAW), with_header(60, &plain), with_header(1500, &plain), with_header(60, &plain); }
ROW("3.5", likely, EINVAL, raw_header_and_options) {
  raw(AF_INET, IPPROTO_RAW), with_header(60, &plain), with_header(60, &plain);
  control(&call.entries[1].msg_hdr, IPPROTO_IP, IP_RETOPTS, "\1\1\1\1", 4), with_header(60, &plain);
}
ROW("3.5", likely, EFAULT, raw_bad_data) { raw(AF_INET, 253), good(2), message(no_access, 9), good(1); }
ROW("3.5", certain, EINVAL, raw_ttl_0) { raw(AF_INET, 253), good(2), control_int(small(), IPPROTO_IP, IP_TTL, 0), good(1); }
ROW("3.5", certain, 0, raw_segment) { raw(AF_INET, 253), good(2), segment(small(), 0), good(1); }
ROW("3.5", certain, 0, raw_probe) { raw(AF_INET, 253), good(3), call.flags = MSG_PROBE; }
ROW("3.5", likely, EMSGSIZE, raw_mtu_do) {
  option(raw(AF_INET, 253), IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), good(2), sized(1481), good(1);
}
/* A socket that is connected to port 0, as they mostly are, and messages with an address before it. */
static void raw_connected(void) {
  need(connect(call.fd, (struct sockaddr *)&call.to, call.to_length) == 0, "connect"), good(2);
}
ROW("3.5", likely, EMSGSIZE, raw_connected_oversize) {
  raw(AF_INET, 253), raw_connected(), sized(65516)->msg_name = NULL, good(1);
}
/* What brings no header is sent behind a shutdown, and never waits. */
static void raw_shut_down(int family) {
  raw(family, 253), raw_connected(), need(shutdown(call.fd, SHUT_RDWR) == 0, "shutdown");
  message(no_access, 9)->msg_name = NULL, good(1);
}
ROW("3.5", likely, EFAULT, raw_shut_down_and_bad_data) { raw_shut_down(AF_INET); }
ROW("3.5", likely, EFAULT, raw_six_shut_down_and_bad_data) { raw_shut_down(AF_INET6); }
static void raw_without_neighbour(int flags) {
  raw(AF_INET, 253), option(call.fd, SOL_SOCKET, SO_SNDBUF, 1), call.flags = flags;
  to4("10.9.0.77", 0);
  for (int i = 0; i < 40; i++) sized(1000);
}
ROW("3.5", likely, ENOBUFS, raw_queue_full) { raw_without_neighbour(0); }
ROW("3.5", likely, ENOBUFS, raw_queue_full_nonblocking) { raw_without_neighbour(MSG_DONTWAIT); }
ROW("3.5", likely, EMSGSIZE, raw_connected_mtu_do) {
  option(raw(AF_INET, 253), IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), raw_connected();
  sized(1481)->msg_name = NULL, good(1);
}
ROW("3.5", likely, EMSGSIZE, raw_six_connected_mtu_do) {
  option(raw(AF_INET6, 253), IPPROTO_IPV6, IPV6_MTU_DISCOVER, IP_PMTUDISC_DO), raw_connected();
  sized(1461)->msg_name = NULL, good(1);
}
ROW("3.5", likely, ENOBUFS, raw_fragments_over_buffer) {
  option(raw(AF_INET, 253), SOL_SOCKET, SO_SNDBUF, 1), good(2), joined(plenty(), 50000, no_access, 10000), good(1);
}
ROW("3.5", certain, EMSGSIZE, raw_more_adds_up) {
  raw(AF_INET, 253), call.flags = MSG_MORE, sized(60000), message(no_access, 10000), good(1);
}
ROW("3.5", certain, EMSGSIZE, raw_six_more_adds_up) {
  raw(AF_INET6, 253), call.flags = MSG_MORE, sized(60000), message(no_access, 10000), good(1);
}
ROW("3.5", certain, EINVAL, raw_six_protocol_300) {
  struct sockaddr_in6 it = in6("::1", 300);
  raw(AF_INET6, IPPROTO_RAW), sized(60), with_name(message(no_access, 60), &it, sizeof it), sized(60);
}
ROW("3.5", likely, EINVAL, raw_six_header_short) {
  raw(AF_INET6, IPPROTO_RAW), sized(60), message(no_access, 30), sized(60);
}
static void raw_six_with_header(void) { raw(AF_INET6, 253), option(call.fd, IPPROTO_IPV6, 36 /* IPV6_HDRINCL */, 1); }
ROW("3.5", likely, EINVAL, raw_six_header_included_short) {
  raw_six_with_header(), sized(60), message(no_access, 30), sized(60);
}
ROW("3.5", likely, EMSGSIZE, raw_six_header_included_over_mtu) {
  raw_six_with_header(), sized(60), message(no_access, 1501), sized(60);
}
ROW("3.5", certain, 0, raw_six_header_included_of_mtu) { raw_six_with_header(), sized(60), sized(1500), sized(60); }
ROW("3.5", certain, EFAULT, raw_icmp_bad_data) { raw(AF_INET, IPPROTO_ICMP), sized(64), sized(64), message(no_access, 64); }
ROW("3.5", certain, EMSGSIZE, raw_six_oversize) { raw(AF_INET6, 253), good(2), sized(65536), good(1); }
ROW("3.5", certain, EMSGSIZE, raw_six_oversize_INT_MAX) {
  static struct iovec two[2];
  struct msghdr *it;
  raw(AF_INET6, 253), good(2), it = small(), two[0] = (struct iovec){plenty(), 0x7ffff000};
  it->msg_iov = two, it->msg_iovlen = 1, good(1);
}
ROW("3.5", certain, EINVAL, raw_six_other_port) {
  struct sockaddr_in6 it = in6("::1", 17);
  raw(AF_INET6, 253), good(2), with_name(small(), &it, sizeof it), good(1);
}
ROW("3.5", certain, EINVAL, raw_six_short_name) { raw(AF_INET6, 253), good(2), small()->msg_namelen = 20, good(1); }
ROW("3.5", certain, EAFNOSUPPORT, raw_six_other_family) {
  struct sockaddr_in6 it = in6("::1", 0);
  it.sin6_family = AF_INET, raw(AF_INET6, 253), good(2), with_name(small(), &it, sizeof it), good(1);
}
ROW("3.5", certain, EDESTADDRREQ, raw_six_no_destination) { raw(AF_INET6, 253), good(2), small()->msg_name = NULL, good(1); }
ROW("3.5", certain, EOPNOTSUPP, raw_six_out_of_band) { raw(AF_INET6, 253), good(2), call.flags = MSG_OOB; }

/* The bytes that the routing looks at, which are those of ICMP of the same version alone. */
static void raw_head(int family, int protocol, const char *other, size_t readable) {
  struct sockaddr_in four = in4(family == AF_INET ? other : "0.0.0.0", 0);
  struct sockaddr_in6 six = in6(family == AF_INET6 ? other : "::", 0);
  raw(family, protocol), sized(64), sized(64), message(at_edge(plenty(), readable), 64), sized(64);
  struct msghdr *odd = &call.entries[2].msg_hdr;
  family == AF_INET ? with_name(odd, &four, sizeof four) : with_name(odd, &six, sizeof six);
}
ROW("3.5", likely, EHOSTUNREACH, raw_icmp_six_over_ipv4_no_route) { raw_head(AF_INET, IPPROTO_ICMPV6, "10.1.0.1", 0); }
ROW("3.5", likely, EHOSTUNREACH, raw_six_icmp_four_no_route) { raw_head(AF_INET6, IPPROTO_ICMP, "fd01::1", 0); }
ROW("3.5", certain, EFAULT, raw_icmp_head_before_route) { raw_head(AF_INET, IPPROTO_ICMP, "10.1.0.1", 1); }
ROW("3.5", likely, EHOSTUNREACH, raw_icmp_head_and_no_route) { raw_head(AF_INET, IPPROTO_ICMP, "10.1.0.1", 2); }
ROW("3.5", certain, EFAULT, raw_six_mobility_head_before_route) { raw_head(AF_INET6, IPPROTO_MH, "fd01::1", 3); }
ROW("3.5", likely, EHOSTUNREACH, raw_six_mobility_head_and_no_route) { raw_head(AF_INET6, IPPROTO_MH, "fd01::1", 4); }
ROW("3.5", likely, EFAULT, raw_six_mobility_short) { raw(AF_INET6, IPPROTO_MH), sized(64), sized(3), sized(64); }
ROW("3.5", likely, EINVAL, raw_six_checksum_behind_the_end) {
  raw(AF_INET6, 253), option(call.fd, IPPROTO_IPV6, IPV6_CHECKSUM, 10), sized(64), sized(11), sized(64);
}
ROW("3.5", certain, 0, raw_six_checksum_fits) {
  raw(AF_INET6, 253), option(call.fd, IPPROTO_IPV6, IPV6_CHECKSUM, 10), sized(64), sized(12), sized(64);
}

static char *echo(int type, size_t size) {
  char *bytes = room(size < 64 ? 64 : size);
  bytes[0] = type;
  return bytes;
}
static void ping(int family, int protocol) {
  family == AF_INET ? to4("127.0.0.1", 0) : to6("::1", 0);
  call.fd = keep(socket(family, SOCK_DGRAM, protocol));
}
static void pings(size_t size, int type) {
  ping(AF_INET, IPPROTO_ICMP), message(echo(8, 16), 16), message(echo(8, 16), 16);
  message(echo(type, size), size), message(echo(8, 16), 16);
}
ROW("3.5", certain, EINVAL, ping_short) { pings(7, 8); }
ROW("3.5", certain, 0, ping_of_eight) { pings(8, 8); }
ROW("3.5", certain, EINVAL, ping_other_type) { pings(16, 13); }
ROW("3.5", certain, EINVAL, ping_reply) { pings(16, 0); }
ROW("3.5", certain, EMSGSIZE, ping_oversize) { pings(65536, 8); }
ROW("3.5", certain, EMSGSIZE, ping_oversize_65508) { pings(65516, 8); }
static void ping_do(int family, size_t size, const void *rest, size_t more) {
  int six = family == AF_INET6, type = six ? 128 : 8;
  ping(family, six ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
  option(call.fd, six ? IPPROTO_IPV6 : IPPROTO_IP, six ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, IP_PMTUDISC_DO);
  message(echo(type, 16), 16), joined(echo(type, size), size, rest, more), message(echo(type, 16), 16);
}
ROW("3.5", likely, EMSGSIZE, ping_mtu_do) { ping_do(AF_INET, 1000, plenty(), 481); }
ROW("3.5", certain, 0, ping_mtu_do_largest) { ping_do(AF_INET, 1000, plenty(), 480); }
ROW("3.5", likely, EMSGSIZE, ping_mtu_do_and_bad_data) { ping_do(AF_INET, 1000, no_access, 481); }
ROW("3.5", certain, EFAULT, ping_mtu_do_and_only_bad_data) { ping_do(AF_INET, 1000, no_access, 480); }
ROW("3.5", likely, EMSGSIZE, ping_six_mtu_do) { ping_do(AF_INET6, 1000, plenty(), 461); }
ROW("3.5", likely, EMSGSIZE, ping_six_mtu_do_and_bad_data) { ping_do(AF_INET6, 1000, no_access, 461); }
ROW("3.5", likely, ENOBUFS, ping_fragments_over_buffer) {
  ping(AF_INET, IPPROTO_ICMP), option(call.fd, SOL_SOCKET, SO_SNDBUF, 1);
  message(echo(8, 16), 16), joined(echo(8, 16), 16, plenty(), 60000), message(echo(8, 16), 16);
}
ROW("3.5", certain, EFAULT, ping_bad_data) {
  ping(AF_INET, IPPROTO_ICMP), message(echo(8, 16), 16), message(no_access, 16), message(echo(8, 16), 16);
}
ROW("3.5", certain, EDESTADDRREQ, ping_no_destination) {
  ping(AF_INET, IPPROTO_ICMP), message(echo(8, 16), 16), message(echo(8, 16), 16)->msg_name = NULL;
}
ROW("3.5", certain, EINVAL, ping_short_name) {
  ping(AF_INET, IPPROTO_ICMP), message(echo(8, 16), 16), message(echo(8, 16), 16)->msg_namelen = 8;
}
ROW("3.5", certain, EAFNOSUPPORT, ping_other_family) {
  struct sockaddr_in it = in4("127.0.0.1", 0);
  it.sin_family = 1;
  ping(AF_INET, IPPROTO_ICMP), message(echo(8, 16), 16), with_name(message(echo(8, 16), 16), &it, sizeof it);
}
ROW("3.5", certain, EAFNOSUPPORT, ping_unspecified_family) {
  struct sockaddr_in it = in4("127.0.0.1", 0);
  it.sin_family = 0;
  ping(AF_INET, IPPROTO_ICMP), message(echo(8, 16), 16), with_name(message(echo(8, 16), 16), &it, sizeof it);
}
ROW("3.5", likely, EACCES, ping_broadcast) {
  struct sockaddr_in it = in4("10.9.0.255", 0);
  ping(AF_INET, IPPROTO_ICMP), message(echo(8, 16), 16), with_name(message(echo(8, 16), 16), &it, sizeof it);
}
ROW("3.5", certain, EINVAL, ping_six_other_type) {
  ping(AF_INET6, IPPROTO_ICMPV6), message(echo(128, 16), 16), message(echo(8, 16), 16), message(echo(128, 16), 16);
}
ROW("3.5", certain, EINVAL, ping_six_short) {
  ping(AF_INET6, IPPROTO_ICMPV6), message(echo(128, 16), 16), message(echo(128, 16), 7), message(echo(128, 16), 16);
}
ROW("3.5", certain, EINVAL, ping_six_name_without_scope) {
  ping(AF_INET6, IPPROTO_ICMPV6), message(echo(128, 16), 16), message(echo(128, 16), 16)->msg_namelen = 24;
  message(echo(128, 16), 16);
}
static void ping_six_to(const char *address) {
  struct sockaddr_in6 it = in6(address, 0);
  ping(AF_INET6, IPPROTO_ICMPV6), message(echo(128, 16), 16), with_name(message(echo(128, 16), 16), &it, sizeof it);
  message(echo(128, 16), 16);
}
ROW("3.5", likely, EINVAL, ping_six_link_local_without_scope) { ping_six_to("fe80::1"); }
ROW("3.5", possible, ENETUNREACH, ping_six_to_any) {
  ping_six_to("::"), call.entries[1].msg_hdr.msg_iov->iov_base = at_edge("\200\0\0\0\0\0\0\0", 8);
}
ROW("3.5", likely, EINVAL, ping_six_group_without_scope) { ping_six_to("ff12::1"); }
ROW("3.5", likely, EINVAL, ping_six_link_local_without_scope_and_bad_control) {
  ping_six_to("fe80::1"), control_int(&call.entries[1].msg_hdr, IPPROTO_IPV6, IPV6_TCLASS, 300);
}
ROW("3.5", certain, 0, ping_probe) {
  ping(AF_INET, IPPROTO_ICMP), message(echo(8, 16), 16), message(echo(8, 16), 16), call.flags = MSG_PROBE;
}
ROW("3.5", likely, EHOSTUNREACH, ping_probe_of_headers) {
  struct sockaddr_in it = in4("10.1.0.1", 0);
  ping(AF_INET, IPPROTO_ICMP), message(echo(8, 8), 8), with_name(message(echo(8, 8), 8), &it, sizeof it);
  message(echo(8, 8), 8), call.flags = MSG_PROBE;
}
ROW("3.5", certain, 0, ping_probe_behind_headers) {
  ping(AF_INET, IPPROTO_ICMP), message(echo(8, 8), 8), message(echo(8, 9), 9), message(echo(8, 8), 8);
  call.flags = MSG_PROBE;
}
ROW("3.5", certain, 0, ping_six_probe) {
  ping(AF_INET6, IPPROTO_ICMPV6), message(echo(128, 16), 16), message(echo(128, 16), 16), call.flags = MSG_PROBE;
}
ROW("3.5", likely, EHOSTUNREACH, raw_icmp_probe_of_heads) {
  struct sockaddr_in it = in4("10.1.0.1", 0);
  raw(AF_INET, IPPROTO_ICMP), sized(2), with_name(sized(2), &it, sizeof it), sized(2), call.flags = MSG_PROBE;
}
ROW("3.5", certain, 0, raw_icmp_probe) {
  raw(AF_INET, IPPROTO_ICMP), sized(2), sized(3), sized(2), call.flags = MSG_PROBE;
}
ROW("3.5", certain, 0, raw_six_icmp_probe) {
  raw(AF_INET6, IPPROTO_ICMPV6), sized(2), sized(3), sized(2), call.flags = MSG_PROBE;
}
ROW("3.5", certain, 0, raw_six_mobility_probe) {
  raw(AF_INET6, IPPROTO_MH), sized(4), sized(5), sized(4), call.flags = MSG_PROBE;
}
static void more_pings(int family, int protocol, int type) {
  char head[8] = {type};
  ping(family, protocol), call.flags = MSG_MORE;
  message(echo(type, 40000), 40000), message(at_edge(head, 8), 40000), message(echo(type, 16), 16);
}
ROW("3.5", certain, EFAULT, ping_more_goes_out_at_once) { more_pings(AF_INET, IPPROTO_ICMP, 8); }
ROW("3.5", likely, EFAULT, ping_six_more_goes_out_at_once) { more_pings(AF_INET6, IPPROTO_ICMPV6, 128); }

/* ---- packet ---- */

static struct sockaddr_ll link_to(const char *name) {
  struct sockaddr_ll it = {.sll_family = AF_PACKET, .sll_protocol = htons(0x88b5),
                           .sll_ifindex = (int)if_nametoindex(name), .sll_halen = 6};
  return it;
}
static int packet(int type, const char *name) {
  struct sockaddr_ll it = link_to(name);
  send_to(&it, sizeof it);
  return call.fd = keep(socket(AF_PACKET, type, 0));
}
static void odd_link(int type, struct sockaddr_ll it, socklen_t length) {
  packet(type, "lo"), sized(60), sized(60), with_name(sized(60), &it, length), sized(60);
}
ROW("3.6", certain, EINVAL, packet_short_name) { odd_link(SOCK_DGRAM, link_to("lo"), 19); }
ROW("3.6", certain, 0, packet_other_family) {
  struct sockaddr_ll it = link_to("lo");
  it.sll_family = AF_INET, odd_link(SOCK_DGRAM, it, sizeof it);
}
ROW("3.6", certain, EINVAL, packet_short_address_dgram) {
  struct sockaddr_ll it = link_to("lo");
  it.sll_halen = 9, odd_link(SOCK_DGRAM, it, sizeof it);
}
ROW("3.6", certain, EINVAL, packet_short_address_raw) {
  struct sockaddr_ll it = link_to("lo");
  it.sll_halen = 9, odd_link(SOCK_RAW, it, sizeof it);
}
ROW("3.6", certain, 0, packet_small_halen_dgram) {
  struct sockaddr_ll it = link_to("lo");
  it.sll_halen = 2, odd_link(SOCK_DGRAM, it, sizeof it);
}
ROW("3.6", likely, ENXIO, packet_no_such_interface) {
  struct sockaddr_ll it = link_to("lo");
  it.sll_ifindex = 4711, odd_link(SOCK_RAW, it, sizeof it);
}
ROW("3.6", likely, ENXIO, packet_interface_0) {
  struct sockaddr_ll it = link_to("lo");
  it.sll_ifindex = 0, odd_link(SOCK_RAW, it, sizeof it);
}
ROW("3.6", likely, ENXIO, packet_unbound) { packet(SOCK_RAW, "lo"), sized(60), sized(60), sized(60)->msg_name = NULL, sized(60); }
ROW("3.6", likely, ENETDOWN, packet_interface_down) { odd_link(SOCK_RAW, link_to("down0"), sizeof(struct sockaddr_ll)); }
ROW("3.6", likely, EMSGSIZE, packet_oversize) { packet(SOCK_RAW, "lo"), sized(60), sized(60), sized(1519), sized(60); }
ROW("3.6", certain, 0, packet_largest) { packet(SOCK_RAW, "lo"), sized(60), sized(60), sized(1514), sized(60); }
ROW("3.6", likely, EMSGSIZE, packet_largest_vlan_without_tag) { packet(SOCK_RAW, "lo"), sized(60), sized(60), sized(1518), sized(60); }
ROW("3.6", likely, EMSGSIZE, packet_oversize_100000) { packet(SOCK_RAW, "lo"), sized(60), sized(60), sized(100000), sized(60); }
ROW("3.6", likely, EMSGSIZE, packet_oversize_dgram) { packet(SOCK_DGRAM, "lo"), sized(60), sized(60), sized(1501), sized(60); }
ROW("3.6", likely, EINVAL, packet_short_frame) { packet(SOCK_RAW, "lo"), sized(60), sized(60), sized(13), sized(60); }
ROW("3.6", certain, 0, packet_only_header) { packet(SOCK_RAW, "lo"), sized(60), sized(60), sized(14), sized(60); }
ROW("3.6", likely, EINVAL, packet_empty) { packet(SOCK_RAW, "lo"), sized(60), sized(60), sized(0), sized(60); }
ROW("3.6", certain, 0, packet_empty_dgram) { packet(SOCK_DGRAM, "lo"), sized(60), sized(60), sized(0), sized(60); }
ROW("3.6", likely, EFAULT, packet_bad_data) { packet(SOCK_RAW, "lo"), sized(60), sized(60), message(no_access, 60), sized(60); }
ROW("3.6", likely, EFAULT, packet_between_limits_bad_data) {
  packet(SOCK_RAW, "lo"), sized(60), sized(60), joined(plenty(), 1000, no_access, 516), sized(60);
}
ROW("3.6", likely, EFAULT, packet_bad_data_dgram) { packet(SOCK_DGRAM, "lo"), sized(60), sized(60), message(no_access, 60), sized(60); }
ROW("3.6", likely, EINVAL, packet_cmsg_bad) { packet(SOCK_RAW, "lo"), sized(60), sized(60), control_int(sized(60), SOL_SOCKET, 200, 1), sized(60); }
ROW("3.6", possible, ENOBUFS, packet_queue_full) {
  packet(SOCK_RAW, "w0");
  for (int i = 0; i < 10; i++) sized(900);
}
ROW("3.6", likely, EINVAL, packet_vnet_header_short) {
  packet(SOCK_RAW, "lo"), option(call.fd, SOL_PACKET, PACKET_VNET_HDR, 1), sized(70), sized(70), sized(9), sized(70);
}
ROW("3.6", likely, EINVAL, packet_vnet_header_bad) {
  char *bytes = room(100);
  packet(SOCK_RAW, "lo"), option(call.fd, SOL_PACKET, PACKET_VNET_HDR, 1), sized(70), sized(70);
  bytes[1] = 0x7f, message(bytes, 100), sized(70);
}
static void frame_behind(const char *head, const void *frame, size_t size) {
  packet(SOCK_RAW, "lo"), option(call.fd, SOL_PACKET, PACKET_VNET_HDR, 1), sized(70), sized(70);
  joined(kept(head, 10), 10, frame, size), sized(70);
}
ROW("3.6", likely, EFAULT, packet_vnet_header_and_bad_data) { frame_behind("\0\0\0\0\0\0\0\0\0\0", no_access, 60); }
ROW("3.6", likely, EMSGSIZE, packet_vnet_header_oversize) { frame_behind("\0\0\0\0\0\0\0\0\0\0", plenty(), 3000); }
ROW("3.6", likely, EMSGSIZE, packet_vnet_header_oversize_and_bad_data) { frame_behind("\0\0\0\0\0\0\0\0\0\0", no_access, 3000); }
ROW("3.6", likely, EFAULT, packet_vnet_header_segmented_and_bad_data) { frame_behind("\0\1\0\0\144\0\0\0\0\0", no_access, 3000); }
ROW("3.6", likely, EINVAL, packet_vnet_header_length) { frame_behind("\0\0\75\0\0\0\0\0\0\0", plenty(), 60); }
ROW("3.6", likely, EINVAL, packet_vnet_header_checksum) { frame_behind("\1\0\0\0\0\0\50\0\23\0", no_access, 60); }
ROW("3.6", likely, EINVAL, packet_vnet_header_segment_0) { frame_behind("\0\1\0\0\0\0\0\0\0\0", plenty(), 60); }
ROW("3.6", possible, EINVAL, packet_vnet_header_checksum_in_link_header) { frame_behind("\1\0\0\0\0\0\2\0\0\0", plenty(), 60); }
ROW("3.6", likely, EINVAL, packet_without_link_address) {
  struct sockaddr_ll it = link_to("v0");
  packet(SOCK_DGRAM, "v0"), bound(call.fd, &it, sizeof it), sized(60), sized(60), message(no_access, 60)->msg_name = NULL, sized(60);
}
ROW("3.6", likely, EFAULT, packet_without_link_address_on_loopback) {
  struct sockaddr_ll it = link_to("lo");
  packet(SOCK_DGRAM, "lo"), bound(call.fd, &it, sizeof it), sized(60), sized(60), message(no_access, 60)->msg_name = NULL, sized(60);
}
ROW("3.6", likely, EFAULT, packet_room_for_a_tag_unreadable) { packet(SOCK_RAW, "lo"), sized(60), sized(60), message(no_access, 1518), sized(60); }
ROW("3.6", likely, EMSGSIZE, packet_over_tag_unreadable) { packet(SOCK_RAW, "lo"), sized(60), sized(60), message(no_access, 1519), sized(60); }
/* An interface whose frames have no link header. */
static void on_tunnel(size_t size) {
  struct ifreq it = {.ifr_name = "t0", .ifr_flags = 0x1001}; /* IFF_TUN | IFF_NO_PI */
  own_network("true");
  int tunnel = keep(open("/dev/net/tun", O_RDWR));
  need(ioctl(tunnel, 0x400454ca, &it) == 0 && system("ip link set t0 up mtu 1500") == 0, "tun");
  packet(SOCK_RAW, "t0"), message("\105", 1), message("\105", 1), message(no_access, size), message("\105", 1);
}
ROW("3.6", likely, EMSGSIZE, packet_oversize_on_tunnel) { on_tunnel(1505); }
ROW("3.6", likely, EFAULT, packet_room_for_a_tag_on_tunnel) { on_tunnel(1504); }
ROW("3.6", likely, EFAULT, packet_short_on_tunnel) { on_tunnel(5); }
static void empty_on_tunnel(int type) {
  on_tunnel(5), call.count = 2;
  close(call.fd), packet(type, "t0"), message("", 0), message("\105", 1);
}
ROW("3.6", likely, EINVAL, packet_empty_on_tunnel) { empty_on_tunnel(SOCK_RAW); }
ROW("3.6", likely, EINVAL, packet_empty_dgram_on_tunnel) { empty_on_tunnel(SOCK_DGRAM); }
ROW("3.6", likely, EMSGSIZE, packet_vnet_header_room_for_a_tag) { frame_behind("\0\0\0\0\0\0\0\0\0\0", plenty(), 1515); }
ROW("3.6", likely, EINVAL, packet_vnet_header_frame_short) { frame_behind("\0\0\0\0\0\0\0\0\0\0", plenty(), 5); }
static void ring(void) {
  call.unconsumed = 1;
  struct sockaddr_ll it = link_to("lo");
  struct tpacket_req request = {.tp_block_size = 4096, .tp_block_nr = 4, .tp_frame_size = 2048, .tp_frame_nr = 8};
  packet(SOCK_RAW, "lo"), bound(call.fd, &it, sizeof it), call.to_length = 0;
  need(setsockopt(call.fd, SOL_PACKET, PACKET_TX_RING, &request, sizeof request) == 0, "TX_RING");
}
ROW("1-V3", certain, 0, packet_ring) { ring(), sized(60), sized(60), sized(60); }
ROW("1-V3", certain, 0, packet_ring_no_bytes) { ring(), sized(0), sized(0), sized(60), sized(0); }
static void old_packet(const char *name, size_t size) {
  struct { unsigned short family; char device[14]; unsigned short protocol; } it = {AF_PACKET, "lo", 0}, odd = {AF_PACKET, "", 0};
  memcpy(odd.device, name, strlen(name)), send_to(&it, 18), call.fd = keep(socket(AF_INET, SOCK_PACKET, 0));
  sized(60), sized(60), with_name(sized(size), &odd, 18), sized(60);
}
ROW("3.6", likely, ENODEV, old_packet_no_such_device) { old_packet("nothing", 60); }
ROW("3.6", likely, EMSGSIZE, old_packet_oversize) { old_packet("lo", 1519); }
ROW("3.6", certain, ENOTCONN, old_packet_no_name) {
  old_packet("lo", 60), call.entries[2].msg_hdr.msg_name = NULL;
}
ROW("3.6", certain, EINVAL, old_packet_short_name) { old_packet("lo", 60), call.entries[2].msg_hdr.msg_namelen = 12; }
ROW("3.6", observed, ENXIO, xdp_unbound) { call.fd = keep(socket(AF_XDP, SOCK_RAW, 0)), good(3), call.flags = MSG_DONTWAIT; }
/* A raw socket of UDP has no ports, and whoever listens at one is not asked. */
ROW("3.5", likely, EFAULT, raw_udp_with_recverr_and_bad_data) {
  struct sockaddr_in there = in4("127.0.0.1", 0);
  call.fd = keep(socket(AF_INET, SOCK_RAW, IPPROTO_UDP)), option(call.fd, IPPROTO_IP, IP_RECVERR, 1);
  send_to(&there, sizeof there), good(1), message(no_access, 40), good(1);
}

/* More bytes than there are in one piece of memory. */
static void large_frames(int type) {
  int room_for_it = 64 << 20;
  own_network("ip link set lo mtu 12000000");
  type == SOCK_PACKET ? old_packet("lo", 60) : (packet(type, "lo"), sized(60), sized(60), sized(60), sized(60));
  need(setsockopt(call.fd, SOL_SOCKET, SO_SNDBUFFORCE, &room_for_it, sizeof room_for_it) == 0, "SO_SNDBUFFORCE");
  call.entries[2].msg_hdr.msg_iov->iov_base = no_access, call.entries[2].msg_hdr.msg_iov->iov_len = 5000000;
}
ROW("3.6", likely, ENOBUFS, packet_in_one_piece_and_bad_data) { large_frames(SOCK_RAW); }
ROW("3.6", likely, ENOBUFS, packet_in_one_piece_and_bad_data_dgram) { large_frames(SOCK_DGRAM); }
ROW("3.6", likely, ENOBUFS, old_packet_in_one_piece_and_bad_data) { large_frames(SOCK_PACKET); }
/* Two bytes more before the frame (PACKET_VNET_HDR_SZ). */
static void long_header(const void *bytes, size_t size) {
  packet(SOCK_RAW, "lo"), option(call.fd, SOL_PACKET, 24, 12), sized(72), sized(72), message(bytes, size), sized(72);
}
ROW("3.6", likely, EINVAL, packet_long_vnet_header_short) { long_header(no_access, 11); }
ROW("3.6", likely, EFAULT, packet_long_vnet_header_and_bad_data) { long_header(no_access, 72); }
