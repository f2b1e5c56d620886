/*
 * What becomes of the rest of a call where it is harder to see: over the 1,024 that one call takes,
 * on another socket, in a program that was executed, and in the odd pieces of a stream. One way for
 * each name. Each prints the follow-ups that a trace is to tell of, as "OF HOW MESSAGES BY", messages
 * as FIRST-LAST and BY 0 where there is none.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ways.h"

enum { most = 3000, length = 24, batch = 8, bad = 3, piece = 300000 };

static struct sockaddr_in to;
static char *self;

static int connected(void) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) exit(1);
  return fd;
}

/* Messages in memory of their own, so that nothing lies where it lay in another array. */
static struct mmsghdr *messages(int count, const char *word) {
  struct mmsghdr *array = calloc(count, sizeof *array);
  for (int i = 0; i < count; i++) {
    struct iovec *vector = malloc(sizeof *vector);
    *vector = (struct iovec){malloc(length), 0};
    vector->iov_len = snprintf(vector->iov_base, length, "%s %d", word, i);
    array[i].msg_hdr.msg_iov = vector;
    array[i].msg_hdr.msg_iovlen = 1;
  }
  return array;
}

static void must_send(int fd, struct mmsghdr *array, int count, int sent) {
  if (sendmmsg(fd, array, count, 0) != sent) exit(1);
}

/* ---- over the 1,024 ---- */

static void cap_taken_up(void) {
  int fd = connected();
  must_send(fd, messages(most, "message"), most, 1024);
  say(1, "resumed", 1024, most - 1, 2);
  must_send(fd, messages(most, "message") + 1024, most - 1024, 1024);
  say(2, "resumed", 1024, most - 1025, 3);
  must_send(fd, messages(most, "message") + 2048, most - 2048, most - 2048);
}

static void cap_dropped(void) {
  must_send(connected(), messages(most, "message"), most, 1024);
  say(1, "capped_rest", 1024, most - 1, 0);
}

/* As many messages as were left, of the same length, from the same place: these may be they, rebuilt. */
static void cap_other_data(void) {
  int fd = connected();
  struct mmsghdr *array = messages(2000, "message");
  must_send(fd, array, 2000, 1024);
  for (int i = 1024; i < 2000; i++) memcpy(array[i].msg_hdr.msg_iov->iov_base, "another", 7);
  say(1, "unknown", 1024, 1999, 0);
  must_send(fd, array + 1024, 976, 976);
}

static void cap_backwards(void) {
  int fd = connected();
  struct mmsghdr *array = messages(1100, "message"), copy[76];
  must_send(fd, array, 1100, 1024);
  say(1, "resumed", 1024, 1099, 2);
  for (int i = 0; i < 76; i++) copy[i] = array[1099 - i];
  must_send(fd, copy, 76, 76);
}

enum { longer = 600, alike = 1500 };

/* Messages that differ only behind what is kept of any of them. */
static struct mmsghdr *long_messages(const char *word) {
  struct mmsghdr *array = messages(alike, word);
  for (int i = 0; i < alike; i++) {
    char *text = malloc(longer);
    memset(text, '-', longer);
    snprintf(text + longer - length, length, "%s %d", word, i);
    *array[i].msg_hdr.msg_iov = (struct iovec){text, longer};
  }
  return array;
}

static void cap_long_taken_up(void) {
  int fd = connected();
  must_send(fd, long_messages("message"), alike, 1024);
  say(1, "resumed", 1024, alike - 2, 2);
  say(1, "capped_rest", alike - 1, alike - 1, 0);
  must_send(fd, long_messages("message") + 1024, alike - 1025, alike - 1025);
}

static void cap_long_other_data(void) {
  int fd = connected();
  must_send(fd, long_messages("message"), alike, 1024);
  say(1, "capped_rest", 1024, alike - 1, 2);
  must_send(fd, long_messages("another"), alike - 1025, alike - 1025);
}

/* ---- on another socket ---- */

/* One message of the batch is larger than a datagram can be. */
static struct mmsghdr *fall_short(int fd) {
  struct mmsghdr *array = messages(batch, "message");
  *array[bad].msg_hdr.msg_iov = (struct iovec){calloc(1, 70000), 70000};
  must_send(fd, array, batch, bad);
  return array + bad + 1;
}

static void closed_and_new(void) {
  int fd = connected();
  struct mmsghdr *rest = fall_short(fd);
  close(fd);
  say(1, "resumed", bad + 1, batch - 1, 2);
  say(1, "skipped", bad, bad, 2);
  must_send(connected(), rest, batch - bad - 1, batch - bad - 1);
}

