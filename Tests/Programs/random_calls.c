/*
 * Random sendmmsg calls, valid and invalid, each with a record of what was asked and answered.
 *
 *     random_calls SEED COUNT FILE [tame]
 *
 * writes one JSON object a call to FILE. The same seed gives the same calls, but for what differs
 * between runs (addresses, ports, inodes). Objects often end where a page without access begins, so
 * reading one byte too many is a fault. No call can block: every one has MSG_DONTWAIT, and what
 * was sent is taken out again. All traffic stays on loopback and in AF_UNIX.
 *
 * With `tame` two runs ask for the same down to the last byte, given a network namespace of their
 * own and addresses that are not randomised; and no cmsg_len is so large that rounding it up gives
 * 0: strace 6.1 never gets past one.
 *
 * Bytes stand as hex, addresses as "0x…". For every buffer the record holds what is readable of the
 * bytes that the kernel would look at, and "…_fault" is the first address of them that is not.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define PAGE 4096u
typedef unsigned long long u64;
typedef uintptr_t address;

static FILE *out;
static int tame;

/* ---- chance ---- */

static uint64_t state;

static uint32_t any(void) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (uint32_t)(state >> 16);
}
static uint32_t below(uint32_t n) { return any() % n; }
/* True once in n. */
static int one_in(uint32_t n) { return below(n) == 0; }

/* ---- memory: regions that are followed by a page without access ---- */

enum { regions = 80, edge_size = 16 * PAGE, pool_size = 64 * PAGE, array_size = 20 * PAGE };

struct region {
  char *start;
  size_t size;
} memory[regions];
static int used_edges;      /* memory[2..] serve one object a call each */
static size_t pool_used;    /* memory[0] serves the rest */
static char *unmapped;      /* an address in a hole */
#define pool memory[0]
#define array_region memory[1]

static void map_region(struct region *region, size_t size) {
  char *at = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED || mprotect(at + size, PAGE, PROT_NONE) < 0) perror("mmap"), exit(2);
  region->start = at, region->size = size;
}

/* How many of the `count` bytes at `at` are readable. */
static size_t readable(address at, size_t count) {
  for (int i = 0; i < regions; i++) {
    address start = (address)memory[i].start;
    if (at < start || at >= start + memory[i].size) continue;
    size_t left = start + memory[i].size - at;
    return left < count ? left : count;
  }
  /* Elsewhere: a stray address, that in 32 bits may well hit upon something of ours. */
  size_t got = 0;
  char byte;
  while (got < count) {
    struct iovec to = {&byte, 1}, from = {(void *)(at + got), 1};
    if (at + got < at || process_vm_readv(getpid(), &to, 1, &from, 1, 0) != 1) break;
    size_t rest = PAGE - (at + got) % PAGE;
    got += rest < count - got ? rest : count - got;
  }
  return got;
}

/* An address that nothing can be read from. */
static address bad_address(void) {
  switch (below(4)) {
  case 0: return 0;
  case 1: return 1 + below(4000);
  case 2: return (address)unmapped + below(PAGE);
  default: return (address)0xffffffffffff0000ull + below(0xff00); /* the kernel's half */
  }
}

/* Puts an object into memory and says where. Often its end is the end of a region; with `torn` one
 * behind which the region ends before the object does. */
static address place(const void *bytes, size_t size, int torn) {
  if (used_edges < regions - 2 && size < edge_size && (torn || one_in(2))) {
    struct region *edge = &memory[2 + used_edges++];
    size_t missing = torn && size > 0 ? 1 + below(size) : 0;
    char *at = edge->start + edge->size - (size - missing);
    memcpy(at, bytes, size - missing);
    return (address)at;
  }
  size_t offset = pool_used + (one_in(3) ? below(16) : 0); /* at times at an odd address */
  if (offset + size > pool.size) offset = 0;
  if (size > pool.size) abort();
  memcpy(pool.start + offset, bytes, size);
  pool_used = (offset + size + 15) & ~(size_t)15;
  return (address)(pool.start + offset);
}

/* ---- sockets ---- */

enum { udp4, udp6, unix_dgram, stream, none };

struct endpoint {
  int fd, kind, drain;
  const char *what;
} ends[32];
static int end_count;
static struct sockaddr_in to4 = {.sin_family = AF_INET};
static struct sockaddr_in6 to6 = {.sin6_family = AF_INET6};
static struct sockaddr_un to_path = {.sun_family = AF_UNIX}, to_abstract = {.sun_family = AF_UNIX};
static socklen_t abstract_length;
static int drains[8], drain_count;

