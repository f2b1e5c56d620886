/*
 * A call whose socket is changed between two of its messages, by somebody else who has it, too.
 *
 *     changed_meanwhile thread|process|passed|nobody|asleep|awake CASE
 *
 * The first message ends on a page that userfaultfd keeps back: the kernel waits for it with the
 * message half copied. Another thread, or a process that shares nothing but the descriptors, changes
 * the socket then, provides the page, and changes it back when the call has come to its end and a
 * tracer has not asked yet. With `nobody` that process has the page to provide and no more; with
 * `passed` it is sent the socket (SCM_RIGHTS) when a call before that has ended. `asleep` and `awake`
 * are like `nobody`, with another thread that does nothing, or wakes all the time.
 * The second message has a payload that cannot be read. Prints what the call returned.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <net/route.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { page = 4096 };

static int keeper, sender, other;
static char *pages;
static struct sockaddr_in to;

static void need(int worked, const char *what) {
  if (!worked) perror(what), exit(3);
}

static void set(int fd, int level, int name, int value) {
  need(setsockopt(fd, level, name, &value, sizeof value) == 0, "setsockopt");
}

/* ---- what is changed, and changed back ---- */

static void shut_down(void) { shutdown(sender, SHUT_WR); } /* says ENOTCONN, and does it */
static void join(void) { need(connect(sender, (struct sockaddr *)&to, sizeof to) == 0, "connect"); }
static void part(void) {
  struct sockaddr none = {.sa_family = AF_UNSPEC};
  need(connect(sender, &none, sizeof none) == 0, "disconnect");
}
static void hold_back(void) {
  need(sendto(sender, "held", 4, MSG_MORE, (struct sockaddr *)&to, sizeof to) == 4, "MSG_MORE");
}
static void replace(void) { need(dup2(other, sender) == sender, "dup2"); }
/* A way that is closed goes before the one that is open. */
static void close_way(void) {
  struct rtentry entry = {.rt_flags = RTF_UP | RTF_HOST | RTF_REJECT};
  memcpy(&entry.rt_dst, &to, sizeof to);
  need(ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCADDRT, &entry) == 0, "SIOCADDRT");
}
static void nothing(void) {}

static struct {
  const char *name;
  void (*change)(void), (*restore)(void);
} cases[] = {
    {"shut_down", shut_down, nothing},
    {"connection", join, part},
    {"held_back", hold_back, nothing},
    {"replaced", replace, nothing},
    {"way", close_way, nothing},
    {"nothing", nothing, nothing},
};
static int chosen;

/* ---- who changes it ---- */

static int way[2]; /* by which a socket is passed */

static void pass(void) {
  char byte = 0, control[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec part = {&byte, 1};
  struct msghdr message = {NULL, 0, &part, 1, control, sizeof control, 0};
  *CMSG_FIRSTHDR(&message) = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
  memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &sender, sizeof sender);
  need(sendmsg(way[0], &message, 0) == 1, "pass");
  need(read(way[0], &byte, 1) == 1, "received");
}

static void receive(void) {
  char byte, control[CMSG_SPACE(sizeof(int))];
  struct iovec part = {&byte, 1};
  struct msghdr message = {NULL, 0, &part, 1, control, sizeof control, 0};
  need(recvmsg(way[1], &message, 0) == 1 && message.msg_controllen >= CMSG_LEN(sizeof(int)), "recvmsg");
  memcpy(&sender, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof sender);
  need(write(way[1], &byte, 1) == 1, "write");
}

static void *change(void *context) {
  (void)context;
  struct uffd_msg event;
  need(read(keeper, &event, sizeof event) == sizeof event, "read");
  cases[chosen].change();
  struct uffdio_zeropage zero = {.range = {(unsigned long)pages + page, page}};
  need(ioctl(keeper, UFFDIO_ZEROPAGE, &zero) == 0, "UFFDIO_ZEROPAGE");
  struct timespec now, begun;
  clock_gettime(CLOCK_MONOTONIC, &begun);
  do clock_gettime(CLOCK_MONOTONIC, &now);
  while (now.tv_nsec - begun.tv_nsec + (now.tv_sec - begun.tv_sec) * 1000000000L < 12000);
  cases[chosen].restore();
  return NULL;
}

/* ---- another thread ---- */

static volatile int sleeper;

static void *stay(void *wakes) {
  struct timespec moment = {0, 1000};
  sleeper = (int)syscall(SYS_gettid);
  for (;;) wakes ? nanosleep(&moment, NULL) : pause();
  return NULL;
}

