"""Coming to a running program: it must not notice, whatever it is about."""

import os
import signal
import struct
import subprocess
import time
import unittest

import attaching
import support


class Attaching(attaching.AttachTest):
    limit = 120

    def test_what_is_waited_for_is_removed_while_we_come(self):
        """Removed in the very moment of our interrupt, it is still EIDRM, not EINVAL."""
        file = self.folder / "removals"
        program = attaching.Program(self, [support.PROGRAMS / "removals", file])

        def counters():
            data = file.read_bytes() if file.exists() else b""
            return struct.unpack("3Q", data) if len(data) == 24 else (0, 0, 0)

        support.wait_until(lambda: counters()[0] > 100, "it removes")
        for _ in range(20):
            # Long enough for every thread to be back in its call when we leave.
            self.attach(program.pid, options=["--for", "150ms"], validate=False)
        removed, invalid, odd = counters()
        program.tell(signal.SIGTERM)
        self.assertEqual(program.finish().status, 0)
        self.assertEqual((odd, invalid), (0, 0), f"of {removed}")
        self.say(f"20 visits, {removed} removals, no EINVAL")

    def test_the_program_notices_strace(self):
        program = attaching.Served(self)
        disturbed = 0
        for _ in range(3):
            strace = attaching.Program(self, ["strace", "-f", "-qq", "-e", "trace=sendmmsg", "-o", os.devnull,
                                              "-p", program.pid])
            support.wait_until(lambda: attaching.is_traced(program.pid), "strace is there")
            program.goes_on()
            strace.tell(signal.SIGINT)
            strace.finish()
        disturbed = program.interrupted()
        self.assertGreater(disturbed, 0, "the check for EINTR cannot fail")
        self.say(f"3 visits of strace: {disturbed} calls failed with EINTR")

    def test_all_threads_are_found(self):
        program = attaching.Served(self, idle=300)
        tracer = self.attached(program.pid)
        self.assertEqual(len(attaching.tids(program.pid)), program.threads)
        self.assertEqual(attaching.tracers(program.pid), set(attaching.tids(tracer.pid)) & attaching.tracers(program.pid))
        program.goes_on()
        trace = tracer.leave()
        self.assertEqual([record["threads"] for record in attaching.events(trace, "attached")], [program.threads])
        self.check_undisturbed(program)
        self.say(f"{program.threads} threads")

    def test_threads_born_while_we_come(self):
        program = attaching.Program(self, [support.PROGRAMS / "births"])
        recorded = 0
        for _ in range(20):
            trace = self.attach(program.pid, options=["--for", "50ms"])
            # Every thread says its number in order; each first call of one born in our time is there.
            self.assertEqual(trace.status, 0, trace.err)
            by_thread = {}
            for text in support.payloads(trace):
                thread, call = map(int, text[0].split("."))
                by_thread.setdefault(thread, []).append(call)
            numbers = sorted(by_thread)
            self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))), "a thread is missing")
            for thread in numbers[2:-2]:
                self.assertEqual(by_thread[thread], [0, 1, 2], f"thread {thread}")
            recorded += len(numbers)
        program.tell(signal.SIGTERM)
        self.assertEqual(program.finish().status, -signal.SIGTERM)
        self.assertGreater(recorded, 100)
        self.say(f"20 visits, {recorded} threads of three calls each")

    def test_ways_to_name_processes(self):
        programs = [attaching.Served(self) for _ in range(3)]
        pids = [program.pid for program in programs]
        a_thread = next(tid for tid in attaching.tids(pids[0]) if tid != pids[0])
        ways = {
            "comma list": [",".join(map(str, pids))],
            "several -p": pids,
            "as pidof prints them": [" ".join(map(str, pids))],
            "a tid among them": [a_thread, *pids[1:]],
            "one twice": [a_thread, pids[0], *pids],
        }
        for way, words in ways.items():
            trace = self.attach(*words, options=["--for", "60ms"])
            self.assertEqual(trace.status, 0, trace.err)
            self.assertEqual(sorted(trace.records[0]["pids"]), sorted(pids), way)
            self.assertEqual(sorted(record["pid"] for record in attaching.events(trace, "attached")), sorted(pids), way)
            self.assertEqual({record["threads"] for record in attaching.events(trace, "attached")}, {programs[0].threads}, way)
            self.assertEqual({call["pid"] for call in trace.calls}, set(pids), way)
            self.assertEqual(trace.records[0]["stops"], "syscall")
        for program in programs:
            self.check_undisturbed(program)
        self.say(f"{len(ways)} ways to name 3 processes")

    def test_pid_and_command(self):
        program = attaching.Served(self)
        tracer = self.attached(program.pid, command=["sh", "-c", '"$0" 2 50; exit 7', support.PROGRAMS / "many_threads"])
        support.wait_until(lambda: not [pid for pid, _ in support.session_members(tracer.session)
                                        if pid != tracer.pid], "the command ends")
        program.goes_on()
        # The process that was attached to is traced on until we are told to leave it.
        self.assertTrue(attaching.is_traced(program.pid))
        trace = tracer.leave()
        self.assertEqual(trace.status, 7, trace.err)
        texts = [text[0] for text in support.payloads(trace)]
        self.assertEqual(texts.count("busy"), 50)
        self.assertEqual(trace.records[0]["pids"][1:], [program.pid])
        self.check_undisturbed(program)
        self.say(f"50 calls of the command, {len(texts) - 50} of the process")

    def test_call_that_runs_when_we_come_is_not_made_up(self):
        blocked = attaching.Program(self, [support.PROGRAMS / "blocked_sender", 2])
        self.assertEqual(blocked.process.stdout.readline(), b"ready\n")
        blocked.tell(signal.SIGUSR1)
        self.assertEqual(blocked.process.stdout.readline(), b"sending\n")
        support.wait_until(lambda: attaching.waits_in_send(blocked.pid), "it waits in sendmmsg")
        tracer = self.attached(blocked.pid)
        support.wait_until(lambda: attaching.waits_in_send(blocked.pid), "it waits in sendmmsg again")
        blocked.tell(signal.SIGUSR2)
        self.assertEqual(blocked.process.stdout.readline(), b"returned 3 0\n")
        blocked.tell(signal.SIGUSR1)
        self.assertEqual(blocked.process.stdout.readline(), b"sending\n")
        support.wait_until(lambda: attaching.waits_in_send(blocked.pid), "it waits in its second call")
        blocked.tell(signal.SIGUSR2)
        self.assertEqual(blocked.finish().out, b"returned 3 0\n")
        trace = self.read(tracer.finish(), tracer.output)
        self.assertEqual(trace.status, 0)
        # The interrupt of ours made the kernel take up the running call again: that is an entry
        # which may be shown, but no call may be shown that was not made, nor a wrong result.
        self.assertIn(len(trace.calls), (1, 2), trace.calls)
        self.assertEqual({call["return"] for call in trace.calls}, {3})
        self.assertEqual(support.payloads(trace)[-1], ["again 0", "again 1", "again 2"])
        self.say(f"{len(trace.calls)} calls shown of 2, the first of which ran already")

    def test_ring_without_a_descriptor(self):
        """What was left to a ring may be done in any call: nothing is certain then, whenever we came."""
        # Who is outside of our PID namespace may have what we attach to.
        sees_all = os.readlink("/proc/self/ns/pid") == "pid:[4026531836]"
        for kind, certainty in (("none", "certain" if sees_all else "likely"), ("ready", "likely")):
            program = attaching.Program(self, [support.PROGRAMS / "ring_sends", kind], stdin=subprocess.PIPE)
            self.assertEqual(program.process.stdout.readline(), b"ready\n")
            tracer = self.attached(program.pid)
            program.process.stdin.write(b"\n")
            program.process.stdin.flush()
            self.assertEqual(program.finish().out, b"returned 1\n")
            [call] = self.read(tracer.finish(), tracer.output).calls
            verdict = call["verdict"]
            self.assertEqual((verdict["errno"], verdict["certainty"]), ("EBADF", certainty), kind)
            self.assertEqual("EINTR" in [it["errno"] for it in verdict["candidates"]], kind == "ready")


