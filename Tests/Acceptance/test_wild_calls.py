"""Calls that no sane program makes: whatever a program passes, the trace is whole and in order.

MMSGTRACE_FUZZ_SEED repeats a run; MMSGTRACE_FULL=1 makes ten times as many calls.
"""

import json
import os
import random
import re
import subprocess
import threading
import time
import unittest

import kernel_model
import support

FULL = os.environ.get("MMSGTRACE_FULL") == "1"
CALLS = 200_000 if FULL else 20_000
MEMORY = 256 << 10  # KiB
SAID = re.compile(r"(\d+) calls, (\d+) failed, (\d+) messages\n")
CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
# Nothing but the line end may stand in text: no control character, no C1, no bidi control.
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff%s]" % "".join(map(chr, sorted(kernel_model.BIDI))))


class Held:
    """The most memory that the tracer has held (VmHWM, KiB), looked at while it runs.

    Not ru_maxrss, which a program has from the process that executed it: from these tests, and they
    can hold more than the tracer ever does.
    """

    def __init__(self, pid):
        self.path, self.value = f"/proc/{pid}/status", 0
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def watch(self):
        pause = threading.Event()
        while True:
            try:
                with open(self.path) as file:
                    fields = dict(line.split(":", 1) for line in file)
            except OSError:
                return
            if "VmHWM" not in fields:
                return
            if fields["Name"].strip() == support.TRACER.name:
                self.value = int(fields["VmHWM"].split()[0])
            pause.wait(0.01)

    def most(self):
        self.thread.join()
        return self.value


@support.need_root
class WildCalls(support.TracingTest):
    limit = 1200 if FULL else 240

    def traced(self, output, program, seed, calls, options=()):
        """Traces wild calls; what the program says of them: calls, failed ones, messages."""
        started = time.monotonic()
        command = [support.TRACER, "-o", output, *options, "--", support.PROGRAMS / program, seed, calls]
        process = support.started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(support.end_session, process.pid)
        held = Held(process.pid)
        with process.stdout, process.stderr:
            out, err = process.stdout.read(), process.stderr.read()
        self.assertEqual(process.wait(), 0, f"seed {seed}: {err[-500:]!r}")
        self.assertGreater(held.most(), 0)
        self.assertLess(held.most(), MEMORY, f"seed {seed}: KiB at most held")
        said = [int(number) for number in SAID.fullmatch(out.decode()).groups()]
        self.say(f"{program} with MMSGTRACE_FUZZ_SEED={seed}: {calls} calls, {said[1]} failed, "
                 f"{held.most() >> 10} MiB, {time.monotonic() - started:.1f} s")
        return said

    def seed(self):
        return int(os.environ.get("MMSGTRACE_FUZZ_SEED", random.randrange(1 << 63)))

    def check_records(self, program, calls):
        seed, path = self.seed(), self.folder / "t.jsonl"
        said = self.traced(path, program, seed, calls)
        choice, checked = random.Random(seed), 0
        seen, failed, sent, last = 0, 0, 0, None
        with open(path, "rb") as lines:
            for number, line in enumerate(lines, 1):
                where = f"seed {seed}, line {number}"
                self.assertIsNone(CONTROL.search(line, 0, len(line) - 1), where)
                record = last = json.loads(line.decode("utf-8"), object_pairs_hook=support.unique_keys)
                if record["kind"] != "call":
                    continue
                seen += 1
                self.assertEqual(record["seq"], seen, where)
                failed += record["return"] < 0
                sent += max(record["return"], 0)
                # The validator is slow.
                if choice.random() < 600 / calls and len(record["messages"]) <= 50:
                    errors = [error.message[:300] for error in support.validator().iter_errors(record)]
                    self.assertEqual(errors, [], where)
                    checked += 1
        self.assertEqual([seen, failed, sent], said, f"seed {seed}")
        self.assertEqual((last["kind"], last["calls"], last["lost"]), ("trace_end", seen, 0))
        self.assertGreater(checked, 300)

    def test_records(self):
        self.check_records("wild_calls", CALLS)

    def test_records_of_a_32_bit_program(self):
        self.check_records("wild_calls.m32", CALLS // 4)

    def test_text(self):
        seed = self.seed()
        for options in ([], ["-v", "-x", "--verify"]):
            path, calls = self.folder / "t.txt", CALLS // 8
            self.traced(path, "wild_calls", seed, calls, options)
            count = 0
            with open(path, encoding="utf-8", newline="\n") as lines:
                for number, line in enumerate(lines, 1):
                    found = FORBIDDEN.search(line)
                    self.assertIsNone(found, f"seed {seed}, line {number}: {line[:200]!a}")
                    count += bool(re.match(r"\[pid \d+\] sendmmsg\(", line))
            self.assertEqual(count, calls, f"seed {seed}")

    def test_the_search_finds_what_it_looks_for(self):
        for character in "\x00\x07\x1b\r\t\x7f\x85\x9b\u2028\u202e\u2066\ufeff":
            self.assertTrue(FORBIDDEN.search(f"a{character}b"), ascii(character))
        self.assertFalse(FORBIDDEN.search("[pid 1] sendmmsg(3, é → “x”)\n"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
