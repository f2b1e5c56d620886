// Evidence about calls that fell short; nothing here changes what it looks at.

#ifndef TRACEE_EVIDENCE_H
#define TRACEE_EVIDENCE_H

#include "tracee_base.h"

TRACEE_BEGIN

// True where a SIGPIPE waits for a stopped thread that its own call raised: sent to the thread
// alone, as no kill(2) does (PTRACE_PEEKSIGINFO).
bool tracee_has_own_sigpipe(pid_t tid);

// The child that a SIGCHLD tells of which waits for the process of a stopped thread, by its number
// in the PID namespace of that; 0 for none (PTRACE_PEEKSIGINFO).
pid_t tracee_child_told_of(pid_t tid);

// lsm_list_modules(2), since Linux 6.8: how many identifiers (LSM_ID_*) were written to `ids`.
int tracee_security_modules(uint64_t *ids, uint32_t capacity);

// The BPF program with the next number behind `last`, which is 0 for the first, and its type
// (BPF_PROG_TYPE_*): its number, or 0 where there is none. Needs CAP_SYS_ADMIN.
int64_t tracee_next_bpf_program(uint32_t last, uint32_t *type);

// What BPF programs of a cgroup look at messages with an address of (`enum bpf_attach_type`).
enum tracee_filtered_sends {
  TRACEE_SENDS_OF_UDP4 = 14,
  TRACEE_SENDS_OF_UDP6 = 15,
};

// How many of them a cgroup has, and those above it. Needs CAP_NET_ADMIN or CAP_BPF.
int tracee_send_filters(int cgroup, enum tracee_filtered_sends sends);

// --- The kernel's own tracing ---

// Mounts tracefs where no path leads to it: a descriptor of its root. The mount goes with the last
// descriptor of it.
int tracee_mount_tracefs(void);

TRACEE_END

#endif
