/* Not dumpable, as a program with secrets makes itself; says "ready" and waits. */
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void) {
  if (prctl(PR_SET_DUMPABLE, 0) != 0) return 2;
  puts("ready");
  fflush(stdout);
  for (;;) pause();
}
