"""Sockets that are changed between two messages of a call, by another thread or process that has them too.

What the kernel made of the message is told by its tracepoint; without that nothing may be certain, unless
nobody else has the socket.
"""

import os
import resource
import socket
import subprocess
import unittest

import support

PROGRAM = support.PROGRAMS / "changed_meanwhile"
# By whom, what, and what the kernel says of the message. A connection may be taken back too early.
CHANGES = [
    *((who, what, errnos) for who in ("thread", "process") for what, errnos in [
        ("shut_down", ["EPIPE"]), ("held_back", ["EFAULT"]), ("nothing", ["EFAULT"]),
        ("connection", ["EFAULT", "EDESTADDRREQ"]), ("broadcast", ["EFAULT", "EACCES"]),
        ("fragments", ["EFAULT", "EMSGSIZE"])]),
    ("thread", "replaced", ["EACCES"]),
    *((who, "held_back", ["EFAULT"]) for who in ("closer", "parent")),
    ("passed", "shut_down", ["EPIPE"]),
    ("nobody", "way", ["EHOSTUNREACH"]),
]
# More than were ever looked at while a program waited.
DESCRIPTORS = 9000


class SharedSockets(support.TracingTest):
    def told(self, command, lines, options=()):
        """The trace of a program that waits for so many lines, each behind a call: they come when the
        call is recorded, and so all was looked at that its record tells of."""
        path = self.folder / "told.jsonl"
        path.unlink(missing_ok=True)
        process = support.started([support.TRACER, "-o", path, *options, "--", *command], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(support.end_session, process.pid)
        for number in range(1, lines + 1):
            support.wait_until(lambda: path.exists() and path.read_bytes().count(b'{"kind":"call"') >= number,
                               f"call {number} is recorded", 20)
            process.stdin.write(b"\n")
            process.stdin.flush()
        out, err = process.communicate(timeout=20)
        return support.Trace((process.returncode, out, err), support.parse_records(path.read_bytes()))

    def verdict(self, who, what, options=()):
        command = [PROGRAM, who, what]
        trace = self.told(command, 1, options) if who == "passed" else self.trace(command, options)
        self.assertEqual((trace.status, trace.out), (0, b"1\n"), trace.err)
        [call] = [call for call in trace.calls if call["vlen"] == 3]
        self.assertEqual((call["verdict"]["cause"], call["verdict"]["at"]), ("error", 1))
        return call["verdict"]

    @support.need_kernel_evidence
    def test_the_kernel_met_the_change(self):
        for who, what, errnos in CHANGES:
            verdict = self.verdict(who, what, ["--kernel-evidence"])
            self.assertIn((verdict["errno"], verdict["certainty"]), [(errno, "observed") for errno in errnos],
                          (who, what, verdict))
        verdict = self.outside("held_back", ["--kernel-evidence"])
        self.assertEqual((verdict["errno"], verdict["certainty"]), ("EFAULT", "observed"), verdict)

    @support.need_root
    def test_nothing_is_certain_of_what_others_may_have_changed(self):
        for options in ([], ["--seccomp", "off"]):
            for who, what, _ in CHANGES:
                with self.subTest(who=who, what=what, options=options):
                    self.assertNotEqual(self.verdict(who, what, options)["certainty"], "certain")

    @support.need_root
    def test_what_an_option_of_a_moment_would_explain_is_a_candidate(self):
        for who in "thread", "process":
            for what, errno in ("broadcast", "EACCES"), ("fragments", "EMSGSIZE"):
                verdict = self.verdict(who, what)
                said = {candidate["errno"]: candidate["certainty"] for candidate in verdict["candidates"]}
                self.assertTrue(verdict["errno"] == errno or said.get(errno) == "possible", (who, what, verdict))

    def outside(self, what, options=()):
        """The verdict where a process that is not traced has the socket before the traced one."""
        trace = self.trace([PROGRAM, "inside", what], options, before=[PROGRAM, "outside", what])
        self.assertEqual((trace.status, trace.out), (0, b"1\n"), trace.err)
        return trace.calls[0]["verdict"]

    @support.need_root
    def test_nothing_is_certain_of_what_the_untraced_may_have_changed(self):
        for verdict in (self.outside("held_back"), self.outside("nothing"),
                        self.verdict("closer", "held_back", ["--no-follow", "--seccomp", "off"])):
            self.assertEqual(verdict["certainty"], "likely", verdict)

    def unreadable(self, *before):
        """What is said of a call on a socket that we have, too, and of one on the program's own."""
        self.folder.chmod(0o777)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as shared:
            for name in str(shared.fileno()), "own":
                path = self.folder / f"{name}.jsonl"
                done = support.run([*before, support.TRACER, "-o", path, "--", support.PROGRAMS / "unreadable", name],
                                   pass_fds=[shared.fileno()] if name != "own" else [])
                self.assertEqual((done.status, done.out), (0, b"1\n"), done.err)
                [call] = [record for record in support.parse_records(path.read_bytes()) if record["kind"] == "call"]
                self.assertEqual(call["verdict"]["errno"], "EFAULT", call["verdict"])
                yield call["verdict"]["certainty"]

    @support.need_root
    def test_who_may_not_be_looked_into_may_have_what_is_inherited(self):
        as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        said = list(self.unreadable(*as_nobody))
        # Of the program's own it is certain, unless others' processes have come meanwhile.
        self.assertEqual(said[0], "likely", said)
        # Who was there before is told by hundredths of a second: the shell waits for the next one.
        start = "cut -d' ' -f22 /proc/%s/stat"
        later = f"while [ $({start % 'self'}) -le $({start % '$$'}) ]; do :; done"
        first = ["unshare", "-p", "-f", "--mount-proc", "sh", "-c", f'{later}; "$@"; exit $?', "sh"]
        self.assertEqual(list(self.unreadable(*first, *as_nobody)), ["likely", "certain"])

    @support.need_root
    def test_who_is_outside_of_the_namespace_may_have_what_is_inherited(self):
        self.assertEqual(list(self.unreadable("unshare", "-p", "-f", "--mount-proc")), ["likely", "certain"])
        self.assertEqual(list(self.unreadable()), ["likely", "certain"])

    @support.need_root
    def test_who_is_known_takes_no_certainty(self):
        """A process that has many descriptors is looked at while the program goes on."""
        for options in ([], ["--no-follow", "--seccomp", "off"]):
            trace = self.told([support.PROGRAMS / "many_known", "300", "100"], 100, options)
            self.assertEqual(trace.status, 0, trace.err)
            said = [call["verdict"]["certainty"] for call in trace.calls if call["return"] == 1]
            self.assertEqual(len(said), 100)
            self.assertEqual(said[0], "likely", said)
            self.assertGreater(said.count("certain"), 50, said)

    @support.need_root
    def test_a_shutdown_is_seen(self):
        for who in ("thread", "process"):
            verdict = self.verdict(who, "shut_down")
            self.assertEqual((verdict["errno"], verdict["certainty"]), ("EPIPE", "likely"), verdict)
            self.assertIn("shut down for sending", verdict["why"])
            verdict = self.verdict(who, "nothing")
            self.assertEqual((verdict["errno"], verdict["candidates"]), ("EFAULT", []), verdict)

    @support.need_root
    def test_what_nobody_else_has_is_certain(self):
        verdict = self.verdict("nobody", "nothing")
        self.assertEqual((verdict["errno"], verdict["certainty"]), ("EFAULT", "certain"), verdict)

    @support.need_root
    def test_a_thread_that_does_not_run_takes_no_certainty(self):
        for options in ([], ["--seccomp", "off"]):
            verdict = self.verdict("asleep", "nothing", options)
            self.assertEqual((verdict["errno"], verdict["certainty"]), ("EFAULT", "certain"), verdict)
            verdict = self.verdict("awake", "nothing", options)
            self.assertEqual((verdict["errno"], verdict["certainty"]), ("EFAULT", "likely"), verdict)

    @support.need_root
    def test_what_a_thread_changed_behind_the_call_is_not_taken_for_what_was(self):
        trace = self.trace([support.PROGRAMS / "changed_behind", "300"], ["--seccomp", "on"])
        self.assertEqual(trace.status, 0, trace.err)
        late = [call["verdict"] for call, changed in zip(trace.calls, trace.out.split(), strict=True)
                if int(changed) > call["monotonic_ns"] + call["duration_ns"]]
        self.assertGreater(len(late), 50)
        for verdict in late:
            self.assertTrue(verdict["errno"] == "EACCES" or verdict["certainty"] != "certain", verdict)

    @support.need_root
    def test_many_descriptors_in_sight_take_no_certainty(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < DESCRIPTORS + 200:
            self.skipTest(f"no {DESCRIPTORS} descriptors can be had: RLIMIT_NOFILE is {hard}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        with socket.socket() as kept:
            others = [os.dup(kept.fileno()) for _ in range(DESCRIPTORS)]
            self.addCleanup(os.closerange, others[0], others[-1] + 1)
            self.test_what_nobody_else_has_is_certain()


if __name__ == "__main__":
    unittest.main(verbosity=2)
