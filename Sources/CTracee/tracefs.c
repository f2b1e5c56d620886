#define _GNU_SOURCE
// fsopen(2) and its kin, which the C library has only since glibc 2.36.
#include "tracee.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

// The same numbers on every architecture.
#ifndef SYS_fsopen
#define SYS_fsopen 430
#endif
#ifndef SYS_fsconfig
#define SYS_fsconfig 431
#endif
#ifndef SYS_fsmount
#define SYS_fsmount 432
#endif

// linux/mount.h, which cannot be had together with an old sys/mount.h.
enum {
  OPEN_CLOEXEC = 1,   // FSOPEN_CLOEXEC
  MOUNT_CLOEXEC = 1,  // FSMOUNT_CLOEXEC
  CONFIG_CREATE = 6,  // FSCONFIG_CMD_CREATE
  NO_SUID = 2,        // MOUNT_ATTR_NOSUID
  NO_DEVICES = 4,     // MOUNT_ATTR_NODEV
  NO_EXECUTION = 8,   // MOUNT_ATTR_NOEXEC
};

int tracee_mount_tracefs(void) {
  long context = syscall(SYS_fsopen, "tracefs", OPEN_CLOEXEC);
  if (context < 0) return -errno;
  long mount = syscall(SYS_fsconfig, (int)context, CONFIG_CREATE, NULL, NULL, 0);
  if (mount == 0) {
    mount = syscall(
        SYS_fsmount, (int)context, MOUNT_CLOEXEC, NO_SUID | NO_DEVICES | NO_EXECUTION);
  }
  int error = errno;
  close((int)context);
  return mount < 0 ? -error : (int)mount;
}