static void wait_until_asleep(void) {
  char path[64], line[256];
  while (!sleeper) usleep(100);
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", sleeper);
  do {
    int fd = open(path, O_RDONLY);
    need(fd >= 0 && read(fd, line, sizeof line) > 0, path);
    close(fd);
  } while (strncmp(line, "running", 7) == 0);
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  int by_thread = strcmp(arguments[1], "thread") == 0, by_process = strcmp(arguments[1], "process") == 0;
  int by_pass = strcmp(arguments[1], "passed") == 0;
  need(socketpair(AF_UNIX, SOCK_STREAM, 0, way) == 0, "socketpair");
  while (strcmp(cases[chosen].name, arguments[2]) != 0) need(cases[++chosen].name != NULL, "case");
  alarm(20);

  if (cases[chosen].change == close_way) {
    need(unshare(CLONE_NEWNET) == 0, "unshare");
    need(system("ip link set lo up && ip route add 10.9.9.9 dev lo metric 10") == 0, "ip");
  }
  int receiver = socket(AF_INET, SOCK_DGRAM, 0);
  socklen_t length = sizeof to;
  to = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  need(bind(receiver, (struct sockaddr *)&to, sizeof to) == 0, "bind");
  need(getsockname(receiver, (struct sockaddr *)&to, &length) == 0, "getsockname");
  if (cases[chosen].change == close_way) to.sin_addr.s_addr = htonl(0x0a090909);

  keeper = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
  struct uffdio_api api = {.api = UFFD_API};
  need(keeper >= 0 && ioctl(keeper, UFFDIO_API, &api) == 0, "userfaultfd");
  pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct uffdio_register range = {.range = {(unsigned long)pages + page, page},
                                  .mode = UFFDIO_REGISTER_MODE_MISSING};
  need(pages != MAP_FAILED && ioctl(keeper, UFFDIO_REGISTER, &range) == 0, "UFFDIO_REGISTER");
  memset(pages, 'a', page);

  /* The socket is made before a process that is to have it too, and after one that is not. */
  pid_t helper = 0;
  for (int step = 0; step < 2; step++) {
    if (step == by_process) {
      if (by_thread) continue;
      helper = fork();
      need(helper >= 0, "fork");
      if (helper == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (by_pass) receive();
        change(NULL);
        /* No SIGCHLD, which might have ended the call, before that is over. */
        for (;;) pause();
      }
    } else {
      sender = socket(AF_INET, SOCK_DGRAM, 0);
      other = socket(AF_INET, SOCK_DGRAM, 0);
      need(sender >= 0 && other >= 0, "socket");
      set(other, SOL_SOCKET, SO_BROADCAST, 1);
    }
  }
  pthread_t thread;
  int is_asleep = strcmp(arguments[1], "asleep") == 0, is_awake = strcmp(arguments[1], "awake") == 0;
  if (is_asleep || is_awake)
    need(pthread_create(&thread, NULL, stay, is_awake ? &thread : NULL) == 0, "thread");
  if (is_asleep) wait_until_asleep();
  if (by_thread) need(pthread_create(&thread, NULL, change, NULL) == 0, "thread");

  struct sockaddr_in second = to;
  if (cases[chosen].change == replace) second.sin_addr.s_addr = htonl(0x7fffffff);
  if (cases[chosen].change == hold_back) second.sin_port = 0;
  struct iovec pieces[2] = {{pages, page + 100}, {(void *)16, 100}};
  struct mmsghdr messages[3] = {
      {.msg_hdr = {&to, sizeof to, &pieces[0], 1, NULL, 0, 0}},
      {.msg_hdr = {&second, sizeof second, &pieces[1], 1, NULL, 0, 0}},
      {.msg_hdr = {&to, sizeof to, &pieces[0], 1, NULL, 0, 0}},
  };
  if (cases[chosen].change == join) messages[1].msg_hdr.msg_name = NULL;
  if (by_pass) {
    struct mmsghdr first[2] = {messages[1], messages[1]};
    first[0].msg_hdr.msg_iov = &(struct iovec){pages, 100};
    need(syscall(SYS_sendmmsg, sender, first, 2, 0) == 1, "the first call");
    usleep(100000); /* a tracer may have looked at who has the socket */
    pass();
  }
  printf("%ld\n", syscall(SYS_sendmmsg, sender, messages, 3, 0));
  if (by_thread) return pthread_join(thread, NULL);
  kill(helper, SIGKILL);
  waitpid(helper, NULL, 0);
}
