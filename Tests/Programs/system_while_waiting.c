/*
 * Waits for room in sendmmsg(2) with SO_SNDTIMEO, while another thread does one of three things, each
 * time once:
 *
 *     system   calls system(3), which blocks SIGCHLD in its thread, so that the kernel does not drop
 *              the signal though the program ignores it: it wakes the sender, whose call fails with
 *              EINTR
 *     winch    sends SIGWINCH to the process, whose first thread, which it is, blocks it: the same
 *     fork     calls fork(2) and waitpid(2), and blocks nothing: the sender waits until there is room
 *
 * Prints how many calls failed with EINTR, and how many sent their messages.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { rounds = 20, vlen = 2 };
static int pair[2];
static char kind;
static _Atomic pid_t sender;
static atomic_int returned;
static pthread_barrier_t barrier;

static void need(int worked, const char *what) {
  if (!worked) perror(what), exit(3);
}

static int sender_waits(void) {
  char path[64], line[16] = "";
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", sender);
  FILE *file = fopen(path, "re");
  need(file != NULL, path);
  if (!fgets(line, sizeof line, file)) line[0] = 0;
  fclose(file);
  return atoi(line) == SYS_sendmmsg;
}

static void drain(void) {
  char bytes[100];
  while (recv(pair[1], bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;
}

static void run_command(void) {
  if (kind == 's') {
    need(system("true") == 0, "system");
    return;
  }
  if (kind == 'w') {
    need(kill(getpid(), SIGWINCH) == 0, "kill");
    return;
  }
  pid_t child = fork();
  if (child == 0) _exit(0);
  need(child > 0 && waitpid(child, NULL, 0) == child, "fork");
}

static void *commands(void *unused) {
  for (int i = 0; i < rounds; i++) {
    pthread_barrier_wait(&barrier);
    while (!sender_waits()) usleep(1000);
    run_command();
    for (int waited = 0; !returned && waited < (kind == 'f' ? 20 : 1000); waited++) usleep(1000);
    drain();
    while (!returned) usleep(1000);
    drain();
    pthread_barrier_wait(&barrier);
  }
  return unused;
}

static void *send_all(void *unused) {
  struct iovec piece = {"some bytes", 10};
  struct mmsghdr batch[vlen];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < vlen; i++) batch[i].msg_hdr.msg_iov = &piece, batch[i].msg_hdr.msg_iovlen = 1;
  int interrupted = 0, sent = 0;
  sender = gettid();
  for (int i = 0; i < rounds; i++) {
    while (send(pair[0], "some bytes", 10, MSG_DONTWAIT) > 0) continue;
    returned = 0;
    pthread_barrier_wait(&barrier);
    int result = sendmmsg(pair[0], batch, vlen, 0);
    interrupted += result < 0 && errno == EINTR, sent += result == vlen;
    returned = 1;
    pthread_barrier_wait(&barrier);
  }
  printf("%d %d\n", interrupted, sent);
  return unused;
}

int main(int count, char **arguments) {
  if (count != 2) return 64;
  kind = arguments[1][0];
  struct timeval limit = {20, 0};
  need(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0, "socketpair");
  need(setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0, "SO_SNDTIMEO");
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_t thread;
  int is_first = kind == 'w';
  need(pthread_create(&thread, NULL, is_first ? send_all : commands, NULL) == 0, "pthread_create");
  if (is_first) {
    sigset_t blocked;
    sigemptyset(&blocked), sigaddset(&blocked, SIGWINCH);
    pthread_sigmask(SIG_BLOCK, &blocked, NULL);
  }
  (is_first ? commands : send_all)(NULL);
  pthread_join(thread, NULL);
  return 0;
}
