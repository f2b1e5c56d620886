/*
 * A message that was sent, and neither the count nor the caller knows: the array of messages is
 * partly in memory that cannot be written, so the kernel cannot store msg_len after it has sent.
 *
 * What is true of it: the first two messages lie in a page that can be written, the rest behind it
 * in one that can only be read. The call returns 2 of 4, but three datagrams arrive: message 2 is
 * sent before its msg_len is written, which fails. A caller that goes on behind the count sends
 * message 2 twice. The second call begins with that message: it returns -1 EFAULT, and again the
 * datagram arrives. A trace shows the first call as `partial`, cause `uncounted_send` at message 2,
 * and the second as `failed` with the same cause at message 0.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { count = 4, writable = 2 };

static int arrived(int receiver) {
  char byte;
  int datagrams = 0;
  while (recv(receiver, &byte, 1, MSG_DONTWAIT) >= 0) datagrams++;
  return datagrams;
}

int main(void) {
  int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof to;
  size_t page = sysconf(_SC_PAGESIZE);
  char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (receiver < 0 || sender < 0 || pages == MAP_FAILED ||
      bind(receiver, (struct sockaddr *)&to, sizeof to) < 0 ||
      getsockname(receiver, (struct sockaddr *)&to, &length) < 0 ||
      connect(sender, (struct sockaddr *)&to, sizeof to) < 0) {
    perror("sent_but_uncounted: setup");
    return 1;
  }

  struct mmsghdr *batch = (struct mmsghdr *)(pages + page) - writable;
  struct iovec pieces[count] = {{"zero", 4}, {"one", 3}, {"two", 3}, {"three", 5}};
  for (int i = 0; i < count; i++) batch[i].msg_hdr.msg_iov = &pieces[i], batch[i].msg_hdr.msg_iovlen = 1;
  if (mprotect(pages + page, page, PROT_READ) < 0) return 1;

  int first = sendmmsg(sender, batch, count, 0), came = arrived(receiver);
  printf("whole batch: returned %d of %d, %d arrived\n", first, count, came);
  int second = sendmmsg(sender, batch + first, count - first, 0), error = errno;
  int again = arrived(receiver);
  printf("from message %d on: returned %d, errno %d (%s), %d arrived\n", first, second, error,
         strerror(error), again);
  return first == writable && came == writable + 1 && second == -1 && again == 1 ? 0 : 1;
}