class Lifetimes(attaching.AttachTest):
    """Programs that are stopped, wait for a child, become another program, or end."""

    limit = 120

    def stopped(self, program):
        """Waits until all threads are stopped; how many batches were sent by then."""
        support.wait_until(lambda: set(attaching.states(program.pid)) <= set("Tt"), "all threads are stopped")
        return program.batches

    def test_stopped_process_stays_stopped(self):
        program = attaching.Served(self)
        program.tell(signal.SIGSTOP)
        batches = self.stopped(program)
        for number in (signal.SIGINT, signal.SIGTERM):
            tracer = self.attached(program.pid)
            self.assertEqual(self.stopped(program), batches)
            trace = tracer.leave(number)
            self.assertEqual((trace.status, len(trace.calls)), (128 + number, 0))
            self.assertEqual(set(attaching.states(program.pid)), {"T"})
            self.assertEqual((program.batches, attaching.tracers(program.pid)), (batches, {0}))
        program.tell(signal.SIGCONT)
        program.goes_on()
        # SIGCONT while we are there.
        program.tell(signal.SIGSTOP)
        batches = self.stopped(program)
        tracer = self.attached(program.pid)
        program.tell(signal.SIGCONT)
        program.goes_on()
        trace = tracer.leave()
        self.assertEqual(attaching.payload_numbers(trace)[0], batches)
        program.goes_on()
        self.say("attached to twice while stopped, left twice, continued while traced once")

    def test_stop_and_continue_while_traced(self):
        program = attaching.Served(self)
        tracer = self.attached(program.pid)
        for _ in range(5):
            program.goes_on(5)
            program.tell(signal.SIGSTOP)
            batches = self.stopped(program)
            self.assertEqual(program.batches, batches)
            program.tell(signal.SIGCONT)
        program.goes_on(5)
        program.tell(signal.SIGSTOP)
        batches = self.stopped(program)
        trace = tracer.leave()
        self.assertEqual(set(attaching.states(program.pid)), {"T"})
        self.assertEqual(program.batches, batches)
        numbers = attaching.payload_numbers(trace)
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
        program.tell(signal.SIGCONT)
        program.goes_on()
        self.say(f"6 stops, {len(numbers)} calls without a gap")

    def test_parent_of_a_vfork_child(self):
        ways = ("came and left in the wait", "came before, left in the wait", "came in the wait, left after")
        program = attaching.Program(self, [support.PROGRAMS / "vfork_wait", 3 * len(ways)])
        said = program.process.stdout.readline
        self.assertEqual(said(), b"ready\n")
        for way in ways * 3:
            tracer = self.attached(program.pid) if way == ways[1] else None
            program.tell(signal.SIGUSR1)
            word, child = said().split()
            self.assertEqual(word, b"waiting")
            tracer = tracer or self.attached(program.pid)
            if way != ways[2]:
                trace = tracer.leave()
                self.assertEqual((trace.status, trace.calls), (130, []), way)
                self.assertEqual(attaching.tracers(program.pid) | attaching.tracers(child.decode()), {0}, way)
            os.kill(int(child), signal.SIGUSR2)
            self.assertEqual(said(), b"child 7 sent 2\n", way)
            if way == ways[2]:
                trace = tracer.leave()
                self.assertEqual(trace.outcomes(), {"complete": 1}, way)
        self.assertEqual(program.finish().status, 0)
        self.say(f"{len(ways)} ways, 3 times each")

    def test_one_that_cannot_stop_is_let_go_once(self):
        """Recording has ended, and then the command ends: the process that waits for its child is told of once."""
        program = attaching.Program(self, [support.PROGRAMS / "vfork_wait", 1])
        self.assertEqual(program.process.stdout.readline(), b"ready\n")
        program.tell(signal.SIGUSR1)
        child = int(program.process.stdout.readline().split()[1])
        tracer = attaching.Tracer(self, [program.pid], ["--for", "50ms", "--exit-with-command", "--seccomp", "off"],
                                  command=["cat"], stdin=subprocess.PIPE)
        support.wait_until(lambda: tracer.output.exists() and b'"event":"detached"' in tracer.output.read_bytes(),
                           "recording has ended")
        (command,) = [pid for pid, _ in support.session_members(tracer.session) if pid != tracer.pid]
        tracer.process.stdin.close()
        tracer.process.stdin = None
        support.wait_until(lambda: not os.path.exists(f"/proc/{command}"), "the command has ended")
        os.kill(child, signal.SIGUSR2)
        self.assertEqual(program.process.stdout.readline(), b"child 7 sent 2\n")
        trace = self.read(tracer.finish(), tracer.output)
        self.assertEqual(len(attaching.events(trace, "detached", program.pid)), 1)
        self.assertEqual(program.finish().status, 0)

    def test_processes_that_end_while_we_come(self):
        seen = {"attached": 0, "refused": 0}
        for turn in range(30):
            program = attaching.Program(self, ["sh", "-c", "read line; exit 3"], stdin=subprocess.PIPE)
            tracer = attaching.Tracer(self, [program.pid])
            if turn % 3 == 1:
                support.wait_until(tracer.output.exists, "the tracer has begun", 10)
            elif turn % 3 == 2:
                support.wait_until(lambda: attaching.is_traced(program.pid), "it is traced")
            program.process.stdin.close()
            program.process.stdin = None
            self.assertEqual(program.finish().status, 3)
            done = tracer.finish()
            trace = self.read(done, tracer.output, check=False)
            if done.status == 125:
                self.assertRegex(done.err, rb"no such process|has ended already")
                seen["refused"] += 1
            else:
                self.assertEqual(done.status, 0, done.err)
                self.assertEqual([record["code"] for record in attaching.events(trace, "exited")], [3])
                seen["attached"] += 1
        self.assertGreaterEqual(seen["attached"], 10)
        self.say(f"30 processes that ended: {seen}")

    def test_process_that_becomes_another_program(self):
        program = attaching.Program(self, [support.PROGRAMS / "exec_from_thread", 1200])
        visits = calls = execs = 0
        while program.process.poll() is None:
            trace = self.attach(program.pid, options=["--for", "15ms"], check=False)
            if trace.status == 125:
                self.assertRegex(trace.err, rb"no such process|has ended already")
                break
            self.assertEqual(trace.status, 0, trace.err)
            visits, calls = visits + 1, calls + len(trace.calls)
            execs += len(attaching.events(trace, "exec"))
        self.assertEqual(program.finish().status, 0)
        self.assertGreater(visits, 3)
        self.assertGreater(execs, 3)
        self.say(f"{visits} visits of a program that executes itself 1,200 times: {execs} seen, {calls} calls")

    def test_execve_in_the_middle_of_coming(self):
        """It waits for the threads that are ours already, and we for it."""
        rounds = 8
        program = attaching.Program(self, [support.PROGRAMS / "crowd_exec", 400, rounds])
        said = program.process.stdout.readline
        self.assertEqual(said(), f"ready {rounds}\n".encode())
        seen = 0
        for left in range(rounds - 1, -1, -1):
            threads = attaching.tids(program.pid)
            tracer = attaching.Tracer(self, [program.pid])
            while attaching.tracers_of([threads[left % 3 * 100]]) == {0}:
                pass
            program.tell(signal.SIGUSR1)
            self.assertEqual(said(), f"ready {left}\n".encode())
            support.wait_until(lambda: tracer.has(program.pid), "it is traced after its execve")
            if left > 0:
                trace = tracer.leave()
                self.assertEqual(trace.status, 128 + signal.SIGINT)
            else:
                program.tell(signal.SIGUSR1)
                self.assertEqual(program.finish().status, 0)
                trace = self.read(tracer.finish(), tracer.output)
                self.assertEqual((trace.status, trace.outcomes()), (0, {"complete": 1}))
            seen += len(attaching.events(trace, "exec"))
            self.assertEqual(len(attaching.events(trace, "attached")), 1)
        self.say(f"{rounds} times 400 threads, an execve by the last: {seen} seen as such")


