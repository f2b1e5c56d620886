/*
 * A call whose second message has a payload that cannot be read, on a socket that is inherited, or its own.
 *
 *     unreadable own|DESCRIPTOR
 *
 * Prints what the call returned.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int count, char **arguments) {
  if (count != 2) return 2;
  int fd = strcmp(arguments[1], "own") == 0 ? socket(AF_INET, SOCK_DGRAM, 0) : atoi(arguments[1]);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct iovec good = {"data", 4}, bad = {(void *)16, 4};
  struct mmsghdr messages[3];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < 3; i++) {
    messages[i].msg_hdr.msg_name = &to, messages[i].msg_hdr.msg_namelen = sizeof to;
    messages[i].msg_hdr.msg_iov = i == 1 ? &bad : &good, messages[i].msg_hdr.msg_iovlen = 1;
  }
  printf("%d\n", sendmmsg(fd, messages, 3, 0));
  return 0;
}
