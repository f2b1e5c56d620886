// Our own scheduling, the terminal, and files.

#ifndef TRACEE_SYSTEM_H
#define TRACEE_SYSTEM_H

#include "tracee_base.h"

TRACEE_BEGIN

// --- Scheduling ---

// True where the calling thread's policy is SCHED_OTHER.
bool tracee_is_scheduled_normally(void);
// Makes it SCHED_IDLE or SCHED_OTHER for a thread of ours, 0 for the calling one.
int tracee_schedule(pid_t tid, bool idle);
// True where a thread of ours may come back from SCHED_IDLE, which takes CAP_SYS_NICE or an
// RLIMIT_NICE; a thread made for it tries.
bool tracee_may_return_from_idle(void);

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

// The name of the protocol of the socket that `path` leads to, an entry of /proc/PID/fd (the attribute
// system.sockprotoname, sockfs_xattr_get in net/socket.c): its length with the NUL at its end, or
// -errno.
int tracee_socket_protocol(const char *path, char *name, size_t size);

TRACEE_END

#endif