static void second_socket(void) {
  int other = connected();
  struct mmsghdr *rest = fall_short(connected());
  say(1, "resumed", bad + 1, batch - 1, 2);
  say(1, "skipped", bad, bad, 2);
  must_send(other, rest, batch - bad - 1, batch - bad - 1);
}

/* One new socket after the other takes none of the rest, and the last one all of it. */
static void reconnected_twice(void) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "unsent_rest %d", getpid());
  int peer = socket(AF_UNIX, SOCK_DGRAM, 0), other = socket(AF_UNIX, SOCK_DGRAM, 0), sent = 0;
  struct sockaddr *to_peer = (struct sockaddr *)&name;
  if (bind(peer, to_peer, sizeof name) < 0 || connect(other, to_peer, sizeof name) < 0) exit(1);
  while (send(other, "full", 4, MSG_DONTWAIT) > 0) {}
  char taken[length];
  for (int i = 0; i < bad; i++)
    if (recv(peer, taken, sizeof taken, 0) < 0) exit(1);
  struct mmsghdr *array = messages(batch, "message");
  for (int call = 1; call <= 4; call++) {
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (connect(fd, to_peer, sizeof name) < 0) exit(1);
    if (call == 4)
      while (recv(peer, taken, sizeof taken, MSG_DONTWAIT) > 0) {}
    int count = sendmmsg(fd, array + sent, batch - sent, MSG_DONTWAIT);
    if (count != (call == 1 ? bad : call == 4 ? batch - bad : -1)) exit(1);
    if (count > 0) sent += count;
    close(fd);
  }
  say(1, "resumed", bad, batch - 1, 4);
}

/* A receiver goes, and another comes in its place: the socket has no peer any more, and a new one takes the rest. */
static void receiver_restarted(void) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "unsent_rest %d", getpid());
  struct sockaddr *to_peer = (struct sockaddr *)&name;
  int peer = socket(AF_UNIX, SOCK_DGRAM, 0), fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (bind(peer, to_peer, sizeof name) < 0 || connect(fd, to_peer, sizeof name) < 0) exit(1);
  while (send(fd, "full", 4, MSG_DONTWAIT) > 0) continue;
  char taken[length];
  for (int i = 0; i < bad; i++)
    if (recv(peer, taken, sizeof taken, 0) < 0) exit(1);
  struct mmsghdr *array = messages(batch, "message");
  must_send(fd, array, batch, bad);
  close(peer);
  must_send(fd, array + bad, batch - bad, -1);
  if (errno != ECONNREFUSED) exit(1);
  must_send(fd, array + bad, batch - bad, -1);
  if (errno != ENOTCONN) exit(1);
  close(fd);
  peer = socket(AF_UNIX, SOCK_DGRAM, 0);
  fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (bind(peer, to_peer, sizeof name) < 0 || connect(fd, to_peer, sizeof name) < 0) exit(1);
  say(1, "resumed", bad, batch - 1, 4);
  must_send(fd, array + bad, batch - bad, batch - bad);
}

static int stream_to(const struct sockaddr_in *name) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, (const struct sockaddr *)name, sizeof *name) < 0) exit(1);
  return fd;
}

/* A connection is reset, after which its socket has no peer, and a new one takes the whole call. */
static void connection_reset(void) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof name;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&name, size) < 0 || listen(listener, 4) < 0) exit(1);
  if (getsockname(listener, (struct sockaddr *)&name, &size) < 0) exit(1);
  int fd = stream_to(&name), other = accept(listener, NULL, NULL);
  must_send(fd, messages(batch, "earlier"), batch, batch);
  struct linger at_once = {.l_onoff = 1};
  setsockopt(other, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(other);
  struct pollfd reset = {.fd = fd};
  if (poll(&reset, 1, -1) != 1) exit(1);
  struct mmsghdr *array = messages(batch, "message");
  must_send(fd, array, batch, -1);
  if (errno != ECONNRESET) exit(1);
  close(fd);
  say(2, "resumed", 0, batch - 1, 3);
  must_send(stream_to(&name), array, batch, batch);
}

