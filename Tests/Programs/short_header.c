/* Messages that are refused before any protocol sees them (kernel.md §2), and calls that fall short
 * without an error (§1). */
#include "short_rows.h"

/* ---- the header ---- */

ROW("2.1-1", certain, EFAULT, header_unreadable) { udp(AF_INET), good(5), call.missing = 3; }
ROW("2.1-2", certain, 0, null_name_with_any_length) {
  udp_connected(AF_INET), good(2), small()->msg_namelen = -1, good(1);
}
ROW("2.1-3", certain, EINVAL, negative_namelen) {
  udp(AF_INET), good(2), small()->msg_namelen = -1, good(1);
}
ROW("2.1-3", certain, EINVAL, negative_namelen_and_bad_name) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_name = no_access, it->msg_namelen = INT_MIN, good(1);
}
ROW("2.1-4", certain, EFAULT, long_name_cut_by_a_page) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small();
  with_name(it, &call.to, call.to_length)->msg_namelen = 400;
}
ROW("2.1-5", certain, EFAULT, bad_name) {
  udp(AF_INET), good(2), small()->msg_name = no_access, good(1);
}
ROW("2.1-5", certain, EFAULT, name_cut_by_a_page) {
  udp(AF_INET), good(2), with_name(small(), &call.to, 12)->msg_namelen = 16, good(1);
}
ROW("2.1-6", certain, EMSGSIZE, too_many_iovecs) {
  udp(AF_INET), good(2), small()->msg_iovlen = 1025, good(1);
}
ROW("2.1-6", certain, EMSGSIZE, too_many_iovecs_at_a_bad_place) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_iov = (void *)no_access, it->msg_iovlen = -1, good(1);
}
ROW("2.1-5", certain, EFAULT, bad_name_before_too_many_iovecs) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_name = no_access, it->msg_iovlen = 2000, good(1);
}
ROW("2.1-8", certain, EFAULT, bad_iovecs) {
  udp(AF_INET), good(2), small()->msg_iov = (void *)no_access, good(1);
}
ROW("2.1-8", certain, EFAULT, null_iovecs) {
  udp(AF_INET), good(2), small()->msg_iov = NULL, good(1);
}
ROW("2.1-8", certain, EFAULT, iovecs_cut_by_a_page) {
  struct iovec two[2] = {{"a", 1}, {"b", 1}};
  struct msghdr *it;
  udp(AF_INET), good(2), it = small();
  it->msg_iov = at_edge(two, sizeof two), it->msg_iovlen = 3, good(1);
}
ROW("2.1-8", certain, EINVAL, negative_iov_len) {
  udp(AF_INET), good(2), small()->msg_iov->iov_len = -5, good(1);
}
ROW("2.1-8", certain, EINVAL, negative_iov_len_of_the_second) {
  struct iovec two[2] = {{"a", 1}, {"b", -1}};
  struct msghdr *it;
  udp(AF_INET), good(2), it = small();
  it->msg_iov = at_edge(two, sizeof two), it->msg_iovlen = 2, good(1);
}
ROW("2.1-8", certain, EINVAL, negative_iov_len_at_a_kernel_base) {
  struct iovec two[2] = {{(void *)0xffff888000000000ull, 1}, {"b", -1}};
  struct msghdr *it;
  udp(AF_INET), good(2), it = small();
  it->msg_iov = at_edge(two, sizeof two), it->msg_iovlen = 2, good(1);
}
ROW("2.1-9", certain, EFAULT, kernel_base) {
  udp(AF_INET), good(2), small()->msg_iov->iov_base = (void *)0xffff888000000000ull, good(1);
}
ROW("2.1-9", certain, WIDE(EFAULT, 0), kernel_base_of_no_bytes) {
  struct iovec two[2] = {{(void *)0xffff888000000000ull, 0}, {"b", 1}};
  struct msghdr *it;
  udp(AF_INET), good(2), it = small();
  it->msg_iov = at_edge(two, sizeof two), it->msg_iovlen = 2, good(1);
}
ROW("2.1-9", certain, WIDE(EFAULT, 0), kernel_base_of_one_iovec_of_no_bytes) {
  udp(AF_INET), good(2);
  *small()->msg_iov = (struct iovec){(void *)0xffff888000000000ull, 0}, good(1);
}
ROW("2.1-10", certain, EMSGSIZE, sum_over_2_GiB) {
  static struct iovec many[4];
  struct msghdr *it;
  udp(AF_INET), good(2), it = small();
  for (int i = 0; i < 4; i++) many[i] = (struct iovec){plenty(), 0x7fffffff};
  it->msg_iov = kept(many, sizeof many), it->msg_iovlen = 4, good(1);
}
ROW("2.1-11", certain, ENOBUFS, controllen_over_INT_MAX) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_control = no_access;
  it->msg_controllen = 0x80000000u, good(1);
}
ROW("2.1-11", certain, EMSGSIZE, too_many_iovecs_before_controllen) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_iovlen = 1025;
  it->msg_controllen = 0x80000000u, good(1);
}
ROW("2.1-12", certain, WIDE(ENOBUFS, EINVAL), controllen_over_optmem) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_control = plenty(), it->msg_controllen = 131073, good(1);
}
ROW("2.1-12", certain, WIDE(ENOBUFS, EINVAL), controllen_of_optmem) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_control = plenty(), it->msg_controllen = 131072, good(1);
}
ROW("2.1-12", certain, WIDE(ENOBUFS, EFAULT), controllen_over_optmem_and_unreadable) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_control = no_access, it->msg_controllen = 200000, good(1);
}
/* The sender has gone to another network since, which has less. */
ROW("2.1-12", likely, EFAULT, control_over_optmem_of_another_network) {
  struct cmsghdr *one = room(50000);
  unix_pair(SOCK_DGRAM), good(2);
  struct msghdr *it = message(no_access, 9);
  it->msg_control = one, it->msg_controllen = 50000;
  one->cmsg_level = 4711, one->cmsg_type = 1, one->cmsg_len = 50000;
  good(1), own_network("echo 20000 >/proc/sys/net/core/optmem_max");
}
ROW("2.1-12", likely, WIDE(ENOBUFS, ENOMEM), sound_control_over_optmem) {
  struct msghdr *it;
  struct cmsghdr *one = room(150000);
  udp(AF_INET), good(2), it = small(), it->msg_control = one, it->msg_controllen = 150000;
  one->cmsg_len = 150000, one->cmsg_level = 4711, good(1);
}
ROW("2.1-12", certain, 0, control_just_below_optmem) {
  struct msghdr *it;
  struct cmsghdr *one = room(131000);
  udp(AF_INET), good(2), it = small(), it->msg_control = one, it->msg_controllen = 131000;
  one->cmsg_len = 131000, one->cmsg_level = 4711, good(1);
}
ROW("2.1-13", certain, EFAULT, bad_control) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_control = no_access, it->msg_controllen = 24, good(1);
}
ROW("2.1-13", certain, WIDE(EFAULT, EINVAL), bad_control_of_eight_bytes) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_control = no_access, it->msg_controllen = 8, good(1);
}
ROW("2.1-13", certain, WIDE(EFAULT, EINVAL), null_control) {
  udp(AF_INET), good(2), small()->msg_controllen = 24, good(1);
}
ROW("2.1-13", certain, EFAULT, bad_control_before_bad_port) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small_to4("127.0.0.1", 0);
  it->msg_control = no_access, it->msg_controllen = 24, good(1);
}
ROW("2.1-15", certain, WIDE(0, EINVAL), control_shorter_than_a_header) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_control = plenty(), it->msg_controllen = 5, good(1);
}
ROW("2.1-15", certain, EINVAL, cmsg_len_too_small) {
  udp(AF_INET), good(2), control_int(small(), IPPROTO_IP, IP_TTL, 5)->cmsg_len = 7, good(1);
}
ROW("2.1-15", certain, EINVAL, cmsg_len_zero) {
  udp(AF_INET), good(2), control_int(small(), IPPROTO_IP, IP_TTL, 5)->cmsg_len = 0, good(1);
}
ROW("2.1-15", certain, EINVAL, cmsg_len_over_the_rest) {
  udp(AF_INET), good(2), control_int(small(), IPPROTO_IP, IP_TTL, 5)->cmsg_len = 100, good(1);
}
ROW("2.1-15", certain, EINVAL, second_cmsg_len_too_small) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), control_int(it, IPPROTO_IP, IP_TTL, 5);
  control_int(it, IPPROTO_IP, IP_TTL, 5)->cmsg_len = 3, good(1);
}
ROW("2.1-15", certain, WIDE(0, EINVAL), bytes_behind_the_last_cmsg) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), control_int(it, IPPROTO_IP, IP_TTL, 5);
  it->msg_controllen += 1, good(1);
}
ROW("2.1-15", certain, EINVAL, unknown_type_at_a_known_level) {
  udp(AF_INET), good(2), control_int(small(), IPPROTO_IP, 40, 5), good(1);
}
ROW("2.1-15", certain, 0, other_level) {
  udp(AF_INET), good(2), control_int(small(), 4711, 40, 5), good(1);
}
ROW("2.1", certain, EFAULT, bad_data) {
  udp(AF_INET), good(2), small()->msg_iov->iov_base = no_access, good(1);
}
ROW("2.1", certain, EFAULT, data_cut_by_a_page) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_iov->iov_base = at_edge("0123456789", 10);
  it->msg_iov->iov_len = 11, good(1);
}
ROW("2.1", certain, EFAULT, bad_data_of_the_second_iovec) {
  struct iovec two[2] = {{"a", 1}, {no_access, 1}};
  struct msghdr *it;
  udp(AF_INET), good(2), it = small();
  it->msg_iov = at_edge(two, sizeof two), it->msg_iovlen = 2, good(1);
}
ROW("2.1", certain, EMSGSIZE, oversize_before_bad_data) {
  udp(AF_INET), good(2), message(no_access, 70000), good(1);
}

