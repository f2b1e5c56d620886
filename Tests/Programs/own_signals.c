/*
 * Threads that send themselves signals without a pause: at any moment one of them is being
 * delivered.
 *
 *     own_signals FILE
 *
 * FILE holds two counters, `sent` and `lost`. A signal that a thread sends to itself is there when
 * the system call returns. SIGTRAP is among them, which a tracer gets for much else, and queued
 * ones, whose value must come with them. SIGTERM ends it: with 0.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS = 2 };

static struct {
  _Atomic uint64_t sent, lost;
} *counters;
static volatile sig_atomic_t ending;
static __thread volatile int arrived, value;

static void on_end(int number) { (void)number, ending = 1; }
static void on_plain(int number) { arrived = number; }
static void on_queued(int number, siginfo_t *info, void *context) {
  (void)context, arrived = number, value = info->si_value.sival_int;
}

static void *send_all(void *unused) {
  const int signals[] = {SIGUSR1, SIGTRAP, SIGRTMIN, SIGIO};
  for (int turn = 0; !ending; turn++) {
    int number = signals[turn % 4];
    siginfo_t info = {.si_signo = number, .si_code = SI_QUEUE, .si_value.sival_int = turn};
    arrived = 0;
    if (number == SIGRTMIN) syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), number, &info);
    else syscall(SYS_tgkill, getpid(), gettid(), number);
    counters->sent++;
    if (arrived != number || (number == SIGRTMIN && value != turn)) counters->lost++;
  }
  return unused;
}

int main(int count, char **words) {
  int file = count == 2 ? open(words[1], O_RDWR | O_CREAT, 0666) : -1;
  if (file < 0 || ftruncate(file, sizeof *counters) < 0) return 2;
  counters = mmap(NULL, sizeof *counters, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (counters == MAP_FAILED) return 2;

  struct sigaction action = {.sa_flags = SA_RESTART};
  action.sa_handler = on_end, sigaction(SIGTERM, &action, NULL);
  action.sa_handler = on_plain;
  sigaction(SIGUSR1, &action, NULL), sigaction(SIGTRAP, &action, NULL), sigaction(SIGIO, &action, NULL);
  action.sa_sigaction = on_queued, action.sa_flags |= SA_SIGINFO, sigaction(SIGRTMIN, &action, NULL);

  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, send_all, NULL);
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  return 0;
}
