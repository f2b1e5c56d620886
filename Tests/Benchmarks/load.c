/*
 * A sender to weigh tracers with:
 *
 *     load CALLS MESSAGES BYTES [SENDERS [IDLE [PROCESSES [PAUSE]]]]
 *
 * Sends CALLS batches of MESSAGES datagrams of BYTES over UDP on loopback, to a socket that drops
 * what does not fit, from each of SENDERS threads in each of PROCESSES, with IDLE threads asleep
 * beside them, and sleeps for PAUSE microseconds after each. Prints the nanoseconds that a call and
 * its pause took one sender, on average.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int calls, messages, bytes, target, pause_length;
static struct sockaddr_in place = {.sin_family = AF_INET};

static void *idle(void *unused) {
  for (;;) pause();
  return unused;
}

static void *send_all(void *unused) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  char *data = calloc(messages, bytes + 1);
  struct iovec *pieces = calloc(messages, sizeof *pieces);
  struct mmsghdr *batch = calloc(messages, sizeof *batch);
  for (int i = 0; i < messages; i++) {
    pieces[i] = (struct iovec){data + (size_t)i * bytes, bytes};
    memset(pieces[i].iov_base, 'a' + i % 26, bytes);
    batch[i].msg_hdr = (struct msghdr){
        .msg_name = &place, .msg_namelen = sizeof place, .msg_iov = pieces + i, .msg_iovlen = 1};
  }
  for (int i = 0; i < calls; i++) {
    if (sendmmsg(fd, batch, messages, 0) != messages) abort();
    if (pause_length > 0) usleep(pause_length);
  }
  return unused;
}

static int number(char **arguments, int count, int index, int otherwise) {
  return count > index ? atoi(arguments[index]) : otherwise;
}

int main(int count, char **arguments) {
  calls = number(arguments, count, 1, 1000);
  messages = number(arguments, count, 2, 1);
  bytes = number(arguments, count, 3, 64);
  int senders = number(arguments, count, 4, 1), sleepers = number(arguments, count, 5, 0);
  int processes = number(arguments, count, 6, 1);
  pause_length = number(arguments, count, 7, 0);
  target = socket(AF_INET, SOCK_DGRAM, 0);
  socklen_t size = sizeof place;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // A receiver with no room: each datagram is delivered and dropped, at an even cost.
  setsockopt(target, SOL_SOCKET, SO_RCVBUF, &(int){0}, sizeof(int));
  if (bind(target, (struct sockaddr *)&place, size) || getsockname(target, (struct sockaddr *)&place, &size))
    return 2;
  int is_child = 0;
  for (int i = 1; i < processes && !is_child; i++) is_child = fork() == 0;
  pthread_t thread, *working = calloc(senders, sizeof thread);
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  for (int i = 0; i < sleepers; i++)
    if (pthread_create(&thread, &small, idle, NULL)) return 2;
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  for (int i = 1; i < senders; i++)
    if (pthread_create(working + i, NULL, send_all, NULL)) return 2;
  send_all(NULL);
  for (int i = 1; i < senders; i++) pthread_join(working[i], NULL);
  while (wait(NULL) > 0) continue;
  clock_gettime(CLOCK_MONOTONIC, &after);
  if (is_child) _exit(0);
  double taken = (after.tv_sec - before.tv_sec) * 1e9 + (after.tv_nsec - before.tv_nsec);
  printf("%.1f\n", taken / calls);
  fflush(stdout);
  _exit(0);
}
