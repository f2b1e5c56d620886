"""What is changed while a call runs: shown with --verify, and nothing is read again without."""

import subprocess
import unittest

import support

SAMPLE = support.SAMPLES / "rewritten_while_waiting"
CHANGED = [["payload"], ["iov"], ["control"], ["name"], ["header"], []]


class Verify(support.TracingTest):
    def test_each_part(self):
        for mode in ([], ["--seccomp", "off"]):
            trace = self.trace([SAMPLE], ["--verify", *mode])
            self.assertEqual(trace.out, b"call 6\n")
            (call,) = trace.calls
            self.assertEqual([message["mutated"] for message in call["messages"]], CHANGED)
            self.assertEqual([(note["code"], note["message"]) for note in call["notes"]], [("mutated_during_call", 0)])
            # What was asked for stands as it was.
            self.assertEqual(support.payloads(trace), [[f"before {i}" for i in range(6)]])

    def test_nothing_without_the_option(self):
        (call,) = self.trace([SAMPLE]).calls
        self.assertEqual([message["mutated"] for message in call["messages"]], [None] * 6)
        # Only what its count gives away: the second message went out shorter than it was.
        self.assertEqual([(note["code"], note["message"]) for note in call["notes"]], [("mutated_during_call", 1)])

    def test_what_stays_is_not_noted(self):
        for program in ("whole_batch", "control_messages", "stream_cut_short", "thirty_two_bit.m32"):
            trace = self.trace([support.SAMPLES / program], ["--verify", "-s", "all"])
            self.assertGreater(len(trace.calls), 0)
            for call in trace.calls:
                self.assertEqual({str(message["mutated"]) for message in call["messages"]}, {"[]"}, program)

    def reads(self, options):
        """How often the tracer reads a program's memory for one call, counted by strace.

        Attached, since strace would trace a launched program itself.
        """
        sender = support.started([support.PROGRAMS / "told_sender"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(sender.communicate)
        self.addCleanup(support.end_session, sender.pid)
        sender.stdout.readline()
        log = self.folder / "strace.txt"
        output = self.folder / "t.jsonl"
        output.unlink(missing_ok=True)
        tracer = support.started(["strace", "-f", "-e", "trace=process_vm_readv", "-o", log, support.TRACER, "-o",
                                  output, *options, "--calls", 1, "-p", sender.pid])
        self.addCleanup(support.end_session, tracer.pid)
        support.wait_until(lambda: output.exists() and b'"event":"attached"' in output.read_bytes(), "the tracer attached")
        sender.stdin.write(b"send\n")
        sender.stdin.flush()
        self.assertEqual(sender.stdout.readline(), b"2\n")
        self.assertEqual(tracer.wait(30), 0)
        return log.read_text().count("process_vm_readv(")

    def test_reads_at_exit_only_with_the_option(self):
        without, with_it = self.reads([]), self.reads(["--verify"])
        self.say(f"{without} reads without, {with_it} with --verify")
        # The array; names, iovecs and control blocks; payload.
        self.assertEqual(with_it, without + 3)

    def test_text(self):
        done = support.run([support.TRACER, "--verify", "--", SAMPLE], stderr=subprocess.PIPE)
        text = done.err.decode()
        self.assertEqual(text.count("changed while the call ran: "), 5, text)
        self.assertIn("note, message 0: what it passed changed while the call ran (payload)", text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
