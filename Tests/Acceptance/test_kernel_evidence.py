"""What the kernel's own tracepoint tells of calls that fell short, and that nothing of it stays behind."""

import collections
import contextlib
import ctypes
import functools
import os
import pathlib
import signal
import subprocess
import threading
import time
import unittest

import attaching
import support

FSOPEN, FSCONFIG, FSMOUNT = 430, 431, 432
PROGRAM = support.PROGRAMS / "short_calls"
OPTION = "--kernel-evidence"
FULL = bool(os.environ.get("MMSGTRACE_FULL"))


@functools.cache
def tracefs():
    """The root of a tracefs of our own, mounted nowhere."""
    libc = ctypes.CDLL(None, use_errno=True)

    def call(*arguments):
        result = libc.syscall(*arguments)
        if result < 0:
            raise OSError(ctypes.get_errno(), f"system call {arguments[0]}")
        return result

    context = call(FSOPEN, b"tracefs", 1)
    call(FSCONFIG, context, 6, None, None, 0)
    root = call(FSMOUNT, context, 1, 0)
    os.close(context)
    return pathlib.Path(f"/proc/self/fd/{root}")


def instances():
    return {path.name for path in (tracefs() / "instances").iterdir() if path.name.startswith("mmsgtrace")}


def of_process(pid):
    return {name for name in instances() if name.startswith(f"mmsgtrace-{pid}-")}


def told(out):
    """[(name, vlen, return, truth)] as the program has it."""
    lines = [line.split() for line in out.decode().splitlines()]
    return [(name, int(vlen), int(result), truth) for name, vlen, result, truth in lines]


def claim(call):
    """What a record says of the message that the call ended at, in the program's words."""
    verdict = call["verdict"]
    if verdict["source"] != "tracepoint":
        if "before the protocol" in (verdict["why"] or ""):
            return "unseen"
        return verdict["outcome"] if verdict["outcome"] == "complete" else None
    assert verdict["certainty"] == "observed" and verdict["why"]
    return "uncounted" if verdict["cause"] == "uncounted_send" else verdict["errno"]


