/*
 * Threads that wait while signals come all the time that the program ignores.
 *
 *     ignored_flood COUNTS
 *
 * One thread waits in each kind of call, again and again: for a feeder that wakes it every 25
 * milliseconds, or for a timeout of 30. Every millisecond each of them is sent SIGWINCH, which is
 * ignored by default, and the process SIGURG, likewise, and SIGIO, which it ignores. Untraced, none
 * of them wakes anything. SIGTERM ends it with 0.
 *
 * COUNTS is a file that holds, all the while, for each kind
 *
 *     char name[24]; uint64_t calls, interrupted, wrong;
 *
 * `interrupted` counts EINTR, and `wrong` every other result that was not to be expected: timeouts
 * that came too early, or later than they may even where the call was begun anew.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { FEED_MS = 25, LIMIT_MS = 30, LATE_MS = 1000 };

#ifdef __i386__
#define FUTEX_CALL SYS_futex_time64
#else
#define FUTEX_CALL SYS_futex
#endif

struct kind {
  char name[24];
  volatile uint64_t calls, interrupted, wrong;
};
struct time64 {
  int64_t seconds, nanoseconds;
};

static const struct time64 limit = {0, LIMIT_MS * 1000000};
static int fed, quiet, fed_epoll, quiet_epoll, semaphores, pair[2], word, still;
static sigset_t waited;
static _Atomic int paused, over;

static int in_epoll(void) {
  struct epoll_event event;
  uint64_t value;
  return epoll_wait(fed_epoll, &event, 1, -1) == 1 && read(fed, &value, sizeof value) > 0 ? 0 : -1;
}
static int in_epoll_timeout(void) {
  struct epoll_event event;
  return epoll_wait(quiet_epoll, &event, 1, LIMIT_MS);
}
static int in_epoll_pwait2(void) {
  struct epoll_event event;
  return syscall(SYS_epoll_pwait2, quiet_epoll, &event, 1, &limit, NULL, 8);
}
static int in_semop(void) {
  struct sembuf take = {0, -1, 0};
  return semop(semaphores, &take, 1);
}
static int in_semtimedop(void) {
  struct sembuf take = {1, -1, 0};
  struct timespec time = {0, LIMIT_MS * 1000000};
  return semtimedop(semaphores, &take, 1, &time) < 0 && errno == EAGAIN ? 0 : -1;
}
static int in_sigwaitinfo(void) { return sigwaitinfo(&waited, NULL) == SIGUSR1 ? 0 : -1; }
static int in_sigtimedwait(void) {
  struct timespec time = {0, LIMIT_MS * 1000000};
  sigset_t never;
  sigemptyset(&never);
  sigaddset(&never, SIGUSR2);
  return sigtimedwait(&never, NULL, &time) < 0 && errno == EAGAIN ? 0 : -1;
}
static int in_recv(void) {
  char byte;
  return recv(pair[0], &byte, 1, 0) < 0 && errno == EAGAIN ? 0 : -1;
}
static int in_pause(void) {
  int before = paused;
  /* Only a handler ends it, and the next one is far. */
  return pause() < 0 && errno == EINTR && paused > before ? 0 : -1;
}
static int in_nanosleep(void) {
  struct timespec time = {0, LIMIT_MS * 1000000};
  return nanosleep(&time, NULL);
}
static int in_futex(void) { return syscall(FUTEX_CALL, &word, FUTEX_WAIT, 0, NULL); }
static int in_futex_timeout(void) {
  return syscall(FUTEX_CALL, &still, FUTEX_WAIT, 0, &limit) < 0 && errno == ETIMEDOUT ? 0 : -1;
}

/* Socket timeouts count in ticks, of which the first can be nearly over. */
static const struct {
  const char *name;
  int (*wait)(void);
  int timeout_us;
} waits[] = {
    {"epoll_wait", in_epoll, 0},
    {"epoll_wait timeout", in_epoll_timeout, LIMIT_MS * 1000},
    {"epoll_pwait2", in_epoll_pwait2, LIMIT_MS * 1000},
    {"semop", in_semop, 0},
    {"semtimedop", in_semtimedop, LIMIT_MS * 1000},
    {"sigwaitinfo", in_sigwaitinfo, 0},
    {"sigtimedwait", in_sigtimedwait, LIMIT_MS * 1000},
    {"recv timeout", in_recv, LIMIT_MS * 1000 - 10000},
    {"pause", in_pause, 0},
    {"nanosleep", in_nanosleep, LIMIT_MS * 1000},
    {"futex", in_futex, 0},
    {"futex timeout", in_futex_timeout, LIMIT_MS * 1000},
};
enum { KINDS = sizeof waits / sizeof waits[0] };

