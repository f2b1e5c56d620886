"""A launched program, its terminal and its shell: signals and job control are as without us."""

import os
import pty
import re
import select
import signal
import subprocess
import time
import unittest

import attaching
import support

TELLER = support.PROGRAMS / "signal_teller"


class Shell:
    """An interactive bash on a terminal of its own."""

    def __init__(self, test, environment=None):
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"],
                       {**os.environ, "PS1": "prompt> ", "PS2": "", "HISTFILE": "", **(environment or {})})
        self.pid = pid
        self.seen = ""
        test.addCleanup(self.clear)
        self.expect("prompt> ")
        self.type("stty -echo\n")
        self.expect("prompt> ")

    def clear(self):
        support.end_session(self.pid)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def expect(self, pattern, limit=15):
        """Reads until `pattern` has come; what came before and with it is consumed."""
        deadline = time.monotonic() + limit
        while True:
            found = re.search(pattern, self.seen)
            if found:
                self.seen = self.seen[found.end():]
                return found
            ready, _, _ = select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise AssertionError(f"{pattern!r} did not come; the terminal shows {self.seen!r}")
            self.seen += os.read(self.terminal, 65536).decode(errors="replace")

    def tracers(self):
        """The tracers that this shell started, by pid."""
        return [pid for pid, state in support.session_members(self.pid)
                if attaching.status(pid, "Name") == support.TRACER.name and state not in "ZX"
                and attaching.status(pid, "TracerPid") == "0"]


