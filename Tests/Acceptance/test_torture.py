"""Coming and going at random moments, while a program does everything that makes tracers lose their way.

The seed is printed; MMSGTRACE_SEED repeats it. MMSGTRACE_FULL makes it 200 visits instead of 60.
"""

import bisect
import collections
import datetime
import operator
import os
import random
import re
import signal
import struct
import unittest

import attaching
import support

VISITS = 200 if os.environ.get("MMSGTRACE_FULL") else 60
# A thread that runs when it is seized is stopped within microseconds, unless another one has its CPU.
MARGIN = 10_000_000

CHILDREN, CALLS = 1 << 16, 1 << 20
HEADER, CHILD, CALL = struct.Struct("14qQ"), struct.Struct("q2i"), struct.Struct("IIiiqq")

Call = collections.namedtuple("Call", "actor number pid result before after")
Child = collections.namedtuple("Child", "birth pid expected")


class Tortured(attaching.Program):
    """`torture`: `pid` is the process that is visited, not its guardian."""

    def __init__(self, test, seed):
        self.file = test.folder / f"torture-{seed}"
        super().__init__(test, [support.PROGRAMS / "torture", self.file, seed])
        support.wait_until(lambda: self.file.exists() and self.header(), "the program begins")
        self.pid = self.header()[0]

    def header(self):
        """process, calls, actors, children, wrong, lost, …"""
        with open(self.file, "rb") as file:
            data = file.read(HEADER.size)
        return HEADER.unpack(data) if len(data) == HEADER.size and any(data[:8]) else None

    @property
    def calls(self):
        return self.header()[1]

    def log(self):
        data = memoryview(self.file.read_bytes())
        header = HEADER.unpack_from(data)
        children = data[HEADER.size:][:header[3] * CHILD.size]
        calls = data[HEADER.size + CHILDREN * CHILD.size:][:header[1] * CALL.size]
        return ([Call(*fields) for fields in CALL.iter_unpack(calls)],
                [Child(*fields) for fields in CHILD.iter_unpack(children)])


