// The CPUs that a thread may run on, by plain system calls: cpu_set_t has a fixed size, and a
// kernel may know of more CPUs.
#define _GNU_SOURCE
#include "tracee.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

int tracee_get_affinity(pid_t tid, uint8_t *mask, size_t size) {
  long result = syscall(SYS_sched_getaffinity, tid, size, mask);
  return result < 0 ? -errno : (int)result;
}

int tracee_set_affinity(pid_t tid, const uint8_t *mask, size_t size) {
  return syscall(SYS_sched_setaffinity, tid, size, mask) < 0 ? -errno : 0;
}
