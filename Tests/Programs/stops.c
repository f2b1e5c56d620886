/*
 * Stops that really stop.
 *
 *     stops stop|tstp
 *
 * A child sends one batch of two, stops itself by SIGSTOP or SIGTSTP, and sends another once it is
 * continued. The parent prints what it saw of that by waitpid: stopped by which signal, that the
 * child does not run while it is stopped (its clock ticks do not grow), continued, exit status.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void batch(int fd) {
  struct iovec piece = {"tick", 4};
  struct mmsghdr two[2];
  memset(two, 0, sizeof two);
  for (int i = 0; i < 2; i++) two[i].msg_hdr.msg_iov = &piece, two[i].msg_hdr.msg_iovlen = 1;
  if (sendmmsg(fd, two, 2, 0) != 2) _exit(4);
}

int main(int count, char **arguments) {
  int number = count > 1 && strcmp(arguments[1], "tstp") == 0 ? SIGTSTP : SIGSTOP, pair[2], status;
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  pid_t child = fork();
  if (child == 0) {
    /* An orphaned process group would ignore SIGTSTP; ours has a parent in another one. */
    setpgid(0, 0);
    batch(pair[0]);
    raise(number);
    batch(pair[0]);
    /* Until its continuing has been seen: what has ended is not reported as continued. */
    char seen;
    recv(pair[0], &seen, 1, 0);
    _exit(7);
  }
  if (waitpid(child, &status, WUNTRACED) != child) return 2;
  printf("stopped %d by %d\n", WIFSTOPPED(status), WIFSTOPPED(status) ? WSTOPSIG(status) : 0);
  char bytes[8];
  struct pollfd ready = {pair[1], POLLIN, 0};
  int before = 0;
  while (recv(pair[1], bytes, sizeof bytes, MSG_DONTWAIT) > 0) before++;
  printf("batches before %d, sent while stopped %d\n", before / 2, poll(&ready, 1, 150));
  kill(child, SIGCONT);
  waitpid(child, &status, WCONTINUED);
  printf("continued %d\n", WIFCONTINUED(status));
  send(pair[1], "s", 1, 0);
  waitpid(child, &status, 0);
  int after = 0;
  while (recv(pair[1], bytes, sizeof bytes, MSG_DONTWAIT) > 0) after++;
  printf("exited %d with %d, batches after %d\n", WIFEXITED(status), WEXITSTATUS(status), after / 2);
  return 0;
}
