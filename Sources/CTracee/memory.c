#define _GNU_SOURCE
#include "tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// The layouts that Sources/Decoding/MessageLayout.swift assumes of a 64-bit call.
#if __SIZEOF_POINTER__ == 8
_Static_assert(sizeof(struct mmsghdr) == 64, "mmsghdr");
_Static_assert(offsetof(struct mmsghdr, msg_len) == 56, "mmsghdr.msg_len");
_Static_assert(sizeof(struct msghdr) == 56, "msghdr");
_Static_assert(offsetof(struct msghdr, msg_name) == 0, "msghdr.msg_name");
_Static_assert(offsetof(struct msghdr, msg_namelen) == 8, "msghdr.msg_namelen");
_Static_assert(offsetof(struct msghdr, msg_iov) == 16, "msghdr.msg_iov");
_Static_assert(offsetof(struct msghdr, msg_iovlen) == 24, "msghdr.msg_iovlen");
_Static_assert(offsetof(struct msghdr, msg_control) == 32, "msghdr.msg_control");
_Static_assert(offsetof(struct msghdr, msg_controllen) == 40, "msghdr.msg_controllen");
_Static_assert(offsetof(struct msghdr, msg_flags) == 48, "msghdr.msg_flags");
_Static_assert(sizeof(struct iovec) == 16, "iovec");
_Static_assert(offsetof(struct iovec, iov_len) == 8, "iovec.iov_len");
_Static_assert(sizeof(struct cmsghdr) == 16, "cmsghdr");
_Static_assert(offsetof(struct cmsghdr, cmsg_level) == 8, "cmsghdr.cmsg_level");
_Static_assert(offsetof(struct cmsghdr, cmsg_type) == 12, "cmsghdr.cmsg_type");
#endif
_Static_assert(sizeof(struct sockaddr_storage) == 128, "sockaddr_storage");

ssize_t tracee_read_memory(
    pid_t tid, const struct iovec *local, size_t local_count, const struct iovec *remote,
    size_t remote_count) {
  ssize_t result = process_vm_readv(tid, local, local_count, remote, remote_count, 0);
  return result < 0 ? -errno : result;
}

bool tracee_contains(const void *bytes, size_t size, const char *text) {
  return memmem(bytes, size, text, strlen(text)) != NULL;
}

pid_t tracee_own_tid(void) { return gettid(); }

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
