/*
 * What a call left unsent, taken up in another shape: cut into datagrams, joined for UDP_SEGMENT, for
 * the same destination spelled another way, and what only begins like it. One way for each name. Each
 * prints the follow-ups that a trace is to tell of, as "OF HOW MESSAGES BY", messages as FIRST-LAST
 * and BY 0 where there is none.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ways.h"

enum { segment = 10, segments = 130, large = 70000, length = 64, queued = 24 };

static struct sockaddr_in to;
static struct sockaddr_in6 mapped;
static char bytes[large];

static void must_send(int fd, struct mmsghdr *array, int count, int sent) {
  if (sendmmsg(fd, array, count, 0) != sent) perror("sendmmsg"), exit(1);
}

static struct mmsghdr message(const void *data, size_t size) {
  struct iovec *vector = malloc(sizeof *vector);
  *vector = (struct iovec){(void *)data, size};
  return (struct mmsghdr){.msg_hdr = {.msg_iov = vector, .msg_iovlen = 1}};
}

static void name(struct mmsghdr *array, int count, void *address, socklen_t size) {
  for (int i = 0; i < count; i++) array[i].msg_hdr.msg_name = address, array[i].msg_hdr.msg_namelen = size;
}

static struct mmsghdr segmented(const void *data, size_t size) {
  struct mmsghdr made = message(data, size);
  struct cmsghdr *control = calloc(1, CMSG_SPACE(2));
  *control = (struct cmsghdr){CMSG_LEN(2), IPPROTO_UDP, UDP_SEGMENT};
  *(unsigned short *)CMSG_DATA(control) = segment;
  made.msg_hdr.msg_control = control;
  made.msg_hdr.msg_controllen = CMSG_SPACE(2);
  return made;
}

static int connected(void) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) exit(1);
  return fd;
}

static void other_data(int fd) {
  struct mmsghdr other = message("something else", 14);
  name(&other, 1, &to, sizeof to);
  must_send(fd, &other, 1, 1);
}

/* ---- UDP_SEGMENT ---- */

/* The second message has more segments than UDP takes (EINVAL). */
static int refused_segments(void) {
  int fd = connected();
  struct mmsghdr array[2] = {segmented(bytes, 20), segmented(bytes + 100, segments * segment)};
  must_send(fd, array, 2, 1);
  return fd;
}

static void send_cut(int fd, int first, int count) {
  struct mmsghdr array[segments];
  for (int i = 0; i < count; i++) array[i] = message(bytes + 100 + (first + i) * segment, segment);
  must_send(fd, array, count, count);
}

static void cut_at_once(void) {
  say(1, "resumed", 1, 1, 2);
  send_cut(refused_segments(), 0, segments);
}

static void cut_in_steps(void) {
  int fd = refused_segments();
  say(1, "resumed", 1, 1, 2);
  for (int i = 0; i < segments; i += 13) send_cut(fd, i, 13);
}

static void cut_one_by_one(void) {
  int fd = refused_segments();
  say(1, "resumed", 1, 1, 2);
  for (int i = 0; i < segments; i++) send_cut(fd, i, 1);
}

static void cut_by_sendto(void) {
  int fd = refused_segments();
  say(1, "resumed", 1, 1, 0);
  for (int i = 0; i < segments; i++) sendto(fd, bytes + 100 + i * segment, segment, 0, NULL, 0);
}

/* So much else is sent before the last datagrams that these are not looked at as a whole. */
static void cut_behind_others(void) {
  int fd = refused_segments();
  say(1, "unknown", 1, 1, 0);
  send_cut(fd, 0, 13);
  for (int i = 0; i < 700; i++) other_data(fd);
  send_cut(fd, 13, segments - 13);
}

static void cut_and_dropped(void) {
  int fd = refused_segments();
  say(1, "abandoned", 1, 1, 3);
  send_cut(fd, 0, 1);
  other_data(fd);
}

/* Two buffers of half as many segments, which UDP takes. */
static void halved(void) {
  int fd = refused_segments();
  say(1, "resumed", 1, 1, 2);
  struct mmsghdr array[2];
  for (int i = 0; i < 2; i++) array[i] = segmented(bytes + 100 + i * segments / 2 * segment, segments / 2 * segment);
  must_send(fd, array, 2, 2);
}

