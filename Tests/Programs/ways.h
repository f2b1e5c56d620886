/*
 * Programs that do one of several things, by name, and print the follow-ups that a trace is to tell
 * of, as "OF HOW MESSAGES BY", messages as FIRST-LAST and BY 0 where there is none.
 */
#include <stdio.h>
#include <string.h>

struct way {
  const char *name;
  void (*run)(void);
};

static void say(int of, const char *how, int first, int last, int by) {
  printf("%d %s %d-%d %d\n", of, how, first, last, by);
  fflush(stdout);
}

/* Goes the way that `program WAY` names; what main returns. */
static int go(const struct way *ways, size_t number, const char *program, int argc, char **argv) {
  for (size_t i = 0; argc == 2 && i < number; i++)
    if (strcmp(ways[i].name, argv[1]) == 0) {
      ways[i].run();
      return 0;
    }
  fprintf(stderr, "usage: %s WAY\n", program);
  return 64;
}
