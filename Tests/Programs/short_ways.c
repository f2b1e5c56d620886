/*
 * Ways that are closed or narrow, and what routers, firewalls and queues make of what is sent (kernel.md
 * §3.1, §3.2, §3.6). Each row is in a network of its own.
 */
#include "short_ways.h"

#include <sys/prctl.h>

/* ---- policies of IPsec ---- */

static void blocked(const char *policies, int unreadable) {
  dead_end(policies), sender4("10.9.0.3", 9), good(2);
  unreadable ? with_name(message(no_access, 9), &(struct sockaddr_in[]){in4("10.9.0.4", 9)}, sizeof(struct sockaddr_in))
             : small_to4("10.9.0.4", 9);
  good(1);
}
#define BLOCKS "ip xfrm policy add dir out action block dst 10.9.0.4/32 "
ROW("3.1", likely, EPERM, blocked_by_a_policy) { blocked(BLOCKS, 0); }
ROW("3.1", likely, EPERM, blocked_by_a_policy_and_bad_data) { blocked(BLOCKS, 1); }
ROW("3.1", likely, EPERM, blocked_by_a_policy_of_the_port) { blocked(BLOCKS "src 10.9.0.0/24 proto udp dport 9", 1); }
ROW("3.1", certain, EFAULT, no_policy) { blocked("true", 1); }
ROW("3.1", certain, EFAULT, policy_blocks_another_port) { blocked(BLOCKS "proto udp dport 10", 1); }
ROW("3.1", certain, EFAULT, policy_allows_before_another_blocks) {
  blocked(BLOCKS "priority 7 && ip xfrm policy add dir out action allow dst 10.9.0.0/24 priority 6", 1);
}
ROW("3.1", likely, EPERM, policy_blocks_before_another_allows) {
  blocked(BLOCKS "priority 6 && ip xfrm policy add dir out action allow dst 10.9.0.0/24 priority 7", 1);
}
ROW("3.1", likely, EPERM, policy_blocks_a_mark) {
  dead_end("ip xfrm policy add dir out action block dst 10.9.0.4/32 mark 5 mask 0xff");
  sender4("10.9.0.3", 9), option(call.fd, SOL_SOCKET, SO_MARK, 0x105), good(2), small_to4("10.9.0.4", 9), good(1);
}
ROW("3.1", certain, 0, policy_blocks_another_mark) {
  dead_end("ip xfrm policy add dir out action block dst 10.9.0.4/32 mark 5 mask 0xff");
  sender4("10.9.0.3", 9), option(call.fd, SOL_SOCKET, SO_MARK, 6), good(2), small_to4("10.9.0.4", 9), good(1);
}
ROW("3.2", likely, EPERM, six_blocked_by_a_policy) {
  dead_end("ip xfrm policy add dir out action block src fd09::/60 dst fd09::4/127"), sender6("fd09::3", 9);
  good(2), small_to6("fd09::5", 9), good(1);
}
ROW("3.5", likely, EPERM, raw_blocked_by_a_policy) {
  dead_end("ip xfrm policy add dir out action block dst 10.9.0.4/32");
  call.fd = keep(socket(AF_INET, SOCK_RAW, 253)), to4("10.9.0.3", 0), good(2), small_to4("10.9.0.4", 0), good(1);
}

/* ---- routers ---- */

