/*
 * A call whose socket is changed between two of its messages, by somebody else who has it, too.
 *
 *     changed_meanwhile thread|process|closer|parent|passed|nobody|asleep|awake CASE
 *     changed_meanwhile outside CASE TRACER [ARGUMENT...] changed_meanwhile inside CASE
 *
 * The first message ends on a page that userfaultfd keeps back: the kernel waits for it with the
 * message half copied. Another thread, or a process that shares nothing but the descriptors, changes
 * the socket then, provides the page, and changes it back when the call has come to its end and a
 * tracer has not asked yet. With `nobody` that process has the page to provide and no more; with
 * `passed` it is sent the socket (SCM_RIGHTS) when a call before that has ended and a line has come on
 * stdin: when a tracer has looked at who has the socket. `asleep` and `awake`
 * are like `nobody`, with another thread that does nothing, or wakes all the time. A `closer` is a child
 * that closes its copy of the socket at once when it has changed it; so does the `parent`, of whom the
 * call's process is a child, and so does who is `outside`, and has a tracer trace the other one.
 * The second message has a payload that cannot be read. Prints what the call returned.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
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

static int keeper, sender, other, receiver;
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
/* Options, and as they are before and after. */
static void forbid_broadcast(void) { set(sender, SOL_SOCKET, SO_BROADCAST, 0); }
static void allow_broadcast(void) { set(sender, SOL_SOCKET, SO_BROADCAST, 1); }
static void forbid_fragments(void) { set(sender, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO); }
static void allow_fragments(void) { set(sender, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_WANT); }
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
    {"broadcast", forbid_broadcast, allow_broadcast},
    {"fragments", forbid_fragments, allow_fragments},
    {"nothing", nothing, nothing},
};
static int chosen;

/* ---- who changes it ---- */

static int way[2]; /* by which a socket is passed */

static void pass(int fd) {
  char byte = 0, control[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec part = {&byte, 1};
  struct msghdr message = {NULL, 0, &part, 1, control, sizeof control, 0};
  *CMSG_FIRSTHDR(&message) = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
  memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &fd, sizeof fd);
  need(sendmsg(way[0], &message, 0) == 1, "pass");
  need(read(way[0], &byte, 1) == 1, "received");
}

static int receive(void) {
  int fd;
  char byte, control[CMSG_SPACE(sizeof(int))];
  struct iovec part = {&byte, 1};
  struct msghdr message = {NULL, 0, &part, 1, control, sizeof control, 0};
  need(recvmsg(way[1], &message, 0) == 1 && message.msg_controllen >= CMSG_LEN(sizeof(int)), "recvmsg");
  memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
  need(write(way[1], &byte, 1) == 1, "write");
  return fd;
}

static int closes; /* its copy, at once */

static void *change(void *context) {
  (void)context;
  struct uffd_msg event;
  need(read(keeper, &event, sizeof event) == sizeof event, "read");
  cases[chosen].change();
  if (closes) close(sender);
  unsigned long missing = event.arg.pagefault.address / page * page;
  struct uffdio_zeropage zero = {.range = {missing, page}};
  need(ioctl(keeper, UFFDIO_ZEROPAGE, &zero) == 0, "UFFDIO_ZEROPAGE");
  struct timespec now, begun;
  clock_gettime(CLOCK_MONOTONIC, &begun);
  do clock_gettime(CLOCK_MONOTONIC, &now);
  while (now.tv_nsec - begun.tv_nsec + (now.tv_sec - begun.tv_sec) * 1000000000L < 12000);
  if (!closes) cases[chosen].restore();
  return NULL;
}

/* ---- another thread ---- */

static volatile int sleeper;

static void *stay(void *wakes) {
  struct timespec moment = {0, 1000};
  sleeper = (int)syscall(SYS_gettid);
  syscall(SYS_futex, &sleeper, FUTEX_WAKE, 1, NULL, NULL, 0);
  for (;;) wakes ? nanosleep(&moment, NULL) : pause();
  return NULL;
}

static void wait_until_asleep(void) {
  char path[64], line[256];
  while (!sleeper) syscall(SYS_futex, &sleeper, FUTEX_WAIT, 0, NULL, NULL, 0);
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", sleeper);
  do {
    int fd = open(path, O_RDONLY);
    need(fd >= 0 && read(fd, line, sizeof line) > 0, path);
    close(fd);
  } while (strncmp(line, "running", 7) == 0);
}

/* ---- the call ---- */

static int is(const char *who, const char *name) { return strcmp(who, name) == 0; }

static void open_receiver(void) {
  socklen_t length = sizeof to;
  receiver = socket(AF_INET, SOCK_DGRAM, 0);
  to = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  need(bind(receiver, (struct sockaddr *)&to, sizeof to) == 0, "bind");
  need(getsockname(receiver, (struct sockaddr *)&to, &length) == 0, "getsockname");
  if (cases[chosen].change == close_way) to.sin_addr.s_addr = htonl(0x0a090909);
}

static void open_sender(void) {
  sender = socket(AF_INET, SOCK_DGRAM, 0);
  other = socket(AF_INET, SOCK_DGRAM, 0);
  need(sender >= 0 && other >= 0, "socket");
  set(other, SOL_SOCKET, SO_BROADCAST, 1);
  if (cases[chosen].restore == allow_broadcast) allow_broadcast();
}

