/*
 * The least a tracer can do: takes the two stops of each sendmmsg and looks at nothing.
 *
 *     floor COMMAND [ARG ...]      with a filter, as mmsgtrace launches
 *
 * What a program takes longer under it is what ptrace itself costs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count < 2) return 64;
  int go[2];
  char byte = 0;
  if (pipe(go)) return 125;
  pid_t child = fork();
  if (child == 0) {
    if (read(go[0], &byte, 1) != 1) return 125;
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmmsg, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {4, filter};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
    execvp(arguments[1], arguments + 1);
    return 127;
  }
  long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                 PTRACE_O_TRACEVFORK | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SEIZE, child, 0, options) || write(go[1], &byte, 1) != 1) return 125;
  int status;
  for (pid_t tid; (tid = waitpid(-1, &status, __WALL)) > 0;) {
    if (!WIFSTOPPED(status)) {
      if (tid == child) return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
      continue;
    }
    int event = status >> 16, signal = WSTOPSIG(status);
    int seccomp = event == PTRACE_EVENT_SECCOMP;
    int deliver = event == 0 && signal != (SIGTRAP | 0x80) ? signal : 0;
    ptrace(seccomp ? PTRACE_SYSCALL : PTRACE_CONT, tid, 0, deliver);
  }
  return 125;
}
