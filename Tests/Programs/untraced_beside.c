/*
 * A program that is attached to alone, while a process that it had forked before is not traced:
 *     has       that one keeps the socket while the program falls short and ends
 *     sends     it sends what was left, and ends before the program does
 *     closes    it closes the socket at once
 *     executes  it has executed another program, without the socket
 *     keeps     the same with the socket
 *     given     the same without, and is given the socket before the call; sends what was left
 * Each line on the standard input is one step: the batch, then the end of the program. It prints its
 * number, and how many messages it sent. The other process ends with the session.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { count = 32, length = 200 };

static char texts[count][length];
static struct iovec pieces[count];
static struct mmsghdr batch[count];

static void check(int is_right, const char *what) {
  if (!is_right) perror(what), exit(1);
}

static void wait_for_line(void) {
  char byte = 0;
  while (byte != '\n' && read(0, &byte, 1) == 1) continue;
}

static int executes(const char *what) {
  return strcmp(what, "executes") == 0 || strcmp(what, "keeps") == 0 || strcmp(what, "given") == 0;
}

static void make_batch(void) {
  for (int i = 0; i < count; i++) {
    snprintf(texts[i], length, "message %d", i);
    pieces[i] = (struct iovec){texts[i], length};
    batch[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &pieces[i], .msg_iovlen = 1}};
  }
}

union passed {
  char bytes[CMSG_SPACE(2 * sizeof(int))];
  struct cmsghdr header;
};

/* Gives both ends of the socket away, and waits until they have come. */
static void give(int to, int ends[2]) {
  union passed control = {0};
  char byte = 0;
  struct iovec piece = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  control.header = (struct cmsghdr){CMSG_LEN(2 * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
  memcpy(CMSG_DATA(&control.header), ends, 2 * sizeof(int));
  check(sendmsg(to, &message, 0) == 1 && read(to, &byte, 1) == 1, "sendmsg");
}

static void take(int from, int ends[2]) {
  union passed control = {0};
  char byte;
  struct iovec piece = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  check(recvmsg(from, &message, 0) == 1 && control.header.cmsg_type == SCM_RIGHTS, "recvmsg");
  memcpy(ends, CMSG_DATA(&control.header), 2 * sizeof(int));
  check(write(from, &byte, 1) == 1, "write");
}

static void send_rest(int ends[2], int from) {
  char sent, text[length];
  check(read(from, &sent, 1) == 1, "read");
  while (recv(ends[1], text, sizeof text, MSG_DONTWAIT) > 0) continue;
  check(sendmmsg(ends[0], batch + sent, count - sent, MSG_DONTWAIT) > 0, "sendmmsg");
}

static void other(char *what, int ends[2], int from) {
  close(1);
  if (strcmp(what, "closes") == 0) close(ends[0]);
  if (strcmp(what, "sends") == 0) send_rest(ends, from), _exit(0);
  if (strcmp(what, "keeps") != 0) fcntl(ends[0], F_SETFD, FD_CLOEXEC), fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  char number[12];
  snprintf(number, sizeof number, "%d", from);
  char *words[] = {"other", what, number, NULL};
  if (executes(what)) execv("/proc/self/exe", words);
  for (;;) pause();
}

/* Another program. */
static void executed(const char *what, int from) {
  int ends[2];
  check(write(from, "", 1) == 1, "write");
  if (strcmp(what, "given") == 0) take(from, ends), send_rest(ends, from);
  for (;;) pause();
}

int main(int argc, char **argv) {
  int ends[2], to_other[2];
  make_batch();
  if (argc == 3) executed(argv[1], atoi(argv[2]));
  if (argc != 2) return 64;
  const char *what = argv[1];
  check(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0, "socketpair");
  check(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, to_other) == 0, "socketpair");
  setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &(int){1}, sizeof(int));
  pid_t child = fork();
  if (child == 0) other(argv[1], ends, to_other[1]);
  close(to_other[1]);
  char byte;
  /* It is another program by then. */
  if (executes(what)) check(read(to_other[0], &byte, 1) == 1, "read");
  printf("%d\n", getpid());
  fflush(stdout);
  wait_for_line();
  if (strcmp(what, "given") == 0) give(to_other[0], ends);
  int sent = sendmmsg(ends[0], batch, count, MSG_DONTWAIT);
  check(sent > 0 && sent < count, "sendmmsg");
  printf("%d\n", sent);
  fflush(stdout);
  check(write(to_other[0], &(char){sent}, 1) == 1, "write");
  if (strcmp(what, "sends") == 0) waitpid(child, NULL, 0);
  wait_for_line();
}
