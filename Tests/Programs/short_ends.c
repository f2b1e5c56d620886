/*
 * Ways that end in the middle of a call (kernel.md §3.1, §3.2, §3.3, §3.5, §3.6). Each row is in a network
 * of its own; a tracer hears of changes in 32 of them, so that what does not need that stands last.
 */
#include "short_ways.h"

#include <linux/userfaultfd.h>
#include <sys/prctl.h>

/* ---- changes while a message is copied ---- */

static char *held;

/* When the kernel comes to the end of a message that is `held_back`, `command` is run before it goes on:
 * by a process that has none of the sockets opened behind this. */
static void meanwhile(const char *command) {
  int keeper = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
  struct uffdio_api api = {.api = UFFD_API};
  need(keeper >= 0 && ioctl(keeper, UFFDIO_API, &api) == 0, "userfaultfd");
  held = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct uffdio_register range = {.range = {(uintptr_t)held + page, page}, .mode = UFFDIO_REGISTER_MODE_MISSING};
  need(held != MAP_FAILED && ioctl(keeper, UFFDIO_REGISTER, &range) == 0, "UFFDIO_REGISTER");
  memset(held, 'a', page);
  pid_t child = fork();
  need(child >= 0, "fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct uffd_msg event;
    need(read(keeper, &event, sizeof event) == sizeof event, "read");
    need(system(command) == 0, command);
    struct uffdio_zeropage zero = {.range = {event.arg.pagefault.address / page * page, page}};
    need(ioctl(keeper, UFFDIO_ZEROPAGE, &zero) == 0, "UFFDIO_ZEROPAGE");
    for (;;) pause();
  }
  close(keeper);
}
static struct msghdr *held_back(void) { return message(held + page - 7, 14); }

/* ---- ways that end in the middle ---- */

static void ends4(const char *command, const char *source, int connects) {
  dead_end("ip route add 10.20.0.0/16 via 10.9.0.3"), meanwhile(command);
  sender4("10.20.0.1", 9);
  if (source) bound4(source);
  if (connects) connect_it(call.fd);
  good(2), held_back(), good(2);
}
static void ends6(const char *command, const char *source, int connects) {
  dead_end("ip -6 route add fd20::/16 via fd09::3"), meanwhile(command);
  sender6("fd20::1", 9);
  if (source) bound6(source);
  if (connects) connect_it(call.fd);
  good(2), held_back(), good(2);
}
ROW("3.1", likely, ENETUNREACH, interface_goes_down) { ends4("ip link set d0 down", NULL, 0); }
ROW("3.1", likely, ENETUNREACH, interface_goes_down_connected) { ends4("ip link set d0 down", NULL, 1); }
ROW("3.1", likely, ENETUNREACH, interface_is_removed) { ends4("ip link del d0", NULL, 0); }
ROW("3.1", likely, ENETUNREACH, interface_is_removed_connected) { ends4("ip link del d0", NULL, 1); }
ROW("3.1", likely, ENETUNREACH, route_is_removed) { ends4("ip route del 10.20.0.0/16", NULL, 0); }
ROW("3.1", likely, EINVAL, route_becomes_blackhole) { ends4("ip route replace blackhole 10.20.0.0/16", NULL, 0); }
ROW("3.1", likely, EHOSTUNREACH, route_becomes_unreachable) { ends4("ip route replace unreachable 10.20.0.0/16", NULL, 1); }
ROW("3.1", likely, EACCES, route_becomes_prohibited) { ends4("ip route replace prohibit 10.20.0.0/16", NULL, 0); }
ROW("3.1", likely, ENETUNREACH, route_is_thrown) { ends4("ip route replace throw 10.20.0.0/16", NULL, 0); }
ROW("3.1", likely, EACCES, rule_prohibits) { ends4("ip rule add pref 1 to 10.20.0.0/16 prohibit", NULL, 0); }
ROW("3.1", likely, ENETUNREACH, address_is_removed) { ends4("ip address del 10.9.0.1/24 dev d0 && ip address add 10.9.0.7/24 dev d0 && ip route add 10.20.0.0/16 via 10.9.0.3", "10.9.0.1", 0); }
ROW("3.1", likely, ENETUNREACH, address_is_removed_connected) { ends4("ip address del 10.9.0.1/24 dev d0 && ip address add 10.9.0.7/24 dev d0 && ip route add 10.20.0.0/16 via 10.9.0.3", NULL, 1); }
ROW("3.1", likely, ENETUNREACH, only_address_is_removed) { ends4("ip address del 10.9.0.1/24 dev d0", "10.9.0.1", 0); }
ROW("3.2", likely, ENETUNREACH, six_interface_goes_down) { ends6("ip link set d0 down", NULL, 0); }
ROW("3.2", likely, ENETUNREACH, six_interface_goes_down_connected) { ends6("ip link set d0 down", NULL, 1); }
ROW("3.2", likely, ENETUNREACH, six_interface_is_removed) { ends6("ip link del d0", NULL, 0); }
ROW("3.2", likely, ENETUNREACH, six_route_is_removed) { ends6("ip -6 route del fd20::/16", NULL, 1); }
ROW("3.2", likely, EINVAL, six_route_becomes_blackhole) { ends6("ip -6 route del fd20::/16 && ip -6 route add blackhole fd20::/16", NULL, 0); }
ROW("3.2", likely, EHOSTUNREACH, six_route_becomes_unreachable) { ends6("ip -6 route del fd20::/16 && ip -6 route add unreachable fd20::/16", NULL, 0); }
ROW("3.2", likely, EACCES, six_route_becomes_prohibited) { ends6("ip -6 route del fd20::/16 && ip -6 route add prohibit fd20::/16", NULL, 1); }

