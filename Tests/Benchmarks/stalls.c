/*
 * How long calls that fall short take, and many descriptors beside them.
 *
 *     stalls keep COUNT   keeps so many sockets open, in processes of 20,000 each, until it is killed
 *     stalls call COUNT   makes so many calls of which the second message has no memory, 5 ms apart
 *
 * `call` prints the longest, the median and the mean call in microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { each = 19900 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static _Noreturn void keep(int count) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  for (int begun = each; begun < count; begun += each) {
    if (fork() != 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    count = each;
  }
  int kept = 0;
  while (kept < (count < each ? count : each) && socket(AF_INET, SOCK_DGRAM, 0) >= 0) kept++;
  printf("%d\n", kept);
  fflush(stdout);
  for (;;) pause();
}

static int compare(const void *left, const void *right) {
  double difference = *(const double *)left - *(const double *)right;
  return difference < 0 ? -1 : difference > 0;
}

static int call(int count) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof to;
  int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
  if (bind(receiver, (struct sockaddr *)&to, sizeof to) != 0) return 3;
  getsockname(receiver, (struct sockaddr *)&to, &length);
  struct iovec parts[2] = {{"x", 1}, {(void *)16, 100}};
  struct mmsghdr messages[2] = {{.msg_hdr = {&to, sizeof to, &parts[0], 1, NULL, 0, 0}},
                                {.msg_hdr = {&to, sizeof to, &parts[1], 1, NULL, 0, 0}}};
  double *times = calloc(count, sizeof *times), sum = 0;
  char byte;
  for (int i = 0; i < count; i++) {
    usleep(5000);
    double begun = now();
    if (sendmmsg(sender, messages, 2, 0) != 1) return 3;
    sum += times[i] = now() - begun;
    recv(receiver, &byte, 1, 0);
  }
  qsort(times, count, sizeof *times, compare);
  printf("longest %.0f us, median %.0f us, mean %.0f us\n", times[count - 1], times[count / 2],
         sum / count);
  return 0;
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  if (strcmp(arguments[1], "keep") == 0) keep(atoi(arguments[2]));
  return call(atoi(arguments[2]));
}
