/*
 * Calls whose socket another thread changes soon after they have returned, while a tracer may still
 * be asking about them.
 *
 *     changed_behind COUNT
 *
 * The second message of each call goes to a broadcast address, which the socket may not send to, and
 * has a payload that cannot be read. The other thread sleeps until its time has come and allows
 * broadcasts then. Prints for each call when it was done (CLOCK_MONOTONIC, nanoseconds).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { second = 1000000000, ready_after = 400000, earliest = 100000, latest = 500000 };

static int sender;
static long due, changed;
static sem_t begin, done;

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * second + time.tv_nsec;
}

static void allow(int allowed) {
  if (setsockopt(sender, SOL_SOCKET, SO_BROADCAST, &allowed, sizeof allowed) != 0) exit(3);
}

static void *change(void *unused) {
  (void)unused;
  for (;;) {
    while (sem_wait(&begin) != 0) {}
    struct timespec time = {.tv_sec = due / second, .tv_nsec = due % second};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0) {}
    changed = now();
    allow(1);
    sem_post(&done);
  }
  return NULL;
}

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 1;
  sender = socket(AF_INET, SOCK_DGRAM, 0);
  int receiver = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof to;
  if (bind(receiver, (struct sockaddr *)&to, size) != 0) return 3;
  if (getsockname(receiver, (struct sockaddr *)&to, &size) != 0) return 3;
  struct sockaddr_in all = to;
  all.sin_addr.s_addr = htonl(0x7fffffff);
  char *unreadable = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (unreadable == MAP_FAILED) return 3;
  struct iovec parts[] = {{"hello", 5}, {unreadable, 100}};
  struct mmsghdr messages[] = {
      {.msg_hdr = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &parts[0], .msg_iovlen = 1}},
      {.msg_hdr = {.msg_name = &all, .msg_namelen = sizeof all, .msg_iov = &parts[1], .msg_iovlen = 1}},
  };
  sem_init(&begin, 0, 0);
  sem_init(&done, 0, 0);
  pthread_t thread;
  if (pthread_create(&thread, NULL, change, NULL) != 0) return 3;
  for (int call = 0; call < count; call++) {
    allow(0);
    long start = now() + ready_after;
    due = start + earliest + (latest - earliest) / count * call;
    sem_post(&begin);
    while (now() < start) {} /* asleep, this thread would come late */
    int sent = sendmmsg(sender, messages, 2, 0);
    while (sem_wait(&done) != 0) {}
    if (sent != 1) return 4;
    printf("%ld\n", changed);
    char byte;
    while (recv(receiver, &byte, 1, MSG_DONTWAIT) > 0) {}
  }
  fflush(stdout);
  _exit(0);
}
