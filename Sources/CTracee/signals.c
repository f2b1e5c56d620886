#define _GNU_SOURCE
#include "signals.h"

#include "tracee.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

static sigset_t saved_mask;
static struct sigaction saved_child_action;

int tracee_take_signals(const sigset_t *blocked) {
  if (sigprocmask(SIG_BLOCK, blocked, &saved_mask) != 0) return -errno;
  struct sigaction standard = {.sa_handler = SIG_DFL};
  return sigaction(SIGCHLD, &standard, &saved_child_action) == 0 ? 0 : -errno;
}

void tracee_restore_signals(void) {
  sigaction(SIGCHLD, &saved_child_action, NULL);
  sigprocmask(SIG_SETMASK, &saved_mask, NULL);
}

int tracee_wait_signal(
    const sigset_t *set, int64_t nanoseconds, pid_t *sender, bool *from_kernel) {
  struct timespec timeout = {
      .tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
  siginfo_t info;
  for (;;) {
    int signal = sigtimedwait(set, &info, nanoseconds < 0 ? NULL : &timeout);
    if (signal > 0) {
      *sender = info.si_pid;
      *from_kernel = info.si_code > 0;
      return signal;
    }
    if (errno != EINTR) return -errno;
  }
}
