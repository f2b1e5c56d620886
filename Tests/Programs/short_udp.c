/* UDP over IPv4 and IPv6 (kernel.md §3.1, §3.2). In the network of Acceptance/short_network.sh. */
#include "short_rows.h"
#include "short_cgroup.h"

#include <sched.h>

/* The tests' network: what lies behind these addresses is in short_network.sh. */
#define NO_ROUTE "203.0.113.1"
#define UNREACHABLE "10.1.0.1"
#define PROHIBITED "10.2.0.1"
#define BLACKHOLE "10.3.0.1"
#define THROWN "10.4.0.1"
#define NO_NEIGHBOUR "10.9.0.2"
#define NARROW "10.8.0.2"
#define DROPPED_PORT 6666
#define REJECTED_PORT 6667
#define BPF_PORT 6669
#define REFUSED_PORT 6670

static void bad_name4(struct sockaddr_in it, socklen_t length) {
  udp(AF_INET), good(2), with_name(small(), &it, length), good(2);
}
static void bad_name6(struct sockaddr_in6 it, socklen_t length) {
  udp(AF_INET6), good(2), with_name(small(), &it, length), good(2);
}

/* ---- IPv4: sizes, flags, addresses ---- */

ROW("3.1", certain, EMSGSIZE, oversize) { udp(AF_INET), good(3), sized(70000), good(1); }
ROW("3.1", certain, EMSGSIZE, oversize_65508) { udp(AF_INET), good(3), sized(65508), good(1); }
ROW("3.1", certain, 0, largest_65507) { udp(AF_INET), good(3), sized(65507), good(1); }
ROW("3.1", certain, EMSGSIZE, oversize_connected) { udp_connected(AF_INET), good(3), sized(65508), good(1); }
ROW("3.1", certain, EMSGSIZE, oversize_before_bad_port) {
  struct sockaddr_in it = in4("127.0.0.1", 0);
  udp(AF_INET), good(2), with_name(sized(66000), &it, sizeof it), good(1);
}
ROW("3.1", certain, EINVAL, bad_port_before_65508) {
  struct sockaddr_in it = in4("127.0.0.1", 0);
  udp(AF_INET), good(2), with_name(sized(65508), &it, sizeof it), good(1);
}
ROW("3.1", likely, EMSGSIZE, oversize_with_ip_options) {
  int fd = udp(AF_INET);
  need(setsockopt(fd, IPPROTO_IP, IP_OPTIONS, "\x01\x01\x01\x01", 4) == 0, "IP_OPTIONS");
  good(2), sized(65505), good(1);
}
ROW("3.1", observed, EOPNOTSUPP, out_of_band) { udp(AF_INET), good(2), call.flags = MSG_OOB; }
ROW("3.1", certain, EINVAL, short_name) { bad_name4(in4("127.0.0.1", 9), 15); }
ROW("3.1", certain, EINVAL, short_name_of_two) { bad_name4(in4("127.0.0.1", 9), 2); }
ROW("3.1", certain, EAFNOSUPPORT, other_family) {
  struct sockaddr_in it = in4("127.0.0.1", 9);
  it.sin_family = AF_UNIX, bad_name4(it, sizeof it);
}
ROW("3.1", certain, EAFNOSUPPORT, ipv6_name) {
  struct sockaddr_in6 it = in6("::1", 9);
  udp(AF_INET), good(2), with_name(small(), &it, sizeof it), good(1);
}
ROW("3.1", certain, 0, unspecified_family) {
  udp(AF_INET), good(2), small();
  ((struct sockaddr_in *)call.entries[2].msg_hdr.msg_name)->sin_family = AF_UNSPEC, good(2);
}
ROW("3.1", certain, EINVAL, port_0) { bad_name4(in4("127.0.0.1", 0), 16); }
ROW("3.1", certain, EAFNOSUPPORT, other_family_and_port_0) {
  struct sockaddr_in it = in4("127.0.0.1", 0);
  it.sin_family = 77, bad_name4(it, sizeof it);
}
ROW("3.1", likely, EMSGSIZE, connected_to_port_0_oversize) {
  udp(AF_INET), good(2);
  struct sockaddr_in it = in4("127.0.0.1", 0);
  need(connect(call.fd, (struct sockaddr *)&it, sizeof it) == 0, "connect");
  sized(65508)->msg_name = NULL, good(1);
}
ROW("3.1", certain, EDESTADDRREQ, no_destination) {
  udp(AF_INET), good(2), small()->msg_name = NULL, good(2);
}
ROW("3.1", certain, EDESTADDRREQ, namelen_0) {
  udp(AF_INET), good(2), small()->msg_namelen = 0, good(2);
}

/* ---- IPv4: routes ---- */

ROW("3.1", likely, ENETUNREACH, no_route) { udp(AF_INET), good(2), small_to4(NO_ROUTE, 9), good(2); }
ROW("3.1", likely, EHOSTUNREACH, route_unreachable) { udp(AF_INET), good(2), small_to4(UNREACHABLE, 9), good(2); }
ROW("3.1", likely, EACCES, route_prohibit) { udp(AF_INET), good(2), small_to4(PROHIBITED, 9), good(2); }
ROW("3.1", likely, EINVAL, route_blackhole) { udp(AF_INET), good(2), small_to4(BLACKHOLE, 9), good(2); }
ROW("3.1", likely, ENETUNREACH, route_throw) { udp(AF_INET), good(2), small_to4(THROWN, 9), good(2); }
ROW("3.1", likely, EACCES, route_prohibited_to_the_user) {
  become_nobody(), udp(AF_INET), good(2), small_to4("10.9.0.4", 9), good(2);
}
ROW("3.1", certain, 0, route_prohibited_to_another_user) { udp(AF_INET), good(2), small_to4("10.9.0.4", 9), good(2); }
ROW("3.1", likely, EACCES, route_prohibited_to_the_owner) {
  need(fchown(udp(AF_INET), 65534, 65534) == 0, "fchown");
  good(2), small_to4("10.9.0.4", 9), good(2);
}
/* A rule that asks for the port that it comes from; in a network of its own, which has others. */
ROW("3.1", likely, EACCES, route_prohibited_to_the_port_and_bad_data) {
  need(unshare(CLONE_NEWNET) == 0, "unshare");
  need(system("ip link set lo up && ip link add d0 type veth peer name d1 && ip link set d0 up"
              " && ip address add 10.9.0.1/24 dev d0"
              " && ip rule add pref 5 sport 4711 to 10.9.0.4 prohibit") == 0, "ip");
  struct sockaddr_in it = in4("0.0.0.0", 4711), there = in4("10.9.0.4", 9);
  bound(udp(AF_INET), &it, sizeof it);
  good(2), with_name(message(no_access, 9), &there, sizeof there), good(1);
}
ROW("3.1", likely, ENETUNREACH, dontroute_beyond_a_gateway) {
  udp(AF_INET), good(2), small_to4("10.5.0.1", 9), good(2), call.flags = MSG_DONTROUTE;
}
ROW("3.1", certain, EMSGSIZE, oversize_without_route) {
  struct sockaddr_in it = in4(NO_ROUTE, 9);
  udp(AF_INET), good(2), with_name(sized(65536), &it, sizeof it), good(1);
}
ROW("3.1", likely, ENETUNREACH, no_route_before_65508) {
  struct sockaddr_in it = in4(NO_ROUTE, 9);
  udp(AF_INET), good(2), with_name(sized(65508), &it, sizeof it), good(1);
}
ROW("3.1", likely, EACCES, broadcast) { udp(AF_INET), good(2), small_to4("10.9.0.255", 9), good(2); }
ROW("3.1", likely, ENETUNREACH, limited_broadcast_without_route) {
  udp(AF_INET), good(2), small_to4("255.255.255.255", 9), good(2);
}
ROW("3.1", likely, EACCES, loopback_broadcast) {
  udp(AF_INET), good(2), small_to4("127.255.255.255", 9), good(2);
}
ROW("3.1", certain, 0, broadcast_permitted) {
  option(udp(AF_INET), SOL_SOCKET, SO_BROADCAST, 1), good(2), small_to4("10.9.0.255", 9), good(2);
}
ROW("3.1", likely, ENETUNREACH, multicast_without_route) {
  udp(AF_INET), good(2), small_to4("239.1.2.3", 9), good(2);
}
ROW("3.1", likely, EINVAL, from_loopback_to_outside) {
  struct sockaddr_in here = in4("127.0.0.1", 0);
  bound(udp(AF_INET), &here, sizeof here), good(2), small_to4("10.9.0.1", 9), small_to4(NO_NEIGHBOUR, 9), good(1);
}
ROW("3.1", certain, 0, to_any) { udp(AF_INET), good(2), small_to4("0.0.0.0", 9), good(2); }

/* ---- IPv4: control messages ---- */

static void bad_control4(int level, int type, const void *data, size_t length) {
  udp(AF_INET), good(2), control(small(), level, type, data, length), good(2);
}
static void bad_int4(int level, int type, int value) { bad_control4(level, type, &value, sizeof value); }

