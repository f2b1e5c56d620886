#define _GNU_SOURCE
#include "tracee.h"

#include <errno.h>
#include <linux/types.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

// The layouts that Sources/Decoding/MessageLayout.swift assumes of a 64-bit call.
#if __SIZEOF_POINTER__ == 8
_Static_assert(sizeof(struct mmsghdr) == 64, "mmsghdr");
_Static_assert(offsetof(struct mmsghdr, msg_len) == 56, "mmsghdr.msg_len");
_Static_assert(sizeof(struct msghdr) == 56, "msghdr");
_Static_assert(offsetof(struct msghdr, msg_name) == 0, "msghdr.msg_name");
_Static_assert(offsetof(struct msghdr, msg_namelen) == 8, "msghdr.msg_namelen");
_Static_assert(offsetof(struct msghdr, msg_iov) == 16, "msghdr.msg_iov");
_Static_assert(offsetof(struct msghdr, msg_iovlen) == 24, "msghdr.msg_iovlen");
_Static_assert(offsetof(struct msghdr, msg_control) == 32, "msghdr.msg_control");
_Static_assert(offsetof(struct msghdr, msg_controllen) == 40, "msghdr.msg_controllen");
_Static_assert(offsetof(struct msghdr, msg_flags) == 48, "msghdr.msg_flags");
_Static_assert(sizeof(struct iovec) == 16, "iovec");
_Static_assert(offsetof(struct iovec, iov_len) == 8, "iovec.iov_len");
_Static_assert(sizeof(struct cmsghdr) == 16, "cmsghdr");
_Static_assert(offsetof(struct cmsghdr, cmsg_level) == 8, "cmsghdr.cmsg_level");
_Static_assert(offsetof(struct cmsghdr, cmsg_type) == 12, "cmsghdr.cmsg_type");
#endif
_Static_assert(sizeof(struct sockaddr_storage) == 128, "sockaddr_storage");

ssize_t tracee_read_memory(
    pid_t tid, const struct iovec *local, size_t local_count, const struct iovec *remote,
    size_t remote_count) {
  ssize_t result = process_vm_readv(tid, local, local_count, remote, remote_count, 0);
  return result < 0 ? -errno : result;
}

int tracee_write_memory(pid_t tid, const uint8_t *bytes, size_t size, uint64_t address) {
  struct iovec local = {(void *)bytes, size};
  struct iovec remote = {(void *)(uintptr_t)address, size};
  ssize_t result = process_vm_writev(tid, &local, 1, &remote, 1, 0);
  return result < 0 ? -errno : (int)result;
}

// include/uapi/linux/fs.h, which older headers do not have.
struct procmap_query {
  __u64 size;
  __u64 query_flags;
  __u64 query_addr;
  __u64 vma_start;
  __u64 vma_end;
  __u64 vma_flags;
  __u64 vma_page_size;
  __u64 vma_offset;
  __u64 inode;
  __u32 dev_major;
  __u32 dev_minor;
  __u32 vma_name_size;
  __u32 build_id_size;
  __u64 vma_name_addr;
  __u64 build_id_addr;
};

_Static_assert(sizeof(struct procmap_query) == 104, "struct procmap_query");

int tracee_find_mapping(int maps, uint64_t address, struct tracee_mapping *mapping) {
  struct procmap_query query;
  memset(&query, 0, sizeof query);
  query.size = sizeof query;
  query.query_addr = address;
  if (ioctl(maps, _IOWR('f', 17, struct procmap_query), &query) == -1) return -errno;
  *mapping = (struct tracee_mapping){
      .start = query.vma_start,
      .end = query.vma_end,
      .offset = query.vma_offset,
      .inode = query.inode,
      .access = (uint32_t)query.vma_flags,
  };
  return 0;
}

bool tracee_contains(const void *bytes, size_t size, const char *text) {
  return memmem(bytes, size, text, strlen(text)) != NULL;
}