static void keep_page_back(void) {
  keeper = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
  struct uffdio_api api = {.api = UFFD_API};
  need(keeper >= 0 && ioctl(keeper, UFFDIO_API, &api) == 0, "userfaultfd");
  pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct uffdio_register range = {.range = {(unsigned long)pages + page, page},
                                  .mode = UFFDIO_REGISTER_MODE_MISSING};
  need(pages != MAP_FAILED && ioctl(keeper, UFFDIO_REGISTER, &range) == 0, "UFFDIO_REGISTER");
  memset(pages, 'a', page);
}

static void make_call(int by_pass) {
  struct sockaddr_in second = to;
  if (cases[chosen].change == replace || cases[chosen].change == forbid_broadcast) second.sin_addr.s_addr = htonl(0x7fffffff);
  if (cases[chosen].change == hold_back) second.sin_port = 0;
  struct iovec pieces[2] = {{pages, page + 100}, {(void *)16, 100}};
  struct mmsghdr messages[3] = {
      {.msg_hdr = {&to, sizeof to, &pieces[0], 1, NULL, 0, 0}},
      {.msg_hdr = {&second, sizeof second, &pieces[1], 1, NULL, 0, 0}},
      {.msg_hdr = {&to, sizeof to, &pieces[0], 1, NULL, 0, 0}},
  };
  if (cases[chosen].change == forbid_fragments) pieces[1].iov_len = 5000;
  if (cases[chosen].change == join) messages[1].msg_hdr.msg_name = NULL;
  if (by_pass) {
    struct mmsghdr first[2] = {messages[1], messages[1]};
    first[0].msg_hdr.msg_iov = &(struct iovec){pages, 100};
    need(syscall(SYS_sendmmsg, sender, first, 2, 0) == 1, "the first call");
    need(getchar() == '\n', "a line");
    pass(sender);
  }
  printf("%ld\n", syscall(SYS_sendmmsg, sender, messages, 3, 0));
  fflush(stdout);
}

/* The call of a process whose parent changes the socket: in a child, or in what a tracer runs. */
static int call_as_child(void) {
  keep_page_back(), pass(keeper), make_call(0);
  return 0;
}

/* The parent's part. */
static int change_as_parent(pid_t child) {
  int status;
  keeper = receive(), closes = 1, change(NULL);
  need(waitpid(child, &status, 0) == child, "waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

/* Where who is traced finds the sockets of who is not. */
enum { inside_sender = 100, inside_receiver, inside_way };

static int call_from_inside(void) {
  socklen_t length = sizeof to;
  sender = inside_sender, receiver = inside_receiver, way[0] = inside_way;
  need(getsockname(receiver, (struct sockaddr *)&to, &length) == 0, "getsockname");
  return call_as_child();
}

static int change_from_outside(char **tracer) {
  open_receiver(), open_sender();
  pid_t child = fork();
  need(child >= 0, "fork");
  if (child > 0) return close(way[0]), change_as_parent(child);
  need(dup2(sender, inside_sender) >= 0 && dup2(receiver, inside_receiver) >= 0, "dup2");
  need(dup2(way[0], inside_way) >= 0, "dup2");
  execvp(tracer[0], tracer);
  need(0, tracer[0]);
  return 3;
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  const char *who = arguments[1];
  int by_thread = is(who, "thread"), by_pass = is(who, "passed");
  int by_process = is(who, "process") || is(who, "closer");
  while (!is(cases[chosen].name, arguments[2])) need(cases[++chosen].name != NULL, "case");
  alarm(20);
  if (is(who, "inside")) return call_from_inside();
  need(socketpair(AF_UNIX, SOCK_STREAM, 0, way) == 0, "socketpair");
  if (is(who, "outside")) return change_from_outside(arguments + 3);

  if (cases[chosen].change == close_way) {
    need(unshare(CLONE_NEWNET) == 0, "unshare");
    need(system("ip link set lo up && ip route add 10.9.9.9 dev lo metric 10") == 0, "ip");
  }
  if (cases[chosen].change == forbid_fragments)
    need(unshare(CLONE_NEWNET) == 0 && system("ip link set lo up mtu 4500") == 0, "ip");
  open_receiver();
  if (is(who, "parent")) {
    open_sender();
    pid_t child = fork();
    need(child >= 0, "fork");
    return child == 0 ? call_as_child() : change_as_parent(child);
  }
  keep_page_back();

  /* The socket is made before a process that is to have it too, and after one that is not. */
  pid_t helper = 0;
  for (int step = 0; step < 2; step++) {
    if (step == by_process) {
      if (by_thread) continue;
      helper = fork();
      need(helper >= 0, "fork");
      if (helper == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (by_pass) sender = receive();
        closes = is(who, "closer"), change(NULL);
        /* No SIGCHLD, which might have ended the call, before that is over. */
        for (;;) pause();
      }
    } else {
      open_sender();
    }
  }
  pthread_t thread;
  int is_asleep = is(who, "asleep"), is_awake = is(who, "awake");
  if (is_asleep || is_awake)
    need(pthread_create(&thread, NULL, stay, is_awake ? &thread : NULL) == 0, "thread");
  if (is_asleep) wait_until_asleep();
  if (by_thread) need(pthread_create(&thread, NULL, change, NULL) == 0, "thread");

  make_call(by_pass);
  if (by_thread) return pthread_join(thread, NULL);
  kill(helper, SIGKILL);
  waitpid(helper, NULL, 0);
}
