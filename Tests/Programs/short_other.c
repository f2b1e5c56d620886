/* Netlink and vsock (kernel.md §3.7). */
#include "short_rows.h"

static struct sockaddr_nl nl(uint32_t pid, uint32_t groups) {
  return (struct sockaddr_nl){.nl_family = AF_NETLINK, .nl_pid = pid, .nl_groups = groups};
}
/* A request that is answered with nothing but NLMSG_DONE or an acknowledgement. */
static struct msghdr *request(void) {
  struct { struct nlmsghdr head; struct rtgenmsg body; char pad[3]; } it =
      {{sizeof it, RTM_GETLINK, NLM_F_REQUEST, 1, 0}, {AF_UNSPEC}, {0}};
  return message(kept(&it, sizeof it), sizeof it);
}
static int netlink(int protocol) {
  struct sockaddr_nl kernel = nl(0, 0);
  send_to(&kernel, sizeof kernel);
  return call.fd = keep(socket(AF_NETLINK, SOCK_RAW, protocol));
}
static void odd_netlink(struct sockaddr_nl it, socklen_t length) {
  netlink(NETLINK_USERSOCK), good(1), good(1), with_name(small(), &it, length), good(1);
}
/* To another netlink socket of this process. */
static int netlink_receiver(void) {
  int fd = keep(socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK));
  struct sockaddr_nl it = nl(0, 0);
  socklen_t length = sizeof it;
  bound(fd, &it, sizeof it), getsockname(fd, (struct sockaddr *)&it, &length);
  send_to(&it, sizeof it), call.fd = keep(socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK));
  return fd;
}

