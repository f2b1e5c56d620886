/*
 * A program that sends a batch again from its start when it fell short.
 *
 * What is true of it: the queue of the receiver is nearly full, so that only some of eight datagrams
 * are sent; after the receiver has read, the whole batch is sent again, and those that had been sent
 * come twice. A trace shows the first call as `partial`, followed up as `resent_all` for what had
 * been sent, and as `resumed` for the rest.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { count = 8 };

static int drain(int receiver, char first) {
  char buffer[64];
  int got = 0;
  ssize_t length;
  while ((length = recv(receiver, buffer, sizeof buffer, MSG_DONTWAIT)) > 0) got += buffer[0] == first;
  return got;
}

int main(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends) < 0) {
    perror("resends_batch: socketpair");
    return 1;
  }
  int small = 8 << 10;
  setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  /* Until it is full; then there is room for three more. */
  while (send(ends[0], "filler", 6, 0) > 0) continue;
  char buffer[64];
  for (int i = 0; i < 3; i++) (void)!recv(ends[1], buffer, sizeof buffer, 0);

  char texts[count][32];
  struct iovec pieces[count];
  struct mmsghdr messages[count];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < count; i++) {
    pieces[i] = (struct iovec){texts[i], snprintf(texts[i], sizeof texts[i], "packet %d", i)};
    messages[i].msg_hdr.msg_iov = &pieces[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  int first = sendmmsg(ends[0], messages, count, 0);
  int came = drain(ends[1], 'p');
  int second = sendmmsg(ends[0], messages, count, 0);
  came += drain(ends[1], 'p');
  printf("returned %d, then %d of %d: %d came, %d of them twice\n", first, second, count, came,
         came - count);
  return first > 0 && first < count && second == count && came == count + first ? 0 : 1;
}
