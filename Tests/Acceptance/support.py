"""What the acceptance tests share: running the tracer with a time limit, and reading its records."""

import collections
import functools
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRACER = pathlib.Path(os.environ.get("MMSGTRACE", ROOT / ".build/release/mmsgtrace")).absolute()
PROGRAMS = ROOT / "Tests/Programs/build"
SAMPLES = ROOT / "samples/build"

Finished = collections.namedtuple("Finished", "status out err")


class TimedOut(AssertionError):
    """A program was still running at its time limit, and was killed."""


@functools.cache
def build():
    """Builds the programs that are traced; says why where that fails."""
    if not TRACER.exists():
        raise SystemExit(f"no tracer at {TRACER}: build it, or set MMSGTRACE")
    for folder in (ROOT / "samples", ROOT / "Tests/Programs"):
        made = subprocess.run(["make", "-s", "-j2", "-C", folder], capture_output=True, text=True)
        if made.returncode != 0:
            raise SystemExit(f"make -C {folder} failed:\n{made.stderr}")


def session_members(session):
    """The processes of a session, which is what a test started and only that."""
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            # A zombie whose other threads live on is as alive as they are.
            yield int(entry), "S" if fields[0] == "Z" and int(fields[17]) > 1 else fields[0]


def end_session(session, settle=0.0):
    """Kills what is left of a session; returns the pids that were still alive after `settle`."""
    deadline = time.monotonic() + settle
    while True:
        left = [pid for pid, state in session_members(session) if state not in "ZX"]
        if not left or time.monotonic() > deadline:
            break
        time.sleep(0.005)
    for pid in left:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return left


def run(command, limit=30, check_leftovers=False, **options):
    """Runs a command in a session of its own to its end, or kills all of it at the limit."""
    command = [str(word) for word in command]
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    process = subprocess.Popen(command, start_new_session=True, **options)
    try:
        out, err = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        end_session(process.pid)
        out, err = process.communicate()
        raise TimedOut(f"{' '.join(command)}: still running after {limit} s\n"
                       f"stdout ends: {(out or b'')[-600:]!r}\nstderr ends: {(err or b'')[-600:]!r}")
    except BaseException:
        end_session(process.pid)
        process.wait()
        raise
    left = end_session(process.pid, settle=1.0 if check_leftovers else 0.0)
    if check_leftovers and left:
        raise AssertionError(f"{' '.join(command)} left processes behind: {left}")
    return Finished(process.returncode, out, err)


def started(command, **options):
    """A command running in a session of its own; the test is to pass it to `end_session`."""
    return subprocess.Popen([str(word) for word in command], start_new_session=True, **options)


def wait_until(condition, what, limit=10):
    """Polls for an event that nothing announces; its value, or a failure naming it."""
    deadline = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen within {limit} s: {what}")
        time.sleep(0.01)


def unique_keys(pairs):
    """A JSON object; a key that stands in it twice is an error."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError(f"a key stands twice: {[key for key, _ in pairs]}")
    return dict(pairs)


@functools.cache
def validator():
    """A validator for what `mmsgtrace schema` prints."""
    import jsonschema

    schema = json.loads(run([TRACER, "schema"]).out)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


CONTROL_BYTE = re.compile(rb"[\x00-\x1f\x7f]")


def parse_records(data, validate=True):
    """The records of a JSON lines trace, each a valid object of one line; checked by the schema."""
    assert not data or data.endswith(b"\n"), f"the last line is cut: {data[-200:]!r}"
    records = []
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        bad = CONTROL_BYTE.search(line)
        assert not bad, f"line {number} carries a control byte: {bad}"
        record = json.loads(line.decode("utf-8"), object_pairs_hook=unique_keys)
        records.append(record)
        # The validator is slow; a record of a thousand messages has nothing that one of 50 has not.
        if validate and len(record.get("messages") or ()) <= 50:
            errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}"
                      for e in validator().iter_errors(record)]
            assert not errors, f"line {number} ({record.get('kind')}) against the schema: {errors[:3]}"
    return records


class Trace:
    """A traced run: how it ended, and its records by kind."""

    def __init__(self, finished, records):
        self.status, self.out, self.err = finished
        self.records = records
        self.calls = [record for record in records if record["kind"] == "call"]
        self.processes = [record for record in records if record["kind"] == "process"]

    @property
    def end(self):
        ends = [record for record in self.records if record["kind"] == "trace_end"]
        assert len(ends) == 1 and self.records[-1] is ends[0], f"trace_end is not the last, once: {ends}"
        return ends[0]

    def outcomes(self):
        return dict(collections.Counter(call["verdict"]["outcome"] for call in self.calls))


class TracingTest(unittest.TestCase):
    """A test with a folder of its own and a time limit."""

    limit = 60
    maxDiff = 4000

    def setUp(self):
        build()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mmsgtrace-test."))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        os.chmod(self.folder, 0o777)

        def expired(number, frame):
            raise TimedOut(f"the test took more than {self.limit} s")

        previous = signal.signal(signal.SIGALRM, expired)
        self.addCleanup(signal.signal, signal.SIGALRM, previous)
        signal.alarm(self.limit)
        self.addCleanup(signal.alarm, 0)

    def say(self, text):
        """What was compared, so that a passing test can be judged as well."""
        print(f"    {self.id().partition('.')[2]}: {text}", flush=True)

    def trace(self, command, options=(), limit=30, validate=True, before=(), **more):
        """Traces a command into JSON lines. `before` is a command that runs the tracer."""
        output = self.folder / f"trace-{len(list(self.folder.iterdir()))}.jsonl"
        finished = run([*before, TRACER, "-o", output, *options, "--", *command], limit=limit,
                       check_leftovers=True, **more)
        self.assertTrue(output.exists(), f"no trace was written; stderr: {finished.err!r}")
        trace = Trace(finished, parse_records(output.read_bytes(), validate))
        self.assertEqual(trace.records[0]["kind"], "trace_start")
        self.assertEqual(trace.end["calls"], len(trace.calls), "trace_end counts other calls")
        self.assertEqual(trace.end["lost"], 0)
        self.assertEqual(trace.end["outcomes"], trace.outcomes())
        self.assertEqual([call["seq"] for call in trace.calls and sorted(trace.calls, key=lambda c: c["seq"])],
                         list(range(1, len(trace.calls) + 1)), "the sequence has gaps")
        return trace


def payload(message):
    """The kept bytes of a message, or None."""
    import base64

    kept = message["payload"]
    if kept is None or kept["data"] is None:
        return None
    data = kept["data"].encode() if kept["encoding"] == "utf-8" else base64.b64decode(kept["data"], validate=True)
    assert len(data) == kept["captured"], f"captured says {kept['captured']}, the data holds {len(data)}"
    return data


def payloads(trace):
    """Each call's payloads, as text, in order of sequence."""
    return [[payload(message).decode() for message in call["messages"]]
            for call in sorted(trace.calls, key=lambda call: call["seq"])]


def need_root(test):
    """For tests that need a network namespace or another user."""
    return unittest.skipUnless(os.geteuid() == 0, "needs root: a namespace or another user")(test)


def need_kernel_evidence(test):
    """For tests of what only --kernel-evidence tells."""
    is_initial = os.readlink("/proc/self/ns/pid") == "pid:[4026531836]"
    return need_root(unittest.skipUnless(
        is_initial, "kernel evidence cannot be had: it needs the initial PID namespace, and this is another")(test))


def nobody():
    return pwd.getpwnam("nobody")
