/*
 * A server that notices when it is disturbed.
 *
 *     served COUNTS [IDLE]
 *
 * Threads wait in calls that return EINTR, or too early, when something wakes them: one of each
 * kind for an hour, another again and again for some milliseconds. A sender sends numbered batches
 * of three; IDLE more threads only wait. SIGTERM, blocked before the first thread and taken by
 * sigwaitinfo, ends it with 0.
 *
 * COUNTS is a file that holds, all the while, what is printed at the end: for each kind
 *
 *     char name[24]; uint64_t calls, interrupted, wrong;
 *
 * `interrupted` counts EINTR, and `wrong` every other result that was not to be expected, timeouts
 * that came too early among them. The kind `batches` comes first; its `calls` is how many were sent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { SHORT_MS = 7, LONG_MS = 3600 * 1000, BATCH = 3 };

struct kind {
  char name[24];
  uint64_t calls, interrupted, wrong;
};

static int epoll, receiver[2], listener[2], ring, quiet_pipe[2], busy_pipe[2], semaphore, word;
static sigset_t waited;

/* Each waits for `ms` and returns 0 where it came to that, else -1 with errno. */
static int in_epoll(struct timespec time, int ms) {
  struct epoll_event event;
  (void)time;
  return epoll_wait(epoll, &event, 1, ms);
}
static int in_recv(struct timespec time, int ms) {
  char byte;
  (void)time;
  return recv(receiver[ms == LONG_MS], &byte, 1, 0) < 0 && errno == EAGAIN ? 0 : -1;
}
static int in_sigtimedwait(struct timespec time, int ms) {
  (void)ms;
  return sigtimedwait(&waited, NULL, &time) < 0 && errno == EAGAIN ? 0 : -1;
}
static int in_semtimedop(struct timespec time, int ms) {
  struct sembuf take = {0, -1, 0};
  (void)ms;
  return semtimedop(semaphore, &take, 1, &time) < 0 && errno == EAGAIN ? 0 : -1;
}
static int in_poll(struct timespec time, int ms) {
  struct pollfd quiet = {quiet_pipe[0], POLLIN, 0};
  (void)time;
  return poll(&quiet, 1, ms);
}
static int in_ppoll(struct timespec time, int ms) {
  struct pollfd quiet = {quiet_pipe[0], POLLIN, 0};
  sigset_t none;
  (void)ms;
  sigfillset(&none);
  return ppoll(&quiet, 1, &time, &none);
}
static int in_epoll_pwait2(struct timespec time, int ms) {
  struct epoll_event event;
  (void)ms;
  return syscall(SYS_epoll_pwait2, epoll, &event, 1, &time, NULL, 8);
}
static int in_accept(struct timespec time, int ms) {
  (void)time;
  return accept(listener[ms == LONG_MS], NULL, NULL) < 0 && errno == EAGAIN ? 0 : -1;
}
static int in_io_uring(struct timespec time, int ms) {
  struct __kernel_timespec until = {time.tv_sec, time.tv_nsec};
  struct io_uring_getevents_arg more = {.ts = (unsigned long)&until};
  /* Containers mostly forbid it. */
  if (ring < 0) return poll(NULL, 0, ms);
  int result = syscall(SYS_io_uring_enter, ring, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &more,
                       sizeof more);
  return result < 0 && errno == ETIME ? 0 : -1;
}
static int in_nanosleep(struct timespec time, int ms) {
  (void)ms;
  return nanosleep(&time, NULL);
}
static int in_futex(struct timespec time, int ms) {
  (void)ms;
  return syscall(SYS_futex, &word, FUTEX_WAIT, 0, &time) < 0 && errno == ETIMEDOUT ? 0 : -1;
}
static int in_read(struct timespec time, int ms) {
  char byte;
  (void)time;
  return read(ms == LONG_MS ? quiet_pipe[0] : busy_pipe[0], &byte, 1) == 1 ? 0 : -1;
}

/* Socket timeouts count in ticks, of which the first can be nearly over. */
static const struct {
  const char *name;
  int (*wait)(struct timespec, int ms);
  int early_is_wrong;
} waits[] = {
    {"epoll_wait", in_epoll, 1},     {"recv", in_recv, 0},           {"sigtimedwait", in_sigtimedwait, 1},
    {"semtimedop", in_semtimedop, 1}, {"poll", in_poll, 1},           {"nanosleep", in_nanosleep, 1},
    {"futex", in_futex, 1},          {"read", in_read, 0},
    {"ppoll", in_ppoll, 1},          {"accept", in_accept, 0},        {"epoll_pwait2", in_epoll_pwait2, 1},
    {"io_uring_enter", in_io_uring, 1},
};
enum { WAITS = sizeof waits / sizeof *waits, KINDS = 1 + 2 * WAITS + 1 };
static struct kind *kinds;

