/*
 * What a stream left goes out on a connection to another server, since the first one reset its own,
 * or again from the start of what it took in part: one way for each name. Each prints the follow-ups that a trace is to tell of in the end, as
 * "OF HOW MESSAGES BY".
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ways.h"

enum { count = 20, length = 3000 };

static char texts[count][length];
static struct iovec pieces[count];
static struct mmsghdr batch[count];
/* The first message that was not sent as a whole, and how much of it was taken. */
static int unsent;
static size_t taken;

static void check(int is_right, const char *what) {
  if (!is_right) perror(what), exit(1);
}

static void fill(int size) {
  for (int i = 0; i < count; i++) {
    for (int at = 0; at < size; at++) texts[i][at] = 'a' + (at + i * at) % 23;
    memcpy(texts[i], (char[]){"<6>log: "}, 8);
    pieces[i] = (struct iovec){texts[i], size};
    batch[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &pieces[i], .msg_iovlen = 1}};
  }
}

/* The ends of a connection to a server of its own. */
struct connection {
  int client, server;
};

static struct connection new_connection(int family, int room) {
  static int number;
  struct sockaddr_storage name = {.ss_family = family};
  socklen_t size = sizeof(struct sockaddr_in);
  if (family == AF_UNIX) {
    struct sockaddr_un *path = (struct sockaddr_un *)&name;
    snprintf(path->sun_path + 1, sizeof path->sun_path - 1, "rest_on_streams %d %d", getpid(), number++);
    size = sizeof *path;
  } else {
    ((struct sockaddr_in *)&name)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  int listener = socket(family, SOCK_STREAM, 0);
  check(bind(listener, (struct sockaddr *)&name, size) == 0 && listen(listener, 1) == 0, "listen");
  if (family != AF_UNIX) getsockname(listener, (struct sockaddr *)&name, &size);
  struct connection made = {.client = socket(family, SOCK_STREAM, 0)};
  if (room > 0) setsockopt(made.client, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  check(connect(made.client, (struct sockaddr *)&name, size) == 0, "connect");
  made.server = accept(listener, NULL, NULL);
  return made;
}

static void reset(struct connection made) {
  setsockopt(made.server, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
  close(made.server);
  check(poll(&(struct pollfd){.fd = made.client}, 1, -1) == 1, "poll");
}

/* A message is taken in part; AF_UNIX may take the last one as a whole. */
static struct connection cut_off(int family) {
  fill(length);
  struct connection made = new_connection(family, 8192);
  setsockopt(made.server, SOL_SOCKET, SO_RCVBUF, &(int){4096}, sizeof(int));
  int sent = sendmmsg(made.client, batch, count, MSG_DONTWAIT);
  check(sent > 1 && sent < count, "sendmmsg");
  taken = batch[sent - 1].msg_len, unsent = taken < length ? sent - 1 : sent;
  check(taken < length || family == AF_UNIX, "a part");
  return made;
}

/* Then the server resets the connection. */
static void fall_short(int family) {
  struct connection first = cut_off(family);
  reset(first);
  close(first.client);
}

static void must_send(int fd, int from) {
  check(sendmmsg(fd, batch + from, count - from, 0) == count - from, "sendmmsg");
}

static void from_the_cut(int family) {
  fall_short(family);
  say(1, "unknown", unsent, count - 1, 0);
  must_send(new_connection(family, 0).client, unsent);
}

static void from_the_start(int family) {
  fall_short(family);
  say(1, "unknown", unsent, count - 1, 0);
  must_send(new_connection(family, 0).client, 0);
}

static void tcp_from_the_cut(void) { from_the_cut(AF_INET); }
static void tcp_from_the_start(void) { from_the_start(AF_INET); }
static void unix_from_the_cut(void) { from_the_cut(AF_UNIX); }
static void unix_from_the_start(void) { from_the_start(AF_UNIX); }

static void tcp_from_the_next(void) {
  fall_short(AF_INET);
  say(1, "abandoned", unsent, unsent, 0), say(1, "unknown", unsent + 1, count - 1, 0);
  must_send(new_connection(AF_INET, 0).client, unsent + 1);
}

static void tcp_from_the_byte(void) {
  fall_short(AF_INET);
  say(1, "unknown", unsent, count - 1, 0);
  pieces[unsent] = (struct iovec){texts[unsent] + taken, length - taken};
  must_send(new_connection(AF_INET, 0).client, unsent);
}

/* Joined, and cut again. */
static void tcp_by_write(void) {
  static char all[count * length];
  fall_short(AF_INET);
  say(1, "unknown", unsent, count - 1, 0);
  int fd = new_connection(AF_INET, 0).client, size = (count - unsent) * length;
  for (int i = unsent; i < count; i++) memcpy(all + (i - unsent) * length, texts[i], length);
  for (int at = 0, step; at < size; at += step) {
    step = size - at < 4096 ? size - at : 4096;
    check(write(fd, all + at, step) == step, "write");
  }
}

/* Nothing is sent on the first connection. */
static void reset_before(int is_known, int size) {
  fill(size);
  struct connection first = new_connection(AF_INET, 0);
  if (is_known) check(sendmmsg(first.client, batch, 1, 0) == 1, "sendmmsg");
  reset(first);
  check(sendmmsg(first.client, batch + is_known, count - is_known, 0) == -1, "sendmmsg");
  close(first.client);
  say(1 + is_known, "unknown", 0, count - 1 - is_known, 0);
  must_send(new_connection(AF_INET, 0).client, is_known);
}

static void nothing_sent(void) { reset_before(1, length); }
static void nothing_sent_to_nobody(void) { reset_before(0, length); }
static void nothing_sent_of_short_ones(void) { reset_before(1, 6); }

/* All clients get the same, and go on: one was too slow for some of it. */
static void slow_client(void) {
  struct connection slow = cut_off(AF_INET), other = new_connection(AF_INET, 0);
  must_send(other.client, 0);
  say(1, "abandoned", unsent, count - 1, 3);
  setsockopt(slow.client, SOL_SOCKET, SO_SNDBUF, &(int){1 << 20}, sizeof(int));
  pieces[0] = (struct iovec){"the next one", 12};
  check(sendmmsg(slow.client, batch, 1, 0) == 1, "sendmmsg");
}

/* ---- a message that is offered again from its start, in vain at first ---- */

enum { half = count / 2 * length };

/* Of three messages the first one is taken in part; `number` are tried from its start. */
static int tried(int number) {
  static char new_one[] = "another message", bytes[half];
  int ends[2];
  fill(length);
  check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "socketpair");
  setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &(int){1}, sizeof(int));
  for (int i = 0; i < 2; i++) pieces[i] = (struct iovec){texts[count / 2 * i], half};
  pieces[2] = (struct iovec){new_one, sizeof new_one};
  check(sendmmsg(ends[0], batch, 2, MSG_DONTWAIT) == 1 && batch[0].msg_len < half, "sendmmsg");
  taken = batch[0].msg_len;
  for (int i = 0; i < 2; i++) check(sendmmsg(ends[0], batch, number, MSG_DONTWAIT) == -1, "sendmmsg");
  while (recv(ends[1], bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;
  setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &(int){1 << 20}, sizeof(int));
  return ends[0];
}

static void tried_and_sent_twice(void) {
  int fd = tried(2);
  say(1, "resent_all", 0, 0, 4), say(1, "resumed", 0, 1, 4);
  check(sendmmsg(fd, batch, 2, 0) == 2, "sendmmsg");
}

static void tried_with_others(void) {
  int fd = tried(3);
  say(1, "resumed", 0, 1, 2), say(2, "resent_all", 0, 0, 4), say(2, "resumed", 0, 2, 4);
  check(sendmmsg(fd, batch, 3, 0) == 3, "sendmmsg");
}

static void tried_and_mended(void) {
  int fd = tried(2);
  say(1, "resumed", 0, 1, 4);
  pieces[0] = (struct iovec){texts[0] + taken, half - taken};
  check(sendmmsg(fd, batch, 2, 0) == 2, "sendmmsg");
}

/* ---- the whole batch is made again ---- */

static void set_room(int fd, int room) { setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room); }

static void drain(int fd, size_t size) {
  static char bytes[count * length];
  check(recv(fd, bytes, size, MSG_WAITALL) == (ssize_t)size, "recv");
}

/* What is left from there on. */
static void send_rest(int fd, int first, size_t offset) {
  pieces[first] = (struct iovec){texts[first] + offset, length - offset};
  must_send(fd, first);
  pieces[first] = (struct iovec){texts[first], length};
}

/* Gives out how many messages were begun. */
static int send_some(int fd, int room) {
  set_room(fd, room);
  int sent = sendmmsg(fd, batch, count, MSG_DONTWAIT);
  check(sent > 0 && sent < count, "sendmmsg");
  taken = batch[sent - 1].msg_len, unsent = taken < length ? sent - 1 : sent;
  if (unsent == sent) taken = 0;
  return sent;
}

/* When the rest has gone out. */
static void made_again(void) {
  int ends[2];
  fill(length);
  check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "socketpair");
  send_some(ends[0], 1 << 15);
  set_room(ends[0], 1 << 20);
  say(1, "resumed", unsent, count - 1, 2);
  send_rest(ends[0], unsent, taken);
  drain(ends[1], count * length);
  send_some(ends[0], 1 << 13);
  say(3, "unknown", unsent, count - 1, 0);
}

