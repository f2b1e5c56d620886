#define _GNU_SOURCE
#include <errno.h>
#include <linux/types.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tracee.h"

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

pid_t tracee_child_told_of(pid_t tid) {
  siginfo_t waiting[32];
  struct __ptrace_peeksiginfo_args what = {
      .off = 0, .flags = PTRACE_PEEKSIGINFO_SHARED, .nr = 32};
  memset(waiting, 0, sizeof waiting);
  long count = ptrace(PTRACE_PEEKSIGINFO, tid, &what, waiting);
  for (long i = 0; i < count; i++) {
    if (waiting[i].si_signo == SIGCHLD && waiting[i].si_code > 0) return waiting[i].si_pid;
  }
  return 0;
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

int tracee_send_filters(int cgroup, enum tracee_filtered_sends sends) {
  enum { PROG_QUERY = 16, QUERY_EFFECTIVE = 1 };
  struct bpf_query query;
  memset(&query, 0, sizeof query);
  query.target_fd = (__u32)cgroup;
  query.attach_type = sends;
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

int64_t tracee_next_bpf_program(uint32_t last, uint32_t *type) {
  enum { GET_NEXT_ID = 11, GET_FD_BY_ID = 13, GET_INFO_BY_FD = 15 };
  struct bpf_program_id program = {.id = last};
  for (;;) {
    if (syscall(SYS_bpf, GET_NEXT_ID, &program, sizeof program) == -1)
      return errno == ENOENT ? 0 : -errno;
    program.id = program.next_id;
    struct bpf_program_id to_open = {.id = program.id};
    int fd = (int)syscall(SYS_bpf, GET_FD_BY_ID, &to_open, sizeof to_open);
    if (fd == -1 && errno == ENOENT) continue;
    if (fd == -1) return -errno;
    struct bpf_object_info object = {(__u32)fd, sizeof *type, (__u64)(uintptr_t)type};
    long result = syscall(SYS_bpf, GET_INFO_BY_FD, &object, sizeof object);
    int error = errno;
    close(fd);
    return result == -1 ? -error : (int64_t)program.id;
  }
}