/* The peer's queue is full, and nobody closes a socket: each try is on a new one. */
static void tried_side_by_side(int tries) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "unsent_rest %d", getpid());
  int peer = socket(AF_UNIX, SOCK_DGRAM, 0), fd;
  if (bind(peer, (struct sockaddr *)&name, sizeof name) < 0) exit(1);
  for (int call = 0; call <= tries; call++) {
    if ((fd = socket(AF_UNIX, SOCK_DGRAM, 0)) < 0 || connect(fd, (struct sockaddr *)&name, sizeof name) < 0) exit(1);
    while (call == 0 && send(fd, "full", 4, MSG_DONTWAIT) > 0) continue;
    if (sendmmsg(fd, messages(batch, "message"), batch, MSG_DONTWAIT) != -1) exit(1);
  }
}

static void side_by_side(void) {
  say(1, "abandoned", 0, batch - 1, 0);
  tried_side_by_side(3);
}

/* Each message goes out on both sockets: nothing of the first call is taken up. */
static void copies_on_both(void) {
  int other = connected();
  struct mmsghdr *array = messages(batch, "message");
  *array[bad].msg_hdr.msg_iov = (struct iovec){calloc(1, 70000), 70000};
  must_send(connected(), array, batch, bad);
  say(1, "unknown", bad + 1, batch - 1, 0);
  say(1, "abandoned", bad, bad, 0);
  array[bad].msg_hdr.msg_iov->iov_len = 10;
  must_send(other, array, batch, batch);
}

static void executed(void) {
  int fd = connected();
  fall_short(fd);
  say(1, "resumed", bad + 1, batch - 1, 2);
  say(1, "skipped", bad, bad, 2);
  char number[12];
  snprintf(number, sizeof number, "%d", fd);
  execl(self, self, "continues", number, NULL);
  exit(1);
}

/* ---- a stream ---- */

static int stream[2];
static char *bytes;

/* Three messages of which a part of the first is taken; what is behind is then read all the time. */
static size_t cut_short(void) {
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, stream) < 0) exit(1);
  bytes = malloc(3 * piece);
  unsigned random = 1;
  for (int i = 0; i < 3 * piece; i++) bytes[i] = (random = random * 1103515245 + 12345) >> 16;
  struct mmsghdr array[3] = {0};
  struct iovec vectors[3];
  for (int i = 0; i < 3; i++) {
    vectors[i] = (struct iovec){bytes + i * piece, piece};
    array[i].msg_hdr.msg_iov = &vectors[i];
    array[i].msg_hdr.msg_iovlen = 1;
  }
  int sent = sendmmsg(stream[0], array, 3, MSG_DONTWAIT);
  if (sent != 1 || array[0].msg_len >= piece) exit(1);
  if (fork() == 0) {
    close(stream[0]);
    while (read(stream[1], bytes, piece) > 0) continue;
    _exit(0);
  }
  close(stream[1]);
  return array[0].msg_len;
}

static void put(const void *from, size_t count) {
  struct iovec vector = {(void *)from, count};
  struct mmsghdr one = {.msg_hdr = {.msg_iov = &vector, .msg_iovlen = 1}};
  if (sendmmsg(stream[0], &one, 1, 0) != 1 || one.msg_len != count) exit(1);
}

static void end_stream(void) {
  close(stream[0]);
  wait(NULL);
}

static void stream_in_pieces(void) {
  static const size_t sizes[] = {1, 7, 1001, 33333, 255, 100000};
  size_t at = cut_short();
  say(1, "resumed", 0, 2, 2);
  for (int i = 0; at < 3 * piece; i++) {
    size_t size = sizes[i % 6];
    if (size > 3 * piece - at) size = 3 * piece - at;
    put(bytes + at, size);
    at += size;
  }
  end_stream();
}

/* The rest is moved to the front of the buffer, and more behind it. */
static void stream_moved(void) {
  size_t at = cut_short();
  say(1, "resumed", 0, 2, 2);
  memmove(bytes, bytes + at, 3 * piece - at);
  memset(bytes + 3 * piece - at, 'n', at);
  put(bytes, 3 * piece);
  end_stream();
}

static void stream_other_data(void) {
  cut_short();
  say(1, "abandoned", 0, 2, 2);
  memset(bytes, 'x', 3 * piece);
  put(bytes, 1000);
  end_stream();
}

static void stream_with_a_hole(void) {
  size_t at = cut_short();
  say(1, "unknown", 0, 2, 0);
  put(bytes + at + 5, piece - at - 5);
  end_stream();
}

