/*
 * Random calls with one or two defects each, for any kind of socket.
 *
 *     short_random batch|twin FILE SEED COUNT [FIRST [nobody|stranger]]
 *
 * Call number n of a seed is the same in both ways, and does not depend on those before it: to see
 * one again, make it alone (COUNT 1, FIRST n). With `nobody` the calls are those of a user without
 * privileges, and kinds of sockets that need some are left out; so they are with `stranger`, who has
 * every capability, but in a user namespace that owns nothing of what is used.
 *
 * Most calls do not wait. Those that do have a time limit, or a second thread that reads all that
 * comes, or shuts a socket down when the caller sleeps: each ends at the same message in both ways.
 */
#include "short_calls.h"

#include <pthread.h>

/* ---- chance ---- */

static uint64_t state;

static uint32_t any(void) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (uint32_t)(state >> 20);
}
static uint32_t below(uint32_t n) { return any() % n; }
static int one_in(uint32_t n) { return below(n) == 0; }
#define PICK(list) list[below(sizeof list / sizeof *list)]

/* ---- kinds of sockets: each opens a sender and says where good messages go ---- */

enum {
  UDP4 = 1, UDP6 = 2, TCP = 4, UNIX_DGRAM = 8, UNIX_STREAM = 16, UNIX_SEQPACKET = 32, RAW4 = 64,
  RAW6 = 128, PING = 256, PACKET = 512, NETLINK = 1024, PING6 = 2048, VSOCK = 4096,
  INET4 = UDP4 | RAW4 | PING, INET6 = UDP6 | RAW6 | PING6, INET = INET4 | INET6, UDP = UDP4 | UDP6,
  UNIX = UNIX_DGRAM | UNIX_STREAM | UNIX_SEQPACKET, ALL = 8191,
};
static int kind;  /* the bit of this call's socket */
static int peer;  /* the other end, where there is one */
static int as_nobody;
static unsigned lead; /* good messages before all others, so that a call has to wait */

static void udp4(void) { udp(AF_INET); }
static void udp4_connected(void) { udp_connected(AF_INET); }
static void udp6(void) { udp(AF_INET6); }
static void udp6_connected(void) { udp_connected(AF_INET6); }
static void udp6_mapped(void) {
  int port;
  receiver(AF_INET, 0), port = ntohs(((struct sockaddr_in *)&call.to)->sin_port);
  call.fd = keep(socket(AF_INET6, SOCK_DGRAM, 0)), to6("::ffff:127.0.0.1", port);
}
static void tcp4(void) { peer = tcp(AF_INET, one_in(4) ? 16384 : 0); }
static void tcp6(void) { peer = tcp(AF_INET6, 0); }
static void tcp_unconnected(void) { call.fd = keep(socket(one_in(2) ? AF_INET : AF_INET6, SOCK_STREAM, 0)); }
static void tcp_listening(void) { tcp_unconnected(), need(listen(call.fd, 4) == 0, "listen"); }
static void vsock_unconnected(void) { call.fd = keep(socket(AF_VSOCK, one_in(2) ? SOCK_STREAM : SOCK_SEQPACKET, 0)); }
/* Which may be sent to; getpeername does not tell it from none. */
static void udp_connected_to_port_0(void) {
  one_in(2) ? to4("127.0.0.1", 0) : to6("::1", 0);
  if (!one_in(5)) receiver(call.to.ss_family, 0);
  call.fd = keep(socket(call.to.ss_family, SOCK_DGRAM, 0)), connect_it(call.fd);
  kind = call.to.ss_family == AF_INET ? UDP4 : UDP6;
}
static void unix_unconnected(void) { peer = unix_receiver(SOCK_DGRAM), call.fd = keep(socket(AF_UNIX, SOCK_DGRAM, 0)); }
static void unix_connected(void) { unix_unconnected(), connect_it(call.fd); }
static void pair_dgram(void) { peer = unix_pair(SOCK_DGRAM); }
static void pair_stream(void) { peer = unix_pair(SOCK_STREAM); }
static void pair_seqpacket(void) { peer = unix_pair(SOCK_SEQPACKET); }
static void raw4(void) { to4("127.0.0.1", 0), call.fd = keep(socket(AF_INET, SOCK_RAW, 253)); }
static void raw4_header(void) { to4("127.0.0.1", 0), call.fd = keep(socket(AF_INET, SOCK_RAW, IPPROTO_RAW)); }
static void raw6(void) { to6("::1", 0), call.fd = keep(socket(AF_INET6, SOCK_RAW, 253)); }
static void raw4_udp(void) { to4("127.0.0.1", 0), call.fd = keep(socket(AF_INET, SOCK_RAW, IPPROTO_UDP)); }
static void raw6_icmp(void) { to6("::1", 0), call.fd = keep(socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)); }
static void ping6(void) { to6("::1", 0), call.fd = keep(socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6)); }
static void udplite4(void) { receiver(AF_INET, IPPROTO_UDPLITE), call.fd = keep(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)); }
static void udplite6(void) { receiver(AF_INET6, IPPROTO_UDPLITE), call.fd = keep(socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE)); }
/* A socket of IPv6 that becomes one of IPv4. */
static void udp_turned(void) {
  int port;
  receiver(AF_INET, 0), port = ntohs(((struct sockaddr_in *)&call.to)->sin_port);
  call.fd = keep(socket(AF_INET6, SOCK_DGRAM, 0)), to6("::ffff:127.0.0.1", port), connect_it(call.fd);
  option(call.fd, IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET);
}
static void ping4(void) { to4("127.0.0.1", 0), call.fd = keep(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP)); }
static void packet(int type) {
  struct sockaddr_ll it = {.sll_family = AF_PACKET, .sll_protocol = htons(0x88b5),
                           .sll_ifindex = (int)if_nametoindex("lo"), .sll_halen = 6};
  send_to(&it, sizeof it), call.fd = keep(socket(AF_PACKET, type, 0));
}
static void packet_raw(void) { packet(SOCK_RAW); }
static void packet_dgram(void) { packet(SOCK_DGRAM); }
/* Bound to an interface, which messages need not name. */
static void packet_bound(void) {
  packet(one_in(2) ? SOCK_RAW : SOCK_DGRAM), bound(call.fd, &call.to, call.to_length), call.to_length = 0;
}
static void packet_old(void) {
  struct { unsigned short family; char device[14]; unsigned short protocol; } it = {AF_PACKET, "lo", htons(0x88b5)};
  send_to(&it, 18), call.fd = keep(socket(AF_INET, SOCK_PACKET, htons(0x88b5)));
}
static void netlink(void) {
  peer = keep(socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK));
  struct sockaddr_nl it = {.nl_family = AF_NETLINK};
  socklen_t length = sizeof it;
  bound(peer, &it, sizeof it), getsockname(peer, (struct sockaddr *)&it, &length);
  send_to(&it, sizeof it), call.fd = keep(socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK));
}
/* To the kernel, which reads what is no message to its end. */
static void netlink_to_kernel(void) {
  static const int protocols[] = {NETLINK_ROUTE, NETLINK_GENERIC, NETLINK_KOBJECT_UEVENT, NETLINK_SOCK_DIAG};
  struct sockaddr_nl it = {.nl_family = AF_NETLINK};
  send_to(&it, sizeof it), call.fd = keep(socket(AF_NETLINK, one_in(2) ? SOCK_RAW : SOCK_DGRAM, PICK(protocols)));
}

