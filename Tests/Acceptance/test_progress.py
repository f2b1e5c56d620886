"""The line that tells how far long work on saved traces has come: on a terminal, and only there."""

import os
import pty
import select
import subprocess
import time
import unittest

import support

LINE = rb"\r\d+\.\d\d GB, \d+ records\x1b\[K"
LINE_WITH_AN_END = rb"\r\d+\.\d\d of \d+\.\d\d GB, \d+ records, \d+ s left\x1b\[K"


class Progress(support.TracingTest):
    def setUp(self):
        super().setUp()
        self.saved = self.folder / "saved.jsonl"
        support.run([support.TRACER, "-o", self.saved, "--", support.SAMPLES / "whole_batch"])
        self.policy = self.folder / "policy.yaml"
        self.policy.write_text("version: 1\nrules: [{ id: any, min: { calls: 1 } }]\n")

    def start(self, *arguments, **streams):
        """A command whose stderr is a terminal, and that terminal."""
        terminal, end = pty.openpty()
        self.addCleanup(os.close, terminal)
        process = support.started([support.TRACER, *arguments], stderr=end, **streams)
        os.close(end)
        self.addCleanup(process.wait)
        self.addCleanup(support.end_session, process.pid)
        return process, terminal

    def read(self, terminal, seconds):
        """What comes within that time; empty at the end as well."""
        if not select.select([terminal], [], [], seconds)[0]:
            return b""
        try:
            return os.read(terminal, 4096)
        except OSError:
            return b""

    def rest(self, process, terminal):
        said = b""
        while piece := self.read(terminal, 20):
            said += piece
        self.assertIn(process.wait(20), (0, 1))
        return said

    def test_every_command_that_reads_traces(self):
        """Work that goes on because records still come: `tail -f trace.jsonl | mmsgtrace show -`."""
        for arguments in (["show", "-"], ["check", "--policy", self.policy, "-"], ["diff", self.saved, "-"]):
            with self.subTest(arguments[0]):
                process, terminal = self.start(*arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
                said, deadline = b"", time.monotonic() + 20
                while b"records" not in said and time.monotonic() < deadline:
                    process.stdin.write(self.saved.read_bytes())
                    process.stdin.flush()
                    said += self.read(terminal, 0.02)
                self.assertRegex(said, LINE)
                process.stdin.close()
                said += self.rest(process, terminal)
                # It is gone before anything else is said.
                self.assertEqual(said.split(b"\r")[-1].removeprefix(b"\x1b[K").count(b"records"), 0, said)
                self.assertNotIn(b"\n", said.rpartition(b"\r\x1b[K")[0])

    def test_a_summary_on_a_terminal_comes_at_the_end(self):
        shown, end = pty.openpty()
        self.addCleanup(os.close, shown)
        process, terminal = self.start("show", "-c", "-", stdin=subprocess.PIPE, stdout=end)
        os.close(end)
        said, deadline = b"", time.monotonic() + 20
        while b"records" not in said and time.monotonic() < deadline:
            process.stdin.write(self.saved.read_bytes())
            process.stdin.flush()
            said += self.read(terminal, 0.02)
        self.assertRegex(said, LINE)
        process.stdin.close()
        self.assertTrue((said + self.rest(process, terminal)).endswith(b"\r\x1b[K"))

    def test_how_long_it_takes(self):
        """Where there is an end, the line says when it comes; the work is held up by whom it is shown to."""
        large = self.folder / "large.jsonl"
        large.write_bytes(self.saved.read_bytes() * (4_000_000 // self.saved.stat().st_size))
        process, terminal = self.start("show", "--format", "json", large, stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        said, deadline = b"", time.monotonic() + 20
        while b"left" not in said and time.monotonic() < deadline:
            os.read(process.stdout.fileno(), 8192)
            said += self.read(terminal, 0.02)
        self.assertRegex(said, LINE_WITH_AN_END)
        while os.read(process.stdout.fileno(), 1 << 20):
            pass
        self.assertTrue((said + self.rest(process, terminal)).endswith(b"\r\x1b[K"))

    def test_nowhere_else(self):
        """Not where stderr is a pipe, nor where the records themselves go to a terminal."""
        process = support.started([support.TRACER, "show", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE)
        self.addCleanup(support.end_session, process.pid)
        onto, terminal = self.start("show", "-", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self.addCleanup(onto.stdin.close)
        shown, end = pty.openpty()
        self.addCleanup(os.close, shown)
        beside, other = self.start("show", "--color", "never", "-", stdin=subprocess.PIPE, stdout=end)
        os.close(end)
        # As long as the first of them takes to tell, the others have had the time to.
        told, elsewhere, deadline = b"", b"", time.monotonic() + 20
        while b"records" not in told and time.monotonic() < deadline:
            for each in (process, beside, onto):
                each.stdin.write(self.saved.read_bytes())
                each.stdin.flush()
            told += self.read(terminal, 0.02)
            elsewhere += self.read(other, 0) + self.read(shown, 0)
        self.assertIn(b"records", told)
        for each in (process, beside):
            each.stdin.close()
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()
        self.assertEqual(process.wait(20), 0)
        elsewhere += self.read(shown, 1)
        self.assertNotIn(b" GB", elsewhere)


if __name__ == "__main__":
    unittest.main()
