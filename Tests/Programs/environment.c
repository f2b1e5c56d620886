/*
 * All that a program inherits and a tracer might change, one line each, so that two runs can be
 * compared as text. Nothing in it differs between two untraced runs from the same shell.
 *
 *     environment [privileges]     with `privileges` also NoNewPrivs and Seccomp
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

extern char **environ;

static int by_number(const struct dirent **a, const struct dirent **b) {
  return atoi((*a)->d_name) - atoi((*b)->d_name);
}

static void status_lines(const char *const *keys) {
  char line[512];
  FILE *file = fopen("/proc/self/status", "re");
  while (file && fgets(line, sizeof line, file))
    for (int i = 0; keys[i]; i++)
      if (strncmp(line, keys[i], strlen(keys[i])) == 0) fputs(line, stdout);
  if (file) fclose(file);
}

int main(int count, char **arguments) {
  /* First, while nothing of ours is open: the descriptors, their targets, modes and flags. */
  struct dirent **names;
  int found = scandir("/proc/self/fd", &names, NULL, by_number);
  for (int i = 0; i < found; i++) {
    char path[64], target[512];
    int fd = atoi(names[i]->d_name);
    if (names[i]->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length < 0) continue; /* the directory that is being read */
    target[length] = 0;
    printf("fd %d -> %s mode %o cloexec %d\n", fd, target, fcntl(fd, F_GETFL), fcntl(fd, F_GETFD));
  }
  static const char *const keys[] = {"SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt", "Cpus_allowed:",
                                     "Mems_allowed:", "Uid", "Gid", "Groups", "CapInh", "CapPrm",
                                     "CapEff", "CapBnd", "CapAmb", "Umask", "Threads", "CoreDumping",
                                     "THP_enabled", NULL};
  status_lines(keys);
  for (int number = 1; number < NSIG; number++) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
      printf("signal %d %s flags %x\n", number, action.sa_handler == SIG_IGN ? "ignored" : "handled",
             action.sa_flags);
  }
  for (int resource = 0; resource < RLIM_NLIMITS; resource++) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) == 0)
      printf("limit %d %lld %lld\n", resource, (long long)limit.rlim_cur, (long long)limit.rlim_max);
  }
  mode_t mask = umask(0);
  printf("umask %03o nice %d scheduler %d\n", mask, getpriority(PRIO_PROCESS, 0), sched_getscheduler(0));
  printf("own group %d own session %d session same as parent %d group same as parent %d\n",
         getpgid(0) == getpid(), getsid(0) == getpid(), getsid(0) == getsid(getppid()),
         getpgid(0) == getpgid(getppid()));
  printf("parent death signal %d", (prctl(PR_GET_PDEATHSIG, &count), count));
  printf(" dumpable %d subreaper %d keepcaps %d\n", prctl(PR_GET_DUMPABLE),
         (prctl(PR_GET_CHILD_SUBREAPER, &found), found), prctl(PR_GET_KEEPCAPS));
  struct itimerval timer;
  getitimer(ITIMER_REAL, &timer);
  printf("timer %ld controlling terminal %d\n", (long)timer.it_value.tv_sec,
         open("/dev/tty", O_RDONLY | O_CLOEXEC) >= 0);
  char *directory = getcwd(NULL, 0);
  printf("directory %s\n", directory ? directory : strerror(errno));
  for (char **variable = environ; *variable; variable++) puts(*variable);
  for (char **argument = arguments; *argument; argument++) printf("argument %s\n", *argument);
  static const char *const privileges[] = {"NoNewPrivs", "Seccomp:", NULL};
  if (arguments[1] && strcmp(arguments[1], "privileges") == 0) status_lines(privileges);
  return 0;
}
