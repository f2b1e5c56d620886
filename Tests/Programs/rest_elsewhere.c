/*
 * What a call left unsent, sent by other sockets, threads or processes, of messages that begin alike,
 * and what may be a second try of it or not: one way for each name. Each prints the follow-ups that a trace is to tell of, as "OF HOW MESSAGES BY",
 * messages as FIRST-LAST and BY 0 where there is none.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { count = 10, length = 128, large = 66000, threads = 3, busy = 40, many = 450 };

static struct sockaddr_in to[2];
static int receivers[2];
static char big[large];

/* A batch of messages whose first 32 bytes are the same. */
struct batch {
  char texts[count][length];
  struct iovec pieces[count];
  struct mmsghdr messages[count];
};

static void say(int of, const char *how, int first, int last, int by) {
  printf("%d %s %d-%d %d\n", of, how, first, last, by);
  fflush(stdout);
}

static int connected(int number) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&to[number], sizeof to[0]) < 0) perror("connect"), exit(1);
  return fd;
}

static void fill(struct batch *batch, int number) {
  for (int i = 0; i < count; i++) {
    int size = snprintf(batch->texts[i], length, "a beginning that all of the messages have: %d of %03d", i, number);
    batch->pieces[i] = (struct iovec){batch->texts[i], size};
    batch->messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &batch->pieces[i], .msg_iovlen = 1}};
  }
}

static void must_send(int fd, struct batch *batch, int first, int number) {
  if (sendmmsg(fd, batch->messages + first, number, 0) != number) perror("sendmmsg"), exit(1);
}

/* UDP takes no message of that length: messages 2 to 9 are left without a fault of their own. */
static void fall_short(int fd, struct batch *batch) {
  struct iovec piece = batch->pieces[1];
  batch->pieces[1] = (struct iovec){big, large};
  if (sendmmsg(fd, batch->messages, count, 0) != 1) exit(1);
  batch->pieces[1] = piece;
}

static void make_room(void) {
  char bytes[length];
  for (int i = 0; i < 2; i++)
    while (recv(receivers[i], bytes, sizeof bytes, MSG_DONTWAIT) >= 0) continue;
}

/* New messages, which begin like all others. */
static void send_new(int fd, int number) {
  struct batch batch;
  for (int i = 0; i < number; i++) {
    fill(&batch, 100 + i);
    must_send(fd, &batch, 0, 1);
    if (i % 16 == 0) make_room();
  }
}

/* ---- another server takes the rest ---- */

static void another_server(const int *parts, int number) {
  struct batch batch;
  fill(&batch, 0);
  int fd = connected(0), other = connected(1);
  fall_short(fd, &batch);
  say(1, "abandoned", 1, 1, 0), say(1, "unknown", 2, count - 1, 0);
  for (int i = 0, next = 2; i < number; next += parts[i++]) must_send(other, &batch, next, parts[i]);
}

static void another_server_at_once(void) { another_server((int[]){8}, 1); }
static void another_server_in_two(void) { another_server((int[]){5, 3}, 2); }
static void another_server_one_by_one(void) { another_server((int[]){1, 1, 1, 1, 1, 1, 1, 1}, 8); }

/* ---- a process that came out of this one ---- */

static void by_a_worker(int is_first, int server) {
  struct batch batch;
  fill(&batch, 0);
  int ends[2], fd = connected(0);
  if (pipe(ends) < 0) exit(1);
  if (!is_first) fall_short(fd, &batch);
  pid_t worker = fork();
  if (worker == 0) {
    fd = connected(server);
    if (read(ends[0], batch.texts, sizeof batch.texts) != sizeof batch.texts) _exit(1);
    must_send(fd, &batch, 2, count - 2);
    _exit(0);
  }
  if (is_first) fall_short(fd, &batch);
  say(1, "abandoned", 1, 1, 0), say(1, "unknown", 2, count - 1, 0);
  if (write(ends[1], batch.texts, sizeof batch.texts) != sizeof batch.texts) exit(1);
  waitpid(worker, NULL, 0);
}

static void by_a_new_worker(void) { by_a_worker(0, 0); }
static void by_an_old_worker(void) { by_a_worker(1, 0); }
static void by_a_new_worker_elsewhere(void) { by_a_worker(0, 1); }
static void by_an_old_worker_elsewhere(void) { by_a_worker(1, 1); }

/* ---- a thread that tries again for all others, which go on ---- */

static struct batch batches[threads];
static pthread_barrier_t barrier;

static void *serve(void *argument) {
  long number = (long)argument;
  int fd = connected(0);
  fill(&batches[number], number);
  /* In their order. */
  for (long i = 0; i < 2 * threads; i++) {
    if (i == number) big[0] = i;
    if (i == number) fall_short(fd, &batches[number]);
    if (i == number + threads) send_new(fd, busy);
    pthread_barrier_wait(&barrier);
  }
  pthread_barrier_wait(&barrier);
  return NULL;
}

