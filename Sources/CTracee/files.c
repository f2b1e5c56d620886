#define _GNU_SOURCE
#include "tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

int tracee_open_in_root(int root, const char *path) {
  struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
  long result = syscall(SYS_openat2, root, path, &how, sizeof how);
  return result < 0 ? -errno : (int)result;
}

int tracee_nameless_file(const char *folder, mode_t mode) {
  return open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
}

int tracee_socket_protocol(const char *path, char *name, size_t size) {
  ssize_t result = getxattr(path, "system.sockprotoname", name, size);
  return result < 0 ? -errno : (int)result;
}