/* ---- memory that the kernel reads and a tracer cannot: no fault may be claimed ---- */

ROW("2.1-5", unknown, EINVAL, secret_name_with_a_bad_port) {
  struct sockaddr_in it = in4("127.0.0.1", 0);
  udp(AF_INET), good(2), small()->msg_name = secret(&it, sizeof it), good(1);
}
ROW("2.1-8", unknown, EINVAL, secret_iovecs_with_a_negative_length) {
  struct iovec bad = {"a", -1};
  udp(AF_INET), good(2), small()->msg_iov = secret(&bad, sizeof bad), good(1);
}
ROW("2.1-15", unknown, EINVAL, secret_control_with_a_bad_value) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), control_int(it, IPPROTO_IP, IP_TTL, 900);
  it->msg_control = secret(it->msg_control, it->msg_controllen), good(1);
}
ROW("2.1", certain, 0, secret_parts) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), control_int(it, IPPROTO_IP, IP_TTL, 9);
  it->msg_iov->iov_base = secret("secret", 6), it->msg_iov->iov_len = 6;
  it->msg_iov = secret(it->msg_iov, sizeof *it->msg_iov);
  it->msg_name = secret(it->msg_name, it->msg_namelen);
  it->msg_control = secret(it->msg_control, it->msg_controllen), good(1);
}
ROW("2.1", certain, EINVAL, secret_data_to_a_bad_port) {
  udp(AF_INET), good(2), small_to4("127.0.0.1", 0)->msg_iov->iov_base = secret("a good message", 14), good(1);
}
ROW("2.1", certain, 0, data_of_the_kernels) { udp(AF_INET), good(2), message(kernel_page(), 60), good(1); }
ROW("2.1", certain, EINVAL, data_of_the_kernels_to_a_bad_port) {
  udp(AF_INET), good(2), small_to4("127.0.0.1", 0)->msg_iov->iov_base = kernel_page(), good(1);
}
ROW("2.1", certain, EFAULT, data_of_the_kernels_before_bad_data) {
  struct iovec two[2] = {{kernel_page(), 9}, {no_access, 1}};
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_iov = kept(two, sizeof two), it->msg_iovlen = 2, good(1);
}
ROW("2.1", certain, EFAULT, data_behind_the_end_of_its_file) {
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_iov->iov_base = at_end_of_file("0123456789", 10);
  it->msg_iov->iov_len = 11, good(1);
}
ROW("2.1-5", likely, EFAULT, name_behind_the_end_of_its_file) {
  udp(AF_INET), good(2), small()->msg_name = at_end_of_file(&call.to, 12), good(1);
}
ROW("2.1-13", likely, EFAULT, control_behind_the_end_of_its_file) {
  struct msghdr *it;
  struct cmsghdr head = {CMSG_LEN(4), IPPROTO_IP, IP_TTL};
  udp(AF_INET), good(2), it = small(), it->msg_control = at_end_of_file(&head, sizeof head);
  it->msg_controllen = CMSG_SPACE(4), good(1);
}

