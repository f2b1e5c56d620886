"""What the tests of attaching share: programs that run already, and a tracer that comes and goes."""

import contextlib
import itertools
import os
import signal
import struct
import subprocess

import support

# For the names of files.
NUMBERS = itertools.count(1)


class Program:
    """A program that runs before the tracer comes, in a session of its own."""

    def __init__(self, test, command, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        self.process = support.started(command, **options)
        self.pid = self.process.pid
        self.session = self.pid
        test.addCleanup(self.clear)

    def clear(self):
        support.end_session(self.session)
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                stream.close()

    def tell(self, number):
        os.kill(self.pid, number)

    def finish(self, limit=20):
        """Its end, which is the test's to bring about."""
        try:
            out, err = self.process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            raise support.TimedOut(f"{self.process.args} still runs: {states(self.pid)}")
        return support.Finished(self.process.returncode, out, err)


class Counted(Program):
    """A program whose counters, by the kind of a call, can be read while it runs."""

    ENTRY = struct.Struct("24s3Q")

    def __init__(self, test, name, *words, before=()):
        self.file = test.folder / f"counts-{next(NUMBERS)}"
        super().__init__(test, [*before, support.PROGRAMS / name, self.file, *words])

    def counts(self):
        """{kind: (calls, interrupted, wrong)}"""
        kinds = self.ENTRY.iter_unpack(self.file.read_bytes())
        return {name.rstrip(b"\0").decode(): numbers for name, *numbers in kinds}

    def interrupted(self):
        return sum(interrupted for _, interrupted, _ in self.counts().values())

    def disturbed(self):
        """Kinds whose calls failed or came back too early."""
        return {name: numbers for name, numbers in self.counts().items() if any(numbers[1:])}


class Served(Counted):
    """`served`, which sends batches and waits."""

    def __init__(self, test, idle=0, before=()):
        super().__init__(test, "served", idle, before=before)
        self.threads = 27 + idle
        support.wait_until(lambda: self.file.exists() and self.file.stat().st_size and self.batches > 2,
                           "the program sends")

    @property
    def batches(self):
        return self.ENTRY.unpack(self.file.read_bytes()[:self.ENTRY.size])[1]

    def goes_on(self, more=20, limit=10):
        """Waits for `more` batches; fails where it does not send them."""
        goal = self.batches + more
        support.wait_until(lambda: self.batches >= goal, f"{more} more batches: {states(self.pid)}", limit)

    def end(self):
        """Ends it in its own way; what it printed."""
        self.tell(signal.SIGTERM)
        done = self.finish()
        assert done.status == 0, done
        return done


def status(tid, key):
    """A value of /proc/TID/status; None where the thread is gone."""
    with contextlib.suppress(OSError), open(f"/proc/{tid}/status") as file:
        for line in file:
            name, _, value = line.partition(":")
            if name == key:
                return value.strip()
    return None


def tids(pid):
    try:
        return [int(name) for name in os.listdir(f"/proc/{pid}/task")]
    except OSError:
        return []


def states(pid):
    """The letters of all threads' states, sorted."""
    return "".join(sorted((status(tid, "State") or "?")[0] for tid in tids(pid)))


def tracers(pid):
    """The TracerPid of each thread."""
    return tracers_of(tids(pid))


def tracers_of(threads):
    return {int(status(tid, "TracerPid") or 0) for tid in threads}


def is_traced(pid):
    """True when all of its threads have a tracer, which may not have stopped them yet: see `Tracer.has`."""
    return bool(tids(pid)) and 0 not in tracers(pid)


def events(trace, kind, pid=None):
    return [record for record in trace.processes if record["event"] == kind and pid in (None, record["pid"])]


def payload_numbers(trace):
    """The numbers of the batches of `served`, in order of entry."""
    return [int(text[0].partition(".")[0]) for text in support.payloads(trace)]


def waits_in_send(pid):
    """True when the first thread sleeps in sendmmsg."""
    try:
        with open(f"/proc/{pid}/syscall") as file:
            return file.read().split()[0] == "307"
    except OSError:
        return False


class AttachTest(support.TracingTest):
    def check_undisturbed(self, program):
        self.assertEqual(program.disturbed(), {})
        self.assertEqual(tracers(program.pid), {0})
        self.assertNotRegex(states(program.pid), "[tT]")

    def attach(self, *pids, options=(), limit=30, command=(), check=True, validate=True):
        """One run with -p to its end."""
        output = self.folder / f"attach-{next(NUMBERS)}.jsonl"
        words = [word for pid in pids for word in ("-p", pid)]
        done = support.run([support.TRACER, "-o", output, *options, *words, *(["--", *command] if command else [])],
                           limit=limit)
        return self.read(done, output, check, validate)

    def read(self, done, output, check=True, validate=True):
        data = output.read_bytes() if output.exists() else b""
        trace = support.Trace(done, support.parse_records(data, validate))
        if check:
            self.assertTrue(trace.records, f"nothing was written: {done}")
            self.assertEqual(trace.records[0]["kind"], "trace_start")
            self.assertEqual(trace.end["calls"], len(trace.calls))
            self.assertEqual(trace.end["lost"], 0)
        return trace

    def attached(self, *pids, options=(), **more):
        """A tracer that stays, and misses no call of `pids` from here on."""
        tracer = Tracer(self, pids, options, **more)
        support.wait_until(lambda: all(tracer.has(pid) for pid in pids if isinstance(pid, int)),
                           f"{pids} are traced")
        return tracer


class Tracer(Program):
    """A tracer that runs until it is told to leave."""

    def __init__(self, test, pids, options=(), before=(), command=(), **more):
        self.test = test
        self.output = test.folder / f"attach-{next(NUMBERS)}.jsonl"
        words = [word for pid in pids for word in ("-p", pid)]
        super().__init__(test, [*before, support.TRACER, "-o", self.output, *options, *words,
                                *(["--", *command] if command else [])], **more)

    def has(self, pid):
        """True when no call that begins now is missed: its threads are seized *and* told to stop.

        Between the two a thread that has a tracer already may still make a call on its own.
        """
        return self.output.exists() and b'"event":"attached","pid":%d,' % pid in self.output.read_bytes() and is_traced(pid)

    def leave(self, number=signal.SIGINT, limit=20, validate=True):
        """Tells it to leave; what it recorded."""
        self.tell(number)
        return self.test.read(self.finish(limit), self.output, validate=validate)
