/*
 * Sends at full speed, and counts for itself:
 *
 *     steady_sender CALLS MESSAGES BYTES
 *
 * Sends CALLS batches of MESSAGES datagrams of BYTES over UDP on loopback, to a socket that drops
 * what does not fit. Prints how many calls, messages and bytes that were, and ends when its input
 * does. For each line of its input that comes before, it sends one more batch, and prints a line.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int count, char **arguments) {
  if (count < 4) return 64;
  long calls = atol(arguments[1]), sent = 0, total = 0;
  int messages = atoi(arguments[2]), bytes = atoi(arguments[3]);
  int target = socket(AF_INET, SOCK_DGRAM, 0), fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof place;
  setsockopt(target, SOL_SOCKET, SO_RCVBUF, &(int){0}, sizeof(int));
  if (bind(target, (struct sockaddr *)&place, size) || getsockname(target, (struct sockaddr *)&place, &size))
    return 2;
  char *data = calloc(messages, bytes + 1);
  struct iovec *pieces = calloc(messages, sizeof *pieces);
  struct mmsghdr *batch = calloc(messages, sizeof *batch);
  for (long i = 0; i < (long)messages * bytes; i++) data[i] = 'a' + i % 26;
  for (int i = 0; i < messages; i++) {
    pieces[i] = (struct iovec){data + (size_t)i * bytes, bytes};
    batch[i].msg_hdr = (struct msghdr){
        .msg_name = &place, .msg_namelen = sizeof place, .msg_iov = pieces + i, .msg_iovlen = 1};
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (long i = 0; i < calls; i++) {
    int result = sendmmsg(fd, batch, messages, 0);
    if (result < 0) return 3;
    sent += result;
    for (int j = 0; j < result; j++) total += batch[j].msg_len;
  }
  printf("%ld %ld %ld\n", calls, sent, total);
  for (int byte; (byte = getchar()) != EOF;)
    if (byte == '\n') printf("%d\n", sendmmsg(fd, batch, messages, 0));
  return 0;
}