ROW("4", certain, EINVAL, ttl_0) { bad_int4(IPPROTO_IP, IP_TTL, 0); }
ROW("4", certain, EINVAL, ttl_256) { bad_int4(IPPROTO_IP, IP_TTL, 256); }
ROW("4", certain, EINVAL, ttl_of_one_byte) { bad_control4(IPPROTO_IP, IP_TTL, "\x40", 1); }
ROW("4", certain, 0, ttl_1) { bad_int4(IPPROTO_IP, IP_TTL, 1); }
ROW("4", certain, 0, ttl_255) { bad_int4(IPPROTO_IP, IP_TTL, 255); }
ROW("4", certain, 0, tos_0) { bad_int4(IPPROTO_IP, IP_TOS, 0); }
ROW("4", certain, 0, tos_255) { bad_int4(IPPROTO_IP, IP_TOS, 255); }
ROW("4", certain, EINVAL, tos_256) { bad_int4(IPPROTO_IP, IP_TOS, 256); }
ROW("4", certain, EINVAL, tos_negative) { bad_int4(IPPROTO_IP, IP_TOS, -1); }
ROW("4", certain, 0, tos_of_one_byte) { bad_control4(IPPROTO_IP, IP_TOS, "\x10", 1); }
ROW("4", certain, EINVAL, tos_of_two_bytes) { bad_control4(IPPROTO_IP, IP_TOS, "\x10\0", 2); }
ROW("4", certain, EINVAL, ip_options_cmsg) { bad_control4(IPPROTO_IP, IP_OPTIONS, "\1\1\1\1", 4); }
ROW("4", certain, 0, retopts) { bad_control4(IPPROTO_IP, IP_RETOPTS, "\1\1\1\1", 4); }
ROW("4", likely, EINVAL, retopts_bad) { bad_control4(IPPROTO_IP, IP_RETOPTS, "\7\2\1\1", 4); }
ROW("4", certain, 0, retopts_over_40) { bad_control4(IPPROTO_IP, IP_RETOPTS, plenty(), 44); }
ROW("4", certain, 0, protocol_17) { bad_int4(IPPROTO_IP, 52, 17); }
ROW("4", certain, 0, protocol_1) { bad_int4(IPPROTO_IP, 52, 1); }
ROW("4", certain, 0, protocol_255) { bad_int4(IPPROTO_IP, 52, 255); }
ROW("4", certain, EINVAL, protocol_0) { bad_int4(IPPROTO_IP, 52, 0); }
ROW("4", certain, EINVAL, protocol_256) { bad_int4(IPPROTO_IP, 52, 256); }
ROW("4", certain, EINVAL, pktinfo_short) { bad_control4(IPPROTO_IP, IP_PKTINFO, plenty(), 8); }
/* Two headers of IPv6, each of eight bytes of padding, behind the address of a good message. */
static void six_headers(int first, int second) {
  struct msghdr *it;
  udp(AF_INET6), good(2), it = message(no_access, 9);
  control(it, IPPROTO_IPV6, first, "\0\0\1\4\0\0\0\0", 8), control(it, IPPROTO_IPV6, second, "\0\0\1\4\0\0\0\0", 8);
  good(1);
}
ROW("4", certain, EINVAL, hop_options_twice) { six_headers(IPV6_HOPOPTS, IPV6_2292HOPOPTS); }
ROW("4", certain, EINVAL, destination_options_and_2292) { six_headers(IPV6_DSTOPTS, IPV6_2292DSTOPTS); }
ROW("4", likely, EFAULT, destination_options_twice) { six_headers(IPV6_DSTOPTS, IPV6_DSTOPTS); }
ROW("4", likely, EINVAL, routing_header_longer_than_its_data) {
  udp(AF_INET6), good(2), control(small(), IPPROTO_IPV6, IPV6_RTHDR, "\0\2\2\1\0\0\0\0", 8), good(1);
}
ROW("4", certain, EINVAL, pktinfo_of_another_and_bad_hop_limit) {
  struct in6_pktinfo it = {.ipi6_ifindex = if_nametoindex("lo")};
  struct msghdr *bad;
  udp_connected(AF_INET6), good(2), bad = message(no_access, 9);
  control(bad, IPPROTO_IPV6, IPV6_PKTINFO, &it, sizeof it), control_int(bad, IPPROTO_IPV6, IPV6_HOPLIMIT, 999), good(1);
}
ROW("4", likely, ENODEV, pktinfo_no_such_interface) {
  struct in_pktinfo it = {.ipi_ifindex = 4711};
  bad_control4(IPPROTO_IP, IP_PKTINFO, &it, sizeof it);
}
ROW("4", likely, ENETUNREACH, pktinfo_foreign_source) {
  struct in_pktinfo it = {.ipi_spec_dst.s_addr = htonl(0x08080808)};
  bad_control4(IPPROTO_IP, IP_PKTINFO, &it, sizeof it);
}
/* Pages that are pinned instead of copied, each by a byte of its own. */
static void scattered(int family, int pieces) {
  struct iovec parts[40];
  for (int i = 0; i < pieces; i++) parts[i] = (struct iovec){plenty() + 64 * i, 1};
  udp(family), option(call.fd, SOL_SOCKET, SO_ZEROCOPY, 1), call.flags = MSG_ZEROCOPY, good(2);
  struct msghdr *it = small();
  it->msg_iov = kept(parts, pieces * sizeof *parts), it->msg_iovlen = pieces, good(1);
}
ROW("3.1", likely, EMSGSIZE, zerocopy_of_many_pieces) { scattered(AF_INET, 18); }
ROW("3.2", likely, EMSGSIZE, six_zerocopy_of_many_pieces) { scattered(AF_INET6, 40); }
ROW("3.1", certain, 0, zerocopy_of_as_many_pieces_as_there_can_be) { scattered(AF_INET, 17); }

/* What a responder has in ipi_addr of a question that went to many. */
static void from4(const char *source) {
  struct in_pktinfo it = {0};
  inet_pton(AF_INET, source, &it.ipi_spec_dst), bad_control4(IPPROTO_IP, IP_PKTINFO, &it, sizeof it);
}
ROW("4", likely, EINVAL, pktinfo_group_as_source) { from4("224.0.0.251"); }
ROW("4", likely, EINVAL, pktinfo_broadcast_as_source) { from4("255.255.255.255"); }
ROW("4", likely, ENETUNREACH, pktinfo_this_network_as_source) { from4("0.0.0.7"); }
ROW("4", likely, ENETUNREACH, pktinfo_broadcast_of_a_network_as_source) { from4("127.255.255.255"); }
ROW("4", possible, EPERM, pktinfo_foreign_source_of_a_transparent_socket) {
  struct in_pktinfo it = {.ipi_spec_dst.s_addr = htonl(0x08080808)};
  option(udp(AF_INET), IPPROTO_IP, IP_TRANSPARENT, 1), good(2);
  control(small_to4("10.9.0.3", DROPPED_PORT), IPPROTO_IP, IP_PKTINFO, &it, sizeof it), good(2);
}
ROW("4", certain, 0, pktinfo_instead_of_a_route) {
  struct in_pktinfo it = {.ipi_ifindex = if_nametoindex("v0")};
  udp(AF_INET), good(2), control(small_to4(NO_ROUTE, 9), IPPROTO_IP, IP_PKTINFO, &it, sizeof it), good(2);
}
ROW("4", certain, 0, ipv6_cmsg_to_ipv4) { bad_int4(IPPROTO_IPV6, IPV6_TCLASS, 4711); }
ROW("4", certain, 0, pktinfo_ipv6_short_to_ipv4) { bad_control4(IPPROTO_IPV6, IPV6_PKTINFO, plenty(), 12); }
ROW("4", certain, 0, pktinfo_ipv6_to_ipv4) {
  struct in6_pktinfo it = {.ipi6_addr = in6addr_loopback};
  bad_control4(IPPROTO_IPV6, IPV6_PKTINFO, &it, sizeof it);
}
ROW("4", certain, EINVAL, udp_unknown_type) { bad_int4(SOL_UDP, 7, 1); }
ROW("4", certain, EINVAL, segment_of_four_bytes) { bad_int4(SOL_UDP, UDP_SEGMENT, 1000); }
ROW("4", certain, 0, segment_0) { bad_control4(SOL_UDP, UDP_SEGMENT, "\0\0", 2); }
ROW("4", certain, EINVAL, mark_of_eight_bytes) { bad_control4(SOL_SOCKET, SO_MARK, plenty(), 8); }
ROW("4", certain, 0, mark) { bad_int4(SOL_SOCKET, SO_MARK, 5); }
ROW("4", certain, EPERM, mark_by_nobody) { become_nobody(), bad_int4(SOL_SOCKET, SO_MARK, 5); }
/* Its capabilities are those of its own user namespace, which does not own the socket's network. */
static void in_own_user_namespace(void) { need(unshare(CLONE_NEWUSER) == 0, "unshare"); }
ROW("4", certain, EPERM, mark_in_an_own_user_namespace) { bad_int4(SOL_SOCKET, SO_MARK, 5), in_own_user_namespace(); }
ROW("4", certain, EPERM, priority_in_an_own_user_namespace) { bad_int4(SOL_SOCKET, SO_PRIORITY, 7), in_own_user_namespace(); }
ROW("4", certain, 0, priority_6_in_an_own_user_namespace) { bad_int4(SOL_SOCKET, SO_PRIORITY, 6), in_own_user_namespace(); }
ROW("4", certain, 0, mark_in_own_namespaces) {
  in_own_user_namespace(), need(unshare(CLONE_NEWNET) == 0, "unshare");
  struct ifreq up = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  need(ioctl(keep(socket(AF_INET, SOCK_DGRAM, 0)), SIOCSIFFLAGS, &up) == 0, "lo");
  bad_int4(SOL_SOCKET, SO_MARK, 5);
}
ROW("4", certain, EPERM, mark_of_eight_bytes_by_nobody) { become_nobody(), bad_control4(SOL_SOCKET, SO_MARK, plenty(), 8); }
ROW("4", certain, EINVAL, timestamping_rx) { bad_int4(SOL_SOCKET, 37, 8); }
ROW("4", certain, EINVAL, timestamping_short) { bad_control4(SOL_SOCKET, 37, "\2\0", 2); }
ROW("4", certain, EINVAL, timestamping_new_rx) { bad_int4(SOL_SOCKET, 65, 0x10); }
ROW("4", certain, 0, timestamping_tx) { bad_int4(SOL_SOCKET, 37, 2); }
ROW("4", likely, EINVAL, txtime_without_option) { bad_control4(SOL_SOCKET, SCM_TXTIME, plenty(), 8); }
ROW("4", likely, EINVAL, txtime_without_option_and_bad_data) {
  udp(AF_INET), good(2), control(message(no_access, 9), SOL_SOCKET, SCM_TXTIME, plenty(), 8), good(1);
}
ROW("4", likely, EINVAL, txtime_without_option_and_bad_ttl) {
  struct msghdr *it;
  become_nobody(), udp(AF_INET6), good(2), it = small(), control(it, SOL_SOCKET, SCM_TXTIME, plenty(), 8);
  control_int(it, SOL_SOCKET, SO_MARK, 5), good(1);
}
/* CLOCK_REALTIME without flags, which looks like no SO_TXTIME; what went before shows it. */
ROW("4", certain, EFAULT, txtime_of_the_real_time_clock_and_bad_data) {
  struct { int clock; unsigned flags; } choice = {0, 0};
  udp(AF_INET), need(setsockopt(call.fd, SOL_SOCKET, SO_TXTIME, &choice, sizeof choice) == 0, "SO_TXTIME");
  good(1), control(small(), SOL_SOCKET, SCM_TXTIME, plenty(), 8);
  control(message(no_access, 9), SOL_SOCKET, SCM_TXTIME, plenty(), 8), good(1);
}
ROW("4", certain, EINVAL, txtime_short) { bad_control4(SOL_SOCKET, SCM_TXTIME, plenty(), 4); }
ROW("4", certain, 0, txtime_with_option) {
  struct { int clock; unsigned flags; } choice = {1, 0};
  udp(AF_INET);
  need(setsockopt(call.fd, SOL_SOCKET, SO_TXTIME, &choice, sizeof choice) == 0, "SO_TXTIME");
  good(2), control(small(), SOL_SOCKET, SCM_TXTIME, plenty(), 8), good(2);
}
ROW("4", certain, EINVAL, txtime_short_with_option) {
  struct { int clock; unsigned flags; } choice = {1, 0};
  udp(AF_INET);
  need(setsockopt(call.fd, SOL_SOCKET, SO_TXTIME, &choice, sizeof choice) == 0, "SO_TXTIME");
  good(2), control(small(), SOL_SOCKET, SCM_TXTIME, plenty(), 4), good(2);
}
ROW("4", likely, EINVAL, ts_opt_id_without_option) { bad_int4(SOL_SOCKET, 81, 5); }
ROW("4", certain, 0, ts_opt_id_with_option) {
  option(udp(AF_INET), SOL_SOCKET, 37, 0x82);
  good(2), control_int(small(), SOL_SOCKET, 81, 5), good(2);
}
ROW("4", certain, 0, priority_6) { bad_int4(SOL_SOCKET, SO_PRIORITY, 6); }
ROW("4", certain, 0, priority_7_by_root) { bad_int4(SOL_SOCKET, SO_PRIORITY, 7); }
ROW("4", certain, EPERM, priority_7_by_nobody) { become_nobody(), bad_int4(SOL_SOCKET, SO_PRIORITY, 7); }
ROW("4", certain, EPERM, priority_negative_by_nobody) { become_nobody(), bad_int4(SOL_SOCKET, SO_PRIORITY, -1); }
ROW("4", certain, 0, priority_6_by_nobody) { become_nobody(), bad_int4(SOL_SOCKET, SO_PRIORITY, 6); }
ROW("4", certain, EINVAL, priority_short) { bad_control4(SOL_SOCKET, SO_PRIORITY, "\1\0", 2); }
ROW("4", certain, 0, dmabuf) { bad_int4(SOL_SOCKET, 79, 1); }
ROW("4", certain, 0, scm_rights_over_udp) { bad_int4(SOL_SOCKET, SCM_RIGHTS, 999); }
ROW("4", certain, 0, scm_credentials_over_udp) { bad_int4(SOL_SOCKET, SCM_CREDENTIALS, 999); }
ROW("4", certain, EINVAL, scm_security) { bad_int4(SOL_SOCKET, 3, 1); }
ROW("4", certain, EINVAL, scm_pidfd) { bad_int4(SOL_SOCKET, 4, 1); }
ROW("4", certain, EINVAL, socket_unknown_type) { bad_int4(SOL_SOCKET, 200, 1); }
ROW("4", certain, EINVAL, bad_cmsg_before_no_route) {
  udp(AF_INET), good(2), control_int(small_to4(NO_ROUTE, 9), IPPROTO_IP, IP_TTL, 0), good(1);
}
ROW("4", certain, EINVAL, bad_port_before_bad_cmsg) {
  udp(AF_INET), good(2), control_int(small_to4("127.0.0.1", 0), SOL_SOCKET, SO_MARK, 0), good(1);
}

