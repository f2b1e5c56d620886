/*
 * What a call left unsent, sent by other sockets in other shapes (by TCP behind its length, in
 * pieces), or built anew among new messages; streams whose sender goes on as if all had been taken;
 * and batches that come round: one way for each name. Each prints the follow-ups that a trace is to
 * tell of in the end, as "OF HOW MESSAGES BY".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "ways.h"

enum { count = 6, length = 64, large = 66000, left = 4 };

static struct sockaddr_in to[2];
static int listener, logger, udp;
static char texts[2 * count][length], big[large];
static struct iovec pieces[2 * count];
static struct mmsghdr batch[2 * count];

static void check(int is_right, const char *what) {
  if (!is_right) perror(what), exit(1);
}

static int connected(int number) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  check(fd >= 0 && connect(fd, (struct sockaddr *)&to[number], sizeof to[0]) == 0, "connect");
  return fd;
}

static int by_tcp_to(int server) {
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  getsockname(server, (struct sockaddr *)&address, &size);
  check(fd >= 0 && connect(fd, (struct sockaddr *)&address, size) == 0, "connect");
  return fd;
}

static int by_tcp(void) { return by_tcp_to(listener); }

/* `generation` changes all bytes behind the first, and no length. */
static void fill(int generation, int number) {
  for (int i = 0; i < number; i++) {
    int size = snprintf(texts[i], length, "%d, a query in these words, number %d%.*s", generation, i, i,
                        "..........................");
    pieces[i] = (struct iovec){texts[i], size};
    batch[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &pieces[i], .msg_iovlen = 1}};
  }
}

/* A broadcast is refused: messages 4 and 5 are left, the first of which was for another receiver. */
static void fall_short(void) {
  struct sockaddr_in all = {AF_INET, htons(9), {htonl(INADDR_BROADCAST)}};
  udp = connected(0);
  fill(0, count);
  batch[left].msg_hdr.msg_name = &all, batch[left].msg_hdr.msg_namelen = sizeof all;
  check(sendmmsg(udp, batch, count, 0) == left, "sendmmsg");
  batch[left].msg_hdr.msg_name = NULL, batch[left].msg_hdr.msg_namelen = 0;
}

static void must_write(int fd, const void *bytes, size_t size) {
  check(write(fd, bytes, size) == (ssize_t)size, "write");
}

static void must_send(int fd, int first, int number) {
  check(sendmmsg(fd, batch + first, number, 0) == number, "sendmmsg");
}

static void framed(char *frame, int i) {
  frame[0] = pieces[i].iov_len >> 8, frame[1] = pieces[i].iov_len;
  memcpy(frame + 2, texts[i], pieces[i].iov_len);
}

/* ---- by TCP, as DNS goes on ---- */

static void tcp_in_one(void) {
  char frame[length + 2];
  fall_short();
  say(1, "unknown", 4, 5, 0);
  int fd = by_tcp();
  for (int i = left; i < count; i++) framed(frame, i), must_write(fd, frame, pieces[i].iov_len + 2);
}

static void tcp_in_two(void) {
  char frame[length + 2];
  fall_short();
  say(1, "unknown", 4, 4, 0), say(1, "resumed", 5, 5, 0);
  int fd = by_tcp();
  for (int i = left; i < count; i++) {
    framed(frame, i);
    must_write(fd, frame, 2), check(send(fd, texts[i], pieces[i].iov_len, 0) > 0, "send");
  }
}

static void tcp_gathered(void) {
  char sizes[2][2];
  struct iovec parts[4];
  fall_short();
  say(1, "unknown", 4, 5, 0);
  for (int i = 0; i < 2; i++) {
    sizes[i][0] = 0, sizes[i][1] = pieces[left + i].iov_len;
    parts[2 * i] = (struct iovec){sizes[i], 2}, parts[2 * i + 1] = pieces[left + i];
  }
  struct msghdr header = {.msg_iov = parts, .msg_iovlen = 4};
  check(sendmsg(by_tcp(), &header, 0) > 0, "sendmsg");
}

static void tcp_in_part(void) {
  char frame[length + 2];
  fall_short();
  say(1, "abandoned", 4, 4, 0), say(1, "unknown", 5, 5, 0);
  framed(frame, 5), must_write(by_tcp(), frame, pieces[5].iov_len + 2);
}

/* ---- in pieces on another socket ---- */

static void in_pieces(int fd) {
  for (int i = left; i < count; i++) {
    size_t size = pieces[i].iov_len, half = size / 2;
    check(send(fd, texts[i], half, 0) > 0 && send(fd, texts[i] + half, size - half, 0) > 0, "send");
  }
}

static void pieces_elsewhere(void) {
  fall_short();
  say(1, "unknown", 4, 5, 0);
  in_pieces(connected(0));
}

static void pieces_for_another(void) {
  fall_short();
  say(1, "unknown", 4, 5, 0);
  in_pieces(connected(1));
}

static void pieces_in_part(void) {
  fall_short();
  say(1, "abandoned", 4, 5, 0);
  int fd = connected(0);
  for (int i = left; i < count; i++) check(send(fd, texts[i], pieces[i].iov_len / 2, 0) > 0, "send");
}

/* A log of all that was to be sent says nothing of what was. */
static void log_of_all(void) {
  char lines[2 * count * length];
  size_t size = 0;
  fall_short();
  say(1, "abandoned", 4, 5, 0);
  for (int i = 0; i < count; i++) {
    memcpy(lines + size, texts[i], pieces[i].iov_len);
    size += pieces[i].iov_len;
    lines[size++] = '\n';
  }
  must_write(by_tcp_to(logger), lines, size);
}

