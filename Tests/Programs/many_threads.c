/*
 * One sender among idle threads:  many_threads THREADS CALLS
 *
 * Prints how many of the CALLS of two messages were complete, and the time they took.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void *idle(void *unused) {
  for (;;) pause();
  return unused;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  int threads = atoi(arguments[1]), calls = atoi(arguments[2]), complete = 0, pair[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  pthread_attr_t small;
  pthread_attr_init(&small), pthread_attr_setstacksize(&small, 1 << 16);
  for (int i = 0; i < threads; i++) {
    pthread_t thread;
    if (pthread_create(&thread, &small, idle, NULL) != 0) return perror("thread"), 2;
  }
  struct iovec piece = {"busy", 4};
  struct mmsghdr two[2];
  memset(two, 0, sizeof two);
  for (int i = 0; i < 2; i++) two[i].msg_hdr.msg_iov = &piece, two[i].msg_hdr.msg_iovlen = 1;
  struct timespec from, to;
  char bytes[8];
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (int i = 0; i < calls; i++) {
    complete += sendmmsg(pair[0], two, 2, 0) == 2;
    recv(pair[1], bytes, sizeof bytes, 0), recv(pair[1], bytes, sizeof bytes, 0);
  }
  clock_gettime(CLOCK_MONOTONIC, &to);
  printf("threads %d complete %d\n", threads, complete);
  fprintf(stderr, "microseconds per call %.1f\n",
          ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) / 1e3 / calls);
  return 0;
}
