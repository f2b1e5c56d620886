/* AF_UNIX (kernel.md §3.4). */
#include "short_rows.h"
#include "short_cgroup.h"

#include <pthread.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>

#define FOLDER "/tmp/short_unix"

static void dgram_to(const char *path) {
  unix_dgram(), good(2);
  struct sockaddr_un it;
  socklen_t length = un(&it, path);
  with_name(small(), &it, length), good(2);
}
static void rights(int type, const int *fds, int count) {
  unix_pair(type), good(2), control(small(), SOL_SOCKET, SCM_RIGHTS, fds, count * sizeof *fds), good(2);
}
static void credentials(int type, pid_t pid, uid_t uid, gid_t gid) {
  struct { pid_t pid; uid_t uid; gid_t gid; } it = {pid, uid, gid};
  unix_pair(type), good(2), control(small(), SOL_SOCKET, SCM_CREDENTIALS, &it, sizeof it), good(2);
}
ROW("3.4", likely, ESRCH, second_credentials_of_nobody) {
  struct { pid_t pid; uid_t uid; gid_t gid; } own = {getpid(), 0, 0}, none = {999999999, 0, 0};
  unix_pair(SOCK_DGRAM), good(2), control(message(no_access, 9), SOL_SOCKET, SCM_CREDENTIALS, &own, sizeof own);
  control(&call.entries[2].msg_hdr, SOL_SOCKET, SCM_CREDENTIALS, &none, sizeof none), good(2);
}
/* Goes on in a child, the first in a PID namespace. */
static void as_first_process(void) {
  int status;
  need(unshare(CLONE_NEWPID) == 0, "processes");
  pid_t child = fork();
  need(child >= 0, "fork");
  if (child == 0) return;
  need(waitpid(child, &status, 0) == child, "waitpid");
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 4);
}
static void write_to(const char *path, const char *text) {
  FILE *file = fopen(path, "we");
  need(file && fputs(text, file) >= 0 && fclose(file) == 0, path);
}
static void as_root_of_its_own(void) {
  need(unshare(CLONE_NEWUSER) == 0, "users");
  write_to("/proc/self/setgroups", "deny");
  write_to("/proc/self/uid_map", "0 0 1"), write_to("/proc/self/gid_map", "0 0 1");
}
ROW("3.4", likely, ESRCH, credentials_of_nobody_in_own_processes) { as_first_process(), credentials(SOCK_DGRAM, 2, 0, 0); }
ROW("3.4", certain, 0, credentials_of_itself_in_own_processes) { as_first_process(), credentials(SOCK_DGRAM, 1, 0, 0); }
ROW("3.4", likely, ESRCH, credentials_of_nobody_in_own_users_and_processes) {
  as_root_of_its_own(), as_first_process(), credentials(SOCK_STREAM, 2, 0, 0);
}
ROW("3.4", certain, EPERM, credentials_of_nobody_in_own_users_of_others_processes) {
  as_first_process(), as_root_of_its_own(), credentials(SOCK_STREAM, 2, 0, 0);
}
static void control_of(int type, int kind, const void *data, size_t size) {
  unix_pair(type), good(2), control(small(), SOL_SOCKET, kind, data, size), good(2);
}
static void timeout(void) {
  struct timeval soon = {0, 60000};
  need(setsockopt(call.fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon) == 0, "SNDTIMEO");
}
static char *file(const char *name) {
  static char path[100];
  mkdir(FOLDER, 0755);
  snprintf(path, sizeof path, FOLDER "/%s", name);
  return path;
}

/* ---- control messages, for any type ---- */

