/*
 * Sends to an AF_UNIX socket that is mostly full, and waits, while another thread calls system(3) over
 * and over. That blocks SIGCHLD in its thread, so that the kernel does not drop the signal though the
 * program ignores it; it wakes the sender, and mostly the other thread takes it then. A call can fall
 * short for nothing else.
 *
 *     system_beside dgram|stream
 *
 * Prints how many calls fell short.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { vlen = 40, enough = 20, most = 1000 };
static int pair[2];
static atomic_int is_over;

static void *commands(void *unused) {
  while (!is_over)
    if (system("true") != 0) exit(3);
  return unused;
}

/* Slower than the sender. */
static void *receive(void *unused) {
  static char bytes[8192];
  while (recv(pair[1], bytes, sizeof bytes, 0) > 0) usleep(500);
  return unused;
}

int main(int count, char **arguments) {
  if (count != 2) return 64;
  int is_stream = strcmp(arguments[1], "stream") == 0;
  static char bytes[8000];
  struct iovec piece = {bytes, is_stream ? sizeof bytes : 100};
  struct mmsghdr batch[vlen];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < vlen; i++) batch[i].msg_hdr.msg_iov = &piece, batch[i].msg_hdr.msg_iovlen = 1;
  if (socketpair(AF_UNIX, is_stream ? SOCK_STREAM : SOCK_DGRAM, 0, pair) != 0) return 2;
  pthread_t threads[2];
  if (pthread_create(&threads[0], NULL, receive, NULL) || pthread_create(&threads[1], NULL, commands, NULL)) return 2;
  int fell_short = 0;
  for (int i = 0; i < most && fell_short < enough; i++) {
    int sent = sendmmsg(pair[0], batch, vlen, 0);
    if (sent < 0) return 4;
    if (sent < vlen) fell_short++;
  }
  printf("%d\n", fell_short);
  is_over = 1;
  pthread_join(threads[1], NULL);
  shutdown(pair[1], SHUT_RDWR);
  pthread_join(threads[0], NULL);
  return 0;
}