/* Messages of a stream that all begin alike but the first, of which some were taken and none in part. */
static int between_messages(struct mmsghdr *array, int count) {
  int small = 1;
  memset(array->msg_hdr.msg_iov->iov_base, '+', longer - length);
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, stream) < 0) exit(1);
  setsockopt(stream[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  int sent = sendmmsg(stream[0], array, count, MSG_DONTWAIT);
  char *drain = malloc(count * longer);
  while (recv(stream[1], drain, count * longer, MSG_DONTWAIT) > 0) continue;
  if (sent < 1 || sent >= count || array[sent - 1].msg_len != longer) exit(1);
  return sent;
}

/* Other messages of the same length, that begin alike. */
static void stream_alike(void) {
  int sent = between_messages(long_messages("message"), 100);
  say(1, "abandoned", sent, 99, 2);
  put(long_messages("another")[sent].msg_hdr.msg_iov->iov_base, longer);
}

/* From where they lie. */
static void stream_in_place(void) {
  struct mmsghdr *array = long_messages("message");
  int sent = between_messages(array, 100);
  say(1, "resumed", sent, sent, 2);
  say(1, "abandoned", sent + 1, 99, 0);
  put(array[sent].msg_hdr.msg_iov->iov_base, longer);
}

/* ---- a stream that took a part of a message, which the kernel could not write down ---- */

static char *cut_uncounted(size_t *taken) {
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, stream) < 0) exit(1);
  struct mmsghdr *array = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *from = malloc(piece);
  struct iovec vector = {from, piece};
  for (int i = 0; i < piece; i++) from[i] = (i * 2654435761u) >> 13;
  array->msg_hdr.msg_iov = &vector;
  array->msg_hdr.msg_iovlen = 1;
  mprotect(array, 4096, PROT_READ);
  if (sendmmsg(stream[0], array, 1, MSG_DONTWAIT) != -1) exit(1);
  char *drain = malloc(piece);
  ssize_t count;
  for (*taken = 0; (count = recv(stream[1], drain, piece, MSG_DONTWAIT)) > 0;) *taken += count;
  if (*taken == 0 || *taken >= piece) exit(1);
  return from;
}

/* Of such a one the line before tells how many bytes were never sent. */
static void uncounted_dropped(void) {
  size_t taken;
  cut_uncounted(&taken);
  printf("%zu bytes\n", piece - taken);
  say(1, "abandoned", 0, 0, 0);
}

static void uncounted_taken_up(void) {
  size_t taken;
  char *from = cut_uncounted(&taken);
  printf("0 bytes\n");
  say(1, "resumed", 0, 0, 2);
  put(from + taken, piece - taken);
}

/* As a program does that believes what it was told. */
static void uncounted_again(void) {
  size_t taken;
  char *from = cut_uncounted(&taken);
  printf("0 bytes\n");
  say(1, "resent_all", 0, 0, 2);
  say(1, "resumed", 0, 0, 2);
  if (fork() == 0) {
    char drain[4096];
    close(stream[0]);
    while (read(stream[1], drain, sizeof drain) > 0) continue;
    _exit(0);
  }
  put(from, piece);
}

static const struct way ways[] = {
    {"cap_taken_up", cap_taken_up},
    {"cap_dropped", cap_dropped},
    {"cap_other_data", cap_other_data},
    {"cap_backwards", cap_backwards},
    {"closed_and_new", closed_and_new},
    {"second_socket", second_socket},
    {"reconnected_twice", reconnected_twice}, {"receiver_restarted", receiver_restarted},
    {"connection_reset", connection_reset},
    {"side_by_side", side_by_side},
    {"copies_on_both", copies_on_both},
    {"executed", executed},
    {"stream_in_pieces", stream_in_pieces},
    {"stream_moved", stream_moved},
    {"stream_other_data", stream_other_data},
    {"stream_with_a_hole", stream_with_a_hole},
    {"cap_long_taken_up", cap_long_taken_up},
    {"cap_long_other_data", cap_long_other_data},
    {"stream_alike", stream_alike},
    {"stream_in_place", stream_in_place},
    {"uncounted_dropped", uncounted_dropped},
    {"uncounted_taken_up", uncounted_taken_up},
    {"uncounted_again", uncounted_again},
};

int main(int argc, char **argv) {
  self = argv[0];
  if (argc == 3) { /* executed with the socket */
    must_send(atoi(argv[2]), messages(batch, "message") + bad + 1, batch - bad - 1, batch - bad - 1);
    return 0;
  }
  int receiver = socket(AF_INET, SOCK_DGRAM, 0);
  socklen_t size = sizeof to;
  to = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (receiver < 0 || bind(receiver, (struct sockaddr *)&to, sizeof to) < 0 ||
      getsockname(receiver, (struct sockaddr *)&to, &size) < 0)
    return 1;
  return go(ways, sizeof ways / sizeof *ways, "unsent_rest", argc, argv);
}