/* One of so many datagrams goes out: the second is too large. */
static void stop_at_large(int fd, int count) {
  struct mmsghdr array[6];
  for (int i = 0; i < count; i++) array[i] = message(bytes + 100 + i * segment, i == 1 ? large - 100 : segment);
  must_send(fd, array, count, 1);
}

static void joined(void) {
  int fd = connected();
  stop_at_large(fd, 6);
  say(1, "resumed", 2, 5, 2);
  say(1, "skipped", 1, 1, 2);
  struct mmsghdr rest = segmented(bytes + 100 + 2 * segment, 4 * segment);
  must_send(fd, &rest, 1, 1);
}

/* The same by sendmsg. */
static void joined_by_sendmsg(void) {
  int fd = connected();
  stop_at_large(fd, 6);
  say(1, "resumed", 2, 5, 0);
  say(1, "skipped", 1, 1, 0);
  struct mmsghdr rest = segmented(bytes + 100 + 2 * segment, 4 * segment);
  if (sendmsg(fd, &rest.msg_hdr, 0) < 0) exit(1);
}

/* Other datagrams of which only the first is the same. */
static void joined_with_others(void) {
  int fd = connected();
  stop_at_large(fd, 4);
  say(1, "resumed", 2, 2, 0);
  say(1, "skipped", 1, 1, 0);
  say(1, "abandoned", 3, 3, 0);
  struct mmsghdr rest = segmented(bytes + 100 + 2 * segment, 4 * segment);
  memset(bytes + 100 + 3 * segment, '!', segment);
  if (sendmsg(fd, &rest.msg_hdr, 0) < 0) exit(1);
}

static void halved_by_sendmsg(void) {
  int fd = refused_segments();
  say(1, "resumed", 1, 1, 0);
  for (int i = 0; i < 2; i++) {
    struct mmsghdr half = segmented(bytes + 100 + i * segments / 2 * segment, segments / 2 * segment);
    if (sendmsg(fd, &half.msg_hdr, 0) < 0) exit(1);
  }
}

/* ---- UDP_SEGMENT, and another destination ---- */

enum { behind = 2, all = segments + behind };

/* The second message, which has more segments than UDP takes, goes to a wrong port. */
static int refused_there(struct mmsghdr array[4]) {
  static struct sockaddr_in wrong;
  wrong = to, wrong.sin_port = htons(9);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  array[0] = segmented(bytes, 20), array[1] = segmented(bytes + 100, segments * segment);
  array[2] = message(bytes + 50, 20), array[3] = message(bytes + 70, 20);
  name(array, 4, &to, sizeof to), name(array + 1, 1, &wrong, sizeof wrong);
  must_send(fd, array, 4, 1);
  return fd;
}

static void cut_for_another(void) {
  struct mmsghdr array[4], rest[all];
  int fd = refused_there(array);
  say(1, "unknown", 1, 1, 0);
  say(1, "resumed", 2, 3, 2);
  for (int i = 0; i < segments; i++) rest[i] = message(bytes + 100 + i * segment, segment);
  memcpy(rest + segments, array + 2, behind * sizeof *array);
  name(rest, all, &to, sizeof to);
  must_send(fd, rest, all, all);
}

/* Another socket, another order. */
static void cut_for_another_one_by_one(void) {
  struct mmsghdr array[4];
  refused_there(array);
  say(1, "unknown", 1, 1, 0);
  say(1, "resumed", 2, 3, segments + 2);
  int fd = connected();
  for (int i = 0; i < segments; i++) send_cut(fd, i * 7 % segments, 1);
  name(array + 2, behind, NULL, 0);
  must_send(fd, array + 2, behind, behind);
}

/* What had been sent goes there as well. */
static void cut_with_what_was_sent(void) {
  struct mmsghdr array[4], rest[2 + segments];
  int fd = refused_there(array);
  say(1, "abandoned", 2, 3, 2);
  say(1, "unknown", 1, 1, 0);
  for (int i = 0; i < 2; i++) rest[i] = message(bytes + i * segment, segment);
  for (int i = 0; i < segments; i++) rest[2 + i] = message(bytes + 100 + i * segment, segment);
  struct sockaddr_in other = to;
  other.sin_port = htons(10);
  name(rest, 2 + segments, &other, sizeof other);
  must_send(fd, rest, 2 + segments, 2 + segments);
}