static void end(int fd, int kind, const char *what) {
  ends[end_count++] = (struct endpoint){.fd = fd, .kind = kind, .what = what};
}
static int made(int fd, const char *what) {
  if (fd < 0) perror(what), exit(2);
  return fd;
}
static void drained(int fd) { drains[drain_count++] = fd; }

static void make_inet(int family, int kind, struct sockaddr *to, socklen_t length) {
  int receiver = made(socket(family, SOCK_DGRAM, 0), "socket"), refused;
  if (tame) ((struct sockaddr_in *)to)->sin_port = htons(40000 + family);
  if (bind(receiver, to, length) < 0) perror("bind"), exit(2);
  getsockname(receiver, to, &length);
  drained(receiver);
  end(made(socket(family, SOCK_DGRAM, 0), "socket"), kind, "unbound");
  end(made(socket(family, SOCK_DGRAM | SOCK_NONBLOCK, 0), "socket"), kind, "connected");
  if (connect(ends[end_count - 1].fd, to, length) < 0) perror("connect"), exit(2);
  /* A peer that no longer exists: refused, at some message or another. */
  struct sockaddr_storage gone;
  socklen_t size = sizeof gone;
  memcpy(&gone, to, length);
  ((struct sockaddr_in *)&gone)->sin_port = 0;
  refused = made(socket(family, SOCK_DGRAM, 0), "socket");
  bind(refused, (struct sockaddr *)&gone, length);
  getsockname(refused, (struct sockaddr *)&gone, &size);
  end(made(socket(family, SOCK_DGRAM, 0), "socket"), kind, "refused");
  connect(ends[end_count - 1].fd, (struct sockaddr *)&gone, size);
  close(refused);
}

static void make_sockets(void) {
  int pair[2];
  to4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to6.sin6_addr = in6addr_loopback;
  make_inet(AF_INET, udp4, (struct sockaddr *)&to4, sizeof to4);
  make_inet(AF_INET6, udp6, (struct sockaddr *)&to6, sizeof to6);

  int mark = tame ? 4242 : getpid();
  snprintf(to_path.sun_path, sizeof to_path.sun_path, "/tmp/random_calls.%07d", mark);
  abstract_length = 3 + snprintf(to_abstract.sun_path + 1, 100, "random_calls %07d", mark);
  unlink(to_path.sun_path);
  for (int i = 0; i < 2; i++) {
    int receiver = made(socket(AF_UNIX, SOCK_DGRAM, 0), "socket");
    if (bind(receiver, (struct sockaddr *)(i ? &to_abstract : &to_path),
             i ? abstract_length : sizeof to_path) < 0)
      perror("bind unix"), exit(2);
    drained(receiver);
  }
  end(made(socket(AF_UNIX, SOCK_DGRAM, 0), "socket"), unix_dgram, "unnamed");
  socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair);
  end(pair[0], unix_dgram, "pair"), drained(pair[1]);
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  end(pair[0], stream, "stream"), drained(pair[1]);
}

static void drain(void) {
  static char sink[1 << 18];
  for (int i = 0; i < drain_count; i++)
    for (int n = 0; n < 4000 && recv(drains[i], sink, sizeof sink, MSG_DONTWAIT) >= 0; n++) {}
}

/* ---- JSON ---- */

static void put(const char *format, ...) {
  va_list list;
  va_start(list, format);
  vfprintf(out, format, list);
  va_end(list);
}
static void put_hex(const char *key, const void *bytes, size_t count) {
  static const char digits[] = "0123456789abcdef";
  put("\"%s\":\"", key);
  for (size_t i = 0; i < count; i++) {
    unsigned char byte = ((const unsigned char *)bytes)[i];
    putc(digits[byte >> 4], out), putc(digits[byte & 15], out);
  }
  put("\",");
}
static void put_fault(const char *key, address at, size_t there, size_t wanted) {
  if (there == wanted) put("\"%s\":null,", key);
  else put("\"%s\":\"0x%llx\",", key, (u64)(at + there));
}
/* The part of a buffer that the kernel would read, as far as it can. */
static void put_buffer(const char *key, address at, size_t wanted) {
  char fault[32];
  size_t there = readable(at, wanted);
  put_hex(key, (const void *)at, there);
  snprintf(fault, sizeof fault, "%s_fault", key);
  put_fault(fault, at, there, wanted);
}

