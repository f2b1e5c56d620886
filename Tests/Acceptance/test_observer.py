"""What only happens to a program because it is watched: hidden where it can be, else said."""

import signal
import subprocess
import unittest

import attaching
import support

PROGRAM = support.PROGRAMS / "ignored_signals"
NOTE = "interrupted_because_traced"


def notes(call):
    return [note["text"] for note in call["notes"] if note["code"] == NOTE]


class Observer(attaching.AttachTest):
    def begun(self, case, options=None, before=()):
        """The program, ready; launched by a tracer where there are options."""
        if options is None:
            program = attaching.Program(self, [*before, PROGRAM, case], stdin=subprocess.PIPE)
        else:
            program = attaching.Tracer(self, [], options, command=[*before, PROGRAM, case], stdin=subprocess.PIPE)
        self.assertEqual(program.process.stdout.readline(), b"ready\n")
        return program

    def go(self, program):
        program.process.stdin.write(b"x")
        program.process.stdin.flush()

    def result(self, program):
        word, result, error = program.process.stdout.readline().split()
        self.assertEqual(word, b"returned")
        return int(result), int(error)

    def runs(self, case):
        """The result of an untraced run, then (mode, result, trace) of traced ones."""
        program = self.begun(case)
        self.go(program)
        untraced = self.result(program)
        traced = []
        for mode, options in (("filter", []), ("no filter", ["--seccomp", "off"])):
            tracer = self.begun(case, options)
            self.go(tracer)
            result = self.result(tracer)
            traced.append((mode, result, self.read(tracer.finish(), tracer.output)))
        program = self.begun(case)
        tracer = self.attached(program.pid)
        # The thread has answered the interrupt by which we came: it sleeps again.
        support.wait_until(lambda: attaching.states(program.pid) == "S", "it waits to begin")
        self.go(program)
        result = self.result(program)
        program.finish()
        traced.append(("attached", result, self.read(tracer.finish(), tracer.output)))
        return untraced, traced

    def test_ignored_signal_cuts_a_batch_short(self):
        for case, name in (("winch", "SIGWINCH"), ("alarm", "SIGALRM")):
            untraced, traced = self.runs(case)
            self.assertEqual(untraced, (14, 0))
            for mode, result, trace in traced:
                self.assertEqual(result, (11, 0), (case, mode))
                (call,) = trace.calls
                self.assertEqual((call["return"], call["verdict"]["sent"]), (11, 11), (case, mode))
                (text,) = notes(call)
                self.assertRegex(text, f"^{name}, which the program ignores, ", (case, mode))
        self.say("2 signals: untraced 14 messages, traced 11, with the note, in 3 modes")

    def test_signal_that_another_thread_takes(self):
        """A signal is not ignored while a thread blocks it, as system(3) does: it wakes the others untraced, too."""
        for kind in ("dgram", "stream"):
            program = [support.PROGRAMS / "system_beside", kind]
            # Untraced too.
            self.assertGreater(int(support.run(program).out), 0)
            trace = self.trace(program, validate=False)
            self.assertEqual(trace.status, 0, trace.err)
            short = [call for call in trace.calls if call["verdict"]["outcome"] == "partial"]
            self.assertEqual(len(short), int(trace.out))
            self.assertGreater(len(short), 0)
            first = 0
            for call in short:
                verdict = call["verdict"]
                named = [verdict["errno"], *(candidate["errno"] for candidate in verdict["candidates"])]
                self.assertIn("EINTR", named, verdict)
                self.assertNotIn(verdict["certainty"], ("certain", "observed"), verdict)
                first += verdict["errno"] == "EINTR"
                for text in notes(call):
                    self.assertRegex(text, "^SIGCHLD, which the program ignores, .*; untraced too where a thread blocks it")
            self.say(f"{kind}: {len(short)} calls were interrupted, of {first} of which that is the first reason named")

    def test_signal_that_a_thread_blocks(self):
        """It ends a wait with SO_SNDTIMEO untraced, too; what none blocks does not."""
        program = support.PROGRAMS / "system_while_waiting"
        for kind, said in (("system", b"20 0\n"), ("winch", b"20 0\n"), ("fork", b"0 20\n")):
            self.assertEqual(support.run([program, kind]).out, said, kind)
            for options in ([], ["--seccomp", "off"]):
                trace = self.trace([program, kind], options)
                self.assertEqual(trace.out, said, (kind, options))
                for call in trace.calls:
                    self.assertEqual(notes(call), [], (kind, options))

    def test_no_signal_no_note(self):
        for options in ([], ["--seccomp", "off"]):
            tracer = self.begun("none", options)
            self.go(tracer)
            self.go(tracer)
            self.assertEqual(self.result(tracer), (14, 0))
            (call,) = self.read(tracer.finish(), tracer.output).calls
            self.assertEqual((call["return"], notes(call)), (14, []))

    def test_ignored_signal_leaves_epoll_waiting(self):
        untraced, traced = self.runs("epoll")
        self.assertEqual(untraced, (1, 0))
        self.assertEqual([(mode, result) for mode, result, _ in traced],
                         [(mode, (1, 0)) for mode in ("filter", "no filter", "attached")])

    def test_attaching_cuts_a_batch_short(self):
        program = self.begun("none")
        self.go(program)
        support.wait_until(lambda: waits_in_send(program.pid), "it waits in sendmmsg")
        # It returns, and soon has ended.
        tracer = attaching.Tracer(self, [program.pid])
        self.assertEqual(self.result(program), (11, 0))
        program.finish()
        (call,) = self.read(tracer.finish(), tracer.output).calls
        self.assertEqual((call["return"], call["verdict"]["sent"]), (11, 11))
        (text,) = notes(call)
        self.assertRegex(text, "mmsgtrace attached")

    def test_detaching_cuts_a_batch_short(self):
        tracer = self.begun("none", ["--seccomp", "off"], before=["env", "--block-signal=INT"])
        (pid,) = [pid for pid, _ in support.session_members(tracer.session) if pid != tracer.pid]
        self.go(tracer)
        support.wait_until(lambda: waits_in_send(pid), "it waits in sendmmsg")
        tracer.tell(signal.SIGINT)
        support.wait_until(lambda: int(attaching.status(pid, "ShdPnd"), 16) & 1 << signal.SIGINT - 1, "it is passed on")
        tracer.tell(signal.SIGINT)
        self.assertEqual(self.result(tracer), (11, 0))
        self.assertEqual(tracer.process.wait(20), 128 + signal.SIGINT)
        (call,) = [record for record in support.parse_records(tracer.output.read_bytes()) if record["kind"] == "call"]
        self.assertEqual((call["return"], call["verdict"]["sent"]), (11, 11))
        (text,) = notes(call)
        self.assertRegex(text, "let go")


def waits_in_send(pid):
    """True when the first thread sleeps in sendmmsg."""
    try:
        with open(f"/proc/{pid}/syscall") as file:
            return file.read().split()[0] == "307"
    except OSError:
        return False


if __name__ == "__main__":
    unittest.main(verbosity=2)
