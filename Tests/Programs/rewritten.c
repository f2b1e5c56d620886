/*
 * Buffers that another thread rewrites while the call waits.
 *
 * The socket pair is full, so a call of two messages ("before 0", "before 1") has to wait. Then all
 * that it passed is overwritten, the second header included, and room is made. What the call asked
 * for when it was made is what a record of it must show.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int pair[2];
static volatile pid_t sender;
static char text[2][9] = {"before 0", "before 1"};
static struct iovec pieces[2] = {{text[0], 8}, {text[1], 8}};
static struct mmsghdr batch[2] = {{.msg_hdr = {.msg_iov = &pieces[0], .msg_iovlen = 1}},
                                  {.msg_hdr = {.msg_iov = &pieces[1], .msg_iovlen = 1}}};

static void *send_both(void *unused) {
  sender = gettid();
  printf("call %d\n", sendmmsg(pair[0], batch, 2, 0));
  return unused;
}

int main(void) {
  pthread_t thread;
  char path[64], line[512], bytes[16];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  while (send(pair[0], "filler", 6, MSG_DONTWAIT) > 0) {}
  pthread_create(&thread, NULL, send_both, NULL);
  for (int i = 0; i < 5000; i++, usleep(1000)) { /* until it sleeps within the call */
    if (!sender) continue;
    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", sender);
    FILE *file = fopen(path, "r");
    int number = file && fgets(line, sizeof line, file) ? atoi(line) : -1;
    if (file) fclose(file);
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", sender);
    file = fopen(path, "r");
    char *state = file && fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
    if (file) fclose(file);
    if (number == SYS_sendmmsg && state && state[2] == 'S') break;
  }
  memcpy(text[0], "after  0", 8), memcpy(text[1], "after  1", 8);
  pieces[0].iov_len = 3, pieces[1].iov_len = 4, batch[1].msg_hdr.msg_iovlen = 0;
  while (recv(pair[1], bytes, sizeof bytes, MSG_DONTWAIT) > 0) {}
  pthread_join(thread, NULL);
  return 0;
}