/* ---- IPv4: MTU ---- */

static void too_long_for_mtu(int how, size_t size) {
  option(udp(AF_INET), IPPROTO_IP, IP_MTU_DISCOVER, how), good(2), sized(size), good(1);
}
ROW("3.1", likely, EMSGSIZE, mtu_do_1473) { too_long_for_mtu(IP_PMTUDISC_DO, 1473); }
ROW("3.1", certain, 0, mtu_do_1472) { too_long_for_mtu(IP_PMTUDISC_DO, 1472); }
ROW("3.1", likely, EMSGSIZE, mtu_probe_1473) { too_long_for_mtu(IP_PMTUDISC_PROBE, 1473); }
ROW("3.1", likely, EMSGSIZE, mtu_interface_1473) { too_long_for_mtu(IP_PMTUDISC_INTERFACE, 1473); }
ROW("3.1", certain, 0, mtu_omit_1473) { too_long_for_mtu(IP_PMTUDISC_OMIT, 1473); }
ROW("3.1", certain, 0, mtu_want_1473) { too_long_for_mtu(IP_PMTUDISC_WANT, 1473); }
ROW("3.1", certain, 0, mtu_dont_1473) { too_long_for_mtu(IP_PMTUDISC_DONT, 1473); }
ROW("3.1", likely, ENOBUFS, fragments_over_buffer) {
  option(udp(AF_INET), SOL_SOCKET, SO_SNDBUF, 1), good(2), sized(60000), good(1);
}
ROW("3.1", likely, ENOBUFS, fragments_over_buffer_and_bad_data) {
  option(udp(AF_INET), SOL_SOCKET, SO_SNDBUF, 1), good(2), joined(plenty(), 50000, no_access, 10000), good(1);
}
ROW("3.1", certain, EFAULT, fragments_over_buffer_behind_bad_data) {
  option(udp(AF_INET), SOL_SOCKET, SO_SNDBUF, 1), good(2), joined(plenty(), 1000, no_access, 59000), good(1);
}
ROW("3.1", certain, EFAULT, fragments_and_bad_data) { udp(AF_INET), good(2), joined(plenty(), 50000, no_access, 10000), good(1); }
ROW("3.1", likely, EMSGSIZE, mtu_do_connected) {
  option(udp_connected(AF_INET), IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), good(2), sized(2000), good(1);
}
/* The way has a smaller MTU than the device, whose alone is looked at. */
static void on_narrow_way(int how, struct msghdr *odd) {
  struct sockaddr_in it = in4("10.6.0.1", 9);
  option(call.fd, IPPROTO_IP, IP_MTU_DISCOVER, how), with_name(odd, &it, sizeof it), good(1);
}
ROW("3.1", certain, EFAULT, mtu_probe_of_the_device) { udp(AF_INET), good(2), on_narrow_way(IP_PMTUDISC_PROBE, message(no_access, 1000)); }
ROW("3.1", likely, EMSGSIZE, mtu_do_of_the_way) { udp(AF_INET), good(2), on_narrow_way(IP_PMTUDISC_DO, message(no_access, 1000)); }
ROW("3.1", likely, EMSGSIZE, mtu_interface_over_the_device) {
  udp(AF_INET), good(2), on_narrow_way(IP_PMTUDISC_INTERFACE, message(no_access, 1473));
}
ROW("3.1", certain, EFAULT, segment_of_the_device) {
  udp(AF_INET), good(2), on_narrow_way(IP_PMTUDISC_OMIT, message(no_access, 2000));
  segment(&call.entries[2].msg_hdr, 1000);
}
ROW("3.1", likely, EMSGSIZE, mtu_of_another_interface) {
  option(udp(AF_INET), IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), good(2);
  struct sockaddr_in it = in4("10.7.0.2", 9);
  with_name(sized(1300), &it, sizeof it), good(1);
}
ROW("3.1", certain, 0, mtu_of_another_interface_1253) {
  option(udp(AF_INET), IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), good(2);
  struct sockaddr_in it = in4("10.7.0.2", 9);
  with_name(sized(1252), &it, sizeof it), good(1);
}
/* The thread has gone to another network, where neither the interface nor the route is. */
ROW("3.1", likely, EMSGSIZE, mtu_in_the_network_of_the_socket) {
  option(udp(AF_INET), IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), good(2);
  struct sockaddr_in it = in4("10.7.0.2", 9);
  with_name(sized(1300), &it, sizeof it), good(1);
  need(unshare(CLONE_NEWNET) == 0, "unshare");
}
ROW("3.1", likely, EMSGSIZE, mtu_of_a_route) {
  option(udp(AF_INET), IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), good(2);
  struct sockaddr_in it = in4("10.6.0.1", 9);
  with_name(sized(1000), &it, sizeof it), good(1);
}

/* ---- IPv4: errors that come from elsewhere ---- */

ROW("3.1", likely, ECONNREFUSED, refused) { udp_refused(AF_INET), good(5); }
ROW("3.1", likely, ECONNREFUSED, refused_with_recverr) {
  option(udp_refused(AF_INET), IPPROTO_IP, IP_RECVERR, 1), good(5);
}
/* It is the message behind that fails, which goes to one who is there. */
ROW("3.1", likely, ECONNREFUSED, refused_unconnected_with_recverr) {
  option(udp(AF_INET), IPPROTO_IP, IP_RECVERR, 1), good(2), small_to4("127.0.0.1", 1), good(2);
}
/* A socket that has the port, at another address or connected to another port, takes nothing of it. */
static void refused_beside(const char *address, int connected) {
  int gone = receiver(AF_INET, 0), beside = keep(socket(AF_INET, SOCK_DGRAM, 0));
  struct sockaddr_in it = in4(address, 0), other = in4("127.0.0.1", 1);
  it.sin_port = ((struct sockaddr_in *)&call.to)->sin_port;
  option(gone, SOL_SOCKET, SO_REUSEADDR, 1), option(beside, SOL_SOCKET, SO_REUSEADDR, 1);
  bound(beside, &it, sizeof it), call.fd = keep(socket(AF_INET, SOCK_DGRAM, 0)), connect_it(call.fd);
  if (connected) need(connect(beside, (struct sockaddr *)&other, sizeof other) == 0, "connect");
  dup2(call.fd, gone);
}
ROW("3.1", likely, ECONNREFUSED, refused_beside_another_address) { refused_beside("127.0.0.2", 0), good(4); }
ROW("3.1", likely, ECONNREFUSED, refused_beside_another_address_and_bad_data) {
  refused_beside("127.0.0.2", 0), good(1), message(no_access, 9), good(1);
}
ROW("3.1", likely, ECONNREFUSED, refused_beside_one_connected_elsewhere) { refused_beside("127.0.0.1", 1), good(4); }
ROW("3.1", certain, 0, taken_by_a_socket_of_any_address) { refused_beside("0.0.0.0", 0), good(4); }
static void taken_by_six(int only) {
  struct sockaddr_in6 any = in6("::", 0);
  int gone = receiver(AF_INET, 0), six = keep(socket(AF_INET6, SOCK_DGRAM, 0));
  any.sin6_port = ((struct sockaddr_in *)&call.to)->sin_port;
  option(six, IPPROTO_IPV6, IPV6_V6ONLY, only);
  if (only) bound(six, &any, sizeof any);
  call.fd = keep(socket(AF_INET, SOCK_DGRAM, 0)), connect_it(call.fd), dup2(call.fd, gone);
  if (!only) bound(six, &any, sizeof any);
}
ROW("3.1", certain, 0, taken_by_a_socket_of_both_ip) { taken_by_six(0), good(4); }
/* It takes no IPv4, which the kernel knows, and no list says. */
ROW("3.1", likely, ECONNREFUSED, refused_beside_a_socket_of_ipv6_alone) { taken_by_six(1), good(4); }
/* Refused by a firewall, though somebody listens. */
static void refused_at_port(int family, int port) {
  family == AF_INET ? to4("127.0.0.1", port) : to6("::1", port);
  bound(keep(socket(family, SOCK_DGRAM, 0)), &call.to, call.to_length);
  call.fd = keep(socket(family, SOCK_DGRAM, 0)), connect_it(call.fd);
}
/* The same, and nobody listens: not for that is it refused. */
static void refused_unheard(int family, int port, int errors) {
  family == AF_INET ? to4("127.0.0.1", port) : to6("::1", port);
  call.fd = keep(socket(family, SOCK_DGRAM, 0)), connect_it(call.fd), good(4);
  option(call.fd, family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6, family == AF_INET ? IP_RECVERR : IPV6_RECVERR, errors);
}
ROW("3.1", likely, ECONNREFUSED, port_refused_unheard) { refused_unheard(AF_INET, REFUSED_PORT, 0); }
ROW("3.1", possible, ENOPROTOOPT, protocol_refused_unheard) { refused_unheard(AF_INET, REFUSED_PORT + 1, 0); }
ROW("3.1", possible, ENETUNREACH, network_prohibited_unheard) { refused_unheard(AF_INET, REFUSED_PORT + 2, 0); }
ROW("3.1", possible, EHOSTUNREACH, host_prohibited_unheard) { refused_unheard(AF_INET, REFUSED_PORT + 3, 0); }
ROW("3.1", possible, EHOSTUNREACH, admin_prohibited_unheard) { refused_unheard(AF_INET, REFUSED_PORT + 7, 0); }
ROW("3.1", possible, ENETUNREACH, network_unreachable_unheard) { refused_unheard(AF_INET, REFUSED_PORT + 5, 1); }
ROW("3.1", possible, EHOSTUNREACH, host_unreachable_unheard) { refused_unheard(AF_INET, REFUSED_PORT + 6, 1); }
ROW("3.1", certain, 0, host_unreachable_unheard_without_recverr) { refused_unheard(AF_INET, REFUSED_PORT + 6, 0); }
ROW("3.2", possible, EACCES, six_admin_prohibited_unheard) { refused_unheard(AF_INET6, REFUSED_PORT + 4, 0); }
ROW("3.2", possible, EACCES, six_policy_fail_unheard) { refused_unheard(AF_INET6, REFUSED_PORT + 10, 0); }
ROW("3.2", possible, EACCES, six_reject_route_unheard) { refused_unheard(AF_INET6, REFUSED_PORT + 11, 1); }
ROW("3.2", possible, ENETUNREACH, six_no_route_unheard) { refused_unheard(AF_INET6, REFUSED_PORT + 8, 1); }
ROW("3.2", possible, EHOSTUNREACH, six_address_unreachable_unheard) { refused_unheard(AF_INET6, REFUSED_PORT + 9, 1); }
ROW("3.2", certain, 0, six_no_route_unheard_without_recverr) { refused_unheard(AF_INET6, REFUSED_PORT + 8, 0); }
static void refused_on_arrival(void) { refused_at_port(AF_INET, REFUSED_PORT); }
/* By other words than that nobody listens. */
ROW("3.1", possible, ENOPROTOOPT, protocol_refused_by_a_firewall) { refused_at_port(AF_INET, REFUSED_PORT + 1), good(4); }
ROW("3.1", possible, ENETUNREACH, network_refused_by_a_firewall) { refused_at_port(AF_INET, REFUSED_PORT + 2), good(4); }
ROW("3.1", possible, EHOSTUNREACH, host_refused_by_a_firewall) { refused_at_port(AF_INET, REFUSED_PORT + 3), good(4); }
ROW("3.2", possible, EACCES, six_refused_by_a_firewall) { refused_at_port(AF_INET6, REFUSED_PORT + 4), good(4); }
ROW("3.1", possible, ECONNREFUSED, refused_by_a_firewall_on_arrival) { refused_on_arrival(), good(4); }
ROW("3.1", possible, ECONNREFUSED, refused_by_a_firewall_on_arrival_and_bad_data) {
  refused_on_arrival(), good(1), message(no_access, 9), good(1);
}
ROW("3.1", certain, 0, refused_unconnected) { udp(AF_INET), good(2), small_to4("127.0.0.1", 1), good(2); }
ROW("3.1", certain, EMSGSIZE, oversize_before_refused) { udp_refused(AF_INET), good(1), sized(66000), good(1); }
ROW("3.1", certain, EMSGSIZE, too_long_before_refused) { udp_refused(AF_INET), good(1), sized(65508), good(1); }
ROW("3.1", certain, EPIPE, shut_down) {
  shutdown(udp_connected(AF_INET), SHUT_WR), good(4);
}
ROW("3.1", certain, EINVAL, bad_port_on_shut_down) {
  struct sockaddr_in it = in4("127.0.0.1", 0);
  shutdown(udp_connected(AF_INET), SHUT_WR), with_name(small(), &it, sizeof it), good(4);
}
ROW("3.1", likely, EAGAIN, neighbour_queue_full) {
  option(udp(AF_INET), SOL_SOCKET, SO_SNDBUF, 4608), good(1);
  to4(NO_NEIGHBOUR, 9), good(40), call.flags = MSG_DONTWAIT;
}
ROW("3.1", likely, EAGAIN, neighbour_queue_full_nonblocking) {
  option(udp(AF_INET), SOL_SOCKET, SO_SNDBUF, 4608), fcntl(call.fd, F_SETFL, O_NONBLOCK), good(1);
  to4(NO_NEIGHBOUR, 9), good(40);
}
/* Nobody else has the socket, and that its queue has no room at the end changes nothing about the size. */
ROW("3.1", certain, EMSGSIZE, oversize_behind_a_filled_queue) {
  option(udp(AF_INET), SOL_SOCKET, SO_SNDBUF, 4608), fcntl(call.fd, F_SETFL, O_NONBLOCK);
  to4(NO_NEIGHBOUR, 9), good(4), sized(66000), good(1);
}
ROW("3.1", likely, EAGAIN, send_timeout) {
  struct timeval soon = {0, 60000};
  option(udp(AF_INET), SOL_SOCKET, SO_SNDBUF, 4608), good(1);
  need(setsockopt(call.fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon) == 0, "SO_SNDTIMEO");
  to4(NO_NEIGHBOUR, 9), good(40);
}
ROW("3.1", likely, EINTR, interrupted) {
  option(udp(AF_INET), SOL_SOCKET, SO_SNDBUF, 4608), good(1);
  to4(NO_NEIGHBOUR, 9), good(40), call.alarm_after = 60;
}
ROW("3.1", likely, ENOBUFS, queue_dropped_with_recverr) {
  option(udp(AF_INET), IPPROTO_IP, IP_RECVERR, 1), good(1), to4(NARROW, 9);
  for (int i = 0; i < 12; i++) sized(900);
}
ROW("3.1", certain, 0, queue_dropped) {
  udp(AF_INET), good(1), to4(NARROW, 9);
  for (int i = 0; i < 12; i++) sized(900);
}
ROW("3.1", possible, EPERM, firewall_drop) { udp(AF_INET), good(2), small_to4("127.0.0.1", DROPPED_PORT), good(2); }
ROW("3.1", possible, EPERM, firewall_reject) { udp(AF_INET), good(2), small_to4("127.0.0.1", REJECTED_PORT), good(2); }

