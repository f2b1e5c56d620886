/* Whether a thread waits in sendmmsg. */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/types.h>

/* True while a thread, of whatever process, sleeps in sendmmsg, and is not merely stopped there. */
static int sleeps_in_send(pid_t tid) {
  char path[40], line[300] = "", state = 0;
  snprintf(path, sizeof path, "/proc/%d/syscall", tid);
  FILE *file = fopen(path, "re");
  if (file && fgets(line, sizeof line, file) == NULL) line[0] = 0;
  if (file) fclose(file);
  if (atoi(line) != SYS_sendmmsg) return 0;
  snprintf(path, sizeof path, "/proc/%d/stat", tid);
  file = fopen(path, "re");
  if (file && fscanf(file, "%*d (%*[^)]) %c", &state) != 1) state = 0;
  if (file) fclose(file);
  return state == 'S';
}
