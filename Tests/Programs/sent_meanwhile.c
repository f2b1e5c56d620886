/*
 * A call waits for a receiver that is full until SO_SNDTIMEO is over. Meanwhile another thread sends
 * what its last message has, to another receiver, by sendto(2): before any call has fallen short.
 *
 * Prints what sendmmsg and sendto returned.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { vlen = 20 };
static struct sockaddr_un addresses[2];
static socklen_t lengths[2];
static int sender;
static const char last[] = "the last of all messages";

static void need(int worked, const char *what) {
  if (!worked) perror(what), exit(3);
}

static void open_receiver(int number) {
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  struct sockaddr_un *it = &addresses[number];
  it->sun_family = AF_UNIX;
  int length = snprintf(it->sun_path + 1, sizeof it->sun_path - 1, "sent_meanwhile %d %d", getpid(), number);
  lengths[number] = offsetof(struct sockaddr_un, sun_path) + 1 + length;
  need(fd >= 0 && bind(fd, (struct sockaddr *)it, lengths[number]) == 0, "bind");
}

static int first_thread_waits(void) {
  char path[64], line[16] = "";
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", getpid());
  FILE *file = fopen(path, "re");
  need(file != NULL, path);
  if (!fgets(line, sizeof line, file)) line[0] = 0;
  fclose(file);
  return atoi(line) == SYS_sendmmsg;
}

static void *send_last(void *result) {
  while (!first_thread_waits()) usleep(1000);
  *(long *)result = sendto(sender, last, sizeof last - 1, MSG_DONTWAIT, (struct sockaddr *)&addresses[1], lengths[1]);
  return NULL;
}

int main(void) {
  char text[vlen][40];
  struct iovec pieces[vlen];
  struct mmsghdr batch[vlen];
  struct timeval limit = {1, 0};
  long sent = -1;
  memset(batch, 0, sizeof batch);
  open_receiver(0), open_receiver(1), sender = socket(AF_UNIX, SOCK_DGRAM, 0);
  need(setsockopt(sender, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0, "SO_SNDTIMEO");
  for (int i = 0; i < vlen; i++) {
    int is_last = i == vlen - 1;
    int length = is_last ? snprintf(text[i], sizeof text[i], "%s", last)
                         : snprintf(text[i], sizeof text[i], "message %d of the batch", i);
    pieces[i] = (struct iovec){text[i], length};
    batch[i].msg_hdr = (struct msghdr){.msg_name = &addresses[is_last], .msg_namelen = lengths[is_last],
                                       .msg_iov = &pieces[i], .msg_iovlen = 1};
  }
  pthread_t thread;
  need(pthread_create(&thread, NULL, send_last, &sent) == 0, "pthread_create");
  int result = sendmmsg(sender, batch, vlen, 0);
  pthread_join(thread, NULL);
  printf("%d %ld\n", result, sent);
  return 0;
}