/* ---- groups and sources whose interface or address ends ---- */

static void group_ends(int by_index, const char *more) {
  char address[40] = "10.9.0.1";
  dead_end(more), meanwhile("ip link set d0 down"), sender4("239.1.2.3", 9);
  struct ip_mreqn it = {.imr_ifindex = by_index ? if_nametoindex("d0") : 0};
  if (!by_index) inet_pton(AF_INET, address, &it.imr_address);
  need(setsockopt(call.fd, IPPROTO_IP, IP_MULTICAST_IF, &it, sizeof it) == 0, "IP_MULTICAST_IF");
  good(2), held_back(), good(2);
}
ROW("3.1", possible, ENETUNREACH, interface_of_a_group_goes_down) { group_ends(1, "true"); }
ROW("3.1", possible, ENETUNREACH, interface_of_a_group_goes_down_by_address) { group_ends(0, "true"); }
ROW("3.2", likely, ENETUNREACH, six_interface_of_a_group_goes_down) {
  dead_end("true"), meanwhile("ip link set d0 down"), sender6("ff05::5", 9);
  option(call.fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, if_nametoindex("d0")), good(2), held_back(), good(2);
}
ROW("4", likely, ENETUNREACH, pktinfo_address_is_removed) {
  struct in_pktinfo it = {.ipi_spec_dst.s_addr = htonl(0x0a090007)};
  dead_end("ip address add 10.9.0.7/32 dev d0"), meanwhile("ip address del 10.9.0.7/32 dev d0"), sender4("10.9.0.3", 9);
  good(1), control(held_back(), IPPROTO_IP, IP_PKTINFO, &it, sizeof it);
  control(small(), IPPROTO_IP, IP_PKTINFO, &it, sizeof it), good(1);
}

/* ---- sockets that are bound to what is gone ---- */

ROW("3.1", likely, ENODEV, bound_interface_is_removed) {
  dead_end("ip link add e0 type veth peer name e1 && ip link set e0 up && ip address add 10.20.0.2/24 dev e0");
  meanwhile("ip link del e0"), sender4("10.20.0.1", 9), bound_to("e0"), good(2), held_back(), good(2);
}
/* There is a way for a socket that is not bound. */
ROW("3.1", likely, ENODEV, bound_interface_is_removed_beside_another_way) {
  dead_end("ip link add e0 type veth peer name e1 && ip link set e0 up && ip address add 10.20.0.2/24 dev e0"
           " && ip route add default via 10.9.0.3");
  meanwhile("ip link del e0"), sender4("10.20.0.1", 9), bound_to("e0"), good(2), held_back(), good(2);
}
ROW("3.1", likely, ENETUNREACH, bound_interface_goes_down) {
  dead_end("ip link add e0 type veth peer name e1 && ip link set e0 up && ip address add 10.20.0.2/24 dev e0");
  meanwhile("ip link set e0 down"), sender4("10.20.0.1", 9), bound_to("e0"), good(2), held_back(), good(2);
}
ROW("3.2", likely, ENETUNREACH, six_bound_interface_is_removed) {
  dead_end("ip link add e0 type veth peer name e1 && ip link set e0 up && ip address add fd21::1/64 dev e0 nodad");
  meanwhile("ip link del e0"), sender6("fd21::2", 9), bound_to("e0"), good(2), held_back(), good(2);
}
ROW("3.2", likely, ENETUNREACH, six_bound_interface_is_removed_beside_another_way) {
  dead_end("ip link add e0 type veth peer name e1 && ip link set e0 up && ip address add fd21::1/64 dev e0 nodad"
           " && ip -6 route add default via fd09::3");
  meanwhile("ip link del e0"), sender6("fd21::2", 9), bound_to("e0"), good(2), held_back(), good(2);
}

