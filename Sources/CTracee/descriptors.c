// The open files of other processes.
#define _GNU_SOURCE
#include "tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL  // Linux 6.9
#endif

int tracee_pidfd_open(pid_t pid, bool thread) {
  long result = syscall(SYS_pidfd_open, pid, thread ? PIDFD_THREAD : 0);
  return result < 0 ? -errno : (int)result;
}

int tracee_pidfd_getfd(int pidfd, int fd) {
  long result = syscall(SYS_pidfd_getfd, pidfd, fd, 0);
  return result < 0 ? -errno : (int)result;
}

int tracee_interface_name(int socket, int index, char *name) {
  struct ifreq request = {.ifr_ifindex = index};
  if (ioctl(socket, SIOCGIFNAME, &request) < 0) return -errno;
  memcpy(name, request.ifr_name, IFNAMSIZ);
  return 0;
}

int tracee_compare_files(pid_t first, pid_t second) {
  long result = syscall(SYS_kcmp, first, second, KCMP_FILES, 0, 0);
  return result < 0 ? -errno : (int)result;
}