/* A router at 10.11.0.2 and fd11::2, behind which a link of another MTU leads to 10.12.0.2 and fd12::2. */
static void behind_router(int mtu, const char *more) {
  int ready[2], go[2];
  char command[1200], byte = 0;
  own_network("ip link add r0 type veth peer name r1 && ip link set r0 up"
              " && ip address add 10.11.0.1/24 dev r0 && ip address add fd11::1/64 dev r0 nodad"
              " && ip route add 10.12.0.0/16 via 10.11.0.2 && ip -6 route add fd12::/16 via fd11::2");
  need(pipe2(ready, O_CLOEXEC) == 0 && pipe2(go, O_CLOEXEC) == 0, "pipe");
  pid_t router = fork();
  need(router >= 0, "fork");
  if (router == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    need(unshare(CLONE_NEWNET) == 0 && write(ready[1], &byte, 1) == 1 && read(go[0], &byte, 1) == 1, "router");
    snprintf(command, sizeof command,
             "ip link set r1 up && ip address add 10.11.0.2/24 dev r1 && ip address add fd11::2/64 dev r1 nodad"
             " && ip link add s0 type veth peer name s1 && ip link set s0 mtu %d && ip link set s1 up"
             " && ip link set s0 up && ip address add 10.12.0.1/24 dev s0 && ip address add fd12::1/64 dev s0 nodad"
             " && ip neighbour add 10.12.0.2 lladdr 02:00:00:00:00:02 dev s0"
             " && ip neighbour add fd12::2 lladdr 02:00:00:00:00:02 dev s0"
             " && echo 1 >/proc/sys/net/ipv4/ip_forward && echo 1 >/proc/sys/net/ipv6/conf/all/forwarding && %s", mtu, more);
    need(system(command) == 0 && write(ready[1], &byte, 1) == 1, "router");
    for (;;) pause();
  }
  need(read(ready[0], &byte, 1) == 1, "router");
  snprintf(command, sizeof command, "ip link set r1 netns %d", router);
  need(system(command) == 0 && write(go[1], &byte, 1) == 1 && read(ready[0], &byte, 1) == 1, "router");
  close(ready[0]), close(ready[1]), close(go[0]), close(go[1]);
  /* What ICMP says comes at once where the machine has time for it. */
  call.varies = 1;
}

/* ---- a router that has a smaller MTU ---- */

static void over_path(int family, int how, size_t size) {
  behind_router(1300, "true");
  int isIPv6 = family == AF_INET6;
  isIPv6 ? connected6("fd12::2") : connected4("10.12.0.2");
  option(call.fd, isIPv6 ? IPPROTO_IPV6 : IPPROTO_IP, isIPv6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, how);
  good(2), sized(size), good(2);
}
ROW("3.1", likely, EMSGSIZE, path_probe) { over_path(AF_INET, IP_PMTUDISC_PROBE, 1400); }
ROW("3.1", likely, EMSGSIZE, path_do) { over_path(AF_INET, IP_PMTUDISC_DO, 1400); }
ROW("3.1", likely, EMSGSIZE, path_want) { over_path(AF_INET, IP_PMTUDISC_WANT, 1400); }
ROW("3.1", certain, 0, path_dont) { over_path(AF_INET, IP_PMTUDISC_DONT, 1400); }
ROW("3.1", certain, 0, path_interface) { over_path(AF_INET, IP_PMTUDISC_INTERFACE, 1400); }
ROW("3.1", certain, 0, path_omit) { over_path(AF_INET, IP_PMTUDISC_OMIT, 1400); }
ROW("3.1", likely, EMSGSIZE, path_probe_all_of_one_size) {
  over_path(AF_INET, IP_PMTUDISC_PROBE, 1400), sized(1400), sized(1400);
}
ROW("3.1", likely, EMSGSIZE, path_do_all_of_one_size) {
  behind_router(1300, "true"), connected4("10.12.0.2");
  option(call.fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), sized(1400), sized(1400), sized(1400);
}
ROW("3.1", likely, EMSGSIZE, path_do_unconnected) {
  behind_router(1300, "true"), sender4("10.12.0.2", 9);
  option(call.fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), sized(1400), sized(1400), sized(1400);
}
ROW("3.1", likely, EMSGSIZE, path_probe_unconnected_with_recverr) {
  behind_router(1300, "true"), sender4("10.12.0.2", 9), option(call.fd, IPPROTO_IP, IP_RECVERR, 1);
  option(call.fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE), sized(1400), sized(1400), sized(1400);
}
/* Each message goes by its own way, and another's MTU is no reason. */
ROW("3.1", certain, EFAULT, path_want_and_bad_data) {
  behind_router(1300, "true"), sender4("10.12.0.2", 9), sized(1400), good(1), message(no_access, 9), good(1);
}
ROW("3.1", certain, 0, path_probe_unconnected) {
  behind_router(1300, "true"), sender4("10.12.0.2", 9);
  option(call.fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE), sized(1400), sized(1400), sized(1400);
}
ROW("3.1", likely, EMSGSIZE, path_probe_over_the_device) { over_path(AF_INET, IP_PMTUDISC_PROBE, 1500); }
ROW("3.2", likely, EMSGSIZE, six_path_probe) { over_path(AF_INET6, IPV6_PMTUDISC_PROBE, 1400); }
ROW("3.2", likely, EMSGSIZE, six_path_do) { over_path(AF_INET6, IPV6_PMTUDISC_DO, 1400); }
ROW("3.2", likely, EMSGSIZE, six_path_want) { over_path(AF_INET6, IPV6_PMTUDISC_WANT, 1400); }
ROW("3.2", certain, 0, six_path_dont) { over_path(AF_INET6, IPV6_PMTUDISC_DONT, 1400); }
ROW("3.1-gso", likely, EMSGSIZE, path_segments) {
  behind_router(1300, "true"), connected4("10.12.0.2");
  option(call.fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), segment(sized(2800), 1400), segment(sized(2800), 1400);
}
ROW("3.1-gso", likely, EMSGSIZE, path_segments_probe) {
  behind_router(1300, "true"), connected4("10.12.0.2");
  option(call.fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE), segment(sized(2800), 1400), segment(sized(2800), 1400);
}

