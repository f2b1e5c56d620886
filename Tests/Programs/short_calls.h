/*
 * Calls that fall short, each made in one of two ways:
 *
 *     batch   one sendmmsg with all messages, which is what a tracer is to explain;
 *     twin    the same messages to sockets made in the same way, one call with vlen 1 for each,
 *             up to the first that fails: what the kernel says when it is asked singly.
 *
 * A call is described by functions that open sockets and add messages to `call`; run in two
 * processes, one for each way, they describe the same call twice. `make_call` makes it and writes
 * one JSON line about it. Objects are placed at the end of a page, before one without access.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wunused-function"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#define MSG_PROBE 0x10
#ifndef IPV6_FLOWINFO
#define IPV6_FLOWINFO 11
#define IPV6_FLOWINFO_SEND 33
#endif

enum { page = 4096, most_messages = 1100, most_open = 96 };

static struct {
  int fd;
  unsigned flags, count;
  struct mmsghdr entries[most_messages];
  /* Where a message goes that says nothing else. */
  struct sockaddr_storage to;
  socklen_t to_length;
  /* From these entries on the array cannot be written, or not be read; -1: all can. */
  int sealed, missing;
  /* A sealed array lies where a tracer cannot read it. */
  int secret;
  /* The msg_len of this entry lies behind the end of the file that the array is in; -1: none. */
  int beyond;
  /* The socket leaves a message's bytes where they are, as if it had not taken them. */
  int unconsumed;
  /* How many messages fit is a matter of time: the two ways need not stop at the same one. */
  int varies;
  /* After so many milliseconds a signal comes, handled without SA_RESTART unless it says so. */
  int alarm_after, alarm_restarts;
} call;

static int as_twin;
static FILE *report;

/* A setup that does not work is no result. */
static void need(int worked, const char *what) {
  if (!worked) perror(what), exit(3);
}

/* Another user, who may do nothing that others may not. */
static void become_nobody(void) {
  need(setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0, "nobody");
}

/* ---- memory ---- */

static char *arena, *arena_next, *arena_end; /* for what a call needs; forgotten after it */
static char *no_access;                      /* a page that nothing can be read from */
static char *array_pages;                    /* the array's, with one without access behind */
enum { arena_size = 1 << 20, array_size = 32 * page };

static void map_memory(void) {
  int kind = MAP_PRIVATE | MAP_ANONYMOUS;
  arena = mmap(NULL, arena_size, PROT_READ | PROT_WRITE, kind, -1, 0);
  no_access = mmap(NULL, page, PROT_NONE, kind, -1, 0);
  array_pages = mmap(NULL, array_size + page, PROT_READ | PROT_WRITE, kind, -1, 0);
  need(arena != MAP_FAILED && no_access != MAP_FAILED && array_pages != MAP_FAILED &&
           mprotect(array_pages + array_size, page, PROT_NONE) == 0, "memory");
}

static void *room(size_t size) {
  char *at = arena_next;
  arena_next += (size + 15) & ~(size_t)15;
  need(arena_next <= arena_end, "arena");
  return memset(at, 0, size);
}
static void *kept(const void *bytes, size_t size) { return memcpy(room(size), bytes, size); }

/* Bytes whose last one is the last of its page, behind which nothing can be read. */
static struct edge {
  char *at;
  size_t size;
} edges[64];
static int edge_count;

static void *at_edge(const void *bytes, size_t size) {
  size_t whole = (size + page - 1) / page * page;
  char *at = mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  need(at != MAP_FAILED && mprotect(at + whole, page, PROT_NONE) == 0, "edge");
  need(edge_count < 64, "too many edges");
  edges[edge_count++] = (struct edge){at, whole + page};
  return memcpy(at + whole - size, bytes, size);
}

static char *remembered(char *at, size_t size) {
  need(at != MAP_FAILED && edge_count < 64, "edge");
  edges[edge_count++] = (struct edge){at, size};
  return at;
}

/* Bytes in memory that the program and its calls can read, and nobody else (memfd_secret(2), where
 * the kernel has it). */
static void *secret(const void *bytes, size_t size) {
  int file = (int)syscall(447, O_CLOEXEC);
  if (file < 0) return kept(bytes, size);
  need(ftruncate(file, page) == 0, "memfd_secret");
  char *at = remembered(mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), page);
  close(file);
  return memcpy(at + page - size, bytes, size);
}

/* A mapping of `size` bytes, the whole of a file, and a page behind its end. */
static char *file_pages(size_t size) {
  int file = memfd_create("pages", MFD_CLOEXEC);
  need(file >= 0 && ftruncate(file, size) == 0, "memfd");
  char *at = remembered(mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), size + page);
  close(file);
  return at;
}

/* Bytes whose last one is the last of a file: what is behind is mapped, and cannot be used. */
static void *at_end_of_file(const void *bytes, size_t size) {
  return memcpy(file_pages(page) + page - size, bytes, size);
}

