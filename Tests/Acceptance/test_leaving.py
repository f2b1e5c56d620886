"""Leaving a program that runs on: nothing may stay behind, and no call or signal be lost."""

import os
import random
import signal
import struct
import subprocess
import unittest

import attaching
import support


class Leaving(attaching.AttachTest):
    limit = 120

    def test_a_hundred_visits_leave_no_trace(self):
        seed = int(os.environ.get("MMSGTRACE_SEED", "1"))
        choose = random.Random(seed)
        program = attaching.Served(self, idle=5)
        ways = {"--calls": 0, "--for": 0, "SIGINT": 0, "SIGTERM": 0, "SIGHUP": 0}
        calls = 0
        for visit in range(100):
            way = list(ways)[visit % len(ways)]
            ways[way] += 1
            if way == "--calls":
                number = choose.randint(1, 30)
                trace = self.attach(program.pid, options=["--calls", number])
                self.assertEqual((trace.status, len(trace.calls)), (0, number), (way, trace.err))
            elif way == "--for":
                trace = self.attach(program.pid, options=["--for", f"{choose.randint(1, 30)}ms"])
                self.assertEqual(trace.status, 0, (way, trace.err))
            else:
                tracer = self.attached(program.pid)
                program.goes_on(choose.randint(1, 30))
                number = getattr(signal, way)
                trace = tracer.leave(number)
                self.assertEqual(trace.status, 128 + number, (way, trace.err))
            calls += len(trace.calls)
            (came,), (went,) = attaching.events(trace, "attached"), attaching.events(trace, "detached")
            self.assertEqual((came["threads"], went["threads"]), (program.threads, program.threads))
            numbers = attaching.payload_numbers(trace)
            self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))) if numbers else [])
            self.assertEqual(program.disturbed(), {}, f"visit {visit} by {way}, seed {seed}")
        program.goes_on()
        self.check_undisturbed(program)
        counts = program.counts()
        out = program.end().out.decode()
        self.assertNotRegex(out, r"interrupted [1-9]|wrong [1-9]")
        self.say(f"{sum(ways.values())} visits, {calls} calls recorded, {counts['batches'][0]} batches sent,"
                 f" {sum(numbers[0] for numbers in counts.values())} calls in all, 0 disturbed")

    def test_command_ends_with_its_status_while_a_process_lives_on(self):
        program = attaching.Served(self)
        done = self.attach(program.pid, command=["sh", "-c", "exit 7"], options=["--exit-with-command"])
        self.assertEqual(done.status, 7, done.err)
        program.goes_on()
        self.check_undisturbed(program)

    def test_end_of_recording_with_pid_and_command(self):
        """What was attached to is let go at once; the command is kept to its end."""
        for limit in (["--for", "150ms"], ["--calls", 30]):
            for mode in ("auto", "off"):
                program = attaching.Served(self, idle=3)
                tracer = attaching.Tracer(self, [program.pid], [*limit, "--seccomp", mode],
                                          command=["sh", "-c", "read line; exit 7"], stdin=subprocess.PIPE)
                support.wait_until(lambda: program.pid in said_attached(tracer), "it is attached to")
                support.wait_until(lambda: attaching.tracers(program.pid) == {0}, "it is let go")
                program.goes_on()
                self.assertIsNone(tracer.process.poll(), "the command is kept")
                self.check_undisturbed(program)
                tracer.process.stdin.close()
                tracer.process.stdin = None
                trace = self.read(tracer.finish(), tracer.output)
                self.assertEqual(trace.status, 7, trace.err)
                (gone,) = attaching.events(trace, "detached")
                self.assertEqual((gone["pid"], gone["threads"]), (program.pid, program.threads))
                if limit[0] == "--calls":
                    self.assertEqual(len(trace.calls), 30)
                numbers = attaching.payload_numbers(trace)
                self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
                program.end()
        self.say("2 limits in 2 modes")

    def test_limit_of_calls_is_exact(self):
        program = attaching.Served(self)
        for number in (1, 2, 7, 100):
            trace = self.attach(program.pid, options=["--calls", number])
            self.assertEqual((trace.status, len(trace.calls)), (0, number))
            self.assertEqual(trace.outcomes(), {"complete": number})
        self.check_undisturbed(program)
        # Launched: the recording ends, the program does not.
        trace = self.trace([support.PROGRAMS / "many_threads", 3, 200], ["--calls", 9])
        self.assertEqual((trace.status, len(trace.calls), trace.out), (0, 9, b"threads 3 complete 200\n"))
        self.say("4 limits of a process, 1 of a command")

    def test_limit_of_time(self):
        program = attaching.Served(self)
        for duration in ("1ms", "80ms", "1s"):
            trace = self.attach(program.pid, options=["--for", duration])
            self.assertEqual(trace.status, 0, trace.err)
            (came,), (went,) = attaching.events(trace, "attached"), attaching.events(trace, "detached")
            wanted = float(duration[:-2]) / 1e3 if duration.endswith("ms") else float(duration[:-1])
            passed = seconds(went) - seconds(came)
            self.assertGreaterEqual(passed, wanted * 0.999)
            self.assertLess(passed, wanted + 1.0)
        self.check_undisturbed(program)
        # Launched: it runs on to its own end, and its status is ours.
        trace = self.trace(["sh", "-c", "sleep 0.3; exit 9"], ["--for", "50ms"])
        self.assertEqual(trace.status, 9)

    def test_call_in_flight_when_we_leave_is_unfinished(self):
        blocked = attaching.Program(self, [support.PROGRAMS / "blocked_sender", 2])
        said = blocked.process.stdout.readline
        self.assertEqual(said(), b"ready\n")
        tracer = self.attached(blocked.pid)
        # After a whole call it is certain that its thread has stopped for us.
        blocked.tell(signal.SIGUSR1)
        self.assertEqual(said(), b"sending\n")
        blocked.tell(signal.SIGUSR2)
        self.assertEqual(said(), b"returned 3 0\n")
        blocked.tell(signal.SIGUSR1)
        self.assertEqual(said(), b"sending\n")
        support.wait_until(lambda: attaching.waits_in_send(blocked.pid), "it waits in sendmmsg")
        trace = tracer.leave()
        last = trace.calls[-1]
        self.assertEqual((last["verdict"]["outcome"], trace.outcomes()["unfinished"]), ("unfinished", 1), trace.err)
        self.assertEqual((last["return"], last["duration_ns"]), (None, None))
        blocked.tell(signal.SIGUSR2)
        self.assertEqual(blocked.finish().out, b"returned 3 0\n")


