// The child between fork and exec: async-signal-safe calls only.
#define _GNU_SOURCE
#include "signals.h"
#include "tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(sizeof(struct tracee_filter_instruction) == sizeof(struct sock_filter), "filter");
_Static_assert(
    offsetof(struct tracee_filter_instruction, operand) == offsetof(struct sock_filter, k),
    "filter");

char **tracee_environment(void) { return environ; }

static void report(int fd, enum tracee_report_kind kind, int error) {
  struct tracee_report message = {.kind = (int32_t)kind, .error = error};
  // Smaller than PIPE_BUF: whole or not at all. If we are gone nobody reads it.
  ssize_t ignored = write(fd, &message, sizeof message);
  (void)ignored;
}

static int load_filter(const struct tracee_launch *launch) {
  struct sock_fprog program = {
      .len = launch->filter_count, .filter = (struct sock_filter *)launch->filter};
  // SPEC_ALLOW (4.17): before 5.16 a filter otherwise turns on store-bypass mitigations, which
  // would slow the program down.
  long result = syscall(
      SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program);
  if (result == -1 && errno == EINVAL)
    result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
  return result == -1 ? errno : 0;
}

// Without CAP_SYS_ADMIN a filter needs NO_NEW_PRIVS (seccomp(2)); it is set only then.
static bool install_filter(const struct tracee_launch *launch, int report_fd) {
  int error = load_filter(launch);
  if (error == EACCES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
    error = load_filter(launch);
    if (error == 0) report(report_fd, TRACEE_REPORT_NO_NEW_PRIVS, 0);
  }
  if (error == 0) return true;
  report(report_fd, TRACEE_REPORT_FILTER_REFUSED, error);
  return launch->filter_optional;
}

// Plain system calls: glibc's wrappers would first ask every other thread to do the same.
static bool change_user(const struct tracee_launch *launch, int report_fd) {
  if (syscall(SYS_setgroups, launch->group_count, launch->groups) == 0 &&
      syscall(SYS_setresgid, launch->gid, launch->gid, launch->gid) == 0 &&
      syscall(SYS_setresuid, launch->uid, launch->uid, launch->uid) == 0)
    return true;
  report(report_fd, TRACEE_REPORT_USER_REFUSED, errno);
  return false;
}

static void run_child(const struct tracee_launch *launch, int go_fd, int report_fd) {
  char go;
  ssize_t got;
  do got = read(go_fd, &go, 1);
  while (got == -1 && errno == EINTR);
  // The end of the file means that the tracer died: nobody would follow us.
  if (got != 1) return;
  // Before the user changes: root needs no NO_NEW_PRIVS.
  if (launch->filter && !install_filter(launch, report_fd)) return;
  if (launch->change_user && !change_user(launch, report_fd)) return;
  tracee_restore_signals();
  execve(launch->path, launch->arguments, launch->environment);
  if (errno == ENOEXEC) execve("/bin/sh", launch->shell_arguments, launch->environment);
  report(report_fd, TRACEE_REPORT_EXEC_FAILED, errno);
}

int tracee_launch(const struct tracee_launch *launch, struct tracee_child *child) {
  int go[2], reports[2];
  if (pipe2(go, O_CLOEXEC) != 0) return -errno;
  if (pipe2(reports, O_CLOEXEC | O_NONBLOCK) != 0) {
    int error = errno;
    close(go[0]);
    close(go[1]);
    return -error;
  }
  pid_t pid = fork();
  if (pid == 0) {
    close(go[1]);
    close(reports[0]);
    run_child(launch, go[0], reports[1]);
    _exit(127);
  }
  int error = errno;
  close(go[0]);
  close(reports[1]);
  if (pid == -1) {
    close(go[1]);
    close(reports[0]);
    return -error;
  }
  *child = (struct tracee_child){.pid = pid, .report_fd = reports[0], .go_fd = go[1]};
  return 0;
}

int tracee_launch_go(struct tracee_child *child) {
  ssize_t written = write(child->go_fd, "g", 1);
  int error = written == 1 ? 0 : -errno;
  close(child->go_fd);
  child->go_fd = -1;
  return error;
}

int tracee_next_report(const struct tracee_child *child, struct tracee_report *report) {
  return read(child->report_fd, report, sizeof *report) == (ssize_t)sizeof *report;
}