static void put_socket(int fd, int before, char *peer, size_t *peer_length, int *nonblocking) {
  struct sockaddr_storage name;
  socklen_t length = sizeof name;
  struct stat status;
  int family, type;
  socklen_t size = sizeof type;
  if (before) {
    *nonblocking = (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
    *peer_length = getpeername(fd, (struct sockaddr *)&name, &length) < 0 ? 0 : length;
    memcpy(peer, &name, *peer_length);
    return;
  }
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0) {
    put("\"socket\":null,");
    return;
  }
  getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
  fstat(fd, &status);
  put("\"socket\":{\"family\":%d,\"type\":%d,\"nonblocking\":%s,", family, type,
      *nonblocking ? "true" : "false");
  getsockname(fd, (struct sockaddr *)&name, &length);
  put_hex("local", &name, length);
  if (*peer_length) put_hex("peer", peer, *peer_length);
  else put("\"peer\":null,");
  put("\"inode\":%llu},", (u64)status.st_ino);
}

static void put_entry(address at, int index, int result) {
  const size_t header_size = sizeof(struct msghdr);
  size_t there = readable(at, header_size);
  if (there < header_size) {
    put("{\"entry_fault\":\"0x%llx\"}", (u64)(at + there));
    return;
  }
  struct msghdr header;
  memcpy(&header, (void *)at, header_size);
  put("{\"name_at\":\"0x%llx\",\"namelen\":%d,", (u64)(address)header.msg_name,
      (int)header.msg_namelen);
  int length = (int)header.msg_namelen;
  if (header.msg_name && length > 0) put_buffer("name", (address)header.msg_name, length > 128 ? 128 : length);

  size_t count = header.msg_iovlen;
  put("\"iov_at\":\"0x%llx\",\"iovlen\":%llu,", (u64)(address)header.msg_iov, (u64)count);
  if (count <= 1024) {
    size_t bytes = count * sizeof(struct iovec), got = readable((address)header.msg_iov, bytes);
    put_fault("iov_fault", (address)header.msg_iov, got, bytes);
    unsigned char prefix[32];
    size_t kept = 0, wanted = 32;
    address fault = 0;
    int faulted = 0;
    put("\"iov\":[");
    for (size_t i = 0; i < got / sizeof(struct iovec); i++) {
      struct iovec piece;
      memcpy(&piece, (char *)header.msg_iov + i * sizeof piece, sizeof piece);
      put("%s[\"0x%llx\",%llu]", i ? "," : "", (u64)(address)piece.iov_base, (u64)piece.iov_len);
      if (faulted || kept == wanted) continue;
      size_t take = piece.iov_len < wanted - kept ? piece.iov_len : wanted - kept;
      size_t have = readable((address)piece.iov_base, take);
      memcpy(prefix + kept, piece.iov_base, have), kept += have;
      if (have < take) faulted = 1, fault = (address)piece.iov_base + have;
    }
    put("],");
    put_hex("payload", prefix, kept);
    if (faulted) put("\"payload_fault\":\"0x%llx\",", (u64)fault);
    else put("\"payload_fault\":null,");
  }

  put("\"control_at\":\"0x%llx\",\"controllen\":%llu,", (u64)(address)header.msg_control,
      (u64)header.msg_controllen);
  if (header.msg_controllen > 0 && header.msg_controllen <= 0x7fffffff)
    put_buffer("control", (address)header.msg_control, header.msg_controllen);
  put("\"flags\":%u,", (unsigned)header.msg_flags);
  if (index < result) put("\"msg_len\":%u}", ((struct mmsghdr *)at)->msg_len);
  else put("\"msg_len\":null}");
}

/* ---- random contents ---- */

static void fill(unsigned char *bytes, size_t count) {
  int text = one_in(2);
  for (size_t i = 0; i < count; i++)
    bytes[i] = text ? (one_in(24) ? (unsigned char)"\n\t \xc3"[below(4)] : ' ' + below(95)) : any();
}