class Death(attaching.AttachTest):
    """We are killed, and what was attached to lives on."""

    limit = 120

    def test_our_death_leaves_the_program_alive(self):
        seed = int(os.environ.get("MMSGTRACE_SEED", "1"))
        choose = random.Random(seed)
        program = attaching.Served(self, idle=5)
        for turn in range(40):
            tracer = attaching.Tracer(self, [program.pid])
            if turn % 2:
                support.wait_until(lambda: attaching.is_traced(program.pid), "it is traced")
                program.goes_on(choose.randint(1, 20))
            else:
                support.wait_until(lambda: attaching.tracers(program.pid) != {0}, "it is being attached to")
            tracer.tell(signal.SIGKILL)
            self.assertEqual(tracer.finish().status, -signal.SIGKILL)
            self.assertEqual(attaching.tracers(program.pid), {0})
            self.assertNotRegex(attaching.states(program.pid), "[tTZX]", f"turn {turn}, seed {seed}")
            program.goes_on(5)
        counts = program.counts()
        self.assertEqual(sum(wrong for _, _, wrong in counts.values()), 0, counts)
        program.end()
        self.say(f"40 times killed: the program sent {counts['batches'][0]} batches,"
                 f" {program.interrupted()} of its calls returned EINTR")

    def test_our_death_loses_no_signal(self):
        file = self.folder / "counters"
        program = attaching.Program(self, [support.PROGRAMS / "own_signals", file])

        def counters():
            data = file.read_bytes() if file.exists() else b""
            return struct.unpack("2Q", data) if len(data) == 16 else (0, 0)

        def goes_on(more):
            goal = counters()[0] + more
            support.wait_until(lambda: counters()[0] >= goal, f"it goes on: {attaching.states(program.pid)}")

        goes_on(1)
        for visit in range(50):
            tracer = self.attached(program.pid)
            goes_on(10 + visit)
            tracer.tell(signal.SIGKILL)
            self.assertEqual(tracer.finish().status, -signal.SIGKILL)
            goes_on(100)
        program.tell(signal.SIGTERM)
        self.assertEqual(program.finish().status, 0)
        sent, lost = counters()
        self.assertEqual(lost, 0, f"of {sent} signals")
        self.say(f"killed 50 times while {sent} signals were sent, {lost} lost")


def said_attached(tracer):
    """The processes of which a running tracer has said that it has attached to them."""
    data = tracer.output.read_bytes() if tracer.output.exists() else b""
    records = support.parse_records(data[:data.rfind(b"\n") + 1], validate=False)
    return [record["pid"] for record in records if record.get("event") == "attached"]


def seconds(record):
    """The time of a record in seconds of its day."""
    hour, minute, second = record["time"][11:-1].split(":")
    return int(hour) * 3600 + int(minute) * 60 + float(second)


if __name__ == "__main__":
    unittest.main(verbosity=2)