/* ---- IPv4: a BPF program of the cgroup, and no port left ---- */

/* No message with an address goes to BPF_PORT. */
static int join_filtering_cgroup(void) {
  struct bpf_insn program[] = {
      {.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1, .off = offsetof(struct bpf_sock_addr, user_port)},
      {.code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 2, .off = 2, .imm = htons(BPF_PORT)},
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0},
      {.code = BPF_JMP | BPF_EXIT},
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1},
      {.code = BPF_JMP | BPF_EXIT},
  };
  return join_cgroup(BPF_CGROUP_UDP4_SENDMSG, program, sizeof program / sizeof *program);
}

ROW("3.1", possible, EPERM, cgroup_program) {
  join_filtering_cgroup(), udp(AF_INET), good(2), small_to4("127.0.0.1", BPF_PORT), good(2);
}
ROW("3.1", certain, 0, cgroup_program_and_connected) {
  join_filtering_cgroup(), udp_connected(AF_INET), good(3);
}
/* It is the cgroup that the socket was made in, wherever its user is. */
ROW("3.1", possible, EPERM, cgroup_program_of_the_socket_and_bad_data) {
  struct sockaddr_in it = in4("127.0.0.1", BPF_PORT);
  int outside = join_filtering_cgroup();
  udp(AF_INET);
  need(write(outside, "0", 1) == 1, "cgroup.procs");
  good(2), with_name(message(no_access, 9), &it, sizeof it), good(2);
}
/* The first send on a socket takes a port; there are two, and both are taken. */
ROW("3.1", observed, EAGAIN, no_port_left) {
  need(unshare(CLONE_NEWNET) == 0, "a network of its own");
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  need(fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0, "lo");
  close(fd);
  int range = open("/proc/sys/net/ipv4/ip_local_port_range", O_WRONLY);
  need(write(range, "2000 2001", 9) == 9, "ip_local_port_range");
  close(range);
  struct sockaddr_in it = in4("127.0.0.1", 9);
  for (int i = 0; i < 2; i++)
    need(connect(keep(socket(AF_INET, SOCK_DGRAM, 0)), (void *)&it, sizeof it) == 0, "a port");
  call.fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
  for (int i = 0; i < 3; i++) small_to4("127.0.0.1", 9);
}

/* ---- IPv4: one datagram of several messages ---- */

ROW("3.1", certain, EMSGSIZE, more_adds_up) {
  udp_connected(AF_INET), call.flags = MSG_MORE;
  for (int i = 0; i < 4; i++) sized(30000);
}
static void behind_what_was_held_back(int family) {
  udp(family);
  need(sendto(call.fd, plenty(), 100, MSG_MORE, (struct sockaddr *)&call.to, call.to_length) == 100, "sendto");
  call.to_length = 0, good(3);
}
ROW("3.1", likely, EDESTADDRREQ, no_address_behind_what_was_held_back) { behind_what_was_held_back(AF_INET); }
ROW("3.2", likely, EDESTADDRREQ, six_no_address_behind_what_was_held_back) { behind_what_was_held_back(AF_INET6); }
ROW("3.1", certain, EMSGSIZE, cork_adds_up) {
  option(udp_connected(AF_INET), IPPROTO_UDP, UDP_CORK, 1);
  for (int i = 0; i < 4; i++) sized(30000);
}
ROW("3.1", likely, EFAULT, more_and_bad_data) {
  udp_connected(AF_INET), call.flags = MSG_MORE, good(2), message(no_access, 10), good(1);
}
/* Behind what is held back neither errors nor a shutdown are looked for, and nothing has gone out. */
static void held_back_and_bad_data(int is_corked) {
  if (is_corked) option(call.fd, IPPROTO_UDP, UDP_CORK, 1);
  call.flags = is_corked ? 0 : MSG_MORE, good(1), message(no_access, 10), good(1);
}
ROW("3.1", likely, EFAULT, more_to_nobody_and_bad_data) { udp_refused(AF_INET), held_back_and_bad_data(0); }
ROW("3.1", likely, EFAULT, cork_to_nobody_and_bad_data) { udp_refused(AF_INET), held_back_and_bad_data(1); }
ROW("3.2", likely, EFAULT, six_cork_to_nobody_and_bad_data) { udp_refused(AF_INET6), held_back_and_bad_data(1); }
ROW("3.1", likely, EFAULT, more_behind_a_shutdown_and_bad_data) {
  need(send(udp_connected(AF_INET), plenty(), 100, MSG_MORE) == 100 && shutdown(call.fd, SHUT_WR) == 0, "shutdown");
  held_back_and_bad_data(0);
}
ROW("3.1", certain, 0, cork_and_bad_address) {
  /* The address is looked at for the first message only. */
  option(udp(AF_INET), IPPROTO_UDP, UDP_CORK, 1), good(1), small_to4("127.0.0.1", 0), good(1);
}
ROW("3.1", certain, 0, cork_and_bad_cmsg) {
  option(udp(AF_INET), IPPROTO_UDP, UDP_CORK, 1), good(1);
  control_int(small(), IPPROTO_IP, IP_TTL, 0), good(1);
}
ROW("3.1", possible, EMSGSIZE, more_over_mtu) {
  option(udp_connected(AF_INET), IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), call.flags = MSG_MORE;
  for (int i = 0; i < 4; i++) sized(700);
}
ROW("3.1", certain, 0, confirm_of_no_bytes) { udp(AF_INET), sized(0), good(1), sized(0), call.flags = MSG_CONFIRM; }
ROW("3.1", certain, 0, confirm_and_probe) { udp(AF_INET), sized(0), good(3), call.flags = MSG_CONFIRM | MSG_PROBE; }
ROW("3.1", certain, EMSGSIZE, probe_of_oversize) { udp(AF_INET), sized(0), sized(0), sized(70000), call.flags = MSG_PROBE; }

/* ---- GSO ---- */