/* ---- among new messages ---- */

static void same_among_new(void) {
  struct mmsghdr all[8];
  fall_short();
  say(1, "unknown", 4, 4, 0), say(1, "unknown", 5, 5, 0);
  fill(0, 2 * count);
  for (int i = 0; i < 8; i++) all[i] = batch[i < 3 ? 6 + i : i == 3 ? 4 : i < 6 ? 9 + i - 4 : i == 6 ? 5 : 11];
  check(sendmmsg(udp, all, 8, 0) == 8, "sendmmsg");
}

static void rebuilt_among_new(void) {
  struct mmsghdr all[6];
  fall_short();
  say(1, "unknown", 4, 5, 0);
  fill(1, 2 * count);
  for (int i = 0; i < 6; i++) all[i] = batch[(int[]){8, 4, 9, 10, 5, 11}[i]];
  check(sendmmsg(udp, all, 6, 0) == 6, "sendmmsg");
}

/* Nothing is as long as both. */
static void other_data(void) {
  fall_short();
  say(1, "abandoned", 4, 5, 2);
  fill(1, 2 * count);
  must_send(udp, 6, 6);
}

/* ---- a stream whose last message was taken in part ---- */

static int cut_short(void) {
  int ends[2], small = 1;
  static char long_one[1 << 20];
  check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "socketpair");
  setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  for (size_t i = 0; i < sizeof long_one; i++) long_one[i] = 'a' + i % 23;
  pieces[0] = (struct iovec){long_one, 40000};
  batch[0] = (struct mmsghdr){.msg_hdr = {.msg_iov = &pieces[0], .msg_iovlen = 1}};
  check(sendmmsg(ends[0], batch, 1, MSG_DONTWAIT) == 1 && batch[0].msg_len < 40000, "sendmmsg");
  while (recv(ends[1], big, sizeof big, MSG_DONTWAIT) > 0) continue;
  return ends[0];
}

static void length_ignored(void) {
  int fd = cut_short();
  say(1, "abandoned", 0, 0, 2);
  pieces[1] = (struct iovec){"another message", 15};
  batch[1] = (struct mmsghdr){.msg_hdr = {.msg_iov = &pieces[1], .msg_iovlen = 1}};
  check(sendmmsg(fd, batch + 1, 1, 0) == 1, "sendmmsg");
}

/* The receiver is told to forget it, and it is sent anew. */
static void length_mended(void) {
  int fd = cut_short();
  say(1, "unknown", 0, 0, 0);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){1 << 20}, sizeof(int));
  pieces[1] = (struct iovec){"anew:", 5};
  batch[1] = (struct mmsghdr){.msg_hdr = {.msg_iov = &pieces[1], .msg_iovlen = 1}};
  check(sendmmsg(fd, batch + 1, 1, 0) == 1, "sendmmsg");
  pieces[0].iov_len = 40000;
  check(sendmmsg(fd, batch, 1, MSG_DONTWAIT) == 1 && batch[0].msg_len == 40000, "sendmmsg");
}

/* ---- a batch that is made again, and falls short again ---- */

static void again_and_again(void) {
  udp = connected(0);
  fill(0, count);
  pieces[left] = (struct iovec){big, large};
  for (int i = 0; i < 5; i++) check(sendmmsg(udp, batch, count, 0) == left, "sendmmsg");
}

/* The message that it stops at is too long to be read as a whole: that it is not sent is told by what the call
 * returns. */
static void once_more(void) {
  udp = connected(0);
  fill(0, count);
  for (int i = 0; i < large; i++) big[i] = i * 7 % 251;
  pieces[left] = (struct iovec){big, large};
  say(1, "resent_all", 0, left - 1, 2), say(1, "resumed", left, count - 1, 2);
  say(2, "abandoned", left, count - 1, 0);
  for (int i = 0; i < 2; i++) check(sendmmsg(udp, batch, count, 0) == left, "sendmmsg");
}

static const struct way ways[] = {
    {"tcp_in_one", tcp_in_one}, {"tcp_in_two", tcp_in_two}, {"tcp_gathered", tcp_gathered},
    {"tcp_in_part", tcp_in_part}, {"pieces_elsewhere", pieces_elsewhere},
    {"pieces_for_another", pieces_for_another}, {"pieces_in_part", pieces_in_part},
    {"log_of_all", log_of_all}, {"same_among_new", same_among_new},
    {"rebuilt_among_new", rebuilt_among_new}, {"other_data", other_data},
    {"length_ignored", length_ignored}, {"length_mended", length_mended},
    {"again_and_again", again_and_again}, {"once_more", once_more},
};

int main(int argc, char **argv) {
  for (int i = 0; i < 2; i++) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    socklen_t size = sizeof to[i];
    to[i] = (struct sockaddr_in){AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
    check(bind(fd, (struct sockaddr *)&to[i], size) == 0, "bind");
    getsockname(fd, (struct sockaddr *)&to[i], &size);
  }
  listener = socket(AF_INET, SOCK_STREAM, 0);
  /* As DNS has it: the port is the same. */
  struct sockaddr_in address = to[0];
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) {
    address.sin_port = 0;
    check(bind(listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  }
  logger = socket(AF_INET, SOCK_STREAM, 0);
  check(listen(listener, 8) == 0 && listen(logger, 8) == 0, "listen");
  return go(ways, sizeof ways / sizeof *ways, "rest_in_other_forms", argc, argv);
}
