/*
 * Sends of an io_uring that are made while a thread is in sendmmsg, by that thread, and on the same
 * socket: the ring's send waits for room like the call, and is made when the call returns.
 *
 * Each line: a name, vlen, the return value, what the message gets alone that the call ended at
 * ("uncounted": it is sent all the same), and how many sends of the ring were made meanwhile.
 *
 *   ring_sends ready|none    says so when it has a ring without a descriptor, or no ring at all; once it may read a
 *                            line, one call whose message 1 passes descriptor -1
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "asleep.h"

enum { page = 4096, entries = 8 };

static void need(int worked, const char *what) {
  if (!worked) perror(what), exit(3);
}

/* ---- the ring ---- */

static struct {
  int fd;
  unsigned *submitted, *completed, *slots;
  struct io_uring_sqe *requests;
} ring;

static void set_up_ring(void) {
  struct io_uring_params it = {0};
  ring.fd = syscall(SYS_io_uring_setup, entries, &it);
  need(ring.fd >= 0, "io_uring_setup");
  char *queue = mmap(NULL, it.sq_off.array + it.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED,
                     ring.fd, IORING_OFF_SQ_RING);
  char *results = mmap(NULL, it.cq_off.cqes + it.cq_entries * sizeof(struct io_uring_cqe),
                       PROT_READ | PROT_WRITE, MAP_SHARED, ring.fd, IORING_OFF_CQ_RING);
  ring.requests = mmap(NULL, it.sq_entries * sizeof *ring.requests, PROT_READ | PROT_WRITE, MAP_SHARED,
                       ring.fd, IORING_OFF_SQES);
  need(queue != MAP_FAILED && results != MAP_FAILED && ring.requests != MAP_FAILED, "mmap");
  ring.submitted = (void *)(queue + it.sq_off.tail), ring.slots = (void *)(queue + it.sq_off.array);
  ring.completed = (void *)(results + it.cq_off.tail);
}

/* Leaves a send to the ring that has to wait for room. */
static void leave_to_ring(int fd, const void *bytes, unsigned size) {
  unsigned number = *ring.submitted, slot = number % entries;
  ring.requests[slot] = (struct io_uring_sqe){
      .opcode = IORING_OP_SEND, .fd = fd, .addr = (unsigned long)bytes, .len = size};
  ring.slots[slot] = slot;
  __atomic_store_n(ring.submitted, number + 1, __ATOMIC_RELEASE);
  need(syscall(SYS_io_uring_enter, ring.fd, 1, 0, 0, NULL, 0) == 1, "io_uring_enter");
}

/* ---- the socket, full at first, and who makes room ---- */

static int ends[2];
static pid_t sender;
static int faults = -1; /* a userfaultfd: room is made when it tells of a fault, */
static char *kept_back; /* in this page, which has `behind` afterwards */
static char behind[page];
static char text[600];

static void fill_socket(void) {
  int size = 8192;
  need(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0, "socketpair");
  setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  while (send(ends[0], text, 500, MSG_DONTWAIT) >= 0) {
  }
}

static void *make_room(void *unused) {
  struct pollfd fault = {.fd = faults, .events = POLLIN};
  if (faults >= 0) need(poll(&fault, 1, 10000) == 1, "no fault");
  for (int left = 10000; !sleeps_in_send(sender); usleep(1000)) need(left-- > 0, "the sender does not wait");
  while (recv(ends[1], text, sizeof text, MSG_DONTWAIT) >= 0) {
  }
  struct uffdio_copy now = {(unsigned long)kept_back, (unsigned long)behind, page, 0, 0};
  if (faults >= 0) need(ioctl(faults, UFFDIO_COPY, &now) == 0, "UFFDIO_COPY");
  return unused;
}

/* ---- the calls ---- */

static void call(const char *name, struct mmsghdr *messages, unsigned vlen, const char *truth) {
  pthread_t reader;
  unsigned before = *ring.completed;
  pthread_create(&reader, NULL, make_room, NULL);
  int result = sendmmsg(ends[0], messages, vlen, 0);
  unsigned made = *ring.completed - before;
  pthread_join(reader, NULL);
  printf("%s %u %d %s %u\n", name, vlen, result, truth, made);
  close(ends[0]), close(ends[1]);
}

static struct mmsghdr *batch(void) {
  static struct iovec piece = {text, 16};
  static struct mmsghdr messages[3];
  for (int i = 0; i < 3; i++)
    messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &piece, .msg_iovlen = 1}};
  return messages;
}

static void call_later(void) {
  struct io_uring_rsrc_update own = {.offset = -1u, .data = ring.fd};
  if (ring.fd > 0) {
    need(syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_RING_FDS, &own, 1) == 1, "io_uring_register");
    close(ring.fd);
  }
  puts("ready"), fflush(stdout), getchar();
  need(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0, "socketpair");
  struct mmsghdr *messages = batch();
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } passed = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
  memset(CMSG_DATA(&passed.header), 0xff, sizeof(int));
  messages[1].msg_hdr.msg_control = &passed, messages[1].msg_hdr.msg_controllen = sizeof passed;
  printf("returned %d\n", sendmmsg(ends[0], messages, 3, 0));
}

int main(int count, char **arguments) {
  if (count > 1) {
    if (strcmp(arguments[1], "ready") == 0) set_up_ring();
    return call_later(), 0;
  }
  char *unreadable = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  kept_back = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  need(unreadable != MAP_FAILED && kept_back != MAP_FAILED, "mmap");
  sender = gettid();
  set_up_ring();

  /* Message 1 fails before the protocol is asked, and the ring's send goes well. */
  fill_socket(), leave_to_ring(ends[0], text, 16);
  struct mmsghdr *messages = batch();
  messages[1].msg_hdr.msg_iov = (void *)unreadable;
  call("iovecs", messages, 3, "EFAULT");

  /* The ring's send has an error of its own. */
  fill_socket(), leave_to_ring(ends[0], unreadable, 16);
  messages = batch(), messages[1].msg_hdr.msg_iovlen = 2000;
  call("many", messages, 3, "EMSGSIZE");

  /* Message 0 fails before the protocol is asked, when its header has been waited for. */
  faults = syscall(SYS_userfaultfd, O_CLOEXEC);
  struct uffdio_api version = {.api = UFFD_API};
  struct uffdio_register range = {{(unsigned long)kept_back, page}, UFFDIO_REGISTER_MODE_MISSING, 0};
  need(faults >= 0 && ioctl(faults, UFFDIO_API, &version) == 0 &&
           ioctl(faults, UFFDIO_REGISTER, &range) == 0, "userfaultfd");
  fill_socket(), leave_to_ring(ends[0], text, 16);
  messages = batch(), messages[0].msg_hdr.msg_iov = (void *)unreadable;
  memcpy(behind, messages, 2 * sizeof *messages);
  call("start", (void *)kept_back, 2, "EFAULT");
  return 0;
}
