/*
 * A program that is attached to alone, while a process that it had forked before has its socket, too:
 *     has      that one keeps the socket while the program falls short and ends
 *     sends    it sends what was left, and ends before the program does
 *     closes   it closes the socket at once
 * Each line on the standard input is one step: the batch, then the end of the program. It prints its
 * number, and how many messages it sent. The other process ends with the session.
 */
#define _GNU_SOURCE
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

static void other(const char *what, int ends[2], int from) {
  char sent, text[length];
  close(1);
  if (strcmp(what, "closes") == 0) close(ends[0]);
  check(read(from, &sent, 1) == 1, "read");
  if (strcmp(what, "sends") == 0) {
    while (recv(ends[1], text, sizeof text, MSG_DONTWAIT) > 0) continue;
    check(sendmmsg(ends[0], batch + sent, count - sent, MSG_DONTWAIT) > 0, "sendmmsg");
    _exit(0);
  }
  for (;;) pause();
}

int main(int argc, char **argv) {
  int ends[2], to_other[2];
  if (argc != 2) return 64;
  check(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0 && pipe(to_other) == 0, "pipe");
  setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &(int){1}, sizeof(int));
  for (int i = 0; i < count; i++) {
    snprintf(texts[i], length, "message %d", i);
    pieces[i] = (struct iovec){texts[i], length};
    batch[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &pieces[i], .msg_iovlen = 1}};
  }
  pid_t child = fork();
  if (child == 0) other(argv[1], ends, to_other[0]);
  printf("%d\n", getpid());
  fflush(stdout);
  wait_for_line();
  int sent = sendmmsg(ends[0], batch, count, MSG_DONTWAIT);
  check(sent > 0 && sent < count, "sendmmsg");
  printf("%d\n", sent);
  fflush(stdout);
  check(write(to_other[1], &(char){sent}, 1) == 1, "write");
  if (strcmp(argv[1], "sends") == 0) waitpid(child, NULL, 0);
  wait_for_line();
}