static void joined_for_another(void) {
  struct sockaddr_in wrong = to;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct mmsghdr array[4];
  for (int i = 0; i < 4; i++) array[i] = message(bytes + 100 + i * segment, i == 1 ? large - 100 : segment);
  wrong.sin_port = htons(9);
  name(array, 4, &wrong, sizeof wrong);
  must_send(fd, array, 4, 1);
  say(1, "abandoned", 1, 1, 2);
  say(1, "unknown", 2, 3, 0);
  struct mmsghdr rest = segmented(bytes + 100 + 2 * segment, 2 * segment);
  name(&rest, 1, &to, sizeof to);
  must_send(fd, &rest, 1, 1);
}

/* The option of the socket cuts what `send` sends, unless its control messages say otherwise. */
static int short_of_four(void) {
  int fd = connected();
  stop_at_large(fd, 6);
  say(1, "resumed", 2, 5, 0);
  say(1, "skipped", 1, 1, 0);
  int size = segment;
  if (setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size) < 0) exit(1);
  return fd;
}

static void joined_by_option(void) {
  if (write(short_of_four(), bytes + 100 + 2 * segment, 4 * segment) < 0) exit(1);
}

static void joined_by_option_and_sendmsg(void) {
  struct mmsghdr rest = message(bytes + 100 + 2 * segment, 4 * segment);
  if (sendmsg(short_of_four(), &rest.msg_hdr, 0) < 0) exit(1);
}

/* The datagram is the one that was left, but nobody sends it in one piece. */
static void in_pieces_by_send(void) {
  int fd = connected();
  struct mmsghdr array[3];
  for (int i = 0; i < 3; i++) array[i] = message(bytes + 100 + i * 20, i == 1 ? large - 100 : 20);
  must_send(fd, array, 3, 1);
  say(1, "unknown", 1, 2, 0);
  if (send(fd, bytes + 140, 10, MSG_MORE) != 10 || send(fd, bytes + 150, 10, 0) != 10) exit(1);
}

/* The same with UDP_CORK. */
static void in_corked_pieces(void) {
  int fd = connected(), on = 1, off = 0;
  struct mmsghdr array[3];
  for (int i = 0; i < 3; i++) array[i] = message(bytes + 100 + i * 20, i == 1 ? large - 100 : 20);
  must_send(fd, array, 3, 1);
  say(1, "unknown", 1, 2, 0);
  if (setsockopt(fd, IPPROTO_UDP, UDP_CORK, &on, sizeof on) < 0) exit(1);
  if (write(fd, bytes + 140, 10) != 10 || write(fd, bytes + 150, 10) != 10) exit(1);
  if (setsockopt(fd, IPPROTO_UDP, UDP_CORK, &off, sizeof off) < 0) exit(1);
}

/* ---- the same destination ---- */

static void short_of_two(int fd, void *address, socklen_t size, struct mmsghdr array[4]) {
  for (int i = 0; i < 4; i++) array[i] = message(bytes + 100 + i * 20, i == 1 ? large - 100 : 20);
  name(array, 4, address, size);
  must_send(fd, array, 4, 1);
  say(1, "resumed", 2, 3, 2);
  say(1, "skipped", 1, 1, 2);
}

static void mapped_name(void) {
  struct mmsghdr array[4];
  int fd = socket(AF_INET6, SOCK_DGRAM, 0);
  short_of_two(fd, &mapped, sizeof mapped, array);
  name(array, 4, &to, sizeof to);
  must_send(fd, array + 2, 2, 2);
}

static void mapped_socket(void) {
  struct mmsghdr array[4];
  short_of_two(socket(AF_INET6, SOCK_DGRAM, 0), &mapped, sizeof mapped, array);
  name(array, 4, NULL, 0);
  must_send(connected(), array + 2, 2, 2);
}

/* ---- a socket in the file system, whose queue takes some of a batch ---- */

static struct sockaddr_un path;
static char texts[queued][length];