/* ---- a router that refuses ---- */

static void refused_by_router(int errors, const char *address, const char *more) {
  behind_router(1500, more), connected4(address), option(call.fd, IPPROTO_IP, IP_RECVERR, errors), good(4);
}
ROW("3.1", possible, ENETUNREACH, router_without_route) { refused_by_router(1, "10.12.99.1", "ip route add throw 10.12.99.0/24"); }
ROW("3.1", possible, EHOSTUNREACH, router_unreachable) { refused_by_router(1, "10.12.99.1", "ip route add unreachable 10.12.99.0/24"); }
ROW("3.1", certain, 0, router_unreachable_without_recverr) { refused_by_router(0, "10.12.99.1", "ip route add unreachable 10.12.99.0/24"); }
ROW("3.1", possible, EHOSTUNREACH, router_prohibits) { refused_by_router(0, "10.12.99.1", "ip route add prohibit 10.12.99.0/24"); }
ROW("3.1", possible, ECONNREFUSED, router_has_no_port) { refused_by_router(0, "10.11.0.2", "true"); }

/* ---- a firewall that refuses on the way out ---- */

/* Of a connected socket it is likely where what ICMP says has come to it by the end of the call. */

static void rejected(int connects, int errors, const char *how) {
  char command[400];
  snprintf(command, sizeof command, "nft 'table inet t { chain o { type filter hook output priority 0; udp dport 9 %s; }; }'", how);
  dead_end(command), sender4("10.9.0.3", 8), option(call.fd, IPPROTO_IP, IP_RECVERR, errors);
  good(2);
  if (connects) {
    struct sockaddr_in it = in4("10.9.0.3", 9);
    need(connect(call.fd, (struct sockaddr *)&it, sizeof it) == 0, "connect");
  }
  small_to4("10.9.0.3", 9), small_to4("10.9.0.3", 9), good(1);
}
ROW("3.1", possible, EPERM, output_drop) { rejected(0, 0, "drop"); }
ROW("3.1", possible, EPERM, output_reject) { rejected(0, 0, "reject"); }
ROW("3.1", possible, EPERM, output_reject_connected) { rejected(1, 0, "reject"); }
ROW("3.1", possible, EPERM, output_reject_host_unreachable) { rejected(1, 0, "reject with icmp type host-prohibited"); }
ROW("3.1", possible, EPERM, output_reject_admin_prohibited) { rejected(1, 0, "reject with icmp type admin-prohibited"); }
ROW("3.1", possible, EPERM, output_reject_with_recverr) { rejected(1, 1, "reject"); }
ROW("3.1", possible, EPERM, output_reject_host_unreachable_without_recverr) { rejected(1, 0, "reject with icmp type host-unreachable"); }
static void six_rejected(const char *how) {
  char command[400];
  snprintf(command, sizeof command, "nft 'table inet t { chain o { type filter hook output priority 0; udp dport 9 %s; }; }'", how);
  dead_end(command), sender6("fd09::3", 8), good(2);
  struct sockaddr_in6 it = in6("fd09::3", 9);
  need(connect(call.fd, (struct sockaddr *)&it, sizeof it) == 0, "connect");
  small_to6("fd09::3", 9), good(1);
}
ROW("3.2", possible, EPERM, six_output_reject_connected) { six_rejected("reject"); }
ROW("3.2", possible, EPERM, six_output_reject_admin_prohibited) { six_rejected("reject with icmpv6 type admin-prohibited"); }
ROW("3.1", possible, EPERM, postrouting_drop) {
  dead_end("nft 'table inet t { chain o { type filter hook postrouting priority 0; udp dport 9 drop; }; }'");
  sender4("10.9.0.3", 8), good(2), small_to4("10.9.0.3", 9), good(1);
}
/* The second message finds what the first one has brought about. */
ROW("3.1", possible, EPERM, conntrack_limit) {
  dead_end("nft 'table inet t { chain o { type filter hook output priority 0; udp dport 9 ct count over 1 drop; }; }' ");
  sender4("10.9.0.3", 9), good(1), small_to4("10.9.0.4", 9), good(1);
}

