/*
 * Messages that claim far more than there is, among honest ones.
 *
 * Messages 0 and 2 say that they have 2 GiB of control data and 2 GiB of payload where a page ends
 * after 8 bytes; messages 1 and 3 carry one byte with one small control message each. What one
 * message claims must take nothing away from what is kept of another. The call fails at message 0.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

int main(void) {
  int pair[2];
  char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0 || mprotect(page + 4096, 4096, PROT_NONE) < 0) return 2;
  memcpy(page + 4088, "tail of\n", 8);
  struct iovec large = {page + 4088, 0x7ffff000}, small = {"x", 1};
  _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = "";
  struct cmsghdr *head = (struct cmsghdr *)control;
  head->cmsg_len = CMSG_LEN(sizeof(int)), head->cmsg_level = SOL_SOCKET, head->cmsg_type = SCM_RIGHTS;
  struct mmsghdr batch[4];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < 4; i++) {
    struct msghdr *header = &batch[i].msg_hdr;
    int claims = i % 2 == 0;
    header->msg_iov = claims ? &large : &small, header->msg_iovlen = 1;
    header->msg_control = claims ? page + 4088 : control;
    header->msg_controllen = claims ? 0x7fffffff : sizeof control;
  }
  printf("call %d\n", sendmmsg(pair[0], batch, 4, MSG_DONTWAIT));
  return 0;
}