static int queue(struct mmsghdr array[queued], int *fd) {
  int receiver = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  char folder[] = "/tmp/taken_up_XXXXXX", buffer[length];
  if (!mkdtemp(folder) || chdir(folder) < 0) exit(1);
  path.sun_family = AF_UNIX;
  snprintf(path.sun_path, sizeof path.sun_path, "%s/receiver", folder);
  if (bind(receiver, (struct sockaddr *)&path, sizeof path) < 0) exit(1);
  *fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  for (int i = 0; i < queued; i++) {
    memset(texts[i], '-', length);
    snprintf(texts[i] + length - 8, 8, "%d", i);
    array[i] = message(texts[i], length);
  }
  name(array, queued, &path, offsetof(struct sockaddr_un, sun_path) + strlen(path.sun_path));
  int sent = sendmmsg(*fd, array, queued, 0);
  if (sent < 1 || sent > queued - 3) exit(1);
  while (recv(receiver, buffer, length, 0) >= 0) continue;
  return sent;
}

static void clean_up(void) {
  if (!*path.sun_path) return;
  unlink(path.sun_path);
  *strrchr(path.sun_path, '/') = 0;
  rmdir(path.sun_path);
}

static void whole_name(void) {
  struct mmsghdr array[queued];
  int fd, sent = queue(array, &fd), count = queued - sent > 5 ? 5 : queued - sent;
  say(1, "resumed", sent, sent + count - 1, 2);
  if (sent + count < queued) say(1, "abandoned", sent + count, queued - 1, 0);
  name(array, queued, &path, sizeof path);
  must_send(fd, array + sent, count, count);
}

static void relative_name(void) {
  struct mmsghdr array[queued];
  int fd, sent = queue(array, &fd);
  struct sockaddr_un relative = {AF_UNIX, "receiver"};
  say(1, "unknown", sent, sent + 1, 0);
  say(1, "abandoned", sent + 2, queued - 1, 0);
  name(array, queued, &relative, sizeof relative);
  must_send(fd, array + sent, 2, 2);
}

/* All begin with the same 56 bytes. */
static void only_begins_alike(void) {
  struct mmsghdr array[queued];
  int fd, sent = queue(array, &fd);
  say(1, "abandoned", sent, queued - 1, 2);
  strcpy(texts[sent] + length - 8, "new");
  must_send(fd, array + sent, 1, 1);
}

static void one_of_those_alike(void) {
  struct mmsghdr array[queued];
  int fd, sent = queue(array, &fd);
  say(1, "skipped", sent, sent, 2);
  say(1, "resumed", sent + 1, sent + 1, 2);
  say(1, "abandoned", sent + 2, queued - 1, 0);
  must_send(fd, array + sent + 1, 1, 1);
}

static void by_sendto_alike(void) {
  struct mmsghdr array[queued];
  int fd, sent = queue(array, &fd);
  strcpy(texts[sent] + length - 8, "new");
  sendto(fd, texts[sent], length, 0, array[sent].msg_hdr.msg_name, array[sent].msg_hdr.msg_namelen);
}

/* ---- a connection that is made anew ---- */

static int dial(int listener, int *peer) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), small = 65536;
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) exit(1);
  *peer = accept(listener, NULL, NULL);
  return fd;
}

/* All of it is offered again: what the first connection took of it, nobody knows. It is looked at
 * before the end. */
static void reconnected(void) {
  static char much[4][300000];
  int peer, listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&to, sizeof to) < 0 || listen(listener, 2) < 0) exit(1);
  struct mmsghdr array[4];
  for (int i = 0; i < 4; i++) memset(much[i], 'a' + i, sizeof much[i]), array[i] = message(much[i], sizeof much[i]);
  int fd = dial(listener, &peer), sent = sendmmsg(fd, array, 4, MSG_DONTWAIT);
  if (sent < 1 || (sent == 4 && array[3].msg_len == sizeof much[3])) exit(1);
  close(fd), close(peer);
  fd = dial(listener, &peer);
  if (sent > 1) say(1, "resent_all", 0, sent - 2, 2);
  say(1, "resumed", sent - (array[sent - 1].msg_len < sizeof much[0]), 3, 2);
  int again = sendmmsg(fd, array, 4, MSG_DONTWAIT);
  if (again < 1) exit(1);
  if (again < 4 || array[3].msg_len < sizeof much[3])
    say(2, "abandoned", again - (array[again - 1].msg_len < sizeof much[0]), 3, 0);
  getchar();
}

