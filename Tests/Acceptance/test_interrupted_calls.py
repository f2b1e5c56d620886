"""A signal that the program ignores ends no call; one with a handler does, also right after it."""

import os
import signal
import subprocess
import unittest

import attaching
import support

ROUNDS = 400
CASES = ("epoll", "sem", "pause", "read")


class InterruptedCalls(attaching.AttachTest):
    def begun(self, name, case, options=None):
        """The program, ready; launched by a tracer where there are options."""
        command = [support.PROGRAMS / name, case, str(ROUNDS)]
        if options is None:
            program = attaching.Program(self, command, stdin=subprocess.PIPE)
        else:
            program = attaching.Tracer(self, [], options, command=command, stdin=subprocess.PIPE)
        self.assertEqual(program.process.stdout.readline(), b"ready\n")
        return program

    def check(self, program, mode):
        program.process.stdin.write(b"x")
        program.process.stdin.flush()
        self.assertEqual(program.process.stdout.readline().decode(), f"rounds {ROUNDS} wrong 0\n", mode)

    def check_all(self, name):
        for case in CASES:
            self.check(self.begun(name, case), (name, case, "untraced"))
            for options in ([], ["--seccomp", "off"]):
                tracer = self.begun(name, case, options)
                self.check(tracer, (name, case, options))
                tracer.finish()
            program = self.begun(name, case)
            tracer = self.attached(program.pid)
            self.check(program, (name, case, "attached"))
            program.finish()
            tracer.finish()
        self.say(f"{name}: {len(CASES)} calls, each ended by {ROUNDS} of {ROUNDS} signals in 3 modes")

    def test_handler_ends_the_call(self):
        self.check_all("caught_after_ignored")

    def test_handler_ends_a_32_bit_call(self):
        self.check_all("caught_after_ignored.m32")


class TakenSignals(attaching.AttachTest):
    def test_first_signal_that_another_thread_takes(self):
        program = support.PROGRAMS / "taken_signal"
        done = self.attach(options=["--seccomp", "off"], command=[program])
        self.assertEqual((done.status, done.out.decode()), (0, "rounds 20 interrupted 0\n"), done.err)
        self.say(f"{program.name}: 20 processes, no wait ended by the first signal of each")


class IgnoredSignals(attaching.AttachTest):
    """Three of them a millisecond, while we come, stay and leave: nothing of it is to be seen."""

    VISITS = 40

    def flooded(self, name):
        program = attaching.Counted(self, name)
        self.goes_on(program)
        return program

    def goes_on(self, program, more=2):
        """Waits until every thread has waited `more` times."""
        def calls():
            counts = program.counts() if program.file.exists() else {}
            return [numbers[0] for numbers in counts.values()]

        support.wait_until(calls, "it counts")
        goal = [number + more for number in calls()]
        support.wait_until(lambda: all(now >= then for now, then in zip(calls(), goal)), "every thread goes on")

    def check_visits(self, name):
        program = self.flooded(name)
        for visit in range(self.VISITS):
            if visit % 2:
                trace = self.attach(program.pid, options=["--for", f"{1 + visit}ms"])
                self.assertEqual(trace.status, 0, trace.err)
            else:
                tracer = self.attached(program.pid)
                if visit % 8 == 0:
                    self.goes_on(program)
                self.assertEqual(tracer.leave().status, 128 + signal.SIGINT)
            self.assertEqual(program.disturbed(), {}, f"visit {visit}")
        self.goes_on(program)
        self.assertEqual(program.disturbed(), {})
        counts = program.counts()
        program.tell(signal.SIGTERM)
        self.assertEqual(program.finish().status, 0)
        self.say(f"{name}: {self.VISITS} visits, {sum(numbers[0] for numbers in counts.values())} calls of"
                 f" {len(counts)} kinds, 0 disturbed")

    def test_while_we_come_and_leave(self):
        self.check_visits("ignored_flood")

    def test_while_we_come_and_leave_a_32_bit_program(self):
        self.check_visits("ignored_flood.m32")

    def test_launched(self):
        for options in ([], ["--seccomp", "off"]):
            program = attaching.Counted.__new__(attaching.Counted)
            program.file = self.folder / f"launched-{len(options)}"
            tracer = attaching.Tracer(self, [], options, command=[support.PROGRAMS / "ignored_flood", program.file])
            self.goes_on(program, 6)
            tracer.tell(signal.SIGTERM)
            self.assertEqual(tracer.finish().status, 0)
            disturbed = program.disturbed()
            if not options:
                # What wakes a thread may be taken by another, and then it stops nowhere (LIMITS of the manual).
                failed = sum(numbers[1] for numbers in disturbed.values())
                self.assertLess(failed, sum(numbers[0] for numbers in program.counts().values()) / 20, disturbed)
                disturbed = {name: numbers for name, numbers in disturbed.items() if numbers[2]}
            self.assertEqual(disturbed, {}, options)

    def test_the_program_notices_strace(self):
        program = self.flooded("ignored_flood")
        strace = attaching.Program(self, ["strace", "-f", "-qq", "-e", "trace=none", "-o", os.devnull,
                                          "-p", program.pid])
        support.wait_until(lambda: attaching.is_traced(program.pid), "strace is there")
        support.wait_until(lambda: program.interrupted() > 10, "calls fail")
        strace.tell(signal.SIGINT)
        strace.finish()


if __name__ == "__main__":
    unittest.main(verbosity=2)
