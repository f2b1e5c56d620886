/*
 * Everything that can make a sender: threads, fork, vfork, clone, execve, and execve from a thread
 * that is not the leader.
 *
 * What is true of it: each sender makes two calls of two messages, numbered "WHO CALL.MESSAGE", and
 * each call returns 2. A thread that calls execve ends all the others and goes on under the pid of
 * the process. There are the leader, 3 threads, 4 children (one begins another program), and the
 * program that a thread puts in our place: 9 senders, 18 calls, 36 messages, all `complete`.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { fd = 100 }; /* one end of a socket pair; the other is 101 */
static char self[4096];

static void send_as(const char *who) {
  for (int call = 0; call < 2; call++) {
    char text[2][48], drained[48];
    struct iovec pieces[2];
    struct mmsghdr batch[2];
    memset(batch, 0, sizeof batch);
    for (int i = 0; i < 2; i++) {
      int length = snprintf(text[i], sizeof text[i], "%s %d.%d", who, call, i);
      pieces[i] = (struct iovec){text[i], length};
      batch[i].msg_hdr.msg_iov = &pieces[i], batch[i].msg_hdr.msg_iovlen = 1;
    }
    int sent = sendmmsg(fd, batch, 2, 0);
    dprintf(1, "%s call %d: returned %d of 2\n", who, call, sent);
    for (int i = 0; i < sent; i++) (void)!recv(fd + 1, drained, sizeof drained, MSG_DONTWAIT);
  }
}

static void *thread(void *name) { return send_as(name), NULL; }
static int cloned(void *name) { return send_as(name), 0; }

static void *exec_from_thread(void *unused) {
  (void)unused;
  return execl(self, self, "exec-from-thread", "last", (char *)NULL), NULL;
}

static void await(pid_t child) { (void)!waitpid(child, NULL, __WALL); }

int main(int count, char **arguments) {
  if (readlink("/proc/self/exe", self, sizeof self - 1) < 0) return 1;
  if (count > 1) return send_as(arguments[1]), 0; /* begun by one of the execl below */
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 1;
  dup2(pair[0], fd), dup2(pair[1], fd + 1);

  send_as("leader");
  pthread_t threads[3], last;
  char *names[] = {"thread-1", "thread-2", "thread-3"};
  for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, thread, names[i]);
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);

  pid_t child = fork();
  if (child == 0) send_as("fork"), _exit(0);
  await(child);
  child = vfork();
  if (child == 0) execl(self, self, "vfork-exec", (char *)NULL), _exit(127);
  await(child);
  char *stack = malloc(1 << 18);
  await(clone(cloned, stack + (1 << 18), SIGCHLD, "clone"));
  await(clone(cloned, stack + (1 << 18), CLONE_VM | CLONE_FILES | SIGCHLD, "clone-vm"));

  pthread_create(&last, NULL, exec_from_thread, NULL);
  pthread_join(last, NULL);
  return 1; /* not reached: the execve replaces us */
}
