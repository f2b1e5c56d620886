/*
 * Buffers that another thread rewrites while a call waits: a bug that no return value shows.
 *
 * What is true of it: the socket pair is full, so that a call of six messages has to wait before it
 * sends the first. Once it sleeps in the kernel, the payload of message 0 is overwritten, the
 * iovec of message 1, the control message of 2, the address of 3 and the header of 4; message 5
 * stays as it is. Then room is made, the kernel reads what is there now, and the call returns 6.
 * A trace shows the messages as they were when the call was made ("before 0" and so on). With
 * --verify it notes `mutated_during_call`, and says of each message what changed.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { count = 6 };

static int pair[2];
static volatile pid_t sender;
static char text[count][9];
static struct iovec pieces[count], other_piece;
static struct mmsghdr batch[count];
static union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } passed;
static struct sockaddr_un place;

static void *send_all(void *unused) {
  sender = gettid();
  printf("call %d\n", sendmmsg(pair[0], batch, count, 0));
  return unused;
}

/* The first line of a file of the sender's; empty where there is none. */
static void read_line(const char *file, char *line, int size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/%s", sender, file);
  FILE *stream = fopen(path, "r");
  if (!stream || !fgets(line, size, stream)) line[0] = 0;
  if (stream) fclose(stream);
}

static int sleeps_in_sendmmsg(void) {
  char line[512], *state;
  if (!sender) return 0;
  read_line("syscall", line, sizeof line);
  if (atoi(line) != SYS_sendmmsg) return 0;
  read_line("stat", line, sizeof line);
  state = strrchr(line, ')');
  return state && state[2] == 'S';
}

/* A receiver with a name that the kernel chose. */
static int named_receiver(struct sockaddr_un *name, socklen_t *length) {
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  struct sockaddr_un none = {.sun_family = AF_UNIX};
  *length = sizeof *name;
  if (bind(fd, (struct sockaddr *)&none, sizeof none.sun_family) < 0) return -1;
  return getsockname(fd, (struct sockaddr *)name, length) < 0 ? -1 : fd;
}

int main(void) {
  struct sockaddr_un second;
  socklen_t length, second_length;
  pthread_t thread;
  char bytes[16];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  if (named_receiver(&place, &length) < 0 || named_receiver(&second, &second_length) < 0) return 2;
  for (int i = 0; i < count; i++) {
    snprintf(text[i], sizeof text[i], "before %d", i);
    pieces[i] = (struct iovec){text[i], 8};
    batch[i].msg_hdr = (struct msghdr){.msg_iov = &pieces[i], .msg_iovlen = 1};
  }
  other_piece = pieces[4];
  passed.header = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
  memcpy(CMSG_DATA(&passed.header), &pair[0], sizeof(int));
  batch[2].msg_hdr.msg_control = &passed, batch[2].msg_hdr.msg_controllen = sizeof passed;
  batch[3].msg_hdr.msg_name = &place, batch[3].msg_hdr.msg_namelen = length;

  while (send(pair[0], "filler", 6, MSG_DONTWAIT) > 0) {}
  pthread_create(&thread, NULL, send_all, NULL);
  for (int i = 0; i < 10000 && !sleeps_in_sendmmsg(); i++) usleep(1000);

  memcpy(text[0], "after  0", 8);
  pieces[1].iov_len = 3;
  memcpy(CMSG_DATA(&passed.header), &pair[1], sizeof(int));
  place = second;
  batch[4].msg_hdr.msg_iov = &other_piece;

  while (recv(pair[1], bytes, sizeof bytes, MSG_DONTWAIT) > 0) {}
  pthread_join(thread, NULL);
  return 0;
}
