"""Processes that cannot be attached to: which gate it was, in one line, and what to do."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest

import attaching
import support

BAD_USAGE, OURS = 64, 125


class Refusals(attaching.AttachTest):
    limit = 120

    def setUp(self):
        super().setUp()
        # Where any user can reach it: the checkout may be in a private folder.
        self.tracer = self.folder / "mmsgtrace"
        shutil.copy(support.TRACER, self.tracer)

    def waiting(self, before=()):
        program = attaching.Program(self, [*before, "sh", "-c", "echo ready; read line"], stdin=subprocess.PIPE)
        self.assertEqual(program.process.stdout.readline(), b"ready\n")
        return program

    def refused(self, *pids, before=(), tracer=None, sentence, status=OURS):
        """A run that attaches to nothing: one line of ours for each PID."""
        output = self.folder / "refused.jsonl"
        words = [word for pid in pids for word in ("-p", pid)]
        done = support.run([*before, tracer or self.tracer, "-o", output, *words], cwd=self.folder)
        self.assertEqual((done.status, done.out), (status, b""), done.err)
        self.assertEqual(done.err.decode(), "".join(f"mmsgtrace: {pid}: {sentence}\n" for pid in pids))
        self.assertFalse(output.exists() and output.stat().st_size, "a trace of nothing was written")
        return done

    def test_no_such_process(self):
        gone = support.started(["true"])
        gone.wait()
        self.refused(gone.pid, sentence="no such process")

    def test_zombie(self):
        zombie = support.started(["true"])
        self.addCleanup(zombie.wait)
        support.wait_until(lambda: (attaching.status(zombie.pid, "State") or "")[:1] == "Z", "it is a zombie")
        self.refused(zombie.pid, sentence="it has ended already, and only its parent has not noticed")

    def test_kernel_thread(self):
        threads = []
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended
                    stat = pathlib.Path(f"/proc/{name}/stat").read_text()
                    if int(stat.rpartition(")")[2].split()[6]) & 0x200000:
                        threads.append(int(name))
        self.assertTrue(threads, "no kernel thread is visible here: this PID namespace hides them")
        self.refused(min(threads), sentence="it is a kernel thread, which nobody can trace")

    def test_an_execve_that_does_not_end(self):
        """Another tracer holds a thread that has to go first: it is waited for, but not for ever."""
        program = attaching.Program(self, [support.PROGRAMS / "stuck_exec"], stdin=subprocess.PIPE)
        pid = int(program.process.stdout.readline())
        sentence = ("one of its threads executes a program and does not come to an end of it: another tracer may "
                    "hold its other threads")
        self.refused(pid, sentence=sentence)
        # Told to end, it does so at once.
        tracer = support.started([self.tracer, "-o", self.folder / "ended.jsonl", "-p", pid], stderr=subprocess.DEVNULL)
        self.addCleanup(support.end_session, tracer.pid)
        begun = time.monotonic()
        support.wait_until(lambda: attaching.status(tracer.pid, "Threads") == "2", "it has begun")
        tracer.send_signal(signal.SIGTERM)
        self.assertEqual(tracer.wait(timeout=10), OURS)
        self.assertLess(time.monotonic() - begun, 4)
        program.process.stdin.close()
        program.process.wait(timeout=10)

    def test_already_traced(self):
        program = attaching.Served(self)
        strace = attaching.Program(self, ["strace", "-f", "-qq", "-e", "trace=none", "-p", program.pid])
        support.wait_until(lambda: attaching.is_traced(program.pid), "strace is there")
        by = f"it is traced already, by process {strace.pid} (strace): end that one first"
        self.refused(program.pid, sentence=by)
        strace.tell(signal.SIGINT)
        strace.finish()
        ours = self.attached(program.pid)
        by = f"it is traced already, by process {ours.pid} (mmsgtrace): end that one first"
        self.refused(program.pid, sentence=by)
        self.assertTrue(attaching.is_traced(program.pid))
        trace = ours.leave()
        self.assertEqual(trace.status, 128 + signal.SIGINT)
        program.goes_on()

    @support.need_root
    def test_other_user(self):
        program = self.waiting()
        as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        self.refused(program.pid, before=as_nobody,
                     sentence="it belongs to user 0: run mmsgtrace as that user or as root")
        # The other way round nothing forbids it.
        theirs = self.waiting(as_nobody)
        tracer = self.attached(theirs.pid)
        self.assertEqual(tracer.leave().status, 128 + signal.SIGINT)

    @support.need_root
    def test_not_dumpable(self):
        shutil.copy(support.PROGRAMS / "undumpable", self.folder)
        as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        program = attaching.Program(self, [*as_nobody, self.folder / "undumpable"])
        self.assertEqual(program.process.stdout.readline(), b"ready\n")
        self.refused(program.pid, before=as_nobody,
                     sentence="it is not dumpable (prctl PR_SET_DUMPABLE, or it gained privileges):"
                              " run mmsgtrace as root")
        # Root may, and does.
        tracer = self.attached(program.pid)
        self.assertEqual(tracer.leave().status, 128 + signal.SIGINT)

    @support.need_root
    def test_without_the_capability(self):
        theirs = self.waiting(["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"])
        owner = support.nobody().pw_uid
        without = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"]
        self.refused(theirs.pid, before=without,
                     sentence=f"it belongs to user {owner}, and we lack CAP_SYS_PTRACE:"
                              " start the container with --cap-add=SYS_PTRACE")
        self.refused(self.waiting().pid, before=without,
                     sentence="we lack CAP_SYS_PTRACE over its user namespace: start the container with"
                              " --cap-add=SYS_PTRACE, or run mmsgtrace outside it")

    def test_outside_of_our_user_namespace(self):
        program = self.waiting()
        self.refused(program.pid, before=["unshare", "-U", "-r"],
                     sentence="we lack CAP_SYS_PTRACE over its user namespace: start the container with"
                              " --cap-add=SYS_PTRACE, or run mmsgtrace outside it")

    def test_landlock(self):
        """A sandbox lets no process in it trace one outside of it, be it root."""
        sandbox = self.folder / "sandbox"
        # landlock_create_ruleset, for making block devices; PR_SET_NO_NEW_PRIVS; landlock_restrict_self.
        sandbox.write_text("import ctypes, os, struct, sys\n"
                           "system = ctypes.CDLL(None, use_errno=True)\n"
                           "rules = system.syscall(444, struct.pack('Q', 1 << 11), ctypes.c_size_t(8), 0)\n"
                           "system.prctl(38, 1, 0, 0, 0)\n"
                           "if rules < 0 or system.syscall(446, rules, 0): sys.exit('no Landlock here')\n"
                           "os.execv(sys.argv[1], sys.argv[1:])\n")
        program = self.waiting()
        self.refused(program.pid, before=["python3", sandbox],
                     sentence="not allowed by the kernel (EPERM) although nothing forbids it that can be looked at: perhaps"
                              " a security module (landlock, if mmsgtrace runs in a sandbox) does")

    def test_command_under_another_tracer(self):
        log = self.folder / "strace"
        strace = attaching.Program(self, ["strace", "-f", "-qq", "-e", "trace=none", "-o", log, self.tracer, "true"])
        done = strace.finish()
        self.assertEqual(done.status, OURS)
        self.assertEqual(done.err.decode(), f"mmsgtrace: true: cannot be traced: process {strace.pid} (strace) traces it"
                                            " already, as it does mmsgtrace itself\n")

    def test_one_thread_is_already_traced(self):
        program = attaching.Served(self)
        taken = max(attaching.tids(program.pid))
        strace = attaching.Program(self, ["strace", "-qq", "-e", "trace=none", "-p", str(taken)])
        support.wait_until(lambda: attaching.status(taken, "TracerPid") != "0", "strace is there")
        trace = self.attach(program.pid, options=["--for", "100ms"])
        why = f"it is traced already, by process {strace.pid} (strace): its calls are not seen"
        self.assertEqual((trace.status, trace.err.decode().splitlines()[0]), (0, f"mmsgtrace: thread {taken}: {why}"))
        self.assertEqual([(record["pid"], record["tid"], record["why"])
                          for record in attaching.events(trace, "refused")], [(program.pid, taken, why)])
        self.assertEqual([record["threads"] for record in attaching.events(trace, "attached")],
                         [program.threads - 1])
        strace.tell(signal.SIGINT)
        strace.finish()

    def test_the_others_go_on(self):
        gone = support.started(["true"])
        gone.wait()
        zombie = support.started(["true"])
        self.addCleanup(zombie.wait)
        support.wait_until(lambda: (attaching.status(zombie.pid, "State") or "")[:1] == "Z", "it is a zombie")
        program = attaching.Served(self)
        trace = self.attach(gone.pid, program.pid, zombie.pid, options=["--calls", 5])
        self.assertEqual((trace.status, len(trace.calls)), (0, 5))
        self.assertEqual(trace.records[0]["pids"], [program.pid])
        wanted = {gone.pid: "no such process",
                  zombie.pid: "it has ended already, and only its parent has not noticed"}
        self.assertEqual({record["pid"]: record["why"] for record in trace.processes
                          if record["event"] == "refused"}, wanted)
        lines = sorted(trace.err.decode().splitlines())
        self.assertEqual(lines, sorted(f"mmsgtrace: {pid}: {why}" for pid, why in wanted.items()))
        self.assertEqual(program.disturbed(), {})
        # In a text on the same terminal each is said once.
        for options, words in ((["-q"], "mmsgtrace: %d: no such process"), ([], "[pid %d] refused: no such process")):
            done = support.run([self.tracer, *options, "--for", "50ms", "-p", f"{gone.pid},{program.pid}"])
            said = [line for line in done.err.decode().splitlines() if "no such process" in line]
            self.assertEqual(said, [words % gone.pid], done.err)
        # With a command as well, that runs.
        done = self.attach(gone.pid, command=["sh", "-c", "exit 5"])
        self.assertEqual((done.status, done.records[0]["pids"][1:]), (5, []), done.err)
        self.assertIn(f"mmsgtrace: {gone.pid}: no such process\n".encode(), done.err)

    def test_none_of_several(self):
        gone = self.waiting()
        gone.clear()
        done = support.run([self.tracer, "-p", f"{gone.pid},{2 ** 31 - 1}"])
        self.assertEqual((done.status, done.out), (OURS, b""))
        self.assertEqual(len(done.err.splitlines()), 2, done.err)

    def test_bad_input(self):
        own = f"exec {self.tracer} -p $$"
        cases = {
            "x": ["-p", "x"], "0": ["-p", "0"], "-3": ["--pid=-3"], "12,x": ["-p", "12,x"], "1,,x": ["-p", "1,,x"],
            "0x10": ["-p", "0x10"], "99999999999": ["-p", "99999999999"], "": ["-p", ""], ",": ["-p", ","],
            "1.5": ["-p", "1.5"], "1,,2": ["-p", "1,,2"], "1,": ["-p", "1,"], "+5": ["-p", "+5"],
        }
        for value, words in cases.items():
            self.bad(words, "-p", value)
        for value in ("x", "0", "10y", "ms", "1 s", "1e3", "99999999999999999999", "0ms", "300000000h", ""):
            self.bad(["--for", value, "true"], "--for", value)
        self.bad(["--for=-5s", "true"], "--for", "-5s")
        for value in ("x", "0", "1.5", "", "99999999999999999999"):
            self.bad(["--calls", value, "true"], "--calls", value)
        done = support.run(["sh", "-c", own])
        self.assertEqual((done.status, done.out, done.err.count(b"\n")), (BAD_USAGE, b"", 1), done.err)
        done = support.run([self.tracer, "-p", "-3"])
        self.assertEqual((done.status, done.err.count(b"\n")), (BAD_USAGE, 1), done.err)
        self.say(f"{len(cases) + 11 + 5 + 2} command lines")

    def bad(self, words, option, value):
        done = support.run([self.tracer, *words])
        self.assertEqual((done.status, done.out, done.err.count(b"\n")), (BAD_USAGE, b"", 1), (words, done.err))
        self.assertRegex(done.err.decode(), f"^mmsgtrace: .*'{re.escape(value)}'.*'(-p|--pid|{option}) ", words)


if __name__ == "__main__":
    unittest.main(verbosity=2)