static void *waiter(void *argument) {
  long index = (long)argument;
  int ms = index % 2 ? LONG_MS : SHORT_MS, type = index / 2;
  struct kind *kind = &kinds[1 + index];
  for (;;) {
    struct timespec time = {ms / 1000, ms % 1000 * 1000000}, from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    int result = waits[type].wait(time, ms);
    clock_gettime(CLOCK_MONOTONIC, &to);
    double passed = (to.tv_sec - from.tv_sec) * 1e3 + (to.tv_nsec - from.tv_nsec) / 1e6;
    int early = waits[type].early_is_wrong && passed < ms - 1;
    if (result < 0 && errno == EINTR) kind->interrupted++;
    else if (result != 0 || early) kind->wrong++;
    kind->calls++;
  }
  return NULL;
}

static void *feeder(void *unused) {
  for (;;) usleep(2000), (void)!write(busy_pipe[1], "x", 1);
  return unused;
}

static void *sender(void *unused) {
  int pair[2];
  char texts[BATCH][32], got[32];
  struct iovec pieces[BATCH];
  struct mmsghdr batch[BATCH];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) exit(2);
  for (;;) {
    memset(batch, 0, sizeof batch);
    for (int i = 0; i < BATCH; i++) {
      int length = sprintf(texts[i], "%llu.%d", (unsigned long long)kinds->calls, i);
      pieces[i] = (struct iovec){texts[i], length};
      batch[i].msg_hdr.msg_iov = &pieces[i], batch[i].msg_hdr.msg_iovlen = 1;
    }
    int result = sendmmsg(pair[0], batch, BATCH, 0);
    if (result < 0 && errno == EINTR) kinds->interrupted++;
    if (result != BATCH) kinds->wrong++;
    for (int i = 0; i < BATCH; i++)
      if (recv(pair[1], got, sizeof got, MSG_DONTWAIT) != (ssize_t)pieces[i].iov_len ||
          memcmp(got, texts[i], pieces[i].iov_len) != 0)
        kinds->wrong++;
    kinds->calls++;
    usleep(300);
  }
  return unused;
}

static void *idle(void *unused) {
  for (;;) pause();
  return unused;
}

static void start(void *(*function)(void *), void *argument) {
  static pthread_attr_t small;
  static int ready;
  pthread_t thread;
  if (!ready) pthread_attr_init(&small), pthread_attr_setstacksize(&small, 1 << 16), ready = 1;
  if (pthread_create(&thread, &small, function, argument) != 0) perror("thread"), exit(2);
}

int main(int count, char **arguments) {
  int file = count > 1 ? open(arguments[1], O_RDWR | O_CREAT | O_TRUNC, 0666) : -1;
  if (file < 0 || ftruncate(file, KINDS * sizeof *kinds) < 0) return 2;
  kinds = mmap(NULL, KINDS * sizeof *kinds, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (kinds == MAP_FAILED || pipe(quiet_pipe) < 0 || pipe(busy_pipe) < 0) return 2;
  strcpy(kinds->name, "batches");
  strcpy(kinds[KINDS - 1].name, "sigwaitinfo");
  sigset_t ends;
  sigemptyset(&ends), sigaddset(&ends, SIGTERM);
  sigemptyset(&waited), sigaddset(&waited, SIGUSR2);
  sigprocmask(SIG_BLOCK, &ends, NULL), sigprocmask(SIG_BLOCK, &waited, NULL);

  epoll = epoll_create1(0);
  for (int i = 0; i < 2; i++) {
    int pair[2];
    struct timeval limit = {i ? LONG_MS / 1000 : 0, i ? 0 : SHORT_MS * 1000};
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
    receiver[i] = pair[0];
    setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    listener[i] = socket(AF_UNIX, SOCK_STREAM, 0);
    setsockopt(listener[i], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    if (bind(listener[i], (struct sockaddr *)&name, sizeof name.sun_family) < 0 || listen(listener[i], 1) < 0) return 2;
  }
  ring = syscall(SYS_io_uring_setup, 4, &(struct io_uring_params){0});
  semaphore = semget(IPC_PRIVATE, 1, 0600);
  for (long i = 0; i < 2 * WAITS; i++) {
    sprintf(kinds[1 + i].name, "%s %s", waits[i / 2].name, i % 2 ? "long" : "short");
    start(waiter, (void *)i);
  }
  start(feeder, NULL);
  for (int i = count > 2 ? atoi(arguments[2]) : 0; i > 0; i--) start(idle, NULL);
  start(sender, NULL);

  while (sigwaitinfo(&ends, NULL) < 0) {
    kinds[KINDS - 1].calls++;
    if (errno == EINTR) kinds[KINDS - 1].interrupted++;
  }
  for (int i = 0; i < KINDS; i++)
    printf("%s: calls %llu interrupted %llu wrong %llu\n", kinds[i].name, (unsigned long long)kinds[i].calls,
           (unsigned long long)kinds[i].interrupted, (unsigned long long)kinds[i].wrong);
  semctl(semaphore, 0, IPC_RMID);
  return 0;
}
