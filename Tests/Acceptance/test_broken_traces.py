"""What was saved and then broken, in every way that bytes can be: `show`, `check` and `diff` end in
good order, say in whole lines what is wrong, and leave no half-written file.

Seeded (MMSGTRACE_SEED), a few seconds; with MMSGTRACE_FULL many times as much.
"""

import json
import os
import random
import re
import resource
import struct
import unittest
import xml.etree.ElementTree

import checking
import support

FULL = bool(os.environ.get("MMSGTRACE_FULL"))
SEED = int(os.environ.get("MMSGTRACE_SEED", "1"))
NUMBER = re.compile(rb"(?<=[:\[,])-?\d+(?=[,\]}])")
STRING = re.compile(rb'"[^"\\]*"')
HUGE = (b"-1", b"65536", b"4294967296", b"18446744073709551615", b"18446744073709551616", b"-9223372036854775809",
        b"9" * 400, b"1e400", b"1.5", b"-0", b"00", b"NaN", b"true", b"null")
STRANGE = (b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\0", b"\x1b[2J", b"\\ud800", b"\\u12", b"\\x",
           b'"', b"\\", b"\r\n", b"\n", b"{", b"}", b"]", b",", b":", b"\xe2\x80\xae")
NESTS = ((b"[", b"]"), (b'{"a":', b"}"))
DEPTHS = (3, 70, 20000)


class Breaker:
    """Breaks traces, in a way that a seed chooses."""

    def __init__(self, seed):
        self.choice = random.Random(seed)
        self.ways = [self.cut, self.flip, self.repeat_line, self.drop_line, self.swap_lines, self.number, self.nest,
                     self.strange, self.text, self.splice, self.fill]

    def each(self):
        """Every way once, with every value that it can put there."""
        return ([lambda trace, value=value: self.replaced(trace, NUMBER, value) for value in HUGE]
                + [lambda trace, value=value: self.replaced(trace, STRING, b'"' + value * 9 + b'"') for value in STRANGE]
                + [lambda trace, way=way, depth=depth: self.nest(trace, way, depth) for way in NESTS for depth in DEPTHS]
                + [self.cut, self.flip, self.repeat_line, self.drop_line, self.swap_lines, self.strange, self.splice,
                   self.fill])

    def broken(self, trace):
        for _ in range(self.choice.randint(1, 3)):
            trace = self.choice.choice(self.ways)(trace)
        return trace

    def place(self, trace):
        return self.choice.randint(0, len(trace))

    def lines(self, trace):
        return trace.splitlines(keepends=True) or [b""]

    def cut(self, trace):
        return trace[:self.place(trace)]

    def flip(self, trace):
        trace = bytearray(trace)
        for _ in range(self.choice.randint(1, 4) if trace else 0):
            trace[self.choice.randrange(len(trace))] ^= 1 << self.choice.randrange(8)
        return bytes(trace)

    def repeat_line(self, trace):
        lines = self.lines(trace)
        place = self.choice.randrange(len(lines))
        return b"".join(lines[:place] + [lines[place]] * self.choice.choice((2, 3, 300)) + lines[place + 1:])

    def drop_line(self, trace):
        lines = self.lines(trace)
        del lines[self.choice.randrange(len(lines))]
        return b"".join(lines)

    def swap_lines(self, trace):
        lines = self.lines(trace)
        self.choice.shuffle(lines)
        return b"".join(lines)

    def replaced(self, trace, pattern, by):
        found = list(pattern.finditer(trace))
        if not found:
            return trace
        match = self.choice.choice(found)
        return trace[:match.start()] + by + trace[match.end():]

    def number(self, trace):
        return self.replaced(trace, NUMBER, self.choice.choice(HUGE))

    def text(self, trace):
        return self.replaced(trace, STRING, b'"' + self.choice.choice(STRANGE) * self.choice.choice((1, 5000)) + b'"')

    def nest(self, trace, way=None, depth=None):
        opened, closed = way or self.choice.choice(NESTS)
        depth = depth or self.choice.choice(DEPTHS)
        return self.replaced(trace, NUMBER, opened * depth + b"1" + closed * self.choice.choice((0, depth)))

    def strange(self, trace):
        place = self.place(trace)
        return trace[:place] + self.choice.choice(STRANGE) + trace[place:]

    def splice(self, trace):
        first, last = sorted((self.place(trace), self.place(trace)))
        place = self.place(trace)
        return trace[:place] + trace[first:last] + trace[place:]

    def fill(self, trace):
        place = self.place(trace)
        return trace[:place] + self.choice.choice((b"\0", b" ", b"\n", b"a", b"\xff")) * 70000 + trace[place:]


class BrokenTraces(checking.CheckTest):
    limit = 1200 if FULL else 60

    def setUp(self):
        super().setUp()
        self.wholes = []
        for name, folder in (("control_messages", support.SAMPLES), ("ignores_count", support.SAMPLES),
                             ("stream_cut_short", support.SAMPLES), ("hostile", support.PROGRAMS)):
            path = self.folder / f"{name}.jsonl"
            done = support.run([support.TRACER, "-o", path, "--", folder / name])
            self.assertEqual(done.status, 0, done.err)
            self.wholes.append(path)
        self.bad = self.folder / "bad.jsonl"
        self.rules = self.policy('max: { abandoned: 0, unsent: 1%, duration.p99: 1ms }, deny: { to: "*:53" }, '
                                 "require: { control: UDP_SEGMENT }")

    def read(self, what, *arguments):
        """Runs a command on broken traces; its status and what it printed."""
        done = support.run([support.TRACER, *arguments], limit=20,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (64 << 20,) * 2))
        self.assertIn(done.status, (0, 1, 65), (what, arguments, done))
        lines = done.err.decode().splitlines()
        self.assertTrue(all(line.startswith("mmsgtrace: ") for line in lines), (what, done.err))
        # One for what is wrong, one for each kind of record that is not known, one for how it ended.
        self.assertLess(len(lines), 6, (what, done.err))
        self.assertEqual(len(set(lines)), len(lines), (what, done.err))
        if done.status == 65:
            self.assertTrue(lines, what)
        return done

    def examine(self, what, whole):
        """All commands on the trace that is in `self.bad`."""
        junit, sarif, packets = (self.folder / name for name in ("a.xml", "a.sarif", "a.pcapng"))
        self.assertNotIn(self.read(what, "show", "-x", "-tt", "-v", self.bad).status, (1,), what)
        shown = self.read(what, "show", "--format", "json", self.bad)
        support.parse_records(shown.out, validate=False)
        done = self.read(what, "show", "-c", "-o", packets, "--unsent", self.bad)
        self.assertEqual(done.status, shown.status, what)
        self.assertTrue(self.is_pcapng(packets.read_bytes()), what)
        done = self.read(what, "check", "--policy", self.rules, "--junit", junit, "--sarif", sarif, "--github", self.bad)
        self.assertEqual(set(self.fared(done.out.decode())), {"rule"}, what)
        xml.etree.ElementTree.parse(junit)
        json.loads(sarif.read_text())
        # What can be read may still not be whole.
        self.assertTrue(self.read(what, "diff", whole, self.bad).status == 65 or shown.status == 0, what)
        self.assertEqual([path.name for path in self.folder.iterdir() if ".new-" in path.name], [])
        return shown.status

    def is_pcapng(self, data):
        """True where it is blocks to its end, each with its length on both sides."""
        place = 0
        while place < len(data):
            kind, length = struct.unpack_from("<II", data, place)
            if length < 12 or length % 4 or place + length > len(data):
                return False
            if struct.unpack_from("<I", data, place + length - 4)[0] != length:
                return False
            place += length
        return place > 0

    def test_what_was_broken_by_chance(self):
        breaker, ends = Breaker(SEED), {0: 0, 65: 0}
        ways = breaker.each() * (20 if FULL else 1) + [breaker.broken] * (2000 if FULL else 30)
        for number, way in enumerate(ways):
            whole = breaker.choice.choice(self.wholes)
            self.bad.write_bytes(way(whole.read_bytes()))
            ends[self.examine(f"seed {SEED}, number {number}", whole)] += 1
        self.assertGreater(min(ends.values()), 5, ends)
        self.say(f"seed {SEED}: {ends[65]} traces could not be read, {ends[0]} could, five commands each")

    def test_what_was_cut_at_every_byte(self):
        """Of one short trace: nothing but a whole line is taken for one."""
        whole = self.wholes[0]
        lines = whole.read_bytes().splitlines(keepends=True)
        data = lines[0] + lines[1]
        for length in range(0, len(data), 1 if FULL else 23):
            self.bad.write_bytes(data[:length])
            done = self.read(f"{length} bytes", "show", "--format", "json", self.bad)
            # The last may lack its newline.
            ends = [0, len(lines[0]), len(data)]
            whole_lines = sum(length >= end - 1 for end in ends[1:])
            self.assertEqual(done.out, data[:ends[whole_lines]], length)
            self.assertEqual(done.status == 0, length - ends[whole_lines] in (-1, 0) and length > 0, (length, done))


if __name__ == "__main__":
    unittest.main()
