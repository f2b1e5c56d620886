"""A traced program must not be able to tell, and must end as it would have."""

import os
import pathlib
import resource
import shutil
import signal
import unittest

import support


# A parent in the same session and process group, as a shell is: without it the untraced program would
# be the leader of both, and the tracer in the other run.
PARENT = ["sh", "-c", '"$@"; exit $?', "sh"]


class Compared(support.TracingTest):
    def into_files(self, command, **more):
        """Runs with stdout and stderr in files that have the same names each time."""
        (self.folder / "streams").mkdir(exist_ok=True)
        with open(self.folder / "streams/out", "w+b") as out, open(self.folder / "streams/err", "w+b") as err:
            os.chmod(out.name, 0o666), os.chmod(err.name, 0o666)
            done = support.run(command, stdout=out, stderr=err, check_leftovers=True, **more)
            out.seek(0), err.seek(0)
            return support.Finished(done.status, out.read(), err.read())


class SameAsUntraced(Compared):
    """Each test runs a command twice, with and without the tracer, in the same surroundings."""

    def both(self, command, options=(), surroundings=(), expect_status=None, **more):
        """`surroundings` is a command that prepares and then runs what follows it."""
        command = [str(word) for word in command]
        output = self.folder / "both.jsonl"
        plain = self.into_files([*surroundings, *command], **more)
        traced = self.into_files([*surroundings, support.TRACER, "-o", output, *options, "--", *command], **more)
        self.assertTrue(output.exists(), f"no trace was written; stderr: {traced.err!r}")
        records = support.parse_records(output.read_bytes())
        self.assertEqual(traced.status, plain.status, f"status; stderr {traced.err!r}")
        if expect_status is not None:
            self.assertEqual(plain.status, expect_status, plain.err)
        self.assertEqual(traced.out, plain.out, "stdout")
        return plain, traced, records

    def environment(self, surroundings=(), options=(), strip=True, **more):
        before = [*PARENT, "env", "-i", "LANG=C", "A=b c", "PATH=/usr/bin:/bin", *surroundings]
        plain, _, _ = self.both([support.PROGRAMS / "environment", "arg", ""], options, before, **more)
        lines = plain.out.decode().splitlines()
        self.assertGreater(len(lines), 40, "the program printed too little to compare")
        self.say(f"{len(lines)} lines equal")
        return lines

    def shell(self, script):
        return ["bash", "-c", script + '; exec "$@"', "bash"]

    def test_environment(self):
        self.environment()

    def test_environment_with_syscall_stops(self):
        self.environment(options=["--seccomp", "off"])

    def test_environment_with_limits_mask_and_umask(self):
        lines = self.environment(self.shell("umask 027; ulimit -n 77; ulimit -c 0; ulimit -s 4096; cd /usr"))
        self.assertIn("limit 7 77 77", lines)
        self.assertIn("directory /usr", lines)

    def test_environment_with_affinity_and_nice(self):
        if not shutil.which("taskset"):
            self.fail("not installed: taskset (util-linux)")
        one = min(os.sched_getaffinity(0))
        lines = self.environment(["taskset", "-c", str(one), "nice", "-n", "7"])
        self.assertTrue(any("nice 7" in line for line in lines))

    def test_environment_with_blocked_and_ignored_signals(self):
        # SIGCHLD ignored would silence the stops; SIGHUP is what nohup ignores.
        for ignored in (["HUP"], ["CHLD"], ["CHLD", "PIPE", "INT", "USR1", "TERM", "URG"]):
            lines = self.environment(["env", *[f"--ignore-signal={name}" for name in ignored]])
            for name in ignored:
                number = getattr(signal, "SIG" + name)
                self.assertTrue(any(line.startswith(f"signal {number} ignored") for line in lines), (name, lines))
        lines = self.environment(["env", "--block-signal=CHLD", "--block-signal=USR2", "--block-signal=TERM"])
        blocked = int(next(line for line in lines if line.startswith("SigBlk")).split()[1], 16)
        for number in (signal.SIGCHLD, signal.SIGUSR2, signal.SIGTERM):
            self.assertTrue(blocked >> (number - 1) & 1, number)

    def test_descriptors_are_the_same(self):
        lines = self.environment(self.shell("exec 7</etc/passwd 9>/dev/null 12>>/dev/null"))
        opened = [line.split()[1] for line in lines if line.startswith("fd ")]
        self.assertEqual(opened, ["0", "1", "2", "7", "9", "12"])

    def test_closed_standard_descriptors(self):
        for closing, left in (("exec 0<&-", ["1", "2"]), ("exec 2>&-", ["0", "1"]), ("exec 0<&- 2>&-", ["1"])):
            lines = self.environment(self.shell(closing))
            self.assertEqual([line.split()[1] for line in lines if line.startswith("fd ")], left, closing)

    def test_closed_stdout_stays_closed(self):
        # What the program sees cannot come by stdout here; it is compared by way of stderr.
        results = []
        for tracer in ([], [support.TRACER, "-o", self.folder / "t.jsonl", "--"]):
            done = self.into_files(["sh", "-c", 'exec >&-; exec "$@"', "sh", *tracer, "bash", "-c",
                                    'for i in 0 1 2 3 4 5; do readlink /proc/$$/fd/$i >&2 || echo $i closed >&2; '
                                    'done'])
            results.append([line for line in done.err.decode().splitlines() if not line.startswith("mmsgtrace:")])
        self.assertIn("1 closed", results[0])
        self.assertEqual(results[0], results[1])
        self.say(f"{len(results[0])} descriptors equal")

    def test_stdin_is_the_programs(self):
        with open(__file__) as file:
            traced = support.run([support.TRACER, "-o", self.folder / "t.jsonl", "--", "cat"], stdin=file)
        self.assertEqual(traced.out, pathlib.Path(__file__).read_bytes())
        self.say(f"{len(traced.out)} bytes through cat")

    def test_exit_statuses(self):
        for status in (0, 1, 2, 64, 125, 126, 127, 255):
            self.both([support.PROGRAMS / "stdout_spam", 3, "exit", status], expect_status=status)
        self.say("8 statuses equal")

    def test_death_by_signal(self):
        names = ("HUP", "INT", "QUIT", "ILL", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "PIPE", "ALRM", "TERM",
                 "XCPU", "SYS")
        for name in names:
            number = int(getattr(signal, "SIG" + name))
            _, _, records = self.both([support.PROGRAMS / "stdout_spam", 2, "signal", number], expect_status=-number)
            self.assertIn(records[-1]["exit"]["signal"], ("SIG" + name, number), records[-1])
        self.say(f"{len(names)} signals equal")

    def test_death_with_core_leaves_the_programs_core_only(self):
        pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip()
        if "/" in pattern or "|" in pattern:
            self.say(f"not compared: cores go to {pattern!r}, not to the working directory")
            return
        command = [str(support.PROGRAMS / "stdout_spam"), "1", "signal", "6", "core"]

        def cores(prefix):
            folder = self.folder / ("cores-" + ("traced" if prefix else "plain"))
            folder.mkdir()
            raised = lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
            done = support.run([*prefix, *command], cwd=folder, preexec_fn=raised)
            self.assertEqual(done.status, -6)
            found = sorted(folder.glob("core*"))
            return [b"stdout_spam" in core.read_bytes() for core in found]

        self.assertEqual(cores([]), [True], "without the tracer there is no core: nothing to compare")
        self.assertEqual(cores([support.TRACER, "-o", self.folder / "t.jsonl", "--"]), [True])
        self.say("one core each, the program's")

    def test_signals_arrive_once_and_unchanged(self):
        plain, _, records = self.both([support.PROGRAMS / "signals", 2000], expect_status=0)
        self.assertEqual(plain.out, b"queued 2000 sum 2001000 raised 200 wrong 0 complete 2000\n")
        calls = [record for record in records if record["kind"] == "call"]
        self.assertEqual(len(calls), 2000)
        self.say("2000 queued and 200 raised signals, 2000 calls")

    def test_trace_goes_to_stderr_and_not_into_stdout(self):
        command = [support.PROGRAMS / "stdout_spam", 5, "exit", 0]
        plain = support.run(command)
        traced = support.run([support.TRACER, "--", *command])
        self.assertEqual(traced.out, plain.out)
        self.assertEqual(traced.err.count(b"sendmmsg("), 5, traced.err)
        self.say("stdout equal, 5 calls on stderr")

    def test_no_new_privileges_stays_off_for_root(self):
        if os.geteuid() != 0:
            self.skipTest("not root: loading a filter needs no_new_privs")
        out = self.trace([support.PROGRAMS / "environment", "privileges"]).out
        self.assertIn(b"NoNewPrivs:\t0", out)
        off = self.trace([support.PROGRAMS / "environment", "privileges"], ["--seccomp", "off"]).out
        self.assertIn(b"Seccomp:\t0", off)
        self.say("NoNewPrivs 0; with --seccomp off no filter either")