static const struct {
  const char *family;
  int bit, privileged;
  void (*open)(void);
} kinds[] = {
    {"udp4", UDP4, 0, udp4},
    {"udp4", UDP4, 0, udp4_connected},
    {"udp6", UDP6, 0, udp6},
    {"udp6", UDP6, 0, udp6_connected},
    {"v4-mapped", UDP6, 0, udp6_mapped},
    {"tcp", TCP, 0, tcp4},
    {"tcp", TCP, 0, tcp6},
    {"unix dgram", UNIX_DGRAM, 0, unix_unconnected},
    {"unix dgram", UNIX_DGRAM, 0, unix_connected},
    {"unix dgram", UNIX_DGRAM, 0, pair_dgram},
    {"unix stream", UNIX_STREAM, 0, pair_stream},
    {"unix seqpacket", UNIX_SEQPACKET, 0, pair_seqpacket},
    {"raw", RAW4, 1, raw4},
    {"raw", RAW4, 1, raw4_header},
    {"raw", RAW6, 1, raw6},
    {"raw", RAW4, 1, raw4_udp},
    {"raw", RAW6, 1, raw6_icmp},
    {"ping", PING, 0, ping4},
    {"ping", PING6, 0, ping6},
    {"udplite", UDP4, 0, udplite4},
    {"udplite", UDP6, 0, udplite6},
    {"udp4", UDP4, 0, udp_turned},
    {"packet", PACKET, 1, packet_raw},
    {"packet", PACKET, 1, packet_dgram},
    {"packet", PACKET, 1, packet_bound},
    {"old packet", PACKET, 1, packet_old},
    {"netlink", NETLINK, 0, netlink},
    {"netlink", NETLINK, 0, netlink_to_kernel},
    {"tcp", TCP, 0, tcp_unconnected},
    {"tcp", TCP, 0, tcp_listening},
    {"vsock", VSOCK, 0, vsock_unconnected},
    {"udp, port 0", UDP4, 0, udp_connected_to_port_0},
};

static struct msghdr *good_one(void) {
  static const char echo[40] = {8};
  static const struct iphdr head = {.version = 4, .ihl = 5, .ttl = 9, .protocol = 253, .daddr = 0x0100007f};
  static const char echo6[40] = {(char)128};
  if (kind == PING) return message(echo, 8 + below(33));
  if (kind == PING6) return message(echo6, 8 + below(33));
  if (kind == PACKET) return sized(20 + below(200));
  if (kind == RAW4) {
    char *bytes = room(100);
    memcpy(bytes, &head, sizeof head);
    return message(bytes, 20 + below(80));
  }
  return sized(1 + below(300));
}

/* ---- defects of a message: each takes what another may have left ---- */

static int ours(const void *at) { return (char *)at >= arena && (char *)at < arena_end; }
/* The message's first iovec, or one that nobody looks at. */
static struct iovec *piece(struct msghdr *it) {
  static struct iovec unseen;
  return ours(it->msg_iov) ? it->msg_iov : &unseen;
}
/* Gives the message a name of its own, to be changed; false where it has none that can be read. */
static int own_name(struct msghdr *it) {
  if (!ours(it->msg_name) || it->msg_namelen > sizeof(struct sockaddr_storage)) return 0;
  it->msg_name = kept(it->msg_name, it->msg_namelen);
  return it->msg_namelen >= 4;
}

/* Whether control messages can be added. */
static int takes_control(const struct msghdr *it) {
  return it->msg_control ? ours(it->msg_control) : it->msg_controllen == 0;
}

