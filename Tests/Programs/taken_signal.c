/*
 * The first signal that a process ignores wakes one thread, and another one takes it.
 *
 * Each of a number of children has its first thread wait in epoll_wait(2) for 60 ms, beside two threads
 * that make calls without waiting. A signal for the process, SIGWINCH, which is ignored by default,
 * wakes the first thread, if any; under ptrace(2) the others look for signals at each stop.
 * Prints "rounds N interrupted N": how many waits failed with EINTR. Untraced none does.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 20, THREADS = 2 };

static void *call(void *unused) {
  for (;;) getppid();
  return unused;
}

static void *tell(void *unused) {
  usleep(20000);
  kill(getpid(), SIGWINCH);
  return unused;
}

static int wait_beside_others(void) {
  int set = epoll_create1(0);
  pthread_t thread;
  for (int number = 0; number < THREADS; number++) pthread_create(&thread, NULL, call, NULL);
  pthread_create(&thread, NULL, tell, NULL);
  struct epoll_event event;
  return epoll_wait(set, &event, 1, 60) == -1 && errno == EINTR;
}

int main(void) {
  int interrupted = 0;
  for (int round = 0; round < ROUNDS; round++) {
    pid_t child = fork();
    if (child == 0) _exit(wait_beside_others());
    int status;
    waitpid(child, &status, 0);
    interrupted += status != 0;
  }
  printf("rounds %d interrupted %d\n", ROUNDS, interrupted);
  return 0;
}
