/*
 * Blocking calls that signals interrupt, in the ways a kernel lets them end.
 *
 *     restarts CASE      each case makes a fixed number of logical calls and prints their results
 *
 * A socket pair is filled first, by calls of its own that are printed too (one, of many messages),
 * so that the next one has to wait. Every line is "call RESULT ERRNO" (0 where there is no error),
 * in the order in which the calls were begun; a call that never returns is "call none 0".
 *
 *   restart     SIGALRM with SA_RESTART: the call is entered again and goes on; one logical call
 *   interrupt   the same without SA_RESTART: EINTR
 *   stop        a child sends SIGSTOP and SIGCONT: entered again
 *   nested      the handler (SA_RESTART) itself makes a call, on another socket
 *   jump        the handler leaves by siglongjmp: the call never returns
 *   timeout     SO_SNDTIMEO: a signal gives EINTR even with SA_RESTART, its end EAGAIN
 *   partial     room for some messages only, then a signal: the count, no error
 */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static int pair[2], other[2];
static const char *wanted;
static sigjmp_buf back;
static volatile sig_atomic_t handled;
static char lines[16][48]; /* by order of beginning */
static int begun;

static int call(int fd, int messages, int flags) {
  struct iovec piece = {"0123456789abcdef", 16};
  struct mmsghdr batch[512];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < messages; i++) batch[i].msg_hdr.msg_iov = &piece, batch[i].msg_hdr.msg_iovlen = 1;
  char *line = lines[begun++];
  strcpy(line, "call none 0");
  errno = 0;
  int result = sendmmsg(fd, batch, messages, flags);
  snprintf(line, sizeof lines[0], "call %d %d", result, result < 0 ? errno : 0);
  return result;
}

static void drain(void) {
  char bytes[64];
  while (recv(pair[1], bytes, sizeof bytes, MSG_DONTWAIT) > 0) {}
}

static void handler(int number) {
  (void)number;
  handled++;
  if (strcmp(wanted, "nested") == 0 && handled == 1) call(other[0], 2, 0);
  if (strcmp(wanted, "jump") == 0) siglongjmp(back, 1);
  /* The second alarm makes room, so that a call that was begun again comes to its end. */
  if (handled == 2) drain();
}

static void alarms(int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  struct itimerval every = {{0, 60000}, {0, 60000}};
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &every, NULL);
}

static void stop_and_continue(pid_t whom) {
  char path[64], line[256] = "";
  snprintf(path, sizeof path, "/proc/%d/stat", whom);
  kill(whom, SIGSTOP);
  for (int i = 0; i < 2000; i++) { /* until it really has stopped: state T or, traced, t */
    FILE *file = fopen(path, "r");
    char *state = file && fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
    if (file) fclose(file);
    if (state && (state[2] == 'T' || state[2] == 't')) break;
    usleep(1000);
  }
  kill(whom, SIGCONT);
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  wanted = arguments[1];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0 || socketpair(AF_UNIX, SOCK_DGRAM, 0, other) < 0)
    return 2;
  alarm(0);
  int small = 4608;
  setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  if (strcmp(wanted, "partial") != 0) call(pair[0], 512, MSG_DONTWAIT);

  if (strcmp(wanted, "interrupt") == 0) {
    alarms(0);
    call(pair[0], 2, 0);
  } else if (strcmp(wanted, "stop") == 0) {
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
      usleep(50000); /* the call is most likely under way; if not, it only restarts less often */
      stop_and_continue(parent);
      drain();
      _exit(0);
    }
    call(pair[0], 2, 0);
    waitpid(child, NULL, 0);
  } else if (strcmp(wanted, "jump") == 0) {
    alarms(SA_RESTART);
    if (sigsetjmp(back, 1) == 0) call(pair[0], 2, 0);
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    call(other[0], 1, 0);
  } else if (strcmp(wanted, "timeout") == 0) {
    struct timeval limit = {0, 200000};
    setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    call(pair[0], 2, 0);
    alarms(SA_RESTART);
    call(pair[0], 2, 0);
  } else { /* restart, nested, partial */
    alarms(SA_RESTART);
    call(pair[0], strcmp(wanted, "partial") == 0 ? 512 : 2, 0);
  }
  setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
  for (int i = 0; i < begun; i++) puts(lines[i]);
  return 0;
}
