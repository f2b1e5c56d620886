/*
 * Many sockets whose receivers are slow, as a media server's are:
 *
 *     stalled_sockets SOCKETS ROUNDS
 *
 * Offers 16 datagrams on each in turn, and in the next round what was left of them: a third of
 * the calls sends all. What a socket has no room for twice is given up.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { MESSAGES = 16, BYTES = 1200 };

int main(int count, char **arguments) {
  if (count != 3) return 2;
  int sockets = atoi(arguments[1]), rounds = atoi(arguments[2]), small = 8192;
  int(*pairs)[2] = calloc(sockets, sizeof *pairs);
  int *next = calloc(sockets, sizeof *next);
  for (int i = 0; i < sockets; i++) {
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pairs[i]) < 0) return 3;
    if (setsockopt(pairs[i][0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small) < 0) return 3;
  }
  static char data[MESSAGES][BYTES], taken[BYTES];
  struct iovec pieces[MESSAGES];
  struct mmsghdr batch[MESSAGES];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < MESSAGES; i++) {
    pieces[i] = (struct iovec){data[i], BYTES};
    batch[i].msg_hdr.msg_iov = pieces + i, batch[i].msg_hdr.msg_iovlen = 1;
  }
  for (int round = 0; round < rounds; round++)
    for (int i = 0; i < sockets; i++) {
      for (int k = 0; k < MESSAGES; k++)
        sprintf(data[k], "socket %d, message %d", i, round / 2 * MESSAGES + k);
      int sent = sendmmsg(pairs[i][0], batch + next[i], MESSAGES - next[i], 0);
      if (sent > 0) next[i] = (next[i] + sent) % MESSAGES;
      // All of it in every other round, else two.
      for (int k = 0; round % 2 != 0 || k < 2; k++)
        if (recv(pairs[i][1], taken, sizeof taken, 0) < 0) break;
    }
  return 0;
}
