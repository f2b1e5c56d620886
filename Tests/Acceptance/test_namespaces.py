"""Processes in namespaces of their own, attached to from outside."""

import os
import re
import signal
import subprocess
import unittest

import attaching
import support

# Prints its own number, its address and its peer's, then one result a line for each line on stdin.
SENDER = support.PROGRAMS / "told_sender"


class Namespaces(attaching.AttachTest):
    def inside(self, unshare):
        """The sender in namespaces of its own: the program, its pid as we see it, what it said."""
        program = attaching.Program(self, ["unshare", *unshare, SENDER], stdin=subprocess.PIPE)
        said = program.process.stdout.readline().decode()
        found = re.fullmatch(r"pid (\d+) from ([\d.]+):(\d+) to ([\d.]+):(\d+)\n", said)
        self.assertTrue(found, (said, program.process.poll()))
        inner, local, local_port, peer, peer_port = found.groups()
        name = str(SENDER.name)
        pids = [pid for pid, _ in support.session_members(program.session)
                if attaching.status(pid, "Name") == name]
        self.assertEqual(len(pids), 1)
        program.pid = pids[0]
        return program, int(inner), (local, int(local_port)), (peer, int(peer_port))

    def check(self, unshare, other_pid):
        program, inner, local, peer = self.inside(unshare)
        self.assertEqual(other_pid, inner != program.pid)
        tracer = self.attached(program.pid)
        for _ in range(3):
            program.process.stdin.write(b"send\n")
            program.process.stdin.flush()
            self.assertEqual(program.process.stdout.readline(), b"2\n")
        trace = tracer.leave()
        self.assertEqual(trace.status, 128 + signal.SIGINT)
        self.assertEqual(len(trace.calls), 3)
        for call in trace.calls:
            self.assertEqual((call["pid"], call["tid"]), (program.pid, program.pid))
            shown = call["socket"]
            self.assertEqual((shown["family"], shown["protocol"]), ("AF_INET", "UDP"))
            self.assertEqual((shown["local"]["address"], shown["local"]["port"]), local)
            self.assertEqual((shown["peer"]["address"], shown["peer"]["port"]), peer)
            # The second message names its destination itself.
            self.assertIsNone(call["messages"][0]["name"])
            name = call["messages"][1]["name"]
            self.assertEqual((name["address"], name["port"]), peer)
        (came,) = [record for record in trace.processes if record["event"] == "attached"]
        self.assertEqual((came["pid"], came["ns_pid"]), (program.pid, inner if other_pid else None))
        self.assertEqual(trace.records[0]["pids"], [program.pid])
        return program, inner

    def test_same_namespaces(self):
        self.check([], other_pid=False)

    @support.need_root
    def test_pid_namespace(self):
        program, inner = self.check(["-p", "-f", "--mount-proc"], other_pid=True)
        done = support.run([support.TRACER, "-p", program.pid, "--for", "20ms"])
        self.assertEqual(done.status, 0, done.err)
        self.assertIn(f"attached \"{SENDER.name}\", 1 thread, pid {inner} inside".encode(), done.err)

    @support.need_root
    def test_network_namespace(self):
        self.check(["-n"], other_pid=False)

    def test_user_namespace(self):
        self.check(["-U", "-r"], other_pid=False)

    def test_all_of_them(self):
        program, inner = self.check(["-U", "-r", "-p", "-f", "-m", "-n", "-i", "-u", "--mount-proc"], other_pid=True)
        self.assertEqual(inner, 1)
        self.say(f"process {program.pid} is {inner} inside")

    @support.need_root
    def test_child_in_a_pid_namespace(self):
        trace = self.trace(["unshare", "-p", "-f", "--mount-proc", support.SAMPLES / "whole_batch"])
        self.assertEqual(trace.status, 0, trace.err)
        (forked,) = [record for record in trace.processes if record["event"] == "forked"]
        self.assertEqual(forked["ns_pid"], 1)
        self.assertEqual([call["pid"] for call in trace.calls], [forked["pid"]])
        # From within, the numbers are those of the inside.
        output = self.folder / "inside.jsonl"
        done = support.run(["unshare", "-p", "-f", "--mount-proc", support.TRACER, "-o", output, "--",
                            support.SAMPLES / "whole_batch"])
        self.assertEqual(done.status, 0, done.err)
        calls = [record for record in support.parse_records(output.read_bytes()) if record["kind"] == "call"]
        self.assertTrue(calls and all(call["pid"] < 10 for call in calls), calls)

    def test_no_visit_without_a_way_back(self):
        """Root of a user namespace may enter the networks of its own programs, and not come back to the machine's."""
        program = attaching.Program(self, ["unshare", "-U", "-r", support.TRACER, "-o", self.folder / "t.jsonl", "--",
                                           "unshare", "-n", SENDER], stdin=subprocess.PIPE)
        self.assertRegex(program.process.stdout.readline(), rb"^pid \d+ from")
        for _ in range(3):
            program.process.stdin.write(b"send\n")
            program.process.stdin.flush()
            self.assertEqual(program.process.stdout.readline(), b"2\n")
        home = os.readlink("/proc/self/ns/net")
        networks = {}

        def all_are_at_home():
            networks.update({tid: os.readlink(f"/proc/{tid}/ns/net") for tid in attaching.tids(program.pid)})
            return set(networks.values()) == {home}
        support.wait_until(all_are_at_home, f"all of {networks} are in {home}", limit=5)
        program.finish()

    def test_a_root_of_its_own(self):
        """A path leads where the program's root has it, absolute symbolic links included."""
        trace = self.trace([support.PROGRAMS / "chrooted", self.folder])
        self.assertEqual(trace.status, 0, trace.err)
        sent, then = trace.out.split()
        self.assertEqual(then, b"-1", "the queue is full by then")
        self.assertEqual([call["return"] for call in trace.calls], [int(sent), -1])
        for call in trace.calls:
            self.assertEqual(call["verdict"]["errno"], "EAGAIN", call["verdict"])
        self.assertIn("the receiver's queue is full", trace.calls[0]["verdict"]["why"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