/* One part or another in memory that the kernel can read and a tracer cannot. */
static void secret_part(struct msghdr *it) {
  switch (below(4)) {
  case 0: if (own_name(it)) it->msg_name = secret(it->msg_name, it->msg_namelen); break;
  case 1: if (ours(it->msg_iov) && it->msg_iovlen == 1) it->msg_iov = secret(it->msg_iov, sizeof *it->msg_iov); break;
  case 2:
    if (it->msg_controllen && it->msg_controllen < page && takes_control(it))
      it->msg_control = secret(it->msg_control, it->msg_controllen);
    break;
  default:
    if (piece(it)->iov_len && piece(it)->iov_len <= page && ours(piece(it)->iov_base))
      piece(it)->iov_base = secret(piece(it)->iov_base, piece(it)->iov_len);
  }
}
static void kernels_data(struct msghdr *it) { if (piece(it)->iov_len <= page) piece(it)->iov_base = kernel_page(); }
/* The kernel's first, and then something that cannot be read at all. */
static void kernels_and_bad_data(struct msghdr *it) {
  struct iovec two[2] = {{kernel_page(), 8 + below(100)}, {no_access, below(3)}};
  it->msg_iov = kept(two, sizeof two), it->msg_iovlen = 2;
}
/* What is cut by the end of a file, behind which it is mapped all the same. */
static void beyond_file(struct msghdr *it) {
  size_t size = piece(it)->iov_len;
  if (one_in(2) && own_name(it)) it->msg_name = at_end_of_file(it->msg_name, below(it->msg_namelen));
  else if (size > 1 && size < page) piece(it)->iov_base = at_end_of_file(plenty(), below((uint32_t)size));
}
static void bad_name(struct msghdr *it) { it->msg_name = no_access + below(4000), it->msg_namelen = 1 + below(130); }
static void negative_namelen(struct msghdr *it) { it->msg_name = plenty(), it->msg_namelen = -(int)(1 + below(1 << 30)); }
static void odd_namelen(struct msghdr *it) {
  char bytes[200] = {0};
  if (own_name(it)) memcpy(bytes, it->msg_name, it->msg_namelen);
  else memcpy(bytes, &(short){AF_INET}, 2);
  it->msg_name = kept(bytes, sizeof bytes), it->msg_namelen = one_in(4) ? below(200) : below(32);
}
static void cut_name(struct msghdr *it) {
  if (own_name(it)) it->msg_name = at_edge(it->msg_name, below(it->msg_namelen));
}
static void no_name(struct msghdr *it) { one_in(2) ? (it->msg_name = NULL) : (void)(it->msg_namelen = 0); }
static void other_family(struct msghdr *it) {
  static const short families[] = {0, 1, 2, 3, 10, 16, 17, 40, 99};
  if (own_name(it)) memcpy(it->msg_name, &PICK(families), 2);
}
static void port_0(struct msghdr *it) {
  if (own_name(it)) memset((char *)it->msg_name + 2, 0, 2);
}
static void elsewhere4(struct msghdr *it) {
  static const char *const places[] = {"203.0.113.1", "10.1.0.1", "10.2.0.1", "10.3.0.1", "10.4.0.1", "10.9.0.255",
                                       "255.255.255.255", "127.255.255.255", "0.0.0.0", "239.1.2.3", "10.5.0.1",
                                       "10.6.0.1", "10.7.0.2", "127.0.0.9", "10.9.0.1", "240.0.0.1"};
  struct sockaddr_in to = in4(PICK(places), kind == UDP4 || kind == UDP6 ? 1 + below(5000) : 0);
  with_name(it, &to, sizeof to);
}
static void elsewhere6(struct msghdr *it) {
  static const char *const places[] = {"2001:db8::1", "fd01::1", "fd02::1", "fd03::1", "fd04::1", "fe80::1", "::",
                                       "ff02::1", "::ffff:203.0.113.1", "::ffff:10.2.0.1", "::ffff:10.9.0.255",
                                       "::ffff:127.0.0.1", "::2"};
  struct sockaddr_in6 to = in6(PICK(places), kind == UDP6 ? 1 + below(5000) : 0);
  if (one_in(8)) to.sin6_scope_id = below(6);
  if (one_in(12)) to.sin6_flowinfo = any();
  with_name(it, &to, sizeof to);
}
static void firewalled(struct msghdr *it) {
  if (kind == UDP4) { struct sockaddr_in to = in4("127.0.0.1", 6666 + below(2)); with_name(it, &to, sizeof to); }
  else { struct sockaddr_in6 to = in6("::1", 6666 + below(2)); with_name(it, &to, sizeof to); }
}
static void many_iovecs(struct msghdr *it) {
  it->msg_iovlen = 1025 + below(3000);
  if (one_in(4)) it->msg_iovlen = (size_t)-1 >> below(sizeof(long) * 4);
}
static void bad_iovecs(struct msghdr *it) { it->msg_iov = one_in(3) ? NULL : (void *)(no_access + below(4000)); }
static void cut_iovecs(struct msghdr *it) {
  struct iovec three[3] = {*piece(it), {plenty(), 3}, {plenty(), 4}};
  it->msg_iov = at_edge(three, sizeof three), it->msg_iovlen = 3 + below(3);
}
static void negative_length(struct msghdr *it) { piece(it)->iov_len = -(ssize_t)(1 + below(1 << 30)); }
static void kernel_base(struct msghdr *it) {
  static const uint64_t bases[] = {0xffff888000000000ull, 0x7ffffffff000ull, 0x800000000000ull, 0xffffffffffffff00ull};
  piece(it)->iov_base = (void *)(uintptr_t)PICK(bases);
  if (one_in(4)) piece(it)->iov_len = 0;
}
static void bad_data(struct msghdr *it) { piece(it)->iov_base = no_access + below(4000); }
static void bad_first_bytes(struct msghdr *it) { piece(it)->iov_base = NULL; }
static void cut_data(struct msghdr *it) {
  size_t size = piece(it)->iov_len;
  if (size > 1 && size < 70000) piece(it)->iov_base = at_edge(plenty(), below((uint32_t)size));
}
static void bad_second(struct msghdr *it) {
  struct iovec two[2] = {*piece(it), {no_access, 1 + below(100)}};
  it->msg_iov = kept(two, sizeof two), it->msg_iovlen = 2;
}
static void more_iovecs(struct msghdr *it) {
  struct iovec *many = room(20 * sizeof *many);
  size_t count = 1 + below(20);
  for (size_t i = 0; i < count; i++) many[i] = (struct iovec){plenty(), below(2000)};
  many[0] = *piece(it), it->msg_iov = many, it->msg_iovlen = count;
}
static void odd_size(struct msghdr *it) {
  static const unsigned sizes[] = {0,     1,     7,     8,     13,    14,    19,    20,    1252,  1253,  1400,
                                   1452,  1453,  1460,  1472,  1473,  1480,  1481,  1500,  1501,  1514,  1515,
                                   1518,  1519,  9000,  65487, 65488, 65507, 65508, 65515, 65516, 65519, 65520,
                                   65527, 65528, 65535, 65536, 70000, 106000, 212000, 213000, 425000, 3000000};
  unsigned size = PICK(sizes);
  if (one_in(6)) size = below(80000);
  piece(it)->iov_len = size;
  if (size > 60) piece(it)->iov_base = plenty();
}
static void huge_sum(struct msghdr *it) {
  struct iovec two[2] = {{plenty(), 0x7fffffff}, {plenty(), 0x7fffffff - below(10)}};
  it->msg_iov = kept(two, sizeof two), it->msg_iovlen = 2;
}
/* Longer than the kernel takes; the longest reach out of the address space wherever they begin. */
static void huge_piece(struct msghdr *it) {
  static const size_t lengths[] = {0x7fffffff, 0x7ffff000, 0x7fffefff, 0x40000000, SIZE_MAX >> 1, SIZE_MAX >> 2,
                                   (size_t)(1ull << 48) | 0x7fffffff, (size_t)0x7fffffffffffull & SIZE_MAX >> 1};
  struct iovec two[2] = {{one_in(4) ? no_access : plenty(), PICK(lengths)}, {plenty(), 1 + below(50)}};
  it->msg_iov = kept(two, sizeof two), it->msg_iovlen = 1 + one_in(3);
}
static void long_control(struct msghdr *it) { it->msg_control = no_access, it->msg_controllen = 0x7ffffffful + below(3); }
static void big_control(struct msghdr *it) {
  it->msg_control = one_in(4) ? no_access : plenty(), it->msg_controllen = 130900 + below(300);
}
static void bad_control(struct msghdr *it) {
  it->msg_control = one_in(3) ? NULL : no_access, it->msg_controllen = 1 + below(60);
}
static void little_control(struct msghdr *it) { it->msg_control = plenty(), it->msg_controllen = below(20); }
static void odd_cmsg(struct msghdr *it) {
  static const struct { int level; short types[24]; } known[] = {
      {SOL_SOCKET, {1, 2, 3, 4, 12, 36, 37, 61, 65, 79, 81, 50, 1, 2, 12, 36, 37, 1, 2, 1, 2, 61, 81, 36}},
      {IPPROTO_IP, {1, 2, 7, 8, 52, 4, 10, 24, 1, 2, 8, 1, 2, 7, 8, 52, 1, 2, 7, 8, 52, 1, 2, 8}},
      {IPPROTO_IPV6, {50, 2, 11, 54, 3, 59, 55, 4, 57, 5, 52, 8, 67, 62, 67, 62, 52, 50, 50, 67, 26, 9, 24, 62}},
      {SOL_UDP, {103, 103, 103, 103, 1, 104, 103, 103, 103, 103, 103, 103, 103, 103, 103, 103, 103, 103, 103, 103, 103, 103, 103, 102}},
  };
  static const unsigned char lengths[] = {0, 1, 2, 4, 8, 12, 16, 20, 24, 5};
  int fit = kind & (UNIX | TCP | PACKET | NETLINK) ? 0 : kind & INET4 ? 1 : 2;
  int group = one_in(4) ? (int)below(4) : one_in(2) ? fit : one_in(3) && kind & UDP ? 3 : 0;
  int type = known[group].types[below(24)];
  size_t length = group == 3 ? 2 : 4;
  if (group == 0 && type == 61) length = 8;
  if (group == 0 && type == 2) length = 12;
  if (group == 1 && type == 8) length = 12;
  if (group == 2 && (type == 50 || type == 2)) length = 20;
  if (group == 2 && (type == 54 || type == 3 || type == 59 || type == 55 || type == 4 || type == 57 || type == 5)) length = 8;
  if (one_in(6)) length = PICK(lengths);
  unsigned char data[32] = {0};
  int value = one_in(2) ? (int)below(300) : one_in(2) ? (int)below(9) : (int)any();
  memcpy(data, &value, sizeof value);
  if (length > 4 && one_in(2)) memset(data, 0, sizeof data);
  if (group == 0 && type == 1) {
    int fds[] = {call.fd, 0, one_in(2) ? 999 : 1, -1, 2};
    memcpy(data, fds + below(3), length <= 8 ? length : 8);
    if (length > 8) length = 8;
  }
  if (group == 0 && type == 2 && one_in(2)) {
    int self[] = {getpid(), getuid(), getgid()};
    if (one_in(2)) self[1 + below(2)] = below(3);
    if (one_in(4)) self[0] = 1;
    memcpy(data, self, sizeof self);
  }
  if (group == 3 && type == UDP_SEGMENT) {
    static const uint16_t each[] = {0, 1, 5, 10, 100, 500, 1200, 1400, 1452, 1453, 1472, 1473, 1500, 9000, 65535};
    memcpy(data, &PICK(each), 2);
    if (one_in(2)) piece(it)->iov_base = plenty(), piece(it)->iov_len = one_in(2) ? below(66000) : below(4000);
  }
  if (!takes_control(it)) return;
  struct cmsghdr *head = control(it, known[group].level, type, data, length);
  if (one_in(12)) head->cmsg_len += below(2) ? below(12) : -below(24);
  if (one_in(12)) it->msg_controllen += below(12);
}
static void odd_level(struct msghdr *it) {
  unsigned char data[24] = {0};
  if (!takes_control(it)) return;
  control(it, below(2) ? below(300) : any(), below(100), data, below(24));
}
static void message_flags(struct msghdr *it) { it->msg_flags = any(); }