ROW("3.7", certain, ENODATA, netlink_no_bytes) { netlink(NETLINK_ROUTE), request(), request(), sized(0), request(); }
ROW("3.7", observed, EOPNOTSUPP, netlink_out_of_band) { netlink(NETLINK_ROUTE), request(), request(), call.flags = MSG_OOB; }
ROW("3.7", certain, EINVAL, netlink_short_name) { netlink_receiver(), good(2), small()->msg_namelen = 11, good(1); }
ROW("3.7", certain, EINVAL, netlink_other_family) {
  struct sockaddr_nl it = nl(0, 0);
  it.nl_family = AF_INET, netlink_receiver(), good(2), with_name(small(), &it, sizeof it), good(1);
}
ROW("3.7", likely, ECONNREFUSED, netlink_nobody) {
  struct sockaddr_nl it = nl(0x7ffffff0, 0);
  netlink_receiver(), good(2), with_name(small(), &it, sizeof it), good(1);
}
ROW("3.7", possible, ECONNREFUSED, netlink_no_kernel_socket) {
  struct sockaddr_nl it = nl(0, 0);
  netlink_receiver(), good(2), with_name(small(), &it, sizeof it), good(1);
}
/* To a group too, for which all of it has to be in one piece of memory. */
ROW("3.7", likely, ENOBUFS, netlink_in_one_piece_and_bad_data) {
  int room_for_it = 64 << 20;
  struct sockaddr_nl it = nl(0, 1);
  socklen_t length = sizeof it;
  getsockname(netlink_receiver(), (struct sockaddr *)&it, &length), it.nl_groups = 1;
  need(setsockopt(call.fd, SOL_SOCKET, SO_SNDBUFFORCE, &room_for_it, sizeof room_for_it) == 0, "SO_SNDBUFFORCE");
  good(2), with_name(message(no_access, 5000000), &it, sizeof it), good(1);
}
ROW("3.7", likely, EMSGSIZE, netlink_oversize) { netlink(NETLINK_ROUTE), request(), request(), sized(1 << 20), request(); }
ROW("3.7", likely, EMSGSIZE, netlink_oversize_exact) {
  netlink_receiver(), option(call.fd, SOL_SOCKET, SO_SNDBUF, 5000), good(2), sized(10000 - 31), good(1);
}
ROW("3.7", certain, 0, netlink_largest) {
  netlink_receiver(), option(call.fd, SOL_SOCKET, SO_SNDBUF, 5000), good(2), sized(10000 - 32), good(1);
}
ROW("3.7", certain, EFAULT, netlink_bad_data) { netlink(NETLINK_ROUTE), request(), request(), message(no_access, 20), request(); }
ROW("3.7", likely, EPERM, netlink_groups_by_nobody) {
  struct sockaddr_nl it = nl(0, 1);
  become_nobody(), netlink(NETLINK_ROUTE), request(), request(), with_name(request(), &it, sizeof it), request();
}
ROW("3.7", likely, EPERM, netlink_pid_by_nobody) {
  struct sockaddr_nl it = nl(4711, 0);
  become_nobody(), netlink(NETLINK_ROUTE), request(), request(), with_name(request(), &it, sizeof it), request();
}
ROW("3.7", likely, EPERM, netlink_uevent_pid_by_nobody) {
  struct sockaddr_nl it = nl(4711, 0);
  become_nobody(), netlink(NETLINK_KOBJECT_UEVENT), request(), request(), with_name(request(), &it, sizeof it), request();
}
/* Connected while that was allowed, and the peer is gone since. */
ROW("3.7", likely, ECONNREFUSED, netlink_peer_gone_by_nobody) {
  struct sockaddr_nl it = nl(0, 0);
  socklen_t length = sizeof it;
  int gone = keep(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  bound(gone, &it, sizeof it), getsockname(gone, (struct sockaddr *)&it, &length);
  netlink(NETLINK_ROUTE), need(connect(call.fd, (struct sockaddr *)&it, sizeof it) == 0, "connect");
  dup2(call.fd, gone), become_nobody(), request(), request(), request()->msg_name = NULL, request();
}
ROW("3.7", likely, ECONNREFUSED, netlink_usersock_pid_by_nobody) {
  struct sockaddr_nl it = nl(4711, 0);
  become_nobody(), netlink_receiver(), good(2), with_name(small(), &it, sizeof it), good(1);
}
ROW("3.7", possible, EAGAIN, netlink_receiver_full) {
  option(netlink_receiver(), SOL_SOCKET, SO_RCVBUF, 5000), call.flags = MSG_DONTWAIT;
  for (int i = 0; i < 40; i++) sized(1000);
}
ROW("3.7", possible, EAGAIN, netlink_receiver_full_in_the_network_it_was_made_in) {
  option(netlink_receiver(), SOL_SOCKET, SO_RCVBUF, 5000), call.flags = MSG_DONTWAIT;
  need(unshare(CLONE_NEWNET) == 0, "network");
  for (int i = 0; i < 40; i++) sized(1000);
}
ROW("3.7", likely, EAGAIN, netlink_timeout) {
  struct timeval soon = {0, 60000};
  option(netlink_receiver(), SOL_SOCKET, SO_RCVBUF, 5000);
  need(setsockopt(call.fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon) == 0, "SNDTIMEO");
  for (int i = 0; i < 40; i++) sized(1000);
}
ROW("3.9", likely, EINTR, netlink_interrupted) {
  option(netlink_receiver(), SOL_SOCKET, SO_RCVBUF, 5000), call.alarm_after = 80;
  for (int i = 0; i < 40; i++) sized(1000);
}
ROW("3.7", certain, EINVAL, netlink_rights) { netlink_receiver(), good(2), control_int(small(), SOL_SOCKET, SCM_RIGHTS, 0), good(1); }
ROW("3.7", certain, EINVAL, netlink_bad_rights) { netlink_receiver(), good(2), control_int(small(), SOL_SOCKET, SCM_RIGHTS, 999), good(1); }
ROW("3.7", certain, EINVAL, netlink_cmsg_bad) { netlink_receiver(), good(2), control_int(small(), SOL_SOCKET, 77, 0), good(1); }
ROW("3.7", likely, EPERM, netlink_credentials_by_nobody) {
  int other[3] = {1, 0, 0};
  become_nobody(), netlink_receiver(), good(2), control(small(), SOL_SOCKET, SCM_CREDENTIALS, other, 12), good(1);
}
ROW("3.7", certain, 0, netlink_probe) { netlink_receiver(), good(3), call.flags = MSG_PROBE; }

/* ---- vsock ---- */

static void vsock(int type) {
  struct sockaddr_vm it = {.svm_family = AF_VSOCK, .svm_port = 9, .svm_cid = VMADDR_CID_HOST};
  send_to(&it, sizeof it), call.fd = keep(socket(AF_VSOCK, type, 0));
}
ROW("3.7", observed, ENOTCONN, vsock_unconnected) { vsock(SOCK_STREAM), call.to_length = 0, good(3); }
ROW("3.7", observed, EOPNOTSUPP, vsock_name) { vsock(SOCK_STREAM), good(3); }
ROW("3.7", observed, EOPNOTSUPP, vsock_out_of_band) { vsock(SOCK_STREAM), good(3), call.flags = MSG_OOB; }
ROW("3.7", observed, EOPNOTSUPP, vsock_zerocopy) { vsock(SOCK_STREAM), good(3), call.flags = MSG_ZEROCOPY; }