ROW("3.4", certain, EBADF, rights_bad_fd) { rights(SOCK_DGRAM, (int[]){0, 999}, 2); }
ROW("3.4", certain, EBADF, rights_negative_fd) { rights(SOCK_DGRAM, (int[]){-1}, 1); }
ROW("3.4", certain, EBADF, rights_bad_fd_stream) { rights(SOCK_STREAM, (int[]){999}, 1); }
ROW("3.4", certain, EBADF, rights_bad_fd_seqpacket) { rights(SOCK_SEQPACKET, (int[]){999}, 1); }
static int ring_fd(void) {
  static char parameters[120];
  return keep(syscall(425 /* io_uring_setup */, 4, parameters));
}
ROW("3.4", likely, EINVAL, rights_of_an_io_uring) { rights(SOCK_DGRAM, (int[]){0, ring_fd()}, 2); }
ROW("3.4", likely, EINVAL, rights_of_an_io_uring_and_a_negative_fd) { rights(SOCK_DGRAM, (int[]){ring_fd(), -1}, 2); }
ROW("3.4", likely, EBADF, rights_of_a_negative_fd_and_an_io_uring) { rights(SOCK_STREAM, (int[]){0, -1, ring_fd()}, 3); }
ROW("3.4", likely, EBADF, rights_of_a_bad_fd_and_an_io_uring) { rights(SOCK_SEQPACKET, (int[]){999, ring_fd()}, 2); }
ROW("3.4", certain, 0, rights_good) { rights(SOCK_DGRAM, (int[]){0, 1}, 2); }
ROW("3.4", certain, 0, rights_of_three_bytes) { control_of(SOCK_DGRAM, SCM_RIGHTS, "\377\377\377", 3); }
ROW("3.4", certain, EBADF, rights_of_six_bytes) { control_of(SOCK_DGRAM, SCM_RIGHTS, "\377\377\377\377\377\377", 6); }
ROW("3.4", certain, EINVAL, rights_too_many) {
  int many[254] = {0};
  rights(SOCK_DGRAM, many, 254);
}
ROW("3.4", certain, 0, rights_253) {
  int many[253] = {0};
  rights(SOCK_DGRAM, many, 253);
}
ROW("3.4", certain, EINVAL, rights_too_many_in_two) {
  int many[200] = {0};
  struct msghdr *it;
  unix_pair(SOCK_DGRAM), good(2), it = small();
  control(it, SOL_SOCKET, SCM_RIGHTS, many, sizeof many), control(it, SOL_SOCKET, SCM_RIGHTS, many, sizeof many);
}
ROW("3.4", certain, EBADF, rights_of_a_path_only_fd_and_a_closed) {
  rights(SOCK_DGRAM, (int[]){keep(open("/", O_PATH)), 998}, 2);
}
ROW("3.4", certain, 0, rights_of_a_path_only_fd) { rights(SOCK_DGRAM, (int[]){keep(open("/", O_PATH))}, 1); }
ROW("3.4", likely, ETOOMANYREFS, rights_in_flight) {
  struct rlimit few = {20, 20};
  unix_pair(SOCK_DGRAM), setrlimit(RLIMIT_NOFILE, &few), become_nobody();
  for (int i = 0; i < 20; i++) control(small(), SOL_SOCKET, SCM_RIGHTS, (int[]){0, 1, 2}, 12);
}
/* What is on its way was sent before. */
ROW("3.4", likely, ETOOMANYREFS, rights_in_flight_not_waiting) {
  struct rlimit few = {20, 20};
  unix_pair(SOCK_DGRAM), setrlimit(RLIMIT_NOFILE, &few), become_nobody(), call.flags = MSG_DONTWAIT;
  for (int i = 0; i < 4; i++) control(small(), SOL_SOCKET, SCM_RIGHTS, (int[]){0, 1, 2}, 12);
  for (int i = 0; i < 6; i++) need(sendmsg(call.fd, &call.entries[0].msg_hdr, 0) >= 0, "sendmsg");
}
ROW("3.4", likely, EPERM, credentials_other_pid_by_nobody) { become_nobody(), credentials(SOCK_DGRAM, 1, 65534, 65534); }
ROW("3.4", likely, EPERM, credentials_other_uid_by_nobody) { become_nobody(), credentials(SOCK_DGRAM, getpid(), 0, 65534); }
ROW("3.4", likely, EPERM, credentials_other_gid_by_nobody) { become_nobody(), credentials(SOCK_DGRAM, getpid(), 65534, 0); }
ROW("3.4", certain, 0, credentials_own_by_nobody) { become_nobody(), credentials(SOCK_DGRAM, getpid(), 65534, 65534); }
ROW("3.4", likely, ESRCH, credentials_no_such_pid) { credentials(SOCK_DGRAM, 0x3fffff00, 0, 0); }
ROW("3.4", likely, ESRCH, credentials_pid_0) { credentials(SOCK_DGRAM, 0, 0, 0); }
ROW("3.4", likely, ESRCH, credentials_negative_pid) { credentials(SOCK_DGRAM, -1, 0, 0); }
ROW("3.4", certain, 0, credentials_other_uid_by_root) { credentials(SOCK_DGRAM, getpid(), 4711, 4711); }
ROW("3.4", certain, EINVAL, credentials_uid_minus_1) { credentials(SOCK_DGRAM, getpid(), -1, 0); }
ROW("3.4", certain, EINVAL, credentials_short) { control_of(SOCK_DGRAM, SCM_CREDENTIALS, plenty(), 8); }
ROW("3.4", certain, EINVAL, credentials_long) { control_of(SOCK_STREAM, SCM_CREDENTIALS, plenty(), 16); }
ROW("3.4", certain, EINVAL, cmsg_security) { control_of(SOCK_DGRAM, 3, plenty(), 4); }
ROW("3.4", certain, EINVAL, cmsg_pidfd) { control_of(SOCK_DGRAM, 4, plenty(), 4); }
ROW("3.4", certain, EINVAL, cmsg_mark) { control_of(SOCK_STREAM, SO_MARK, plenty(), 4); }
ROW("3.4", certain, EINVAL, cmsg_len_bad) {
  unix_pair(SOCK_DGRAM), good(2), control_int(small(), SOL_SOCKET, SCM_RIGHTS, 0)->cmsg_len = 2, good(1);
}
ROW("3.4", certain, 0, cmsg_of_another_level) { unix_pair(SOCK_DGRAM), good(2), control_int(small(), IPPROTO_IP, 1, 0), good(1); }
ROW("3.4", certain, EBADF, rights_before_bad_address) {
  unix_dgram(), good(2), small()->msg_namelen = 1;
  control_int(&call.entries[2].msg_hdr, SOL_SOCKET, SCM_RIGHTS, 999), good(1);
}

