#define _GNU_SOURCE
#include "tracee.h"

#include <fcntl.h>

int tracee_nameless_file(const char *folder, mode_t mode) {
  return open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
}
