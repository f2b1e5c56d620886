/*
 * 32-bit calls, which lay out their structures differently.
 *
 * What is true of it: each line printed is one call of two messages that returned 2. Built with
 * -m32, every call is a 32-bit one: sendmmsg by libc, by its own number (345), and by
 * socketcall(102) with call number 20. Built as 64-bit, the program makes the same two 32-bit calls
 * by `int $0x80`, with structures below 4 GiB: the layout belongs to the call, not to the
 * program. A trace shows abi `i386` for them, and syscall `socketcall` for the last.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* The structures as a 32-bit call has them, and the arguments of socketcall. */
struct narrow_iovec { uint32_t base, length; };
struct narrow_mmsghdr {
  uint32_t name, namelen, iov, iovlen, control, controllen, flags, msg_len;
};
struct low {
  struct narrow_mmsghdr batch[2];
  struct narrow_iovec pieces[2];
  uint32_t arguments[4];
  char text[16];
};

static int int80(int number, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  int result;
  /* ebx may be taken by position-independent code, so it is saved by hand. */
#ifdef __x86_64__
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d)
                   : "memory", "r8", "r9", "r10", "r11");
#else
  __asm__ volatile("xchg %%ebx, %%edi; int $0x80; xchg %%ebx, %%edi"
                   : "=a"(result) : "a"(number), "D"(a), "c"(b), "d"(c), "S"(d) : "memory");
#endif
  return result;
}

int main(void) {
  int pair[2], failed = 0;
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 1;
#ifndef __x86_64__
  struct iovec piece = {"libc", 4};
  struct mmsghdr own[2] = {{.msg_hdr = {.msg_iov = &piece, .msg_iovlen = 1}},
                           {.msg_hdr = {.msg_iov = &piece, .msg_iovlen = 1}}};
  int sent = sendmmsg(pair[0], own, 2, 0);
  printf("sendmmsg by libc: returned %d of 2\n", sent);
  failed |= sent != 2;
#endif
  struct low *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
#ifdef __x86_64__
                         MAP_32BIT |
#endif
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (low == MAP_FAILED) return 1;
  memcpy(low->text, "lowhigh", 7);
  for (int i = 0; i < 2; i++) {
    low->pieces[i] = (struct narrow_iovec){(uint32_t)(uintptr_t)(low->text + 3 * i), 3 + i};
    low->batch[i].iov = (uint32_t)(uintptr_t)&low->pieces[i], low->batch[i].iovlen = 1;
  }
  uint32_t batch = (uint32_t)(uintptr_t)low->batch;
  int direct = int80(345, pair[0], batch, 2, 0);
  printf("int $0x80, number 345: returned %d of 2\n", direct);
  memcpy(low->arguments, (uint32_t[]){pair[0], batch, 2, 0}, sizeof low->arguments);
  int multiplexed = int80(102, 20, (uint32_t)(uintptr_t)low->arguments, 0, 0);
  printf("int $0x80, socketcall 20: returned %d of 2\n", multiplexed);
  return failed | (direct != 2) | (multiplexed != 2);
}
