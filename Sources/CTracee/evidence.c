#define _GNU_SOURCE
#include <errno.h>
#include <linux/nsfs.h>
#include <linux/sockios.h>
#include <linux/types.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tracee.h"

// include/uapi/linux/fs.h, which older headers do not have.
struct procmap_query {
  __u64 size;
  __u64 query_flags;
  __u64 query_addr;
  __u64 vma_start;
  __u64 vma_end;
  __u64 vma_flags;
  __u64 vma_page_size;
  __u64 vma_offset;
  __u64 inode;
  __u32 dev_major;
  __u32 dev_minor;
  __u32 vma_name_size;
  __u32 build_id_size;
  __u64 vma_name_addr;
  __u64 build_id_addr;
};

_Static_assert(sizeof(struct procmap_query) == 104, "struct procmap_query");

int tracee_find_mapping(int maps, uint64_t address, struct tracee_mapping *mapping) {
  struct procmap_query query;
  memset(&query, 0, sizeof query);
  query.size = sizeof query;
  query.query_addr = address;
  if (ioctl(maps, _IOWR('f', 17, struct procmap_query), &query) == -1) return -errno;
  *mapping = (struct tracee_mapping){
      .start = query.vma_start,
      .end = query.vma_end,
      .offset = query.vma_offset,
      .inode = query.inode,
      .access = (uint32_t)query.vma_flags,
  };
  return 0;
}

bool tracee_has_own_sigpipe(pid_t tid) {
  siginfo_t waiting[32];
  struct __ptrace_peeksiginfo_args what = {.off = 0, .flags = 0, .nr = 32};
  memset(waiting, 0, sizeof waiting);
  long count = ptrace(PTRACE_PEEKSIGINFO, tid, &what, waiting);
  for (long i = 0; i < count; i++) {
    if (waiting[i].si_signo == SIGPIPE && waiting[i].si_code == SI_USER) return true;
  }
  return false;
}

int tracee_security_modules(uint64_t *ids, uint32_t capacity) {
  uint32_t size = capacity * (uint32_t)sizeof *ids;
  // The number is the same in all architectures.
  long count = syscall(461, ids, &size, 0);
  return count == -1 ? -errno : (int)count;
}

// The part of `union bpf_attr` that BPF_PROG_QUERY has (include/uapi/linux/bpf.h).
struct bpf_query {
  __u32 target_fd;
  __u32 attach_type;
  __u32 query_flags;
  __u32 attach_flags;
  __u64 prog_ids;
  __u32 prog_count;
  __u32 padding;
  __u64 prog_attach_flags;
  __u64 link_ids;
  __u64 link_attach_flags;
  __u64 revision;
};

int tracee_send_filters(int cgroup, bool ipv6) {
  enum { PROG_QUERY = 16, UDP4_SENDMSG = 14, UDP6_SENDMSG = 15, QUERY_EFFECTIVE = 1 };
  struct bpf_query query;
  memset(&query, 0, sizeof query);
  query.target_fd = (__u32)cgroup;
  query.attach_type = ipv6 ? UDP6_SENDMSG : UDP4_SENDMSG;
  query.query_flags = QUERY_EFFECTIVE;
  if (syscall(SYS_bpf, PROG_QUERY, &query, sizeof query) == -1) return -errno;
  return (int)query.prog_count;
}

// The parts of `union bpf_attr` and `struct bpf_prog_info` that are used.
struct bpf_program_id {
  __u32 id;  // the one before, or the one to open
  __u32 next_id;
  __u32 open_flags;
};

struct bpf_object_info {
  __u32 fd;
  __u32 size;
  __u64 info;
};

int tracee_has_bpf_module(void) {
  enum { GET_NEXT_ID = 11, GET_FD_BY_ID = 13, GET_INFO_BY_FD = 15, TYPE_LSM = 29 };
  struct bpf_program_id program = {0};
  for (;;) {
    if (syscall(SYS_bpf, GET_NEXT_ID, &program, sizeof program) == -1)
      return errno == ENOENT ? 0 : -errno;
    program.id = program.next_id;
    struct bpf_program_id to_open = {.id = program.id};
    int fd = (int)syscall(SYS_bpf, GET_FD_BY_ID, &to_open, sizeof to_open);
    if (fd == -1 && errno == ENOENT) continue;
    if (fd == -1) return -errno;
    __u32 type = 0;
    struct bpf_object_info object = {(__u32)fd, sizeof type, (__u64)(uintptr_t)&type};
    long result = syscall(SYS_bpf, GET_INFO_BY_FD, &object, sizeof object);
    int error = errno;
    close(fd);
    if (result == -1) return -error;
    if (type == TYPE_LSM) return 1;
  }
}

int tracee_socket_network(int fd) {
  int network = ioctl(fd, SIOCGSKNS);
  return network == -1 ? -errno : network;
}

static int namespace_above(int fd, unsigned long request) {
  int above = ioctl(fd, request);
  return above == -1 ? -errno : above;
}

int tracee_owning_users(int network) { return namespace_above(network, NS_GET_USERNS); }

int tracee_parent_users(int users) { return namespace_above(users, NS_GET_PARENT); }

int tracee_enter_network(int fd) { return setns(fd, CLONE_NEWNET) == -1 ? -errno : 0; }
