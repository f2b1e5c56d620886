/*
 * A program that takes any count for success: the bug of libuv#3129. It sends three batches of 16
 * datagrams to a receiver whose queue holds fewer, and goes on with the next batch whatever
 * sendmmsg returned.
 *
 * What is true of it: each call returns less than 16, and what is behind the count is never sent.
 * The receiver, which reads everything between two batches, says how many came. A trace shows three
 * `partial` calls, each followed up as `abandoned`.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { batches = 3, count = 16 };

static int drain(int receiver) {
  char buffer[64];
  int got = 0;
  while (recv(receiver, buffer, sizeof buffer, MSG_DONTWAIT) > 0) got++;
  return got;
}

int main(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends) < 0) {
    perror("ignores_count: socketpair");
    return 1;
  }
  /* The least there can be: a few datagrams. */
  int small = 1;
  setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);

  int came = 0, sent = 0, calls = 0;
  for (int batch = 0; batch < batches; batch++) {
    char texts[count][32];
    struct iovec pieces[count];
    struct mmsghdr messages[count];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < count; i++) {
      int length = snprintf(texts[i], sizeof texts[i], "packet %d of batch %d", i, batch);
      pieces[i] = (struct iovec){texts[i], length};
      messages[i].msg_hdr.msg_iov = &pieces[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    int result = sendmmsg(ends[0], messages, count, 0);
    if (result < 0) {
      perror("ignores_count: sendmmsg");
      return 1;
    }
    /* And here it is: result is not compared with count. */
    printf("batch %d: returned %d\n", batch, result);
    sent += result;
    calls += result < count;
    came += drain(ends[1]);
  }
  printf("%d of %d came, %d never sent by %d calls\n", came, batches * count, batches * count - sent,
         calls);
  return came == sent && calls == batches ? 0 : 1;
}
