#define _GNU_SOURCE
#include "tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

static struct winsize size_of(int fd) {
  struct winsize size;
  if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) != 0) return (struct winsize){0};
  return size;
}

int tracee_terminal_columns(int fd) { return size_of(fd).ws_col; }

int tracee_terminal_lines(int fd) { return size_of(fd).ws_row; }

static int open_terminal(void) { return open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC); }

pid_t tracee_foreground_group(void) {
  int fd = open_terminal();
  if (fd < 0) return -errno;
  pid_t group = tcgetpgrp(fd);
  int error = errno;
  close(fd);
  return group > 0 ? group : -error;
}

int tracee_set_foreground_group(pid_t group) {
  int fd = open_terminal();
  if (fd < 0) return -errno;
  int result = tcsetpgrp(fd, group) == 0 ? 0 : -errno;
  close(fd);
  return result;
}