/* ---- datagrams ---- */

ROW("3.4", observed, EOPNOTSUPP, dgram_out_of_band) { unix_dgram(), good(2), call.flags = MSG_OOB; }
ROW("3.4", certain, EINVAL, dgram_namelen_2) { unix_dgram(), good(2), small()->msg_namelen = 2, good(1); }
ROW("3.4", certain, EINVAL, dgram_namelen_1) { unix_dgram(), good(2), small()->msg_namelen = 1, good(1); }
ROW("3.4", certain, EINVAL, dgram_namelen_111) {
  struct { struct sockaddr_un it; char more[10]; } name = {{.sun_family = AF_UNIX, .sun_path = "x"}};
  unix_dgram(), good(2), with_name(small(), &name, 111), good(1);
}
ROW("3.4", certain, EINVAL, dgram_other_family) {
  struct sockaddr_in it = in4("127.0.0.1", 9);
  unix_dgram(), good(2), with_name(small(), &it, sizeof it), good(1);
}
ROW("3.4", likely, ENOTCONN, dgram_no_name) { unix_dgram(), good(2), small()->msg_name = NULL, good(1); }
ROW("3.4", certain, EMSGSIZE, dgram_oversize) {
  option(unix_dgram(), SOL_SOCKET, SO_SNDBUF, 10000), good(2), sized(20000 - 31), good(1);
}
ROW("3.4", certain, 0, dgram_largest) {
  option(unix_dgram(), SOL_SOCKET, SO_SNDBUF, 10000), good(1), sized(20000 - 32);
}
ROW("3.4", certain, EMSGSIZE, dgram_oversize_default) { unix_dgram(), good(2), sized(3 << 20), good(1); }
ROW("3.4", certain, EMSGSIZE, dgram_no_name_and_oversize) {
  unix_dgram(), good(2), sized(3 << 20)->msg_name = NULL, good(1);
}
ROW("3.4", certain, EMSGSIZE, dgram_oversize_and_no_such_path) {
  struct sockaddr_un it;
  socklen_t length = un(&it, file("nothing"));
  unix_dgram(), good(2), with_name(sized(3 << 20), &it, length), good(1);
}
ROW("3.4", certain, EFAULT, dgram_bad_data) { unix_dgram(), good(2), message(no_access, 9), good(1); }
ROW("3.4", likely, EFAULT, dgram_bad_data_and_no_such_path) {
  struct sockaddr_un it;
  socklen_t length = un(&it, file("nothing"));
  unix_dgram(), good(2), with_name(message(no_access, 9), &it, length), good(1);
}
ROW("3.4", likely, ENOENT, dgram_no_such_path) { dgram_to(file("nothing")); }
ROW("3.4", likely, ENOENT, dgram_no_such_folder) { dgram_to("/nowhere/at/all"); }
ROW("3.4", likely, ENOTDIR, dgram_path_through_a_file) { dgram_to("/etc/passwd/socket"); }
ROW("3.4", likely, ECONNREFUSED, dgram_path_of_a_file) { dgram_to("/etc/passwd"); }
ROW("3.4", likely, ECONNREFUSED, dgram_path_of_a_folder) { dgram_to("/etc"); }
ROW("3.4", likely, EACCES, dgram_file_without_permission) { become_nobody(), dgram_to("/etc/passwd"); }
/* A socket that its owner alone may write to, in the mode given; rights are those of the capabilities. */
static int socket_file(const char *path, mode_t mode) {
  struct sockaddr_un it;
  socklen_t length = un(&it, path);
  int fd = keep(socket(AF_UNIX, SOCK_DGRAM, 0));
  unlink(path), bound(fd, &it, length), chmod(path, mode);
  return fd;
}
static void keep_capabilities(uint64_t bits) {
  struct { uint32_t version; int pid; } head = {0x20080522 /* _LINUX_CAPABILITY_VERSION_3 */, 0};
  struct { uint32_t effective, permitted, inheritable; } data[2] = {{bits, bits, 0}, {bits >> 32, bits >> 32, 0}};
  need(syscall(SYS_capset, &head, data) == 0, "capset");
}
ROW("3.4", likely, EACCES, dgram_socket_of_root_without_capabilities) {
  char *path = file("mute");
  socket_file(path, 0), keep_capabilities(0), dgram_to(path);
}
ROW("3.4", likely, EACCES, dgram_socket_by_another_file_system_user) {
  char *path = file("by_fsuid");
  socket_file(path, 0700), setfsuid(65534), setfsgid(65534), dgram_to(path);
}
ROW("3.4", likely, EAGAIN, dgram_full_receiver_that_nobody_may_write_to) {
  char *path = file("overridden");
  struct sockaddr_un it;
  socklen_t length = un(&it, path);
  socket_file(path, 0), need(prctl(PR_SET_KEEPCAPS, 1) == 0, "KEEPCAPS"), become_nobody();
  keep_capabilities(2 /* CAP_DAC_OVERRIDE */), unix_dgram(), send_to(&it, length), call.flags = MSG_DONTWAIT;
  good(40);
}
ROW("3.4", likely, EACCES, dgram_folder_without_permission) { become_nobody(), dgram_to("/root/socket"); }
ROW("3.4", likely, EACCES, dgram_socket_without_permission) {
  struct sockaddr_un it;
  char *path = file("closed");
  socklen_t length = un(&it, path);
  int fd = keep(socket(AF_UNIX, SOCK_DGRAM, 0));
  unlink(path), bound(fd, &it, length), chmod(path, 0700), become_nobody(), dgram_to(path);
}
ROW("3.4", likely, ELOOP, dgram_path_in_a_loop) {
  char *path = file("loop");
  unlink(path), need(symlink(path, path) == 0, "symlink"), dgram_to(path);
}
ROW("3.4", likely, ECONNREFUSED, dgram_no_such_abstract) { dgram_to("@nobody has this name"); }
ROW("3.4", likely, ECONNREFUSED, dgram_socket_gone) {
  struct sockaddr_un it;
  char *path = file("gone");
  socklen_t length = un(&it, path);
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  unlink(path), bound(fd, &it, length), close(fd), dgram_to(path);
}
ROW("3.4", observed, ECONNREFUSED, dgram_peer_closed) { int peer = unix_pair(SOCK_DGRAM); dup2(call.fd, peer), good(3); }
ROW("3.4", likely, ECONNREFUSED, dgram_to_an_abstract_stream) {
  struct sockaddr_storage to;
  socklen_t length;
  unix_receiver(SOCK_STREAM), to = call.to, length = call.to_length;
  unix_dgram(), good(2), with_name(small(), &to, length), good(1);
}
ROW("3.4", likely, ECONNREFUSED, dgram_to_an_abstract_seqpacket) {
  struct sockaddr_storage to;
  socklen_t length;
  unix_receiver(SOCK_SEQPACKET), to = call.to, length = call.to_length;
  unix_dgram(), good(2), with_name(small(), &to, length), good(1);
}
static void to_a_path_of(int type) {
  struct sockaddr_un it;
  char *path = file("other type");
  socklen_t length = un(&it, path);
  unlink(path), bound(keep(socket(AF_UNIX, type, 0)), &it, length), dgram_to(path);
}
ROW("3.4", likely, EPROTOTYPE, dgram_to_a_stream) { to_a_path_of(SOCK_STREAM); }
ROW("3.4", likely, EPROTOTYPE, dgram_to_a_seqpacket) { to_a_path_of(SOCK_SEQPACKET); }
ROW("3.4", certain, EFAULT, dgram_no_name_and_bad_data) {
  unix_dgram(), good(2), message(no_access, 9)->msg_name = NULL, good(1);
}
ROW("3.4", likely, EPIPE, dgram_receiver_at_a_path_shut_down) {
  struct sockaddr_un it;
  char *path = file("deaf");
  socklen_t length = un(&it, path);
  int deaf = keep(socket(AF_UNIX, SOCK_DGRAM, 0));
  unlink(path), bound(deaf, &it, length), shutdown(deaf, SHUT_RD), dgram_to(path);
}
/* To an abstract name a Landlock domain of the sender's may forbid it as well. */
ROW("3.4", possible, EPIPE, dgram_receiver_shut_down) {
  struct sockaddr_storage to;
  socklen_t length;
  shutdown(unix_receiver(SOCK_DGRAM), SHUT_RD), to = call.to, length = call.to_length;
  unix_dgram(), good(2), with_name(small(), &to, length), good(1);
}
/* What is bound from now on is inside. */
static void enter_landlock_domain(void) {
  struct { uint64_t files, network, scoped; } rules = {0, 0, 1 /* LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET */};
  int fd = keep(syscall(444 /* landlock_create_ruleset */, &rules, sizeof rules, 0));
  need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(446 /* landlock_restrict_self */, fd, 0) == 0,
       "Landlock");
}
ROW("3.4", possible, EPERM, dgram_out_of_landlock_scope) {
  struct sockaddr_storage to;
  socklen_t length;
  unix_receiver(SOCK_DGRAM), to = call.to, length = call.to_length, enter_landlock_domain();
  unix_dgram(), good(2), with_name(small(), &to, length), good(1);
}
ROW("3.4", certain, 0, dgram_connected_out_of_landlock_scope) {
  unix_dgram(), connect_it(call.fd), enter_landlock_domain(), good(3);
}
ROW("3.4", observed, EPIPE, dgram_own_shut_down) { unix_pair(SOCK_DGRAM), shutdown(call.fd, SHUT_WR), good(3); }
static void wait_until_full(void) {
  uint32_t memory[9] = {0};
  socklen_t size = sizeof memory;
  do getsockopt(call.fd, SOL_SOCKET, 55 /* SO_MEMINFO */, memory, &size);
  while (memory[2] < memory[3]);
}
/* Another thread makes a message shorter while the call waits for room, before the kernel reads it. */
static struct iovec *to_shorten;
static void *shorten_and_receive(void *peer) {
  char bytes[100];
  wait_until_full(), to_shorten->iov_len = 50;
  while (recv((int)(intptr_t)peer, bytes, sizeof bytes, 0) >= 0);
  return NULL;
}
static void shortened_while_waiting(int count) {
  pthread_t other;
  int peer = unix_pair(SOCK_DGRAM);
  good(count), to_shorten = sized(100)->msg_iov;
  need(pthread_create(&other, NULL, shorten_and_receive, (void *)(intptr_t)peer) == 0, "pthread_create");
}
ROW("1", certain, 0, dgram_shortened_while_waiting) { shortened_while_waiting(300); }
ROW("1", likely, EFAULT, dgram_shortened_before_bad_data) { shortened_while_waiting(300), message(no_access, 9), good(1); }