static address random_name(int kind, int *length) {
  unsigned char bytes[160];
  memset(bytes, 0, sizeof bytes);
  size_t size;
  int real = one_in(10) ? (int)below(3) : kind;
  if (real == udp4) memcpy(bytes, &to4, size = sizeof to4);
  else if (real == udp6) {
    memcpy(bytes, &to6, size = one_in(8) ? 24 : sizeof to6);
    if (one_in(4)) { /* another spelling to be written correctly, never leaving this machine */
      fill(bytes + 8, 16), memset(bytes + 8, 0, below(14)), bytes[8] = 0xfe, bytes[9] = 0x80;
      if (size == 28) bytes[24] = 1;
    }
  } else if (one_in(2)) memcpy(bytes, &to_abstract, size = abstract_length);
  else size = offsetof(struct sockaddr_un, sun_path) + strlen(to_path.sun_path) + below(2),
       memcpy(bytes, &to_path, size);
  switch (below(24)) {
  case 0: /* another family; never one by which the bytes would name a host elsewhere */
    bytes[0] = any();
    if (bytes[0] == AF_INET || bytes[0] == AF_INET6) bytes[0] = 77;
    break;
  case 1: size = below((uint32_t)size + 1); break;          /* cut */
  case 2: fill(bytes + size, sizeof bytes - size); size = 129 + below(30); break;
  case 3: fill(bytes + size, sizeof bytes - size); size += below(20); break;
  case 4: size = 2 + below(108), fill(bytes + 2, size - 2), bytes[0] = AF_UNIX, bytes[1] = 0; break;
  case 5: bytes[0] = bytes[1] = 0;                          /* AF_UNSPEC */
    if (real == unix_dgram) memset(bytes, 0, 16);           /* UDP reads it as AF_INET */
    break;
  case 6: memset(bytes, 0, 16), bytes[0] = 16, size = 12; break; /* NETLINK */
  }
  *length = (int)size;
  switch (below(28)) {
  case 0: *length = -(int)(1 + below(100)); break;
  case 1: *length = 0; break;
  case 2: *length = 0x7fffffff - (int)below(5); break;
  case 3: return bad_address();
  case 4: return place(bytes, size, 1);
  }
  return place(bytes, size, 0);
}

static size_t random_iovecs(address *at, int wild) {
  static struct iovec pieces[1025];
  static unsigned char bytes[1 << 17];
  size_t count = one_in(12) ? 0 : 1 + below(one_in(6) ? 12 : 2);
  if (wild && one_in(40)) count = one_in(2) ? 1024 : 1025;
  int refuse = one_in(60), unreadable = one_in(40), enormous = one_in(60);
  for (size_t i = 0; i < count; i++) {
    size_t size = below(one_in(4) ? 400 : 40);
    if (count > 100) size = below(4);
    if (wild && one_in(60)) size = 40000 + below(80000);
    fill(bytes, size < 600 ? size : 600);
    pieces[i].iov_base = (void *)place(bytes, size, unreadable && one_in(2));
    pieces[i].iov_len = size;
    if (one_in(300)) pieces[i].iov_base = (void *)bad_address();
    if (enormous && one_in(2)) pieces[i].iov_len = 0x7ffff000u - below(3) * 0x1000 + below(2) * 5000;
  }
  if (refuse && count) pieces[below(count)].iov_len = (size_t)-(long)(1 + below(2000000));
  *at = one_in(120) ? bad_address() : place(pieces, count * sizeof *pieces, one_in(100));
  if (one_in(150)) return sizeof(size_t) == 8 ? (size_t)((1ull << 32) | 1) : 0xffffffffu;
  if (one_in(300)) return (size_t)-1;
  return count;
}

