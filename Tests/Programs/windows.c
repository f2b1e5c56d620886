/*
 * Programs that send on from what is left in windows of their own, smaller or larger than what they
 * had offered. One way for each name. Each prints how many messages of its first batch were never
 * sent to their end. With "copied", each send is made from memory of its own.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { most = 40, length = 3000 };

static int ends[2];
static char bytes[most * length];
static struct iovec vectors[most];
static struct mmsghdr array[most];

static void make(int type, int size) {
  if (socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, ends) < 0) exit(1);
  int buffer = 9000;
  setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  unsigned random = 1;
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (random = random * 1103515245 + 12345) >> 16;
  for (int i = 0; i < most; i++) {
    vectors[i] = (struct iovec){bytes + i * size, size};
    array[i].msg_hdr.msg_iov = &vectors[i];
    array[i].msg_hdr.msg_iovlen = 1;
  }
}

static int copies;

/* Where it is put elsewhere before it is sent, its address tells nothing. */
static char *copy(size_t from, size_t count) {
  return copies ? memcpy(malloc(count), bytes + from, count) : bytes + from;
}

static void drain(int receives) {
  static char sink[1 << 16];
  while (receives-- > 0 && read(ends[1], sink, sizeof sink) > 0) continue;
}

static int offer(int first, int count) {
  if (first + count > most) count = most - first;
  struct mmsghdr window[most];
  struct iovec pieces[most];
  memcpy(window, array + first, count * sizeof *window);
  for (int i = 0; i < count; i++) {
    pieces[i] = vectors[first + i];
    pieces[i].iov_base = copy((char *)pieces[i].iov_base - bytes, pieces[i].iov_len);
    window[i].msg_hdr.msg_iov = &pieces[i];
  }
  int sent = sendmmsg(ends[0], window, count, 0);
  return sent < 0 ? 0 : sent;
}

static size_t first_batch(void) {
  int sent = sendmmsg(ends[0], array, most, 0);
  if (sent < 1 || sent == most) exit(1);
  return (size_t)(sent - 1) * length + array[sent - 1].msg_len;
}

static int never_sent(size_t at) { return most - (int)(at / length); }

/* Larger than what the last call left, smaller than what the first one had. */
static int by_sendmmsg(void) {
  make(SOCK_STREAM, length);
  int at = offer(0, most);
  for (int round = 0; at < most && round < 1000; round++) {
    drain(1000);
    at += offer(at, 8);
  }
  return most - at;
}

static int by_write(void) {
  make(SOCK_STREAM, length);
  for (size_t at = first_batch(); at < sizeof bytes;) {
    drain(1000);
    ssize_t taken = write(ends[0], copy(at, sizeof bytes - at), sizeof bytes - at);
    if (taken < 0) exit(1);
    at += taken;
  }
  return 0;
}

/* A part goes out, and it is left at that. */
static int given_up(size_t (*put)(size_t at)) {
  make(SOCK_STREAM, length);
  size_t at = first_batch();
  drain(1);
  at += put(at);
  return never_sent(at);
}

static size_t write_on(size_t at) {
  ssize_t taken = write(ends[0], copy(at, sizeof bytes - at), sizeof bytes - at);
  if (taken <= 0 || taken == (ssize_t)(sizeof bytes - at)) exit(1);
  return taken;
}

static size_t writev_on(size_t at) {
  struct iovec two[] = {{copy(at, 10), 10}, {copy(at + 10, sizeof bytes - at - 10), sizeof bytes - at - 10}};
  ssize_t taken = writev(ends[0], two, 2);
  if (taken <= 0 || taken == (ssize_t)(sizeof bytes - at)) exit(1);
  return taken;
}

static size_t sendmsg_on(size_t at) {
  struct iovec one = {copy(at, sizeof bytes - at), sizeof bytes - at};
  ssize_t taken = sendmsg(ends[0], &(struct msghdr){.msg_iov = &one, .msg_iovlen = 1}, 0);
  if (taken <= 0 || taken == (ssize_t)(sizeof bytes - at)) exit(1);
  return taken;
}

static int write_given_up(void) { return given_up(write_on); }
static int writev_given_up(void) { return given_up(writev_on); }
static int sendmsg_given_up(void) { return given_up(sendmsg_on); }

/* A retry and one behind it, and other data where the rest belongs. */
static int other_data_behind(void) {
  make(SOCK_STREAM, length);
  int at = offer(0, most);
  drain(1000);
  memset(bytes + (at + 2) * length, 'x', sizeof bytes - (at + 2) * length);
  if (offer(at, 3) != 3) exit(1);
  return most - at - 2;
}

/* The last window is offered to no avail: it holds what two calls had left. */
static int datagrams_given_up(void) {
  make(SOCK_SEQPACKET, 200);
  int at = offer(0, most);
  drain(1);
  at += offer(at, 3);
  if (offer(at, 3) != 0) exit(1);
  return most - at;
}

static const struct {
  const char *name;
  int (*run)(void);
} ways[] = {
    {"by_sendmmsg", by_sendmmsg},
    {"by_write", by_write},
    {"write_given_up", write_given_up},
    {"writev_given_up", writev_given_up},
    {"sendmsg_given_up", sendmsg_given_up},
    {"other_data_behind", other_data_behind},
    {"datagrams_given_up", datagrams_given_up},
};

int main(int argc, char **argv) {
  copies = argc == 3 && strcmp(argv[2], "copied") == 0;
  for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof *ways; i++)
    if (strcmp(ways[i].name, argv[1]) == 0) {
      printf("%d\n", ways[i].run());
      return 0;
    }
  fprintf(stderr, "usage: windows WAY [copied]\n");
  return 64;
}