class FromATerminal(attaching.AttachTest):
    def records(self, name="t.jsonl"):
        return support.parse_records((self.folder / name).read_bytes())

    def calls(self, name="t.jsonl"):
        return [record for record in self.records(name) if record["kind"] == "call"]

    def traced(self, *command, options=""):
        return f"{support.TRACER} -o {self.folder}/t.jsonl {options} -- " + " ".join(map(str, command))

    def test_keys_reach_the_program_once(self):
        """Ctrl-C and Ctrl-\\ are the program's; we stay until it ends."""
        shell = Shell(self)
        for command in (f"{TELLER} 4", self.traced(TELLER, 4)):
            shell.type(f"{command}; echo status $?\n")
            shell.expect("ready\r\n")
            for key, told in (("\x03", "SIGINT 1"), ("\x03", "SIGINT 2"), ("\x1c", "SIGQUIT 1"), ("\x03", "SIGINT 3")):
                shell.type(key)
                shell.expect(f"{told}\r\n")
            self.assertEqual(shell.expect(r"status (\d+)")[1], "5")
        end = self.records()[-1]
        self.assertEqual((end["kind"], end["calls"], end["exit"]), ("trace_end", 4, {"code": 5, "signal": None}))

    def test_program_that_a_key_ends(self):
        shell = Shell(self)
        for command in (f"{support.PROGRAMS}/forever", self.traced(support.PROGRAMS / "forever")):
            shell.type(f"{command}\n")
            shell.expect("sent 2\r\n")
            shell.type("\x03")
            shell.expect("prompt> ")
            shell.type("echo status $?\n")
            self.assertEqual(shell.expect(r"status (\d+)")[1], "130")
        self.assertEqual(self.records()[-1]["exit"], {"code": None, "signal": "SIGINT"})

    def all_stop(self, program):
        """The stop has come; the last thread can be on its way into it still."""
        support.wait_until(lambda: re.fullmatch("[tT]+", attaching.states(program.pid)), "all threads stop", 1)

    def stopped(self, shell, program):
        """Waits for the shell's word that its job is stopped; by then the program must be."""
        shell.expect(r"\[1\]\+?\s+Stopped")
        (tracer,) = shell.tracers()
        self.assertEqual(attaching.states(tracer)[0], "T")
        self.all_stop(program)
        return program.batches

    def served(self, shell):
        """The traced server of a shell, as `attaching.Served` sees it."""
        served = attaching.Served.__new__(attaching.Served)
        served.file = self.folder / "counts"
        support.wait_until(lambda: served.file.exists() and served.file.stat().st_size and served.batches > 2,
                           "the program sends")
        (served.pid,) = [pid for pid, _ in support.session_members(shell.pid)
                         if attaching.status(pid, "Name") == "served"]
        return served

    def test_stop_key_fg_and_bg(self):
        shell = Shell(self)
        shell.type(self.traced(support.PROGRAMS / "served", self.folder / "counts") + "\n")
        served = self.served(shell)
        for turn in range(3):
            shell.type("\x1a")
            batches = self.stopped(shell, served)
            # What was seen so far can be read.
            # It can be stopped between a call and its own count of it.
            self.assertIn(len(self.calls()), (batches, batches + 1))
            shell.expect("prompt> ")
            self.assertEqual(served.batches, batches)
            shell.type("fg\n")
            served.goes_on()
        shell.type("\x1a")
        self.stopped(shell, served)
        shell.type("bg\n")
        served.goes_on()
        shell.type("jobs\n")
        shell.expect(r"\[1\]\+\s+Running")
        os.kill(served.pid, signal.SIGTERM)
        shell.expect("sigwaitinfo: .*\r\n")
        shell.type("wait; echo finished\n")
        shell.expect("finished")
        self.assertEqual(self.records()[-1]["exit"], {"code": 0, "signal": None})
        numbers = [int(support.payload(call["messages"][0]).split(b".")[0]) for call in self.calls()]
        self.assertEqual(numbers, list(range(len(numbers))))
        self.say(f"stopped 4 times by a key, {len(numbers)} calls without a gap")

    def test_stop_and_continue_as_a_shell_does(self):
        """A parent that waits for stops sees ours, once the program's has come, and continues both."""
        out = open(self.folder / "out", "wb")
        self.addCleanup(out.close)
        tracer = subprocess.Popen([support.TRACER, "-o", self.folder / "t.jsonl", "--",
                                   support.PROGRAMS / "served", self.folder / "counts"],
                                  process_group=0, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.addCleanup(lambda: tracer.poll() is None and (tracer.kill(), tracer.wait()))
        served = attaching.Served.__new__(attaching.Served)
        served.file = self.folder / "counts"
        support.wait_until(lambda: served.file.exists() and served.file.stat().st_size and served.batches > 2, "it sends")
        served.pid = next(int(name) for name in os.listdir("/proc") if name.isdigit()
                          and attaching.status(name, "PPid") == str(tracer.pid))
        for number in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTSTP):
            os.killpg(tracer.pid, number)
            pid, status = os.waitpid(tracer.pid, os.WUNTRACED)
            self.assertTrue(pid == tracer.pid and os.WIFSTOPPED(status), status)
            self.all_stop(served)
            batches = served.batches
            # It can be stopped between a call and its own count of it.
            self.assertIn(len(self.calls()), (batches, batches + 1))
            os.killpg(tracer.pid, signal.SIGCONT)
            served.goes_on()
        # To us alone: the program is stopped with us.
        os.kill(tracer.pid, signal.SIGTSTP)
        pid, status = os.waitpid(tracer.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status))
        self.all_stop(served)
        os.killpg(tracer.pid, signal.SIGCONT)
        served.goes_on()
        # To the program alone, from outside: we go on, and so does it when it is continued.
        for _ in range(3):
            os.kill(served.pid, signal.SIGSTOP)
            support.wait_until(lambda: re.fullmatch("[tT]+", attaching.states(served.pid)), "it is stopped")
            batches = served.batches
            self.assertNotIn("T", attaching.states(tracer.pid))
            self.assertEqual(served.batches, batches)
            os.kill(served.pid, signal.SIGCONT)
            served.goes_on()
        os.kill(served.pid, signal.SIGTERM)
        self.assertEqual(tracer.wait(20), 0)
        self.assertEqual(self.records()[-1]["kind"], "trace_end")
        self.say("7 stops")

    def test_program_that_stops_itself_at_the_key(self):
        """As editors do: it restores the terminal first, and stops itself by SIGSTOP."""
        shell = Shell(self)
        script = self.folder / "editor"
        script.write_text("import os, signal\n"
                          "def suspend(*_):\n"
                          "    print('suspending', flush=True)\n"
                          "    os.kill(os.getpid(), signal.SIGSTOP)\n"
                          "    print('resumed', flush=True)\n"
                          "signal.signal(signal.SIGTSTP, suspend)\n"
                          "print('editing', flush=True)\n"
                          "while True: signal.pause()\n")
        for command in (f"python3 {script}", self.traced("python3", script)):
            shell.type(command + "\n")
            shell.expect("editing\r\n")
            for _ in range(2):
                shell.type("\x1a")
                shell.expect("suspending\r\n")
                shell.expect(r"\[1\]\+?\s+Stopped")
                shell.expect("prompt> ")
                shell.type("fg\n")
                shell.expect("resumed\r\n")
            shell.type("\x1c")
            shell.expect("prompt> ")

    def test_program_that_stops_itself(self):
        """Only itself, and nobody pressed a key: its shell sees a stopped job, as without us."""
        script = self.folder / "suspending"
        script.write_text("echo one; kill -STOP $$; echo two; kill -TSTP $$; echo three; exit 3\n")
        for command in (f"sh {script}", self.traced("sh", script), self.traced("sh", script, options="--seccomp off")):
            shell = Shell(self)
            shell.type(f"{command}\n")
            for said in ("one", "two"):
                shell.expect(f"{said}\r\n")
                shell.expect(r"\[1\]\+?\s+Stopped")
                shell.expect("prompt> ")
                shell.type("fg; echo status $?\n")
            shell.expect("three\r\n")
            self.assertEqual(shell.expect(r"status (\d+)")[1], "3")

    def test_shell_that_suspends_itself(self):
        """A traced shell has a group of its own; it gets the terminal back with its continuation."""
        shell = Shell(self)
        shell.type(self.traced("env PS1=inner: bash --norc --noprofile --noediting -i") + "\n")
        for turn in range(2):
            shell.expect("inner:")
            shell.type("suspend -f\n")
            shell.expect(r"\[1\]\+?\s+Stopped")
            shell.expect("prompt> ")
            shell.type("fg; echo status $?\n")
            shell.type(f"echo turn $(({turn} + 10))\n")
            shell.expect(f"turn {turn + 10}\r\n")
        shell.expect("inner:")
        shell.type("exit 9\n")
        self.assertEqual(shell.expect(r"status (\d+)")[1], "9")

    def test_stop_that_is_not_the_shells_business(self):
        """Its child runs on and continues it, or there is no shell that waits for stops."""
        command = self.traced(support.PROGRAMS / "restarts", "stop")
        shell = Shell(self)
        script = self.folder / "script"
        script.write_text(f"{command}; echo restarted $?\n")
        for words in (f"{command}; echo restarted $?", f"sh {script}"):
            shell.type(f"{words}\n")
            self.assertEqual(shell.expect(r"restarted (\d+)")[1], "0")
        script.write_text(self.traced("sh", "-c", "'kill -STOP $$; exit 4'") + "; echo continued $?\n")
        shell.type(f"sh {script}\n")
        program = support.wait_until(lambda: [pid for pid, _ in support.session_members(shell.pid)
                                              if attaching.status(pid, "TracerPid") not in (None, "0")
                                              and attaching.states(pid) in ("t", "T")], "it stops")[0]
        os.kill(program, signal.SIGCONT)
        self.assertEqual(shell.expect(r"continued (\d+)")[1], "4")

    def test_shell_with_jobs_of_its_own(self):
        """A traced shell takes the terminal for itself and its jobs; keys are none of our business."""
        shell = Shell(self)
        inner = f"env PS1=inner: bash --norc --noprofile --noediting -i"
        shell.type(self.traced(inner) + "; echo status $?\n")
        shell.expect("inner:")
        shell.type(f"{support.PROGRAMS}/forever\n")
        shell.expect("sent 2\r\n")
        shell.type("\x1a")
        shell.expect(r"\[1\]\+?\s+Stopped")
        shell.expect("inner:")
        (tracer,) = shell.tracers()
        self.assertNotIn("T", attaching.states(tracer))
        (forever,) = [pid for pid, _ in support.session_members(shell.pid)
                      if attaching.status(pid, "Name") == "forever"]
        shell.type("fg\n")
        # Continued only when the terminal is its own.
        support.wait_until(lambda: attaching.states(forever) == "S", "it is continued")
        shell.type("\x03")
        shell.expect("inner:")
        shell.type("exit 9\n")
        self.assertEqual(shell.expect(r"status (\d+)")[1], "9")

    def test_program_that_does_not_stop_at_the_key(self):
        shell = Shell(self)
        shell.type(self.traced(TELLER, 4) + "; echo status $?\n")
        shell.expect("ready\r\n")
        for told in ("SIGTSTP 1", "SIGTSTP 2"):
            shell.type("\x1a")
            shell.expect(f"{told}\r\n")
        (tracer,) = shell.tracers()
        (teller,) = [pid for pid, _ in support.session_members(shell.pid)
                     if attaching.status(pid, "Name") == TELLER.name]
        # Stopped later, from outside, it is the program that stops, and not us with it: whoever
        # continues the program would not continue us.
        os.kill(teller, signal.SIGSTOP)
        support.wait_until(lambda: attaching.states(teller) in "tT", "it is stopped")
        os.kill(teller, signal.SIGCONT)
        os.kill(teller, signal.SIGUSR1)
        shell.expect("SIGUSR1 1\r\n")
        self.assertNotIn("T", attaching.states(tracer))
        shell.type("\x03")
        self.assertEqual(shell.expect(r"status (\d+)")[1], "5")

    def test_reading_in_the_background(self):
        shell = Shell(self)
        script = f"{self.folder}/reader"
        with open(script, "w") as file:
            file.write(f"read line; echo got $line; {support.SAMPLES}/whole_batch >/dev/null; exit 6\n")
        for command in (f"sh {script}", self.traced("sh", script)):
            shell.type(f"{command} &\n")
            shell.expect("prompt> ")
            shell.type("\n")
            support.wait_until(lambda: self.jobs(shell, "Stopped"), "the job stops")
            shell.type("fg; echo status $?\n")
            shell.type("words\n")
            shell.expect("got words\r\n")
            self.assertEqual(shell.expect(r"status (\d+)")[1], "6")
        self.assertEqual(len(self.calls()), 1)

    def jobs(self, shell, word):
        shell.type("jobs; echo end of jobs\n")
        return word in shell.expect(r"(?s)(.*)end of jobs")[1]

    def test_started_in_the_background(self):
        shell = Shell(self)
        shell.type("stty tostop\n")
        shell.expect("prompt> ")
        # The trace goes to the terminal, which lets no program write to it from the background; it
        # is not the program's fault that we do.
        shell.type(f"{support.TRACER} {support.SAMPLES}/whole_batch >/dev/null &\n")
        shell.expect("exited with 0")
        shell.type("wait %1; echo status $?\n")
        self.assertEqual(shell.expect(r"status (\d+)")[1], "0")

    def test_hangup(self):
        """The terminal goes away: the program gets the signal, and the trace is written to its end."""
        shell = Shell(self)
        shell.type("exec " + self.traced(support.PROGRAMS / "forever") + "\n")
        shell.expect("sent 2\r\n")
        support.wait_until(lambda: attaching.status(shell.pid, "Name") == support.TRACER.name, "the tracer runs")
        os.close(shell.terminal)
        shell.terminal = os.open(os.devnull, os.O_RDONLY)
        support.wait_until(lambda: (self.folder / "t.jsonl").read_bytes().count(b'"kind":"trace_end"'), "the end is written")
        self.assertEqual(self.records()[-1]["exit"], {"code": None, "signal": "SIGHUP"})


