/*
 * Calls that fall short, of every kind that the kernel's tracepoint tells apart; says of each what
 * is true of the message it ended at.
 *
 *   short_calls                    one of each kind
 *   short_calls THREADS ROUNDS     batches of up to 1,024 in all threads at once, one in four short
 *   short_calls flood              one call waits while another thread sends 40,000 messages
 *   short_calls told               for each line on stdin one by the main thread, a new thread, a child
 *   short_calls exec               one before and one after an execve by a thread that is not the first
 *
 * Each line: a name (or the thread), vlen, the return value, and what became of the message that the
 * call ended at: the errno that it gets alone, "uncounted", "unseen" (it fails before the protocol is
 * asked), "unconsumed" or "complete".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { most = 1024, page = 4096 };

struct batch {
  struct mmsghdr messages[most];
  struct iovec pieces[most];
};

static char big[70000];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int bound(struct sockaddr_in *address) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  socklen_t length = sizeof *address;
  *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (fd < 0 || bind(fd, (struct sockaddr *)address, sizeof *address) < 0 ||
      getsockname(fd, (struct sockaddr *)address, &length) < 0)
    die("receiver");
  return fd;
}

static int connected(const struct sockaddr_in *address) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof *address) < 0) die("connect");
  return fd;
}

static void fill(struct batch *batch, int count) {
  memset(batch, 0, sizeof *batch);
  for (int i = 0; i < count; i++) {
    // Lengths differ, so that a result that is counted wrongly shows.
    batch->pieces[i] = (struct iovec){big, 8 + i % 61};
    batch->messages[i].msg_hdr.msg_iov = &batch->pieces[i];
    batch->messages[i].msg_hdr.msg_iovlen = 1;
  }
}

static void say(const char *name, int vlen, int result, const char *truth) {
  printf("%s %d %d %s\n", name, vlen, result, truth);
  fflush(stdout);
}

static void report(const char *name, int fd, struct batch *batch, int vlen, const char *truth) {
  say(name, vlen, sendmmsg(fd, batch->messages, vlen, MSG_NOSIGNAL), truth);
}

static void on_alarm(int number) {
  (void)number;
  // A send of the handler's own is none of the call's.
  struct sockaddr_in nowhere = {.sin_family = AF_INET, .sin_port = htons(9),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  for (int i = 0; i < 3; i++) sendto(fd, "h", 1, 0, (struct sockaddr *)&nowhere, sizeof nowhere);
  close(fd);
}

static void alarm_soon(void) {
  struct itimerval soon = {.it_value.tv_usec = 100000};
  setitimer(ITIMER_REAL, &soon, NULL);
}

static void one_of_each(void) {
  static struct batch batch;
  struct sockaddr_in address, closed;
  int receiver = bound(&address);
  close(bound(&closed));
  int sender = connected(&address);

  fill(&batch, 5);
  int refused = connected(&closed);
  report("refused", refused, &batch, 5, "ECONNREFUSED");

  fill(&batch, 5);
  batch.pieces[3].iov_base = big;
  batch.pieces[3].iov_len = sizeof big;
  report("oversize", sender, &batch, 5, "EMSGSIZE");

  fill(&batch, 5);
  batch.pieces[2].iov_base = (void *)16;
  report("bad_data", sender, &batch, 5, "EFAULT");

  fill(&batch, 5);
  batch.messages[2].msg_hdr.msg_iov = (void *)16;
  report("bad_iov", sender, &batch, 5, "unseen");

  fill(&batch, 5);
  batch.messages[4].msg_hdr.msg_control = (void *)16;
  batch.messages[4].msg_hdr.msg_controllen = 24;
  report("bad_control", sender, &batch, 5, "unseen");

  fill(&batch, 5);
  batch.messages[1].msg_hdr.msg_iovlen = 2000;
  report("many_iovs", sender, &batch, 5, "unseen");

  int pair[2], room = 4096;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0) die("socketpair");
  fill(&batch, 3);
  batch.pieces[1].iov_base = big;
  batch.pieces[1].iov_len = sizeof big;
  setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  report("seqpacket_oversize", pair[0], &batch, 3, "EMSGSIZE");

  // A peer that has only closed: the first message brings back its reset.
  struct sockaddr_in listening = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof listening;
  int listener = socket(AF_INET, SOCK_STREAM, 0), stream = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&listening, sizeof listening) < 0 ||
      listen(listener, 1) < 0 || getsockname(listener, (struct sockaddr *)&listening, &length) < 0 ||
      connect(stream, (struct sockaddr *)&listening, length) < 0)
    die("stream");
  close(accept(listener, NULL, NULL));
  fill(&batch, 3);
  report("pipe", stream, &batch, 3, "EPIPE");

  // Entry 64 lies on a page that can be read only; and the same for entry 0.
  char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) die("mmap");
  fill(&batch, 128);
  memcpy(pages, batch.messages, 128 * sizeof(struct mmsghdr));
  mprotect(pages + page, page, PROT_READ);
  say("uncounted", 128, sendmmsg(sender, (struct mmsghdr *)pages, 128, 0), "uncounted");
  say("uncounted_first", 3, sendmmsg(sender, (struct mmsghdr *)(pages + page), 3, 0), "uncounted");

  // A full queue, waited for without an end, and a signal.
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  int queue = socket(AF_UNIX, SOCK_DGRAM, 0), writer = socket(AF_UNIX, SOCK_DGRAM, 0);
  socklen_t autobound = sizeof name;
  if (bind(queue, (struct sockaddr *)&name, sizeof name.sun_family) < 0 ||
      getsockname(queue, (struct sockaddr *)&name, &autobound) < 0 ||
      connect(writer, (struct sockaddr *)&name, autobound) < 0)
    die("queue");
  fill(&batch, 20);
  say("queue", 20, sendmmsg(writer, batch.messages, 20, MSG_DONTWAIT), "EAGAIN");
  char byte[128];
  for (int i = 0; i < 4; i++) recv(queue, byte, sizeof byte, 0);
  sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_alarm, .sa_flags = SA_RESTART}, NULL);
  alarm_soon();
  say("signal", 20, sendmmsg(writer, batch.messages, 20, 0), "EINTR");

  // Interrupted before the first message and taken up again; a child makes room, and then no more.
  pid_t child = fork();
  if (child == 0) {
    usleep(300000);
    for (int i = 0; i < 4; i++) recv(queue, byte, sizeof byte, 0);
    usleep(200000);
    kill(getppid(), SIGALRM);
    _exit(0);
  }
  alarm_soon();
  say("restarted", 20, sendmmsg(writer, batch.messages, 20, 0), "EINTR");
  waitpid(child, NULL, 0);

  // A length of zero, and data left alone (MSG_PROBE): the loop ends without an error.
  fill(&batch, 3);
  say("probe", 3, sendmmsg(sender, batch.messages, 3, MSG_PROXY), "unconsumed");
  fill(&batch, 8);
  batch.pieces[2].iov_len = 0;
  batch.pieces[5].iov_len = sizeof big;
  report("empty_message", sender, &batch, 8, "EMSGSIZE");
  (void)receiver;
}

struct sender {
  int rounds;
  struct sockaddr_in address;
  pthread_mutex_t *speaking;
  unsigned seed;
};

/* Batches of random lengths; one in four has a message that fails, in the protocol or before it. */
static void *send_many(void *context) {
  struct sender *self = context;
  struct batch *batch = malloc(sizeof *batch);
  int fd = connected(&self->address);
  for (int round = 0; round < self->rounds; round++) {
    int vlen = rand_r(&self->seed) % 3 ? 1 + rand_r(&self->seed) % most : most;
    int at = rand_r(&self->seed) % vlen, kind = rand_r(&self->seed) % 12;
    const char *truth = "complete";
    fill(batch, vlen);
    switch (kind) {
      case 0:
        batch->pieces[at].iov_len = sizeof big;
        truth = "EMSGSIZE";
        break;
      case 1:
        batch->messages[at].msg_hdr.msg_iov = (void *)16;
        truth = "unseen";
        break;
      case 2:
        batch->pieces[at].iov_base = (void *)16;
        truth = "EFAULT";
        break;
    }
    int result = sendmmsg(fd, batch->messages, vlen, 0);
    // Sends that are none of a batch: not traced, but seen by the tracepoint.
    for (int i = rand_r(&self->seed) % 4; i > 0; i--) send(fd, "between", 7, 0);
    char line[100];
    snprintf(line, sizeof line, "%d %d %d %s\n", gettid(), vlen, result, truth);
    pthread_mutex_lock(self->speaking);
    fputs(line, stdout);
    pthread_mutex_unlock(self->speaking);
  }
  free(batch);
  return NULL;
}

