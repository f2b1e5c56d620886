"""--colocate: the program runs on the tracer's CPU and cannot tell, nor can what it makes."""

import os
import subprocess
import sys

import attaching
import support
from test_transparency import Compared


class Colocation(Compared):
    def setUp(self):
        super().setUp()
        self.assertGreater(len(os.sched_getaffinity(0)), 1, "with one CPU there is nothing to see")

    def same(self, program, *arguments, options=(), end=None):
        """Runs it untraced and traced; `end` is what ended the sharing, which is said once."""
        command = [support.PROGRAMS / program, *arguments]
        plain = support.run(command)
        self.assertEqual(plain.status, 0, plain.err)
        output = self.folder / "trace.jsonl"
        traced = support.run([support.TRACER, "--colocate", *options, "-o", output, "--", *command],
                             check_leftovers=True)
        self.assertEqual(traced.status, 0, traced.err)
        self.assertEqual(traced.out, plain.out)
        said = [line for line in traced.err.decode().splitlines() if "--colocate" in line]
        self.assertEqual(len(said), 1, traced.err)
        self.assertIn(end, said[0])
        records = support.parse_records(output.read_bytes())
        calls = [record for record in records if record["kind"] == "call"]
        # One after each question about the mask but the two that have no buffer.
        shown = plain.out.count(b" size ")
        self.assertGreater(shown, 20)
        self.assertEqual(len(calls), shown, "calls are missing")
        self.assertEqual({call["verdict"]["outcome"] for call in calls}, {"complete"})
        self.say(f"{plain.out.count(10)} lines equal, {len(calls)} calls")

    def every_width(self, *arguments, **more):
        for program in ("affinity", "affinity.m32"):
            for options in ((), ("--seccomp", "off")):
                with self.subTest(program=program, options=options):
                    self.same(program, *arguments, options=options, **more)

    def test_children_and_a_thread(self):
        self.every_width(end="second thread")

    def test_exec(self):
        self.every_width("again", end="second thread")

    def test_own_affinity(self):
        self.every_width("one", end="set its own affinity")

    def test_it_is_shared_and_inherited_by_nobody(self):
        """/proc shows the one CPU of the command, and all CPUs of what it starts."""
        grep = ["grep", "Cpus_allowed_list", "/proc/self/status"]
        shared = support.run([support.TRACER, "--colocate", "-q", "--", *grep]).out.split()[-1]
        self.assertIn(int(shared), os.sched_getaffinity(0))
        plain = support.run(grep).out
        traced = support.run([support.TRACER, "--colocate", "-q", "--", "sh", "-c", " ".join(grep) + "; exit"])
        self.assertEqual(traced.out, plain)

    def test_without_following(self):
        """Children that are let go at once have their CPUs all the same."""
        grep = "grep Cpus_allowed_list /proc/self/status; exit"
        plain = support.run(["sh", "-c", grep]).out
        for seccomp in ("on", "off"):
            traced = support.run([support.TRACER, "--colocate", "-q", "--no-follow", "--seccomp", seccomp, "--",
                                  "sh", "-c", grep])
            self.assertEqual(traced.out, plain, seccomp)

    def test_never_outside_its_own(self):
        for cpu in os.sched_getaffinity(0):
            done = support.run(["taskset", "-c", str(cpu), support.TRACER, "--colocate", "-q", "--",
                                "grep", "Cpus_allowed_list", "/proc/self/status"])
            self.assertEqual(done.out.split()[-1], str(cpu).encode())

    def test_another_process_sets_it(self):
        """A mask that somebody else chose is not undone by the end of the sharing."""
        script = """
import os, subprocess, threading
status = open("/proc/self/status").read()
shared = int(status.partition("Cpus_allowed_list:")[2].split()[0])
other = max(os.sched_getaffinity(0) - {shared})
subprocess.run(["taskset", "-cp", str(other), str(os.getpid())], stdout=subprocess.DEVNULL, check=True)
thread = threading.Thread(target=int)
thread.start(), thread.join()
print(os.sched_getaffinity(0) == {other})
"""
        done = support.run([support.TRACER, "--colocate", "-q", "--", sys.executable, "-c", script])
        self.assertEqual((done.status, done.out), (0, b"True\n"), done.err)

    def test_the_scribe_gives_way_again(self):
        """Once the CPU is no longer shared, it is in the way of a program that sends large batches."""
        tracer = attaching.Program(
            self, [support.TRACER, "--colocate", "-q", "-o", "/dev/null", "--",
                   sys.executable, "-c", LARGE_BATCHES], stdin=subprocess.PIPE)
        support.wait_until(lambda: tracer.process.stdout.readline() == b"alone\n", "it sends")
        self.assertEqual(os.sched_getscheduler(tracer.pid), os.SCHED_OTHER)
        tracer.process.stdin.write(b"\n")
        tracer.process.stdin.flush()
        support.wait_until(lambda: os.sched_getscheduler(tracer.pid) == os.SCHED_IDLE, "it gives way")


# Sends batches of 128 datagrams, after a while with a second thread beside it.
LARGE_BATCHES = """
import ctypes, socket, struct, sys, threading
libc, size = ctypes.CDLL(None, use_errno=True), 128
place = ctypes.create_string_buffer(struct.pack("=HH4s8x", 2, 0x0900, b"\\x7f\\0\\0\\1"))
data = ctypes.create_string_buffer(b"x" * 64)
piece = ctypes.create_string_buffer(struct.pack("=QQ", ctypes.addressof(data), 64))
message = struct.pack("=QIxxxxQQQQixxxxIxxxx", ctypes.addressof(place), 16, ctypes.addressof(piece), 1, 0, 0, 0, 0)
batch = ctypes.create_string_buffer(message * size)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    def send(times):
        for _ in range(times): libc.sendmmsg(sender.fileno(), batch, size, 0)
    send(200)
    print("alone", flush=True)
    sys.stdin.readline()
    waiting = threading.Event()
    threading.Thread(target=waiting.wait, daemon=True).start()
    send(20000)
"""


if __name__ == "__main__":
    import unittest

    unittest.main()
