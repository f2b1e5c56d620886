/*
 * Message queues and semaphore sets that are removed while threads wait on them.
 *
 *     removals FILE
 *
 * WAITERS threads wait in msgrcv, msgsnd, semop and semtimedop. A child removes what they wait on,
 * one after another without a pause, each after the wait for it was seen: EIDRM. FILE holds three
 * counters: all removals, those that were EINVAL to the waiter, and those that were anything else.
 * SIGTERM ends it: with 0, when it has removed the rest.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { WAITERS = 120, PATIENCE_MS = 60 };

static struct {
  _Atomic uint64_t removed, invalid, odd;
} *counters;
/* `since` is 0 where nobody waits, in milliseconds otherwise; `asleep` once the wait was seen. */
static struct {
  _Atomic int64_t since;
  _Atomic int id, tid;
  int asleep;
} *slots;
static pid_t process;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int make(int kind) {
  static struct { long type; char text[8192]; } filling = {.type = 1};
  if (kind >= 2) return semget(IPC_PRIVATE, 1, 0600);
  int queue = msgget(IPC_PRIVATE, 0600);
  while (kind == 1 && msgsnd(queue, &filling, sizeof filling.text, IPC_NOWAIT) == 0) {}
  return queue;
}

static int wait_on(int id, int kind) {
  struct { long type; char text[8192]; } message = {.type = 1};
  struct sembuf take = {0, -1, 0};
  struct timespec hour = {3600, 0};
  switch (kind) {
  case 0: return msgrcv(id, &message, sizeof message.text, 0, 0);
  case 1: return msgsnd(id, &message, sizeof message.text, 0);
  case 2: return semop(id, &take, 1);
  default: return semtimedop(id, &take, 1, &hour);
  }
}

static void *waiter(void *argument) {
  long index = (long)argument;
  for (;;) {
    slots[index].id = make(index % 4);
    slots[index].tid = gettid();
    slots[index].since = now();
    int result = wait_on(slots[index].id, index % 4);
    if (result >= 0 || (errno != EIDRM && errno != EINVAL)) counters->odd++;
    else if (errno == EINVAL) counters->invalid++;
    counters->removed++;
    while (slots[index].since != 0) usleep(500);
  }
  return NULL;
}

/* True where the thread sleeps in the call: a slow one that has still to come to it finds nothing. */
static int sleeps(int index) {
  static const int calls[] = {SYS_msgrcv, SYS_msgsnd, SYS_semop, SYS_semtimedop};
  char path[64], text[256], state = 0;
  int call = -1;
  for (int i = 0; i < 2; i++) {
    sprintf(path, "/proc/%d/task/%d/%s", process, slots[index].tid, i == 0 ? "syscall" : "stat");
    int file = open(path, O_RDONLY);
    ssize_t got = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0) close(file);
    if (got <= 0) return 0;
    text[got] = 0;
    if (i == 0) sscanf(text, "%d", &call);
    else sscanf(text, "%*d (removals) %c", &state);
  }
  return call == calls[index % 4] && state == 'S';
}

static void remove_all(void) {
  for (;;) {
    for (int index = 0; index < WAITERS; index++) {
      int64_t since = slots[index].since;
      if (since == 0 || now() - since < PATIENCE_MS) continue;
      if (!slots[index].asleep) {
        slots[index].asleep = sleeps(index);
        continue;
      }
      if (index % 4 < 2) msgctl(slots[index].id, IPC_RMID, NULL);
      else semctl(slots[index].id, 0, IPC_RMID);
      slots[index].asleep = 0;
      slots[index].since = 0;
      usleep(200);
    }
    usleep(200);
  }
}

int main(int count, char **words) {
  pthread_attr_t small;
  int file = count == 2 ? open(words[1], O_RDWR | O_CREAT, 0666) : -1;
  if (file < 0 || ftruncate(file, sizeof *counters) < 0) return 2;
  counters = mmap(NULL, sizeof *counters, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  slots = mmap(NULL, WAITERS * sizeof *slots, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (counters == MAP_FAILED || slots == MAP_FAILED) return 2;
  sigset_t end;
  int number;
  sigemptyset(&end), sigaddset(&end, SIGTERM), sigprocmask(SIG_BLOCK, &end, NULL);
  process = getpid();
  pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    remove_all();
  }
  pthread_attr_init(&small), pthread_attr_setstacksize(&small, 1 << 16);
  for (long i = 0; i < WAITERS; i++) {
    pthread_t thread;
    if (pthread_create(&thread, &small, waiter, (void *)i) != 0) return 2;
  }
  sigwait(&end, &number);
  kill(child, SIGKILL);
  for (int i = 0; i < WAITERS; i++) i % 4 < 2 ? msgctl(slots[i].id, IPC_RMID, NULL) : semctl(slots[i].id, 0, IPC_RMID);
  _exit(0);
}