/* A page that the kernel maps into every program, without a struct page to look it up by. */
static char *kernel_page(void) {
  static char *at;
  char line[300];
  FILE *maps = at ? NULL : fopen("/proc/self/maps", "re");
  while (maps && fgets(line, sizeof line, maps))
    if (strstr(line, "[vvar]")) at = (char *)(uintptr_t)strtoull(line, NULL, 16);
  if (maps) fclose(maps);
  need(at != NULL, "[vvar]");
  return at;
}

/* As many bytes as any message has, all readable. */
static char *plenty(void) {
  static char *bytes;
  if (!bytes) bytes = mmap(NULL, 16 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  need(bytes != MAP_FAILED, "plenty");
  return bytes;
}

/* ---- sockets ---- */

static int opened[most_open], open_count;

static int keep(int fd) {
  need(fd >= 0, "socket");
  need(open_count < most_open, "too many sockets");
  return opened[open_count++] = fd;
}
static void option(int fd, int level, int name, int value) {
  need(setsockopt(fd, level, name, &value, sizeof value) == 0, "setsockopt");
}
static void send_to(const void *name, socklen_t length) {
  memset(&call.to, 0, sizeof call.to);
  memcpy(&call.to, name, length), call.to_length = length;
}
static void bound(int fd, const void *name, socklen_t length) {
  need(bind(fd, name, length) == 0, "bind");
}
static void connect_it(int fd) {
  need(connect(fd, (struct sockaddr *)&call.to, call.to_length) == 0, "connect");
  call.to_length = 0;
}

static struct sockaddr_in in4(const char *address, int port) {
  struct sockaddr_in it = {.sin_family = AF_INET, .sin_port = htons(port)};
  need(inet_pton(AF_INET, address, &it.sin_addr) == 1, address);
  return it;
}
static struct sockaddr_in6 in6(const char *address, int port) {
  struct sockaddr_in6 it = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  need(inet_pton(AF_INET6, address, &it.sin6_addr) == 1, address);
  return it;
}

/* Destinations of messages, for good. */
static void to4(const char *address, int port) {
  struct sockaddr_in it = in4(address, port);
  send_to(&it, sizeof it);
}
static void to6(const char *address, int port) {
  struct sockaddr_in6 it = in6(address, port);
  send_to(&it, sizeof it);
}

/* A datagram socket of `family` that is read by no one, and where to send to for it. */
static int receiver(int family, int protocol) {
  int fd = keep(socket(family, SOCK_DGRAM, protocol));
  family == AF_INET ? to4("127.0.0.1", 0) : to6("::1", 0);
  bound(fd, &call.to, call.to_length);
  need(getsockname(fd, (struct sockaddr *)&call.to, &call.to_length) == 0, "getsockname");
  return fd;
}
/* The sender: a datagram socket, to a receiver on the loopback interface. */
static int udp(int family) {
  receiver(family, 0);
  return call.fd = keep(socket(family, SOCK_DGRAM, 0));
}
static int udp_connected(int family) { return udp(family), connect_it(call.fd), call.fd; }
/* The sender, connected to a port that no one has. */
static int udp_refused(int family) {
  int gone = receiver(family, 0);
  call.fd = keep(socket(family, SOCK_DGRAM, 0));
  connect_it(call.fd);
  opened[open_count - 2] = call.fd, open_count--, close(gone);
  return call.fd;
}

/* The sender: a TCP connection over the loopback interface; returns the other end. */
static int tcp(int family, int buffer) {
  int listener = keep(socket(family, SOCK_STREAM, 0));
  call.fd = keep(socket(family, SOCK_STREAM, 0));
  if (buffer) option(call.fd, SOL_SOCKET, SO_SNDBUF, buffer);
  if (buffer) option(listener, SOL_SOCKET, SO_RCVBUF, buffer);
  family == AF_INET ? to4("127.0.0.1", 0) : to6("::1", 0);
  bound(listener, &call.to, call.to_length);
  need(listen(listener, 4) == 0, "listen");
  need(getsockname(listener, (struct sockaddr *)&call.to, &call.to_length) == 0, "getsockname");
  connect_it(call.fd);
  return keep(accept(listener, NULL, NULL));
}

/* The sender: one of a pair of AF_UNIX sockets; returns the other end. */
static int unix_pair(int type) {
  int both[2];
  need(socketpair(AF_UNIX, type, 0, both) == 0, "socketpair");
  call.to_length = 0;
  call.fd = keep(both[0]);
  return keep(both[1]);
}

static socklen_t un(struct sockaddr_un *it, const char *path) {
  memset(it, 0, sizeof *it), it->sun_family = AF_UNIX;
  size_t length = strlen(path);
  memcpy(it->sun_path, path, length < sizeof it->sun_path ? length : sizeof it->sun_path);
  if (path[0] == '@') it->sun_path[0] = 0;
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (path[0] != '@'));
}
static void to_unix(const char *path) {
  struct sockaddr_un it;
  send_to(&it, un(&it, path));
}
/* A bound AF_UNIX socket, and messages go to it. An abstract name is this process's own. */
static int unix_receiver(int type) {
  int fd = keep(socket(AF_UNIX, type, 0));
  struct sockaddr_un it;
  char name[40];
  snprintf(name, sizeof name, "@short_calls.%d.%d", getpid(), fd);
  socklen_t length = un(&it, name);
  bound(fd, &it, length);
  if (type != SOCK_DGRAM) need(listen(fd, 4) == 0, "listen");
  send_to(&it, length);
  return fd;
}
static int unix_dgram(void) {
  unix_receiver(SOCK_DGRAM);
  return call.fd = keep(socket(AF_UNIX, SOCK_DGRAM, 0));
}

