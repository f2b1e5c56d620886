/*
 * What a program can do about messages that a call left unsent: one way for each name. Each prints
 * the follow-ups that a trace is to tell of, as "OF HOW MESSAGES BY", messages as FIRST-LAST and BY
 * 0 where there is none. The queue of the receiver holds less than the batch, until it is read.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ways.h"

enum { count = 12, length = 24 };

static int sender, receiver, sent;
static char texts[count][length];
static struct iovec pieces[count];
static struct mmsghdr batch[count];

static void drain(void) {
  char buffer[64];
  while (recv(receiver, buffer, sizeof buffer, MSG_DONTWAIT) >= 0) continue;
}

static void fill(struct mmsghdr *messages, struct iovec *vectors, char (*bytes)[length], int number,
                 const char *word) {
  memset(messages, 0, number * sizeof *messages);
  for (int i = 0; i < number; i++) {
    vectors[i] = (struct iovec){bytes[i], snprintf(bytes[i], length, "%s %d", word, i)};
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
}

/* The first call, which sends some of the batch. */
static void fall_short(void) {
  sent = sendmmsg(sender, batch, count, 0);
  if (sent < 2 || sent > count - 3) {
    fprintf(stderr, "the first call sent %d of %d\n", sent, count);
    exit(1);
  }
  drain();
}

static void send_rest(int fd) {
  for (int next = sent; next < count;) {
    int result = sendmmsg(fd, batch + next, count - next, 0);
    if (result > 0) next += result; else drain();
  }
}

static void send_other(void) {
  char bytes[2][length];
  struct iovec vectors[2];
  struct mmsghdr messages[2];
  fill(messages, vectors, bytes, 2, "other");
  if (sendmmsg(sender, messages, 2, 0) != 2) exit(1);
}

static void *thread(void *unused) {
  (void)unused;
  send_rest(sender);
  return NULL;
}

static void same_thread(void) { fall_short(), say(1, "resumed", sent, count - 1, 2), send_rest(sender); }

static void other_thread(void) {
  fall_short();
  say(1, "resumed", sent, count - 1, 2);
  pthread_t number;
  pthread_create(&number, NULL, thread, NULL);
  pthread_join(number, NULL);
}

static void after_dup(void) {
  fall_short();
  say(1, "resumed", sent, count - 1, 2);
  int copy = dup(sender);
  close(sender);
  send_rest(copy);
}

/* The parent is gone when the child sends the rest. */
static void after_fork(void) {
  fall_short();
  say(1, "resumed", sent, count - 1, 2);
  int ends[2];
  if (pipe(ends) < 0) exit(1);
  pid_t parent = getpid();
  if (fork() != 0) {
    _exit(0);
  }
  for (int i = 0; getppid() == parent && i < 5000; i++) usleep(1000);
  send_rest(sender);
}

/* Into other buffers, with other headers, in front of new messages, and the old ones overwritten. */
static void copied(void) {
  fall_short();
  say(1, "resumed", sent, count - 1, 2);
  static char bytes[count][length];
  struct iovec vectors[count];
  struct mmsghdr messages[count];
  fill(messages, vectors, bytes, count, "new");
  int rest = count - sent;
  for (int i = 0; i < rest && i < 3; i++) memcpy(bytes[i], texts[sent + i], length);
  for (int i = 0; i < rest && i < 3; i++) vectors[i].iov_len = strlen(bytes[i]);
  memset(texts[sent], 0, 3 * length);
  if (sendmmsg(sender, messages, 4, 0) != 4) exit(1);
  drain();
  for (int i = 3; i < rest; i++)
    if (sendmmsg(sender, batch + sent + i, 1, 0) != 1) exit(1);
}

static void one_by_one(void) {
  fall_short();
  say(1, "resumed", sent, count - 1, 2);
  for (int i = sent; i < count; i++, drain())
    if (sendmmsg(sender, batch + i, 1, 0) != 1) exit(1);
}

/* A last one alone may be new data that is the same: all that was left, each once, is not. */
static void backwards(void) {
  fall_short();
  say(1, "resumed", sent, count - 1, 2);
  for (int i = count - 1; i >= sent; i--, drain())
    if (sendmmsg(sender, batch + i, 1, 0) != 1) exit(1);
}

static void one_left_out(void) {
  fall_short();
  say(1, "resumed", sent + 1, count - 1, 2);
  say(1, "skipped", sent, sent, 2);
  for (int i = sent + 1; i < count; i++, drain())
    if (sendmmsg(sender, batch + i, 1, 0) != 1) exit(1);
}

static void other_data(void) { fall_short(), say(1, "abandoned", sent, count - 1, 2), send_other(); }

static void nothing(void) { fall_short(), say(1, "abandoned", sent, count - 1, 0); }

