/* Makes COUNT system calls that are none of a tracer's business; prints nanoseconds for each. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **arguments) {
  int calls = count > 1 ? atoi(arguments[1]) : 100000;
  // Attached to from outside: begin when told to.
  char byte;
  if (count > 2 && read(0, &byte, 1) < 0) return 2;
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  for (int i = 0; i < calls; i++) syscall(SYS_getppid);
  clock_gettime(CLOCK_MONOTONIC, &after);
  printf("%.1f\n", ((after.tv_sec - before.tv_sec) * 1e9 + (after.tv_nsec - before.tv_nsec)) / calls);
  return 0;
}
