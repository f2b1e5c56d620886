"""Summaries, compared with the records of the same run; live ones on a terminal and elsewhere."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import unittest

import support


class Summary(support.TracingTest):
    def summed(self, *options, command=None):
        """A run: its records, and the summary that stood on stderr."""
        records = self.folder / "trace.jsonl"
        done = support.run([support.TRACER, "-c", "-o", records, *options, "--",
                            command or support.SAMPLES / "ignores_count"])
        self.assertEqual(done.status, 0, done.err)
        return support.parse_records(records.read_bytes()), done.err.decode()

    def table(self, text, title):
        lines = text[text.index(f"\n{title} ") + 1:].split("\n\n")[0].splitlines()
        titles = lines[0].split()[1:]
        return [dict(zip(titles, line.split()[-len(titles):])) for line in lines[1:]]

    def test_sums_are_those_of_the_records(self):
        records, text = self.summed(command=support.PROGRAMS / "packets")
        end = records[-1]
        self.assertTrue(text.startswith(f"{end['calls']} calls in "), text)
        self.assertIn(f"messages  {end['messages_asked']} asked, {end['messages_sent']} sent\n", text)
        self.assertIn(f"bytes     {end['bytes_sent']} sent\n", text)
        for outcome, calls in end["outcomes"].items():
            self.assertRegex(text, rf"\n{outcome} +{calls} ")
        self.assertRegex(text, r"\nEMSGSIZE +1 ")
        program, = self.table(text, "PROGRAM")
        self.assertEqual((program["CALLS"], program["MESSAGES"], program["BYTES"], program["SHORT"]),
                         (str(end["calls"]), str(end["messages_asked"]), str(end["bytes_sent"]), "1"))
        sockets = {call["socket"]["inode"] for call in records if call["kind"] == "call"}
        self.assertEqual(len(self.table(text, "SOCKET")), len(sockets))

    def test_losses_are_those_of_the_trace(self):
        for program in "ignores_count", "whole_batch":
            records, text = self.summed("--watch-retries", "-o", self.folder / "trace.txt", command=support.SAMPLES / program)
            _, found, said = text.partition("\nLOSSES\n")
            whole = (self.folder / "trace.txt").read_text()
            self.assertEqual(bool(found), bool(records[-1]["losses"]["causes"]), text)
            # But for where lines are broken.
            self.assertTrue(" ".join(whole.split()).endswith(" ".join(said.split())), said)
            self.assertEqual("ignores_count dropped" in " ".join(said.split()), program == "ignores_count")

    def test_the_longest_time_is_that_of_the_records(self):
        records, text = self.summed()
        longest = max(call["duration_ns"] for call in records if call["kind"] == "call")
        number, unit = re.search(r" max ([0-9.]+)(ns|µs|ms|s)\n", text).groups()
        shown = float(number) * {"ns": 1, "µs": 1e3, "ms": 1e6, "s": 1e9}[unit]
        self.assertLessEqual(abs(longest - shown), longest / 100)

    def test_saved_traces_are_summed_alike(self):
        _, live = self.summed("--sort", "bytes", command=support.PROGRAMS / "packets")
        shown = support.run([support.TRACER, "show", "-c", "--sort", "bytes", self.folder / "trace.jsonl"])
        self.assertEqual((shown.status, shown.out.decode()), (0, live))
        sizes = [int(row["BYTES"]) for row in self.table(live, "SOCKET")]
        self.assertEqual(sizes, sorted(sizes, reverse=True))

    def test_a_column_that_does_not_exist(self):
        done = support.run([support.TRACER, "-c", "--sort", "size", "true"])
        self.assertEqual(done.status, 64)
        self.assertEqual(done.err.count(b"\n"), 1)

    def start(self, stderr):
        """A sender under a live summary; each line to it is two messages."""
        sender = support.started([support.TRACER, "-c", "--every", "100ms", "--", support.PROGRAMS / "told_sender"],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr)
        self.addCleanup(sender.stdout.close)
        self.addCleanup(sender.wait)
        self.addCleanup(support.end_session, sender.pid)
        sender.stdout.readline()
        return sender

    def send(self, sender):
        sender.stdin.write(b"\n")
        sender.stdin.flush()
        sender.stdout.readline()

    def read_until(self, fd, what):
        text = b""
        while what not in text:
            ready, _, _ = select.select([fd], [], [], 10)
            self.assertTrue(ready, f"{what} did not come; what came: {text!r}")
            text += os.read(fd, 65536)
        return text

    def test_live_tables_follow_each_other(self):
        reading, writing = os.pipe()
        self.addCleanup(os.close, reading)
        sender = self.start(writing)
        os.close(writing)
        for calls in (b"1 call in", b"2 calls in"):
            self.send(sender)
            text = self.read_until(reading, calls)
            self.assertNotIn(b"\x1b", text)
        sender.stdin.close()
        self.assertEqual(sender.wait(10), 0)

    def test_on_a_terminal_it_is_drawn_over(self):
        terminal, end = pty.openpty()
        self.addCleanup(os.close, terminal)
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 12, 60, 0, 0))
        sender = self.start(end)
        os.close(end)
        self.send(sender)
        first = self.read_until(terminal, b"1 call in")
        self.assertIn(b"\x1b[2J\x1b[H", first)
        self.send(sender)
        second = self.read_until(terminal, b"2 calls in")
        self.assertIn(b"\x1b[H\x1b[K2 calls in", second)
        picture = second.split(b"\x1b[H")[-1]
        self.assertLessEqual(picture.count(b"\n"), 11)
        # The next picture fits the terminal as it is then.
        for calls, (lines, columns) in ((b"3 calls in", (20, 40)), (b"4 calls in", (8, 100))):
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            self.send(sender)
            text = self.read_until(terminal, calls)
            while b"\x1b[J" not in text[text.index(calls):]:
                self.assertTrue(select.select([terminal], [], [], 10)[0], text)
                text += os.read(terminal, 65536)
            picture = text[text.index(calls):].split(b"\x1b[J")[0].replace(b"\x1b[K", b"").decode().split("\r\n")
            self.assertLessEqual(len(picture), lines)
            self.assertTrue(any(line.startswith("no room for ") for line in picture), picture)
            self.assertLessEqual(max(map(len, picture)), columns)
            self.assertEqual(max(map(len, picture)) > 40, columns > 40, picture)
        sender.stdin.close()
        self.assertEqual(sender.wait(10), 0)


if __name__ == "__main__":
    unittest.main()
