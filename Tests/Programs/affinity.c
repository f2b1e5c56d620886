/*
 * What a program sees of the CPUs that it and its children may run on:  affinity [one]
 *
 * Every line is the same with and without a tracer. Between the lines it sends, so that a tracer
 * has something to record: prints how many calls were complete in the end. With `one` it first
 * chooses one CPU for itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int pair[2], complete;

static void send_one(void) {
  struct iovec piece = {"here", 4};
  struct mmsghdr one;
  char bytes[8];
  memset(&one, 0, sizeof one);
  one.msg_hdr.msg_iov = &piece, one.msg_hdr.msg_iovlen = 1;
  complete += sendmmsg(pair[0], &one, 1, 0) == 1;
  recv(pair[1], bytes, sizeof bytes, 0);
}

/* The raw call, with a buffer that ends at a page which is not there and begins after a mark. */
static void show(const char *what, pid_t about, size_t size) {
  long page = sysconf(_SC_PAGESIZE);
  unsigned char *pages =
      mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || munmap(pages + page, page) != 0) exit(3);
  memset(pages, 0xa5, page);
  unsigned char *mask = pages + page - size;
  long got = syscall(SYS_sched_getaffinity, about, size, mask);
  printf("%s size %zu: %ld errno %d", what, size, got, got < 0 ? errno : 0);
  printf(" mask");
  for (size_t i = 0; i < size && i < 16; i++) printf(" %02x", mask[i]);
  for (unsigned char *at = pages; at < mask; at++) {
    if (*at != 0xa5) printf(" BEFORE %ld", (long)(mask - at));
  }
  for (long i = got < 0 ? 0 : got; i < (long)size; i++) {
    if (mask[i] != 0xa5) printf(" BEHIND %ld", i);
  }
  printf("\n");
  munmap(pages, page);
  send_one();
}

static void show_all(const char *what) {
  show(what, 0, 128);
  show(what, getpid(), 64);
  show(what, 0, sizeof(long));
  show(what, 0, 8);
  show(what, 0, 3);
  errno = 0;
  printf("fault %ld", syscall(SYS_sched_getaffinity, 0, 128, (void *)8));
  printf(" errno %d cpus %ld\n", errno, sysconf(_SC_NPROCESSORS_ONLN));
  fflush(stdout);
}

static void in_child(const char *what, int uses_vfork) {
  fflush(stdout);
  if (uses_vfork) {
    pid_t child = vfork();
    if (child == 0) {
      execl("/proc/self/exe", "affinity", "child", (char *)NULL);
      _exit(9);
    }
    waitpid(child, NULL, 0);
    return;
  }
  pid_t child = fork();
  if (child == 0) {
    show_all(what);
    /* Children see it in /proc too: nothing is falsified for them. */
    FILE *status = fopen("/proc/self/status", "r");
    char line[512];
    while (status && fgets(line, sizeof line, status)) {
      if (strncmp(line, "Cpus_allowed", 12) == 0) printf("%s", line);
    }
    fflush(stdout);
    _exit(complete > 0 ? 0 : 9);
  }
  int status = 0;
  waitpid(child, &status, 0);
  printf("%s ended %d\n", what, status);
  fflush(stdout);
}

static void *in_thread(void *unused) {
  show_all("thread");
  return unused;
}

int main(int count, char **arguments) {
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  if (count > 1 && strcmp(arguments[1], "child") == 0) return show_all("executed"), 0;
  show_all("first");
  in_child("forked", 0);
  in_child("spawned", 1);
  if (count > 1 && strcmp(arguments[1], "again") == 0) {
    execl("/proc/self/exe", "affinity", (char *)NULL);
    return 3;
  }
  if (count > 1 && strcmp(arguments[1], "one") == 0) {
    cpu_set_t own, none;
    CPU_ZERO(&none);
    errno = 0;
    printf("no CPU: %d", sched_setaffinity(0, sizeof none, &none));
    printf(" errno %d\n", errno);
    show_all("kept");
    sched_getaffinity(0, sizeof own, &own);
    int last = CPU_SETSIZE - 1;
    while (!CPU_ISSET(last, &own)) last--;
    CPU_ZERO(&own);
    CPU_SET(last, &own);
    printf("set %d\n", sched_setaffinity(0, sizeof own, &own));
    show_all("chosen");
    in_child("forked with it", 0);
    /* From now on nothing is falsified. */
    FILE *status = fopen("/proc/self/status", "r");
    char line[512];
    while (status && fgets(line, sizeof line, status)) {
      if (strncmp(line, "Cpus_allowed", 12) == 0) printf("%s", line);
    }
  }
  pthread_t thread;
  if (pthread_create(&thread, NULL, in_thread, NULL) != 0) return 2;
  pthread_join(thread, NULL);
  show_all("last");
  in_child("forked again", 0);
  printf("complete %d\n", complete);
  return 0;
}
