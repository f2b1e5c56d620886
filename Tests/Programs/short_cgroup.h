/* A cgroup of a row's own, with a BPF program. */
#include <linux/bpf.h>

/* Waits for the end of this process, and then removes its cgroup. */
static void remove_when_left(int parent, const char *name) {
  int ends[2];
  need(pipe(ends) == 0, "pipe");
  pid_t helper = fork();
  need(helper >= 0, "fork");
  if (helper > 0) {
    close(ends[0]); /* the other one closes with this process */
    return;
  }
  char byte;
  close(ends[1]);
  while (read(ends[0], &byte, 1) > 0) continue;
  for (int i = 0; unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno == EBUSY && i < 5000; i++) usleep(1000);
  _exit(0);
}

/* A new cgroup, which is removed when this process has left it, and the root of all. */
static int new_cgroup(int *to_root) {
  int context = syscall(SYS_fsopen, "cgroup2", 1);
  need(context >= 0 && syscall(SYS_fsconfig, context, 6, NULL, NULL, 0) == 0, "cgroup2");
  int root = syscall(SYS_fsmount, context, 1, 0);
  char name[40];
  snprintf(name, sizeof name, "mmsgtrace-test-%d", getpid());
  need(root >= 0 && mkdirat(root, name, 0700) == 0, "mkdir of a cgroup");
  remove_when_left(root, name);
  int group = openat(root, name, O_RDONLY | O_DIRECTORY);
  need(group >= 0, "cgroup");
  close(context), *to_root = root;
  return group;
}

/* Into a cgroup of its own with a program that looks at what is sent to an address. */
static int join_cgroup(int attach_type, const struct bpf_insn *program, unsigned instructions) {
  int root, group = new_cgroup(&root);
  union bpf_attr attributes = {.prog_type = BPF_PROG_TYPE_CGROUP_SOCK_ADDR};
  attributes.expected_attach_type = attach_type;
  attributes.insns = (uintptr_t)program;
  attributes.insn_cnt = instructions;
  attributes.license = (uintptr_t) "GPL";
  int loaded = syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes);
  need(loaded >= 0, "BPF_PROG_LOAD");
  union bpf_attr attach = {0};
  attach.target_fd = group, attach.attach_bpf_fd = loaded, attach.attach_type = attach_type;
  need(syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof attach) == 0, "BPF_PROG_ATTACH");
  int members = openat(group, "cgroup.procs", O_WRONLY);
  need(write(members, "0", 1) == 1, "cgroup.procs");
  int outside = openat(root, "cgroup.procs", O_WRONLY);
  need(outside >= 0, "cgroup.procs");
  close(members), close(loaded), close(group), close(root);
  return outside;
}
