/*
 * Calls that no sane program makes, by chance and repeatably:
 *
 *     wild_calls SEED CALLS
 *
 * Wild pointers, lengths, counts, flags, control chains and addresses, on sockets of many families
 * and on what is no socket, through sendmmsg and, in the 64-bit program, through the 32-bit entry as
 * well. In a network namespace of its own, whose loopback alone is up, so that nothing of it leaves
 * the machine. Never blocks. Prints how many calls it made, how many of them failed, and how many
 * messages the others sent, all together.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static uint64_t state;

static uint64_t next(void) { /* SplitMix64 */
  uint64_t mixed = state += 0x9e3779b97f4a7c15;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

static uint32_t below(uint32_t bound) { return next() % bound; }
static int one_in(uint32_t n) { return below(n) == 0; }

/* Memory for what calls pass: pages that may be read and written, one that may only be read, one
 * that may only be written, one that may not be touched, and a hole at the end. */
enum { page = 4096, pages = 64 };
static char *arena;

static void set_arena(void) {
  arena = mmap(NULL, (pages + 4) * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS
#ifdef __x86_64__
                   | MAP_32BIT /* the 32-bit entry has to reach it */
#endif
               , -1, 0);
  if (arena == MAP_FAILED) _exit(2);
  mprotect(arena + pages * page, page, PROT_READ);
  mprotect(arena + (pages + 1) * page, page, PROT_WRITE);
  mprotect(arena + (pages + 2) * page, page, PROT_NONE);
  munmap(arena + (pages + 3) * page, page);
}

/* Mostly within the arena, often at its end; else anywhere but where our own data lies. */
static uintptr_t pointer(void) {
  static const uint64_t odd[] = {0, 1, 4095, 4096, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffff000,
                                 0x7fffffffefff, 0x7ffffffff000, 0x800000000000, 1ull << 55,
                                 0xffff800000000000, 0xffffffff81000000, 0xfffffffffffff000, ~0ull};
  switch (below(12)) {
    case 0: return odd[below(sizeof odd / sizeof *odd)];
    case 1: return (uintptr_t)arena + (pages + below(4)) * page + below(page);
    case 2: return (uintptr_t)arena + (pages + 1 + below(4)) * page - below(200);
    case 3: return (uintptr_t)arena + pages * page - below(200);
    default: return (uintptr_t)arena + below(pages * page);
  }
}

static uint64_t length(void) {
  static const uint64_t odd[] = {0, 1, 15, 16, 4095, 4096, 65507, 65508, 131072, 0x7ffff000, 0x7fffffff,
                                 0x80000000, 0xffffffff, 0x7fffffffffffffff, 0x8000000000000000, ~0ull};
  return one_in(5) ? odd[below(sizeof odd / sizeof *odd)] : below(one_in(4) ? 9000 : 300);
}

static int sockets[64], socket_count;

static void add(int fd) {
  if (fd < 0 || socket_count == 64) return;
  fcntl(fd, F_SETFL, O_NONBLOCK);
  sockets[socket_count++] = fd;
}