static struct kind *kinds;
static _Atomic pid_t tids[KINDS];

static int index_of(const char *name) {
  int i = 0;
  while (strcmp(waits[i].name, name) != 0) i++;
  return i;
}

static int64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void on_user2(int number) { (void)number, paused++; }

static void *wait_again_and_again(void *argument) {
  int i = (int)(intptr_t)argument;
  sigset_t user2;
  sigemptyset(&user2);
  sigaddset(&user2, SIGUSR2);
  if (strcmp(waits[i].name, "pause") == 0) pthread_sigmask(SIG_UNBLOCK, &user2, NULL);
  tids[i] = gettid();
  for (;;) {
    int64_t begin = now_us();
    int result = waits[i].wait(), error = errno;
    int64_t took = now_us() - begin, timeout = waits[i].timeout_us;
    if (over) pause();
    kinds[i].calls++;
    if (result < 0 && error == EINTR) kinds[i].interrupted++;
    else if (result < 0 || took < timeout || took > timeout + LATE_MS * 1000) kinds[i].wrong++;
  }
  return argument;
}

static void *feed(void *unused) {
  struct sembuf give = {0, 1, 0};
  struct timespec every = {0, FEED_MS * 1000000};
  uint64_t one = 1;
  int pausing = index_of("pause"), waiting = index_of("sigwaitinfo");
  for (;;) {
    nanosleep(&every, NULL);
    if (write(fed, &one, sizeof one) < 0) abort();
    semop(semaphores, &give, 1);
    syscall(SYS_futex, &word, FUTEX_WAKE, 1);
    syscall(SYS_tgkill, getpid(), tids[waiting], SIGUSR1);
    syscall(SYS_tgkill, getpid(), tids[pausing], SIGUSR2);
  }
  return unused;
}

int main(int count, char **words) {
  if (count != 2) return 2;
  int file = open(words[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || ftruncate(file, KINDS * sizeof *kinds) < 0) return 2;
  kinds = mmap(NULL, KINDS * sizeof *kinds, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  for (int i = 0; i < KINDS; i++) strcpy(kinds[i].name, waits[i].name);
  struct epoll_event event = {.events = EPOLLIN};
  struct timeval time = {0, LIMIT_MS * 1000};
  fed = eventfd(0, 0), quiet = eventfd(0, 0);
  fed_epoll = epoll_create1(0), quiet_epoll = epoll_create1(0);
  epoll_ctl(fed_epoll, EPOLL_CTL_ADD, fed, &event);
  epoll_ctl(quiet_epoll, EPOLL_CTL_ADD, quiet, &event);
  semaphores = semget(IPC_PRIVATE, 2, 0600);
  if (semaphores < 0 || socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  signal(SIGIO, SIG_IGN);
  struct sigaction action = {.sa_handler = on_user2};
  sigaction(SIGUSR2, &action, NULL);
  sigset_t blocked, end;
  sigemptyset(&waited), sigaddset(&waited, SIGUSR1);
  sigemptyset(&end), sigaddset(&end, SIGTERM);
  blocked = waited, sigaddset(&blocked, SIGUSR2), sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, NULL);

  pthread_t thread;
  for (int i = 0; i < KINDS; i++)
    pthread_create(&thread, NULL, wait_again_and_again, (void *)(intptr_t)i);
  for (int i = 0; i < KINDS; i++) while (tids[i] == 0) usleep(100);
  pthread_create(&thread, NULL, feed, NULL);
  for (;;) {
    struct timespec every = {0, 1000000};
    int number = sigtimedwait(&end, NULL, &every);
    if (number == SIGTERM) break;
    for (int i = 0; i < KINDS; i++) syscall(SYS_tgkill, getpid(), tids[i], SIGWINCH);
    kill(getpid(), SIGURG);
    kill(getpid(), SIGIO);
  }
  over = 1;
  semctl(semaphores, 0, IPC_RMID);
  return 0;
}
