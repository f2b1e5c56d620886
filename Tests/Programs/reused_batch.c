/*
 * Sends the same batch from the same memory again and again, and changes one thing between two
 * calls: what a tracer that guesses by the last call must not get wrong.
 *
 * Prints one line a call: for each message the port it goes to, its payload, and the traffic class
 * of its control message or -.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 4, PIECES = 2, SIZE = 16 };

static char payload[BATCH][PIECES][SIZE], elsewhere[PIECES][SIZE];
static struct sockaddr_in names[BATCH], other_name;
static struct iovec pieces[BATCH][PIECES], other_pieces[PIECES];
static struct mmsghdr batch[BATCH];
static struct { _Alignas(struct cmsghdr) char bytes[CMSG_SPACE(sizeof(int))]; } controls[BATCH];

static void set_class(int index, int value) {
  struct cmsghdr *head = (struct cmsghdr *)controls[index].bytes;
  head->cmsg_level = IPPROTO_IP, head->cmsg_type = IP_TOS, head->cmsg_len = CMSG_LEN(sizeof value);
  memcpy(CMSG_DATA(head), &value, sizeof value);
}

static void tell(int count) {
  for (int i = 0; i < count; i++) {
    struct msghdr *it = &batch[i].msg_hdr;
    printf("%s%d ", i ? " " : "", ntohs(((struct sockaddr_in *)it->msg_name)->sin_port));
    for (size_t piece = 0; piece < it->msg_iovlen; piece++)
      printf("%.*s", (int)it->msg_iov[piece].iov_len, (char *)it->msg_iov[piece].iov_base);
    int value = 0;
    if (it->msg_controllen > 0) memcpy(&value, CMSG_DATA((struct cmsghdr *)it->msg_control), sizeof value);
    if (it->msg_controllen > 0) printf(" %d", value);
    else printf(" -");
  }
  printf("\n");
}

int main(void) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0), count = BATCH;
  struct sockaddr_in to = {AF_INET, htons(9000), {htonl(INADDR_LOOPBACK)}};
  other_name = to, other_name.sin_port = htons(9999);
  for (int i = 0; i < PIECES; i++) {
    memset(elsewhere[i], 'y' + i, SIZE);
    other_pieces[i] = (struct iovec){elsewhere[i], 3 + i};
  }
  for (int i = 0; i < BATCH; i++) {
    names[i] = to, names[i].sin_port = htons(9000 + i);
    for (int j = 0; j < PIECES; j++) {
      memset(payload[i][j], 'a' + i * PIECES + j, SIZE);
      pieces[i][j] = (struct iovec){payload[i][j], 4};
    }
    batch[i].msg_hdr = (struct msghdr){&names[i], sizeof to, pieces[i], PIECES, &controls[i], sizeof controls[i], 0};
    set_class(i, 4 * i);
  }
  for (int call = 0; call < 40; call++) {
    int i = call % BATCH;
    struct msghdr *it = &batch[i].msg_hdr;
    // Each is done once in either half, in another message, and every third call is like the last.
    switch (call % 20) {
      case 1: payload[i][0][1] = 'A' + call % 26; break;
      case 2: names[i].sin_port = htons(9100 + call); break;
      case 4: set_class(i, 128 + 4 * i); break;
      case 5: pieces[i][1].iov_len = 9; break;
      case 7: pieces[i][0].iov_base = elsewhere[1]; break;
      case 8: it->msg_iovlen = 1; break;
      case 10: it->msg_iov = other_pieces; break;
      case 11: it->msg_name = &other_name; break;
      case 13: it->msg_controllen = 0; break;
      case 14: it->msg_iovlen = PIECES; break;
      case 16: count = BATCH - 1; break;
      case 17: count = BATCH; break;
      case 19: it->msg_controllen = sizeof controls[i]; break;
    }
    tell(count);
    if (sendmmsg(fd, batch, count, 0) != count) return 1;
  }
  return 0;
}