static void odd_unix_name(struct msghdr *it) {
  static const char *const names[] = {"/nowhere/x", "/etc/passwd", "/etc", "/etc/passwd/x", "@nobody has this",
                                      "/tmp/short_calls none", "/root/x"};
  struct sockaddr_un name;
  socklen_t length = un(&name, PICK(names));
  if (one_in(6)) length = below(112);
  with_name(it, &name, length);
}
static void other_type_name(struct msghdr *it) {
  struct sockaddr_storage to = call.to;
  socklen_t length = call.to_length;
  unix_receiver(one_in(2) ? SOCK_STREAM : SOCK_SEQPACKET), with_name(it, &call.to, call.to_length);
  call.to = to, call.to_length = length;
}
static void many_rights(struct msghdr *it) {
  int fds[260] = {0};
  if (!takes_control(it)) return;
  control(it, SOL_SOCKET, SCM_RIGHTS, fds, (250 + below(8)) * sizeof *fds);
}
static void odd_link(struct msghdr *it) {
  struct sockaddr_ll name;
  if (!own_name(it) || it->msg_namelen != sizeof name) return;
  memcpy(&name, it->msg_name, sizeof name);
  switch (below(6)) {
  case 4: name.sll_ifindex = (int)if_nametoindex(one_in(2) ? "x0" : "v0"); break;
  case 5: name.sll_family = below(20); break;
  case 0: name.sll_ifindex = below(60); break;
  case 1: name.sll_halen = below(14); break;
  case 2: name.sll_ifindex = (int)if_nametoindex("down0"); break;
  default: name.sll_protocol = any(); break;
  }
  with_name(it, &name, one_in(4) ? 12 + below(9) : sizeof name);
}
/* Frames about as long as an interface takes, tagged or not, with what looks like a header before. */
static void odd_frame(struct msghdr *it) {
  static const unsigned short sizes[] = {0, 1, 9, 10, 12, 13, 14, 15, 18, 24, 1279, 1280, 1290, 1294, 1295, 1298,
                                         1299, 1500, 1501, 1510, 1513, 1514, 1515, 1518, 1519, 1524, 1525};
  unsigned char *bytes = room(1600);
  if (one_in(2)) bytes[12] = 0x81;
  if (one_in(3)) bytes[0] = below(4), bytes[1] = one_in(2) ? 1 + below(6) : 0, bytes[2] = below(60), bytes[4] = below(200);
  piece(it)->iov_base = bytes, piece(it)->iov_len = PICK(sizes);
}
static void odd_device(struct msghdr *it) {
  static const char *const names[] = {"", "lo", "down0", "x0", "nothing"};
  if (!own_name(it) || it->msg_namelen != 18) return;
  strcpy((char *)it->msg_name + 2, PICK(names));
}
static void odd_netlink(struct msghdr *it) {
  struct sockaddr_nl name = {.nl_family = AF_NETLINK, .nl_pid = one_in(2) ? 0x7ffffff0 : 0, .nl_groups = one_in(3) ? 1u << below(32) : 0};
  with_name(it, &name, sizeof name);
}
static void odd_header(struct msghdr *it) {
  struct iphdr head = {.version = 4, .ihl = below(16), .ttl = 9, .protocol = 253, .daddr = 0x0100007f};
  char *bytes = room(1600);
  memcpy(bytes, &head, sizeof head);
  piece(it)->iov_base = bytes, piece(it)->iov_len = one_in(3) ? below(1600) : 18 + below(60);
}
static void odd_echo(struct msghdr *it) {
  char *bytes = room(64);
  bytes[0] = kind == PING ? below(20) : 120 + below(20), bytes[1] = one_in(6) ? below(5) : 0;
  piece(it)->iov_base = bytes, piece(it)->iov_len = one_in(3) ? below(12) : 16;
}