/* Shells that start programs in turn, and have ended before. */
static void nothing_after_shells(void) {
  for (int i = 0; i < 2; i++)
    if (system("/bin/true; exit 0") != 0) exit(1);
  nothing();
}

static void killed(void) {
  fall_short();
  say(1, "abandoned", sent, count - 1, 0);
  kill(getpid(), SIGKILL);
}

static void executes(void) {
  fall_short();
  say(1, "abandoned", sent, count - 1, 0);
  execl("/bin/true", "true", NULL);
}

static void tries_again(void) {
  fall_short();
  say(1, "resumed", sent, count - 1, 1002);
  while (send(sender, "filler", 6, MSG_DONTWAIT) > 0) continue;
  for (int i = 0; i < 1000; i++)
    if (sendmmsg(sender, batch + sent, count - sent, 0) != -1 || errno != EAGAIN) exit(1);
  drain();
  for (int next = sent; next < count; drain()) {
    int result = sendmmsg(sender, batch + next, count - next, 0);
    if (result <= 0) exit(1);
    if (next + result < count) say(1002, "resumed", result, count - next - 1, 1003);
    next += result;
  }
}

static void by_sendmsg(void) {
  fall_short();
  for (int i = sent; i < count; i++, drain())
    if (sendmsg(sender, &batch[i].msg_hdr, 0) < 0) exit(1);
}

static void by_sendto(void) {
  fall_short();
  for (int i = sent; i < count; i++, drain())
    if (sendto(sender, texts[i], pieces[i].iov_len, 0, NULL, 0) < 0) exit(1);
}

/* New messages follow by sendmmsg again. */
static void by_sendto_and_on(void) { by_sendto(), send_other(); }

static void by_write(void) {
  fall_short();
  for (int i = sent; i < count; i++, drain())
    if (write(sender, texts[i], pieces[i].iov_len) < 0) exit(1);
}

static void by_writev(void) {
  fall_short();
  for (int i = sent; i < count; i++, drain()) {
    struct iovec halves[2] = {{texts[i], 3}, {texts[i] + 3, pieces[i].iov_len - 3}};
    if (writev(sender, halves, 2) < 0) exit(1);
  }
}

/* All messages are the same: nothing tells the rest from the batch. */
static void alike(void) {
  for (int i = 0; i < count; i++) strcpy(texts[i], "tick"), pieces[i].iov_len = 4;
  fall_short();
  say(1, "unknown", sent, count - 1, 0);
  while (send(sender, "filler", 6, MSG_DONTWAIT) > 0) continue;
  drain();
  sent = sendmmsg(sender, batch, count, 0);
  say(2, "unknown", sent, count - 1, 0);
  drain();
  sendmmsg(sender, batch, count, 0);
  say(3, "abandoned", sent, count - 1, 0);
}

/* Other data until a line of input comes, and only then the rest. */
static void late(void) {
  fall_short();
  say(1, "abandoned", sent, count - 1, 2);
  int by = 2;
  for (struct pollfd input = {0, POLLIN, 0}; poll(&input, 1, 20) == 0; by++) send_other(), drain();
  say(1, "resumed", sent, count - 1, by);
  send_rest(sender);
}

/* Streams, of which other bytes go out on the second: what is joined with what there, nobody knows. */
static void two_streams(void) {
  int first[2], second[2], small = 1;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, first) < 0 ||
      socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, second) < 0)
    exit(1);
  sender = first[0], receiver = first[1];
  setsockopt(sender, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  fall_short();
  say(1, "abandoned", sent, count - 1, 0);
  sender = second[0];
  send_other();
}

/* A line of input before the call and before the end. */
static void when_told(void) {
  getchar();
  fall_short();
  say(1, "unknown", sent, count - 1, 0);
  getchar();
}

static const struct way ways[] = {
    {"same_thread", same_thread}, {"other_thread", other_thread}, {"after_dup", after_dup},
    {"after_fork", after_fork},   {"copied", copied},             {"one_by_one", one_by_one},
    {"backwards", backwards},     {"one_left_out", one_left_out}, {"other_data", other_data},
    {"nothing", nothing},         {"nothing_after_shells", nothing_after_shells},
    {"killed", killed},             {"executes", executes},
    {"tries_again", tries_again}, {"by_sendmsg", by_sendmsg},     {"by_sendto", by_sendto},
    {"by_write", by_write},       {"by_writev", by_writev},       {"alike", alike},
    {"when_told", when_told},     {"late", late},               {"by_sendto_and_on", by_sendto_and_on},
    {"two_streams", two_streams},
};

int main(int argc, char **argv) {
  int ends[2], small = 1;
  if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends) < 0) return 1;
  sender = ends[0], receiver = ends[1];
  setsockopt(sender, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  fill(batch, pieces, texts, count, "message");
  return go(ways, sizeof ways / sizeof *ways, "follow_ups", argc, argv);
}
