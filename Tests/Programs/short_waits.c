/*
 * Waits for room that something else than room ends (kernel.md §3.0, "Blocking rule"). Where that is no
 * signal, the twin's are ended by one: what ends a wait of one message without a signal, ends no call, but has it
 * made again.
 */
#include "short_rows.h"
#include "short_cgroup.h"

#include <linux/io_uring.h>
#include <sched.h>
#include <sys/prctl.h>

/* Has a process that shares what `flags` say do something once the call waits for room, and has for a while. */
static void once_it_waits_sharing(int flags, void (*act)(int), int argument) {
  pid_t sender = getpid(), child = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, 0);
  need(child >= 0, "clone");
  if (child > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  while (!sleeps_in_send(sender)) usleep(1000);
  usleep(100000);
  for (act(argument);;) pause(); /* its end would be a signal */
}
/* The same of a process that has none of the sockets opened behind this. */
static void once_it_waits(void (*act)(int), int argument) { once_it_waits_sharing(0, act, argument); }
static void interrupt_twin(void) { call.alarm_after = as_twin ? 80 : 0; }

/* ---- io_uring ---- */

static struct {
  int fd;
  unsigned *submitted, *slots;
  struct io_uring_sqe *requests;
} ring;

static void set_up_ring(void) {
  struct io_uring_params it = {0};
  int access = PROT_READ | PROT_WRITE;
  ring.fd = syscall(SYS_io_uring_setup, 4, &it);
  need(ring.fd >= 0, "io_uring_setup");
  char *queue = mmap(NULL, it.sq_off.array + it.sq_entries * 4, access, MAP_SHARED, ring.fd, IORING_OFF_SQ_RING);
  ring.requests = mmap(NULL, it.sq_entries * sizeof *ring.requests, access, MAP_SHARED, ring.fd, IORING_OFF_SQES);
  need(queue != MAP_FAILED && ring.requests != MAP_FAILED, "mmap of a ring");
  ring.submitted = (void *)(queue + it.sq_off.tail), ring.slots = (void *)(queue + it.sq_off.array);
}
static struct io_uring_sqe *request(int operation, int fd) {
  unsigned number = (*ring.submitted)++;
  ring.slots[number] = number;
  ring.requests[number] = (struct io_uring_sqe){.opcode = operation, .fd = fd};
  return &ring.requests[number];
}
static void write_byte(int fd) { need(write(fd, "", 1) == 1, "write"); }

/* Who keeps the ring when the sender waits: a descriptor, a registration, or another process. */
enum keeper { descriptor, registration, child };

/* The sender, of a pair, and a ring that waits for a byte that comes once the call waits, and goes on then with
 * `operation`, if with any. */
static void with_ring(enum keeper keeper, int operation, int fd) {
  static int least = 1;
  int ends[2], room = 20000;
  need(pipe(ends) == 0, "pipe");
  if (!as_twin) once_it_waits(write_byte, ends[1]), set_up_ring();
  if (!as_twin && keeper == child && fork() == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) pause();
  }
  unix_pair(SOCK_DGRAM), option(call.fd, SOL_SOCKET, SO_SNDBUF, room), interrupt_twin();
  for (int i = 0; i < 30; i++) sized(5000);
  if (as_twin) return;
  struct io_uring_sqe *first = request(IORING_OP_POLL_ADD, ends[0]);
  first->poll32_events = POLLIN;
  if (operation >= 0) {
    struct io_uring_sqe *then = request(operation, fd < 0 ? call.fd : fd);
    first->flags = IOSQE_IO_LINK;
    if (operation == IORING_OP_URING_CMD) {
      then->cmd_op = 3 /* SOCKET_URING_OP_SETSOCKOPT */;
      then->addr = (uint64_t)SO_SNDBUF << 32 | SOL_SOCKET;
      then->file_index = sizeof least; /* optlen */
      then->addr3 = (uintptr_t)&least; /* optval */
    }
  }
  need(syscall(SYS_io_uring_enter, ring.fd, operation < 0 ? 1 : 2, 0, 0, NULL, 0) > 0, "io_uring_enter");
  struct io_uring_rsrc_update own = {.offset = -1u, .data = ring.fd};
  if (keeper == registration)
    need(syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_RING_FDS, &own, 1) == 1, "io_uring_register");
  if (keeper != descriptor) close(ring.fd);
}
ROW("3.0", possible, EINTR, ended_by_ring) { with_ring(descriptor, -1, 0); }
ROW("3.0", possible, EINTR, ended_by_registered_ring) { with_ring(registration, -1, 0); }
ROW("3.0", possible, EINTR, ended_by_ring_of_a_child) { with_ring(child, -1, 0); }
ROW("3.0", possible, EINTR, ring_takes_room_away) { with_ring(descriptor, IORING_OP_URING_CMD, -1); }
ROW("3.0", possible, EINTR, registered_ring_takes_room_away) { with_ring(registration, IORING_OP_URING_CMD, -1); }
ROW("3.0", possible, EINTR, ring_of_a_child_takes_room_away) { with_ring(child, IORING_OP_URING_CMD, -1); }
static void ring_closes(enum keeper keeper) {
  int passed = keep(open("/dev/null", O_RDONLY | O_CLOEXEC));
  with_ring(keeper, IORING_OP_CLOSE, passed);
  for (int i = 5; i < 30; i++) control_int(&call.entries[i].msg_hdr, SOL_SOCKET, SCM_RIGHTS, passed);
}
ROW("3.0", possible, EINTR, ring_closes_what_is_passed) { ring_closes(descriptor); }
ROW("3.0", possible, EINTR, registered_ring_closes_what_is_passed) { ring_closes(registration); }
ROW("3.0", possible, EINTR, ring_of_a_child_closes_what_is_passed) { ring_closes(child); }

