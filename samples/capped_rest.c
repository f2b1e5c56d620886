/*
 * A program that does not know that one call takes 1,024 messages at most: it offers 1,500 and
 * thinks that they are sent, since the call did not fail.
 *
 * What is true of it: the call returns 1024 without any error, and the other 476 datagrams are never
 * sent. A trace shows the call as `capped`, followed up as `capped_rest`.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { count = 1500 };

static char texts[count][32];
static struct iovec pieces[count];
static struct mmsghdr messages[count];

int main(void) {
  int receiver = socket(AF_INET, SOCK_DGRAM, 0);
  int sender = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof to;
  if (receiver < 0 || sender < 0 || bind(receiver, (struct sockaddr *)&to, sizeof to) < 0 ||
      getsockname(receiver, (struct sockaddr *)&to, &length) < 0) {
    perror("capped_rest: sockets");
    return 1;
  }
  for (int i = 0; i < count; i++) {
    pieces[i] = (struct iovec){texts[i], snprintf(texts[i], sizeof texts[i], "packet %d", i)};
    messages[i].msg_hdr.msg_name = &to;
    messages[i].msg_hdr.msg_namelen = sizeof to;
    messages[i].msg_hdr.msg_iov = &pieces[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  int result = sendmmsg(sender, messages, count, 0);
  printf("returned %d of %d, %d never sent\n", result, count, count - result);
  return result == 1024 ? 0 : 1;
}
