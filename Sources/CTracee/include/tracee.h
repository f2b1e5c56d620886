// What Swift cannot call: variadic and GNU functions, constants of the kernel's own headers, and
// the child between fork and exec. Nothing here decides anything.
//
// Functions that can fail return a negated errno, as system calls do.

#ifndef TRACEE_H
#define TRACEE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#ifdef __clang__
#pragma clang assume_nonnull begin
#else
#define _Nullable
#define _Nonnull
#endif

// --- Wait statuses and stops (ptrace(2)) ---

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
  bool is_error;
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

// gettid(2): what /proc calls a tracer by.
pid_t tracee_own_tid(void);

// --- Memory ---

// process_vm_readv(2): the bytes read. At most 1,024 ranges on either side.
ssize_t tracee_read_memory(
    pid_t tid, const struct iovec *local, size_t local_count, const struct iovec *remote,
    size_t remote_count);

// process_vm_writev(2) of one range: the bytes written. The one way in which a tracee's memory is
// ever changed, and for one purpose: Sources/Tracing/Colocation.swift.
int tracee_write_memory(pid_t tid, const uint8_t *bytes, size_t size, uint64_t address);

enum {
  TRACEE_MAPPING_READABLE = 1,
  TRACEE_MAPPING_WRITABLE = 2,
  TRACEE_MAPPING_EXECUTABLE = 4,
};

// What lies between two addresses of a process (proc_pid_maps(5)).
struct tracee_mapping {
  uint64_t start;
  uint64_t end;
  // Where in its file it begins, in bytes, and the file's inode; 0 where there is no file.
  uint64_t offset;
  uint64_t inode;
  // TRACEE_MAPPING_*; other bits are to be passed over.
  uint32_t access;
};

// The mapping of a process at `address` (PROCMAP_QUERY, since Linux 6.11). -ENOENT where nothing is
// mapped. `maps` is an open /proc/PID/maps.
int tracee_find_mapping(int maps, uint64_t address, struct tracee_mapping *mapping);

// memmem(3).
bool tracee_contains(const void *bytes, size_t size, const char *text);

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

// --- Scheduling ---

// True where the calling thread's policy is SCHED_OTHER.
bool tracee_is_scheduled_normally(void);
// Makes it SCHED_IDLE or SCHED_OTHER for a thread of ours, 0 for the calling one.
int tracee_schedule(pid_t tid, bool idle);
// True where a thread of ours may come back from SCHED_IDLE, which takes CAP_SYS_NICE or an
// RLIMIT_NICE; a thread made for it tries.
bool tracee_may_return_from_idle(void);

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

// --- The kernel's own tracing ---

// Mounts tracefs where no path leads to it: a descriptor of its root. The mount goes with the last
// descriptor of it.
int tracee_mount_tracefs(void);

// --- Namespaces ---

// A descriptor of the network namespace that a socket was made in (SIOCGSKNS), or a negated errno.
// Needs CAP_NET_ADMIN in it.
int tracee_socket_network(int fd);

// A descriptor of the user namespace that owns a network namespace, and of the one above a user
// namespace (ioctl_nsfs(2)); -EPERM where that is neither ours nor below ours.
int tracee_owning_users(int network);
int tracee_parent_users(int users);

// The effective user ID that a user namespace was made by (ioctl_nsfs(2)).
int tracee_owner_of_users(int users, unsigned int *uid);

// Opens the folder of a cgroup by its number (cgroups(7), version 2); `mount` is an open folder of
// that hierarchy. Needs CAP_DAC_READ_SEARCH.
int tracee_open_cgroup(int mount, uint64_t number);

// setns(2) with CLONE_NEWNET.
int tracee_enter_network(int fd);

// --- Evidence about calls that fell short; nothing here changes what it looks at ---

// True where a SIGPIPE waits for a stopped thread that its own call raised: sent to the thread
// alone, as no kill(2) does (PTRACE_PEEKSIGINFO).
bool tracee_has_own_sigpipe(pid_t tid);

// lsm_list_modules(2), since Linux 6.8: how many identifiers (LSM_ID_*) were written to `ids`.
int tracee_security_modules(uint64_t *ids, uint32_t capacity);

// The BPF program with the next number behind `last`, which is 0 for the first, and its type
// (BPF_PROG_TYPE_*): its number, or 0 where there is none. Needs CAP_SYS_ADMIN.
int64_t tracee_next_bpf_program(uint32_t last, uint32_t *type);

// What BPF programs of a cgroup look at messages with an address of (`enum bpf_attach_type`).
enum tracee_filtered_sends {
  TRACEE_SENDS_OF_UDP4 = 14,
  TRACEE_SENDS_OF_UDP6 = 15,
  TRACEE_SENDS_OF_UNIX = 50,  // since Linux 6.7
};

// How many of them a cgroup has, and those above it. Needs CAP_NET_ADMIN or CAP_BPF.
int tracee_send_filters(int cgroup, enum tracee_filtered_sends sends);

// --- The terminal ---

// Its width and height; 0 where `fd` is no terminal or has none.
int tracee_terminal_columns(int fd);
int tracee_terminal_lines(int fd);
// The process group in the foreground of our controlling terminal.
pid_t tracee_foreground_group(void);
// SIGTTOU has to be blocked or ignored.
int tracee_set_foreground_group(pid_t group);

// --- Files ---

// Opens `path` with O_PATH as a process does whose root directory is `root` (openat2(2),
// RESOLVE_IN_ROOT; Linux 5.6): the descriptor, or -errno.
int tracee_open_in_root(int root, const char *path);

// open(2) of a new file in `folder` that has no name yet (O_TMPFILE), to be written.
int tracee_nameless_file(const char *folder, mode_t mode);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#endif
