// Wait statuses and stops of traced threads (ptrace(2)).

#ifndef TRACEE_STOPS_H
#define TRACEE_STOPS_H

#include "tracee_base.h"

TRACEE_BEGIN

enum {
  TRACEE_EVENT_FORK = 1,
  TRACEE_EVENT_VFORK = 2,
  TRACEE_EVENT_CLONE = 3,
  TRACEE_EVENT_EXEC = 4,
  TRACEE_EVENT_SECCOMP = 7,
  TRACEE_EVENT_STOP = 128,
};

enum tracee_resume_mode {
  TRACEE_UNTIL_EVENT,    // PTRACE_CONT
  TRACEE_UNTIL_SYSCALL,  // PTRACE_SYSCALL
};

// `struct ptrace_syscall_info` with its union laid flat; op is one of TRACEE_OP_*.
struct tracee_syscall_info {
  uint8_t op;
  uint32_t arch;
  uint32_t filter_data;
  uint64_t instruction_pointer;
  uint64_t stack_pointer;
  uint64_t number;
  uint64_t arguments[6];
  int64_t return_value;
};

enum {
  TRACEE_OP_NONE = 0,
  TRACEE_OP_ENTRY = 1,
  TRACEE_OP_EXIT = 2,
  TRACEE_OP_SECCOMP = 3,
};

// PTRACE_SEIZE of a thread, with the events of threads and programs. `launched` adds
// PTRACE_O_TRACESECCOMP and PTRACE_O_EXITKILL.
int tracee_seize(pid_t tid, bool launched);
// The same, but -EAGAIN where an execve of the process keeps it waiting: that can wait for threads
// of the process that are dead and ours to reap. Between tracee_patience_begin and _end only.
int tracee_seize_running(pid_t tid);
int tracee_patience_begin(void);
void tracee_patience_end(void);
// Reaps a thread that is dead: 1; 0 where it is not.
int tracee_reap(pid_t tid);
int tracee_resume(pid_t tid, enum tracee_resume_mode mode, int signal);
int tracee_listen(pid_t tid);
int tracee_interrupt(pid_t tid);
int tracee_detach(pid_t tid, int signal);
int tracee_event_message(pid_t tid, uint64_t *message);
// Who sent the signal that a thread is about to have delivered.
int tracee_signal_sender(pid_t tid, pid_t *sender, bool *from_kernel);
int tracee_get_syscall_info(pid_t tid, struct tracee_syscall_info *info);
// Makes the call that a stopped thread is about to enter fail with ENOSYS.
int tracee_skip_call(pid_t tid);
// The call that a stopped thread is returning from.
struct tracee_returning_call {
  int64_t number;  // -1 for none
  int64_t result;
  uint64_t arguments[6];  // of a 64-bit and of a 32-bit call
  uint32_t compat_arguments[6];
};
int tracee_get_returning_call(pid_t tid, struct tracee_returning_call *call);
// Makes a stopped thread that is returning from a call make the same call again.
int tracee_repeat_call(pid_t tid);
// Undoes that, whether we did it or the kernel, for a thread that has not entered the call yet: it
// returns from it with `result`, which may be one that is the kernel's to interpret (-ERESTARTSYS).
int tracee_unrepeat_call(
    pid_t tid, uint64_t instruction, uint64_t stack, int64_t number, int64_t result, bool *undone);
// What a call returns that a stopped thread is leaving.
int tracee_set_result(pid_t tid, int64_t result);

// What a tracee, or for -1 any, has to say, without waiting: its tid, or 0 where nothing has
// happened; `status` is wait(2)'s. A thread that has ended is reaped. A stop is only looked at, and
// told of again until the thread is resumed: a wait that takes it also takes the signal from the
// kernel that the thread stopped for, and were we to die then, it would never be delivered.
int tracee_poll(pid_t tid, int *status);
// Takes the stop that tracee_poll told of: it is told of no more. None for a signal, see there.
void tracee_take_stop(pid_t tid);

// gettid(2): what /proc calls a tracer by.
pid_t tracee_own_tid(void);

TRACEE_END

#endif
