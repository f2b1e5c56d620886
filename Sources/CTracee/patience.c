// PTRACE_SEIZE that does not wait for ever.
//
// It waits for an execve of the process to be over (cred_guard_mutex), and that execve waits for
// the process's other threads to be gone, those included that are ours and that only we can reap.
// A signal ends the kernel's wait, but not the call, which is made again: so its handler jumps.
#define _GNU_SOURCE
#include "tracee.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static sigjmp_buf out_of_call;
static volatile sig_atomic_t in_call;
static timer_t timer;
static struct sigaction saved_action;
static sigset_t saved_mask;

static void jump(int number) {
  (void)number;
  if (in_call) siglongjmp(out_of_call, 1);
}

int tracee_patience_begin(void) {
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM};
  event.sigev_notify_thread_id = tracee_own_tid();
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) return -errno;
  struct sigaction action = {.sa_handler = jump, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &action, &saved_action);
  sigset_t alarm;
  sigemptyset(&alarm);
  sigaddset(&alarm, SIGALRM);
  pthread_sigmask(SIG_UNBLOCK, &alarm, &saved_mask);
  struct itimerspec often = {{0, 10000000}, {0, 10000000}};
  return timer_settime(timer, 0, &often, NULL) == 0 ? 0 : -errno;
}

void tracee_patience_end(void) {
  // No more signals of it come after this; one that has come is handled before its handler goes.
  timer_delete(timer);
  pthread_sigmask(SIG_SETMASK, &saved_mask, NULL);
  sigaction(SIGALRM, &saved_action, NULL);
}

int tracee_seize_running(pid_t tid) {
  if (sigsetjmp(out_of_call, 1) != 0) {
    in_call = 0;
    return -EAGAIN;
  }
  in_call = 1;
  int result = tracee_seize(tid, false);
  in_call = 0;
  return result;
}