static void segmented(int family, size_t size, uint16_t each) {
  udp_connected(family), good(2), segment(sized(size), each), good(1);
}
ROW("3.1-gso", certain, 0, segments_128) { segmented(AF_INET, 12800, 100); }
/* An error of ICMP may wait: a firewall can refuse what somebody listens for. */
ROW("3.1-gso", likely, EINVAL, segments_129) { segmented(AF_INET, 12801, 100); }
ROW("3.1-gso", certain, EINVAL, segments_129_unconnected) {
  udp(AF_INET), good(2), segment(sized(12801), 100), good(1);
}
ROW("3.1-gso", certain, 0, segment_1472) { segmented(AF_INET, 3000, 1472); }
ROW("3.1-gso", likely, EMSGSIZE, segment_1473) { segmented(AF_INET, 3000, 1473); }
ROW("3.1-gso", certain, 0, segment_1473_of_1472) { segmented(AF_INET, 1472, 1473); }
ROW("3.1-gso", likely, EMSGSIZE, segment_1473_of_1473) { segmented(AF_INET, 1473, 1473); }
ROW("3.1-gso", likely, EMSGSIZE, segment_1500_of_200000) { segmented(AF_INET, 65507, 1500); }
ROW("3.1-gso", certain, EMSGSIZE, segments_over_65507) { segmented(AF_INET, 65508, 1400); }
ROW("3.1-gso", likely, EINVAL, segments_unchecked) {
  udp_connected(AF_INET), option(call.fd, SOL_SOCKET, SO_NO_CHECK, 1);
  good(2), segment(sized(3000), 1000), good(1);
}
ROW("3.1-gso", likely, EINVAL, segments_unchecked_of_one) {
  udp_connected(AF_INET), option(call.fd, SOL_SOCKET, SO_NO_CHECK, 1);
  good(2), segment(sized(500), 1000), good(1);
}
ROW("3.1-gso", certain, EINVAL, segments_by_option) {
  option(udp(AF_INET), SOL_UDP, UDP_SEGMENT, 10), good(2), sized(2000), good(1);
}
ROW("3.1-gso", certain, 0, segments_by_option_outdone) {
  option(udp_connected(AF_INET), SOL_UDP, UDP_SEGMENT, 10), good(2), segment(sized(2000), 1000), good(1);
}
ROW("3.1-gso", certain, 0, segments_by_option_undone) {
  option(udp_connected(AF_INET), SOL_UDP, UDP_SEGMENT, 10), good(2), segment(sized(2000), 0), good(1);
}
ROW("3.1-gso", likely, EMSGSIZE, segment_1473_before_129) { segmented(AF_INET, 1, 1473), segment(sized(65000), 1473); }
ROW("3.1-gso", likely, EINVAL, segments_129_with_do) {
  option(udp_connected(AF_INET), IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
  good(2), segment(sized(12801), 100), good(1);
}
ROW("3.1-gso", likely, EMSGSIZE, segment_over_mtu_of_interface) {
  udp(AF_INET), good(2);
  struct sockaddr_in it = in4("10.7.0.2", 9);
  segment(with_name(sized(3000), &it, sizeof it), 1400), good(1);
}
ROW("3.1-gso", certain, 0, segments_more) {
  udp_connected(AF_INET), call.flags = MSG_MORE, good(1), segment(sized(12801), 100), good(1);
}
ROW("3.1-gso", likely, EINVAL, segments_6_129) { segmented(AF_INET6, 12801, 100); }
ROW("3.1-gso", likely, EMSGSIZE, segment_6_1453) { segmented(AF_INET6, 3000, 1453); }
ROW("3.1-gso", certain, 0, segment_6_1452) { segmented(AF_INET6, 3000, 1452); }

/* ---- IPv6 ---- */

ROW("3.2", certain, EINVAL, six_short_name) { bad_name6(in6("::1", 9), 23); }
ROW("3.2", certain, 0, six_name_of_24) { bad_name6(in6("::1", 9), 24); }
ROW("3.2", certain, EINVAL, six_name_of_1) { bad_name6(in6("::1", 9), 1); }
ROW("3.2", certain, EINVAL, six_other_family) {
  struct sockaddr_in6 it = in6("::1", 9);
  it.sin6_family = AF_PACKET, bad_name6(it, sizeof it);
}
ROW("3.2", certain, EDESTADDRREQ, six_unspecified_family) {
  struct sockaddr_in6 it = in6("::1", 9);
  it.sin6_family = AF_UNSPEC, bad_name6(it, sizeof it);
}
ROW("3.2", certain, EINVAL, six_port_0) { bad_name6(in6("::1", 0), 28); }
ROW("3.2", likely, EMSGSIZE, six_connected_to_port_0_oversize) {
  udp(AF_INET6), good(2);
  struct sockaddr_in6 it = in6("::1", 0);
  need(connect(call.fd, (struct sockaddr *)&it, sizeof it) == 0, "connect");
  sized(65528)->msg_name = NULL, good(1);
}
ROW("3.2", likely, ENOBUFS, six_fragments_over_buffer) {
  option(udp(AF_INET6), SOL_SOCKET, SO_SNDBUF, 1), good(2), joined(plenty(), 50000, no_access, 10000), good(1);
}
ROW("3.2", certain, EDESTADDRREQ, six_no_destination) { udp(AF_INET6), good(2), small()->msg_name = NULL, good(1); }
ROW("3.2", certain, EMSGSIZE, six_oversize) { udp(AF_INET6), good(2), sized(65528), good(1); }
ROW("3.2", certain, 0, six_largest) { udp(AF_INET6), good(2), sized(65527), good(1); }
ROW("3.2", certain, EMSGSIZE, six_oversize_70000) { udp(AF_INET6), good(2), sized(70000), good(1); }
ROW("3.2", certain, EDESTADDRREQ, six_oversize_without_destination) {
  udp(AF_INET6), good(2), sized(70000)->msg_name = NULL, good(1);
}
ROW("3.2", certain, EINVAL, six_port_0_before_oversize) {
  struct sockaddr_in6 it = in6("::1", 0);
  udp(AF_INET6), good(2), with_name(sized(70000), &it, sizeof it), good(1);
}
ROW("3.2", certain, 0, six_ipv4_name) { udp(AF_INET6), good(2), small_to4("127.0.0.1", 9), good(1); }
ROW("3.2", certain, 0, six_mapped_name) { udp(AF_INET6), good(2), small_to6("::ffff:127.0.0.1", 9), good(1); }
ROW("3.2", certain, EINVAL, six_mapped_port_0) { udp(AF_INET6), good(2), small_to6("::ffff:127.0.0.1", 0), good(1); }
ROW("3.2", certain, EINVAL, six_ipv4_port_0) { udp(AF_INET6), good(2), small_to4("127.0.0.1", 0), good(1); }
ROW("3.2", likely, ENETUNREACH, six_only_mapped) {
  option(udp(AF_INET6), IPPROTO_IPV6, IPV6_V6ONLY, 1), good(2), small_to6("::ffff:127.0.0.1", 9), good(1);
}
ROW("3.2", likely, ENETUNREACH, six_only_ipv4_name) {
  option(udp(AF_INET6), IPPROTO_IPV6, IPV6_V6ONLY, 1), good(2), small_to4("127.0.0.1", 9), good(1);
}
ROW("3.2", certain, EINVAL, six_short_ipv4_name) {
  struct sockaddr_in it = in4("127.0.0.1", 9);
  udp(AF_INET6), good(2), with_name(small(), &it, 10), good(1);
}
ROW("3.2", likely, EMSGSIZE, six_mapped_oversize) {
  struct sockaddr_in6 it = in6("::ffff:127.0.0.1", 9);
  udp(AF_INET6), good(2), with_name(sized(65508), &it, sizeof it), good(1);
}
ROW("3.2", certain, EMSGSIZE, six_mapped_oversize_70000) {
  struct sockaddr_in6 it = in6("::ffff:127.0.0.1", 0);
  udp(AF_INET6), good(2), with_name(sized(70000), &it, sizeof it), good(1);
}
ROW("3.2", likely, ENETUNREACH, six_no_route) { udp(AF_INET6), good(2), small_to6("2001:db8::1", 9), good(1); }
ROW("3.2", likely, EHOSTUNREACH, six_route_unreachable) { udp(AF_INET6), good(2), small_to6("fd01::1", 9), good(1); }
ROW("3.2", likely, EACCES, six_route_prohibit) { udp(AF_INET6), good(2), small_to6("fd02::1", 9), good(1); }
ROW("3.2", likely, EINVAL, six_route_blackhole) { udp(AF_INET6), good(2), small_to6("fd03::1", 9), good(1); }
ROW("3.2", likely, ENETUNREACH, six_route_throw) { udp(AF_INET6), good(2), small_to6("fd04::1", 9), good(1); }
ROW("3.2", possible, ENETUNREACH, six_link_local_without_scope) { udp(AF_INET6), good(2), small_to6("fe80::1", 9), good(1); }
ROW("3.2", likely, ENETUNREACH, six_mapped_no_route) { udp(AF_INET6), good(2), small_to6("::ffff:203.0.113.1", 9), good(1); }
ROW("3.2", likely, EACCES, six_mapped_broadcast) { udp(AF_INET6), good(2), small_to6("::ffff:10.9.0.255", 9), good(1); }
ROW("3.2", certain, 0, six_flow_label_unasked) {
  struct sockaddr_in6 it = in6("::1", 9);
  it.sin6_flowinfo = htonl(0x12345), bad_name6(it, sizeof it);
}
ROW("3.2", certain, 0, six_flow_label_not_owned) {
  struct sockaddr_in6 it = in6("::1", 9);
  it.sin6_flowinfo = htonl(0x12345);
  option(udp(AF_INET6), IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1), good(2), with_name(small(), &it, sizeof it), good(1);
}
static void too_long_for_mtu6(int how, size_t size) {
  option(udp(AF_INET6), IPPROTO_IPV6, IPV6_MTU_DISCOVER, how), good(2), sized(size), good(1);
}
ROW("3.2", likely, EMSGSIZE, six_mtu_do_1453) { too_long_for_mtu6(IPV6_PMTUDISC_DO, 1453); }
ROW("3.2", certain, 0, six_mtu_do_1452) { too_long_for_mtu6(IPV6_PMTUDISC_DO, 1452); }
ROW("3.2", likely, EMSGSIZE, six_mtu_probe_1453) { too_long_for_mtu6(IPV6_PMTUDISC_PROBE, 1453); }
ROW("3.2", likely, EMSGSIZE, six_mtu_interface_1453) { too_long_for_mtu6(IPV6_PMTUDISC_INTERFACE, 1453); }
ROW("3.2", certain, 0, six_mtu_omit_1453) { too_long_for_mtu6(IPV6_PMTUDISC_OMIT, 1453); }
ROW("3.2", certain, 0, six_mtu_want_1453) { too_long_for_mtu6(IPV6_PMTUDISC_WANT, 1453); }
ROW("3.2", likely, EMSGSIZE, six_dontfrag_option) {
  option(udp(AF_INET6), IPPROTO_IPV6, IPV6_DONTFRAG, 1), good(2), sized(1453), good(1);
}
ROW("3.2", likely, EMSGSIZE, six_dontfrag_cmsg) {
  udp(AF_INET6), good(2), control_int(sized(1453), IPPROTO_IPV6, IPV6_DONTFRAG, 1), good(1);
}
ROW("3.2", likely, EMSGSIZE, six_mapped_mtu_do) {
  struct sockaddr_in6 it = in6("::ffff:127.0.0.1", 9);
  option(udp(AF_INET6), IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
  good(2), with_name(sized(1473), &it, sizeof it), good(1);
}
ROW("3.2", certain, 0, six_mapped_mtu6_do) {
  struct sockaddr_in6 it = in6("::ffff:127.0.0.1", 9);
  option(udp(AF_INET6), IPPROTO_IPV6, IPV6_MTU_DISCOVER, IP_PMTUDISC_DO);
  good(2), with_name(sized(1473), &it, sizeof it), good(1);
}

static void bad_control6(int level, int type, const void *data, size_t length) {
  udp(AF_INET6), good(2), control(small(), level, type, data, length), good(2);
}
static void bad_int6(int level, int type, int value) { bad_control6(level, type, &value, sizeof value); }
static void bad_mapped(int level, int type, const void *data, size_t length) {
  udp(AF_INET6), good(2), control(small_to6("::ffff:127.0.0.1", 9), level, type, data, length), good(1);
}
ROW("4", certain, EINVAL, six_hop_limit_256) { bad_int6(IPPROTO_IPV6, IPV6_HOPLIMIT, 256); }
ROW("4", certain, EINVAL, six_hop_limit_minus_2) { bad_int6(IPPROTO_IPV6, IPV6_HOPLIMIT, -2); }
ROW("4", certain, 0, six_hop_limit_minus_1) { bad_int6(IPPROTO_IPV6, IPV6_HOPLIMIT, -1); }
ROW("4", certain, EINVAL, six_hop_limit_short) { bad_control6(IPPROTO_IPV6, IPV6_HOPLIMIT, "\1", 1); }
ROW("4", certain, 0, six_hop_limit_255) { bad_int6(IPPROTO_IPV6, IPV6_HOPLIMIT, 255); }
ROW("4", certain, EINVAL, six_tclass_minus_2) { bad_int6(IPPROTO_IPV6, IPV6_TCLASS, -2); }
ROW("4", certain, 0, six_tclass_minus_1) { bad_int6(IPPROTO_IPV6, IPV6_TCLASS, -1); }
ROW("4", certain, 0, six_tclass_255) { bad_int6(IPPROTO_IPV6, IPV6_TCLASS, 255); }
ROW("4", certain, EINVAL, six_dontfrag_minus_1) { bad_int6(IPPROTO_IPV6, IPV6_DONTFRAG, -1); }
ROW("4", certain, 0, six_dontfrag_0) { bad_int6(IPPROTO_IPV6, IPV6_DONTFRAG, 0); }
ROW("4", certain, 0, six_dontfrag_1) { bad_int6(IPPROTO_IPV6, IPV6_DONTFRAG, 1); }
ROW("4", certain, EINVAL, six_tclass_256) { bad_int6(IPPROTO_IPV6, IPV6_TCLASS, 256); }
ROW("4", certain, EINVAL, six_dontfrag_2) { bad_int6(IPPROTO_IPV6, IPV6_DONTFRAG, 2); }
ROW("4", certain, EINVAL, six_unknown_type) { bad_int6(IPPROTO_IPV6, 200, 2); }
ROW("4", certain, EINVAL, six_pktinfo_short) { bad_control6(IPPROTO_IPV6, IPV6_PKTINFO, plenty(), 16); }
ROW("4", likely, ENODEV, six_pktinfo_no_such_interface) {
  struct in6_pktinfo it = {.ipi6_ifindex = 4711};
  bad_control6(IPPROTO_IPV6, IPV6_PKTINFO, &it, sizeof it);
}
ROW("4", likely, EINVAL, six_pktinfo_foreign_source) {
  struct in6_pktinfo it = {.ipi6_addr = in6("2001:db8::5", 1).sin6_addr};
  bad_control6(IPPROTO_IPV6, IPV6_PKTINFO, &it, sizeof it);
}
ROW("4", likely, EINVAL, six_pktinfo_other_scope) {
  struct in6_pktinfo it = {.ipi6_ifindex = if_nametoindex("v0")};
  struct sockaddr_in6 far = in6("fe80::1", 9);
  far.sin6_scope_id = if_nametoindex("lo");
  udp(AF_INET6), good(2), control(with_name(small(), &far, sizeof far), IPPROTO_IPV6, IPV6_PKTINFO, &it, sizeof it);
}
ROW("4", certain, EINVAL, six_flowinfo_short) { bad_control6(IPPROTO_IPV6, IPV6_FLOWINFO, "\0\0", 2); }
ROW("4", certain, 0, six_hop_options_by_root) { bad_control6(IPPROTO_IPV6, IPV6_HOPOPTS, "\0\0\1\4\0\0\0\0", 8); }
ROW("4", likely, EPERM, six_hop_options_by_nobody) {
  become_nobody(), bad_control6(IPPROTO_IPV6, IPV6_HOPOPTS, "\0\0\1\4\0\0\0\0", 8);
}
ROW("4", certain, EINVAL, six_hop_options_short) { bad_control6(IPPROTO_IPV6, IPV6_HOPOPTS, "\0\5\1\4\0\0\0\0", 8); }
ROW("4", certain, EINVAL, six_hop_options_of_one_byte_by_nobody) {
  become_nobody(), bad_control6(IPPROTO_IPV6, IPV6_HOPOPTS, "\0", 1);
}
ROW("4", likely, EPERM, six_dst_options_by_nobody) {
  become_nobody(), bad_control6(IPPROTO_IPV6, IPV6_DSTOPTS, "\0\0\1\4\0\0\0\0", 8);
}
ROW("4", certain, EINVAL, six_routing_header_type_0) { bad_control6(IPPROTO_IPV6, IPV6_RTHDR, "\0\2\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24); }
ROW("4", certain, 0, six_ip_cmsg) { bad_int6(IPPROTO_IP, IP_TTL, 0); }
ROW("4", certain, EINVAL, six_udp_unknown) { bad_int6(SOL_UDP, 7, 0); }
ROW("4", certain, EINVAL, six_mark_short) { bad_control6(SOL_SOCKET, SO_MARK, "\0", 1); }
ROW("4", likely, EPERM, six_mark_by_nobody) { become_nobody(), bad_int6(SOL_SOCKET, SO_MARK, 5); }
ROW("4", likely, EINVAL, six_txtime) { bad_control6(SOL_SOCKET, SCM_TXTIME, plenty(), 8); }
static void six_from(int name, const char *source, const char *destination, int port) {
  struct in6_pktinfo it = {.ipi6_addr = in6(source, 0).sin6_addr};
  udp(AF_INET6);
  if (name) option(call.fd, IPPROTO_IPV6, name, 1);
  good(2), control(small_to6(destination, port), IPPROTO_IPV6, IPV6_PKTINFO, &it, sizeof it), good(1);
}
ROW("4", possible, EPERM, six_pktinfo_foreign_source_of_a_free_socket) { six_from(78, "2001:db8::9", "::1", DROPPED_PORT); }
ROW("4", possible, EPERM, six_pktinfo_foreign_source_of_a_transparent_socket) { six_from(75, "2001:db8::9", "::1", DROPPED_PORT); }
ROW("4", likely, EINVAL, six_pktinfo_link_local_without_interface) { six_from(0, "fe80::9", "::1", 9); }
ROW("4", likely, EINVAL, six_pktinfo_mapped_to_ipv6) { six_from(0, "::ffff:127.0.0.1", "::1", 9); }

ROW("4", certain, EINVAL, six_mapped_ttl_0) { bad_mapped(IPPROTO_IP, IP_TTL, "\0\0\0\0", 4); }
ROW("4", certain, 0, six_mapped_tclass) { bad_mapped(IPPROTO_IPV6, IPV6_TCLASS, "\0\3\0\0", 4); }
ROW("4", certain, EINVAL, six_mapped_pktinfo_native) {
  struct in6_pktinfo it = {.ipi6_addr = in6addr_loopback};
  bad_mapped(IPPROTO_IPV6, IPV6_PKTINFO, &it, sizeof it);
}
ROW("4", certain, 0, six_mapped_pktinfo_mapped) {
  struct in6_pktinfo it = {.ipi6_addr = in6("::ffff:127.0.0.1", 0).sin6_addr};
  bad_mapped(IPPROTO_IPV6, IPV6_PKTINFO, &it, sizeof it);
}
ROW("4", certain, EINVAL, six_2292_hop_limit) { bad_int6(IPPROTO_IPV6, 8, 256); }
ROW("4", certain, EINVAL, six_2292_hop_limit_minus_2) { bad_int6(IPPROTO_IPV6, 8, -2); }
ROW("4", certain, 0, six_2292_hop_limit_minus_1) { bad_int6(IPPROTO_IPV6, 8, -1); }
ROW("4", certain, 0, six_2292_hop_limit_255) { bad_int6(IPPROTO_IPV6, 8, 255); }
ROW("3.2", likely, ECONNREFUSED, six_refused) { udp_refused(AF_INET6), good(4); }
ROW("3.2", certain, EPIPE, six_shut_down) { shutdown(udp_connected(AF_INET6), SHUT_WR), good(4); }
ROW("3.2", certain, 0, six_out_of_band) { udp(AF_INET6), good(2), call.flags = MSG_OOB; }
ROW("3.2", certain, EOPNOTSUPP, six_mapped_out_of_band) {
  udp(AF_INET6), good(2), small_to6("::ffff:127.0.0.1", 9), good(1), call.flags = MSG_OOB;
}
ROW("3.2", certain, EMSGSIZE, six_more_adds_up) {
  udp_connected(AF_INET6), call.flags = MSG_MORE;
  for (int i = 0; i < 4; i++) sized(30000);
}
ROW("3.2", likely, EINVAL, six_more_then_ipv4) {
  udp(AF_INET6), call.flags = MSG_MORE, good(1), small_to4("127.0.0.1", 9), good(1);
}
ROW("3.2", certain, EINVAL, six_more_and_short_name) {
  /* Unlike IPv4, the address is looked at first also where data is held back. */
  udp(AF_INET6), call.flags = MSG_MORE, sized(60000), sized(10000)->msg_namelen = 20, good(1);
}
ROW("3.2", certain, EINVAL, six_more_and_other_family) {
  struct sockaddr_in6 it = in6("::1", 9);
  it.sin6_family = 77;
  udp(AF_INET6), call.flags = MSG_MORE, sized(60000), with_name(sized(10000), &it, sizeof it), good(1);
}
ROW("3.2", likely, EMSGSIZE, six_any_from_a_mapped_address) {
  /* Goes by IPv4, for which nothing reads this control message. */
  struct sockaddr_in6 here = in6("::ffff:127.0.0.1", 0), any = in6("::", 9);
  udp(AF_INET6), option(call.fd, IPPROTO_IPV6, IPV6_V6ONLY, 0), bound(call.fd, &here, sizeof here);
  to6("::ffff:127.0.0.1", 9), good(2);
  control(with_name(sized(65510), &any, sizeof any), IPPROTO_IPV6, IPV6_RTHDR, "\0\2\0\1", 4), good(1);
}
/* An address of AF_UNSPEC, which is none: then the code of IPv6 sends to where the socket is connected. */
static struct msghdr *six_unspecified(struct msghdr *header) {
  struct sockaddr_in6 none = {.sin6_family = AF_UNSPEC};
  return with_name(header, &none, sizeof none);
}
static void six_connected_to_ipv4(void) {
  udp(AF_INET6), to6("::ffff:127.0.0.1", 9), connect_it(call.fd);
}
ROW("3.2", likely, ENETUNREACH, six_unspecified_name_connected_to_ipv4) {
  six_connected_to_ipv4(), good(1), six_unspecified(message(no_access, 9)), good(1);
}
ROW("3.2", likely, ENETUNREACH, six_unspecified_name_connected_to_ipv4_oversize) {
  six_connected_to_ipv4(), good(1), six_unspecified(sized(70000)), good(1);
}
ROW("3.2", likely, ENETUNREACH, six_unspecified_name_connected_to_ipv4_control) {
  six_connected_to_ipv4(), good(1), control_int(six_unspecified(message(no_access, 9)), IPPROTO_IP, 99, 1), good(1);
}
static void six_from_ipv4(struct msghdr *(*odd)(void)) {
  struct sockaddr_in6 here = in6("::ffff:127.0.0.1", 0), there = in6("::1", 9);
  udp(AF_INET6), option(call.fd, IPPROTO_IPV6, IPV6_V6ONLY, 0), bound(call.fd, &here, sizeof here);
  to6("::ffff:127.0.0.1", 9), good(2), with_name(odd(), &there, sizeof there), good(1);
}
static struct msghdr *unreadable(void) { return message(no_access, 9); }
static struct msghdr *oversize_six(void) { return sized(70000); }
ROW("3.2", likely, EAFNOSUPPORT, six_from_an_ipv4_address) { six_from_ipv4(small); }
ROW("3.2", likely, EAFNOSUPPORT, six_from_an_ipv4_address_unreadable) { six_from_ipv4(unreadable); }
ROW("3.2", likely, EAFNOSUPPORT, six_from_an_ipv4_address_oversize) { six_from_ipv4(oversize_six); }
/* An address with a meaning on one link alone, which is found where a link has such addresses. */
ROW("3.2", likely, EFAULT, six_link_local_without_scope_is_routed) {
  struct sockaddr_in6 it = in6("fe80::9", 9);
  own_network("ip -6 address add fe80::9/64 dev lo nodad");
  udp(AF_INET6), good(2), with_name(message(no_access, 9), &it, sizeof it), good(1);
}
static void six_by(int name, int interface, const char *first, const char *odd) {
  struct sockaddr_in6 it = in6(odd, 9);
  own_network("ip link add a0 type veth peer name a1 && ip link set a0 up && ip link set a1 up &&"
              " ip -6 address add fd77::1/64 dev a0 nodad");
  udp(AF_INET6), option(call.fd, IPPROTO_IPV6, name, interface), good(1), small_to6(first, 9);
  with_name(message(no_access, 9), &it, sizeof it), good(1);
}
ROW("3.2", likely, ENETUNREACH, six_unicast_interface) { six_by(76, htonl(1), "::1", "fd77::1:1"); }
ROW("3.2", likely, ENETUNREACH, six_multicast_interface) { six_by(IPV6_MULTICAST_IF, 1, "::1", "ff0e::1"); }
ROW("3.2", possible, EMSGSIZE, six_mtu_of_its_own) {
  option(udp(AF_INET6), IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO);
  option(call.fd, IPPROTO_IPV6, IPV6_MTU, 1280), good(2), sized(1240), good(1);
}
ROW("3.2", likely, EFAULT, six_mtu_that_may_be_its_own) {
  option(udp(AF_INET6), IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO), good(2), message(no_access, 1240), good(1);
}
/* Bytes that cannot be read, as many as the socket's own headers leave no room for. */
static void too_long_with_headers(int family, int name, const void *headers, socklen_t length, size_t size) {
  int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
  need(setsockopt(udp(family), level, name, headers, length) == 0, "headers");
  good(2), message(no_access, size), good(1);
}
ROW("3.2", likely, EMSGSIZE, six_hop_options_and_bad_data) {
  too_long_with_headers(AF_INET6, IPV6_HOPOPTS, "\0\0\1\4\0\0\0\0", 8, 65520);
}
ROW("3.2", likely, EFAULT, six_hop_options_and_bad_data_that_fits) {
  too_long_with_headers(AF_INET6, IPV6_HOPOPTS, "\0\0\1\4\0\0\0\0", 8, 65519);
}
ROW("3.2", likely, EMSGSIZE, six_dst_options_and_bad_data) {
  too_long_with_headers(AF_INET6, IPV6_DSTOPTS, "\0\0\1\4\0\0\0\0", 8, 65512);
}
ROW("3.2", likely, EFAULT, six_dst_options_and_bad_data_that_fits) {
  too_long_with_headers(AF_INET6, IPV6_DSTOPTS, "\0\0\1\4\0\0\0\0", 8, 65511);
}
ROW("3.1", likely, EMSGSIZE, options_over_mtu_and_bad_data) {
  need(setsockopt(udp(AF_INET), IPPROTO_IP, IP_OPTIONS, "\x01\x01\x01\x01", 4) == 0, "IP_OPTIONS");
  option(call.fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), good(2), message(no_access, 1469), good(1);
}
/* Connected to another host: the rules of this one's addresses come first. */
static void to_neighbour(void) { udp(AF_INET), to4("10.9.0.3", 9), connect_it(call.fd); }
ROW("3.1", likely, EACCES, prohibited_by_its_mark) {
  to_neighbour(), good(2), control_int(sized(65510), SOL_SOCKET, SO_MARK, 4711), good(1);
}
ROW("3.1", likely, EACCES, prohibited_by_its_tos) {
  to_neighbour(), good(2), control_int(sized(65510), IPPROTO_IP, IP_TOS, 0x18), good(1);
}
ROW("3.2", likely, EINVAL, six_pktinfo_of_another_interface) {
  struct in6_pktinfo it = {.ipi6_ifindex = if_nametoindex("v0")};
  int fd = udp_connected(AF_INET6);
  need(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) == 0, "SO_BINDTODEVICE");
  good(2), control(sized(65530), IPPROTO_IPV6, IPV6_PKTINFO, &it, sizeof it), good(1);
}
/* A label is leased to another socket: from now on all labels have to be. */
static void lease_label(void) {
  /* struct in6_flowlabel_req */
  struct { struct in6_addr to; uint32_t label; uint8_t action, share; uint16_t flags, expires, linger; uint32_t pad; } it = {
        .to = in6addr_loopback, .label = htonl(0x60000 | (getpid() & 0xffff)), .action = 0, .share = 1, .flags = 3};
  int owner = keep(socket(AF_INET6, SOCK_DGRAM, 0));
  need(setsockopt(owner, IPPROTO_IPV6, 32, &it, sizeof it) == 0, "IPV6_FLOWLABEL_MGR");
}
ROW("3.2", possible, EINVAL, six_flow_label_of_another) {
  lease_label(), udp_connected(AF_INET6), good(2), control_int(sized(65530), IPPROTO_IPV6, 11, (int)htonl(0x54321)), good(1);
}
/* The label of an address is looked at before control messages, which the sender may not use. */
static void label_and_mark(int protocol) {
  struct sockaddr_in6 it = in6("::1", protocol ? 0 : 9);
  lease_label(), call.fd = keep(socket(AF_INET6, protocol ? SOCK_RAW : SOCK_DGRAM, protocol));
  option(call.fd, IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1), send_to(&it, sizeof it), good(2);
  it.sin6_flowinfo = htonl(0x54321), become_nobody();
  control_int(with_name(small(), &it, sizeof it), SOL_SOCKET, SO_MARK, 5), good(1);
}
ROW("3.2", possible, EINVAL, six_flow_label_before_mark) { label_and_mark(0); }
ROW("3.5", possible, EINVAL, six_raw_flow_label_before_mark) { label_and_mark(253); }
ROW("3.2", certain, EPERM, six_mark_before_flow_label_of_control) {
  struct msghdr *it;
  lease_label(), udp(AF_INET6), become_nobody(), good(2), it = small();
  control_int(it, IPPROTO_IPV6, 11, (int)htonl(0x54321)), control_int(it, SOL_SOCKET, SO_MARK, 5), good(1);
}
ROW("3.5", likely, EFAULT, six_ping_flow_label_of_another) {
  struct sockaddr_in6 there = in6("::1", 0);
  lease_label(), call.fd = keep(socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6)), send_to(&there, sizeof there);
  option(call.fd, IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1), message("\200\0\0\0\0\0\0\0", 8);
  there.sin6_flowinfo = htonl(0x54321);
  with_name(joined("\200\0\0\0\0\0\0\0", 8, no_access, 9), &there, sizeof there);
}
ROW("3.2", certain, 0, six_probe) { udp(AF_INET6), good(3), call.flags = MSG_PROBE; }
ROW("3.2", possible, EPERM, six_firewall_drop) { udp(AF_INET6), good(2), small_to6("::1", DROPPED_PORT), good(1); }
ROW("3.1", certain, EMSGSIZE, udplite_oversize) {
  struct sockaddr_in it = in4("127.0.0.1", 9);
  call.fd = keep(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)), send_to(&it, sizeof it);
  good(2), sized(65508), good(1);
}
ROW("3.1", likely, EIO, udplite_segments) {
  struct sockaddr_in it = in4("127.0.0.1", 9);
  call.fd = keep(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)), send_to(&it, sizeof it);
  good(2), segment(sized(3000), 1000), good(1);
}
static void udplite_to(const char *address) {
  struct sockaddr_in it = in4("127.0.0.1", 9), there = in4(address, 9);
  call.fd = keep(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)), send_to(&it, sizeof it);
  good(2), with_name(message(no_access, 9), &there, sizeof there), good(1);
}
ROW("3.1", likely, ENETUNREACH, udplite_no_route_and_bad_data) { udplite_to(NO_ROUTE); }
ROW("3.1", likely, EACCES, udplite_broadcast_and_bad_data) { udplite_to("10.9.0.255"); }