static void load(int threads, int rounds) {
  static pthread_mutex_t speaking = PTHREAD_MUTEX_INITIALIZER;
  struct sockaddr_in address;
  bound(&address);
  pthread_t handles[64];
  struct sender senders[64];
  if (threads > 64) threads = 64;
  for (int i = 0; i < threads; i++) {
    senders[i] = (struct sender){rounds, address, &speaking, 4711 + i};
    if (pthread_create(&handles[i], NULL, send_many, &senders[i]) != 0) die("thread");
  }
  for (int i = 0; i < threads; i++) pthread_join(handles[i], NULL);
}

static void *oversize(void *name) {
  struct sockaddr_in address;
  struct batch *batch = malloc(sizeof *batch);
  int receiver = bound(&address), sender = connected(&address);
  fill(batch, 3);
  batch->pieces[1].iov_len = sizeof big;
  report(name, sender, batch, 3, "EMSGSIZE");
  close(sender);
  close(receiver);
  free(batch);
  return NULL;
}

static void in_thread(void *(*body)(void *), void *context) {
  pthread_t handle;
  if (pthread_create(&handle, NULL, body, context) != 0) die("thread");
  pthread_join(handle, NULL);
}

static void when_told(void) {
  char line[16];
  printf("ready\n");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    oversize("main");
    in_thread(oversize, "thread");
    pid_t child = fork();
    if (child == 0) {
      oversize("child");
      _exit(0);
    }
    waitpid(child, NULL, 0);
  }
}