/* ---- interfaces and marks ---- */

ROW("3.1", likely, ENODEV, bound_interface_is_gone) {
  dead_end("ip link add e0 type veth peer name e1 && ip link set e0 up && ip address add 10.20.0.2/24 dev e0");
  sender4("10.20.0.1", 9), bound_to("e0"), need(system("ip link del e0") == 0, "ip"), good(2);
}
ROW("3.2", likely, ENETUNREACH, six_bound_interface_is_gone) {
  dead_end("ip link add e0 type veth peer name e1 && ip link set e0 up && ip address add fd21::1/64 dev e0 nodad");
  sender6("fd21::2", 9), bound_to("e0"), need(system("ip link del e0") == 0, "ip"), good(2);
}
ROW("3.2", likely, ENETUNREACH, six_scope_is_gone) {
  struct sockaddr_in6 it = in6("fe80::5", 9);
  dead_end("true"), sender6("fd09::3", 9), good(2);
  it.sin6_scope_id = 4711, with_name(small(), &it, sizeof it), good(1);
}
ROW("3.2", likely, ENETUNREACH, six_multicast_interface_is_gone) {
  dead_end("ip link add e0 type veth peer name e1 && ip link set e0 up && ip address add fd21::1/64 dev e0 nodad");
  sender6("fd09::3", 9), option(call.fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, if_nametoindex("e0"));
  need(system("ip link del e0") == 0, "ip"), good(2), small_to6("ff05::5", 9), good(1);
}
ROW("3.1", likely, EACCES, prohibited_to_the_mark) {
  dead_end("ip rule add pref 1 fwmark 5 to 10.9.0.4 prohibit"), sender4("10.9.0.3", 9);
  option(call.fd, SOL_SOCKET, SO_MARK, 5), good(2), small_to4("10.9.0.4", 9), good(1);
}

/* ---- sources that are gone ---- */

static void mapped_source(const char *source, int interface) {
  struct in6_pktinfo it = {.ipi6_addr = in6(source, 0).sin6_addr, .ipi6_ifindex = interface};
  dead_end("true"), sender6("::ffff:10.9.0.3", 9), good(2);
  control(small(), IPPROTO_IPV6, IPV6_PKTINFO, &it, sizeof it), good(1);
}
ROW("4", likely, ENETUNREACH, mapped_source_is_gone) { mapped_source("::ffff:10.9.0.99", 0); }
ROW("4", likely, ENODEV, mapped_interface_is_gone) { mapped_source("::ffff:10.9.0.1", 4711); }
ROW("4", certain, 0, mapped_source_is_there) { mapped_source("::ffff:10.9.0.1", 0); }
ROW("4", likely, EINVAL, six_source_is_tentative) {
  struct in6_pktinfo it = {.ipi6_addr = in6("fd09::77", 0).sin6_addr};
  dead_end("echo 100 >/proc/sys/net/ipv6/conf/d0/dad_transmits && ip address add fd09::77/64 dev d0");
  sender6("fd09::3", 9), good(2), control(small(), IPPROTO_IPV6, IPV6_PKTINFO, &it, sizeof it), good(1);
}
ROW("4", certain, 0, six_source_is_deprecated) {
  struct in6_pktinfo it = {.ipi6_addr = in6("fd09::77", 0).sin6_addr};
  dead_end("ip address add fd09::77/64 dev d0 nodad preferred_lft 0");
  sender6("fd09::3", 9), good(2), control(small(), IPPROTO_IPV6, IPV6_PKTINFO, &it, sizeof it), good(1);
}
ROW("3.2", likely, ENETUNREACH, six_loopback_is_down) {
  dead_end("ip link set lo down"), sender6("fd09::3", 9), good(2), small_to6("::1", 9), good(1);
}
ROW("3.2", likely, EADDRNOTAVAIL, six_is_disabled) {
  dead_end("echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6");
  sender6("::ffff:10.9.0.3", 9), good(2), small_to6("2001:db8::1", 9), good(1);
}