/* Rules of routing that look at more than where a message goes, in a network that has others. */
static void with_rule(const char *rule) {
  char command[600];
  snprintf(command, sizeof command,
           "ip link add d0 type veth peer name d1 && ip link set d0 up && ip address add 10.9.0.1/24 dev d0"
           " && ip neighbour add 10.9.0.4 lladdr 02:00:00:00:00:04 dev d0 && %s", rule);
  own_network(command);
}
ROW("3.1", likely, EACCES, udplite_prohibited_to_the_port_and_bad_data) {
  with_rule("ip rule add pref 5 ipproto 136 dport 9 to 10.9.0.4 prohibit"), udplite_to("10.9.0.4");
}
static void to_4_from(const char *bytes, size_t size, const char *from) {
  struct in_pktinfo it = {0};
  struct sockaddr_in there = in4("10.9.0.4", 9);
  struct msghdr *bad;
  inet_pton(AF_INET, from, &it.ipi_spec_dst), udp(AF_INET), good(2), bad = message(bytes, size);
  control(with_name(bad, &there, sizeof there), IPPROTO_IP, IP_PKTINFO, &it, sizeof it), good(1);
}
ROW("3.1", likely, EACCES, prohibited_from_the_source_of_pktinfo) {
  with_rule("ip rule add pref 5 from 10.9.0.1 to 10.9.0.4 prohibit"), to_4_from("a", 1, "10.9.0.1");
}
ROW("3.1", likely, EFAULT, led_by_the_source_of_pktinfo_and_bad_data) {
  with_rule("ip rule add pref 4 from 10.9.0.1 table 77 && ip route add 10.9.0.0/24 dev d0 table 77"
            " && ip rule add pref 5 to 10.9.0.4 prohibit");
  to_4_from(no_access, 9, "10.9.0.1");
}
ROW("4", likely, EFAULT, pktinfo_instead_of_a_route_and_bad_data) {
  struct in_pktinfo it = {.ipi_ifindex = if_nametoindex("v0")};
  struct sockaddr_in there = in4(NO_ROUTE, 9);
  udp(AF_INET), good(2);
  control(with_name(message(no_access, 9), &there, sizeof there), IPPROTO_IP, IP_PKTINFO, &it, sizeof it), good(1);
}