static void set_sockets(void) {
  static const int kinds[][3] = {
      {AF_INET, SOCK_DGRAM, 0}, {AF_INET, SOCK_STREAM, 0}, {AF_INET, SOCK_RAW, 255},
      {AF_INET, SOCK_DGRAM, IPPROTO_ICMP}, {AF_INET6, SOCK_DGRAM, 0}, {AF_INET6, SOCK_STREAM, 0},
      {AF_INET6, SOCK_RAW, 255}, {AF_UNIX, SOCK_DGRAM, 0}, {AF_UNIX, SOCK_STREAM, 0},
      {AF_UNIX, SOCK_SEQPACKET, 0}, {AF_NETLINK, SOCK_RAW, 2}, {AF_PACKET, SOCK_RAW, 0},
      {AF_PACKET, SOCK_DGRAM, 0}, {AF_PACKET, SOCK_PACKET, 0}, {AF_ALG, SOCK_SEQPACKET, 0},
      {AF_VSOCK, SOCK_STREAM, 0}, {AF_VSOCK, SOCK_DGRAM, 0}, {AF_CAN, SOCK_RAW, 1},
      {AF_TIPC, SOCK_RDM, 0}, {AF_INET, SOCK_STREAM, 262}, {AF_INET, SOCK_SEQPACKET, 132},
      {AF_INET, SOCK_DGRAM, 136}, {44 /* XDP */, SOCK_RAW, 0}, {AF_BLUETOOTH, SOCK_SEQPACKET, 0},
      {AF_RXRPC, SOCK_DGRAM, 2}, {AF_LLC, SOCK_DGRAM, 0}, {45 /* MCTP */, SOCK_DGRAM, 0}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    add(socket(kinds[i][0], kinds[i][1], kinds[i][2]));
  int pair[2], types[] = {SOCK_DGRAM, SOCK_STREAM, SOCK_SEQPACKET};
  for (int i = 0; i < 3; i++)
    if (socketpair(AF_UNIX, types[i], 0, pair) == 0) add(pair[0]), add(pair[1]);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof to;
  int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
  bind(receiver, (void *)&to, sizeof to), getsockname(receiver, (void *)&to, &size);
  connect(sender, (void *)&to, sizeof to), add(sender);
  int segment = 100, cut = socket(AF_INET, SOCK_DGRAM, 0);
  setsockopt(cut, 17, 103, &segment, sizeof segment), connect(cut, (void *)&to, sizeof to), add(cut);
}

static void drain(void) {
  static char rest[65536];
  for (int i = 0; i < socket_count; i++)
    for (int n = 0; n < 64 && recv(sockets[i], rest, sizeof rest, MSG_DONTWAIT) > 0; n++) {}
}

/* An address of some family, of some length, at some place of the arena. */
static uint32_t put_name(char *at) {
  struct sockaddr_in *inet = (void *)at;
  struct sockaddr_in6 *inet6 = (void *)at;
  for (int i = 0; i < 128; i++) at[i] = next();
  switch (below(4)) {
    case 0:
      *inet = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(below(65536)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
      return 16;
    case 1:
      *inet6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(below(65536)),
                                     .sin6_addr = in6addr_loopback, .sin6_scope_id = below(3)};
      return 28;
    case 2: *(uint16_t *)at = AF_UNIX; return 2 + below(109);
    default: *(uint16_t *)at = below(48); return below(130);
  }
}

/* A chain of control messages with lengths that are right, nearly right or wild. */
static uint32_t put_control(char *at, int wide) {
  static const int levels[] = {0, 1, 6, 17, 41, 132, 272, 276, 277, 279, 282, 999};
  uint32_t used = 0, head = wide ? 16 : 12, align = wide ? 8 : 4, count = below(6);
  for (uint32_t i = 0; i < count && used < 900; i++) {
    uint32_t data = below(80);
    uint64_t claimed = one_in(6) ? length() : head + data;
    if (wide) memcpy(at + used, &claimed, 8);
    else memcpy(at + used, &claimed, 4);
    int level = levels[below(12)], type = one_in(3) ? (int)below(110) : (int)below(13);
    memcpy(at + used + head - 8, &level, 4), memcpy(at + used + head - 4, &type, 4);
    for (uint32_t n = 0; n < data; n++) at[used + head + n] = one_in(2) ? next() : 0;
    used += (head + data + align - 1) / align * align;
  }
  return one_in(4) ? used + below(20) : used;
}

struct wide { uint64_t name; uint32_t namelen, pad; uint64_t iov, iovlen, control, controllen; uint32_t flags, pad2, len, pad3; };
struct narrow { uint32_t name, namelen, iov, iovlen, control, controllen, flags, len; };

static char *place(uint32_t size) { return arena + below(pages * page - size) / 8 * 8; }

static void put_header(char *at, int wide) {
  int tame = one_in(2);
  uintptr_t name = pointer(), iov = pointer(), control = pointer();
  uint64_t namelen = length(), iovlen = one_in(10) ? length() : below(4), controllen = 0;
  if (!one_in(6)) { char *own = place(128); namelen = put_name(own), name = (uintptr_t)own; }
  if (one_in(3)) name = 0;
  if (tame || !one_in(8)) {
    uint32_t count = one_in(50) ? 1025 : below(one_in(20) ? 40 : 4);
    char *own = place(count * 16 + 16);
    for (uint32_t i = 0; i < count; i++) {
      uint64_t pair[2] = {pointer(), length()};
      if (tame) pair[0] = (uintptr_t)place(400), pair[1] = below(400);
      uint32_t narrow[2] = {pair[0], pair[1]};
      if (wide) memcpy(own + i * 16, pair, 16);
      else memcpy(own + i * 8, narrow, 8);
    }
    iov = (uintptr_t)own, iovlen = count;
  }
  if (one_in(tame ? 4 : 2)) { char *own = place(1200); controllen = put_control(own, wide), control = (uintptr_t)own; }
  if (!tame && one_in(20)) controllen = length();
  uint32_t flags = one_in(5) ? next() : 0;
  if (wide) {
    struct wide header = {name, namelen, 0, iov, iovlen, control, controllen, flags, 0, 0, 0};
    memcpy(at, &header, sizeof header);
  } else {
    struct narrow header = {name, namelen, iov, iovlen, control, controllen, flags, 0};
    memcpy(at, &header, sizeof header);
  }
}

static long narrow_call(int fd, uintptr_t array, uint32_t count, uint32_t flags) {
#ifdef __x86_64__
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(345), "b"(fd), "c"((uint32_t)array), "d"(count), "S"(flags)
                   : "memory", "r8", "r9", "r10", "r11");
  return result;
#else
  long result = syscall(SYS_sendmmsg, fd, array, count, flags);
  return result < 0 ? -errno : result;
#endif
}

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  state = strtoull(argv[1], NULL, 0);
  unsigned long calls = strtoul(argv[2], NULL, 0), failed = 0, sent = 0;
  if (unshare(CLONE_NEWNET) < 0) { perror("unshare"); return 2; }
  struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  if (ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, &loopback) < 0) { perror("lo"); return 2; }
  signal(SIGPIPE, SIG_IGN);
  set_arena();
  set_sockets();
  for (unsigned long made = 0; made < calls; made++) {
    int wide = sizeof(void *) == 8 && !one_in(4);
    uint32_t count = one_in(40) ? below(80) : below(5), stride = wide ? 64 : 32;
    char *own = place(count * stride + stride);
    /* Now and then the array runs into the pages behind the arena. */
    if (one_in(8)) own = arena + pages * page - below(count + 1) * stride;
    for (uint32_t i = 0; i < count && own + (i + 1) * stride <= arena + pages * page; i++)
      put_header(own + i * stride, wide);
    if (one_in(250)) count = next();
    uintptr_t array = one_in(25) ? pointer() : (uintptr_t)own;
    int fd = one_in(30) ? (int)next() : sockets[below(socket_count)];
    uint32_t flags = MSG_DONTWAIT | (one_in(8) ? next() : 0);
    long result = wide ? syscall(SYS_sendmmsg, fd, array, count, flags) : narrow_call(fd, array, count, flags);
    if (result < 0) failed++;
    else sent += result;
    if (made % 256 == 255) drain();
  }
  printf("%lu calls, %lu failed, %lu messages\n", calls, failed, sent);
  return 0;
}