/* ---- queues ---- */

static void full_queue(int errors, const char *queue) {
  char command[200];
  snprintf(command, sizeof command, "tc qdisc add dev d0 root %s", queue);
  dead_end(command), sender4("10.9.0.3", 9), option(call.fd, IPPROTO_IP, IP_RECVERR, errors);
  for (int i = 0; i < 12; i++) sized(900);
}
ROW("3.1", likely, ENOBUFS, queue_of_tbf) { full_queue(1, "tbf rate 8kbit burst 1600 limit 3000"); }
ROW("3.1", certain, 0, queue_of_tbf_without_recverr) { full_queue(0, "tbf rate 8kbit burst 1600 limit 3000"); }
ROW("3.1", possible, ENOBUFS, dropped_by_an_egress_hook) {
  dead_end("nft 'table netdev t { chain e { type filter hook egress device d0 priority 0; udp dport 9 drop; }; }'");
  sender4("10.9.0.3", 8), option(call.fd, IPPROTO_IP, IP_RECVERR, 1), good(2), small_to4("10.9.0.3", 9), good(1);
}

/* ---- held back, and not to be fragmented ---- */

static void held_back_over_mtu(int family, int how, int corks, int connects) {
  int isIPv6 = family == AF_INET6;
  dead_end("true");
  isIPv6 ? sender6("fd09::3", 9) : sender4("10.9.0.3", 9);
  if (connects) connect_it(call.fd);
  option(call.fd, isIPv6 ? IPPROTO_IPV6 : IPPROTO_IP, isIPv6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, how);
  corks ? option(call.fd, IPPROTO_UDP, UDP_CORK, 1) : (void)(call.flags = MSG_MORE);
  for (int i = 0; i < 4; i++) sized(700);
}
ROW("3.1", likely, EMSGSIZE, held_back_do) { held_back_over_mtu(AF_INET, IP_PMTUDISC_DO, 0, 1); }
ROW("3.1", likely, EMSGSIZE, held_back_do_corked) { held_back_over_mtu(AF_INET, IP_PMTUDISC_DO, 1, 1); }
ROW("3.1", likely, EMSGSIZE, held_back_do_unconnected) { held_back_over_mtu(AF_INET, IP_PMTUDISC_DO, 1, 0); }
ROW("3.1", likely, EMSGSIZE, held_back_probe) { held_back_over_mtu(AF_INET, IP_PMTUDISC_PROBE, 1, 0); }
ROW("3.1", certain, 0, held_back_want) { held_back_over_mtu(AF_INET, IP_PMTUDISC_WANT, 1, 0); }
ROW("3.2", likely, EMSGSIZE, six_held_back_do) { held_back_over_mtu(AF_INET6, IPV6_PMTUDISC_DO, 0, 1); }
ROW("3.2", likely, EMSGSIZE, six_held_back_probe) { held_back_over_mtu(AF_INET6, IPV6_PMTUDISC_PROBE, 1, 0); }

/* ---- packet sockets ---- */

ROW("3.6", possible, ENOBUFS, frames_queue_full) {
  dead_end("tc qdisc add dev d0 root tbf rate 8kbit burst 1600 limit 3000"), frames("d0");
  for (int i = 0; i < 12; i++) sized(900);
}