/* ---- held back, counted, and dropped with the piece that is too long for it ---- */

static void held_back(void) {
  int fd = connected();
  struct mmsghdr array[4];
  for (int i = 0; i < 4; i++) array[i] = message(bytes, 30000);
  say(1, "abandoned", 0, 3, 2);
  if (sendmmsg(fd, array, 4, MSG_MORE) != 2) exit(1);
  other_data(fd);
}

/* The last piece, without MSG_MORE, is the one that fails. */
static void held_back_to_the_end(void) {
  int fd = connected();
  struct mmsghdr array[2] = {message(bytes, 10), message(bytes, 20)}, last = message(bytes, 65530);
  say(1, "unknown", 0, 1, 0);
  say(2, "abandoned", 0, 0, 3);
  if (sendmmsg(fd, array, 2, MSG_MORE) != 2 || sendmmsg(fd, &last, 1, 0) != -1) exit(1);
  other_data(fd);
}

/* There is no room to hold more back (ENOBUFS). */
static void held_back_without_room(void) {
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT, .sin6_port = htons(9)};
  int fd = socket(AF_INET6, SOCK_DGRAM, 0), small = 1, mtu = 1280;
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  setsockopt(fd, IPPROTO_IPV6, IPV6_MTU, &mtu, sizeof mtu);
  if (connect(fd, (struct sockaddr *)&six, sizeof six) < 0) exit(1);
  for (int call = 1; call < 60; call++) {
    struct mmsghdr one = message(bytes, 1400);
    if (sendmmsg(fd, &one, 1, MSG_MORE) == 1) {
      say(call, "unknown", 0, 0, 0);
    } else {
      if (call == 1 || errno != ENOBUFS) exit(1);
      say(call, "abandoned", 0, 0, 0);
      return;
    }
  }
  exit(1);
}

/* The same in one call, which counts those before. */
static void held_back_in_one_call(void) {
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT, .sin6_port = htons(9)};
  int fd = socket(AF_INET6, SOCK_DGRAM, 0), small = 1, mtu = 1280;
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  setsockopt(fd, IPPROTO_IPV6, IPV6_MTU, &mtu, sizeof mtu);
  if (connect(fd, (struct sockaddr *)&six, sizeof six) < 0) exit(1);
  struct mmsghdr array[20];
  for (int i = 0; i < 20; i++) array[i] = message(bytes, 1400);
  int sent = sendmmsg(fd, array, 20, MSG_MORE);
  if (sent < 1 || sent == 20) exit(1);
  say(1, "abandoned", 0, 19, 0);
}

/* ---- A descriptor that is closed: the call is refused as such ---- */

static const char *const letters[] = {"the same beginning, and one", "the same beginning, and two"};

static void refused(struct mmsghdr *array) {
  for (int i = 0; i < 2; i++) array[i] = message(letters[i], strlen(letters[i]));
  name(array, 2, &to, sizeof to);
  int fd = connected();
  close(fd);
  if (sendmmsg(fd, array, 2, 0) != -1) exit(1);
}

static void opened_again(void) {
  struct mmsghdr array[2];
  say(1, "resumed", 0, 1, 2);
  refused(array);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  for (int i = 2; i-- > 0;) must_send(fd, array + i, 1, 1);
}

static void opened_for_others(void) {
  struct mmsghdr array[2], other = message("the same beginning, and three", 29);
  say(1, "abandoned", 0, 1, 0);
  refused(array);
  name(&other, 1, &to, sizeof to);
  must_send(socket(AF_INET, SOCK_DGRAM, 0), &other, 1, 1);
}

/* ---- Nobody listens; the program makes a new socket of the same number, sends all again, and is gone ---- */

