/*
 * Everything that makes a tracer lose its way, at random.
 *
 *     torture FILE SEED
 *
 * A process of threads that send numbered batches. One of them, the director, starts and ends
 * threads, forks and vforks children that send too, become other programs, stop themselves, are
 * killed or exit, queues signals, stops the whole process, and puts another thread's execve in the
 * place of all. The parent, which is what was launched, only continues the process where it stopped
 * itself. SIGTERM to the process ends it: with 0 when every result and every
 * status was right. Signals that were sent and never came are counted as `lost`.
 *
 * FILE holds a header, the children, and a log of every call with the times before and after it;
 * it is what survives an execve, and what the test compares the trace with.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHILDREN = 1 << 16, CALLS = 1 << 20, SENDERS = 6, VISITORS = 8 };

struct shared {
  _Atomic int64_t process, calls, actors, children, wrong, lost, queued, handled;
  _Atomic int64_t threads, forks, vforks, execs, stops, reaped;
  uint64_t random;
  /* `birth` is before the fork, `expected` the status for waitpid. */
  struct { int64_t birth; int32_t pid, expected; } child[CHILDREN];
  /* `after` is 0 while the call runs. */
  struct { uint32_t actor, call; int32_t pid, result; int64_t before, after; } call[CALLS];
};

static struct shared *shared;
static char **arguments;
static pthread_mutex_t reaping = PTHREAD_MUTEX_INITIALIZER;
static volatile sig_atomic_t ending;
static _Atomic int visitors;
static __thread volatile sig_atomic_t raised;

static void on_end(int number) { (void)number, ending = 1; }
static void on_queued(int number) { (void)number, shared->handled++; }
static void on_raised(int number) { (void)number, raised++; }

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Only the director draws, so that a seed gives the same order of events. */
static unsigned draw(unsigned below) {
  shared->random = shared->random * 6364136223846793005u + 1442695040888963407u;
  return (shared->random >> 33) % below;
}

static void map(const char *path) {
  int file = open(path, O_RDWR | O_CREAT, 0666);
  if (file < 0 || ftruncate(file, sizeof *shared) < 0) exit(2);
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (shared == MAP_FAILED) exit(2);
  close(file);
}

/* `count` calls of an actor of its own; what is wrong with them is counted. */
static void act(int count, int pause) {
  int pair[2];
  unsigned actor = shared->actors++;
  if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0) { shared->wrong++; return; }
  for (int number = 0; number < count && !ending; number++) {
    int64_t index = shared->calls++;
    int size = 1 + number % 4;
    char texts[4][40], got[64];
    struct iovec pieces[4];
    struct mmsghdr batch[4];
    memset(batch, 0, sizeof batch);
    for (int i = 0; i < size; i++) {
      pieces[i] = (struct iovec){texts[i], sprintf(texts[i], "%u.%d.%d", actor, number, i)};
      batch[i].msg_hdr.msg_iov = &pieces[i], batch[i].msg_hdr.msg_iovlen = 1;
    }
    if (index >= CALLS) exit(4);
    shared->call[index].actor = actor, shared->call[index].call = number, shared->call[index].pid = getpid();
    shared->call[index].before = now();
    int result = sendmmsg(pair[0], batch, size, 0);
    shared->call[index].result = result;
    shared->call[index].after = now();
    if (result != size) shared->wrong++;
    for (int i = 0; i < size; i++)
      if (recv(pair[1], got, sizeof got, 0) != (ssize_t)pieces[i].iov_len || memcmp(got, texts[i], pieces[i].iov_len))
        shared->wrong++;
    if (recv(pair[1], got, sizeof got, 0) >= 0) shared->wrong++;
    if (number % 8 == 3) {
      int before = raised;
      raise(SIGUSR1);
      if (raised != before + 1) shared->lost++;
    }
    if (pause) usleep(pause);
  }
  close(pair[0]), close(pair[1]);
}

static void *sender(void *unused) {
  while (!ending) act(100, 700);
  return unused;
}

static void *visitor(void *count) {
  act((long)count, 100);
  visitors--;
  return NULL;
}

static void start(void *(*function)(void *), long argument) {
  pthread_t thread;
  pthread_attr_t attributes;
  sigset_t all, before;
  sigfillset(&all), sigdelset(&all, SIGUSR1);
  pthread_attr_init(&attributes), pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  if (pthread_create(&thread, &attributes, function, (void *)argument) != 0) shared->wrong++;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
}

/* What a child does; its expected status was chosen by its parent. */
static void __attribute__((noreturn)) live(int way) {
  act(1 + way % 5, 0);
  if (way & 8) raise(SIGSTOP);
  act(1 + way % 3, 50);
  if (way & 16) kill(getpid(), SIGKILL);
  _exit(way % 100);
}

