/*
 * What a call left unsent goes out by another thread or process, which fails with it once; behind
 * many more calls that fall short; with other control messages; behind a heartbeat; or is short and
 * goes elsewhere: one way for each name. Each prints the follow-ups that a trace is to tell of in
 * the end, as "OF HOW MESSAGES BY", or nothing where it is for what was lost: nothing was.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ways.h"

enum { count = 7, sent = 4, many = 160, length = 64 };

static struct sockaddr_un address = {AF_UNIX};
static int receiver;
static char texts[many][length];
static struct iovec pieces[many];
static struct mmsghdr batch[many];

static void check(int is_right, const char *what) {
  if (!is_right) perror(what), exit(1);
}

static int sender(void) {
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  check(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0, "connect");
  return fd;
}

static void receive(int number) {
  char bytes[length];
  for (int i = 0; i < number; i++) recv(receiver, bytes, sizeof bytes, MSG_DONTWAIT);
}

static void empty(void) {
  char bytes[length];
  while (recv(receiver, bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;
}

/* The receiver's queue takes so many more. */
static void leave_room(int number) {
  int fd = sender();
  while (send(fd, "it is filled with these", 23, 0) > 0) continue;
  receive(number);
  close(fd);
}

static void must_send(int fd, struct mmsghdr *messages, int number, int expected) {
  check(sendmmsg(fd, messages, number, 0) == expected, "sendmmsg");
}

/* ---- by others, with new messages, where it fails once ---- */

static void *take_over(void *unused) {
  struct mmsghdr some[] = {batch[sent], batch[sent + 1], batch[20], batch[21]};
  int fd = sender();
  must_send(fd, some, 4, -1);
  empty();
  must_send(fd, some, 4, 4);
  return unused;
}

static void by_another_thread(void) {
  pthread_t other;
  int fd = sender();
  leave_room(sent);
  must_send(fd, batch, count, sent);
  check(pthread_create(&other, NULL, take_over, NULL) == 0, "pthread_create");
  pthread_join(other, NULL);
  say(1, "unknown", 4, 5, 0), say(1, "unknown", 6, 6, 0), say(2, "resumed", 0, 3, 3);
  must_send(fd, batch + 6, 1, 1);
}

static void by_another_process(void) {
  int fd = sender();
  leave_room(sent);
  must_send(fd, batch, count, sent);
  if (fork() == 0) take_over(NULL), _exit(0);
  wait(NULL);
  say(1, "unknown", 4, 5, 0), say(1, "unknown", 6, 6, 0), say(2, "resumed", 0, 3, 3);
  must_send(fd, batch + 6, 1, 1);
}

/* All fail there, for good: they are counted once. */
static void *take_in_vain(void *unused) {
  struct mmsghdr some[] = {batch[sent], batch[sent + 1], batch[20], batch[21]};
  must_send(sender(), some, 4, -1);
  return unused;
}

static void in_vain(void) {
  pthread_t other;
  leave_room(sent);
  must_send(sender(), batch, count, sent);
  check(pthread_create(&other, NULL, take_in_vain, NULL) == 0, "pthread_create");
  pthread_join(other, NULL);
  say(1, "abandoned", 6, 6, 0), say(1, "unknown", 4, 5, 0), say(2, "abandoned", 0, 3, 0);
}

/* ---- behind more calls that fall short than are waited for on one socket ---- */

static void behind_many(void) {
  int fd = sender();
  char text[length];
  struct iovec piece = {text, length};
  leave_room(0);
  for (int i = 0; i < many; i++) {
    struct mmsghdr two[] = {{{.msg_iov = &piece, .msg_iovlen = 1}}, batch[i]};
    for (int j = 0; j < length; j++) text[j] = random();
    receive(1);
    must_send(fd, two, 2, 1);
  }
  for (int i = many; i-- > 0;) empty(), must_send(fd, batch + i, 1, 1);
}

/* ---- with other control messages ---- */

static void with_control(int type, int (*before)(void), int (*after)(void)) {
  static union {
    char bytes[CMSG_SPACE(3 * sizeof(int))];
    struct cmsghdr header;
  } control[sent + 1];
  int fd = sender(), on = 1;
  size_t size = type == SCM_RIGHTS ? sizeof(int) : 3 * sizeof(int);
  setsockopt(receiver, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
  leave_room(sent);
  for (int i = 0; i < sent + 1; i++) {
    control[i].header = (struct cmsghdr){CMSG_LEN(size), SOL_SOCKET, type};
    *(int *)CMSG_DATA(&control[i].header) = before();
    batch[i].msg_hdr.msg_control = &control[i], batch[i].msg_hdr.msg_controllen = CMSG_SPACE(size);
  }
  must_send(fd, batch, sent + 1, sent);
  empty();
  if (type == SCM_CREDENTIALS && fork() > 0) {
    wait(NULL);
    return;
  }
  *(int *)CMSG_DATA(&control[sent].header) = after();
  say(1, "unknown", 4, 4, 0);
  must_send(fd, batch + sent, 1, 1);
}

static int opened(void) { return open("/dev/null", O_RDONLY); }
static int moved(void) { return fcntl(receiver, F_DUPFD, 100); }
static void other_descriptors(void) { with_control(SCM_RIGHTS, opened, moved); }
static void other_credentials(void) { with_control(SCM_CREDENTIALS, getpid, getpid); }

/* ---- behind what stands before each batch ---- */

static void heartbeat_before(void) {
  struct mmsghdr next[] = {batch[0], batch[4], batch[5], batch[6], batch[20]};
  int fd = sender();
  leave_room(sent);
  must_send(fd, batch, count, sent);
  empty();
  say(1, "resumed", 4, 6, 2);
  must_send(fd, next, 5, 5);
}

/* ---- too short to be known from others ---- */

static void short_elsewhere(void) {
  struct sockaddr_in all = {AF_INET, htons(9), {htonl(INADDR_BROADCAST)}};
  struct sockaddr_in one = {AF_INET, htons(9), {htonl(INADDR_LOOPBACK)}};
  struct iovec word = {"ping-1", 6};
  struct mmsghdr message = {{&all, sizeof all, &word, 1}};
  must_send(socket(AF_INET, SOCK_DGRAM, 0), &message, 1, -1);
  message.msg_hdr.msg_name = &one;
  say(1, "unknown", 0, 0, 0);
  must_send(socket(AF_INET, SOCK_DGRAM, 0), &message, 1, 1);
}

static const struct way ways[] = {
    {"by_another_thread", by_another_thread}, {"by_another_process", by_another_process},
    {"in_vain", in_vain}, {"behind_many", behind_many}, {"other_descriptors", other_descriptors},
    {"other_credentials", other_credentials}, {"heartbeat_before", heartbeat_before},
    {"short_elsewhere", short_elsewhere},
};

int main(int argc, char **argv) {
  snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "requeued-%d", getpid());
  receiver = socket(AF_UNIX, SOCK_DGRAM, 0);
  check(bind(receiver, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  srandom(1);
  for (int i = 0; i < many; i++) {
    for (int j = 0; j < length; j++) texts[i][j] = random();
    pieces[i] = (struct iovec){texts[i], length - i % 5};
    batch[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &pieces[i], .msg_iovlen = 1}};
  }
  return go(ways, sizeof ways / sizeof *ways, "requeued", argc, argv);
}