/* A socket that is connected over one link, and messages that name another. */
static void across_links(int type, int protocol, const char *bytes, size_t size) {
  own_network("ip link add d0 type veth peer name d1 && ip link set d0 up && ip link set d1 up");
  struct sockaddr_in6 here = in6("fe80::7", protocol ? 0 : 9), there = in6("fe80::8", protocol ? 0 : 9);
  need(system("ip -6 address add fe80::1/64 dev d0 nodad && ip -6 neighbour add fe80::7 lladdr 02:00:00:00:00:07 dev d0"
              " && echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range") == 0, "ip");
  here.sin6_scope_id = if_nametoindex("d0"), there.sin6_scope_id = if_nametoindex("lo");
  call.fd = keep(socket(AF_INET6, type, protocol)), send_to(&here, sizeof here), connect_it(call.fd);
  message("\200\0\0\0\0\0\0\0", 8), with_name(message(bytes, size), &there, sizeof there), good(1);
}
ROW("3.2", likely, ENETUNREACH, six_connected_over_another_link) { across_links(SOCK_DGRAM, 0, "a", 1); }
ROW("3.2", likely, ENETUNREACH, six_connected_over_another_link_and_bad_data) { across_links(SOCK_DGRAM, 0, no_access, 9); }
ROW("3.5", likely, ENETUNREACH, six_raw_connected_over_another_link) { across_links(SOCK_RAW, 253, no_access, 9); }
ROW("3.5", certain, EINVAL, six_ping_connected_over_another_link) {
  across_links(SOCK_DGRAM, IPPROTO_ICMPV6, "\200\0\0\0\0\0\0\0", 8);
}
static void pktinfo_instead_of_a_scope(int protocol, const char *bytes, size_t size) {
  struct in6_pktinfo it = {.ipi6_ifindex = 0};
  struct sockaddr_in6 here = in6("::1", protocol ? 0 : 9), there = in6("fe80::8", protocol ? 0 : 9);
  own_network("ip link add d0 type veth peer name d1 && ip link set d0 up && ip link set d1 up"
              " && ip -6 address add fe80::1/64 dev d0 nodad"
              " && echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range");
  it.ipi6_ifindex = if_nametoindex("d0"), call.fd = keep(socket(AF_INET6, SOCK_DGRAM, protocol));
  send_to(&here, sizeof here), message("\200\0\0\0\0\0\0\0", 8);
  control(with_name(message(bytes, size), &there, sizeof there), IPPROTO_IPV6, IPV6_PKTINFO, &it, sizeof it), good(1);
}
ROW("4", likely, EFAULT, six_pktinfo_instead_of_a_scope_and_bad_data) { pktinfo_instead_of_a_scope(0, no_access, 9); }
ROW("3.5", likely, EINVAL, six_ping_pktinfo_instead_of_a_scope) {
  pktinfo_instead_of_a_scope(IPPROTO_ICMPV6, "\200\0\0\0\0\0\0\0", 8);
}
/* The interface that the socket has for groups takes less than the one by which their route leads. */
static void to_group(size_t size, uint16_t each) {
  own_network("ip link add d0 type veth peer name d1 && ip link set d0 up && ip address add 10.9.0.1/24 dev d0"
              " && ip link add e0 mtu 1280 type veth peer name e1 && ip link set e0 up"
              " && ip address add 10.8.0.1/24 dev e0 && ip route add 239.0.0.0/8 dev d0");
  struct ip_mreqn choice = {.imr_ifindex = (int)if_nametoindex("e0")};
  struct sockaddr_in there = in4("239.1.2.3", 9);
  option(udp(AF_INET), IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
  need(setsockopt(call.fd, IPPROTO_IP, IP_MULTICAST_IF, &choice, sizeof choice) == 0, "IP_MULTICAST_IF");
  good(2);
  struct msghdr *bad = with_name(sized(size), &there, sizeof there);
  if (each) segment(bad, each);
  good(1);
}
ROW("3.1", possible, EMSGSIZE, over_mtu_of_a_multicast_interface) { to_group(1400, 0); }
ROW("3.1-gso", possible, EMSGSIZE, segment_over_mtu_of_a_multicast_interface) { to_group(3000, 1400); }
ROW("3.2", possible, EMSGSIZE, six_over_own_mtu) {
  option(udp(AF_INET6), IPPROTO_IPV6, 24 /* IPV6_MTU */, 1290), option(call.fd, IPPROTO_IPV6, IPV6_DONTFRAG, 1);
  good(2), sized(1300), good(1);
}
ROW("4", likely, EFAULT, pktinfo_that_forgets_the_source_and_bad_data) {
  struct in_pktinfo it = {.ipi_ifindex = if_nametoindex("v0")};
  udp_connected(AF_INET), good(1), control(message(no_access, 9), IPPROTO_IP, IP_PKTINFO, &it, sizeof it), good(1);
}
ROW("3.1", likely, ENETUNREACH, group_without_a_route_and_bad_data) {
  struct sockaddr_in there = in4("239.1.2.3", 9);
  udp(AF_INET), good(2), with_name(message(no_access, 9), &there, sizeof there), good(1);
}

/* A way that takes less than IP asks of any. */
static void tiny_way(int is_raw, int family, const char *mtu, const void *bytes, size_t size) {
  struct sockaddr_in four = in4("10.8.0.2", 9);
  struct sockaddr_in6 six = in6("fd08::2", is_raw ? 0 : 9);
  char command[400];
  snprintf(command, sizeof command,
           "ip link add d0 type veth peer name d1 && ip link set d1 up && ip link set d0 up"
           " && ip address add 10.9.0.1/24 dev d0 && ip -6 address add fd09::1/64 dev d0 nodad"
           " && ip route add 10.8.0.0/24 dev d0 mtu lock %s && ip -6 route add fd08::/64 dev d0 mtu lock %s", mtu, mtu);
  own_network(command);
  if (is_raw) call.fd = keep(socket(family, SOCK_RAW, 253)), family == AF_INET ? to4("127.0.0.1", 0) : to6("::1", 0), good(2);
  else udp(family), good(2);
  struct msghdr *bad = message(bytes, size);
  family == AF_INET ? with_name(bad, &four, sizeof four) : with_name(bad, &six, sizeof six), good(1);
}
static void on_tiny_way(int family, const char *mtu, const void *bytes, size_t size) { tiny_way(0, family, mtu, bytes, size); }
ROW("3.1", likely, ENETUNREACH, mtu_too_small_for_ip) { on_tiny_way(AF_INET, "60", plenty(), 20); }
ROW("3.1", likely, ENETUNREACH, mtu_too_small_for_ip_and_bad_data) { on_tiny_way(AF_INET, "60", no_access, 20); }
ROW("3.1", likely, ENETUNREACH, mtu_too_small_for_ip_and_oversize) { on_tiny_way(AF_INET, "60", plenty(), 65520); }
ROW("3.2", likely, EMSGSIZE, six_mtu_of_its_header_and_bad_data) { on_tiny_way(AF_INET6, "40", no_access, 20); }
ROW("3.2", likely, EINVAL, six_mtu_of_its_headers) { on_tiny_way(AF_INET6, "48", plenty(), 20); }
ROW("3.2", likely, EINVAL, six_mtu_of_its_headers_and_bad_data) { on_tiny_way(AF_INET6, "48", no_access, 20); }
ROW("3.2", likely, EMSGSIZE, six_raw_mtu_of_its_header) { tiny_way(1, AF_INET6, "40", plenty(), 20); }
ROW("3.2", likely, EINVAL, six_raw_mtu_of_its_header_and_a_little) { tiny_way(1, AF_INET6, "44", plenty(), 20); }
ROW("3.2", likely, ENOBUFS, six_raw_mtu_of_its_headers) { tiny_way(1, AF_INET6, "48", plenty(), 20); }
ROW("3.2", certain, 0, six_raw_mtu_of_its_headers_and_as_much_data) { tiny_way(1, AF_INET6, "48", plenty(), 8); }
ROW("3.2", likely, ENOBUFS, six_raw_mtu_of_its_headers_and_bad_data) { tiny_way(1, AF_INET6, "55", no_access, 20); }
ROW("3.2", likely, EFAULT, six_mtu_under_1280_and_bad_data) { on_tiny_way(AF_INET6, "1000", no_access, 20); }

/* Extension headers over the MTU, before a payload that cannot be read. */
static void long_headers(int type, const void *bytes) {
  static unsigned char headers[1600] = {0, 199};
  udp(AF_INET6), good(2), control(message(bytes, 5), IPPROTO_IPV6, type, headers, sizeof headers), good(1);
}
ROW("4", likely, EMSGSIZE, six_hop_options_over_mtu) { long_headers(IPV6_HOPOPTS, "hello"); }
ROW("4", likely, EMSGSIZE, six_hop_options_over_mtu_and_bad_data) { long_headers(IPV6_HOPOPTS, no_access); }
ROW("4", likely, EMSGSIZE, six_dst_options_over_mtu_and_bad_data) { long_headers(IPV6_DSTOPTS, no_access); }
ROW("4", likely, EFAULT, six_options_before_no_routing_header_and_bad_data) { long_headers(IPV6_RTHDRDSTOPTS, no_access); }

/* A source route to nowhere. */
static void source_route(const void *bytes, size_t size) {
  struct sockaddr_in it = in4("0.0.0.0", 9);
  need(setsockopt(udp(AF_INET), IPPROTO_IP, IP_OPTIONS, "\203\7\4\177\0\0\1\1", 8) == 0, "IP_OPTIONS");
  good(2), with_name(message(bytes, size), &it, sizeof it), good(1);
}
ROW("3.1", likely, EINVAL, source_route_to_any) { source_route(plenty(), 20); }
ROW("3.1", likely, EINVAL, source_route_to_any_and_bad_data) { source_route(no_access, 20); }
ROW("3.1", likely, EINVAL, source_route_to_any_and_oversize) { source_route(plenty(), 65520); }
ROW("4", likely, EINVAL, source_route_to_any_in_retopts) {
  struct sockaddr_in it = in4("0.0.0.0", 9);
  udp(AF_INET), good(2);
  control(with_name(sized(65520), &it, sizeof it), IPPROTO_IP, IP_RETOPTS, "\203\7\4\177\0\0\1\0", 8), good(1);
}

/* A source route past the way to the destination, which the routing does not look at. */
static void routed_past(const char *address, const void *bytes, size_t size) {
  struct sockaddr_in it = in4(address, 9);
  need(setsockopt(udp(AF_INET), IPPROTO_IP, IP_OPTIONS, "\203\7\4\12\11\0\3\1", 8) == 0, "IP_OPTIONS");
  good(2), with_name(message(bytes, size), &it, sizeof it), good(1);
}
ROW("3.1", likely, EMSGSIZE, source_route_past_a_prohibited_way_and_oversize) { routed_past(PROHIBITED, plenty(), 65505); }
ROW("3.1", likely, EFAULT, source_route_past_a_prohibited_way_and_bad_data) { routed_past(PROHIBITED, no_access, 20); }
ROW("3.1", possible, ENETUNREACH, strict_source_route_over_a_router) {
  udp(AF_INET), good(2);
  control(small_to4("10.5.0.2", 9), IPPROTO_IP, IP_RETOPTS, "\211\7\4\12\5\0\3\0", 8), good(1);
}

/* The interface of the socket's own IPV6_PKTINFO, which nobody can ask for. */
ROW("3.2", possible, ENETUNREACH, six_own_pktinfo_and_bad_data) {
  own_network("ip link add d0 type veth peer name d1 && ip link set d1 up && ip link set d0 up"
              " && ip link add e0 type veth peer name e1 && ip link set e1 up && ip link set e0 up"
              " && ip -6 address add fd09::1/64 dev d0 nodad && ip -6 address add fd05::1/64 dev e0 nodad"
              " && ip -6 neighbour add fd05::2 lladdr 02:00:00:00:00:02 dev e0");
  struct in6_pktinfo own = {.ipi6_ifindex = if_nametoindex("e0")};
  struct sockaddr_in6 it = in6("fd09::2", 9);
  need(setsockopt(udp(AF_INET6), IPPROTO_IPV6, IPV6_PKTINFO, &own, sizeof own) == 0, "IPV6_PKTINFO");
  to6("fd05::2", 9), good(2), with_name(message(no_access, 9), &it, sizeof it), good(1);
}
