/*
 * What a call left unsent, sent in another order, by other threads, in groups, changed, or with its
 * bytes in other datagrams: one way for each name. Each prints the follow-ups that a trace is to tell of, as
 * "OF HOW MESSAGES BY", messages as FIRST-LAST and BY 0 where there is none.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "ways.h"

enum { count = 10, length = 32, large = 66000 };

static struct sockaddr_in to[2];
static char texts[count][length], big[large];
static struct iovec pieces[count];
static struct mmsghdr batch[count];
static int fd;

static void must_send(struct mmsghdr *array, int number) {
  if (sendmmsg(fd, array, number, 0) != number) perror("sendmmsg"), exit(1);
}

/* UDP takes no message of that length: messages 2 to 9 are left without a fault of their own. */
static void fall_short(void) {
  pieces[1] = (struct iovec){big, large};
  if (sendmmsg(fd, batch, count, 0) != 1) exit(1);
}

/* One call of all of these, in the order of their numbers here. */
static void send_all(const int *numbers, int number) {
  struct mmsghdr array[count];
  for (int i = 0; i < number; i++) array[i] = batch[numbers[i]];
  must_send(array, number);
}

static void send_new(const char *text) {
  struct iovec piece = {(void *)text, strlen(text)};
  struct mmsghdr one = {.msg_hdr = {.msg_name = to, .msg_namelen = sizeof to[0], .msg_iov = &piece, .msg_iovlen = 1}};
  must_send(&one, 1);
}

/* ---- another order ---- */

static void reversed(void) {
  fall_short();
  say(1, "skipped", 1, 1, 2), say(1, "resumed", 2, count - 1, 2);
  send_all((int[]){9, 8, 7, 6, 5, 4, 3, 2}, 8);
}

static void reversed_one_by_one(void) {
  fall_short();
  say(1, "skipped", 1, 1, 2), say(1, "resumed", 2, count - 1, 2);
  for (int i = count - 1; i > 1; i--) must_send(batch + i, 1);
}

static void reversed_in_twos(void) {
  fall_short();
  say(1, "skipped", 1, 1, 2), say(1, "resumed", 2, count - 1, 2);
  for (int i = count - 2; i > 1; i -= 2) send_all((int[]){i + 1, i}, 2);
}

/* New messages stand among them. */
static void reversed_among_others(void) {
  fall_short();
  say(1, "skipped", 1, 1, 2), say(1, "resumed", 2, count - 1, 2);
  for (int i = count - 1; i > 1; i--) must_send(batch + i, 1), send_new("something that is new");
}

/* Half of them are never sent: of the others it cannot be told. */
static void reversed_in_part(void) {
  fall_short();
  say(1, "abandoned", 1, 5, 0), say(1, "unknown", 6, 9, 0);
  for (int i = count - 1; i > 5; i--) must_send(batch + i, 1);
}

/* A program that sends the same over and over sends none of them again. */
static void one_twice(void) {
  fall_short();
  say(1, "abandoned", 1, 1, 9), say(1, "unknown", 2, 9, 0);
  for (int i = count - 1; i > 2; i--) must_send(batch + i, 1);
  must_send(batch + 9, 1), must_send(batch + 2, 1);
}

/* ---- groups ---- */

/* By destination, which alternate. */
static void by_destination(void) {
  for (int i = 1; i < count; i += 2) batch[i].msg_hdr.msg_name = to + 1;
  fall_short();
  say(1, "skipped", 1, 1, 2), say(1, "resumed", 2, count - 1, 2);
  send_all((int[]){3, 5, 7, 9}, 4), send_all((int[]){2, 4, 6, 8}, 4);
}

/* Three groups, the last of one message. */
static void in_three_groups(void) {
  fall_short();
  say(1, "skipped", 1, 1, 2), say(1, "resumed", 2, count - 1, 2);
  send_all((int[]){8, 2, 5}, 3), send_all((int[]){9, 3, 6, 4}, 4), send_all((int[]){7}, 1);
}

/* ---- other threads ---- */

static void *send_one(void *number) {
  must_send(batch + *(int *)number, 1);
  return NULL;
}

static void by_a_thread_each(void) {
  fall_short();
  say(1, "skipped", 1, 1, 2), say(1, "resumed", 2, count - 1, 2);
  for (int i = count - 1; i > 1; i--) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, send_one, &i) || pthread_join(thread, NULL)) exit(1);
  }
}

static void *send_rest(void *unused) {
  must_send(batch + 2, count - 2);
  return unused;
}

/* The thread that fell short goes on with new messages meanwhile. */
static void handed_over(void) {
  fall_short();
  say(1, "skipped", 1, 1, 5), say(1, "resumed", 2, count - 1, 5);
  for (int i = 0; i < 3; i++) send_new("something that is new");
  pthread_t thread;
  if (pthread_create(&thread, NULL, send_rest, NULL) || pthread_join(thread, NULL)) exit(1);
}

/* ---- other datagrams ---- */

