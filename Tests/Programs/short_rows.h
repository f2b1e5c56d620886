/*
 * The frame of the short_… programs: rows of calls that fall short, made in turn.
 *
 *     short_… batch|twin FILE [NAME]
 *
 * A row opens sockets and adds messages: good ones, then one that must stop the call, then good
 * ones. ROW says which error that is by the rules of the system call (0: none), and how sure a
 * tracer must at least be of it. Each row runs in a process of its own, with any signal and limit
 * as a shell sets them, and SIGPIPE ignored.
 */
#include "short_calls.h"
#include "asleep.h"

#include <sys/prctl.h>

struct row {
  const char *name, *section, *least;
  int error;
  void (*describe)(void);
};
static struct row rows[400];
static int row_count;

#define ROW(section_, least_, error_, name_)                                            \
  static void name_(void);                                                              \
  __attribute__((constructor)) static void add_##name_(void) {                          \
    rows[row_count++] = (struct row){#name_, section_, #least_, error_, name_};         \
  }                                                                                     \
  static void name_(void)

/* An errno that differs between a 64-bit call and a 32-bit one. */
#define WIDE(native, compat) (sizeof(long) == 8 ? (native) : (compat))

int main(int count, char **arguments) {
  if (count < 3) return fprintf(stderr, "usage: %s batch|twin FILE [NAME]\n", arguments[0]), 2;
  as_twin = strcmp(arguments[1], "twin") == 0;
  report = fopen(arguments[2], "ae");
  need(report != NULL, arguments[2]);
  signal(SIGPIPE, SIG_IGN);
  /* What a row leaves running ends before the next begins: beside a process that is ending, nobody can tell who has a socket. */
  need(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0, "PR_SET_CHILD_SUBREAPER");
  map_memory();
  int failed = 0;
  for (int i = 0; i < row_count; i++) {
    if (count > 3 && strcmp(arguments[3], rows[i].name) != 0) continue;
    pid_t child = fork();
    if (child == 0) {
      char more[200];
      snprintf(more, sizeof more, "\"name\":\"%s\",\"section\":\"%s\",\"least\":\"%s\",\"rule\":%d",
               rows[i].name, rows[i].section, rows[i].least, rows[i].error);
      alarm(20);
      begin_call(), rows[i].describe(), make_call(more), end_call();
      exit(0);
    }
    int status;
    need(waitpid(child, &status, 0) == child, "waitpid");
    while (waitpid(-1, NULL, 0) > 0) continue;
    if (status != 0) fprintf(stderr, "row %s ended with status 0x%x\n", rows[i].name, status), failed = 1;
  }
  return failed ? 3 : 0;
}