static size_t random_control(int kind, address *at) {
  static unsigned char bytes[200000];
  size_t size = 0;
  if (one_in(2)) return *at = one_in(3) ? bad_address() : 0, 0;
  memset(bytes, 0, 400);
  for (int i = 0, count = 1 + below(3); i < count; i++) {
    struct cmsghdr *head = (struct cmsghdr *)(bytes + size);
    int value = 1 + below(200);
    size_t length = sizeof value;
    unsigned short segment = 500 + below(1000);
    struct ucred self = {tame ? 1 : getpid(), getuid(), getgid()};
    unsigned char data[64];
    memcpy(data, &value, sizeof value), head->cmsg_level = IPPROTO_IP, head->cmsg_type = IP_TOS;
    switch (below(one_in(4) ? 10 : 5) + (kind >= unix_dgram ? 4 : 0)) {
    case 0: break;
    case 1: head->cmsg_type = IP_TTL; break;
    case 2: head->cmsg_level = SOL_UDP, head->cmsg_type = 103, memcpy(data, &segment, length = 2); break;
    case 3: head->cmsg_type = IP_PKTINFO, memset(data, 0, length = 12); break;
    case 4: head->cmsg_level = IPPROTO_IPV6, head->cmsg_type = 67; break; /* IPV6_TCLASS */
    case 5: head->cmsg_level = SOL_SOCKET, head->cmsg_type = SCM_RIGHTS, memcpy(data, &(int){0}, 4); break;
    case 6: head->cmsg_level = SOL_SOCKET, head->cmsg_type = 2, memcpy(data, &self, length = 12); break;
    case 7: head->cmsg_level = below(500), head->cmsg_type = below(100); fill(data, length = below(40)); break;
    case 8: head->cmsg_level = any(), head->cmsg_type = any(); break;
    default: head->cmsg_level = SOL_SOCKET, head->cmsg_type = below(90); break;
    }
    head->cmsg_len = CMSG_LEN(length);
    memcpy(CMSG_DATA(head), data, length);
    if (one_in(16)) head->cmsg_len += below(2) ? 1 + below(9) : -(1 + below(20)); /* wrong */
    if (one_in(60)) head->cmsg_len = (size_t)-1 >> below(33);
    if (tame && head->cmsg_len > (size_t)-64) head->cmsg_len = 7;
    size += CMSG_SPACE(length);
  }
  switch (below(14)) {
  case 0: size -= below((uint32_t)size); break; /* cut */
  case 1: size += below(30); break;             /* bytes behind the last */
  case 2: size = one_in(4) ? 131072 + below(1000) : size; break;
  case 3: return *at = bad_address(), size;
  case 4: return *at = place(bytes, size, 1), size;
  case 5: return *at = place(bytes, size, 0), one_in(2) ? 0x80000000u + any() / 2 : 0x7fffffff - below(9);
  }
  return *at = place(bytes, size, 0), size;
}

static uint32_t random_flags(void) {
  uint32_t flags = MSG_DONTWAIT;
  static const uint32_t usual[] = {MSG_NOSIGNAL, MSG_CONFIRM, MSG_DONTROUTE, MSG_EOR, 0x10 /* PROBE */,
                                   MSG_MORE, 0x40000000, MSG_ZEROCOPY, MSG_OOB, MSG_FASTOPEN};
  for (unsigned i = 0; i < sizeof usual / sizeof *usual; i++)
    if (one_in(i < 3 ? 4 : 40)) flags |= usual[i];
  if (one_in(12)) flags |= 1u << below(31);
  if (one_in(40)) flags |= any();
  if (one_in(60)) flags |= 0x80000000u;
  /* 0x8000000 is MSG_SPLICE_PAGES, which the kernel clears. MSG_MORE is kept rare: it corks. */
  return flags;
}

/* ---- one call ---- */

