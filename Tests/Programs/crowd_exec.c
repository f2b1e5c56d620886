/*
 * An execve that has many threads to end first.
 *
 *     crowd_exec THREADS ROUNDS
 *
 * On SIGUSR1 the last of THREADS threads executes the program again with a round less; the last
 * round sends a batch of two at SIGUSR1 and ends with 0. Says "ready ROUNDS" whenever it is.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char **words;
static sigset_t start;

static void *idle(void *unused) {
  for (;;) pause();
  return unused;
}

static void *replacer(void *unused) {
  char rounds[16];
  int number;
  sigwait(&start, &number);
  sprintf(rounds, "%d", atoi(words[2]) - 1);
  execl("/proc/self/exe", words[0], words[1], rounds, NULL);
  exit(3);
  return unused;
}

int main(int count, char **arguments) {
  pthread_attr_t small;
  pthread_t thread;
  int pair[2], number;
  if (count != 3 || socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) < 0) return 2;
  words = arguments;
  sigemptyset(&start), sigaddset(&start, SIGUSR1);
  sigprocmask(SIG_BLOCK, &start, NULL);
  if (strcmp(words[2], "0") != 0) {
    pthread_attr_init(&small), pthread_attr_setstacksize(&small, 1 << 16);
    for (int i = 1; i < atoi(words[1]); i++)
      if (pthread_create(&thread, &small, idle, NULL) != 0) return 2;
    if (pthread_create(&thread, &small, replacer, NULL) != 0) return 2;
    printf("ready %s\n", words[2]), fflush(stdout);
    for (;;) pause();
  }
  printf("ready 0\n"), fflush(stdout);
  sigwait(&start, &number);
  struct iovec piece = {"crowd", 5};
  struct mmsghdr two[2];
  memset(two, 0, sizeof two);
  for (int i = 0; i < 2; i++) two[i].msg_hdr.msg_iov = &piece, two[i].msg_hdr.msg_iovlen = 1;
  return sendmmsg(pair[0], two, 2, 0) == 2 ? 0 : 4;
}