/* It gets less far, and the rest goes on from where the first one stopped. */
static void goes_on_from_the_first(void) {
  struct connection made = cut_off(AF_INET);
  int first = unsent;
  size_t offset = taken;
  drain(made.server, first * length + offset);
  int begun = send_some(made.client, 1);
  check(begun <= first, "less is taken");
  set_room(made.client, 1 << 20);
  say(1, "resent_all", 0, begun - 1, 2), say(1, "resumed", first, count - 1, 2);
  say(2, "resumed", first, count - 1, 3);
  send_rest(made.client, first, offset);
}

static const struct way ways[] = {
    {"tcp_from_the_cut", tcp_from_the_cut}, {"tcp_from_the_next", tcp_from_the_next},
    {"tcp_from_the_start", tcp_from_the_start}, {"tcp_from_the_byte", tcp_from_the_byte},
    {"tcp_by_write", tcp_by_write}, {"unix_from_the_cut", unix_from_the_cut},
    {"unix_from_the_start", unix_from_the_start}, {"nothing_sent", nothing_sent},
    {"nothing_sent_to_nobody", nothing_sent_to_nobody},
    {"nothing_sent_of_short_ones", nothing_sent_of_short_ones}, {"slow_client", slow_client},
    {"tried_and_sent_twice", tried_and_sent_twice}, {"tried_with_others", tried_with_others},
    {"tried_and_mended", tried_and_mended}, {"made_again", made_again},
    {"goes_on_from_the_first", goes_on_from_the_first},
};

int main(int argc, char **argv) {
  return go(ways, sizeof ways / sizeof *ways, "rest_on_streams", argc, argv);
}
