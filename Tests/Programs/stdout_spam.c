/*
 * Writes to stdout and stderr between its calls, and ends as it is told.
 *
 *     stdout_spam CALLS exit STATUS | signal NUMBER [core]
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **arguments) {
  int pair[2];
  if (count < 4 || socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  struct iovec piece = {"spam", 4};
  struct mmsghdr two[2];
  char bytes[8];
  memset(two, 0, sizeof two);
  for (int i = 0; i < 2; i++) two[i].msg_hdr.msg_iov = &piece, two[i].msg_hdr.msg_iovlen = 1;
  for (int i = 0, calls = atoi(arguments[1]); i < calls; i++) {
    int result = sendmmsg(pair[0], two, 2, 0);
    recv(pair[1], bytes, sizeof bytes, 0), recv(pair[1], bytes, sizeof bytes, 0);
    printf("call %d returned %d\n", i, result);
  }
  fflush(stdout);
  if (strcmp(arguments[2], "exit") == 0) return atoi(arguments[3]);
  struct rlimit cores = {0, 0};
  if (count > 4) cores.rlim_cur = cores.rlim_max = RLIM_INFINITY, setrlimit(RLIMIT_CORE, &cores);
  signal(atoi(arguments[3]), SIG_DFL);
  kill(getpid(), atoi(arguments[3]));
  pause();
  return 2;
}
