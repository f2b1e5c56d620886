"""Memory that the program's own calls may read, and a tracer not: nothing is waited for, nothing claimed.

A page that userfaultfd keeps back is provided by a thread of the same program, which makes calls of its
own first: were it waited for with the program stopped, neither would ever go on.
"""

import subprocess
import unittest

import attaching
import support

PARTS = ["header", "name", "iov", "control", "payload", "minor"]
DONE = "".join(f"{part} 2\n" for part in PARTS).encode()
PROGRAM = support.PROGRAMS / "kept_back"


class KeptBack(attaching.AttachTest):
    limit = 60

    def check(self, records):
        """Each call is complete, and says of its second message what was not read, and no more."""
        calls = sorted((record for record in records if record["kind"] == "call" and record["vlen"] == 2),
                       key=lambda call: call["seq"])
        self.assertEqual(len(calls), len(PARTS))
        for part, call in zip(PARTS, calls):
            part = "payload" if part == "minor" else part
            self.assertEqual((call["return"], call["verdict"]["outcome"]), (2, "complete"))
            first, second = call["messages"]
            self.assertEqual(support.payload(first), b"first")
            notes = [note for note in call["notes"] if note["code"] == "withheld_memory"]
            self.assertEqual([note["message"] for note in notes], [1], (part, call["notes"]))
            self.assertIn(f"not read: its {part}, at 0x", notes[0]["text"])
            self.assertIn("userfaultfd", notes[0]["text"])
            self.assertNotIn("capture_budget", [note["code"] for note in call["notes"]])
            self.assertEqual((second["fault"], second["unreadable"]), (None, None), "a fault that is none")
            self.assertEqual(second["truncated"], part != "payload")
            if part in ("name", "control"):
                self.assertEqual(support.payload(second), b"kept back")
            if part == "payload":
                self.assertEqual((second["payload"]["captured"], second["payload"]["fault"]), (0, None))
                self.assertEqual(second["bytes"], 9)

    @support.need_root
    def test_launched(self):
        for way in ("call", "device"):
            for options in ([], ["--seccomp", "off"], ["--verify"]):
                with self.subTest(way=way, options=options):
                    trace = self.trace([PROGRAM, way], options, limit=10)
                    self.assertEqual((trace.status, trace.out, trace.err), (0, DONE, b""))
                    self.check(trace.records)

    @support.need_root
    def test_attached_where_it_was_made_before(self):
        self.check(self.attached_to("call", DONE))

    @support.need_root
    def test_attached_where_another_process_has_the_descriptor(self):
        """One that is not traced: it provides the page that is waited for."""
        [call] = [record for record in self.attached_to("handed", b"payload 2\n") if record["kind"] == "call"]
        self.assertEqual((call["return"], call["verdict"]["outcome"], call["notes"]), (2, "complete", []))
        self.assertEqual([support.payload(message) for message in call["messages"]], [b"first", b"kept back"])

    def attached_to(self, way, said):
        program = attaching.Program(self, [PROGRAM, way, "wait"], stdin=subprocess.PIPE)
        self.assertEqual(program.process.stdout.readline(), b"ready\n")
        tracer = self.attached(program.pid)
        program.process.stdin.write(b"x")
        program.process.stdin.flush()
        ended = program.finish(limit=10)
        self.assertEqual((ended.status, ended.out, ended.err), (0, said, b""))
        return self.read(tracer.finish(), tracer.output).records


if __name__ == "__main__":
    unittest.main(verbosity=2)
