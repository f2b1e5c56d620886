/*
 * One thread after the other, each with three calls of its own: "THREAD.CALL". Two live at a time,
 * the next one being made by the one before it, so that no thread is there all the while.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int pair[2];

static void *life(void *argument) {
  long number = (long)argument;
  pthread_t next;
  pthread_detach(pthread_self());
  for (int call = 0; call < 3; call++) {
    char text[32], got[32];
    struct iovec piece = {text, sprintf(text, "%ld.%d", number, call)};
    struct mmsghdr one;
    memset(&one, 0, sizeof one);
    one.msg_hdr.msg_iov = &piece, one.msg_hdr.msg_iovlen = 1;
    if (sendmmsg(pair[0], &one, 1, 0) != 1) exit(3);
    if (recv(pair[1], got, sizeof got, 0) < 0) exit(4);
    usleep(100);
  }
  if (pthread_create(&next, NULL, life, (void *)(number + 1)) != 0) exit(5);
  return NULL;
}

int main(void) {
  pthread_t first;
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  if (pthread_create(&first, NULL, life, (void *)1) != 0) return 2;
  pthread_exit(NULL);
}
