#define _GNU_SOURCE
#include "tracee.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

_Static_assert(TRACEE_EVENT_FORK == (int)PTRACE_EVENT_FORK, "event");
_Static_assert(TRACEE_EVENT_VFORK == (int)PTRACE_EVENT_VFORK, "event");
_Static_assert(TRACEE_EVENT_CLONE == (int)PTRACE_EVENT_CLONE, "event");
_Static_assert(TRACEE_EVENT_EXEC == (int)PTRACE_EVENT_EXEC, "event");
_Static_assert(TRACEE_EVENT_SECCOMP == (int)PTRACE_EVENT_SECCOMP, "event");
_Static_assert(TRACEE_EVENT_STOP == (int)PTRACE_EVENT_STOP, "event");

// ptrace(2) through glibc takes pointers where the kernel takes numbers.
static int request(enum __ptrace_request what, pid_t tid, uintptr_t address, uintptr_t data) {
  return ptrace(what, tid, (void *)address, (void *)data) == -1 ? -errno : 0;
}

int tracee_seize(pid_t tid, bool launched) {
  uintptr_t options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                      PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
  if (launched) options |= PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL;
  return request(PTRACE_SEIZE, tid, 0, options);
}

int tracee_resume(pid_t tid, enum tracee_resume_mode mode, int signal) {
  return request(
      mode == TRACEE_UNTIL_SYSCALL ? PTRACE_SYSCALL : PTRACE_CONT, tid, 0, (uintptr_t)signal);
}

int tracee_listen(pid_t tid) { return request(PTRACE_LISTEN, tid, 0, 0); }

int tracee_interrupt(pid_t tid) { return request(PTRACE_INTERRUPT, tid, 0, 0); }

int tracee_detach(pid_t tid, int signal) {
  return request(PTRACE_DETACH, tid, 0, (uintptr_t)signal);
}

int tracee_event_message(pid_t tid, uint64_t *message) {
  unsigned long value = 0;
  int result = request(PTRACE_GETEVENTMSG, tid, 0, (uintptr_t)&value);
  *message = value;
  return result;
}

int tracee_signal_sender(pid_t tid, pid_t *sender, bool *from_kernel) {
  siginfo_t info = {0};
  int result = request(PTRACE_GETSIGINFO, tid, 0, (uintptr_t)&info);
  *sender = info.si_pid;
  *from_kernel = info.si_code > 0;
  return result;
}

int tracee_get_syscall_info(pid_t tid, struct tracee_syscall_info *info) {
  struct __ptrace_syscall_info raw;
  long size = ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *)sizeof raw, &raw);
  if (size == -1) return -errno;
  // Only what `op` says is there has been written.
  *info = (struct tracee_syscall_info){
      .op = raw.op,
      .arch = raw.arch,
      .instruction_pointer = raw.instruction_pointer,
      .stack_pointer = raw.stack_pointer,
  };
  switch (raw.op) {
    case TRACEE_OP_ENTRY:
      info->number = raw.entry.nr;
      for (int i = 0; i < 6; i++) info->arguments[i] = raw.entry.args[i];
      break;
    case TRACEE_OP_SECCOMP:
      info->number = raw.seccomp.nr;
      for (int i = 0; i < 6; i++) info->arguments[i] = raw.seccomp.args[i];
      info->filter_data = raw.seccomp.ret_data;
      break;
    case TRACEE_OP_EXIT:
      info->return_value = raw.exit.rval;
      break;
  }
  return 0;
}

int tracee_skip_call(pid_t tid) {
#if defined(__x86_64__)
  // -1 is no system call; the return register holds -ENOSYS since the entry.
  return request(PTRACE_POKEUSER, tid, offsetof(struct user, regs.orig_rax), (uintptr_t)-1);
#else
  (void)tid;
  return -ENOSYS;
#endif
}

int tracee_get_returning_call(pid_t tid, struct tracee_returning_call *call) {
#if defined(__x86_64__)
  struct user_regs_struct registers;
  int error = request(PTRACE_GETREGS, tid, 0, (uintptr_t)&registers);
  if (error != 0) return error;
  *call = (struct tracee_returning_call){
      .number = (int64_t)registers.orig_rax,
      .result = (int64_t)registers.rax,
      .arguments = {registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8,
                    registers.r9},
      .compat_arguments = {(uint32_t)registers.rbx, (uint32_t)registers.rcx,
                           (uint32_t)registers.rdx, (uint32_t)registers.rsi,
                           (uint32_t)registers.rdi, (uint32_t)registers.rbp},
  };
  return 0;
#else
  (void)tid, (void)call;
  return -ENOSYS;
#endif
}

