// The memory of other processes.

#ifndef TRACEE_MEMORY_H
#define TRACEE_MEMORY_H

#include "tracee_base.h"

TRACEE_BEGIN

// process_vm_readv(2): the bytes read. At most 1,024 ranges on either side.
ssize_t tracee_read_memory(
    pid_t tid, const struct iovec *local, size_t local_count, const struct iovec *remote,
    size_t remote_count);

// process_vm_writev(2) of one range: the bytes written. The one way in which a tracee's memory is
// ever changed, and for one purpose: Sources/Tracing/Tracer/Tracer+Colocation.swift.
int tracee_write_memory(pid_t tid, const uint8_t *bytes, size_t size, uint64_t address);

enum {
  TRACEE_MAPPING_READABLE = 1,
  TRACEE_MAPPING_WRITABLE = 2,
  TRACEE_MAPPING_EXECUTABLE = 4,
  TRACEE_MAPPING_SHARED = 8,
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

TRACEE_END

#endif