static void *execute(void *program) {
  execl("/proc/self/exe", program, "again", (char *)NULL);
  die("execl");
  return NULL;
}

static pthread_t waiting;

/* On one processor, so that the events of the call that waits are overwritten. */
static void *flood(void *context) {
  (void)context;
  struct sockaddr_in address;
  struct batch *batch = malloc(sizeof *batch);
  bound(&address);
  int fd = connected(&address);
  usleep(100000);
  for (int i = 0; i < 40; i++) {
    fill(batch, most);
    sendmmsg(fd, batch->messages, most, 0);
  }
  pthread_kill(waiting, SIGALRM);
  free(batch);
  return NULL;
}

static void wait_through_flood(void) {
  static struct batch batch;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  sched_setaffinity(0, sizeof one, &one);
  sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_alarm}, NULL);
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) die("socketpair");
  waiting = pthread_self();
  pthread_t handle;
  pthread_create(&handle, NULL, flood, NULL);
  fill(&batch, most);
  int small = 4096;
  setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  say("flooded", most, sendmmsg(pair[0], batch.messages, most, 0), "EINTR");
  pthread_join(handle, NULL);
}

int main(int count, char **arguments) {
  if (count > 2) {
    load(atoi(arguments[1]), atoi(arguments[2]));
  } else if (count == 2 && strcmp(arguments[1], "flood") == 0) {
    wait_through_flood();
  } else if (count == 2 && strcmp(arguments[1], "told") == 0) {
    when_told();
  } else if (count == 2 && strcmp(arguments[1], "exec") == 0) {
    oversize("before");
    in_thread(execute, arguments[0]);
  } else if (count == 2 && strcmp(arguments[1], "again") == 0) {
    oversize("after");
    in_thread(oversize, "thread");
  } else {
    one_of_each();
  }
}