/* Another process shuts the socket down once the call waits for room, or is about to. */
static void shut_down_when_full(int how) {
  unix_pair(SOCK_DGRAM), good(400);
  pid_t child = fork();
  if (child) return;
  alarm(10), wait_until_full(), shutdown(call.fd, how), _exit(0);
}
ROW("3.4", likely, EPIPE, dgram_shut_down_while_waiting) { shut_down_when_full(SHUT_RDWR); }
ROW("3.4", possible, EPIPE, dgram_shut_down_for_sending_while_waiting) { shut_down_when_full(SHUT_WR); }
ROW("3.4", likely, EPERM, dgram_peer_connected_elsewhere) {
  struct sockaddr_storage to;
  socklen_t length;
  int other = unix_receiver(SOCK_DGRAM), third;
  to = call.to, length = call.to_length, third = unix_receiver(SOCK_DGRAM);
  need(connect(other, (struct sockaddr *)&call.to, call.to_length) == 0, "connect"), (void)third;
  unix_dgram(), good(2), with_name(small(), &to, length), good(1);
}
ROW("3.4", likely, EAGAIN, dgram_queue_full) { unix_dgram(), good(20), call.flags = MSG_DONTWAIT; }
ROW("3.4", likely, EAGAIN, dgram_queue_full_nonblocking) { fcntl(unix_dgram(), F_SETFL, O_NONBLOCK), good(20); }
ROW("3.4", likely, EAGAIN, dgram_connected_queue_full) { unix_dgram(), connect_it(call.fd), good(20), call.flags = MSG_DONTWAIT; }
ROW("3.4", likely, EAGAIN, dgram_pair_full) { unix_pair(SOCK_DGRAM), good(400), call.flags = MSG_DONTWAIT; }
ROW("3.4", likely, EAGAIN, dgram_timeout) { unix_dgram(), timeout(), good(20); }
ROW("3.4", likely, EAGAIN, dgram_pair_timeout) { unix_pair(SOCK_DGRAM), timeout(), good(400); }
ROW("3.9", likely, EINTR, dgram_interrupted) { unix_dgram(), good(20), call.alarm_after = 80; }
ROW("3.9", likely, EINTR, dgram_interrupted_restarting) { unix_pair(SOCK_DGRAM), good(400), call.alarm_after = 80; }
ROW("3.9", likely, EINTR, dgram_interrupted_with_timeout) {
  struct timeval late = {5, 0};
  unix_dgram(), need(setsockopt(call.fd, SOL_SOCKET, SO_SNDTIMEO, &late, sizeof late) == 0, "SNDTIMEO");
  good(20), call.alarm_after = 80;
}
ROW("3.4", likely, EMSGSIZE, dgram_oversize_before_queue_full) {
  unix_dgram(), good(9), sized(3 << 20), good(9), call.flags = MSG_DONTWAIT;
}
ROW("3.4", possible, EPERM, dgram_rights_not_wanted) {
  int peer = unix_pair(SOCK_DGRAM), off = 0;
  need(setsockopt(peer, SOL_SOCKET, 83 /* SO_PASSRIGHTS */, &off, sizeof off) == 0, "SO_PASSRIGHTS");
  good(2), control_int(small(), SOL_SOCKET, SCM_RIGHTS, 0), good(1);
}
/* Its queue is full, and full queues are what is believed of calls that do not wait. */
static void rights_to_a_full_receiver(void) {
  int off = 0, receiver = unix_receiver(SOCK_DGRAM);
  need(setsockopt(receiver, SOL_SOCKET, 83, &off, sizeof off) == 0, "SO_PASSRIGHTS");
  call.fd = keep(socket(AF_UNIX, SOCK_DGRAM, 0));
  good(11), control_int(small(), SOL_SOCKET, SCM_RIGHTS, 0), good(1);
}
ROW("3.4", possible, EPERM, dgram_rights_not_wanted_and_full) { rights_to_a_full_receiver(), call.flags = MSG_DONTWAIT; }
ROW("3.4", possible, EPERM, dgram_rights_not_wanted_and_full_waiting) { rights_to_a_full_receiver(); }
ROW("3.4", certain, EBADF, rights_too_many_behind_a_closed) {
  int many[200] = {999};
  struct msghdr *it;
  unix_pair(SOCK_DGRAM), good(2), it = small();
  control(it, SOL_SOCKET, SCM_RIGHTS, many, sizeof many), control(it, SOL_SOCKET, SCM_RIGHTS, many, sizeof many);
}
/* A wait for room in the queue of a receiver that takes nothing any more ends with its time. */
static void *deafen(void *receiver) {
  while (!sleeps_in_send(getpid())) usleep(1000);
  shutdown((int)(intptr_t)receiver, SHUT_RD);
  return NULL;
}
static void deafened_while_waiting(int connects) {
  pthread_t other;
  struct timeval limit = {0, 300000};
  int receiver = unix_receiver(SOCK_DGRAM);
  call.fd = keep(socket(AF_UNIX, SOCK_DGRAM, 0));
  if (connects) connect_it(call.fd);
  setsockopt(call.fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit), good(13);
  need(pthread_create(&other, NULL, deafen, (void *)(intptr_t)receiver) == 0, "pthread_create");
}
ROW("3.4", likely, EPIPE, dgram_peer_deafened_while_waiting) { deafened_while_waiting(1); }
ROW("3.4", likely, EPIPE, dgram_receiver_deafened_while_waiting) { deafened_while_waiting(0); }
/* The peer shuts a stream or a connection of records down that waits for room, and keeps what it has. */
static void shut_down_by_peer(int type) {
  unix_pair(type), good(400);
  pid_t child = fork();
  if (child) return;
  alarm(10), wait_until_full(), shutdown(opened[open_count - 1], SHUT_RDWR), _exit(0);
}
ROW("3.4", likely, EPIPE, stream_shut_down_by_peer_while_waiting) { shut_down_by_peer(SOCK_STREAM); }
ROW("3.4", likely, EPIPE, seqpacket_shut_down_by_peer_while_waiting) { shut_down_by_peer(SOCK_SEQPACKET); }
/* The peer is another process's alone, and ends with it, with what it has not read. */
static void closed_by_peer(int type) {
  int peer = unix_pair(type);
  good(400);
  pid_t child = fork();
  if (child) open_count--, close(peer);
  else alarm(10), wait_until_full(), _exit(0);
}
ROW("3.4", possible, ECONNRESET, stream_closed_by_peer_while_waiting) { closed_by_peer(SOCK_STREAM); }
ROW("3.4", possible, ECONNRESET, seqpacket_closed_by_peer_while_waiting) { closed_by_peer(SOCK_SEQPACKET); }
ROW("3.4", likely, ECONNREFUSED, dgram_closed_by_peer_while_waiting) { closed_by_peer(SOCK_DGRAM); }

