/*
 * A batch that falls short: the fourth of five datagrams holds 70000 bytes, more than UDP carries.
 *
 * What is true of it: the call returns 3 and says no more. The error of message 3 is EMSGSIZE, which
 * the kernel throws away; message 4 is never tried. Only a second call that begins with message 3
 * gets to see the error. A trace shows the first call as `partial`, the second as `failed`, and
 * the third, which begins behind the bad message, as `complete`.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { count = 5, bad = 3 };

static char big[70000];

int main(void) {
  int receiver = socket(AF_INET, SOCK_DGRAM, 0);
  int sender = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof to;
  if (receiver < 0 || sender < 0 || bind(receiver, (struct sockaddr *)&to, sizeof to) < 0 ||
      getsockname(receiver, (struct sockaddr *)&to, &length) < 0) {
    perror("oversize_in_middle: sockets");
    return 1;
  }

  memset(big, 'x', sizeof big);
  struct iovec pieces[count] = {
      {"onetwo", 6}, {"three", 5}, {"four", 4}, {big, sizeof big}, {"the one left behind", 19},
  };
  struct mmsghdr batch[count];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < count; i++) {
    batch[i].msg_hdr.msg_name = &to;
    batch[i].msg_hdr.msg_namelen = sizeof to;
    batch[i].msg_hdr.msg_iov = &pieces[i];
    batch[i].msg_hdr.msg_iovlen = 1;
  }

  int first = sendmmsg(sender, batch, count, 0);
  printf("whole batch: returned %d of %d\n", first, count);
  int second = sendmmsg(sender, batch + bad, count - bad, 0);
  printf("from message %d on: returned %d, errno %d (%s)\n", bad, second, errno, strerror(errno));
  int third = sendmmsg(sender, batch + bad + 1, count - bad - 1, 0);
  printf("from message %d on: returned %d\n", bad + 1, third);
  return first == 3 && second == -1 && third == 1 ? 0 : 1;
}
