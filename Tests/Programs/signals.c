/*
 * Signals by the thousand while messages are sent.
 *
 *     signals CALLS
 *
 * Between calls, and within them from a child that keeps sending, the process gets queued realtime
 * signals, each with a number of its own. Prints how many handlers ran, the sum of what they
 * carried, what faults and raise() delivered, and how many calls returned 4: all are known
 * beforehand, since realtime signals are queued and none may be lost, doubled or changed.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile long ran, sum, raised, wrong;

static void queued(int number, siginfo_t *info, void *context) {
  (void)number, (void)context;
  if (info->si_code != SI_QUEUE) wrong++;
  ran++, sum += info->si_value.sival_int;
}
static void plain(int number, siginfo_t *info, void *context) {
  (void)number, (void)context;
  if (info->si_code != SI_TKILL || info->si_pid != getpid()) wrong++;
  raised++;
}

int main(int count, char **arguments) {
  int calls = count > 1 ? atoi(arguments[1]) : 1000, complete = 0, pair[2], status;
  struct sigaction action = {.sa_sigaction = queued, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGRTMIN, &action, NULL);
  action.sa_sigaction = plain;
  sigaction(SIGUSR1, &action, NULL);
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;

  pid_t parent = getpid(), child = fork();
  if (child == 0) {
    for (int i = 1; i <= calls; i++)
      while (sigqueue(parent, SIGRTMIN, (union sigval){.sival_int = i}) < 0) usleep(100);
    _exit(0);
  }
  struct iovec piece = {"signal", 6};
  struct mmsghdr batch[4];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < 4; i++) batch[i].msg_hdr.msg_iov = &piece, batch[i].msg_hdr.msg_iovlen = 1;
  char bytes[16];
  for (int i = 0; i < calls; i++) {
    complete += sendmmsg(pair[0], batch, 4, 0) == 4;
    while (recv(pair[1], bytes, sizeof bytes, MSG_DONTWAIT) > 0) {}
    if (i % 10 == 0) raise(SIGUSR1);
  }
  while (waitpid(child, &status, 0) < 0) {}
  while (ran < calls) usleep(1000);
  printf("queued %ld sum %ld raised %ld wrong %ld complete %d\n", ran, sum, raised, wrong, complete);
  return 0;
}
