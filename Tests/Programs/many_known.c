/*
 * Calls that fall short, beside a child that sleeps and has the same kind of descriptors, many of them,
 * but not the socket.
 *
 *     many_known DESCRIPTORS CALLS
 *
 * The second message of each call has a payload that cannot be read. Behind each it waits for a line on
 * stdin.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void need(int worked, const char *what) {
  if (!worked) perror(what), exit(3);
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  int ready[2];
  need(pipe(ready) == 0, "pipe");
  pid_t child = fork();
  need(child >= 0, "fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int i = atoi(arguments[1]); i > 0; i--) need(dup(0) >= 0, "dup");
    need(write(ready[1], "", 1) == 1, "write");
    for (;;) pause();
  }
  char byte;
  need(read(ready[0], &byte, 1) == 1, "read");

  int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof to;
  need(bind(receiver, (struct sockaddr *)&to, sizeof to) == 0, "bind");
  need(getsockname(receiver, (struct sockaddr *)&to, &length) == 0, "getsockname");
  struct iovec pieces[2] = {{"hello", 5}, {(void *)16, 100}};
  struct mmsghdr messages[2] = {
      {.msg_hdr = {&to, sizeof to, &pieces[0], 1, NULL, 0, 0}},
      {.msg_hdr = {&to, sizeof to, &pieces[1], 1, NULL, 0, 0}},
  };
  for (int i = atoi(arguments[2]); i > 0; i--) {
    need(syscall(SYS_sendmmsg, sender, messages, 2, 0) == 1, "sendmmsg");
    need(recv(receiver, &byte, 1, MSG_DONTWAIT) == 1, "recv");
    need(getchar() == '\n', "a line");
  }
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}
