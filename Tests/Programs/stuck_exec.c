/*
 * A process whose execve does not end: another tracer holds a thread that has to go first.
 *
 * Prints the process's number once it is in the execve; ends, and ends it, at the end of its input.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int to_parent[2], to_child[2];

static void *sibling(void *unused) {
  (void)unused;
  pid_t tid = syscall(SYS_gettid);
  if (write(to_parent[1], &tid, sizeof tid) != sizeof tid) _exit(3);
  for (;;) pause();
}

static int is_in_execve(pid_t pid) {
  char path[64], text[16] = "";
  snprintf(path, sizeof path, "/proc/%d/syscall", pid);
  int fd = open(path, O_RDONLY);
  if (fd < 0 || read(fd, text, sizeof text - 1) < 0) return 0;
  close(fd);
  return strncmp(text, "59 ", 3) == 0;
}

int main(void) {
  char byte = 0;
  pid_t tid;
  if (pipe(to_parent) != 0 || pipe(to_child) != 0) return 2;
  pid_t child = fork();
  if (child == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, sibling, NULL);
    if (read(to_child[0], &byte, 1) != 1) _exit(4);
    execl("/bin/sleep", "sleep", "60", NULL);
    _exit(5);
  }
  if (read(to_parent[0], &tid, sizeof tid) != sizeof tid) return 3;
  if (ptrace(PTRACE_SEIZE, tid, 0, 0) != 0) return 4;
  if (write(to_child[1], &byte, 1) != 1) return 5;
  while (!is_in_execve(child)) usleep(1000);
  printf("%d\n", child);
  fflush(stdout);
  while (read(0, &byte, 1) > 0) {}
  kill(child, SIGKILL);
  while (waitpid(-1, NULL, __WALL) > 0) {}
}
