/*
 * A signal with a handler that comes right after one that the program ignores.
 *
 *     caught_after_ignored CASE ROUNDS
 *
 * Prints "ready", and begins when a byte comes on the standard input. Each round waits in a call without a timeout: for a second thread to send SIGWINCH, which is
 * ignored by default, and, 0 to 60 microseconds later, SIGALRM, which has a handler and no SA_RESTART.
 * Whatever SIGWINCH does, SIGALRM ends the call with EINTR. Prints "rounds N wrong N" where each round
 * has ended, "stuck in round N" where one has waited for a second.
 *
 *   epoll   epoll_wait, which the kernel never restarts
 *   sem     semop, likewise
 *   pause   pause, which it restarts unless a handler runs
 *   read    read of a pipe, which it restarts but for a handler without SA_RESTART
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static _Atomic int begun, ended, handled;
static int rounds, set;
static pid_t waiting;

static void on_alarm(int number) { (void)number, handled++; }

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* True when the thread sleeps. */
static int sleeps(void) {
  char path[64], state = 0;
  snprintf(path, sizeof path, "/proc/self/task/%d/stat", waiting);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1) state = 0;
  fclose(file);
  return state == 'S';
}

static void *tell(void *unused) {
  for (int round = 1; round <= rounds; round++) {
    while (begun < round || !sleeps()) usleep(50);
    syscall(SYS_tgkill, getpid(), waiting, SIGWINCH);
    for (double until = now() + round % 60 * 1e-6; now() < until;) continue;
    syscall(SYS_tgkill, getpid(), waiting, SIGALRM);
    for (double until = now() + 1; ended < round; usleep(50)) {
      if (now() < until) continue;
      printf("stuck in round %d\n", round);
      fflush(stdout);
      semctl(set, 0, IPC_RMID);
      _exit(1);
    }
  }
  return unused;
}

int main(int count, char **words) {
  if (count != 3) return 2;
  rounds = atoi(words[2]);
  waiting = gettid();
  struct sigaction action = {.sa_handler = on_alarm};
  sigaction(SIGALRM, &action, NULL);
  struct epoll_event event;
  struct sembuf take = {0, -1, 0};
  int ends[2], wrong = 0, epoll = epoll_create1(0);
  set = semget(IPC_PRIVATE, 1, 0600);
  if (pipe(ends) < 0 || epoll < 0 || set < 0) return 2;
  char byte;
  puts("ready");
  fflush(stdout);
  if (read(0, &byte, 1) < 0) return 2;
  pthread_t teller;
  pthread_create(&teller, NULL, tell, NULL);
  for (int round = 1; round <= rounds; round++) {
    long result = 0;
    begun = round;
    if (strcmp(words[1], "epoll") == 0) result = epoll_wait(epoll, &event, 1, -1);
    else if (strcmp(words[1], "sem") == 0) result = semop(set, &take, 1);
    else if (strcmp(words[1], "pause") == 0) result = pause();
    else result = read(ends[0], &byte, 1);
    if (result != -1 || errno != EINTR || handled != round) wrong++;
    ended = round;
  }
  pthread_join(teller, NULL);
  semctl(set, 0, IPC_RMID);
  printf("rounds %d wrong %d\n", rounds, wrong);
  return 0;
}
