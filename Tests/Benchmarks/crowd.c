/*
 * Threads that sleep:
 *
 *     crowd THREADS
 *
 * Prints "ready" when all are there, and ends with its standard input.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *idle(void *unused) {
  for (;;) pause();
  return unused;
}

int main(int count, char **arguments) {
  pthread_t thread;
  pthread_attr_t small;
  char byte;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  for (int i = count > 1 ? atoi(arguments[1]) : 1; i > 1; i--)
    if (pthread_create(&thread, &small, idle, NULL)) return 2;
  puts("ready");
  fflush(stdout);
  while (read(0, &byte, 1) > 0) continue;
  return 0;
}