/* A network of its own for the call, with a loopback interface and what `command` adds to it. */
static void own_network(const char *command) {
  need(unshare(CLONE_NEWNET) == 0, "network");
  need(system("ip link set lo up mtu 1500") == 0 && system(command) == 0, "ip");
}

/* ---- messages ---- */

static struct msghdr *message(const void *bytes, size_t size) {
  need(call.count < most_messages, "too many messages");
  struct msghdr *header = &call.entries[call.count++].msg_hdr;
  memset(header, 0, sizeof *header);
  struct iovec piece = {(void *)bytes, size};
  header->msg_iov = kept(&piece, sizeof piece), header->msg_iovlen = 1;
  if (call.to_length)
    header->msg_name = kept(&call.to, call.to_length), header->msg_namelen = call.to_length;
  return header;
}
static struct msghdr *small(void) {
  static char text[] = "a good message";
  return message(text, sizeof text - 1);
}
static void good(int count) {
  while (count-- > 0) small();
}
static struct msghdr *sized(size_t size) { return message(plenty(), size); }
/* Bytes, and others behind them. */
static struct msghdr *joined(const void *first, size_t size, const void *second, size_t rest) {
  struct iovec two[2] = {{(void *)first, size}, {(void *)second, rest}};
  struct msghdr *header = message("", 0);
  header->msg_iov = kept(two, sizeof two), header->msg_iovlen = 2;
  return header;
}
static struct msghdr *with_name(struct msghdr *header, const void *name, socklen_t length) {
  header->msg_name = at_edge(name, length), header->msg_namelen = length;
  return header;
}
static struct msghdr *small_to4(const char *address, int port) {
  struct sockaddr_in it = in4(address, port);
  return with_name(small(), &it, sizeof it);
}
static struct msghdr *small_to6(const char *address, int port) {
  struct sockaddr_in6 it = in6(address, port);
  return with_name(small(), &it, sizeof it);
}

/* Adds a control message; at most 1,000 bytes of them a message. Returns its header. */
static struct cmsghdr *control(struct msghdr *header, int level, int type, const void *data,
                               size_t length) {
  if (!header->msg_control) header->msg_control = room(2200);
  struct cmsghdr *it = (void *)((char *)header->msg_control + header->msg_controllen);
  it->cmsg_level = level, it->cmsg_type = type, it->cmsg_len = CMSG_LEN(length);
  memcpy(CMSG_DATA(it), data, length);
  header->msg_controllen += CMSG_SPACE(length);
  return it;
}
static struct cmsghdr *control_int(struct msghdr *header, int level, int type, int value) {
  return control(header, level, type, &value, sizeof value);
}
static struct cmsghdr *segment(struct msghdr *header, uint16_t size) {
  return control(header, SOL_UDP, UDP_SEGMENT, &size, sizeof size);
}

/* ---- the call ---- */

static void on_alarm(int number) { (void)number; }

static void arm(void) {
  if (!call.alarm_after) return;
  struct sigaction act = {.sa_handler = on_alarm, .sa_flags = call.alarm_restarts ? SA_RESTART : 0};
  sigaction(SIGALRM, &act, NULL);
  /* Again and again, for the twin: it gets to the message that waits only after some others. */
  struct itimerval after = {{0, 50000}, {0, call.alarm_after * 1000}};
  setitimer(ITIMER_REAL, &after, NULL);
}
static void disarm(void) {
  struct itimerval never = {{0, 0}, {0, 0}};
  if (call.alarm_after) setitimer(ITIMER_REAL, &never, NULL);
}