/* `way`: bits as in `live`, 32 for another program, 64 for vfork. */
static void make_child(int way) {
  int64_t slot = shared->children;
  char number[16];
  char *words[] = {arguments[0], arguments[1], "child", number, NULL};
  if (slot >= CHILDREN) exit(5);
  sprintf(number, "%d", way & 31);
  shared->child[slot].birth = now();
  shared->child[slot].expected = way & 16 ? SIGKILL : (way & 31) % 100 << 8;
  pthread_mutex_lock(&reaping);
  pid_t pid = way & 64 ? vfork() : fork();
  if (pid == 0) {
    if (way & 96) {
      execv("/proc/self/exe", words);
      _exit(99);
    }
    live(way & 31);
  }
  shared->child[slot].pid = pid;
  shared->children++;
  pthread_mutex_unlock(&reaping);
  if (pid < 0) shared->wrong++;
  if (way & 64) shared->vforks++;
  else shared->forks++;
}

/* True where a child has told something. */
static int reap(void) {
  int status;
  pid_t pid = waitpid(-1, &status, WNOHANG | WUNTRACED);
  if (pid <= 0) return 0;
  if (WIFSTOPPED(status)) {
    if (WSTOPSIG(status) != SIGSTOP) shared->wrong++;
    shared->stops++;
    kill(pid, SIGCONT);
    return 1;
  }
  shared->reaped++;
  for (int64_t slot = shared->children - 1; slot >= 0; slot--)
    if (shared->child[slot].pid == pid) {
      if (shared->child[slot].expected != status) shared->wrong++;
      return 1;
    }
  shared->wrong++;
  return 1;
}

static void *reaper(void *unused) {
  for (;;) {
    pthread_mutex_lock(&reaping);
    int told = reap();
    pthread_mutex_unlock(&reaping);
    if (!told) usleep(500);
  }
  return unused;
}

static void *replacer(void *unused) {
  pthread_mutex_lock(&reaping);
  shared->execs++;
  /* SIGTERM stays blocked until the handler is there. */
  execv("/proc/self/exe", arguments);
  shared->wrong++;
  return unused;
}

static void direct(void) {
  while (!ending) {
    unsigned event = draw(100);
    if (event < 30) {
      if (visitors < VISITORS) {
        visitors++;
        shared->threads++;
        start(visitor, 1 + draw(12));
      }
    } else if (event < 50) {
      make_child(draw(128));
    } else if (event < 80) {
      int64_t before = shared->handled;
      if (sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 1}) == 0) shared->queued++;
      /* Nobody else takes it, so it has been taken when sigqueue returns. */
      if (shared->handled != before + 1) shared->lost++;
    } else if (event < 82) {
      shared->stops++;
      raise(SIGSTOP);
    } else if (event < 84) {
      start(replacer, 0);
      for (;;) {
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_SETMASK, &all, NULL);
        sleep(10);
      }
    }
    usleep(500 + draw(3000));
  }
}

static int run(void) {
  struct sigaction action = {.sa_handler = on_end, .sa_flags = SA_RESTART};
  shared->process = getpid();
  action.sa_handler = on_queued, sigaction(SIGRTMIN, &action, NULL);
  action.sa_handler = on_end, sigaction(SIGTERM, &action, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  start(reaper, 0);
  for (int i = 0; i < SENDERS; i++) start(sender, 0);
  direct();
  /* All children have their end coming. */
  for (int i = 0; shared->reaped < shared->children && i < 20000; i++) usleep(500);
  while (visitors > 0) usleep(500);
  if (shared->reaped != shared->children) shared->wrong++;
  return shared->wrong == 0 ? 0 : 1;
}

static int guard(pid_t process) {
  int status;
  for (;;) {
    if (waitpid(process, &status, WUNTRACED) < 0) return 2;
    if (!WIFSTOPPED(status)) break;
    kill(process, SIGCONT);
  }
  printf("calls %ld wrong %ld lost %ld queued %ld handled %ld threads %ld forks %ld vforks %ld execs %ld stops %ld reaped %ld\n",
         (long)shared->calls, (long)shared->wrong, (long)shared->lost, (long)shared->queued, (long)shared->handled,
         (long)shared->threads, (long)shared->forks, (long)shared->vforks, (long)shared->execs,
         (long)shared->stops, (long)shared->reaped);
  if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
  return WEXITSTATUS(status);
}

int main(int count, char **words) {
  struct sigaction action = {.sa_handler = on_raised, .sa_flags = SA_RESTART};
  if (count < 3) return 2;
  arguments = words;
  sigaction(SIGUSR1, &action, NULL);
  map(words[1]);
  if (count == 4 && strcmp(words[2], "child") == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    live(atoi(words[3]));
  }
  if (shared->process != 0) return run();
  shared->random = strtoull(words[2], NULL, 10);
  pid_t process = fork();
  if (process == 0) return run();
  return guard(process);
}
