// Our own signals, seccomp filters, and the launch of a command.

#ifndef TRACEE_LAUNCH_H
#define TRACEE_LAUNCH_H

#include "tracee_base.h"

TRACEE_BEGIN

// --- Signals of our own ---

// Saves our signal mask and the disposition of SIGCHLD, blocks the signals in `blocked`, and sets
// SIGCHLD to its default: an ignored one would never announce a stop.
int tracee_take_signals(const sigset_t *blocked);

// Waits for one of `set`. Negative nanoseconds wait without an end. The signal, or -EAGAIN.
// `sender` is si_pid, `from_kernel` says that no process sent it.
int tracee_wait_signal(const sigset_t *set, int64_t nanoseconds, pid_t *sender, bool *from_kernel);

// --- Seccomp filters ---

struct tracee_filter_instruction {
  uint16_t code;
  uint8_t jump_true;
  uint8_t jump_false;
  uint32_t operand;
};

// PTRACE_SECCOMP_GET_FILTER: the thread's filter number `index`, the newest being 0; how many
// instructions it has. -ENOENT behind the last. Needs CAP_SYS_ADMIN. `filter` has room for 4,096,
// the most a filter has.
int tracee_get_filter(pid_t tid, uint64_t index, struct tracee_filter_instruction *filter);

// --- Launching ---

// environ(7).
char *_Nullable *_Nullable tracee_environment(void);

struct tracee_launch {
  const char *path;
  char *_Nullable const *_Nonnull arguments;
  // `/bin/sh path …`, for a script without an interpreter line, as execvp(3) does it.
  char *_Nullable const *_Nonnull shell_arguments;
  char *_Nullable const *_Nonnull environment;
  const struct tracee_filter_instruction *_Nullable filter;
  uint16_t filter_count;
  // Go on without the filter where the kernel refuses it.
  bool filter_optional;
  bool change_user;
  uid_t uid;
  gid_t gid;
  const gid_t *_Nullable groups;
  size_t group_count;
};

// What the child says over its pipe before the command runs.
enum tracee_report_kind {
  TRACEE_REPORT_NO_NEW_PRIVS = 1,  // the filter could be loaded only with NO_NEW_PRIVS
  TRACEE_REPORT_FILTER_REFUSED,
  TRACEE_REPORT_USER_REFUSED,
  TRACEE_REPORT_EXEC_FAILED,
};

struct tracee_report {
  int32_t kind;
  int32_t error;
};

struct tracee_child {
  pid_t pid;
  int report_fd;  // tracee_report structures, then the end of file at exec
  int go_fd;
};

// Forks the child, which waits for tracee_launch_go; until then it can be seized. Its signal mask
// and dispositions are those saved by tracee_take_signals.
int tracee_launch(const struct tracee_launch *launch, struct tracee_child *child);
int tracee_launch_go(struct tracee_child *child);
// The next report, 1; 0 where there is none (yet).
int tracee_next_report(const struct tracee_child *child, struct tracee_report *report);

TRACEE_END

#endif
