/*
 * A sendmmsg that waits until it is let go.
 *
 *     blocked_sender CALLS
 *
 * Prints "ready". On SIGUSR1 it prints "sending" and makes a call of three messages on a socket that
 * is full; on SIGUSR2 another thread makes room. Prints "returned RESULT ERRNO".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int pair[2];
static sigset_t signals;
static pthread_mutex_t room_is_made = PTHREAD_MUTEX_INITIALIZER; /* held while it is */

static void *helper(void *unused) {
  sigset_t room;
  int number;
  char got[64];
  sigemptyset(&room), sigaddset(&room, SIGUSR2);
  for (;;) {
    sigwait(&room, &number);
    pthread_mutex_lock(&room_is_made);
    while (recv(pair[1], got, sizeof got, MSG_DONTWAIT) >= 0) {}
    pthread_mutex_unlock(&room_is_made);
  }
  return unused;
}

int main(int count, char **arguments) {
  int calls = count > 1 ? atoi(arguments[1]) : 1, number;
  pthread_t thread;
  sigset_t start;
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  sigemptyset(&signals), sigaddset(&signals, SIGUSR1), sigaddset(&signals, SIGUSR2);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  sigemptyset(&start), sigaddset(&start, SIGUSR1);
  pthread_create(&thread, NULL, helper, NULL);
  setvbuf(stdout, NULL, _IOLBF, 0);
  puts("ready");
  for (int call = 0; call < calls; call++) {
    char texts[3][16];
    struct iovec pieces[3];
    struct mmsghdr batch[3];
    memset(batch, 0, sizeof batch);
    sigwait(&start, &number);
    pthread_mutex_lock(&room_is_made);
    while (send(pair[0], "fill", 4, MSG_DONTWAIT) >= 0) {}
    pthread_mutex_unlock(&room_is_made);
    for (int i = 0; i < 3; i++) {
      pieces[i] = (struct iovec){texts[i], sprintf(texts[i], "%s %d", call ? "again" : "first", i)};
      batch[i].msg_hdr.msg_iov = &pieces[i], batch[i].msg_hdr.msg_iovlen = 1;
    }
    puts("sending");
    int result = sendmmsg(pair[0], batch, 3, 0);
    printf("returned %d %d\n", result, result < 0 ? errno : 0);
  }
  return 0;
}