/* The array ends with its page, or the part without access or permission begins with one. */
static struct mmsghdr *put_array(void) {
  size_t size = call.count * sizeof *call.entries, entry = sizeof *call.entries;
  char *at = array_pages + array_size - size;
  char *cut = array_pages + array_size - page;
  if (call.beyond >= 0) {
    char *pages = file_pages(array_size);
    size_t before = call.beyond * entry + offsetof(struct mmsghdr, msg_len);
    return memcpy(pages + array_size - before, call.entries, before);
  }
  if (call.secret) {
    char *pages = secret(call.entries, size);
    need(mprotect(pages - (uintptr_t)pages % page, page, PROT_READ) == 0, "mprotect");
    return (struct mmsghdr *)pages;
  }
  if (call.missing >= 0) at = array_pages + array_size - call.missing * entry;
  if (call.sealed >= 0) {
    need((call.count - call.sealed) * entry <= page, "sealed part");
    at = cut - call.sealed * entry;
  }
  size_t there = array_pages + array_size - at;
  memcpy(at, call.entries, there < size ? there : size);
  if (call.sealed >= 0) need(mprotect(cut, page, PROT_READ) == 0, "mprotect");
  return (struct mmsghdr *)at;
}

static void begin_call(void) {
  memset(&call, 0, offsetof(typeof(call), entries));
  call.fd = -1, call.count = 0, call.to_length = 0, call.sealed = call.missing = call.beyond = -1;
  call.alarm_after = call.alarm_restarts = 0;
  call.unconsumed = call.varies = call.secret = 0;
  arena_next = arena, arena_end = arena + arena_size;
}
static void end_call(void) {
  disarm();
  for (int i = 0; i < open_count; i++) close(opened[i]);
  for (int i = 0; i < edge_count; i++) munmap(edges[i].at, edges[i].size);
  open_count = edge_count = 0;
  mprotect(array_pages, array_size, PROT_READ | PROT_WRITE);
}

static long long bytes_of(const struct msghdr *header) {
  long long sum = 0;
  for (size_t i = 0; i < header->msg_iovlen && header->msg_iovlen <= 1024; i++)
    sum += header->msg_iov[i].iov_len;
  return sum;
}

/* Whether the kernel leaves the bytes of a message that it takes where they are: it ends a call
 * behind such a message, without an error. */
static int leaves_bytes(const struct msghdr *header) {
  int domain = 0, type = 0, protocol = 0, taken = 0;
  socklen_t size = sizeof domain;
  getsockopt(call.fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size);
  getsockopt(call.fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
  getsockopt(call.fd, SOL_SOCKET, SO_TYPE, &type, &size);
  int probes = call.flags & MSG_PROBE && (domain == AF_INET || domain == AF_INET6) &&
               type != SOCK_STREAM && type != SOCK_PACKET;
  /* A ping over IPv6 does not look at the flag; the others copy what the way depends on. */
  if (protocol == IPPROTO_ICMPV6 && type == SOCK_DGRAM) probes = 0;
  if (probes && protocol == IPPROTO_ICMP) taken = type == SOCK_DGRAM ? 8 : 2;
  if (probes && domain == AF_INET6) taken = protocol == IPPROTO_ICMPV6 ? 2 : protocol == IPPROTO_MH ? 4 : 0;
  return (probes || call.unconsumed) && bytes_of(header) > taken;
}

/* Makes the call in this process's way. `more` is JSON to add to the line. */
static void make_call(const char *more) {
  struct mmsghdr *array = put_array();
  long result = -1;
  int error = 0, short_by_one = 0, left = 0;
  unsigned done = 0;
  arm();
  if (!as_twin) {
    result = syscall(SYS_sendmmsg, call.fd, array, call.count, call.flags);
    error = result < 0 ? errno : 0, done = result > 0 ? result : 0;
    const struct msghdr *last = &call.entries[done ? done - 1 : 0].msg_hdr;
    if (done || call.sealed == 0 || call.beyond == 0) left = leaves_bytes(last);
    if (done) short_by_one = !left && array[done - 1].msg_len < bytes_of(last);
  } else {
    for (; done < call.count && !short_by_one; done++) {
      struct mmsghdr alone = call.entries[done], *at = &alone;
      if (call.missing >= 0 && (int)done >= call.missing) at = array + done;
      result = syscall(SYS_sendmmsg, call.fd, at, 1, call.flags);
      if (result < 0) {
        error = errno;
        break;
      }
      short_by_one = !leaves_bytes(&alone.msg_hdr) && alone.msg_len < bytes_of(&alone.msg_hdr);
    }
  }
  disarm();
  fprintf(report, "{%s,\"vlen\":%u,\"flags\":%u,\"done\":%u,\"errno\":%d,\"short\":%s,"
          "\"sealed\":%d,\"unconsumed\":%s,\"varies\":%s}\n", more, call.count, call.flags, done, error,
          short_by_one ? "true" : "false", call.beyond >= 0 ? call.beyond : call.sealed,
          left ? "true" : "false",
          call.varies ? "true" : "false");
  fflush(report);
}