/* One message of the bytes of these, behind a header where there is one. */
static void join(const char *header, const int *numbers, int number) {
  struct iovec parts[count + 1] = {{(void *)header, strlen(header)}};
  for (int i = 0; i < number; i++) parts[i + 1] = pieces[numbers[i]];
  struct mmsghdr one = {.msg_hdr = batch[2].msg_hdr};
  one.msg_hdr.msg_iov = parts, one.msg_hdr.msg_iovlen = number + 1;
  must_send(&one, 1);
}

static void joined(void) {
  fall_short();
  say(1, "abandoned", 1, 1, 0), say(1, "unknown", 2, 9, 0);
  join("", (int[]){2, 3, 4, 5, 6, 7, 8, 9}, 8);
}

static void joined_in_frames(void) {
  fall_short();
  say(1, "abandoned", 1, 1, 3), say(1, "unknown", 2, 9, 0);
  join("a frame: ", (int[]){4, 3, 2}, 3), send_new("new"), join("another: ", (int[]){9, 5, 6, 7, 8}, 5);
}

/* Half of them are never sent. */
static void joined_in_part(void) {
  fall_short();
  say(1, "abandoned", 1, 5, 0), say(1, "unknown", 6, 9, 0);
  join("", (int[]){6, 7, 8, 9}, 4);
}

/* What is sent of each is not all of it. */
static void joined_cut_off(void) {
  fall_short();
  say(1, "abandoned", 1, 9, 2);
  for (int i = 2; i < count; i++) pieces[i].iov_len--;
  join("", (int[]){2, 3, 4, 5, 6, 7, 8, 9}, 8);
}

/* To another address, which is not where they were to go. */
static void joined_for_another(void) {
  fall_short();
  say(1, "abandoned", 1, 9, 2);
  batch[2].msg_hdr.msg_name = to + 1;
  join("", (int[]){2, 3, 4, 5, 6, 7, 8, 9}, 8);
}

static void halve(int number, int last) {
  struct iovec halves[2] = {{texts[number], 12}, {texts[number] + 12, pieces[number].iov_len - 12 - last}};
  struct mmsghdr array[2] = {batch[number], batch[number]};
  for (int i = 0; i < 2; i++) array[i].msg_hdr.msg_iov = halves + i;
  must_send(array, 2);
}

static void halved(void) {
  fall_short();
  say(1, "abandoned", 1, 1, 0), say(1, "unknown", 2, 9, 0);
  for (int i = 2; i < count; i++) halve(i, 0);
}

/* The last byte of each is missing. */
static void halved_cut_off(void) {
  fall_short();
  say(1, "abandoned", 1, 9, 2);
  for (int i = 2; i < count; i++) halve(i, 1);
}

static void joined_by_sendmsg(void) {
  fall_short();
  say(1, "abandoned", 1, 1, 0), say(1, "unknown", 2, 9, 0);
  struct msghdr one = batch[2].msg_hdr;
  one.msg_iov = pieces + 2, one.msg_iovlen = count - 2;
  if (sendmsg(fd, &one, 0) < 0) exit(1);
}

/* ---- changed ---- */

/* Contents that no other message has, behind a number. */
static void fall_short_of_unlike_ones(void) {
  unsigned state = 1;
  for (int i = 0; i < count; i++) {
    for (int n = snprintf(texts[i], length, "%08d", i); n < length; n++)
      state = state * 1103515245 + 12345, texts[i][n] = 'a' + (state >> 16) % 26;
    pieces[i].iov_len = length;
  }
  fall_short();
}

static void renumber(void) {
  for (int i = 2; i < count; i++) {
    char number[9];
    snprintf(number, sizeof number, "%08d", 100 + i);
    memcpy(texts[i], number, 8);
    pieces[i].iov_len = length - i;
  }
}

static void renumbered(void) {
  fall_short_of_unlike_ones();
  say(1, "abandoned", 1, 1, 2), say(1, "unknown", 2, 9, 0);
  renumber(), must_send(batch + 2, count - 2);
}

static void renumbered_one_by_one(void) {
  fall_short_of_unlike_ones();
  say(1, "abandoned", 1, 1, 2), say(1, "unknown", 2, 9, 0);
  renumber();
  for (int i = count - 1; i > 1; i--) must_send(batch + i, 1), send_new("something that is new");
}

static void renumbered_in_part(void) {
  fall_short_of_unlike_ones();
  say(1, "abandoned", 1, 5, 2), say(1, "unknown", 6, 9, 0);
  renumber(), must_send(batch + 6, count - 6);
}

static void joined_in_another_shape(void) {
  fall_short_of_unlike_ones();
  say(1, "abandoned", 1, 1, 2), say(1, "unknown", 2, 9, 0);
  renumber();
  batch[2].msg_hdr.msg_name = to + 1;
  join("all of them: ", (int[]){2, 3, 4, 5, 6, 7, 8, 9}, 8);
}