/* ---- the call (§1) ---- */

ROW("1-V1", certain, 0, cap) { udp_connected(AF_INET), good(1030); }
ROW("1-V1", certain, EMSGSIZE, error_before_the_cap) {
  udp_connected(AF_INET), good(700), sized(70000), good(340);
}
ROW("1-V2", certain, 0, stream_short) {
  tcp(AF_INET, 8192), good(2), sized(4 << 20), good(2), call.flags = MSG_DONTWAIT;
}
ROW("1-V3", certain, 0, probe) { udp(AF_INET), good(4), call.flags = MSG_PROBE; }
ROW("1-V3", certain, 0, probe_of_no_bytes) {
  udp(AF_INET), sized(0), sized(0), good(2), call.flags = MSG_PROBE;
}
ROW("1-V4", likely, 0, uncounted) { udp(AF_INET), good(8), call.sealed = 4; }
ROW("1-V4", certain, 0, uncounted_from_the_first) { udp(AF_INET), good(4), call.sealed = 0; }
ROW("1-V4", certain, 0, uncounted_and_held_back) {
  udp(AF_INET), good(4), call.sealed = 0, call.flags = MSG_MORE;
}
ROW("1-V4", certain, 0, uncounted_from_the_first_in_spite_of_a_probe) {
  unix_dgram(), good(4), call.sealed = 0, call.flags = MSG_PROBE;
}
ROW("1-V4", likely, 0, uncounted_with_secret_iovecs) {
  struct msghdr *it;
  udp(AF_INET), it = small(), it->msg_iov = secret(it->msg_iov, sizeof *it->msg_iov), good(3), call.sealed = 0;
}
ROW("1-V4", likely, 0, uncounted_with_a_secret_name) {
  udp(AF_INET), small()->msg_name = secret(&call.to, call.to_length), good(3), call.sealed = 0;
}
ROW("1-V4", likely, 0, uncounted_with_secret_control) {
  struct msghdr *it;
  udp(AF_INET), it = small(), control_int(it, IPPROTO_IP, IP_TTL, 9);
  it->msg_control = secret(it->msg_control, it->msg_controllen), good(3), call.sealed = 0;
}
ROW("1-V4", likely, 0, uncounted_with_secret_data) {
  udp(AF_INET), small()->msg_iov->iov_base = secret("a good message", 14), good(3), call.sealed = 0;
}
ROW("1-V4", likely, 0, uncounted_in_a_secret_array) { udp(AF_INET), good(4), call.sealed = 0, call.secret = 1; }
ROW("1-V4", likely, 0, uncounted_in_part_before_a_fault) {
  struct iovec two[2] = {{plenty(), 200000}, {no_access, 100}};
  struct msghdr *it;
  tcp(AF_INET, 0), it = small(), it->msg_iov = kept(two, sizeof two), it->msg_iovlen = 2;
  good(3), call.sealed = 0;
}
ROW("1-V4", likely, 0, uncounted_in_part_before_a_fault_at_the_second) {
  struct iovec two[2] = {{plenty(), 200000}, {no_access, 100}};
  struct msghdr *it;
  tcp(AF_INET, 0), good(1), it = small(), it->msg_iov = kept(two, sizeof two), it->msg_iovlen = 2;
  good(3), call.sealed = 1;
}
ROW("1-V4", observed, EFAULT, bad_iovecs_in_the_sealed_part) {
  udp(AF_INET), small()->msg_iov = (void *)no_access, good(3), call.sealed = 0;
}
ROW("1-V4", observed, EFAULT, bad_name_in_the_sealed_part) {
  udp(AF_INET), small()->msg_name = no_access, good(3), call.sealed = 0;
}
ROW("1-V4", observed, EFAULT, bad_data_in_the_sealed_part) {
  udp(AF_INET), small()->msg_iov->iov_base = no_access, good(3), call.sealed = 0;
}
ROW("1-V4", observed, EFAULT, secret_and_bad_data_in_the_sealed_part) {
  udp(AF_INET), joined(secret("a", 1), 1, no_access, 1), good(3), call.sealed = 0;
}
ROW("1-V4", certain, EMSGSIZE, error_in_the_sealed_part) {
  udp(AF_INET), good(4), sized(70000), good(3), call.sealed = 4;
}
ROW("1-V4", possible, 0, probe_and_sealed) {
  udp(AF_INET), good(8), call.sealed = 0, call.flags = MSG_PROBE;
}
ROW("1-V4", likely, 0, uncounted_behind_the_end_of_a_file) { udp(AF_INET), good(8), call.beyond = 4; }
ROW("1-V4", likely, 0, uncounted_behind_the_end_of_a_file_from_the_first) { udp(AF_INET), good(4), call.beyond = 0; }
ROW("1-V4", likely, ECONNREFUSED, refused_in_the_sealed_part) { udp_refused(AF_INET), good(4), call.sealed = 1; }
ROW("1-V4", likely, ECONNREFUSED, refused_in_the_sealed_part_with_recverr) {
  udp_refused(AF_INET), option(call.fd, IPPROTO_IP, IP_RECVERR, 1), good(4), call.sealed = 1;
}
ROW("1-A3", observed, EBADF, bad_descriptor) { udp(AF_INET), good(2), call.fd = 999; }
ROW("1-A4", observed, ENOTSOCK, no_socket) {
  udp(AF_INET), good(2), call.fd = keep(open("/dev/null", O_RDWR));
}

