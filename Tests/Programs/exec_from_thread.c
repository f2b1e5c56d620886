/*
 * Execve from a thread that is not the leader, while others send:  exec_from_thread ROUNDS
 *
 * Each round numbers its calls in the payload ("ROUND SENDER CALL"): the leader makes one, three
 * threads one each, then one thread makes another and puts the next round in the place of all.
 * Calls per round: 5; the last round only prints and makes the leader's. Total 5 * ROUNDS + 1.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int round_left, pair[2];
static char **all;
static pthread_barrier_t together;

static void call(const char *who, int number) {
  char text[64];
  struct iovec piece = {text, snprintf(text, sizeof text, "%d %s %d", round_left, who, number)};
  struct mmsghdr one = {.msg_hdr = {.msg_iov = &piece, .msg_iovlen = 1}};
  if (sendmmsg(pair[0], &one, 1, 0) != 1) _exit(4);
}

static void *thread(void *name) {
  call(name, 0);
  pthread_barrier_wait(&together);
  if (strcmp(name, "c") != 0) for (;;) pause();
  call(name, 1);
  char next[16];
  snprintf(next, sizeof next, "%d", round_left - 1);
  execl("/proc/self/exe", all[0], next, (char *)NULL);
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 2 || socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) < 0) return 2;
  all = arguments, round_left = atoi(arguments[1]);
  call("leader", 0);
  if (round_left == 0) return printf("last round in process %d\n", getpid() > 0), 0;
  pthread_t threads[3];
  pthread_barrier_init(&together, NULL, 3);
  char *names[] = {"a", "b", "c"};
  for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, thread, names[i]);
  for (;;) pause();
}