/* ---- freezing ---- */

static int freezer_of(int group, const char *name, int how) {
  int file = openat(group, name, how | O_CLOEXEC);
  need(file >= 0, name);
  return file;
}
/* Thaws the sender when it sleeps for it, which it does behind the call; a stop for a tracer counts as frozen. */
static void freeze_and_thaw(int group) {
  char events[100] = "";
  int freeze = freezer_of(group, "cgroup.freeze", O_WRONLY), told = freezer_of(group, "cgroup.events", O_RDONLY);
  need(write(freeze, "1", 1) == 1, "freeze");
  while (!strstr(events, "frozen 1") || !sleeps_in_send(getppid()))
    need(pread(told, events, sizeof events - 1, 0) > 0, "cgroup.events"), usleep(1000);
  need(write(freeze, "0", 1) == 1, "thaw");
}
static void freeze_once_it_waits(void) {
  int root, group = new_cgroup(&root);
  once_it_waits(freeze_and_thaw, group);
  int members = freezer_of(group, "cgroup.procs", O_WRONLY);
  need(write(members, "0", 1) == 1, "cgroup.procs");
  close(members), close(group), close(root);
}
ROW("3.0", likely, EINTR, ended_by_freezer) {
  if (!as_twin) freeze_once_it_waits();
  unix_dgram(), interrupt_twin(), good(20);
}

/* ---- a signal in a wait that has a limit ---- */

/* The receiver makes room all the time, though not for all of the call. */
static void make_room_slowly(int peer, int milliseconds) {
  char bytes[100];
  pid_t child = fork();
  need(child >= 0, "fork");
  if (child > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL), close(call.fd);
  for (;;) usleep(milliseconds * 1000), recv(peer, bytes, sizeof bytes, 0);
}
static void with_limit(int milliseconds) {
  struct timeval limit = {milliseconds / 1000, milliseconds % 1000 * 1000};
  need(setsockopt(call.fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0, "SO_SNDTIMEO");
}
ROW("3.9", likely, EINTR, interrupted_behind_waits_within_the_limit) {
  int receiver = unix_receiver(SOCK_DGRAM);
  call.fd = keep(socket(AF_UNIX, SOCK_DGRAM, 0)), connect_it(call.fd), with_limit(400);
  make_room_slowly(receiver, 60), good(40), call.alarm_after = 600, call.varies = 1;
}
ROW("3.9", likely, EINTR, interrupted_behind_many_waits_within_the_limit) {
  int receiver = unix_receiver(SOCK_DGRAM);
  call.fd = keep(socket(AF_UNIX, SOCK_DGRAM, 0)), with_limit(250);
  make_room_slowly(receiver, 60), good(40), call.alarm_after = 900, call.varies = 1;
}

/* ---- what is changed while the call waits, and was looked at before, or is only behind the wait ---- */

static void close_it(int fd) { close(fd); }
static void lower_buffer(int fd) { option(fd, SOL_SOCKET, SO_SNDBUF, 1); }
static void lift_limit(int fd) {
  struct timeval none = {0};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none);
}
static void refuse_descriptors(int fd) { option(fd, SOL_SOCKET, 83 /* SO_PASSRIGHTS */, 0); }

static void pair_with_limit(int type) { unix_pair(type), option(call.fd, SOL_SOCKET, SO_SNDBUF, 20000), with_limit(300); }
static void pass(int count, int fd) {
  for (int i = 0; i < count; i++) control_int(sized(5000), SOL_SOCKET, SCM_RIGHTS, fd);
}
ROW("3.4", likely, EAGAIN, passed_descriptor_is_closed_meanwhile) {
  int passed = keep(open("/dev/null", O_RDONLY | O_CLOEXEC));
  pair_with_limit(SOCK_DGRAM), pass(30, passed);
  if (!as_twin) once_it_waits_sharing(CLONE_FILES, close_it, passed);
}
ROW("3.4", likely, EAGAIN, first_passed_descriptor_is_closed_meanwhile) {
  int passed = keep(open("/dev/null", O_RDONLY | O_CLOEXEC));
  pair_with_limit(SOCK_DGRAM);
  while (send(call.fd, arena, 5000, MSG_DONTWAIT) > 0) continue;
  pass(3, passed);
  if (!as_twin) once_it_waits_sharing(CLONE_FILES, close_it, passed);
}
ROW("3.4", likely, EAGAIN, buffer_is_made_smaller_meanwhile) {
  pair_with_limit(SOCK_DGRAM);
  for (int i = 0; i < 30; i++) sized(5000);
  if (!as_twin) once_it_waits(lower_buffer, call.fd);
}
ROW("3.4", likely, EAGAIN, buffer_of_packets_is_made_smaller_meanwhile) {
  pair_with_limit(SOCK_SEQPACKET);
  for (int i = 0; i < 30; i++) sized(5000);
  if (!as_twin) once_it_waits(lower_buffer, call.fd);
}
ROW("3.0", possible, EAGAIN, limit_is_lifted_meanwhile) {
  pair_with_limit(SOCK_DGRAM);
  for (int i = 0; i < 30; i++) sized(5000);
  if (!as_twin) once_it_waits(lift_limit, call.fd);
}
ROW("3.4", possible, EPERM, receiver_takes_no_descriptors_behind_a_wait) {
  int receiver = unix_receiver(SOCK_DGRAM);
  call.fd = keep(socket(AF_UNIX, SOCK_DGRAM, 0)), connect_it(call.fd), with_limit(300);
  pass(30, STDIN_FILENO);
  once_it_waits(refuse_descriptors, receiver);
}
