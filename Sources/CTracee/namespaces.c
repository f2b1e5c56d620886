// The namespaces that sockets belong to.
#define _GNU_SOURCE
#include "tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sockios.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>

int tracee_socket_network(int fd) {
  int network = ioctl(fd, SIOCGSKNS);
  return network == -1 ? -errno : network;
}

static int namespace_above(int fd, unsigned long request) {
  int above = ioctl(fd, request);
  return above == -1 ? -errno : above;
}

int tracee_owning_users(int other) { return namespace_above(other, NS_GET_USERNS); }

int tracee_parent_users(int users) { return namespace_above(users, NS_GET_PARENT); }

int tracee_owner_of_users(int users, unsigned int *uid) {
  return ioctl(users, NS_GET_OWNER_UID, uid) == -1 ? -errno : 0;
}

int tracee_open_cgroup(int mount, uint64_t number) {
  // FILEID_KERNFS (include/linux/exportfs.h)
  struct {
    struct file_handle head;
    unsigned char number[sizeof number];
  } handle = {.head = {.handle_bytes = sizeof number, .handle_type = 0xfe}};
  memcpy(handle.head.f_handle, &number, sizeof number);
  int folder = open_by_handle_at(mount, &handle.head, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return folder == -1 ? -errno : folder;
}

#ifndef NS_GET_PID_FROM_PIDNS
#define NS_GET_PID_FROM_PIDNS _IOR(NSIO, 0x6, int)
#endif

int tracee_thread_in_namespace(int processes, pid_t number) {
  int tid = ioctl(processes, NS_GET_PID_FROM_PIDNS, number);
  return tid == -1 ? -errno : tid;
}

int tracee_enter_network(int fd) { return setns(fd, CLONE_NEWNET) == -1 ? -errno : 0; }