static void made_again(int by_send) {
  struct mmsghdr array[2];
  struct sockaddr_in port = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof port;
  int listener = socket(AF_INET, SOCK_DGRAM, 0);
  if (bind(listener, (struct sockaddr *)&port, size) < 0) exit(1);
  getsockname(listener, (struct sockaddr *)&port, &size);
  close(listener);
  for (int i = 0; i < 2; i++) array[i] = message(letters[i], strlen(letters[i]));
  say(1, "resumed", 0, 1, by_send ? 0 : 2);
  int fd = socket(AF_INET, SOCK_DGRAM, 0), number = fd;
  if (connect(fd, (struct sockaddr *)&port, sizeof port) < 0) exit(1);
  /* ICMP refuses it, and the next one is told. */
  send(fd, "x", 1, 0);
  if (sendmmsg(fd, array, 2, 0) != -1) exit(1);
  listener = socket(AF_INET, SOCK_DGRAM, 0);
  if (bind(listener, (struct sockaddr *)&port, sizeof port) < 0) exit(1);
  close(fd);
  fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd != number || connect(fd, (struct sockaddr *)&port, sizeof port) < 0) exit(1);
  fflush(stdout);
  if (by_send)
    for (int i = 0; i < 2; i++) send(fd, letters[i], strlen(letters[i]), 0);
  else
    must_send(fd, array, 2, 2);
  _exit(0);
}

static void made_again_at_once(void) { made_again(0); }
static void made_again_by_send(void) { made_again(1); }

/* ---- Two that are too long, each left out when it has failed alone; the last goes behind them ---- */

static void left_out_one_by_one(void) {
  struct mmsghdr array[4];
  for (int i = 0; i < 4; i++) array[i] = message(bytes + 1000 * i, i == 1 || i == 2 ? 66000 : 600);
  int fd = connected();
  say(1, "skipped", 1, 2, 4);
  say(1, "resumed", 3, 3, 4);
  must_send(fd, array, 4, 1);
  for (int i = 1; i < 3; i++)
    if (sendmmsg(fd, array + i, 4 - i, 0) != -1) exit(1);
  must_send(fd, array + 3, 1, 1);
}

static const struct way ways[] = {
    {"cut_at_once", cut_at_once},     {"cut_in_steps", cut_in_steps},
    {"cut_one_by_one", cut_one_by_one}, {"cut_by_sendto", cut_by_sendto},
    {"cut_behind_others", cut_behind_others}, {"cut_and_dropped", cut_and_dropped},
    {"halved", halved},
    {"joined", joined},               {"mapped_name", mapped_name},
    {"mapped_socket", mapped_socket}, {"whole_name", whole_name},
    {"relative_name", relative_name}, {"only_begins_alike", only_begins_alike},
    {"one_of_those_alike", one_of_those_alike}, {"by_sendto_alike", by_sendto_alike},
    {"reconnected", reconnected}, {"held_back", held_back},
    {"joined_by_sendmsg", joined_by_sendmsg}, {"joined_with_others", joined_with_others},
    {"halved_by_sendmsg", halved_by_sendmsg}, {"held_back_to_the_end", held_back_to_the_end},
    {"held_back_without_room", held_back_without_room}, {"held_back_in_one_call", held_back_in_one_call},
    {"joined_by_option", joined_by_option}, {"in_pieces_by_send", in_pieces_by_send},
    {"joined_by_option_and_sendmsg", joined_by_option_and_sendmsg}, {"in_corked_pieces", in_corked_pieces},
    {"opened_again", opened_again}, {"opened_for_others", opened_for_others},
    {"made_again_at_once", made_again_at_once}, {"left_out_one_by_one", left_out_one_by_one},
    {"made_again_by_send", made_again_by_send}, {"cut_for_another", cut_for_another},
    {"cut_for_another_one_by_one", cut_for_another_one_by_one},
    {"cut_with_what_was_sent", cut_with_what_was_sent}, {"joined_for_another", joined_for_another},
};

int main(int argc, char **argv) {
  int receiver = socket(AF_INET, SOCK_DGRAM, 0);
  socklen_t size = sizeof to;
  to = (struct sockaddr_in){AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
  if (bind(receiver, (struct sockaddr *)&to, sizeof to) < 0) return 1;
  getsockname(receiver, (struct sockaddr *)&to, &size);
  mapped = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = to.sin_port};
  inet_pton(AF_INET6, "::ffff:127.0.0.1", &mapped.sin6_addr);
  for (int i = 0; i < large; i++) bytes[i] = i * 2654435761u >> 13;
  atexit(clean_up);
  return go(ways, sizeof ways / sizeof *ways, "taken_up_otherwise", argc, argv);
}
