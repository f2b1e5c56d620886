"""`mmsgtrace check`: programs held to policies, live and from what was saved of them."""

import contextlib
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import unittest

import attaching
import checking
import support
import test_real_programs


class Check(checking.CheckTest):
    def test_a_live_and_a_saved_trace_fare_the_same(self):
        trace = self.folder / "trace.jsonl"
        policy = checking.POLICIES / "nothing-lost.yaml"
        live = self.check(policy, "-o", trace, "--", support.SAMPLES / "ignores_count")
        saved = self.check(policy, trace)
        self.assertEqual((live.status, saved.status), (1, 1), live.err)
        report, line, _ = live.err.decode().rpartition("mmsgtrace: ")
        self.assertEqual(saved.out.decode(), report)
        self.assertEqual(saved.err.decode(), line + _)
        self.assertEqual(self.last_line(live), f"mmsgtrace: {policy}: 1 of 5 rules is broken, "
                                               "1 gave a warning: exit status 1")
        self.assertEqual(self.fared(report), {"calls-were-made": "ok", "nothing-abandoned": "BROKEN", "nothing-twice": "ok",
                                              "nothing-capped": "ok", "few-short-calls": "warning"})
        # Each call that lost messages is named, with what to do about it.
        lost = [record["of"] for record in map(json.loads, trace.read_text().splitlines())
                if record["kind"] == "follow_up" and record["how"] == "abandoned"]
        named = [int(number) for number in re.findall(r"call (\d+), message \d+ \(ignores_count\): abandoned", report)]
        self.assertEqual(named, lost)
        helped = re.findall(r"abandoned comes to .*\n +fix: wait until the socket takes more", report)
        self.assertEqual(len(helped), len(lost))
        self.say(f"calls {lost} named, live and saved the same {len(report)} bytes")

    def test_what_is_sent_passes(self):
        done = self.check(checking.POLICIES / "nothing-lost.yaml", "--", support.SAMPLES / "whole_batch")
        self.assertEqual(done.status, 0, done.err)
        self.assertEqual(set(self.fared(done.err.decode()).values()), {"ok"})
        self.assertTrue(self.last_line(done).endswith("exit status 0 (the command's own)"), done.err)

    def test_what_sends_nothing_does_not_pass(self):
        done = self.check(checking.POLICIES / "nothing-lost.yaml", "--github", "--", "true")
        self.assertEqual(done.status, 1, done.err)
        report = done.err.decode()
        self.assertEqual(self.fared(report)["calls-were-made"], "BROKEN")
        self.assertIn("the run: calls comes to 0, and at least 1 is needed", report)
        self.assertIn("\n::warning title=mmsgtrace::no call was seen\n", report)
        # Without such a rule it passes, and the report says what that is worth.
        done = self.check(self.policy("max: { abandoned: 0 }"), "--", "true")
        self.assertEqual(done.status, 0, done.err)
        self.assertIn("no call was seen: there was nothing to hold to the policy\n", done.err.decode())
        self.assertTrue(self.last_line(done).endswith(
            "the rule holds; no call was seen: exit status 0 (the command's own)"), done.err)

    def test_what_is_taken_up_again_is_not_lost(self):
        # The sample goes on from each count, and leaves out the one message that is too long.
        done = self.check(checking.POLICIES / "nothing-lost.yaml", "--", support.SAMPLES / "handles_count")
        report = done.err.decode()
        self.assertEqual(re.findall(r"call (\d+), message (\d+) .*: abandoned comes to (\d+)", report),
                         [("1", "17", "1")])
        self.assertRegex(report, r"abandoned comes to .*\n +fix: cut that message into smaller ones: it was left out")

    def test_what_is_taken_up_late_is_not_lost(self):
        """It was said to be abandoned so far; reports are about what holds in the end."""
        policy, trace, junit = checking.POLICIES / "nothing-lost.yaml", self.folder / "late.jsonl", self.folder / "junit.xml"
        command = [support.TRACER, "check", "--policy", policy, "-o", trace, "--junit", junit, "--",
                   support.PROGRAMS / "follow_ups", "late"]
        checking_it = support.started(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(support.end_session, checking_it.pid)
        support.wait_until(lambda: trace.exists() and b'"how":"abandoned"' in trace.read_bytes(),
                           "it is said to be abandoned", 30)
        live = checking_it.communicate(b"\n", timeout=20)[1].decode()
        self.assertEqual(json.loads(trace.read_text().splitlines()[-1])["losses"]["dropped"], 0)
        self.assertEqual((checking_it.returncode, self.fared(live)["nothing-abandoned"]), (0, "ok"), live)
        self.assertNotIn("abandoned comes to", live + junit.read_text())
        saved = self.check(policy, "--sarif", self.folder / "sarif.json", trace)
        self.assertEqual((saved.status, self.fared(saved.out.decode())), (0, self.fared(live)), saved.out)
        self.assertNotIn("abandoned comes to", saved.out.decode() + (self.folder / "sarif.json").read_text())

    def test_what_may_be_sent_yet_is_open(self):
        """Not final: the program lives on when we leave, or has sent what cannot be compared."""
        policy, trace = self.policy("max: { abandoned: 0 }"), self.folder / "trace.jsonl"
        checking_it = support.started([support.TRACER, "check", "--policy", policy, "-o", trace, "--calls", "200", "--",
                                       support.PROGRAMS / "follow_ups", "late"],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(support.end_session, checking_it.pid)
        support.wait_until(lambda: trace.exists() and b'"seq":200,' in trace.read_bytes(), "200 calls are recorded", 30)
        # It sends the rest, which nobody sees any more.
        live = checking_it.communicate(b"\n", timeout=20)[1].decode()
        said = "6 messages had not been sent when waited for no longer, or a send that may have held them could not be compared\n"
        self.check_open(policy, trace, checking_it.returncode, live, said)
        done = self.check(policy, "-o", trace, "--", support.PROGRAMS / "follow_ups", "two_streams")
        self.check_open(policy, trace, done.status, done.err.decode(), said)

    def check_open(self, policy, trace, status, live, said):
        records = [json.loads(line) for line in trace.read_text().splitlines()]
        lost, = (record for record in records if record["kind"] == "follow_up")
        self.assertEqual((lost["how"], lost["final"]), ("abandoned", False), lost)
        said = said.replace("6", str(len(lost["messages"])))
        saved = self.check(policy, trace)
        for status, report in (status, live), (saved.status, saved.out.decode()):
            self.assertEqual((status, self.fared(report)), (65, {"rule": "unknown"}), report)
            self.assertIn(said, report)
            self.assertNotIn("abandoned comes to", report)
        self.assertEqual(self.last_line(saved), live.splitlines()[-1])

    def test_what_nobody_is_left_to_send_is_lost(self):
        """It was said to be abandoned so far, and then the program is gone."""
        policy, trace = self.policy("max: { abandoned: 0 }"), self.folder / "trace.jsonl"
        checking_it = support.started([support.TRACER, "check", "--policy", policy, "-o", trace, "--",
                                       support.PROGRAMS / "follow_ups", "late"],
                                      stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(support.end_session, checking_it.pid)
        support.wait_until(lambda: trace.exists() and b'"how":"abandoned"' in trace.read_bytes(),
                           "it is said to be abandoned", 30)
        started = json.loads(trace.read_text().splitlines()[0])
        os.kill(started["pids"][0], signal.SIGKILL)
        live = checking_it.communicate(timeout=20)[1].decode()
        self.assertEqual((checking_it.returncode, self.fared(live)), (1, {"rule": "BROKEN"}), live)
        records = [json.loads(line) for line in trace.read_text().splitlines()]
        so_far, final = (record for record in records if record["kind"] == "follow_up")
        self.assertEqual([(record["how"], record["final"], record["revises"]) for record in (so_far, final)],
                         [("abandoned", False, None), ("abandoned", True, "abandoned")])
        self.assertEqual(so_far["messages"], final["messages"])
        self.assertEqual(live.count("abandoned comes to"), 1, live)
        self.assertEqual(self.check(policy, trace).status, 1)

    def test_what_is_refused_as_such_is_lost(self):
        """Two calls on what is no socket: none of their messages went anywhere."""
        trace = self.folder / "refused.jsonl"
        done = self.check(checking.POLICIES / "nothing-lost.yaml", "-o", trace, "--", support.SAMPLES / "not_a_socket")
        self.assertEqual(done.status, 1, done.err)
        report = done.err.decode()
        self.assertEqual(self.fared(report)["nothing-abandoned"], "BROKEN")
        self.assertEqual(report.count("fix: the descriptor is no open socket: see who closed it"), 4, report)
        end = json.loads(trace.read_text().splitlines()[-1])
        self.assertEqual(end["losses"]["dropped"], 4)
        self.assertEqual(end["losses"]["sentences"],
                         ["not_a_socket dropped 4 messages: it left all of 2 refused calls unsent"
                          " (sendfile, splice, pwritev2 and io_uring were not looked at)"])

    def test_what_only_probes_loses_nothing(self):
        done = self.check(checking.POLICIES / "nothing-lost.yaml", "--", support.SAMPLES / "probe_sends_nothing")
        self.assertEqual(self.fared(done.err.decode())["nothing-abandoned"], "ok")

    def test_what_is_sent_twice_is_found(self):
        done = self.check(checking.POLICIES / "nothing-lost.yaml", "--", support.SAMPLES / "resends_batch")
        self.assertEqual(done.status, 1, done.err)
        self.assertEqual(self.fared(done.err.decode())["nothing-twice"], "BROKEN")

    def test_the_exit_status_says_which(self):
        holds, broken = self.policy("loopback"), self.policy("calls-a-lot", name="broken.yaml")
        sample = support.SAMPLES / "whole_batch"
        script = f"{sample} >/dev/null; exit 3"
        for policy, options, end, status, says in [
            (holds, [], script, 3, "the rule holds: exit status 3 (the command's own)"),
            (holds, [], f"{sample}; kill -TERM $$", -signal.SIGTERM, "ended by SIGTERM, as the command was"),
            (broken, [], script, 1, "1 of 1 rule is broken: exit status 1 (otherwise 3: the command's own)"),
            (broken, ["--violation-status", "7"], script, 7,
             "1 of 1 rule is broken: exit status 7 (otherwise 3: the command's own)"),
            (broken, [], f"{sample}; kill -TERM $$", 1,
             "1 of 1 rule is broken: exit status 1 (the command was ended by SIGTERM)"),
        ]:
            with self.subTest(says):
                done = self.check(policy, *options, "--", "sh", "-c", end)
                self.assertEqual(done.status, status, done.err)
                self.assertTrue(self.last_line(done).endswith(says), done.err)

    def test_children_that_were_let_go_prove_nothing(self):
        """What they do later is not seen: neither kept nor, by a minimum, broken. The command's own failure goes before."""
        options, trace, said = ["--exit-with-command", "--seccomp", "off"], self.folder / "trace.jsonl", "were let go"
        policy = self.policy("loopback", "calls-a-lot")
        for code, status in (0, 65), (7, 7):
            # The shell goes on once the child has begun.
            counts = self.folder / f"counts{code}"
            script = f"{support.PROGRAMS}/served {counts} >/dev/null 2>&1 & while ! test -s {counts}; do :; done; exit {code}"
            checking_it = support.started([support.TRACER, "check", "--policy", policy, "-o", trace, *options, "--", "sh", "-c", script],
                                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            self.addCleanup(support.end_session, checking_it.pid)
            live = checking_it.communicate(timeout=20)[1].decode()
            self.assertEqual((checking_it.returncode, self.fared(live)),
                             (status, {"loopback": "unknown", "calls-a-lot": "unknown"}), live)
            self.assertEqual(said in live.splitlines()[-1], status == 65, live)
            saved = self.check(policy, trace)
            self.assertEqual((saved.status, said in self.last_line(saved)), (65, True), saved.err)
        script = f"{support.PROGRAMS}/served {self.folder}/counts >/dev/null & sleep 0.3; kill $!; wait $!"
        self.assertEqual(self.check(self.policy("loopback"), *options, "--", "sh", "-c", script).status, 0)

    def test_what_goes_on_in_another_form_is_open(self):
        """By TCP or in pieces, as far as that was looked at; without that it is open as well."""
        policy, program = self.policy("max: { abandoned: 0 }"), support.PROGRAMS / "rest_in_other_forms"
        for way, status in ("tcp_in_one", 65), ("pieces_elsewhere", 65), ("rebuilt_among_new", 65), ("pieces_in_part", 1):
            with self.subTest(way):
                self.assertEqual(self.check(policy, "--", program, way).status, status)
                self.assertEqual(self.check(policy, "--no-watch-retries", "--", program, way).status, 65)

    def test_what_others_took_over_breaks_nothing(self):
        """Nor is a heartbeat before each batch sent twice; what is lost for good is."""
        policy, program = self.policy("max: { abandoned: 0, duplicates: 0 }"), support.PROGRAMS / "requeued"
        for way, status in ("by_another_thread", 65), ("by_another_process", 65), ("heartbeat_before", 0), ("in_vain", 1):
            with self.subTest(way):
                self.assertEqual(self.check(policy, "--", program, way).status, status)

    def test_a_stream_that_went_on_with_other_bytes(self):
        policy, program = self.policy("max: { abandoned: 0 }"), support.PROGRAMS / "rest_in_other_forms"
        done = self.check(policy, "--", program, "length_ignored")
        self.assertEqual((done.status, done.err.count(b"abandoned comes to 1,")), (1, 1), done.err)
        self.assertEqual(self.check(policy, "--", program, "length_mended").status, 65)

    def test_what_is_sent_twice_counts_once(self):
        """As the losses of the trace have it, also where a batch falls short each time that it is made."""
        policy, trace = self.policy("max: { duplicates: 0 }"), self.folder / "trace.jsonl"
        self.check(policy, "-o", trace, "--", support.PROGRAMS / "rest_in_other_forms", "again_and_again")
        resent = json.loads(trace.read_text().splitlines()[-1])["losses"]["resent"]
        counts = re.findall(r": duplicates comes to (\d+),", self.check(policy, trace).out.decode())
        self.assertEqual(counts[-1:], [str(resent)], counts)

    def test_a_warning_breaks_nothing(self):
        policy = self.policy("severity: warning, min: { calls: 1000 }")
        done = self.check(policy, "--", support.SAMPLES / "whole_batch")
        self.assertEqual(done.status, 0, done.err)
        self.assertIn(b"no rule is broken, 1 gave a warning", done.err)

    def test_the_quic_policy(self):
        program = support.PROGRAMS / "segmented_batches"
        good = self.check(checking.POLICIES / "quic-server.yaml", "--", program)
        self.assertEqual(good.status, 0, good.err)
        self.assertNotIn("BROKEN", self.fared(good.err.decode()).values())
        bad = self.check(checking.POLICIES / "quic-server.yaml", "--", program, "careless")
        self.assertEqual(bad.status, 1, bad.err)
        fared = self.fared(bad.err.decode())
        self.assertEqual({rule for rule, how in fared.items() if how == "BROKEN"},
                         {"udp-only", "segments-by-the-kernel", "fits-the-path", "keeps-batching"})
        # The socket's option cuts as well as the control message.
        option = self.check(checking.POLICIES / "quic-server.yaml", "--", program, "option")
        self.assertEqual(option.status, 0, option.err)
        descriptors = self.check(self.policy("no-descriptors"), "--", program, "careless")
        self.assertIn(b"call 6, message 0 (segmented_batch): carries a denied control message: SCM_RIGHTS",
                      descriptors.err)
        self.assertEqual(descriptors.status, 1)

    def test_the_options_of_tracing(self):
        policy = self.policy("max: { abandoned: 0 }")
        trace = self.folder / "trace.jsonl"
        for way in "by_sendmsg", "by_sendto_and_on":
            program = [support.PROGRAMS / "follow_ups", way]
            for options in [], ["--watch-retries"]:
                done = self.check(policy, *options, "--", *program)
                self.assertEqual(done.status, 0, done.err)
            self.check_undecided(policy, trace, program)
        self.assertEqual(self.check(policy, "-o", trace, "-s", "3", "--seccomp", "off", "-E", "WORD=said", "--",
                                    "sh", "-c", f'test "$WORD" = said && {support.SAMPLES}/whole_batch').status, 0)
        start, *rest = map(json.loads, trace.read_text().splitlines())
        self.assertEqual(start["stops"], "syscall")
        call, = (record for record in rest if record["kind"] == "call")
        self.assertEqual(max(message["payload"]["captured"] for message in call["messages"]), 3)
        many = self.policy("max: { calls: 3 }", name="many.yaml")
        served = attaching.Served(self)
        for calls, status in ((4, 1), (3, 0)):
            done = self.check(many, "--calls", calls, "-p", served.pid)
            self.assertEqual(done.status, status, done.err)
            self.assertEqual(b"calls comes to 4, and at most 3 is allowed" in done.err, status == 1)
            served.goes_on()

    def check_undecided(self, policy, trace, program):
        """What nobody looked at is no loss yet, whatever a later sendmmsg sends."""
        hint = b"may have been sent by another call than sendmmsg: trace with --watch-retries to see these\n"
        done = self.check(policy, "--no-watch-retries", "-o", trace, "--", *program)
        self.assertEqual((done.status, self.fared(done.err.decode())), (65, {"rule": "unknown"}), done.err)
        self.assertIn(hint, done.err)
        self.assertRegex(self.last_line(done), r"exit status 65 \(what became of .* is not known: trace with --watch-ret")
        junit, sarif = self.folder / "junit.xml", self.folder / "sarif.json"
        saved = self.check(policy, "--junit", junit, "--sarif", sarif, trace)
        self.assertEqual((saved.status, hint in saved.out), (65, True), saved.out)
        self.assertNotIn("<failure", junit.read_text())
        self.assertNotIn("abandoned comes to", sarif.read_text())

    def test_a_loss_that_nobody_would_have_seen(self):
        """A real one is found where retries are watched, and is open where they are not."""
        policy, program = self.policy("max: { abandoned: 0 }"), support.SAMPLES / "ignores_count"
        self.assertEqual(self.check(policy, "--", program).status, 1)
        self.check_undecided(policy, self.folder / "trace.jsonl", [program])

    def test_what_is_no_trace(self):
        """One line that says what it is instead; and no rule is broken by what is not there."""
        policy, script = self.policy("min: { calls: 1, batch.mean: 2 }"), self.folder / "script"
        script.write_text("#!/bin/sh\n")
        sample, trace = support.SAMPLES / "whole_batch", self.folder / "trace.jsonl"
        for command in ([sample], [script, "1"], ["sh", "-"], [trace, sample]):
            done = self.check(policy, *command)
            self.assertEqual((done.status, done.out, done.err.count(b"\n")), (64, b"", 1), done)
            self.assertIn(b" is a program, and no trace: put -- before a command", done.err)
        support.run([support.TRACER, "-o", trace, "-o", self.folder / "trace.pcapng", "-o", self.folder / "trace.txt", "--", sample])
        (self.folder / "random").write_bytes(os.urandom(100000))
        said = {"trace.pcapng": b"pcapng", "trace.txt": b"a trace as text", "random": b"not a trace", "policy.yaml": b"not a trace",
                "none": b"No such file", "": b"Is a directory", sample: b"it is a program", script: b"it is a program"}
        for name, what in said.items():
            path = self.folder / name
            for command in ("show",), ("diff", trace), ("check", "--policy", policy):
                if command[0] == "check" and b"program" in what:
                    continue
                with self.subTest(path=path, command=command[0]):
                    done = support.run([support.TRACER, *command, path])
                    self.assertEqual(done.status, 65, done)
                    line, *rest = done.err.splitlines()
                    self.assertIn(what, line)
                    self.assertEqual(len(rest), command[0] == "check" and name != "none", done.err)
                    self.assertNotIn(b"BROKEN", done.out)
        # As far as was seen a trace that is cut is no longer, either.
        cut = self.folder / "cut.jsonl"
        cut.write_bytes(b"".join(trace.read_bytes().splitlines(keepends=True)[:1]))
        done = self.check(policy, cut)
        self.assertEqual((done.status, self.fared(done.out.decode())), (65, {"rule": "unknown"}))
        self.assertIn(b"as far as was seen, which is not all, calls comes to 0, and at least 1 is needed", done.out)

    def test_what_makes_no_sense_together(self):
        policy, trace = self.policy("loopback"), self.folder / "trace.jsonl"
        trace.touch()
        for arguments, said in ([["-o", "x", trace], "--output"], [["-p", "1", trace], "--pid"],
                                [["-E", "A=b", trace], "--env"], [["--calls", "3", trace], "--calls"],
                                [["--seccomp", "auto", trace], "--seccomp"], [["--no-watch-retries", trace], "--no-watch-retries"],
                                [["--watch-retries", "--no-watch-retries", "--", "true"], "opposites"], [["-f", trace], "-f"],
                                [[trace, "--", "true"], "not both"], [["--colocate", "-p", "1"], "--colocate"],
                                [["--user", "no such user", "--", "true"], "no such user"], [[], "nothing to check"]):
            with self.subTest(arguments):
                done = self.check(policy, *arguments)
                self.assertEqual((done.status, done.out, done.err.count(b"\n")), (64, b"", 1), done)
                self.assertIn(said, done.err.decode())

    def test_several_traces(self):
        paths = []
        for name in ("ignores_count", "whole_batch", "abandons_rest"):
            paths.append(self.folder / f"{name}.jsonl")
            support.run([support.TRACER, "--watch-retries", "-o", paths[-1], "--", support.SAMPLES / name])
        share = self.policy("max: { abandoned: 0, partial: 50% }, min: { messages: 10% }")
        done = self.check(share, *paths)
        self.assertEqual((done.status, done.err.count(b"\n")), (1, 1), done.err)
        report = done.out.decode()
        calls = [re.match(" +(.*?): call", line) for line in report.splitlines()]
        self.assertEqual([call[1] for call in calls if call], [*map(str, [paths[0]] * 3 + [paths[2], paths[0]])])
        self.assertIn("partial comes to 80% (4 of 5 calls), and at most 50% is allowed; this is the first", report)
        self.assertNotIn("messages comes to", report)
        # One that is not there leaves the others to be judged, and that is said.
        done = self.check(share, paths[1], self.folder / "none.jsonl")
        self.assertEqual((done.status, self.fared(done.out.decode())), (65, {"rule": "unknown"}))
        self.assertIn(b"none.jsonl: No such file", done.err)

    def test_the_files_of_a_rotated_trace(self):
        """What a call of one file left unsent is abandoned in the next."""
        trace, policy = self.folder / "t.jsonl", self.policy("max: { abandoned: 0 }")
        done = support.run([support.TRACER, "--watch-retries", "-o", trace, "--max-size", "1kB", "--keep", "99", "--",
                            support.SAMPLES / "ignores_count"])
        self.assertEqual(done.status, 0, done.err)
        parts = sorted(self.folder.glob("t.jsonl.*"), key=lambda path: -int(path.suffix[1:])) + [trace]
        self.assertGreater(len(parts), 3)
        done = self.check(policy, *parts)
        self.assertEqual((done.status, done.err.count(b"\n")), (1, 1), done.err)
        # Each finding names the file that its call is in.
        found = re.findall(r"/(t\.jsonl[.0-9]*): call (\d), message 6", done.out.decode())
        holding = {record["seq"]: path.name for path in parts for record in
                   map(json.loads, path.read_text().splitlines()) if record["kind"] == "call"}
        self.assertEqual(found, [(holding[number], str(number)) for number in (1, 2, 3)])

    @support.need_root
    def test_the_dns_policy_on_the_resolver_of_the_c_library(self):
        (self.folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:5 attempts:1\n")
        command = [support.TRACER, "check", "--policy", checking.POLICIES / "dns-client.yaml", "--",
                   "getent", "ahosts", "traced.example.test"]
        done = test_real_programs.RealPrograms.in_network(self, test_real_programs.RESOLVER, command)
        self.assertEqual(done.status, 0, done.err)
        fared = self.fared(done.err.decode())
        self.assertEqual(set(fared.values()), {"ok"}, fared)
        # And a program that is no resolver's client.
        done = self.check(checking.POLICIES / "dns-client.yaml", "--", support.SAMPLES / "whole_batch")
        self.assertEqual(self.fared(done.err.decode())["dns-only"], "BROKEN")

    @support.need_root
    def test_the_resolver_of_the_c_library_without_a_server(self):
        """ICMP refuses the first question, and the second one goes by sendto: nothing is lost."""
        (self.folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:2\n")
        alone = 'ip link set lo up; mount --bind "$FOLDER/resolv.conf" /etc/resolv.conf; exec "$@"'

        def run(*options):
            return test_real_programs.RealPrograms.in_network(
                self, alone, [support.TRACER, *options, "getent", "ahosts", "traced.example.test"])

        short = 0
        for policy in "dns-client", "nothing-lost":
            path, trace = checking.POLICIES / f"{policy}.yaml", self.folder / f"{policy}.jsonl"
            done = run("check", "--policy", path, "-o", trace, "--")
            fared = self.fared(done.err.decode())
            self.assertNotIn("BROKEN", fared.values(), done.err)
            self.assertNotIn("unknown", fared.values(), done.err)
            short += sum(record["kind"] == "call" and record["verdict"]["outcome"] == "partial"
                         for record in map(json.loads, trace.read_text().splitlines()))
            blind = run("check", "--policy", path, "--no-watch-retries", "--")
            self.assertNotIn("BROKEN", self.fared(blind.err.decode()).values(), blind.err)
        self.assertGreater(short, 0, "nothing was refused")
        text = run("--").err.decode()
        self.assertNotIn("getent dropped", text)
        self.assertRegex(text, r"getent did not send \d+ datagrams? by sendmmsg: ")

    def test_a_wrong_policy_starts_nothing(self):
        policy = self.folder / "policy.yaml"
        policy.write_text("version: 1\nrules:\n  - id: a\n    maxx: { calls: 1 }\n    min: { calls: many }\n")
        started, junit = self.folder / "started", self.folder / "junit.xml"
        done = self.check(policy, "--junit", junit, "--", "touch", started)
        self.assertEqual((done.status, done.out), (64, b""))
        self.assertEqual(done.err.decode(),
                         f"mmsgtrace: {policy}:4:5: there is no key 'maxx': did you mean max?\n"
                         f"mmsgtrace: {policy}:5:19: calls takes a whole number, this is 'many'\n")
        self.assertFalse(started.exists() or junit.exists())
        self.assertEqual(self.check(self.folder / "none.yaml", "--", "true").status, 64)

    def test_what_cannot_be_started_or_opened(self):
        policy, junit = self.policy("loopback"), self.folder / "junit.xml"
        done = self.check(policy, "--junit", junit, "--", self.folder / "no-such-program")
        self.assertEqual(done.status, 127)
        self.assertFalse(junit.exists(), "a report of nothing was left behind")
        done = self.check(policy, "--sarif", self.folder / "no/such/folder", "--", "true")
        self.assertEqual(done.status, 125)
        self.assertEqual(self.check(policy, self.folder / "none.jsonl").status, 65)
        self.assertEqual(self.check(policy).status, 64)
        self.assertEqual(self.check(policy, "--", "").status, 64)
        done = self.check(policy, "--sarif", "/dev/full", "--", support.SAMPLES / "whole_batch")
        self.assertEqual(done.status, 125, done.err)

    def test_a_report_that_nobody_could_read(self):
        trace = self.folder / "trace.jsonl"
        support.run([support.TRACER, "-o", trace, "--", support.SAMPLES / "whole_batch"])
        with open("/dev/full", "wb") as full:
            done = support.run([support.TRACER, "check", "--policy", self.policy("loopback"), trace], stdout=full)
            self.assertEqual(done.status, 125, done.err)
            self.assertTrue(done.err.startswith(b"mmsgtrace: stdout: No space left on device\n"), done.err)
            done = support.run([support.TRACER, "check", "--policy", self.policy("segmented"), trace], stdout=full)
            self.assertEqual(done.status, 1, done.err)

    def test_no_report_of_an_earlier_run_stays(self):
        """Whatever keeps a run from checking anything, nobody finds a report of another one."""
        old, policy = self.folder / "old.xml", self.policy("loopback")
        wrong = self.folder / "wrong.yaml"
        wrong.write_text("version: 1\nrules: []\nmore: 1\n")
        for arguments, status in (([policy, "--", self.folder / "no-such-program"], 127), ([policy, "none.jsonl"], 65),
                                  ([wrong, "--", "true"], 64), (["none.yaml", "--", "true"], 64)):
            old.write_bytes(b"old")
            done = self.check(arguments[0], "--junit", old, *arguments[1:])
            self.assertEqual((done.status, old.exists()), (status, False), done.err)
        for option in ("--junit", "--sarif"):
            done = self.check(policy, option, "-", "--", "true")
            self.assertEqual((done.status, done.out), (64, b""))
            self.assertIn(b"give /dev/stdout", done.err)

    def test_a_terminal_breaks_no_words(self):
        trace, reading, end = self.folder / "trace.jsonl", *pty.openpty()
        self.addCleanup(os.close, reading)
        support.run([support.TRACER, "--watch-retries", "-o", trace, "--", support.SAMPLES / "ignores_count"])
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 50, 0, 0))
        arguments = [support.TRACER, "check", "--policy", checking.POLICIES / "nothing-lost.yaml", trace]
        done = support.run(arguments, stdout=end)
        os.close(end)
        shown = b""
        with contextlib.suppress(OSError):
            while piece := os.read(reading, 65536):
                shown += piece
        lines = shown.decode().split("\r\n")
        self.assertLessEqual(max(map(len, lines)), 50)
        self.assertEqual(shown.decode().split(), support.run(arguments).out.decode().split())
        self.assertEqual(done.status, 1)

    def test_a_damaged_trace(self):
        trace = self.folder / "trace.jsonl"
        run = support.run([support.TRACER, "-o", trace, "--", support.SAMPLES / "whole_batch"])
        self.assertEqual(run.status, 0)
        trace.write_bytes(trace.read_bytes()[:-40])
        done = self.check(self.policy("loopback"), trace)
        self.assertEqual(done.status, 65, done.err)
        self.assertIn(b"no rule is broken as far as could be seen: exit status 65 (not all of the trace could be read)",
                      done.err)
        # What was read has broken the rule already.
        self.assertEqual(self.check(self.policy("segmented"), trace).status, 1)

    def test_a_trace_that_is_not_whole_leaves_rules_unknown(self):
        whole = self.folder / "whole.jsonl"
        support.run([support.TRACER, "-o", whole, "--", support.SAMPLES / "whole_batch"])
        lines = [json.loads(line) for line in whole.read_text().splitlines()]
        policy = self.policy("max: { abandoned: 0, calls: 1000 }")
        self.assertEqual(self.check(policy, whole).status, 0)
        filtered = self.folder / "filtered.jsonl"
        support.run([support.TRACER, "show", "--only", "messages>1000", "-o", filtered, whole])
        written = {
            "has no trace_end": lines[:-1],
            "lost records": [*lines[:-1], lines[-1] | {"lost": 3}],
            "is filtered": [json.loads(line) for line in filtered.read_text().splitlines()],
            "the beginning of a trace": lines[1:],
            "all of its calls": [line for line in lines if line["kind"] != "call"],
        }
        for says, records in written.items():
            with self.subTest(says):
                trace = self.folder / "trace.jsonl"
                trace.write_text("".join(json.dumps(record) + "\n" for record in records))
                done = self.check(policy, trace)
                self.assertEqual((done.status, self.fared(done.out.decode())), (65, {"rule": "unknown"}), done.err)
                self.assertIn(says, self.last_line(done))

    def test_files_missing_from_a_rotated_trace(self):
        trace, policy = self.folder / "t.jsonl", self.policy("max: { calls: 1000 }")
        support.run([support.TRACER, "-o", trace, "--max-size", "1kB", "--keep", "99", "--",
                     support.SAMPLES / "ignores_count"])
        parts = sorted(self.folder.glob("t.jsonl.*"), key=lambda path: -int(path.suffix[1:])) + [trace]
        calls = [index for index, part in enumerate(parts[1:-1], 1) if b'"kind":"call"' in part.read_bytes()]
        self.assertEqual(self.check(policy, *parts).status, 0)
        for given in (parts[1:], parts[:-1], parts[::-1], [*parts[:calls[0]], *parts[calls[0] + 1:]]):
            done = self.check(policy, *given)
            self.assertEqual((done.status, self.fared(done.out.decode())), (65, {"rule": "unknown"}), done.err)

    def test_messages_of_unknown_fate(self):
        """They may have been abandoned: a rule is unknown only where that would break it."""
        trace = self.folder / "trace.jsonl"
        support.run([support.TRACER, "-o", trace, "--", support.SAMPLES / "ignores_count"])
        trace.write_text(trace.read_text().replace('"how":"abandoned"', '"how":"unknown"'))
        count = sum(len(record["messages"]) for record in map(json.loads, trace.read_text().splitlines())
                    if record["kind"] == "follow_up" and record["how"] == "unknown")
        self.assertGreater(count, 1)
        for rule, fared, status in ((f"max: {{ abandoned: {count - 1} }}", "unknown", 65),
                                    ("max: { duplicates: 0 }", "unknown", 65), ("max: { abandoned: 1% }", "unknown", 65),
                                    ("severity: warning, max: { abandoned: 0 }", "unknown", 0),
                                    (f"max: {{ abandoned: {count} }}", "ok", 0), ("max: { calls: 0 }", "BROKEN", 1)):
            junit = self.folder / "junit.xml"
            done = self.check(self.policy(rule), "--junit", junit, trace)
            self.assertEqual((self.fared(done.out.decode()), done.status), ({"rule": fared}, status), (rule, done.err))
            said = f"what became of {count} messages is not known"
            self.assertEqual((said in done.out.decode(), said in junit.read_text()), (fared == "unknown",) * 2)
        # Live: we leave a program that may still send what its last call left.
        sender = attaching.Program(self, [support.PROGRAMS / "steady_sender", 0, 1500, 4], stdin=subprocess.PIPE)
        self.assertEqual(sender.process.stdout.readline(), b"0 0 0\n")
        for rule, fared, status in (("max: { abandoned: 0 }", "unknown", 65), ("max: { abandoned: 476 }", "ok", 0)):
            kept, junit = self.folder / f"{status}.jsonl", self.folder / f"{status}.xml"
            checking_it = support.started([support.TRACER, "check", "--policy", self.policy(rule), "-o", kept, "--junit",
                                           junit, "--calls", 1, "-p", sender.pid], stderr=subprocess.PIPE)
            self.addCleanup(support.end_session, checking_it.pid)
            support.wait_until(lambda: kept.exists() and b"attached" in kept.read_bytes(), "it is attached")
            sender.process.stdin.write(b"\n")
            sender.process.stdin.flush()
            err = checking_it.communicate(timeout=20)[1].decode()
            self.assertEqual((checking_it.returncode, self.fared(err)), (status, {"rule": fared}), err)
            said = "what became of 476 messages is not known"
            self.assertEqual((said in err.splitlines()[-1], said in junit.read_text()), (fared == "unknown",) * 2)
            # What was kept says the same.
            saved = self.check(self.policy(rule), kept)
            self.assertEqual((saved.status, self.fared(saved.out.decode())), (status, {"rule": fared}), saved.err)
        sender.process.stdin.close()
        served = attaching.Served(self)
        self.assertEqual(self.check(self.policy("max: { abandoned: 0 }"), "--calls", 3, "-p", served.pid).status, 0)
        served.goes_on()

    def test_where_messages_go_that_nobody_tells(self):
        """A peer that is not known may be an allowed one or a denied one; any of the family is of the family."""
        name = f"mmsgtrace {self.folder.name}"
        trace = self.folder / "unasked.jsonl"
        output = ["-o", trace, "--", support.PROGRAMS / "unasked_sockets", name]
        done = support.run([support.PROGRAMS / "without_pidfd", support.TRACER, *output])
        self.assertEqual(done.status, 0, done.err)
        open_rules = ['allow: { to: ["unix:@mmsgtrace *", "127.0.0.0/8"] }', 'deny: { to: "unix:@another" }',
                      'deny: { to: ["unix:/run/*", "192.0.2.0/24"] }']
        for rule in open_rules:
            done = self.check(self.policy(rule), trace)
            self.assertEqual(done.status, 65, (rule, done.out))
            self.assertEqual(set(self.fared(done.out.decode()).values()), {"unknown"}, rule)
            self.assertRegex(done.out.decode(), r"where \d+ messages go is not known: the rule may be broken", rule)
        for rule in ('allow: { to: ["unix:*", "127.0.0.0/8"] }', 'deny: { to: "192.0.2.0/24" }',
                     'allow: { to: ["AF_UNIX", "127.0.0.0/8"] }'):
            self.assertEqual(self.check(self.policy(rule), trace).status, 0, rule)
        for rule in ('allow: { to: "127.0.0.0/8" }', 'deny: { to: "unix:*" }'):
            self.assertEqual(self.check(self.policy(rule), trace).status, 1, rule)
        # A rule about one peer may be about these; that it needs more calls is not said then.
        for rule in ('where: { to: "unix:@another" }, max: { calls: 0 }',
                     f'where: {{ to: "unix:@{name}" }}, min: {{ calls: 100 }}'):
            self.assertEqual(self.check(self.policy(rule), trace).status, 65, rule)
        done = self.check(self.policy(f'where: {{ to: "unix:@{name}" }}, max: {{ calls: 0 }}'), trace)
        self.assertEqual(done.status, 1, "some are known to go there")

    def test_reports_replace_nothing_that_is_read(self):
        trace, policy = self.folder / "trace.jsonl", self.policy("loopback")
        support.run([support.TRACER, "-o", trace, "--", support.SAMPLES / "whole_batch"])
        link, report = self.folder / "link", self.folder / "report"
        link.hardlink_to(trace)
        kept = trace.read_bytes(), policy.read_bytes()
        for arguments in (["--junit", trace, trace], ["--sarif", link, trace], ["--junit", policy, trace],
                          ["--junit", report, "--sarif", f"{self.folder}/./report", trace],
                          ["-o", report, "--junit", report, "--", "true"], ["-o", policy, "--", "true"]):
            with self.subTest(arguments):
                done = self.check(policy, *arguments)
                self.assertEqual((done.status, done.err.count(b"\n")), (64, 1), done.err)
                self.assertIn(b"the same file as", done.err)
                self.assertEqual((trace.read_bytes(), policy.read_bytes(), report.exists()), (*kept, False))
        self.assertEqual(self.check(policy, "--junit", "/dev/null", "--sarif", "/dev/null", trace).status, 0)

    def test_reports_come_whole_or_not_at_all(self):
        trace, policy = self.folder / "trace.jsonl", self.policy("max: { abandoned: 0 }")
        support.run([support.TRACER, "--watch-retries", "-o", trace, "--", support.SAMPLES / "ignores_count"])
        old, new = self.folder / "old.xml", self.folder / "new.sarif"
        old.write_bytes(b"kept")
        before = sorted(self.folder.iterdir())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            process = support.started([support.TRACER, "check", "--policy", policy, "--junit", old, "--sarif", new, "-"],
                                      stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
            self.addCleanup(process.stdin.close)
            self.addCleanup(support.end_session, process.pid)
            # More than a pipe holds: when all of it is written, it is being read.
            process.stdin.write(trace.read_bytes() * (1 + (1 << 17) // trace.stat().st_size))
            process.stdin.flush()
            process.send_signal(number)
            self.assertEqual(process.wait(10), -number)
            self.assertEqual(sorted(self.folder.iterdir()), [path for path in before if path != old])
        self.assertEqual(self.check(policy, "--junit", old, "--sarif", new, trace).status, 1)
        self.assertTrue(old.read_bytes().startswith(b"<?xml") and json.loads(new.read_text()))
        self.assertEqual(sorted(self.folder.iterdir()), sorted([*before, new]))

    def test_messages_count_as_trace_end_counts_them(self):
        trace = self.folder / "trace.jsonl"
        support.run([support.TRACER, "-o", trace, "--", support.SAMPLES / "sent_but_uncounted"])
        *records, end = map(json.loads, trace.read_text().splitlines())
        sent, calls = end["messages_sent"], [record["verdict"] for record in records if record["kind"] == "call"]
        self.assertGreater(sum(verdict["uncounted"] for verdict in calls), 0)
        for where in ("", 'where: { to: ["127.0.0.0/8", "unix:*"] }, '):
            exact = f"{where}max: {{ messages: {sent} }}, min: {{ messages: {sent} }}"
            self.assertEqual(self.check(self.policy(exact), trace).status, 0)

    def test_every_sample_explains_itself(self):
        policies = sorted(checking.POLICIES.glob("*.yaml"))
        self.assertEqual(len(policies), 3)
        for policy in policies:
            done = support.run([support.TRACER, "check", "--explain", policy])
            self.assertEqual((done.status, done.err), (0, b""))
            ids = re.findall(r"^  - id: (\S+)", policy.read_text(), re.MULTILINE)
            self.assertEqual([name for name in ids if f"Rule {name}" not in done.out.decode()], [])


if __name__ == "__main__":
    unittest.main()
