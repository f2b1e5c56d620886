#define _GNU_SOURCE
#include "tracee.h"

#include <sys/ioctl.h>
#include <unistd.h>

static struct winsize size_of(int fd) {
  struct winsize size;
  if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) != 0) return (struct winsize){0};
  return size;
}

int tracee_terminal_columns(int fd) { return size_of(fd).ws_col; }

int tracee_terminal_lines(int fd) { return size_of(fd).ws_row; }
