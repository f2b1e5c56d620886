// What other processes have: descriptors, CPUs that they may run on, namespaces.

#ifndef TRACEE_PROCESSES_H
#define TRACEE_PROCESSES_H

#include "tracee_base.h"

TRACEE_BEGIN

// --- Descriptors of other processes ---

int tracee_pidfd_open(pid_t pid, bool thread);
int tracee_pidfd_getfd(int pidfd, int fd);
// SIOCGIFNAME: the interface's name in the network namespace of a socket; `name` has 16 bytes.
int tracee_interface_name(int socket, int index, char *name);
// kcmp(2) of the two threads' descriptor tables: 0 the same, more than 0 different.
int tracee_compare_files(pid_t first, pid_t second);

// --- The CPUs that a thread may run on; a tid of 0 is the calling thread's ---

// sched_getaffinity(2): how many bytes the mask has.
int tracee_get_affinity(pid_t tid, uint8_t *mask, size_t size);
// sched_setaffinity(2).
int tracee_set_affinity(pid_t tid, const uint8_t *mask, size_t size);

// --- Namespaces ---

// A descriptor of the network namespace that a socket was made in (SIOCGSKNS), or a negated errno.
// Needs CAP_NET_ADMIN in it.
int tracee_socket_network(int fd);

// A descriptor of the user namespace that owns another namespace, and of the one above a user
// namespace (ioctl_nsfs(2)); -EPERM where that is neither ours nor below ours.
int tracee_owning_users(int other);
int tracee_parent_users(int users);

// The effective user ID that a user namespace was made by (ioctl_nsfs(2)).
int tracee_owner_of_users(int users, unsigned int *uid);

// Opens the folder of a cgroup by its number (cgroups(7), version 2); `mount` is an open folder of
// that hierarchy. Needs CAP_DAC_READ_SEARCH.
int tracee_open_cgroup(int mount, uint64_t number);

// What number we know a thread by that has `number` in a PID namespace (NS_GET_PID_FROM_PIDNS, Linux
// 6.11); -ESRCH where there is none.
int tracee_thread_in_namespace(int processes, pid_t number);

// setns(2) with CLONE_NEWNET.
int tracee_enter_network(int fd);

TRACEE_END

#endif