static const struct {
  const char *name;
  int kinds, weight;
  void (*make)(struct msghdr *);
} defects[] = {
    {"bad name", ALL, 2, bad_name},
    {"negative namelen", ALL, 2, negative_namelen},
    {"odd namelen", ALL, 3, odd_namelen},
    {"cut name", ALL & ~TCP, 2, cut_name},
    {"no name", ALL, 3, no_name},
    {"other family", ALL & ~TCP, 4, other_family},
    {"port 0", INET, 3, port_0},
    {"elsewhere4", INET4 | UDP6, 6, elsewhere4},
    {"elsewhere6", INET6, 6, elsewhere6},
    {"firewall", UDP, 1, firewalled},
    {"many iovecs", ALL, 2, many_iovecs},
    {"bad iovecs", ALL, 2, bad_iovecs},
    {"cut iovecs", ALL, 2, cut_iovecs},
    {"negative length", ALL, 2, negative_length},
    {"kernel base", ALL, 2, kernel_base},
    {"bad data", ALL, 4, bad_data},
    {"null data", ALL, 1, bad_first_bytes},
    {"cut data", ALL, 3, cut_data},
    {"bad second", ALL, 2, bad_second},
    {"more iovecs", ALL, 2, more_iovecs},
    {"odd size", ALL, 10, odd_size},
    {"huge sum", ALL, 1, huge_sum},
    {"huge piece", ALL, 2, huge_piece},
    {"secret part", ALL, 3, secret_part},
    {"kernel's data", UDP | TCP | UNIX | NETLINK, 1, kernels_data},
    {"kernel's and bad data", UDP | TCP | UNIX | NETLINK, 1, kernels_and_bad_data},
    {"beyond a file", ALL, 2, beyond_file},
    {"long control", ALL, 1, long_control},
    {"big control", ALL, 2, big_control},
    {"bad control", ALL, 3, bad_control},
    {"little control", ALL, 2, little_control},
    {"odd cmsg", ALL, 14, odd_cmsg},
    {"odd level", ALL, 1, odd_level},
    {"message flags", ALL, 1, message_flags},
    {"odd unix name", UNIX, 8, odd_unix_name},
    {"other type", UNIX_DGRAM, 2, other_type_name},
    {"many rights", UNIX, 2, many_rights},
    {"odd link", PACKET, 8, odd_link},
    {"odd frame", PACKET, 8, odd_frame},
    {"odd device", PACKET, 3, odd_device},
    {"odd netlink", NETLINK, 6, odd_netlink},
    {"odd header", RAW4, 6, odd_header},
    {"odd echo", PING | PING6, 6, odd_echo},
};

