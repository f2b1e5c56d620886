/*
 * Tells which signals it gets.
 *
 *     signal_teller COUNT
 *
 * Says "ready" and which of the signals it was started with ignored, which it leaves so. For each
 * signal it sends a batch of two and says the signal's name and number of its kind; after COUNT
 * signals it ends with 5.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static volatile sig_atomic_t came[65];
static void take(int number) { came[number]++; }

int main(int count, char **arguments) {
  static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1};
  int left = count > 1 ? atoi(arguments[1]) : 1, told[65] = {0}, pair[2];
  sigset_t taken, none;
  sigemptyset(&taken), sigemptyset(&none);
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("ready");
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    struct sigaction action;
    sigaction(numbers[i], NULL, &action);
    if (action.sa_handler == SIG_IGN) printf(" ignoring SIG%s", sigabbrev_np(numbers[i]));
    else action.sa_handler = take, sigaddset(&taken, numbers[i]), sigaction(numbers[i], &action, NULL);
  }
  sigprocmask(SIG_BLOCK, &taken, NULL);
  puts("");
  for (int number = 1; left > 0; number = number % 64 + 1) {
    /* Only when all have been looked at. */
    if (number == 1) sigsuspend(&none);
    if (!came[number]) continue;
    struct iovec piece = {"told", 4};
    struct mmsghdr two[2];
    char got[8];
    memset(two, 0, sizeof two);
    for (int i = 0; i < 2; i++) two[i].msg_hdr.msg_iov = &piece, two[i].msg_hdr.msg_iovlen = 1;
    came[number]--, left--;
    if (sendmmsg(pair[0], two, 2, 0) != 2) return 3;
    while (recv(pair[1], got, sizeof got, MSG_DONTWAIT) > 0) {}
    printf("SIG%s %d\n", sigabbrev_np(number), ++told[number]);
  }
  return 5;
}