class Scale(attaching.AttachTest):
    """Two thousand threads: quick to come to, and as quick to leave."""

    limit = 120

    def test_two_thousand_threads(self):
        program = attaching.Served(self, idle=2000)
        for turn in range(3):
            begin = time.monotonic()
            tracer = attaching.Tracer(self, [program.pid])
            # Threads are seized in the order of the list, so the last one has to be looked at first.
            last = attaching.tids(program.pid)[-1]
            support.wait_until(lambda: attaching.tracers_of([last]) != {0} and attaching.is_traced(program.pid),
                               "all threads are traced")
            came = time.monotonic() - begin
            program.goes_on(5)
            begin = time.monotonic()
            tracer.tell(signal.SIGINT)
            trace = self.read(tracer.finish(), tracer.output, validate=False)
            left = time.monotonic() - begin
            self.assertEqual(trace.status, 128 + signal.SIGINT)
            self.assertEqual(attaching.tracers(program.pid), {0})
            (attached,), (gone,) = attaching.events(trace, "attached"), attaching.events(trace, "detached")
            self.assertEqual((attached["threads"], gone["threads"]), (program.threads, program.threads))
            self.assertLess(came, 2)
            self.assertLess(left, 2)
            self.assertEqual(program.disturbed(), {})
            self.say(f"{program.threads} threads: attached in {came * 1e3:.0f} ms, left in {left * 1e3:.0f} ms")
        program.end()

    def test_crowds_at_once(self):
        """Coming takes long where the processors are busy, and misses nobody for that."""
        programs = [attaching.Served(self, idle=1500) for _ in range(3)]
        for turn in range(3):
            tracers = [attaching.Tracer(self, [program.pid]) for program in programs]
            for program, tracer in zip(programs, tracers):
                support.wait_until(lambda: attaching.is_traced(program.pid), "all threads are traced", 30)
                program.goes_on(2, 30)
            for program, tracer in zip(programs, tracers):
                trace = tracer.leave(validate=False)
                (came,), (gone,) = attaching.events(trace, "attached"), attaching.events(trace, "detached")
                self.assertEqual((came["threads"], gone["threads"]), (program.threads, program.threads))
                self.assertEqual(program.disturbed(), {})
        self.say(f"3 times 3 tracers at once, {programs[0].threads} threads each")


if __name__ == "__main__":
    unittest.main(verbosity=2)