def nanoseconds(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    moment = datetime.datetime.fromisoformat(whole + "+00:00")
    return int(moment.timestamp()) * 1_000_000_000 + int(fraction)


def window(trace, pid):
    """From when to when every call of the process and of its new children must be there."""
    attached = detached = None
    for record in trace.processes:
        if record["pid"] == pid and record["event"] == "attached":
            attached = nanoseconds(record["time"]) + MARGIN
        if record["pid"] == pid and record["event"] == "detached":
            detached = nanoseconds(record["time"])
    return attached, detached


class Torture(attaching.AttachTest):
    limit = 1500 if os.environ.get("MMSGTRACE_FULL") else 240

    def setUp(self):
        super().setUp()
        self.seed = int(os.environ.get("MMSGTRACE_SEED") or random.randrange(1 << 30))
        self.choose = random.Random(self.seed)

    def ended_well(self, program):
        program.tell(signal.SIGTERM)
        done = program.finish(40)
        said = done.out.decode().strip()
        counts = {name: int(number) for name, number in re.findall(r"(\w+) (-?\d+)", said)}
        self.assertEqual((done.status, counts["wrong"], counts["lost"]), (0, 0, 0),
                         f"seed {self.seed}: {said}, {program.header()}")
        return said

    def visit(self, program):
        """Comes and goes at random moments; what was recorded."""
        way = self.choose.choice(("for", signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
        goal = program.calls + self.choose.randint(1, 200)
        support.wait_until(lambda: program.calls >= goal, f"the program goes on: {attaching.states(program.pid)}")
        if way == "for":
            trace = self.attach(program.pid, options=["--for", f"{self.choose.randint(1, 250)}ms"], validate=False)
            self.assertEqual(trace.status, 0, trace.err)
            return trace
        tracer = attaching.Tracer(self, [program.pid])
        support.wait_until(lambda: attaching.tracers(program.pid) != {0} or tracer.process.poll() is not None,
                           "it is being attached to")
        goal = program.calls + self.choose.randint(0, 400)
        support.wait_until(lambda: program.calls >= goal, f"the program goes on: {attaching.states(program.pid)}")
        trace = tracer.leave(way, validate=False)
        self.assertEqual(trace.status, 128 + way, trace.err)
        return trace

    def compare(self, traces, program):
        """Every numbered call of each window is recorded once, and nothing that was not."""
        log, children = program.log()
        before = operator.attrgetter("before")
        log.sort(key=before)
        known = {(call.actor, call.number): call for call in log}
        births = {child.pid: child.birth for child in children}
        due = seen = unfinished = 0
        for number, trace in enumerate(traces):
            start, stop = window(trace, program.pid)
            self.assertIsNotNone(start, f"visit {number}: not attached: {trace.err}")
            shown = {}
            for call in trace.calls:
                if call["return"] is None and "unreadable_process" in [note["code"] for note in call["notes"]]:
                    # Killed by another thread's execve or exit while it was looked at.
                    unfinished += 1
                    continue
                actor, index, _ = map(int, support.payload(call["messages"][0]).split(b"."))
                self.assertNotIn((actor, index), shown, f"visit {number}: shown twice, seed {self.seed}")
                shown[actor, index] = call
                real = known[actor, index]
                self.assertEqual((call["pid"], len(call["messages"])), (real.pid, 1 + index % 4))
                if call["return"] is None:
                    unfinished += 1
                elif real.after:
                    # An execve can come between the return and its entry in the log.
                    self.assertEqual((call["return"], call["verdict"]["outcome"]), (real.result, "complete"))
            seen += len(shown)
            missing = []
            for call in log[bisect.bisect(log, start, key=before):bisect.bisect(log, stop, key=before)]:
                if not 0 < call.after < stop:
                    continue
                if call.pid != program.pid and not births.get(call.pid, 0) > start:
                    continue
                due += 1
                if (call.actor, call.number) not in shown:
                    missing.append(call)
                else:
                    self.assertEqual(shown[call.actor, call.number]["return"], call.result)
            self.assertEqual(missing, [], f"visit {number} of {start}…{stop}, seed {self.seed}, process"
                                          f" {program.pid}: {trace.processes}")
        self.assertGreater(due, 20 * len(traces), "the windows are too short to say anything")
        return f"{seen} calls recorded, {due} of them due, {unfinished} unfinished"

    def test_visits(self):
        program = Tortured(self, self.seed)
        traces = [self.visit(program) for _ in range(VISITS)]
        said = self.ended_well(program)
        compared = self.compare(traces, program)
        # The comparison can fail: it misses a call that is taken out.
        longest = max(traces, key=lambda trace: len(trace.calls))
        middle = len(longest.calls) // 2
        kept, longest.calls = longest.calls, longest.calls[:middle] + longest.calls[middle + 20:]
        with self.assertRaises(AssertionError):
            self.compare([longest], program)
        longest.calls = kept
        self.say(f"seed {self.seed}: {VISITS} visits, {compared}; the program: {said}")

    def test_visits_that_end_in_our_death(self):
        program = Tortured(self, self.seed)
        for _ in range(VISITS):
            tracer = attaching.Tracer(self, [program.pid])
            support.wait_until(lambda: attaching.tracers(program.pid) != {0} or tracer.process.poll() is not None,
                               "it is being attached to")
            goal = program.calls + self.choose.randint(0, 300)
            support.wait_until(lambda: program.calls >= goal, f"it goes on: {attaching.states(program.pid)}")
            tracer.tell(signal.SIGKILL)
            self.assertEqual(tracer.finish().status, -signal.SIGKILL)
            goal = program.calls + 50
            support.wait_until(lambda: program.calls >= goal, f"it goes on without us, seed {self.seed}:"
                               f" {attaching.states(program.pid)}")
        said = self.ended_well(program)
        self.say(f"seed {self.seed}: killed {VISITS} times; the program: {said}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