int tracee_repeat_call(pid_t tid) {
#if defined(__x86_64__)
  struct user_regs_struct registers;
  int error = request(PTRACE_GETREGS, tid, 0, (uintptr_t)&registers);
  if (error != 0) return error;
  // What the kernel does itself to restart a call (arch/x86/kernel/signal.c): `syscall`,
  // `sysenter`'s landing pad and `int $0x80` are all two bytes.
  registers.rax = registers.orig_rax;
  registers.rip -= 2;
  return request(PTRACE_SETREGS, tid, 0, (uintptr_t)&registers);
#else
  (void)tid;
  return -ENOSYS;
#endif
}

int tracee_unrepeat_call(
    pid_t tid, uint64_t instruction, uint64_t stack, int64_t number, int64_t result, bool *undone) {
#if defined(__x86_64__)
  *undone = false;
  struct user_regs_struct registers;
  int error = request(PTRACE_GETREGS, tid, 0, (uintptr_t)&registers);
  if (error != 0) return error;
  if (registers.rip + 2 != instruction || registers.rsp != stack) return 0;
  registers.rip = instruction;
  registers.orig_rax = (uint64_t)number;
  registers.rax = (uint64_t)result;
  error = request(PTRACE_SETREGS, tid, 0, (uintptr_t)&registers);
  *undone = error == 0;
  return error;
#else
  (void)tid, (void)instruction, (void)stack, (void)number, (void)result, (void)undone;
  return -ENOSYS;
#endif
}

int tracee_set_result(pid_t tid, int64_t result) {
#if defined(__x86_64__)
  return request(
      PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, rax), (uintptr_t)result);
#else
  (void)tid, (void)result;
  return -ENOSYS;
#endif
}

int tracee_get_filter(pid_t tid, uint64_t index, struct tracee_filter_instruction *filter) {
  long count = ptrace(PTRACE_SECCOMP_GET_FILTER, tid, (void *)(uintptr_t)index, filter);
  return count == -1 ? -errno : (int)count;
}

int tracee_reap(pid_t tid) {
  // A tracee's stops are told of as well, whether asked for or not: those are to stay.
  siginfo_t info = {0};
  int options = WEXITED | WNOHANG | __WALL | __WNOTHREAD;
  if (waitid(P_PID, (id_t)tid, &info, options | WNOWAIT) != 0 || info.si_pid != tid) return 0;
  if (info.si_code != CLD_EXITED && info.si_code != CLD_KILLED && info.si_code != CLD_DUMPED)
    return 0;
  return waitid(P_PID, (id_t)tid, &info, options) == 0;
}

int tracee_poll(pid_t tid, int *status) {
  enum { OPTIONS = WEXITED | WNOHANG | __WALL | __WNOTHREAD };
  siginfo_t info;
  info.si_pid = 0;
  int result;
  do result = waitid(tid == -1 ? P_ALL : P_PID, (id_t)tid, &info, OPTIONS | WNOWAIT);
  while (result != 0 && errno == EINTR);
  if (result != 0) return -errno;
  if (info.si_pid == 0) return 0;
  bool has_stopped = info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED;
  // Until the stop at an execve is taken, the kernel takes requests to be meant for the thread that
  // had this number before (looks_like_a_spurious_pid in kernel/ptrace.c).
  if (has_stopped && info.si_status != (SIGTRAP | PTRACE_EVENT_EXEC << 8)) {
    // As wait(2) packs it: ptrace(2)'s event is in the upper bits of both.
    *status = (int)((unsigned)info.si_status << 8) | 0x7f;
    return info.si_pid;
  }
  pid_t taken;
  do taken = waitpid(info.si_pid, status, WNOHANG | __WALL | __WNOTHREAD);
  while (taken < 0 && errno == EINTR);
  // Nobody else can have taken it.
  return taken > 0 ? taken : 0;
}

void tracee_take_stop(pid_t tid) {
  siginfo_t info;
  while (waitid(P_PID, (id_t)tid, &info, WSTOPPED | WNOHANG | __WALL | __WNOTHREAD) != 0 &&
         errno == EINTR) {
  }
}

pid_t tracee_own_tid(void) { return gettid(); }