@support.need_root
class Unprivileged(Compared):
    """The same as user nobody."""

    def setUp(self):
        super().setUp()
        # A copy where nobody can reach it: the checkout may be in a private folder.
        self.tracer = self.folder / "mmsgtrace"
        shutil.copy(support.TRACER, self.tracer)
        self.programs = self.folder / "programs"
        shutil.copytree(support.PROGRAMS, self.programs)
        shutil.copytree(support.SAMPLES, self.programs, dirs_exist_ok=True)
        self.work = self.folder / "work"
        self.work.mkdir()
        os.chmod(self.work, 0o777)
        user = support.nobody()
        self.before = [*PARENT, "env", "-i", "PATH=/usr/bin:/bin", "setpriv", f"--reuid={user.pw_uid}",
                       f"--regid={user.pw_gid}", "--clear-groups"]

    def both(self, command):
        output = self.work / f"t{len(list(self.work.iterdir()))}.jsonl"
        plain = self.into_files([*self.before, *command], cwd=self.work)
        traced = self.into_files([*self.before, self.tracer, "-o", output, "--", *command], cwd=self.work)
        self.assertEqual((traced.status, traced.out), (plain.status, plain.out), traced.err)
        return support.Trace(traced, support.parse_records(output.read_bytes()))

    def test_environment_and_privileges(self):
        trace = self.both([self.programs / "environment"])
        self.assertIn(b"Uid:\t65534", trace.out)
        # Loading a filter takes no_new_privs here, and that is said, once.
        notices = [line for line in trace.err.splitlines() if b"NO_NEW_PRIVS" in line]
        self.assertEqual(len(notices), 1, trace.err)
        self.say(f"environment equal; said: {notices}")

    def test_samples(self):
        for name, outcomes in (("whole_batch", {"complete": 1}), ("control_messages", {"complete": 2}),
                               ("oversize_in_middle", {"partial": 1, "failed": 1, "complete": 1})):
            trace = self.both([self.programs / name])
            self.assertEqual(trace.outcomes(), outcomes, name)
            self.assertTrue(all(call["socket"] for call in trace.calls), "the socket could not be asked")
        self.say("3 samples")

    def test_senders_of_all_kinds(self):
        output = self.work / "t.jsonl"
        traced = support.run([*self.before, self.tracer, "-o", output, "--", self.programs / "threads_and_children"])
        trace = support.Trace(traced, support.parse_records(output.read_bytes()))
        self.assertEqual((len(trace.calls), trace.outcomes()), (18, {"complete": 18}))
        self.say("18 calls of 9 senders")


if __name__ == "__main__":
    unittest.main(verbosity=2)
