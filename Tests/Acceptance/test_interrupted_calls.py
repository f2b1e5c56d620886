"""A signal with a handler ends a call that waits, also right after one that the program ignores."""

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


if __name__ == "__main__":
    unittest.main(verbosity=2)
