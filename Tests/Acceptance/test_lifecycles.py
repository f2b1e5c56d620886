"""Threads, children, signals, stops and deaths: each call is one record, whatever happens to it."""

import collections
import json
import os
import signal
import subprocess
import unittest

import support

MODES = (("with seccomp stops", []), ("with syscall stops", ["--seccomp", "off"]))


class Lifecycles(support.TracingTest):
    def logical_calls(self, trace):
        """(return, errno number) of each record in order of entry, as the programs print them."""
        import errno

        shown = []
        for call in sorted(trace.calls, key=lambda call: call["seq"]):
            number = getattr(errno, call["errno"]) if call["errno"] else 0
            shown.append(f"call {'none' if call['return'] is None else call['return']} {number}")
        return shown

    def test_samples(self):
        wanted = {
            "whole_batch": [("complete", None)],
            "oversize_in_middle": [("partial", "error"), ("failed", "error"), ("complete", None)],
            "stream_cut_short": [("partial", "short_message"), ("short", "short_message")],
            "control_messages": [("complete", None)] * 2,
            "thirty_two_bit": [("complete", None)] * 2,
            "thirty_two_bit.m32": [("complete", None)] * 3,
        }
        for mode, options in MODES:
            for name, verdicts in wanted.items():
                trace = self.trace([support.SAMPLES / name], options)
                self.assertEqual(trace.status, 0, (name, trace.out, trace.err))
                self.assertEqual([(call["verdict"]["outcome"], call["verdict"]["cause"]) for call in trace.calls],
                                 verdicts, (name, mode))
                if name.startswith("thirty"):
                    self.assertEqual({call["abi"] for call in trace.calls}, {"i386"})
                    self.assertEqual(trace.calls[-1]["syscall"], "socketcall")
                    self.assertEqual(support.payloads(trace)[-1], ["low", "high"])
        self.say(f"{len(wanted)} samples in {len(MODES)} modes")

    def test_oversize_message_is_the_one_that_failed(self):
        call = self.trace([support.SAMPLES / "oversize_in_middle"]).calls[0]
        self.assertEqual([message["state"] for message in call["messages"]],
                         ["sent", "sent", "sent", "failed", "not_attempted"])
        self.assertEqual([message["bytes"] for message in call["messages"]], [6, 5, 4, 70000, 19])
        self.assertEqual([message["msg_len"] for message in call["messages"]], [6, 5, 4, None, None])
        self.assertEqual((call["verdict"]["bytes_asked"], call["verdict"]["bytes_sent"]), (70034, 15))

    def test_control_messages_by_name(self):
        calls = self.trace([support.SAMPLES / "control_messages"]).calls
        shown = [[(item["level"], item["type"], item["length"]) for item in message["control"]]
                 for call in calls for message in call["messages"]]
        self.assertEqual(shown, [[("SOL_UDP", "UDP_SEGMENT", 18)],
                                 [("SOL_IP", "IP_TOS", 20), ("SOL_IP", "IP_TTL", 20)],
                                 [("SOL_IP", "IP_PKTINFO", 28)],
                                 [("SOL_SOCKET", "SCM_RIGHTS", 20)], [("SOL_SOCKET", "SCM_CREDENTIALS", 28)]])
        self.assertEqual(calls[0]["messages"][0]["control"][0]["raw"], "e803")

    def test_threads_and_children(self):
        wanted = collections.Counter()
        for who in ("leader", "thread-1", "thread-2", "thread-3", "fork", "vfork-exec", "clone", "clone-vm",
                    "exec-from-thread"):
            for call in range(2):
                wanted[f"{who} {call}.0", f"{who} {call}.1"] += 1
        for mode, options in MODES:
            trace = self.trace([support.SAMPLES / "threads_and_children"], options)
            self.assertEqual(trace.status, 0, trace.err)
            self.assertEqual(collections.Counter(map(tuple, support.payloads(trace))), wanted, mode)
            self.assertEqual(trace.outcomes(), {"complete": 18}, mode)
            events = collections.Counter(record["event"] for record in trace.processes)
            self.assertGreaterEqual(events["exec"], 2, events)
            # The last sender is another thread's execve, and goes on under the pid of the process.
            last = [call for call in trace.calls if support.payload(call["messages"][0]).startswith(b"exec-from")]
            first = [call for call in trace.calls if support.payload(call["messages"][0]).startswith(b"leader")]
            self.assertEqual({(call["pid"], call["tid"]) for call in last},
                             {(call["pid"], call["tid"]) for call in first})
            tids = {call["tid"] for call in trace.calls if support.payload(call["messages"][0]).startswith(b"thread-")}
            self.assertEqual(len(tids), 3)
        self.say(f"18 calls of 9 senders in {len(MODES)} modes")

    def test_no_follow_leaves_children_out(self):
        trace = self.trace([support.SAMPLES / "threads_and_children"], ["--no-follow"])
        self.assertEqual(trace.status, 0, trace.err)
        who = {text[0].split()[0] for text in support.payloads(trace)}
        self.assertEqual(who, {"leader", "thread-1", "thread-2", "thread-3", "exec-from-thread"})
        # Unrecorded, and yet unharmed: the filter they inherited must not break their calls.
        self.assertEqual(trace.out.count(b"returned 2 of 2"), 18, trace.out)

    def test_exec_from_a_thread_again_and_again(self):
        for mode, options in MODES:
            trace = self.trace([support.PROGRAMS / "exec_from_thread", 20], options)
            self.assertEqual(trace.status, 0, trace.err)
            got = collections.Counter(text[0] for text in support.payloads(trace))
            wanted = collections.Counter(["0 leader 0"])
            for left in range(1, 21):
                wanted.update([f"{left} leader 0", *(f"{left} {name} 0" for name in "abc"), f"{left} c 1"])
            # `a` and `b` meet `c` behind their calls, so none can be lost to the execve.
            self.assertEqual(got, wanted, mode)
        self.say(f"{sum(wanted.values())} calls of 20 rounds in {len(MODES)} modes")

    def restarts(self, case, unfinished=0):
        for mode, options in MODES:
            trace = self.trace([support.PROGRAMS / "restarts", case], options)
            self.assertEqual(trace.status, 0, trace.err)
            self.assertEqual(self.logical_calls(trace), trace.out.decode().splitlines(), (case, mode))
            self.assertEqual(trace.outcomes().get("unfinished", 0), unfinished, (case, mode))
            for call in trace.calls:
                self.assertFalse(call["return"] is not None and call["return"] < -1, "a raw restart code")
        return trace

    def test_restarted_call_is_one_record(self):
        self.assertEqual(self.restarts("restart").out, b"call 12 0\ncall 2 0\n")

    def test_interrupted_call(self):
        trace = self.restarts("interrupt")
        self.assertEqual(trace.calls[-1]["errno"], "EINTR")
        self.assertEqual(trace.calls[-1]["verdict"]["cause"], "interrupted")

    def test_call_over_a_stop(self):
        self.restarts("stop")

    def test_call_within_a_handler(self):
        self.assertEqual(self.restarts("nested").out, b"call 12 0\ncall 2 0\ncall 2 0\n")

    def test_call_left_by_a_jump(self):
        self.restarts("jump", unfinished=1)

    def test_calls_left_from_a_stack_of_the_handler_s_own(self):
        for mode, options in MODES:
            trace = self.trace([support.PROGRAMS / "jumps", "40"], options)
            self.assertEqual((trace.status, trace.out), (0, b"40\n"), (mode, trace.err))
            left = [call for call in trace.calls if any(note["code"] == "left_by_jump" for note in call["notes"])]
            self.assertGreater(len(left), 20, "a signal may come before its call, but seldom does")
            self.assertEqual(trace.outcomes(), {"unfinished": len(left), "complete": 1}, mode)

    def test_the_last_call_to_be_recorded_is_restarted(self):
        for mode, options in MODES:
            trace = self.trace([support.PROGRAMS / "restarts", "restart"], [*options, "--calls", "2"])
            self.assertEqual([(call["return"], call["verdict"]["outcome"]) for call in trace.calls],
                             [(12, "partial"), (2, "complete")], mode)

    def test_call_with_a_timeout(self):
        self.assertEqual(self.restarts("timeout").out, b"call 12 0\ncall -1 11\ncall -1 4\n")

    def test_call_interrupted_half_way(self):
        self.restarts("partial")

    def test_killed_inside(self):
        for mode, options in MODES:
            for case, status, out in (("kill", -9, b""), ("exit", 3, b""), ("exec", 0, b"again\n"),
                                      ("thread-exec", 0, b"again\n")):
                trace = self.trace([support.PROGRAMS / "killed_inside", case], options)
                self.assertEqual((trace.status, trace.out), (status, out), (case, mode, trace.err))
                self.assertEqual(trace.outcomes(), {"unfinished": 1}, (case, mode))
                call = trace.calls[0]
                self.assertEqual(support.payloads(trace), [["last words 0", "last words 1"]])
                self.assertEqual({message["state"] for message in call["messages"]}, {"unknown"})
                self.assertEqual((call["return"], call["errno"], call["duration_ns"]), (None, None, None))
        self.say(f"4 deaths in {len(MODES)} modes")

    def test_stops_really_stop(self):
        for mode, options in MODES:
            for case, number in (("stop", signal.SIGSTOP), ("tstp", signal.SIGTSTP)):
                wanted = (f"stopped 1 by {int(number)}\nbatches before 1, sent while stopped 0\ncontinued 1\n"
                          "exited 1 with 7, batches after 1\n").encode()
                self.assertEqual(support.run([support.PROGRAMS / "stops", case]).out, wanted, "untraced")
                trace = self.trace([support.PROGRAMS / "stops", case], options)
                self.assertEqual((trace.status, trace.out), (0, wanted), (case, mode))
                self.assertEqual(len(trace.calls), 2)
        self.say(f"2 stop signals in {len(MODES)} modes")

    def test_own_filter(self):
        command = [support.PROGRAMS / "own_filter"]
        plain = support.run(command).out
        seen = self.trace(command, ["--seccomp", "off"])
        self.assertEqual(seen.out, plain)
        self.assertEqual(self.logical_calls(seen), plain.decode().splitlines())
        for call in seen.calls[1:]:
            self.assertEqual((call["verdict"]["outcome"], call["verdict"]["errno"]), ("failed", "EPERM"))
        # By seccomp stops those calls pass by, and the trace says that they would.
        blind = self.trace(command, ["--seccomp", "on"])
        self.assertEqual((blind.out, len(blind.calls)), (plain, 1))
        self.assertTrue(any("filter" in text for text in blind.records[0]["blind_to"]))

    def test_descriptor_table_of_a_thread(self):
        trace = self.trace([support.PROGRAMS / "unshare_files"])
        wanted = [line.split() for line in trace.out.decode().splitlines()]
        self.assertEqual(len(wanted), 3)
        for call, (who, family, inode, result) in zip(trace.calls, wanted):
            self.assertEqual(call["return"], int(result))
            self.assertEqual((call["socket"]["family"], call["socket"]["inode"]),
                             ({1: "AF_UNIX", 2: "AF_INET"}[int(family)], int(inode)), who)

    def test_socket_that_changes(self):
        trace = self.trace([support.PROGRAMS / "connect_changes"])
        for line, call in zip(trace.out.decode().splitlines(), trace.calls, strict=True):
            fd, nonblocking, _, local, peer, result = map(int, line.split())
            shown = call["socket"]
            got = (call["fd"], int(shown["nonblocking"]), shown["local"]["port"],
                   shown["peer"]["port"] if shown["peer"] else 0, call["return"])
            self.assertEqual(got, (fd, nonblocking, local, peer, result), line)

    def test_socket_where_it_may_not_be_asked(self):
        """With pidfd_getfd refused /proc is asked, where a first send makes an internet socket appear."""
        output = self.folder / "refused.jsonl"
        done = support.run([support.PROGRAMS / "without_pidfd", support.TRACER, "-o", output, "--",
                            support.PROGRAMS / "connect_changes"])
        self.assertEqual(done.status, 0, done.err)
        calls = [record for record in map(json.loads, output.read_text().splitlines()) if record["kind"] == "call"]
        lines = done.out.decode().splitlines()
        self.assertEqual(len(calls), len(lines))
        for line, call in zip(lines, calls, strict=True):
            fd, nonblocking, _, local, peer, result = map(int, line.split())
            shown = call["socket"]
            got = (call["fd"], shown["family"], shown["type"], shown["protocol"], int(shown["nonblocking"]),
                   shown["local"]["port"], shown["peer"]["port"] if shown["peer"] else 0, call["return"])
            self.assertEqual(got, (fd, "AF_INET", "SOCK_DGRAM", "UDP", nonblocking, local, peer, result), line)

    def test_peer_of_whom_nobody_tells(self):
        """With pidfd_getfd refused, the peer of an AF_UNIX connection is not known before it is accepted."""
        output = self.folder / "unasked.jsonl"
        name = f"mmsgtrace {self.folder.name}"
        done = support.run([support.PROGRAMS / "without_pidfd", support.TRACER, "--watch-retries", "-o", output, "--",
                            support.PROGRAMS / "unasked_sockets", name])
        self.assertEqual(done.status, 0, done.err)
        records = support.parse_records(output.read_bytes())
        calls = [record for record in records if record["kind"] == "call"]
        said = [line.rsplit(" ", 1) for line in done.out.decode().splitlines()]
        self.assertEqual([call["return"] for call in calls], [int(result) for _, result in said])
        streams = [call for call, (peer, _) in zip(calls, said) if peer == name]
        unknown, known = {"family": "AF_UNIX", "raw": None}, f"@{name}"
        self.assertEqual(streams[0]["socket"]["peer"], unknown, "it was not accepted")
        for call in streams[1:-1]:
            self.assertEqual(call["socket"]["peer"]["abstract"], known)
        self.assertEqual(streams[-1]["socket"]["peer"], unknown, "it has closed")
        # The rest went out to the same peer, whatever is known of it.
        (followed, *_) = [record for record in records if record["kind"] == "follow_up" and record["of"] == streams[0]["seq"]]
        self.assertIn(followed["how"], ("resumed",), followed)
        # Too long for any datagram, which needs no look at the socket.
        datagrams = [call["verdict"] for call in calls if call["socket"]["family"] == "AF_INET"]
        self.assertEqual([(verdict["errno"], verdict["certainty"]) for verdict in datagrams], [("EMSGSIZE", "likely")] * 2)

    def test_many_idle_threads(self):
        trace = self.trace([support.PROGRAMS / "many_threads", 400, 1000], limit=50, validate=False)
        self.assertEqual(trace.out, b"threads 400 complete 1000\n", trace.err)
        self.assertEqual(trace.outcomes(), {"complete": 1000})

    def test_record_shows_what_was_asked_at_entry(self):
        for mode, options in MODES:
            trace = self.trace([support.SAMPLES / "rewritten_while_waiting"], options)
            self.assertEqual(trace.out, b"call 6\n")
            self.assertEqual(support.payloads(trace), [[f"before {i}" for i in range(6)]], mode)
            self.assertEqual([message["bytes"] for message in trace.calls[0]["messages"]], [8] * 6)

    def test_large_claims_take_nothing_from_others(self):
        for kept in ("32", "all"):
            call = self.trace([support.PROGRAMS / "large_claims"], ["-s", kept]).calls[0]
            self.assertEqual(call["return"], -1)
            for message in call["messages"][1::2]:
                self.assertEqual(support.payload(message), b"x", (kept, message["index"]))
                self.assertEqual([item["type"] for item in message["control"]], ["SCM_RIGHTS"])
                self.assertIs(message["truncated"], False)
            for message in call["messages"][0::2]:
                self.assertEqual(support.payload(message), b"tail of\n", (kept, message["index"]))
                self.assertEqual((message["control"], message["fault"]), (None, message["payload"]["fault"]))

    def test_the_program_dies_with_us(self):
        tracer = support.started([support.TRACER, "-o", self.folder / "t.jsonl", "--", support.PROGRAMS / "forever"],
                                 stdout=subprocess.PIPE)
        self.addCleanup(support.end_session, tracer.pid)
        self.assertEqual(tracer.stdout.readline(), b"sent 2\n")
        others = [pid for pid, _ in support.session_members(tracer.pid) if pid != tracer.pid]
        self.assertTrue(others)
        os.kill(tracer.pid, signal.SIGKILL)
        tracer.wait(5)
        support.wait_until(lambda: not [pid for pid, state in support.session_members(tracer.pid) if state not in "ZX"],
                           "the program died with its tracer")
        tracer.stdout.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
