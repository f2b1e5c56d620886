/* TCP (kernel.md §3.3). In the network of Acceptance/short_network.sh. */
#include "short_rows.h"

static struct iovec *two_pieces(const void *first, size_t size, const void *second, size_t rest) {
  struct iovec both[2] = {{(void *)first, size}, {(void *)second, rest}};
  return kept(both, sizeof both);
}
/* A listener nobody accepts from; connections to it go to `call.to`. */
static int listener(void) {
  int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
  to4("127.0.0.1", 0), bound(fd, &call.to, call.to_length), need(listen(fd, 4) == 0, "listen");
  need(getsockname(fd, (struct sockaddr *)&call.to, &call.to_length) == 0, "getsockname");
  return fd;
}
static void reset(int peer) {
  struct linger at_once = {1, 0};
  need(setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0, "SO_LINGER");
  dup2(call.fd, peer); /* closes it, and keeps the number in use */
}
/* Messages that take a buffer each, so that it is between two of them that there is no room left. */
static void many_small(void) {
  call.varies = 1;
  for (int i = 0; i < 1024; i++) small()->msg_flags = MSG_EOR;
}
static void finish(int peer) { dup2(call.fd, peer); }

ROW("3.3", observed, EPIPE, not_connected) { call.fd = keep(socket(AF_INET, SOCK_STREAM, 0)), good(3); }
ROW("3.3", observed, EPIPE, listening) { call.fd = listener(), call.to_length = 0, good(3); }
ROW("3.3", observed, EAGAIN, connecting) {
  to4("10.9.0.2", 9), call.fd = keep(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  connect(call.fd, (struct sockaddr *)&call.to, call.to_length), call.to_length = 0, good(3);
}
ROW("3.3", certain, 0, name_is_ignored) { tcp(AF_INET, 0), good(2), small_to4("127.0.0.1", 0), good(1); }
ROW("3.3", certain, EINVAL, negative_namelen) { tcp(AF_INET, 0), good(2), small_to4("127.0.0.1", 0)->msg_namelen = -1, good(1); }
ROW("3.3", likely, EPIPE, peer_closed) { finish(tcp(AF_INET, 0)), good(5); }
ROW("3.3", likely, EPIPE, peer_closed_without_signal) {
  finish(tcp(AF_INET, 0)), good(5), call.flags = MSG_NOSIGNAL;
}
ROW("3.3", likely, EPIPE, peer_closed_with_handler) {
  signal(SIGPIPE, on_alarm), finish(tcp(AF_INET, 0)), good(5);
}
ROW("3.3", likely, EPIPE, peer_closed_signal_blocked) {
  sigset_t pipe;
  sigemptyset(&pipe), sigaddset(&pipe, SIGPIPE), signal(SIGPIPE, SIG_DFL);
  sigprocmask(SIG_BLOCK, &pipe, NULL), finish(tcp(AF_INET, 0)), good(5);
}
ROW("3.3", observed, ECONNRESET, peer_reset) { reset(tcp(AF_INET, 0)), good(5); }
ROW("3.3", observed, EPIPE, shut_down) { tcp(AF_INET, 0), shutdown(call.fd, SHUT_WR), good(5); }
ROW("3.3", certain, EFAULT, bad_data) { tcp(AF_INET, 0), good(2), message(no_access, 5), good(2); }
ROW("3.3", certain, EFAULT, bad_data_of_the_second_iovec) {
  struct msghdr *it;
  tcp(AF_INET, 0), good(2), it = small();
  it->msg_iov = two_pieces("abc", 3, no_access, 10), it->msg_iovlen = 2, good(2);
}
ROW("3.3", certain, 0, bad_data_behind_much) {
  struct msghdr *it;
  tcp(AF_INET, 0), good(2), it = small();
  it->msg_iov = two_pieces(plenty(), 200000, no_access, 10), it->msg_iovlen = 2, good(2);
}
ROW("3.3", certain, EFAULT, bad_second_iovec_at_a_page) {
  struct msghdr *it;
  tcp(AF_INET, 0), good(2), it = small();
  it->msg_iov = two_pieces(plenty(), 4096, no_access, 10), it->msg_iovlen = 2, good(2);
}
ROW("3.3", certain, 0, buffer_full_in_a_message) {
  tcp(AF_INET, 8192), good(1), sized(4 << 20), good(2), call.flags = MSG_DONTWAIT;
}
ROW("3.3", likely, EAGAIN, buffer_full_of_small_ones) {
  tcp(AF_INET, 8192), many_small(), call.flags = MSG_DONTWAIT;
}
ROW("3.3", certain, 0, buffer_full_of_large_ones) {
  tcp(AF_INET, 8192), call.flags = MSG_DONTWAIT;
  call.varies = 1;
  for (int i = 0; i < 1000; i++) sized(4000);
}
ROW("3.3", observed, EAGAIN, buffer_full_before) {
  tcp(AF_INET, 8192), call.flags = MSG_DONTWAIT;
  while (send(call.fd, plenty(), 4096, MSG_DONTWAIT) > 0) {}
  good(3);
}
ROW("3.3", possible, EAGAIN, send_timeout) {
  struct timeval soon = {0, 60000};
  tcp(AF_INET, 8192), need(setsockopt(call.fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon) == 0, "SNDTIMEO");
  many_small();
}
ROW("3.3", certain, 0, send_timeout_in_a_message) {
  struct timeval soon = {0, 60000};
  tcp(AF_INET, 8192), need(setsockopt(call.fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon) == 0, "SNDTIMEO");
  good(1), sized(4 << 20), good(1);
}
ROW("3.3", likely, EINTR, interrupted) {
  tcp(AF_INET, 8192), many_small(), call.alarm_after = 80;
}
ROW("3.3", certain, 0, interrupted_in_a_message) {
  tcp(AF_INET, 8192), call.alarm_after = 80, good(1), sized(4 << 20), good(1);
}
ROW("3.3", likely, EISCONN, fastopen_again) {
  listener(), call.fd = keep(socket(AF_INET, SOCK_STREAM, 0)), good(3), call.flags = MSG_FASTOPEN;
}
ROW("3.3", observed, EINVAL, fastopen_without_name) {
  call.fd = keep(socket(AF_INET, SOCK_STREAM, 0)), good(3), call.flags = MSG_FASTOPEN;
}
ROW("3.3", observed, EISCONN, fastopen_connected) { tcp(AF_INET, 0), good(3), call.flags = MSG_FASTOPEN; }
ROW("3.3", observed, EISCONN, fastopen_connected_with_name) {
  tcp(AF_INET, 0), small_to4("127.0.0.1", 9), good(3), call.flags = MSG_FASTOPEN;
}
ROW("3.3", certain, 0, zerocopy_without_option) { tcp(AF_INET, 0), good(3), call.flags = MSG_ZEROCOPY; }
ROW("3.3", certain, 0, zerocopy_with_option) {
  tcp(AF_INET, 0), option(call.fd, SOL_SOCKET, SO_ZEROCOPY, 1), good(3), call.flags = MSG_ZEROCOPY;
}
ROW("3.3", possible, ENOBUFS, zerocopy_without_locked_memory) {
  struct rlimit none = {8192, 8192};
  setrlimit(RLIMIT_MEMLOCK, &none), become_nobody();
  tcp(AF_INET, 0), option(call.fd, SOL_SOCKET, SO_ZEROCOPY, 1), good(1), call.flags = MSG_ZEROCOPY;
  sized(100000), good(1);
}
ROW("3.3", certain, 0, out_of_band) { tcp(AF_INET, 0), good(3), call.flags = MSG_OOB; }
ROW("3.3", certain, EINVAL, cmsg_bad) {
  tcp(AF_INET, 0), good(2), control_int(small(), SOL_SOCKET, 200, 1), good(1);
}
ROW("3.3", certain, EINVAL, cmsg_len_bad) {
  tcp(AF_INET, 0), good(2), control_int(small(), SOL_SOCKET, SO_MARK, 1)->cmsg_len = 3, good(1);
}
ROW("3.3", certain, 0, cmsg_of_ip) { tcp(AF_INET, 0), good(2), control_int(small(), IPPROTO_IP, IP_TTL, 0), good(1); }
ROW("3.3", likely, EINVAL, cmsg_txtime) { tcp(AF_INET, 0), good(2), control(small(), SOL_SOCKET, SCM_TXTIME, plenty(), 8), good(1); }
ROW("3.3", certain, EINVAL, cmsg_ts_opt_id) {
  tcp(AF_INET, 0), option(call.fd, SOL_SOCKET, 37, 0x82);
  good(2), control_int(small(), SOL_SOCKET, 81, 1), good(1);
}
ROW("3.3", possible, EINVAL, cmsg_dmabuf) { tcp(AF_INET, 0), good(2), control_int(small(), SOL_SOCKET, 79, 1), good(1); }
ROW("3.3", likely, EPERM, cmsg_mark_by_nobody) {
  become_nobody(), tcp(AF_INET, 0), good(2), control_int(small(), SOL_SOCKET, SO_MARK, 1), good(1);
}
ROW("3.3", likely, EPERM, cmsg_priority_by_nobody) {
  become_nobody(), tcp(AF_INET, 0), good(2), control_int(small(), SOL_SOCKET, SO_PRIORITY, 9), good(1);
}
ROW("3.3", certain, 0, zero_bytes) { tcp(AF_INET, 0), good(1), sized(0), good(1); }
ROW("3.3", likely, EPIPE, zero_bytes_to_a_closed_peer) { finish(tcp(AF_INET, 0)), good(1), sized(0), good(2); }
ROW("3.3", certain, EFAULT, bad_data_six) { tcp(AF_INET6, 0), good(2), message(no_access, 5), good(2); }
ROW("3.3", certain, 0, batch_flag) { tcp(AF_INET, 0), good(3), call.flags = 0x40000; }
ROW("3.3", certain, EINVAL, cmsg_bad_and_bad_data) {
  tcp(AF_INET, 0), good(2), control_int(message(no_access, 5), SOL_SOCKET, 200, 1), good(1);
}
#ifdef IPPROTO_MPTCP
ROW("3.3", likely, EFAULT, mptcp_bad_data) {
  to4("127.0.0.1", 0);
  int at = keep(socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP));
  bound(at, &call.to, call.to_length), need(listen(at, 4) == 0, "listen");
  need(getsockname(at, (struct sockaddr *)&call.to, &call.to_length) == 0, "getsockname");
  call.fd = keep(socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)), connect_it(call.fd);
  keep(accept(at, NULL, NULL)), good(2), message(no_access, 5), good(1);
}
#endif
ROW("4", likely, EINVAL, device_memory_without_zero_copy_and_bad_data) {
  tcp(AF_INET, 0), good(2), control_int(message(no_access, 9), SOL_SOCKET, 79, 5), good(1);
}
ROW("4", certain, EFAULT, device_memory_0_and_bad_data) {
  tcp(AF_INET, 0), good(2), control_int(message(no_access, 9), SOL_SOCKET, 79, 0), good(1);
}

/* ---- what is put into a queue of a connection in repair ---- */

ROW("3.3", possible, ENOBUFS, repaired_receive_queue_full) {
  tcp(AF_INET, 4096), option(call.fd, SOL_SOCKET, SO_RCVBUF, 4096);
  option(call.fd, IPPROTO_TCP, TCP_REPAIR, 1), option(call.fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, TCP_RECV_QUEUE);
  for (int i = 0; i < 200; i++) sized(1000);
}