/* Each piece has a header of its own, and new messages stand between. */
static void framed_pieces(void) {
  fall_short_of_unlike_ones();
  say(1, "abandoned", 1, 1, 2), say(1, "unknown", 2, 9, 0);
  for (int i = 2; i < count; i++)
    for (int half = 0; half < 2; half++) {
      char header[] = "a piece ";
      struct iovec parts[2] = {{header, 8}, {texts[i] + half * 16, 16}};
      struct mmsghdr one = {.msg_hdr = batch[i].msg_hdr};
      one.msg_hdr.msg_iov = parts, one.msg_hdr.msg_iovlen = 2;
      must_send(&one, 1), send_new("something that is new");
    }
}

/* New messages that are made from what those that were left are made from. */
static void made_from_the_same(void) {
  fall_short();
  say(1, "abandoned", 1, 9, 2);
  for (int i = 2; i < count; i++)
    pieces[i].iov_len = snprintf(texts[i], length, "the contents of another one: %d", i);
  for (int i = 2; i < count; i++) must_send(batch + i, 1);
}

/* None is long enough to be known by a part of it. */
static void short_ones_joined(void) {
  for (int i = 0; i < count; i++) pieces[i].iov_len = snprintf(texts[i], length, "a%d:7|c", i);
  fall_short();
  say(1, "abandoned", 1, 1, 2), say(1, "unknown", 2, 9, 0);
  join("#", (int[]){2, 3, 4, 5, 6, 7, 8, 9}, 8);
}

static void *send_elsewhere(void *unused) {
  fd = socket(AF_INET, SOCK_DGRAM, 0);
  for (int i = 2; i < count; i++) must_send(batch + i, 1);
  return unused;
}

static void renumbered_by_another_thread(void) {
  fall_short_of_unlike_ones();
  say(1, "abandoned", 1, 1, 0), say(1, "unknown", 2, 9, 0);
  renumber();
  pthread_t thread;
  if (pthread_create(&thread, NULL, send_elsewhere, NULL) || pthread_join(thread, NULL)) exit(1);
}

/* The message that is too long goes out in pieces, each with a header, of which so many are sent. */
static void send_pieces(int number) {
  for (int i = 0; i < large; i++) big[i] = (char)(i ^ i >> 8);
  fall_short();
  say(1, "skipped", 1, 1, 2), say(1, "resumed", 2, 9, 2);
  must_send(batch + 2, count - 2);
  for (int i = 0; i < number; i++) {
    struct iovec parts[2] = {{"a piece ", 8}, {big + large / 2 * i, large / 2}};
    struct mmsghdr one = {.msg_hdr = batch[0].msg_hdr};
    one.msg_hdr.msg_iov = parts, one.msg_hdr.msg_iovlen = 2;
    must_send(&one, 1);
  }
}

static void a_long_one_in_pieces(void) { send_pieces(2); }

static void half_of_a_long_one(void) { send_pieces(1); }

static const struct way ways[] = {
    {"reversed", reversed}, {"reversed_one_by_one", reversed_one_by_one}, {"reversed_in_twos", reversed_in_twos},
    {"reversed_among_others", reversed_among_others}, {"reversed_in_part", reversed_in_part},
    {"one_twice", one_twice}, {"by_destination", by_destination}, {"in_three_groups", in_three_groups},
    {"by_a_thread_each", by_a_thread_each}, {"handed_over", handed_over},
    {"joined", joined}, {"joined_in_frames", joined_in_frames}, {"joined_in_part", joined_in_part},
    {"joined_cut_off", joined_cut_off}, {"joined_for_another", joined_for_another}, {"halved", halved},
    {"halved_cut_off", halved_cut_off}, {"joined_by_sendmsg", joined_by_sendmsg},
    {"renumbered", renumbered}, {"renumbered_one_by_one", renumbered_one_by_one},
    {"renumbered_in_part", renumbered_in_part}, {"joined_in_another_shape", joined_in_another_shape},
    {"framed_pieces", framed_pieces}, {"made_from_the_same", made_from_the_same},
    {"short_ones_joined", short_ones_joined}, {"renumbered_by_another_thread", renumbered_by_another_thread},
    {"a_long_one_in_pieces", a_long_one_in_pieces}, {"half_of_a_long_one", half_of_a_long_one},
};

int main(int argc, char **argv) {
  for (int i = 0; i < 2; i++) {
    int receiver = socket(AF_INET, SOCK_DGRAM, 0);
    socklen_t size = sizeof to[i];
    to[i] = (struct sockaddr_in){AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
    if (bind(receiver, (struct sockaddr *)&to[i], size) < 0) return 1;
    getsockname(receiver, (struct sockaddr *)&to[i], &size);
  }
  fd = socket(AF_INET, SOCK_DGRAM, 0);
  for (int i = 0; i < count; i++) {
    pieces[i] = (struct iovec){texts[i], snprintf(texts[i], length, "the contents of message %d", i)};
    batch[i].msg_hdr = (struct msghdr){.msg_name = to, .msg_namelen = sizeof to[0], .msg_iov = &pieces[i], .msg_iovlen = 1};
  }
  return go(ways, sizeof ways / sizeof *ways, "rest_rearranged", argc, argv);
}
