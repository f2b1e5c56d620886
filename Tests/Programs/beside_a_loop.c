/*
 * Threads that send now and then, beside one that does nothing else, and others that do nothing:
 *
 *     beside_a_loop IDLE CALLS
 *
 * Prints the median of how long CALLS of those took, in microseconds.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RARE = 20 };

static struct sockaddr_in address;
static atomic_int taken;
static int calls;
static double *times;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static void send_one(int fd) {
  char data[64] = "";
  struct iovec piece = {data, sizeof data};
  struct mmsghdr one = {
      .msg_hdr = {.msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &piece, .msg_iovlen = 1}};
  if (sendmmsg(fd, &one, 1, 0) != 1) perror("sendmmsg"), exit(2);
}

static void *idle(void *unused) {
  for (;;) pause();
  return unused;
}

static void *loop(void *unused) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  while (taken < calls) send_one(fd);
  return unused;
}

static void *rare(void *seed) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  unsigned state = (unsigned)(long)seed;
  while (taken < calls) {
    usleep(20000 + rand_r(&state) % 60000);
    double begin = now();
    send_one(fd);
    int place = taken++;
    if (place < calls) times[place] = now() - begin;
  }
  return seed;
}

static int ascending(const void *left, const void *right) {
  double difference = *(const double *)left - *(const double *)right;
  return difference < 0 ? -1 : difference > 0;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  int sleepers = atoi(arguments[1]);
  calls = atoi(arguments[2]);
  times = calloc(calls, sizeof *times);
  int receiver = socket(AF_INET, SOCK_DGRAM, 0);
  address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(receiver, (struct sockaddr *)&address, length) < 0) return 2;
  if (getsockname(receiver, (struct sockaddr *)&address, &length) < 0) return 2;
  pthread_attr_t small;
  pthread_attr_init(&small), pthread_attr_setstacksize(&small, 1 << 16);
  pthread_t thread, senders[RARE + 1];
  for (int i = 0; i < sleepers; i++)
    if (pthread_create(&thread, &small, idle, NULL) != 0) return 2;
  for (long i = 0; i <= RARE; i++)
    if (pthread_create(&senders[i], &small, i < RARE ? rare : loop, (void *)i) != 0) return 2;
  for (int i = 0; i <= RARE; i++) pthread_join(senders[i], NULL);
  qsort(times, calls, sizeof *times, ascending);
  printf("%.0f\n", times[calls / 2]);
  return 0;
}
