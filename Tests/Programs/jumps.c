/*
 * Calls that wait and are left by a jump out of a handler on a stack of its own:
 *
 *     jumps COUNT
 *
 * Then makes 1,000 other system calls, and one call that is complete. Prints COUNT.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static sigjmp_buf place;

static void jump(int number) {
  (void)number;
  siglongjmp(place, 1);
}

int main(int count, char **arguments) {
  int pair[2], times = count > 1 ? atoi(arguments[1]) : 1;
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0) return 2;
  stack_t stack = {.ss_size = 1 << 16};
  stack.ss_sp = mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (sigaltstack(&stack, NULL) != 0) return 3;
  struct sigaction action = {.sa_handler = jump, .sa_flags = SA_ONSTACK};
  sigaction(SIGALRM, &action, NULL);
  struct iovec piece = {"left", 4};
  struct mmsghdr two[2];
  memset(two, 0, sizeof two);
  for (int i = 0; i < 2; i++) two[i].msg_hdr.msg_iov = &piece, two[i].msg_hdr.msg_iovlen = 1;
  while (send(pair[0], "full", 4, MSG_DONTWAIT) == 4) {}
  struct itimerval soon = {.it_value = {0, 1000}};
  for (volatile int i = 0; i < times; i++) {
    if (sigsetjmp(place, 1) != 0) continue;
    setitimer(ITIMER_REAL, &soon, NULL);
    sendmmsg(pair[0], two, 2, 0);
    return 4;
  }
  for (int i = 0; i < 1000; i++) syscall(SYS_getppid);
  char byte;
  while (recv(pair[1], &byte, 1, MSG_DONTWAIT) >= 0) {}
  if (sendmmsg(pair[0], two, 2, 0) != 2) return 5;
  printf("%d\n", times);
}