/* ---- oddities of the socket and the call ---- */

static void try(int level, int name, int value) { setsockopt(call.fd, level, name, &value, sizeof value); }
static void with_peer_closed(void) { if (peer >= 0) dup2(call.fd, peer); }
static void with_peer_reset(void) {
  struct linger at_once = {1, 0};
  if (peer >= 0) setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), dup2(call.fd, peer);
}
static void with_peer_deaf(void) { if (peer >= 0) shutdown(peer, SHUT_RD); }
static void with_shut_down(void) { shutdown(call.fd, SHUT_WR); }
static void with_refusal(void) { udp_refused(kind == UDP4 ? AF_INET : AF_INET6); }
static void with_recverr(void) { int on = 1; setsockopt(call.fd, IPPROTO_IP, IP_RECVERR, &on, 4), setsockopt(call.fd, IPPROTO_IPV6, 25, &on, 4); }
static void with_broadcast(void) { option(call.fd, SOL_SOCKET, SO_BROADCAST, 1); }
static void with_discovery(void) {
  int how = below(6);
  setsockopt(call.fd, IPPROTO_IP, IP_MTU_DISCOVER, &how, sizeof how);
  if (kind & INET6) setsockopt(call.fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &how, sizeof how);
}
static void with_only_six(void) { int on = 1; setsockopt(call.fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on); }
static void with_dontfrag(void) { int on = 1; setsockopt(call.fd, IPPROTO_IPV6, IPV6_DONTFRAG, &on, sizeof on); }
static void with_no_check(void) { option(call.fd, SOL_SOCKET, SO_NO_CHECK, 1); }
static void with_segment(void) { option(call.fd, SOL_UDP, UDP_SEGMENT, 1 + below(1600)); }
static void with_small_buffer(void) { option(call.fd, SOL_SOCKET, SO_SNDBUF, 2000 + below(20000)); }
static void with_cork(void) { option(call.fd, SOL_UDP, UDP_CORK, 1); }
static void with_nonblock(void) { fcntl(call.fd, F_SETFL, O_NONBLOCK), call.flags &= ~MSG_DONTWAIT; }
static void with_probe(void) { call.flags |= MSG_PROBE; }
static void with_more(void) { call.flags |= MSG_MORE; }
static void with_oob(void) { call.flags |= MSG_OOB; }
static void with_dontroute(void) { call.flags |= MSG_DONTROUTE; }
static void with_fastopen(void) { call.flags |= MSG_FASTOPEN; }
static void with_zerocopy(void) { call.flags |= MSG_ZEROCOPY; if (one_in(2)) { int on = 1; setsockopt(call.fd, SOL_SOCKET, SO_ZEROCOPY, &on, 4); } }
static void with_confirm(void) { call.flags |= MSG_CONFIRM; }
static void with_any_flag(void) { call.flags |= 1u << below(31); }
static void with_txtime(void) {
  struct { int clock; unsigned flags; } choice = {1, 0};
  setsockopt(call.fd, SOL_SOCKET, SO_TXTIME, &choice, sizeof choice);
}
static void with_timestamps(void) { try(SOL_SOCKET, 37, 0x82); }
static void with_many(void) { for (int i = 20 + below(300); i > 0 && call.count < 700; i--) good_one(); }
static void with_options(void) { setsockopt(call.fd, IPPROTO_IP, IP_OPTIONS, "\1\1\1\1\1\1\1\1", 4 + 4 * below(2)); }
static void with_header_included(void) { kind == RAW4 ? try(IPPROTO_IP, IP_HDRINCL, below(2)) : try(IPPROTO_IPV6, 36, 1); }
static void with_sticky_options(void) {
  setsockopt(call.fd, IPPROTO_IPV6, one_in(2) ? IPV6_HOPOPTS : IPV6_DSTOPTS, "\0\0\1\4\0\0\0\0", 8);
}
static void with_device(void) {
  static const char *const names[] = {"lo", "v0", "x0", "down0"};
  const char *name = PICK(names);
  setsockopt(call.fd, SOL_SOCKET, SO_BINDTODEVICE, name, strlen(name));
}
static void with_no_routing(void) { try(SOL_SOCKET, SO_DONTROUTE, 1); }
static void with_source(void) {
  struct sockaddr_in here = in4(one_in(2) ? "127.0.0.1" : "10.9.0.1", 0);
  struct sockaddr_in6 here6 = in6("::1", 0);
  kind & INET4 ? bind(call.fd, (void *)&here, sizeof here) : bind(call.fd, (void *)&here6, sizeof here6);
}
static void with_unicast_interface(void) { try(IPPROTO_IP, 50, htonl(1 + below(8))), try(IPPROTO_IPV6, 76, htonl(1 + below(8))); }
static void with_other_peer(void) {
  struct sockaddr_in there = in4(one_in(2) ? "10.9.0.2" : "127.0.0.1", 7);
  struct sockaddr_in6 there6 = in6("::1", 7);
  kind & INET4 ? connect(call.fd, (void *)&there, sizeof there) : connect(call.fd, (void *)&there6, sizeof there6);
}
static void with_no_peer(void) {
  struct sockaddr none = {.sa_family = AF_UNSPEC};
  connect(call.fd, &none, sizeof none);
}
static void with_checksum(void) { try(IPPROTO_IPV6, 7, 2 * below(40)); }
static void with_flow(void) { try(IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1); }
static void with_no_check6(void) { try(SOL_UDP, 101, 1); }
static void with_mtu(void) { try(IPPROTO_IPV6, 24, 1280 + below(200)), try(IPPROTO_IPV6, IPV6_DONTFRAG, below(2)); }
static void with_coverage(void) { try(136, 10, 8 + below(100)); }
static void sealed(void) { call.sealed = below(call.count), call.missing = -1; }
static void missing(void) { call.missing = below(call.count), call.sealed = -1; }
static void beyond(void) { call.beyond = below(call.count); }
static void with_virtual_header(void) { try(SOL_PACKET, PACKET_VNET_HDR, 1); }
static void with_bypass(void) { try(SOL_PACKET, 20, 1); }
static void with_no_checksum_frame(void) { try(SOL_SOCKET, 43, 1); }
static void no_rights(void) { int off = 0; if (peer >= 0) setsockopt(peer, SOL_SOCKET, 83, &off, sizeof off); }
static void with_tiny_buffer(void) { try(SOL_SOCKET, SO_SNDBUF, 1 + below(6000)); }
static void over_the_cap(void) {
  for (unsigned count = 1025 + below(60); call.count < count;) good_one();
}