/* What has an address is refused, since Linux 6.7. */
static void join_refusing_cgroup(void) {
  static const struct bpf_insn program[] = {
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0},
      {.code = BPF_JMP | BPF_EXIT},
  };
  join_cgroup(50 /* BPF_CGROUP_UNIX_SENDMSG */, program, 2);
}
static void refused_by_a_program(const char *bytes, size_t size) {
  join_refusing_cgroup(), unix_dgram();
  struct sockaddr_storage to = call.to;
  socklen_t length = call.to_length;
  connect_it(call.fd), good(2), with_name(message(bytes, size), &to, length), good(1);
}
ROW("3.4", possible, EPERM, dgram_refused_by_a_program) { refused_by_a_program("a", 1); }
ROW("3.4", possible, EPERM, dgram_refused_by_a_program_and_oversize) { refused_by_a_program(plenty(), 3 << 20); }
/* The kernel makes such a stack longer for what it reads, and for nobody else. */
static char *below_a_stack(void) {
  char *at = mmap(NULL, 4 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  need(at != MAP_FAILED && munmap(at, 4 << 20) == 0, "memory");
  at = mmap(at + (4 << 20) - page, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, -1, 0);
  need(at != MAP_FAILED, "stack");
  return at - 2 * page;
}
ROW("2.1", certain, 0, dgram_from_a_stack_that_grows) { unix_pair(SOCK_DGRAM), good(1), message(below_a_stack(), 9), good(1); }
/* Which fails before its data are read. */
ROW("3.4", possible, EPERM, dgram_refused_by_a_program_from_a_stack_that_grows) { refused_by_a_program(below_a_stack(), 9); }

ROW("3.4", certain, 0, dgram_connected_beside_a_program) { join_refusing_cgroup(), unix_dgram(), connect_it(call.fd), good(3); }

/* ---- streams ---- */

ROW("3.4", certain, EISCONN, stream_name_connected) {
  struct sockaddr_un it;
  socklen_t length = un(&it, "@x");
  unix_pair(SOCK_STREAM), good(2), with_name(small(), &it, length), good(1);
}
ROW("3.4", certain, EISCONN, stream_bad_name_connected) { unix_pair(SOCK_STREAM), good(2), with_name(small(), "x", 1), good(1); }
ROW("3.4", observed, EOPNOTSUPP, stream_name_unconnected) {
  call.fd = keep(socket(AF_UNIX, SOCK_STREAM, 0)), to_unix("@x"), good(2);
}
ROW("3.4", observed, ENOTCONN, stream_unconnected) { call.fd = keep(socket(AF_UNIX, SOCK_STREAM, 0)), good(2); }
ROW("3.4", observed, EPIPE, stream_peer_closed) { int peer = unix_pair(SOCK_STREAM); dup2(call.fd, peer), good(3); }
ROW("3.4", observed, EPIPE, stream_shut_down) { unix_pair(SOCK_STREAM), shutdown(call.fd, SHUT_WR), good(3); }
ROW("3.4", certain, EFAULT, stream_bad_data) { unix_pair(SOCK_STREAM), good(2), message(no_access, 9), good(1); }
ROW("3.4", certain, EFAULT, stream_bad_second_iovec) {
  struct iovec two[2] = {{"ab", 2}, {no_access, 5}};
  struct msghdr *it;
  unix_pair(SOCK_STREAM), good(2), it = small();
  it->msg_iov = kept(two, sizeof two), it->msg_iovlen = 2, good(1);
}
ROW("3.4", certain, 0, stream_bad_data_behind_much) {
  struct iovec two[2] = {{plenty(), 100000}, {no_access, 5}};
  struct msghdr *it;
  unix_pair(SOCK_STREAM), good(2), it = small();
  it->msg_iov = kept(two, sizeof two), it->msg_iovlen = 2, good(1);
}
ROW("3.4", likely, EAGAIN, stream_full) { unix_pair(SOCK_STREAM), good(400), call.flags = MSG_DONTWAIT; }
ROW("3.4", certain, 0, stream_short) { unix_pair(SOCK_STREAM), good(2), sized(4 << 20), good(1), call.flags = MSG_DONTWAIT; }
ROW("3.4", likely, EAGAIN, stream_timeout) { unix_pair(SOCK_STREAM), timeout(), good(400); }
ROW("3.9", likely, EINTR, stream_interrupted) { unix_pair(SOCK_STREAM), good(400), call.alarm_after = 80; }
ROW("3.4", certain, 0, stream_out_of_band) { unix_pair(SOCK_STREAM), good(3), call.flags = MSG_OOB; }
ROW("3.4", certain, 0, stream_zero_bytes) { unix_pair(SOCK_STREAM), good(1), sized(0), good(1); }
ROW("3.4", certain, EBADF, stream_zero_bytes_and_bad_rights) {
  unix_pair(SOCK_STREAM), good(1), control_int(sized(0), SOL_SOCKET, SCM_RIGHTS, 999), good(1);
}
ROW("3.4", possible, EPERM, stream_rights_not_wanted) {
  int peer = unix_pair(SOCK_STREAM), off = 0;
  need(setsockopt(peer, SOL_SOCKET, 83, &off, sizeof off) == 0, "SO_PASSRIGHTS");
  good(2), control_int(small(), SOL_SOCKET, SCM_RIGHTS, 0), good(1);
}

/* ---- seqpacket ---- */

ROW("3.4", certain, 0, seqpacket_name_ignored) {
  struct sockaddr_un it;
  socklen_t length = un(&it, "@x");
  unix_pair(SOCK_SEQPACKET), good(2), with_name(small(), &it, length), good(1);
}
ROW("3.4", observed, ENOTCONN, seqpacket_unconnected) { call.fd = keep(socket(AF_UNIX, SOCK_SEQPACKET, 0)), good(2); }
/* Their name is ignored, and the buffer full. */
ROW("3.4", likely, EAGAIN, seqpacket_full_with_a_name) {
  struct sockaddr_un it;
  unix_pair(SOCK_SEQPACKET), call.flags = MSG_DONTWAIT, send_to(&it, un(&it, "@x")), good(600);
}
ROW("3.4", likely, ENOBUFS, dgram_of_eight_million_bytes) {
  option(unix_dgram(), SOL_SOCKET, SO_SNDBUFFORCE, 16 << 20), good(2), sized(8 << 20), good(1);
}
ROW("3.4", certain, EMSGSIZE, seqpacket_oversize) { unix_pair(SOCK_SEQPACKET), good(2), sized(3 << 20), good(1); }
ROW("3.4", observed, EPIPE, seqpacket_peer_closed) { int peer = unix_pair(SOCK_SEQPACKET); dup2(call.fd, peer), good(3); }
ROW("3.4", observed, ECONNRESET, seqpacket_peer_closed_unread) {
  int peer = unix_pair(SOCK_SEQPACKET);
  need(send(peer, "x", 1, 0) == 1, "send"), need(send(call.fd, "x", 1, 0) == 1, "send");
  dup2(call.fd, peer), good(3);
}
ROW("3.4", likely, EAGAIN, seqpacket_full) { unix_pair(SOCK_SEQPACKET), good(400), call.flags = MSG_DONTWAIT; }
ROW("3.4", certain, EFAULT, seqpacket_bad_data) { unix_pair(SOCK_SEQPACKET), good(2), message(no_access, 9), good(1); }