static void one_call(int number, int pipe_end, int path_only) {
  struct endpoint from = ends[below(end_count)];
  int wild = one_in(4);
  used_edges = 0, pool_used = 0;

  uint32_t entries = one_in(30) ? 0 : 1 + below(one_in(5) ? 24 : 4), vlen;
  if (one_in(100)) entries = 1024 + below(60);
  vlen = entries;
  struct mmsghdr *shadow = calloc(entries + 1, sizeof *shadow);
  for (uint32_t i = 0; i < entries; i++) {
    struct msghdr *header = &shadow[i].msg_hdr;
    address at;
    int length = one_in(10) ? (int)any() : 0;
    shadow[i].msg_len = any();
    header->msg_flags = one_in(4) ? (int)any() : 0;
    if (entries > 100) { /* many: plain ones */
      static char plain[] = "one of many";
      static struct iovec piece;
      if (i == 0) piece = (struct iovec){(void *)place(plain, 11, 0), 11}, at = place(&piece, sizeof piece, 0);
      else at = (address)shadow[0].msg_hdr.msg_iov;
      header->msg_iov = (void *)at, header->msg_iovlen = 1;
      if (i > 0) header->msg_name = shadow[0].msg_hdr.msg_name, header->msg_namelen = shadow[0].msg_hdr.msg_namelen;
      else header->msg_name = (void *)place(&to4, sizeof to4, 0), header->msg_namelen = sizeof to4;
      continue;
    }
    if (from.kind == none || strcmp(from.what, "unbound") == 0 || strcmp(from.what, "unnamed") == 0 || one_in(8))
      header->msg_name = (void *)random_name(from.kind, &length);
    header->msg_namelen = length;
    header->msg_iovlen = random_iovecs(&at, wild), header->msg_iov = (void *)at;
    if (one_in(3)) header->msg_controllen = random_control(from.kind, &at), header->msg_control = (void *)at;
  }

  /* The array ends at a page without access, or so that its last msg_len or header lies in one. */
  size_t size = entries * sizeof *shadow;
  size_t cut = entries && one_in(20) ? sizeof *shadow - sizeof(struct msghdr) : 0;
  if (cut && one_in(2)) cut += 4 + below(sizeof(struct msghdr) - 4);
  char *array = array_region.start + array_region.size - (size - cut);
  if (!cut && one_in(4) && size + 16 < array_region.size) array -= 1 + below(15);
  memcpy(array, shadow, size - cut);
  free(shadow);
  address array_at = (address)array;
  if (one_in(25)) vlen = entries + 1 + below(one_in(2) ? 3 : 3000);
  else if (one_in(60)) vlen = one_in(2) ? 0xffffffffu : 0;
  if (one_in(60)) array_at = bad_address();
  if (one_in(40)) array_at = array_region.start + array_region.size == array ? bad_address() : array_at;
  char *sealed = NULL;
  if (one_in(30)) {
    sealed = array_region.start + (one_in(2) ? 0 : array_region.size - PAGE);
    mprotect(sealed, array_region.start + array_region.size - sealed, PROT_READ);
  }

  int fd = from.fd;
  uint32_t flags = random_flags();
  if (one_in(25)) {
    const int others[] = {-1, 999, pipe_end, path_only, -100, 0x7fffffff};
    fd = others[below(6)];
  }
  char peer[128];
  size_t peer_length = 0;
  int nonblocking = 0;
  put_socket(fd, 1, peer, &peer_length, &nonblocking);

  /* The kernel looks at the lower half of the registers only. */
  long high = sizeof(long) == 8 && one_in(10) ? (long)((u64)any() << 32) : 0;
  long result;
  const char *via = "sendmmsg";
#ifdef __i386__
  if (one_in(4)) {
    uint32_t arguments[] = {(uint32_t)fd, array_at, vlen, flags};
    result = syscall(SYS_socketcall, 20, place(arguments, sizeof arguments, 0));
    via = "socketcall";
  } else
#endif
    result = syscall(SYS_sendmmsg, high | (uint32_t)fd, array_at, high | vlen, high | flags);
  int error = result < 0 ? errno : 0;

  put("{\"call\":%d,\"syscall\":\"%s\",\"fd\":%d,\"vlen\":%u,\"flags\":%u,\"msgvec\":\"0x%llx\",", number,
      via, fd, vlen, flags, (u64)array_at);
  put("\"return\":%ld,\"errno\":%d,", result, error);
  put_socket(fd, 0, peer, &peer_length, &nonblocking);
  put("\"sealed\":"); /* from here on the array can be read but not written */
  if (sealed) put("\"0x%llx\",", (u64)(address)sealed);
  else put("null,");
  put("\"entries\":[");
  for (uint32_t i = 0; i < vlen && i < 1024; i++) {
    address at = array_at + i * sizeof *shadow;
    if (i) put(",");
    put_entry(at, (int)i, (int)result);
    if (readable(at, sizeof(struct msghdr)) < sizeof(struct msghdr)) break;
  }
  put("]}\n");
  if (sealed) mprotect(array_region.start, array_region.size, PROT_READ | PROT_WRITE);

  drain();
  if (flags & MSG_MORE && (from.kind == udp4 || from.kind == udp6) && fd == from.fd) {
    int off = 0; /* push out what is held back */
    setsockopt(fd, IPPROTO_UDP, UDP_CORK, &off, sizeof off);
    drain();
  }
}

int main(int count, char **arguments) {
  if (count < 4) return fprintf(stderr, "usage: random_calls SEED COUNT FILE [tame]\n"), 2;
  tame = count > 4;
  state = strtoull(arguments[1], NULL, 0) * 0x9e3779b97f4a7c15ull + 0x1234567;
  out = fopen(arguments[3], "we");
  if (!out) return perror(arguments[3]), 2;
  signal(SIGPIPE, SIG_IGN);

  map_region(&pool, pool_size), map_region(&array_region, array_size);
  for (int i = 2; i < regions; i++) map_region(&memory[i], edge_size);
  unmapped = mmap(NULL, 16 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(unmapped, 16 * PAGE), unmapped += 8 * PAGE;
  int pipes[2];
  if (pipe(pipes) < 0) return 2;
  int path_only = open("/", O_PATH);
  make_sockets();
  for (int i = 0, calls = atoi(arguments[2]); i < calls; i++) one_call(i, pipes[1], path_only);
  unlink(to_path.sun_path);
  return fclose(out) == 0 ? 0 : 2;
}