static void by_a_retry_thread(void) {
  pthread_t all[threads];
  pthread_barrier_init(&barrier, NULL, threads + 1);
  for (long i = 0; i < threads; i++)
    if (pthread_create(&all[i], NULL, serve, (void *)i)) exit(1);
  for (int i = 0; i < 2 * threads; i++) pthread_barrier_wait(&barrier);
  int fd = connected(0);
  for (int i = 0; i < threads; i++) must_send(fd, &batches[i], 2, count - 2);
  for (int i = 0; i < threads; i++)
    say(i + 1, "abandoned", 1, 1, threads + 1 + i * busy), say(i + 1, "unknown", 2, count - 1, 0);
  pthread_barrier_wait(&barrier);
  for (int i = 0; i < threads; i++) pthread_join(all[i], NULL);
}

/* ---- behind much else ---- */

/* Messages 7 to 9 are left: a broadcast is refused. */
static void be_refused(int fd, struct batch *batch) {
  struct sockaddr_in all = {AF_INET, htons(9), {htonl(INADDR_BROADCAST)}};
  for (int i = 0; i < count; i++)
    batch->messages[i].msg_hdr.msg_name = i == 7 ? &all : to, batch->messages[i].msg_hdr.msg_namelen = sizeof all;
  if (sendmmsg(fd, batch->messages, count, 0) != 7) exit(1);
  batch->messages[7].msg_hdr.msg_name = to;
}

/* The call has fewer bytes than what is sent meanwhile. */
static void behind_many_sends(void) {
  struct batch batch;
  fill(&batch, 0);
  int fd = connected(0);
  be_refused(fd, &batch);
  send_new(fd, many);
  say(1, "skipped", 7, 7, many + 2), say(1, "resumed", 8, 9, many + 2);
  must_send(fd, &batch, 8, 2);
}

/* ---- a second try or not ---- */

/* As a protocol does that numbers or encrypts what it sends. */
static void rebuild(int has_socket, int first) {
  struct batch batch;
  fill(&batch, 0);
  int fd = connected(0);
  be_refused(fd, &batch);
  fill(&batch, 1);
  must_send(has_socket ? connected(0) : fd, &batch, first, count - first);
}

static void rebuilt(void) {
  say(1, "unknown", 7, 9, 0);
  rebuild(0, 7);
}

static void rebuilt_without_the_refused(void) {
  say(1, "abandoned", 7, 7, 2), say(1, "unknown", 8, 9, 0);
  rebuild(0, 8);
}

static void rebuilt_on_another_socket(void) {
  say(1, "unknown", 7, 9, 0);
  rebuild(1, 7);
}

/* What had been sent is asked again with the rest, so late that it may be for want of an answer. */
static void asked_again(void) {
  struct batch batch;
  fill(&batch, 0);
  int fd = connected(0);
  be_refused(fd, &batch);
  say(1, "skipped", 7, 7, 2), say(1, "resumed", 8, 9, 2);
  usleep(300000);
  struct mmsghdr again[4] = {batch.messages[5], batch.messages[6], batch.messages[8], batch.messages[9]};
  if (sendmmsg(fd, again, 4, 0) != 4) exit(1);
}

/* Every period the same, whatever the call returns: the first two may be a call and its second try. */
static void gauges(void) {
  struct batch batch;
  fill(&batch, 0);
  int fd = connected(0);
  for (int i = 1; i < 5; i++) say(i, "unknown", 7, 9, 0);
  say(5, "abandoned", 7, 9, 0);
  for (int i = 0; i < 5; i++) {
    if (i > 0) usleep(30000);
    be_refused(fd, &batch);
  }
}

static const struct {
  const char *name;
  void (*run)(void);
} ways[] = {
    {"another_server_at_once", another_server_at_once}, {"another_server_in_two", another_server_in_two},
    {"another_server_one_by_one", another_server_one_by_one}, {"by_a_new_worker", by_a_new_worker},
    {"by_an_old_worker", by_an_old_worker}, {"by_a_new_worker_elsewhere", by_a_new_worker_elsewhere},
    {"by_an_old_worker_elsewhere", by_an_old_worker_elsewhere}, {"by_a_retry_thread", by_a_retry_thread},
    {"behind_many_sends", behind_many_sends}, {"rebuilt", rebuilt},
    {"rebuilt_without_the_refused", rebuilt_without_the_refused},
    {"rebuilt_on_another_socket", rebuilt_on_another_socket}, {"asked_again", asked_again}, {"gauges", gauges},
};

int main(int argc, char **argv) {
  for (int i = 0; i < 2; i++) {
    receivers[i] = socket(AF_INET, SOCK_DGRAM, 0);
    socklen_t size = sizeof to[i];
    to[i] = (struct sockaddr_in){AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
    if (bind(receivers[i], (struct sockaddr *)&to[i], size) < 0) return 1;
    getsockname(receivers[i], (struct sockaddr *)&to[i], &size);
  }
  for (size_t i = 0; argc == 2 && i < sizeof ways / sizeof *ways; i++)
    if (strcmp(ways[i].name, argv[1]) == 0) {
      ways[i].run();
      return 0;
    }
  fprintf(stderr, "usage: rest_elsewhere WAY\n");
  return 64;
}
