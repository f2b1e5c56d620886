// How the kernel shares the CPUs among threads of ours.
#define _GNU_SOURCE
#include "tracee.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>

bool tracee_is_scheduled_normally(void) { return sched_getscheduler(0) == SCHED_OTHER; }

int tracee_schedule(pid_t tid, bool idle) {
  struct sched_param parameters = {.sched_priority = 0};
  return sched_setscheduler(tid, idle ? SCHED_IDLE : SCHED_OTHER, &parameters) == 0 ? 0 : -errno;
}

static void *go_and_return(void *may_return) {
  *(bool *)may_return = tracee_schedule(0, true) == 0 && tracee_schedule(0, false) == 0;
  return NULL;
}

bool tracee_may_return_from_idle(void) {
  bool may_return = false;
  pthread_t thread;
  if (pthread_create(&thread, NULL, go_and_return, &may_return) != 0) return false;
  pthread_join(thread, NULL);
  return may_return;
}