@support.need_root
class KernelEvidence(support.TracingTest):
    limit = 1200 if FULL else 60

    def setUp(self):
        super().setUp()
        self.before = instances()

    def nothing_left(self):
        self.assertEqual(instances() - self.before, set(), "a trace instance stayed behind")

    def observe(self, *arguments, **more):
        trace = self.trace([PROGRAM, *arguments], [OPTION, "-q", "-s", "none"], **more)
        self.assertEqual((trace.status, trace.err), (0, b""))
        self.nothing_left()
        return trace

    def test_every_kind_of_end(self):
        trace = self.observe()
        said = told(trace.out)
        self.assertEqual(len(said), 15)
        for (name, vlen, result, truth), call in zip(said, trace.calls, strict=True):
            with self.subTest(name):
                self.assertEqual((call["vlen"], call["return"]), (vlen, result))
                verdict, states = call["verdict"], [message["state"] for message in call["messages"]]
                if truth == "unconsumed":
                    self.assertEqual((verdict["cause"], verdict["source"]), ("unconsumed_message", "rule"))
                    continue
                # Of what the protocol never saw, the kernel notes nothing: the rules say what it was.
                self.assertEqual(claim(call), None if truth == "unseen" else truth)
                if truth == "unseen":
                    self.assertEqual((verdict["certainty"], verdict["source"]), ("certain", "rule"))
                self.assertEqual(verdict["at"], max(result, 0))
                self.assertEqual(verdict["uncounted"], truth == "uncounted")
                self.assertEqual(verdict["cause"], {"uncounted": "uncounted_send", "EINTR": "interrupted"}.get(truth, "error"))
                self.assertEqual(states[max(result, 0)], "uncounted" if truth == "uncounted" else "failed")

    def test_sends_of_a_ring_are_none_of_a_calls(self):
        trace = self.trace([support.PROGRAMS / "ring_sends"], [OPTION, "-q", "-s", "none"])
        self.assertEqual((trace.status, trace.err), (0, b""))
        self.nothing_left()
        lines = [line.split() for line in trace.out.decode().splitlines()]
        self.assertEqual(len(lines), 3)
        for (name, vlen, result, truth, made), call in zip(lines, trace.calls, strict=True):
            with self.subTest(name):
                self.assertEqual((call["vlen"], call["return"]), (int(vlen), int(result)))
                self.assertEqual(made, "1", "the ring sent nothing while the call was made")
                verdict = call["verdict"]
                self.assertEqual((verdict["cause"], verdict["errno"], verdict["uncounted"]), ("error", truth, 0))
                self.assertNotEqual(verdict["source"], "tracepoint")

    def test_without_the_option_nothing_is_observed(self):
        trace = self.trace([PROGRAM], ["-q", "-s", "none"])
        self.assertEqual({call["verdict"]["source"] for call in trace.calls} & {"tracepoint"}, set())

    def under_load(self, rounds):
        """(claims of each kind, wrong ones) of eight threads that send in large batches."""
        trace = self.observe(8, rounds, limit=self.limit - 10, validate=False)
        calls = collections.defaultdict(list)
        for call in sorted(trace.calls, key=lambda call: call["seq"]):
            calls[str(call["tid"])].append(call)
        claims, wrong = collections.Counter(), []
        for name, vlen, result, truth in told(trace.out):
            call = calls[name].pop(0)
            self.assertEqual((call["vlen"], call["return"]), (vlen, result))
            got = claim(call)
            claims[truth, got] += 1
            if got not in (None, truth):
                wrong.append((name, vlen, result, truth, call["verdict"]))
        self.say(f"{dict(claims)}, {len(wrong)} wrong")
        self.assertEqual(wrong, [])
        return claims

    def test_many_threads_under_load(self):
        claims = self.under_load(600 if FULL else 30)
        # Else it tests nothing: the machine may lose some of it, not most.
        for truth in ("EMSGSIZE", "EFAULT"):
            named = claims[truth, truth]
            self.assertGreater(named, 4 * claims[truth, None], truth)
            self.assertGreater(named, 10)

    def test_many_threads_that_overrun_the_buffers(self):
        def shrink():
            for name in instances() - self.before:
                folder = tracefs() / "instances" / name
                with contextlib.suppress(OSError):
                    # The last that the tracer writes.
                    if (folder / "events/sock/sock_send_length/enable").read_text() != "1\n":
                        continue
                    (folder / "buffer_size_kb").write_text("12")
                    shrunk.set()
        shrunk, over = threading.Event(), threading.Event()

        def watch():
            while not shrunk.is_set() and not over.wait(0.01):
                shrink()

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            claims = self.under_load(300 if FULL else 30)
        finally:
            over.set()
            watcher.join()
        self.assertTrue(shrunk.is_set())
        # Else nothing was lost.
        unnamed = sum(count for (truth, got), count in claims.items() if got is None and truth != "unseen")
        self.assertGreater(unnamed, 5)

    def test_lost_events_are_not_made_up_for(self):
        trace = self.observe("flood")
        [(_, _, result, _)] = told(trace.out)
        [call] = [call for call in trace.calls if call["verdict"]["outcome"] == "partial"]
        self.assertEqual(call["return"], result)
        self.assertIsNone(claim(call), call["verdict"])

    def test_execve_by_a_thread(self):
        trace = self.observe("exec")
        self.assertEqual([claim(call) for call in trace.calls], ["EMSGSIZE"] * 3)

    def test_attached(self):
        program = attaching.Program(self, [PROGRAM, "told"], stdin=subprocess.PIPE)
        self.assertEqual(program.process.stdout.readline(), b"ready\n")
        output = self.folder / "attached.jsonl"
        mounts = pathlib.Path("/proc/self/mounts").read_text()
        tracer = attaching.Program(self, [support.TRACER, OPTION, "-o", output, "-p", program.pid])
        support.wait_until(lambda: attaching.is_traced(program.pid), "it is attached to")
        self.assertEqual(len(of_process(tracer.pid)), 1)
        self.assertEqual(pathlib.Path(f"/proc/{tracer.pid}/mounts").read_text(), mounts)
        for _ in range(3):
            program.process.stdin.write(b"\n")
            program.process.stdin.flush()
            for name in (b"main", b"thread", b"child"):
                self.assertEqual(program.process.stdout.readline(), name + b" 3 1 EMSGSIZE\n")
        tracer.tell(signal.SIGINT)
        self.assertEqual(tracer.finish().status, 128 + signal.SIGINT)
        self.nothing_left()
        # It lives on.
        program.process.stdin.write(b"\n")
        self.assertEqual(program.finish().status, 0)
        calls = [record for record in support.parse_records(output.read_bytes()) if record["kind"] == "call"]
        self.assertEqual([claim(call) for call in calls], ["EMSGSIZE"] * 9)

    def test_gone_after_every_kind_of_end(self):
        none = self.folder / "none"
        for what, status, arguments in (
            ("the command ends", 0, ["--", "true"]),
            ("the command is killed", -signal.SIGKILL, ["--", "sh", "-c", "kill -9 $$"]),
            ("it is not found", 127, ["--", none]),
            ("it cannot be executed", 126, ["--", "/etc/passwd"]),
            ("no process to attach to", 125, ["-p", 2**22 - 1]),
            ("records are lost", 125, ["-o", "/dev/full", "--", PROGRAM]),
            ("recording ends first", 0, ["--calls", 1, "--", PROGRAM]),
        ):
            with self.subTest(what):
                done = support.run([support.TRACER, OPTION, *arguments])
                self.assertEqual(done.status, status, done.err)
                self.nothing_left()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(number.name):
                tracer = attaching.Program(self, [support.TRACER, OPTION, "--", "sleep", 60])
                self.wait_for_instance(tracer)
                tracer.tell(number)
                self.assertEqual(tracer.finish().status, -number)
                self.nothing_left()

    def wait_for_instance(self, tracer):
        """Waits until its command runs."""
        def runs():
            children = pathlib.Path(f"/proc/{tracer.pid}/task").glob("*/children")
            return any(attaching.status(int(pid), "Name") == "sleep"
                       for file in children for pid in file.read_text().split())
        support.wait_until(runs, "the command runs")
        self.assertEqual(len(of_process(tracer.pid)), 1)

    def test_leftovers_are_removed_and_living_runs_are_not(self):
        living = attaching.Program(self, [support.TRACER, OPTION, "--", "sleep", 60])
        killed = attaching.Program(self, [support.TRACER, OPTION, "--", "sleep", 60])
        self.wait_for_instance(living)
        self.wait_for_instance(killed)
        killed.tell(signal.SIGKILL)
        killed.finish()
        self.assertEqual(len(of_process(killed.pid)), 1, "nothing to clean up")
        # One of a process whose number is another's by now, one of somebody else's.
        reused, strange = f"mmsgtrace-{os.getpid()}-1", f"mmsgtrace-of-{os.getpid()}"
        for name in (reused, strange):
            (tracefs() / "instances" / name).mkdir()
        try:
            self.assertEqual(support.run([support.TRACER, OPTION, "true"]).status, 0)
            self.assertEqual(of_process(killed.pid), set())
            self.assertEqual(len(of_process(living.pid)), 1)
            self.assertNotIn(reused, instances())
            self.assertIn(strange, instances())
        finally:
            for name in (reused, strange):
                if name in instances():
                    (tracefs() / "instances" / name).rmdir()
        living.tell(signal.SIGTERM)
        living.finish()
        self.nothing_left()

    def refused(self, before, reason, **options):
        done = support.run([*before, support.TRACER, OPTION, "-q", "-o", "/dev/null", "--", PROGRAM], **options)
        self.assertEqual(done.status, 0, done.err)
        said = [line for line in done.err.decode().splitlines() if OPTION in line]
        self.assertEqual(said, [f"mmsgtrace: {OPTION}: {reason}: going on without it"])
        self.assertEqual(len(told(done.out)), 15)
        self.nothing_left()

    def test_refused_to_other_users(self):
        nobody = support.nobody()
        self.refused([], "it needs root (CAP_SYS_ADMIN)", user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[])

    def test_refused_in_another_pid_namespace(self):
        self.refused(["unshare", "--pid", "--fork", "--mount-proc"],
                     "it needs the initial PID namespace, and this is another")

    def test_refused_in_another_time_namespace(self):
        self.refused(["unshare", "--time", "--monotonic", "1000", "--fork"],
                     "it needs the initial time namespace, and this is another")

    def test_few_open_files(self):
        """It goes before the trace does, where there are files for one of them alone."""
        endings = set()
        for limit in range(8, 24):
            done = support.run(["prlimit", f"--nofile={limit}", support.TRACER, OPTION, "-q", "-o", "/dev/null", "--", "true"])
            alone = support.run(["prlimit", f"--nofile={limit}", support.TRACER, "-q", "-o", "/dev/null", "--", "true"])
            # An instance that is not used has two of them open all the same.
            if alone.status == 0 and limit >= 12:
                self.assertEqual(done.status, 0, (limit, done.err))
            endings.add((done.status, OPTION.encode() in done.err))
            self.nothing_left()
        self.assertLessEqual({(0, True), (0, False)}, endings)

    def test_the_cost_of_its_end(self):
        figures = {}
        for _ in range(3):
            for name, options in (("with", [OPTION]), ("without", [])):
                begin = time.monotonic()
                support.run([support.TRACER, *options, "-q", "true"])
                figures.setdefault(name, []).append(time.monotonic() - begin)
        medians = {name: sorted(values)[1] for name, values in figures.items()}
        self.say(", ".join(f"{name}: {value * 1000:.0f} ms" for name, value in medians.items()))
        self.assertLess(medians["with"], 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