/* ---- 64 bits only: what does not fit into 32 ---- */

#ifdef __x86_64__
ROW("2.1-10", certain, EMSGSIZE, one_iovec_longer_than_the_address_space) {
  udp(AF_INET), good(2), small()->msg_iov->iov_len = 0x7fffffffffffffff, good(1);
}
ROW("2.1-9", likely, EFAULT, two_iovecs_longer_than_the_address_space) {
  struct iovec two[2] = {{plenty(), 0x7fffffffffff}, {"b", 1}};
  struct msghdr *it;
  udp(AF_INET), good(2), it = small(), it->msg_iov = kept(two, sizeof two), it->msg_iovlen = 2, good(1);
}
ROW("2.1-9", likely, EFAULT, one_iovec_that_reaches_out_although_cut) {
  udp(AF_INET), good(2), *small()->msg_iov = (struct iovec){(void *)0x7fff90000000, 0x7fffffffffff}, good(1);
}
ROW("2.1-6", certain, EMSGSIZE, iovlen_beyond_32_bits) {
  udp(AF_INET), good(2), small()->msg_iovlen = (1ull << 32) | 1, good(1);
}
ROW("2.1-11", certain, ENOBUFS, controllen_beyond_32_bits) {
  udp(AF_INET), good(2), small()->msg_controllen = 1ull << 32, good(1);
}
#endif