/* ---- calls that wait, and who ends that ---- */

static struct {
  void *(*body)(void *); /* of the second thread; NULL: there is none */
  pthread_t thread;
  pid_t caller;
  int over[2]; /* a pipe that closes when the call is over */
} second;

static void waits(int milliseconds) {
  struct timeval limit = {milliseconds / 1000, milliseconds % 1000 * 1000};
  setsockopt(call.fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit), call.flags &= ~MSG_DONTWAIT;
}
/* One that is over, or can go on without the second thread, is not waited for. */
static int is_over(int fd, int milliseconds) {
  struct pollfd both[2] = {{.fd = second.over[0]}, {.fd = fd, .events = POLLIN}};
  poll(both, 1 + (fd >= 0), milliseconds);
  return both[0].revents != 0;
}
static int caller_sleeps(void) {
  char path[60], line[300] = "", state = 0;
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", second.caller);
  FILE *file = fopen(path, "re");
  if (!file || !fgets(line, sizeof line, file)) line[0] = 0;
  if (file) fclose(file);
  if (strtol(line, NULL, 10) != SYS_sendmmsg) return 0;
  snprintf(path, sizeof path, "/proc/self/task/%d/stat", second.caller);
  file = fopen(path, "re");
  if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1) state = 0;
  if (file) fclose(file);
  return state == 'S';
}
static void *read_all(void *unused) {
  static char bytes[70000];
  while (!is_over(peer, -1))
    while (recv(peer, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
    }
  return unused;
}
static void *shut_down_a_sleepers(void *how) {
  while (!is_over(-1, 1))
    if (caller_sleeps()) return shutdown(peer, *(int *)how), NULL;
  return NULL;
}
static void begin_second(void *context) {
  second.caller = gettid();
  need(!second.body || (pipe2(second.over, O_CLOEXEC) == 0 &&
                        pthread_create(&second.thread, NULL, second.body, context) == 0), "thread");
}
static void end_second(void) {
  if (second.body) close(second.over[1]), pthread_join(second.thread, NULL), close(second.over[0]);
  second.body = NULL;
}

static int how_to_shut_down;
static void with_timeout(void) { waits(20), lead = one_in(2) ? 0 : below(300); }
static void with_reader(void) {
  if (peer >= 0) waits(5000), lead = 20 + below(400), second.body = read_all;
}
static void with_shutter(void) {
  how_to_shut_down = one_in(2) ? SHUT_RD : SHUT_RDWR;
  if (peer >= 0) waits(300), lead = 20 + below(400), second.body = shut_down_a_sleepers;
}

/* What is done before messages are added, and (late) after. */
static const struct {
  const char *name;
  int kinds, late;
  void (*make)(void);
} oddities[] = {
    {"peer closed", TCP | UNIX, 0, with_peer_closed},
    {"peer reset", TCP, 0, with_peer_reset},
    {"peer deaf", TCP | UNIX, 0, with_peer_deaf},
    {"shut down", TCP | UNIX | UDP, 0, with_shut_down},
    {"refused", UDP, 0, with_refusal},
    {"refused", UDP, 0, with_refusal},
    {"recverr", INET, 0, with_recverr},
    {"broadcast", INET, 0, with_broadcast},
    {"discovery", INET, 0, with_discovery},
    {"discovery", INET, 0, with_discovery},
    {"only six", INET6, 0, with_only_six},
    {"dontfrag", INET6, 0, with_dontfrag},
    {"no check", UDP, 0, with_no_check},
    {"segment", UDP, 0, with_segment},
    {"small buffer", UNIX | NETLINK | UDP, 0, with_small_buffer},
    {"cork", UDP, 0, with_cork},
    {"nonblock", ALL, 0, with_nonblock},
    {"probe", ALL, 0, with_probe},
    {"more", ALL, 0, with_more},
    {"oob", ALL, 0, with_oob},
    {"dontroute", INET, 0, with_dontroute},
    {"fastopen", TCP, 0, with_fastopen},
    {"zerocopy", TCP | UDP, 0, with_zerocopy},
    {"confirm", UDP, 0, with_confirm},
    {"any flag", ALL, 0, with_any_flag},
    {"txtime", ALL & ~NETLINK & ~UNIX, 0, with_txtime},
    {"timestamps", INET | TCP | PACKET, 0, with_timestamps},
    {"options", INET4, 0, with_options},
    {"no rights", UNIX, 0, no_rights},
    {"header included", RAW4 | RAW6, 0, with_header_included},
    {"sticky options", INET6, 0, with_sticky_options},
    {"device", INET, 0, with_device},
    {"no routing", INET, 0, with_no_routing},
    {"source", INET, 0, with_source},
    {"unicast interface", INET, 0, with_unicast_interface},
    {"other peer", INET, 0, with_other_peer},
    {"no peer", INET | UNIX_DGRAM, 0, with_no_peer},
    {"checksum", RAW6, 0, with_checksum},
    {"flow", INET6, 0, with_flow},
    {"no check6", UDP6, 0, with_no_check6},
    {"mtu", INET6, 0, with_mtu},
    {"coverage", UDP, 0, with_coverage},
    {"many", ALL & ~TCP, 1, with_many},
    {"many", UNIX, 1, with_many},
    {"sealed", ALL, 1, sealed},
    {"missing", ALL, 1, missing},
    {"beyond", ALL, 1, beyond},
    {"virtual header", PACKET, 0, with_virtual_header},
    {"bypass", PACKET, 0, with_bypass},
    {"no frame check", PACKET, 0, with_no_checksum_frame},
    {"small buffer", PACKET, 0, with_small_buffer},
    {"tiny buffer", ALL, 0, with_tiny_buffer},
    {"over the cap", UDP | RAW4 | RAW6 | PACKET | NETLINK, 1, over_the_cap},
    {"timeout", UNIX | NETLINK | UDP, 0, with_timeout},
    {"reader", UNIX | TCP, 0, with_reader},
    {"reader", UNIX | TCP, 0, with_reader},
    {"shut down when it waits", UNIX, 0, with_shutter},
};
enum { defect_count = sizeof defects / sizeof *defects, oddity_count = sizeof oddities / sizeof *oddities };

static int random_defect(void) {
  for (;;) {
    int i = below(defect_count);
    if (defects[i].kinds & kind && below(14) < (uint32_t)defects[i].weight) return i;
  }
}
static int random_oddity(void) {
  for (;;) {
    int i = below(oddity_count);
    if (oddities[i].kinds & kind) return i;
  }
}

static void random_call(uint64_t seed, unsigned number) {
  static char more[300];
  state = (seed * 0x9e3779b97f4a7c15ull) ^ (number * 0xbf58476d1ce4e5b9ull) ^ 0x94d049bb133111ebull;
  for (int i = 0; i < 8; i++) any();
  begin_call(), peer = -1, lead = 0;
  int which;
  do which = below(sizeof kinds / sizeof *kinds);
  while (as_nobody && kinds[which].privileged);
  kind = kinds[which].bit;
  kinds[which].open();
  /* Only an oddity makes it wait. */
  call.flags = MSG_DONTWAIT | (one_in(2) ? MSG_NOSIGNAL : 0);

  int odd = one_in(3) ? random_oddity() : -1;
  int used = snprintf(more, sizeof more, "\"name\":\"%u\",\"family\":\"%s\",\"what\":\"%s", number,
                      kinds[which].family, odd < 0 ? "" : oddities[odd].name);
  if (odd >= 0 && !oddities[odd].late) oddities[odd].make();

  /* Not so many that they fill the queue of an AF_UNIX socket, which holds 11. */
  unsigned total = 2 + below(8), first = one_in(12) ? 0 : 1 + below(total - 1);
  unsigned another = one_in(3) ? total : one_in(2) ? first : first + below(total - first);
  for (unsigned i = 0; i < lead; i++) good_one();
  for (unsigned i = 0; i < total; i++) {
    struct msghdr *it = good_one();
    for (int again = 0; again < 2; again++) {
      if (i != (again ? another : first)) continue;
      int one = random_defect();
      used += snprintf(more + used, sizeof more - used, "; %u %s", lead + i, defects[one].name);
      defects[one].make(it);
    }
  }
  if (odd >= 0 && oddities[odd].late) oddities[odd].make();
  if (used > 0) snprintf(more + used, sizeof more - used, "\"");
  begin_second(&how_to_shut_down), make_call(more), end_second(), end_call();
}

int main(int count, char **arguments) {
  if (count < 5)
    return fprintf(stderr, "usage: short_random batch|twin FILE SEED COUNT [FIRST [nobody|stranger]]\n"), 2;
  as_twin = strcmp(arguments[1], "twin") == 0;
  report = fopen(arguments[2], "ae");
  need(report != NULL, arguments[2]);
  signal(SIGPIPE, SIG_IGN);
  map_memory();
  unsigned first = count > 5 ? atoi(arguments[5]) : 0;
  as_nobody = count > 6;
  if (as_nobody && strcmp(arguments[6], "stranger") == 0) need(unshare(CLONE_NEWUSER) == 0, "unshare");
  else if (as_nobody) become_nobody();
  uint64_t seed = strtoull(arguments[3], NULL, 0);
  for (unsigned i = 0, calls = atoi(arguments[4]); i < calls; i++) random_call(seed, first + i);
  return fclose(report) == 0 ? 0 : 3;
}
