/*
 * Messages on pages that userfaultfd keeps back until a thread of the same program provides them.
 *
 *     kept_back call|device|handed [wait]
 *
 * The userfaultfd is made by the system call of that name, or by /dev/userfaultfd. For each part of
 * a message (header, name, iov, control, payload) the second of two messages has it on such a page;
 * then the payload is on a page of a minor fault. The thread that provides a page makes calls of
 * its own before: where it is to be stopped at these while the sender waits for a tracer, and the
 * tracer for the page, nothing goes on. With `wait` the page of the first part is registered,
 * `ready` printed, and a byte read from stdin, before the first call. A line for each part says
 * what its call returned. With `handed` it is another process that has the descriptor, alone, and
 * provides the one page there is, of a payload.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { page = 4096 };

static int keeper, receiver, sender;
static struct sockaddr_in to;
/* What a page that is kept back will hold, and where it is. */
static char *content, *place;
static int is_minor;

static void need(int worked, const char *what) {
  if (!worked) perror(what), exit(3);
}

static long send_all(struct mmsghdr *array, unsigned count) {
  return syscall(SYS_sendmmsg, sender, array, count, 0);
}

static void make_keeper(int by_device) {
  if (by_device) {
    int device = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
    need(device >= 0, "/dev/userfaultfd");
    keeper = ioctl(device, USERFAULTFD_IOC_NEW, O_CLOEXEC);
  } else {
    keeper = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
  }
  need(keeper >= 0, "userfaultfd");
  struct uffdio_api api = {.api = UFFD_API, .features = UFFD_FEATURE_MINOR_SHMEM};
  need(ioctl(keeper, UFFDIO_API, &api) == 0, "UFFDIO_API");
}

/* A page of its own, kept back from now on. */
static void keep_back(int minor) {
  is_minor = minor;
  if (minor) {
    int file = memfd_create("minor", MFD_CLOEXEC);
    need(file >= 0 && ftruncate(file, page) == 0, "memfd");
    content = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    place = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
  } else {
    content = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    place = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }
  need(content != MAP_FAILED && place != MAP_FAILED, "mmap");
  struct uffdio_register range = {
      .range = {(uintptr_t)place, page},
      .mode = minor ? UFFDIO_REGISTER_MODE_MINOR : UFFDIO_REGISTER_MODE_MISSING,
  };
  need(ioctl(keeper, UFFDIO_REGISTER, &range) == 0, "UFFDIO_REGISTER");
}

/* In a thread; NULL where it makes no calls of its own. */
static void *provide(void *calls) {
  struct uffd_msg event;
  while (read(keeper, &event, sizeof event) == sizeof event) {
    struct iovec piece = {"of the provider", 15};
    struct mmsghdr own = {{.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &piece, .msg_iovlen = 1}, 0};
    if (calls) need(send_all(&own, 1) == 1, "the provider's own call");
    if (is_minor) {
      struct uffdio_continue go_on = {.range = {(uintptr_t)place, page}};
      need(ioctl(keeper, UFFDIO_CONTINUE, &go_on) == 0, "UFFDIO_CONTINUE");
    } else {
      struct uffdio_copy copy = {.dst = (uintptr_t)place, .src = (uintptr_t)content, .len = page};
      need(ioctl(keeper, UFFDIO_COPY, &copy) == 0, "UFFDIO_COPY");
    }
  }
  return NULL;
}

/* Puts a part of a message on the page that is kept back. */
static void *moved(const void *part, size_t size) {
  memcpy(content, part, size);
  return place;
}

static void round_of(const char *part) {
  struct iovec pieces[2] = {{"first", 5}, {"kept back", 9}};
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
  } control = {{CMSG_LEN(sizeof(int)), IPPROTO_IP, IP_TOS}};
  struct mmsghdr both[2] = {
      {{.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = pieces, .msg_iovlen = 1}, 0},
      {{.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = pieces + 1, .msg_iovlen = 1,
        .msg_control = &control, .msg_controllen = sizeof control}, 0},
  };
  struct mmsghdr *array = both;
  if (!strcmp(part, "name")) both[1].msg_hdr.msg_name = moved(&to, sizeof to);
  if (!strcmp(part, "iov")) both[1].msg_hdr.msg_iov = moved(pieces + 1, sizeof *pieces);
  if (!strcmp(part, "control")) both[1].msg_hdr.msg_control = moved(&control, sizeof control);
  if (!strcmp(part, "payload") || is_minor) pieces[1].iov_base = moved("kept back", 9);
  if (!strcmp(part, "header")) {
    /* The first entry is on the page before, which is there. */
    static char *area;
    area = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    need(area != MAP_FAILED, "mmap");
    array = (struct mmsghdr *)(area + page) - 1;
    memcpy(array, both, sizeof *both), memcpy(content, both + 1, sizeof *both);
    need(mremap(place, page, page, MREMAP_MAYMOVE | MREMAP_FIXED, area + page) != MAP_FAILED, "mremap");
    place = area + page;
    struct uffdio_register range = {.range = {(uintptr_t)place, page}, .mode = UFFDIO_REGISTER_MODE_MISSING};
    need(ioctl(keeper, UFFDIO_REGISTER, &range) == 0, "UFFDIO_REGISTER");
  }
  printf("%s %ld\n", part, send_all(array, 2)), fflush(stdout);
}

int main(int count, char **arguments) {
  static const char *const parts[] = {"header", "name", "iov", "control", "payload"};
  if (count < 2) return fprintf(stderr, "usage: kept_back call|device|handed [wait]\n"), 2;
  socklen_t size = sizeof to;
  receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
  to.sin_family = AF_INET, to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  need(bind(receiver, (struct sockaddr *)&to, size) == 0, "bind");
  need(getsockname(receiver, (struct sockaddr *)&to, &size) == 0, "getsockname");
  make_keeper(!strcmp(arguments[1], "device"));
  keep_back(0);
  int is_handed = !strcmp(arguments[1], "handed");
  pthread_t provider;
  if (!is_handed) need(pthread_create(&provider, NULL, provide, &to) == 0, "pthread_create");
  else if (fork() == 0) prctl(PR_SET_PDEATHSIG, SIGKILL), provide(NULL), exit(0);
  else close(keeper);
  if (count > 2) {
    char byte;
    puts("ready"), fflush(stdout);
    need(read(0, &byte, 1) == 1, "stdin");
  }
  if (is_handed) return round_of("payload"), 0;
  for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (i > 0) keep_back(0);
    round_of(parts[i]);
  }
  keep_back(1), round_of("minor");
  return 0;
}
