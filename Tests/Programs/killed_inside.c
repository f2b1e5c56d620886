/*
 * Threads that die within a call.
 *
 *     killed_inside kill|exit|exec|thread-exec
 *
 * One thread fills a socket pair and then blocks in a call of two messages ("last words 0" and
 * "last words 1"). Once /proc says that it sleeps in that call, the process is killed by SIGKILL,
 * or the leader calls exit_group(3), or execve of itself (which prints "again"), or another thread
 * does. The blocked call never returns: its record must be `unfinished` and show both messages.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int pair[2];
static volatile pid_t blocked;
static char **all;

static void *blocker(void *unused) {
  (void)unused;
  struct iovec pieces[2] = {{"last words 0", 12}, {"last words 1", 12}};
  struct mmsghdr batch[2];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < 2; i++) batch[i].msg_hdr.msg_iov = &pieces[i], batch[i].msg_hdr.msg_iovlen = 1;
  while (send(pair[0], "filler", 6, MSG_DONTWAIT) > 0) {}
  blocked = gettid();
  sendmmsg(pair[0], batch, 2, 0);
  return NULL;
}

/* Waits until the thread sleeps within the send (its channel is a kernel function, state S). */
static void await_block(void) {
  char path[64], line[512];
  for (int i = 0; i < 5000; i++, usleep(1000)) {
    if (!blocked) continue;
    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", blocked);
    FILE *file = fopen(path, "r");
    char *got = file ? fgets(line, sizeof line, file) : NULL;
    if (file) fclose(file);
    if (!got || atoi(line) != SYS_sendmmsg) continue;
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", blocked);
    file = fopen(path, "r");
    got = file && fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
    if (file) fclose(file);
    if (got && got[2] == 'S') return;
  }
  fprintf(stderr, "killed_inside: the call did not block\n");
  exit(9);
}

static void *replace(void *unused) {
  (void)unused;
  execl("/proc/self/exe", all[0], "again", (char *)NULL);
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  all = arguments;
  if (strcmp(arguments[1], "again") == 0) return puts("again"), 0;
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  pthread_t thread, another;
  pthread_create(&thread, NULL, blocker, NULL);
  await_block();
  if (strcmp(arguments[1], "kill") == 0) kill(getpid(), SIGKILL);
  if (strcmp(arguments[1], "exit") == 0) _exit(3);
  if (strcmp(arguments[1], "exec") == 0) replace(NULL);
  if (strcmp(arguments[1], "thread-exec") == 0)
    pthread_create(&another, NULL, replace, NULL), pthread_join(another, NULL);
  return 2;
}
