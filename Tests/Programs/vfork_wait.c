/*
 * A parent that waits for its vfork child, as long as one likes.
 *
 *     vfork_wait ROUNDS
 *
 * Each round begins with SIGUSR1: the child says "waiting PID" and waits for SIGUSR2, in the memory
 * of its parent, which cannot run meanwhile. Then the child exits with 7, and the parent sends a
 * batch of two and says what waitpid and sendmmsg gave it.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
  int rounds = count > 1 ? atoi(arguments[1]) : 1, pair[2], number, status;
  sigset_t start, finish, both;
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  sigemptyset(&start), sigaddset(&start, SIGUSR1);
  sigemptyset(&finish), sigaddset(&finish, SIGUSR2);
  both = start, sigaddset(&both, SIGUSR2);
  sigprocmask(SIG_BLOCK, &both, NULL);
  setvbuf(stdout, NULL, _IONBF, 0);
  puts("ready");
  for (int round = 0; round < rounds; round++) {
    sigwait(&start, &number);
    char text[64];
    pid_t child = vfork();
    if (child == 0) {
      (void)!write(1, text, sprintf(text, "waiting %d\n", getpid()));
      sigwait(&finish, &number);
      _exit(7);
    }
    if (waitpid(child, &status, 0) != child) return 3;
    struct iovec piece = {text, sprintf(text, "after %d", round)};
    struct mmsghdr two[2];
    memset(two, 0, sizeof two);
    for (int i = 0; i < 2; i++) two[i].msg_hdr.msg_iov = &piece, two[i].msg_hdr.msg_iovlen = 1;
    int sent = sendmmsg(pair[0], two, 2, 0);
    printf("child %d sent %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1, sent);
  }
  return 0;
}