class Signals(attaching.AttachTest):
    """Signals that are sent to us, not to the program."""

    def launched(self, *command, options=(), before=()):
        tracer = attaching.Tracer(self, [], options, before=before, command=command)
        return tracer, tracer.process.stdout.readline

    def test_passed_on_once(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            for options in ([], ["--seccomp", "off"]):
                tracer, said = self.launched(TELLER, 2, options=options)
                self.assertEqual(said(), b"ready\n")
                tracer.tell(number)
                self.assertEqual(said(), f"{number.name} 1\n".encode())
                (program,) = [pid for pid, _ in support.session_members(tracer.session) if pid != tracer.pid]
                os.kill(program, signal.SIGUSR1)
                trace = self.read(tracer.finish(), tracer.output)
                self.assertEqual((trace.status, trace.out, len(trace.calls)), (5, b"SIGUSR1 1\n", 2))
        # One that ends the program ends us as well, by the same signal.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            tracer, said = self.launched(support.PROGRAMS / "forever")
            self.assertEqual(said(), b"sent 2\n")
            tracer.tell(number)
            trace = self.read(tracer.finish(), tracer.output)
            self.assertEqual((trace.status, trace.end["exit"]), (-number, {"code": None, "signal": number.name}))
        self.say("3 signals in 2 modes, and as ends")

    def test_sent_to_the_whole_group(self):
        """`kill %1`, timeout(1), or the program itself: the program has it, and gets no second one."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            tracer, said = self.launched(TELLER, 2)
            self.assertEqual(said(), b"ready\n")
            os.killpg(tracer.pid, number)
            self.assertEqual(said(), f"{number.name} 1\n".encode())
            (program,) = [pid for pid, _ in support.session_members(tracer.session) if pid != tracer.pid]
            os.kill(program, signal.SIGUSR1)
            trace = self.read(tracer.finish(), tracer.output)
            self.assertEqual((trace.status, trace.out), (5, b"SIGUSR1 1\n"))
            # One after the other, as those do that look for all processes of a service.
            for first_us in (True, False):
                tracer, said = self.launched(TELLER, 2)
                self.assertEqual(said(), b"ready\n")
                (program,) = [pid for pid, _ in support.session_members(tracer.session) if pid != tracer.pid]
                for pid in (tracer.pid, program) if first_us else (program, tracer.pid):
                    os.kill(pid, number)
                self.assertEqual(said(), f"{number.name} 1\n".encode())
                os.kill(program, signal.SIGUSR1)
                trace = self.read(tracer.finish(), tracer.output)
                self.assertEqual((trace.status, trace.out), (5, b"SIGUSR1 1\n"), first_us)

    def test_timeout(self):
        """timeout(1) sends to us, and then to the group that we and the program are in."""
        output = self.folder / "timeout.jsonl"
        done = support.run(["timeout", "--kill-after=3", "0.5", support.TRACER, "-o", output,
                            support.PROGRAMS / "forever"])
        self.assertEqual(done.status, 124, done.err)
        end = support.parse_records(output.read_bytes())[-1]
        self.assertEqual((end["kind"], end["exit"]), ("trace_end", {"code": None, "signal": "SIGTERM"}))
        self.assertNotIn(b"cannot let go", done.err)

    def test_nohup_and_background(self):
        for before, numbers in ((["env", "--ignore-signal=HUP"], [signal.SIGHUP]),
                                (["env", "--ignore-signal=INT", "--ignore-signal=QUIT"], [signal.SIGINT, signal.SIGQUIT])):
            tracer, said = self.launched(TELLER, 1, before=before)
            names = "".join(f" ignoring {number.name}" for number in numbers)
            self.assertEqual(said(), f"ready{names}\n".encode())
            for number in numbers:
                os.killpg(tracer.pid, number)
                tracer.tell(number)
            (program,) = [pid for pid, _ in support.session_members(tracer.session) if pid != tracer.pid]
            os.kill(program, signal.SIGUSR1)
            trace = self.read(tracer.finish(), tracer.output)
            self.assertEqual((trace.status, trace.out), (5, b"SIGUSR1 1\n"), trace.err)
        # Attached: it is not told to leave by what it ignores.
        served = attaching.Served(self)
        tracer = self.attached(served.pid, before=["env", "--ignore-signal=HUP"])
        tracer.tell(signal.SIGHUP)
        served.goes_on()
        self.assertTrue(attaching.is_traced(served.pid))
        self.assertEqual(tracer.leave(signal.SIGTERM).status, 128 + signal.SIGTERM)

    def test_second_signal_with_a_filter_says_why_we_stay(self):
        tracer, said = self.launched(TELLER, 7)
        self.assertEqual(said(), b"ready\n")
        tracer.tell(signal.SIGTERM)
        self.assertEqual(said(), b"SIGTERM 1\n")
        tracer.tell(signal.SIGTERM)
        line = tracer.process.stderr.readline().decode()
        (program,) = [pid for pid, _ in support.session_members(tracer.session) if pid != tracer.pid]
        self.assertRegex(line, rf"^mmsgtrace: cannot let go of {program} \(signal_teller\): .*ENOSYS.*\n$")
        # Each is passed on, and what was said is not said again.
        for turn in range(2, 6):
            self.assertEqual(said(), f"SIGTERM {turn}\n".encode())
            tracer.tell(signal.SIGTERM)
        self.assertEqual(said(), b"SIGTERM 6\n")
        self.assertTrue(attaching.is_traced(program))
        os.kill(program, signal.SIGUSR1)
        trace = self.read(tracer.finish(), tracer.output)
        self.assertEqual((trace.status, trace.out), (5, b"SIGUSR1 1\n"))
        self.assertNotIn(b"cannot let go", trace.err)
        self.assertNotIn(b"still waiting", trace.err)

    def test_further_signals_say_who_is_left(self):
        """The command has ended, and its children one after the other."""
        file = self.folder / "counts"
        tracer, _ = self.launched("sh", "-c", f"{support.PROGRAMS}/served {file} & {support.PROGRAMS}/served {file}2 &")
        support.wait_until(lambda: {attaching.status(pid, "Name") for pid, state in
                                    support.session_members(tracer.session)
                                    if state != "Z" and pid != tracer.pid} == {"served"},
                           "the shell has ended")
        first, second = sorted(pid for pid, _ in support.session_members(tracer.session)
                               if attaching.status(pid, "Name") == "served")
        # On a busy machine it may have been said by itself before we ask.
        said = lambda: next(line for line in tracer.process.stderr if not line.startswith(b"mmsgtrace: COMMAND "))
        told = time.monotonic()
        tracer.tell(signal.SIGINT)
        self.assertRegex(said().decode(), rf"cannot let go of {first} \(served\), {second} \(served\): .*ENOSYS")
        os.kill(first, signal.SIGTERM)
        support.wait_until(lambda: attaching.status(first, "Name") is None, "the first has ended")
        # Two of the same sender within 20 ms are taken for one that came twice.
        support.wait_until(lambda: time.monotonic() > told + 0.05, "it is another one")
        tracer.tell(signal.SIGINT)
        self.assertEqual(said().decode(), f"mmsgtrace: still waiting for the end of {second} (served)\n")
        os.kill(second, signal.SIGTERM)
        self.assertEqual(self.read(tracer.finish(), tracer.output).status, 0)

    def test_second_signal_without_a_filter_lets_go(self):
        for turn in range(5):
            file = self.folder / f"counts{turn}"
            tracer, _ = self.launched("env", "--block-signal=INT", support.PROGRAMS / "served", file, 3,
                                      options=["--seccomp", "off"])
            served = attaching.Served.__new__(attaching.Served)
            served.file = file
            support.wait_until(lambda: file.exists() and file.stat().st_size and served.batches > 2, "it sends")
            (served.pid,) = [pid for pid, _ in support.session_members(tracer.session)
                             if attaching.status(pid, "Name") == "served"]
            tracer.tell(signal.SIGINT)
            # The first one waits for the program, which blocks it.
            support.wait_until(lambda: int(attaching.status(served.pid, "ShdPnd"), 16) & 1 << signal.SIGINT - 1,
                               "it is passed on")
            tracer.tell(signal.SIGINT)
            # Its streams stay open in the program, which lives on.
            self.assertEqual(tracer.process.wait(20), 128 + signal.SIGINT)
            self.assertEqual(attaching.tracers(served.pid), {0})
            self.assertNotRegex(attaching.states(served.pid), "[tTZX]")
            served.goes_on()
            self.assertEqual(served.disturbed(), {}, f"turn {turn}")
            records = support.parse_records(tracer.output.read_bytes())
            self.assertEqual((records[-1]["kind"], records[-1]["exit"]), ("trace_end", None))
            self.assertIn("detached", [record["event"] for record in records if record["kind"] == "process"])
        self.say("5 launched programs let go, 0 calls disturbed")

    def orphans(self, options):
        file = self.folder / "counts"
        tracer, _ = self.launched("sh", "-c", f"{support.PROGRAMS}/served {file} & exit 7", options=options)
        served = attaching.Served.__new__(attaching.Served)
        served.file = file
        support.wait_until(lambda: file.exists() and file.stat().st_size and served.batches > 2, "it sends")
        (served.pid,) = [pid for pid, _ in support.session_members(tracer.session)
                         if attaching.status(pid, "Name") == "served"]
        return tracer, served

    def test_children_that_live_on_are_followed(self):
        tracer, served = self.orphans([])
        served.goes_on()
        self.assertTrue(attaching.is_traced(served.pid))
        os.kill(served.pid, signal.SIGTERM)
        trace = self.read(tracer.finish(), tracer.output)
        self.assertEqual((trace.status, trace.end["exit"]), (7, {"code": 7, "signal": None}))
        # It can end between a call and its own count of it.
        self.assertIn(len(trace.calls), (served.batches, served.batches + 1))

    def test_children_that_live_on_are_let_go(self):
        tracer, served = self.orphans(["--exit-with-command", "--seccomp", "off"])
        self.assertEqual(tracer.process.wait(20), 7)
        served.goes_on()
        self.assertEqual((attaching.tracers(served.pid), served.disturbed()), ({0}, {}))

    def test_children_with_a_filter_cannot_be_let_go(self):
        tracer, served = self.orphans(["--exit-with-command"])
        line = tracer.process.stderr.readline().decode()
        self.assertRegex(line, r"^mmsgtrace: --exit-with-command: .*seccomp filter.*\n$")
        served.goes_on()
        self.assertTrue(attaching.is_traced(served.pid))
        os.kill(served.pid, signal.SIGTERM)
        self.assertEqual(self.read(tracer.finish(), tracer.output).status, 7)


if __name__ == "__main__":
    unittest.main(verbosity=2)