/* ---- raw and packet sockets ---- */

ROW("3.5", likely, ENETUNREACH, raw_interface_goes_down) {
  dead_end("ip route add 10.20.0.0/16 via 10.9.0.3"), meanwhile("ip link set d0 down");
  call.fd = keep(socket(AF_INET, SOCK_RAW, 99)), to4("10.20.0.1", 0), good(2), held_back(), good(2);
}
ROW("3.6", likely, ENETDOWN, frames_interface_goes_down) { dead_end("true"), meanwhile("ip link set d0 down"), frames("d0"), good(2), held_back(), good(2); }

/* ---- addresses of IPv6 ---- */

ROW("3.2", certain, 0, six_address_is_removed) { ends6("ip address add fd09::7/64 dev d0 nodad && ip address del fd09::1/64 dev d0", "fd09::1", 0); }
ROW("3.2", certain, 0, six_address_is_removed_connected) { ends6("ip address add fd09::7/64 dev d0 nodad && ip address del fd09::1/64 dev d0", NULL, 1); }
ROW("4", likely, EINVAL, six_pktinfo_address_is_removed) {
  struct in6_pktinfo it = {.ipi6_addr = in6("fd09::7", 0).sin6_addr};
  dead_end("ip address add fd09::7/64 dev d0 nodad"), meanwhile("ip address del fd09::7/64 dev d0"), sender6("fd09::3", 9);
  good(1), control(held_back(), IPPROTO_IPV6, IPV6_PKTINFO, &it, sizeof it);
  control(small(), IPPROTO_IPV6, IPV6_PKTINFO, &it, sizeof it), good(1);
}

/* ---- connections that a firewall ends ---- */

static void stream_over_loopback(const char *command) {
  own_network("true"), meanwhile(command);
  int listener = keep(socket(AF_INET, SOCK_STREAM, 0));
  to4("127.0.0.1", 9), bound(listener, &call.to, call.to_length), need(listen(listener, 1) == 0, "listen");
  call.fd = keep(socket(AF_INET, SOCK_STREAM, 0)), connect_it(call.fd);
  keep(accept(listener, NULL, NULL)), good(2), held_back(), good(3);
}
ROW("3.3", likely, ECONNRESET, stream_is_reset_by_a_firewall) {
  stream_over_loopback("nft 'table inet t { chain i { type filter hook input priority 0; tcp dport 9 reject with tcp reset; }; }'");
}
ROW("3.3", likely, ECONNRESET, stream_is_reset_on_its_way_out) {
  stream_over_loopback("nft 'table inet t { chain o { type filter hook output priority 0; tcp dport 9 reject with tcp reset; }; }'");
}
ROW("3.3", certain, 0, stream_is_rejected_by_icmp) {
  stream_over_loopback("nft 'table inet t { chain o { type filter hook output priority 0; tcp dport 9 reject; }; }'");
}
ROW("3.3", certain, 0, stream_is_dropped_by_a_firewall) {
  stream_over_loopback("nft 'table inet t { chain o { type filter hook output priority 0; tcp dport 9 drop; }; }'");
}

/* ---- MTUs that change in the middle ---- */

static void narrows(int connects, const char *command) {
  dead_end("true"), meanwhile(command), sender4("10.9.0.3", 9);
  option(call.fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
  if (connects) connect_it(call.fd);
  sized(1400), held_back(), sized(1400), good(1);
}
ROW("3.1", likely, EMSGSIZE, mtu_is_lowered) { narrows(0, "ip link set d0 mtu 1300"); }
ROW("3.1", likely, EMSGSIZE, mtu_is_lowered_connected) { narrows(1, "ip link set d0 mtu 1300"); }
ROW("3.1-gso", likely, EMSGSIZE, mtu_is_lowered_under_segments) {
  dead_end("true"), meanwhile("ip link set d0 mtu 1300"), sender4("10.9.0.3", 9);
  segment(sized(2800), 1400), held_back(), segment(sized(2800), 1400), good(1);
}
