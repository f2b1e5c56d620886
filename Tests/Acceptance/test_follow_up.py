"""What programs do about messages left unsent: each way is told as it was, and what was lost."""

import json
import subprocess
import unittest

import attaching
import support

MODES = (("with seccomp stops", []), ("with syscall stops", ["--seccomp", "off"]))
WAYS = ("same_thread", "other_thread", "after_dup", "after_fork", "copied", "one_by_one", "backwards",
        "one_left_out", "other_data", "nothing", "killed", "executes", "tries_again", "alike")
HARDER_WAYS = ("cap_taken_up", "cap_dropped", "cap_other_data", "cap_backwards", "closed_and_new", "second_socket",
               "reconnected_twice", "side_by_side", "copies_on_both", "executed", "stream_in_pieces", "stream_moved", "stream_other_data",
               "stream_with_a_hole", "cap_long_taken_up", "cap_long_other_data", "stream_alike", "stream_in_place")
OTHER_SHAPES = ("cut_at_once", "cut_in_steps", "cut_one_by_one", "cut_behind_others", "cut_and_dropped", "halved", "joined", "mapped_name", "mapped_socket",
                "whole_name", "relative_name", "only_begins_alike", "one_of_those_alike", "held_back",
                "opened_again", "opened_for_others", "made_again_at_once", "left_out_one_by_one", "held_back_to_the_end", "held_back_without_room",
                "cut_for_another", "cut_for_another_one_by_one", "cut_with_what_was_sent", "joined_for_another")


REARRANGED = ("reversed", "reversed_one_by_one", "reversed_in_twos", "reversed_among_others", "reversed_in_part", "one_twice",
              "by_destination", "in_three_groups", "by_a_thread_each", "handed_over")
ELSEWHERE = ("another_server_at_once", "another_server_in_two", "another_server_one_by_one", "by_a_new_worker",
             "by_an_old_worker", "by_a_new_worker_elsewhere", "by_an_old_worker_elsewhere", "by_a_retry_thread",
             "behind_many_sends")
SECOND_TRIES = ("rebuilt", "rebuilt_without_the_refused", "rebuilt_on_another_socket", "asked_again", "gauges")
OTHER_FORMS = ("tcp_in_one", "tcp_in_two", "tcp_gathered", "tcp_in_part", "pieces_elsewhere", "pieces_for_another", "pieces_in_part",
               "log_of_all", "same_among_new", "rebuilt_among_new", "other_data", "length_ignored", "length_mended",
               "once_more")
ON_STREAMS = ("tcp_from_the_cut", "tcp_from_the_next", "tcp_from_the_start", "tcp_from_the_byte", "tcp_by_write", "unix_from_the_cut",
              "unix_from_the_start", "nothing_sent", "nothing_sent_to_nobody", "nothing_sent_of_short_ones", "slow_client",
              "made_again", "goes_on_from_the_first")
TRIED = ("tried_and_sent_twice", "tried_with_others", "tried_and_mended")
REQUEUED = ("by_another_thread", "by_another_process", "in_vain", "other_descriptors", "other_credentials", "heartbeat_before",
            "short_elsewhere")
OTHER_CUTS = ("joined", "joined_in_frames", "joined_in_part", "joined_cut_off", "joined_for_another", "halved", "halved_cut_off")

CHANGED = ("renumbered", "renumbered_one_by_one", "renumbered_in_part", "joined_in_another_shape", "framed_pieces",
           "made_from_the_same", "short_ones_joined", "renumbered_by_another_thread")


def told(trace):
    """The follow-ups as `follow_ups` prints what it does, what they say in the end."""
    said = set()
    for record in follow_ups(trace):
        key = (record["of"], record["messages"][0], record["messages"][-1])
        if record["revises"]:
            said = {(*other, how, by) for *other, how, by in said if tuple(other) != key or how != record["revises"]}
        said.add((*key, record["how"], record["by"] or 0))
    return sorted(f"{of} {how} {first}-{last} {by}" for of, first, last, how, by in said)


def follow_ups(trace):
    return [record for record in trace.records if record["kind"] == "follow_up"]


class FollowUp(attaching.AttachTest):
    program = support.PROGRAMS / "follow_ups"
    otherwise = support.PROGRAMS / "taken_up_otherwise"

    def check_consistency(self, trace):
        """What holds of all follow-ups: no message of a call is accounted for twice, none was sent."""
        calls = {call["seq"]: call for call in trace.calls}
        seen = set()
        for record in follow_ups(trace):
            call = calls[record["of"]]
            self.assertLess(trace.records.index(call), trace.records.index(record))
            if record["by"] is not None:
                self.assertGreater(record["by"], record["of"])
                self.assertLess(trace.records.index(calls[record["by"]]), trace.records.index(record))
            if record["revises"]:
                seen -= {(record["of"], False, message) for message in record["messages"]}
            for message in record["messages"]:
                self.assertLess(message, call["vlen"])
                self.assertNotIn((record["of"], record["how"] == "resent_all", message), seen, record)
                seen.add((record["of"], record["how"] == "resent_all", message))
                sent = message < max(call["return"], 0)
                self.assertEqual(sent and call["messages"][message]["state"] == "sent",
                                 record["how"] == "resent_all", record)
        return seen

    def test_every_way(self):
        for mode, options in MODES:
            for way in WAYS:
                with self.subTest(way, mode=mode):
                    trace = self.trace([self.program, way], options)
                    wanted = trace.out.decode().split("\n")[:-1]
                    self.assertTrue(wanted, trace.err)
                    self.assertEqual(told(trace), sorted(wanted), (way, mode, follow_ups(trace)))
                    self.check_consistency(trace)
        self.say(f"{len(WAYS)} ways in {len(MODES)} modes")

    def test_the_rest_where_it_is_harder_to_see(self):
        """Over the cap, on other sockets, behind exec, in pieces of a stream."""
        program = support.PROGRAMS / "unsent_rest"
        for mode, options in MODES:
            for way in HARDER_WAYS:
                for binary in (program, program.with_suffix(".m32")):
                    with self.subTest(way, mode=mode, program=binary.name):
                        trace = self.trace([binary, way], options)
                        wanted = trace.out.decode().split("\n")[:-1]
                        self.assertTrue(wanted, trace.err)
                        self.assertEqual(told(trace), sorted(wanted), (way, mode, follow_ups(trace)))
                        if way in ("closed_and_new", "second_socket"):
                            self.assertIn("on another socket (fd ", follow_ups(trace)[0]["why"])
                        # What is over the cap is no part of the record.
                        self.assertTrue(all(len(call["messages"]) <= 1024 for call in trace.calls))
        self.say(f"{len(HARDER_WAYS)} ways in {len(MODES)} modes, for 64 and 32 bits")

    def test_new_connections_that_take_nothing(self):
        """Each message counts once, however many sockets it was tried on before one took it: nothing is lost."""
        command = [support.PROGRAMS / "unsent_rest", "reconnected_twice"]
        for mode, options in MODES:
            with self.subTest(mode=mode):
                trace = self.trace(command, options + ["--watch-retries"])
                self.assertEqual([call["return"] for call in trace.calls], [3, -1, -1, 5], trace.err)
                self.assertIn("tried again 2 times, which returned EAGAIN", follow_ups(trace)[0]["why"])
                losses = trace.records[-1]["losses"]
                self.assertEqual((losses["dropped"], losses["resumed"], losses["unknown"], losses["sentences"]),
                                 (0, 5, 0, []))
        policy = support.ROOT / "samples" / "policies" / "nothing-lost.yaml"
        checked = support.run([support.TRACER, "check", "--policy", policy, "--", *command])
        self.assertEqual(checked.status, 0, checked.err)

    def test_sockets_that_lost_their_peers(self):
        """What is tried where nobody is connected any more is meant for who was: a new connection takes it up."""
        policy = support.ROOT / "samples" / "policies" / "nothing-lost.yaml"
        for way in ("receiver_restarted", "connection_reset"):
            command = [support.PROGRAMS / "unsent_rest", way]
            for mode, options in MODES:
                with self.subTest(way, mode=mode):
                    trace = self.trace(command, options + ["--watch-retries"])
                    self.assertEqual(told(trace), trace.out.decode().splitlines(), follow_ups(trace))
                    losses = trace.end["losses"]
                    self.assertEqual((losses["dropped"], losses["unknown"], losses["sentences"]), (0, 0, []))
            with self.subTest(way, checked=True):
                checked = support.run([support.TRACER, "check", "--policy", policy, "--", *command])
                self.assertEqual(checked.status, 0, checked.err)

    def test_what_a_stream_took_uncounted(self):
        """Of a message that was taken in part, and not counted, the rest is followed and its bytes are summed."""
        program = support.PROGRAMS / "unsent_rest"
        for way in ("uncounted_dropped", "uncounted_taken_up", "uncounted_again"):
            with self.subTest(way):
                trace = self.trace([program, way], ["--kernel-evidence"])
                never, *wanted = trace.out.decode().split("\n")[:-1]
                self.assertEqual(told(trace), wanted, follow_ups(trace))
                losses = trace.end["losses"]
                self.assertEqual(losses["dropped_bytes"], int(never.split()[0]))
                self.assertEqual((losses["dropped"], losses["uncounted"]), (int(way == "uncounted_dropped"), 1))
                self.assertEqual(sum(row["dropped_bytes"] for row in losses["by_destination"]), losses["dropped_bytes"])

    def test_what_a_stream_took_is_not_known(self):
        """Without the kernel's word nobody knows how much of an uncounted message went out, nor that none was lost."""
        for way, how in (("uncounted_dropped", "unknown"), ("uncounted_taken_up", "unknown")):
            with self.subTest(way):
                trace = self.trace([support.PROGRAMS / "unsent_rest", way])
                [record] = follow_ups(trace)
                self.assertEqual((record["how"], record["messages"]), (how, [0]), record)
                self.assertIn("how much was not counted", record["why"])
                losses = trace.end["losses"]
                self.assertEqual((losses["dropped"], losses["unknown"], losses["uncounted"]), (0, 1, 1))

    def test_taken_up_in_another_shape(self):
        """Cut and joined by UDP_SEGMENT, to other spellings of a destination, and what only looks the same."""
        program = support.PROGRAMS / "taken_up_otherwise"
        for way in OTHER_SHAPES:
            for binary in (program, program.with_suffix(".m32")):
                with self.subTest(way, program=binary.name):
                    trace = self.trace([binary, way], ["-s", "8"])
                    wanted = trace.out.decode().split("\n")[:-1]
                    self.assertTrue(wanted, trace.err)
                    self.assertEqual(told(trace), sorted(wanted), (way, follow_ups(trace)))
                    # All bytes were compared: nothing is said by the looks.
                    self.assertFalse([record for record in follow_ups(trace) if "looks so" in record["why"]])
        self.say(f"{len(OTHER_SHAPES)} ways, for 64 and 32 bits")

    def test_the_rest_in_another_order(self):
        """All that was left, each message once, is the rest; less, or more, may be new data that is the same."""
        program = support.PROGRAMS / "rest_rearranged"
        for way in REARRANGED:
            for options in ([], ["--watch-retries", "-s", "8"]):
                with self.subTest(way, options=options):
                    trace = self.trace([program, way], options)
                    self.assertEqual(told(trace), sorted(trace.out.decode().split("\n")[:-1]), follow_ups(trace))
                    self.check_consistency(trace)
        self.say(f"{len(REARRANGED)} ways")

    def test_the_rest_elsewhere(self):
        """Other servers, processes and threads send it, of messages that begin alike, and behind many others."""
        program = support.PROGRAMS / "rest_elsewhere"
        for way in ELSEWHERE:
            with self.subTest(way):
                trace = self.trace([program, way], ["--watch-retries"])
                self.assertEqual(told(trace), sorted(trace.out.decode().split("\n")[:-1]), follow_ups(trace))
        self.say(f"{len(ELSEWHERE)} ways")

    def test_the_rest_in_other_forms(self):
        """By TCP, in pieces on another socket, built anew among new messages; and streams that lost their order."""
        program = support.PROGRAMS / "rest_in_other_forms"
        for way in OTHER_FORMS:
            with self.subTest(way):
                trace = self.trace([program, way], ["--watch-retries"])
                self.assertEqual(told(trace), sorted(trace.out.decode().split("\n")[:-1]), follow_ups(trace))
                self.check_consistency(trace)
        self.say(f"{len(OTHER_FORMS)} ways")

    def test_programs_that_have_ended(self):
        """What a program started before it fell short has its socket no more: nothing will be sent."""
        policy = support.ROOT / "samples" / "policies" / "nothing-lost.yaml"
        by_shells = ["bash", "-c", "bash -c '/bin/true; exit 0'; bash -c '/bin/true; exit 0'; exec \"$0\" nothing", self.program]
        for command in ([self.program, "nothing_after_shells"], by_shells):
            with self.subTest(command[0]):
                trace = self.trace(command, ["--watch-retries"])
                self.assertEqual(told(trace), trace.out.decode().split("\n")[:-1])
                self.assertTrue(follow_ups(trace)[0]["final"], follow_ups(trace))
                done = support.run([support.TRACER, "check", "--policy", policy, "--", *command])
                self.assertEqual(done.status, 1, done.err)

    def test_the_rest_on_another_stream(self):
        """A server resets its connection, and another one gets what was left: that is not said to be dropped."""
        program = support.PROGRAMS / "rest_on_streams"
        for way in ON_STREAMS:
            with self.subTest(way):
                trace = self.trace([program, way], ["--watch-retries"])
                self.assertEqual(told(trace), sorted(trace.out.decode().split("\n")[:-1]), follow_ups(trace))
                self.check_consistency(trace)
        trace = self.trace([program, "tcp_from_the_cut"], ["--watch-retries"])
        self.assertEqual((trace.end["losses"]["dropped"], trace.end["losses"]["sentences"]), (0, []))
        self.assertRegex(follow_ups(trace)[0]["why"], r"^call 2 on another socket \(fd \d+\) has the same for another destination$")
        policy = support.ROOT / "samples" / "policies" / "nothing-lost.yaml"
        for way, status in (("tcp_from_the_cut", 65), ("tcp_by_write", 65), ("slow_client", 1)):
            done = support.run([support.TRACER, "check", "--policy", policy, "--", program, way])
            self.assertEqual(done.status, status, done.err)
        self.say(f"{len(ON_STREAMS)} ways")

    def test_a_part_that_is_tried_again_from_its_start(self):
        """In vain at first: its bytes are sent twice once that is taken."""
        program, policy = support.PROGRAMS / "rest_on_streams", support.ROOT / "samples" / "policies" / "nothing-lost.yaml"
        for way, count in zip(TRIED, (1, 1, 0)):
            with self.subTest(way):
                trace = self.trace([program, way], ["--watch-retries"])
                self.assertEqual(told(trace), sorted(trace.out.decode().split("\n")[:-1]), follow_ups(trace))
                losses = trace.end["losses"]
                self.assertEqual((losses["dropped"], losses["unknown"], losses["resent"]), (0, 0, count))
                done = support.run([support.TRACER, "check", "--policy", policy, "--", program, way])
                self.assertEqual((done.status, "BROKEN   nothing-twice" in done.out.decode() + done.err.decode()),
                                 (min(count, 1), count > 0), done.err)

    def test_the_rest_in_a_queue_of_several(self):
        """By others that fail with it once, with other control messages, behind a heartbeat."""
        program = support.PROGRAMS / "requeued"
        for way in REQUEUED:
            with self.subTest(way):
                trace = self.trace([program, way], ["--watch-retries"])
                self.assertEqual(told(trace), sorted(set(trace.out.decode().split("\n")[:-1])), follow_ups(trace))
                self.check_consistency(trace)
        self.say(f"{len(REQUEUED)} ways")

    def test_what_is_left_twice_counts_once(self):
        losses = self.trace([support.PROGRAMS / "requeued", "in_vain"], ["--watch-retries"]).end["losses"]
        self.assertEqual((losses["dropped"], losses["unknown"]), (5, 0), losses)

    def test_behind_many_calls_that_fall_short(self):
        """More than are waited for on one socket: what was not sent so far goes out in the end."""
        trace = self.trace([support.PROGRAMS / "requeued", "behind_many"], ["--watch-retries"])
        losses = trace.end["losses"]
        self.assertEqual(losses["dropped"], 0, losses)
        self.assertEqual(losses["resumed"] + losses["unknown"], 160, losses)

    def test_a_stream_that_went_on_with_other_bytes(self):
        """What it left is said to be abandoned so far, and for good when the program ends."""
        trace = self.trace([support.PROGRAMS / "rest_in_other_forms", "length_ignored"], ["--watch-retries"])
        self.assertEqual([(record["how"], record["final"], record["revises"]) for record in follow_ups(trace)],
                         [("abandoned", False, None), ("abandoned", True, "abandoned")])
        self.assertEqual((trace.end["losses"]["dropped"], trace.end["losses"]["dropped_so_far"]), (1, 0))

    def test_what_may_be_a_second_try(self):
        """Messages rebuilt, asked again, or of the next period: nothing is said to be dropped, or sent twice, for sure."""
        program = support.PROGRAMS / "rest_elsewhere"
        for way in SECOND_TRIES:
            with self.subTest(way):
                trace = self.trace([program, way], ["--watch-retries"])
                self.assertEqual(told(trace), sorted(trace.out.decode().split("\n")[:-1]), follow_ups(trace))
        trace = self.trace([program, "rebuilt"], ["--watch-retries"])
        self.assertEqual(follow_ups(trace)[0]["why"],
                         "call 2 has as many of the same lengths, which may be these, rebuilt")
        self.assertEqual((trace.end["losses"]["dropped"], trace.end["losses"]["sentences"]), (0, []))
        policy = support.ROOT / "samples" / "policies" / "nothing-lost.yaml"
        for way in ("rebuilt", "rebuilt_on_another_socket"):
            done = support.run([support.TRACER, "check", "--policy", policy, "--", program, way])
            self.assertEqual(done.status, 65, done.err)
        trace = self.trace([program, "asked_again"], ["--watch-retries"])
        self.assertIn("; with 2 that had been sent, which it may have sent again for reasons of its own",
                      follow_ups(trace)[0]["why"])
        self.assertEqual(trace.end["losses"]["resent"], 0)

    def test_the_rest_in_other_datagrams(self):
        """What holds all bytes of a message is another one, but the message was not dropped."""
        program = support.PROGRAMS / "rest_rearranged"
        for way in OTHER_CUTS:
            with self.subTest(way):
                trace = self.trace([program, way], ["-s", "8"])
                self.assertEqual(told(trace), sorted(trace.out.decode().split("\n")[:-1]), follow_ups(trace))
                self.check_consistency(trace)
        trace = self.trace([program, "joined_by_sendmsg"], ["--watch-retries", "-s", "8"])
        self.assertEqual(told(trace), sorted(trace.out.decode().split("\n")[:-1]), follow_ups(trace))
        self.assertIn("sendmsg has the bytes of these in datagrams that are joined or cut otherwise",
                      follow_ups(trace)[1]["why"])
        policy = self.folder / "policy.yaml"
        policy.write_text("version: 1\nrules:\n  - id: lost\n    max: { abandoned: 1 }\n")
        done = support.run([support.TRACER, "check", "--policy", policy, "--", program, "joined"])
        self.assertEqual(done.status, 65, done.err)

    def test_the_rest_changed(self):
        """What only a message that was left has shows that it may be there; what all have does not."""
        program = support.PROGRAMS / "rest_rearranged"
        for way in CHANGED:
            with self.subTest(way):
                trace = self.trace([program, way], ["--watch-retries", "-s", "8"])
                self.assertEqual(told(trace), sorted(trace.out.decode().split("\n")[:-1]), follow_ups(trace))
                self.check_consistency(trace)
        trace = self.trace([program, "renumbered"], ["--watch-retries"])
        self.assertEqual(trace.end["losses"]["dropped"], 1)
        self.assertIn("call 2 has bytes that only these messages of the call have", follow_ups(trace)[1]["why"])

    def test_a_message_that_is_not_read_as_a_whole(self):
        """It may be in what follows in pieces, once that is as long: for good it is not sent only before."""
        for way, final in (("a_long_one_in_pieces", False), ("half_of_a_long_one", True)):
            with self.subTest(way):
                trace = self.trace([support.PROGRAMS / "rest_rearranged", way], ["--watch-retries"])
                self.assertEqual(told(trace), sorted(trace.out.decode().split("\n")[:-1]), follow_ups(trace))
                [skipped] = [record for record in follow_ups(trace) if record["how"] == "skipped"]
                self.assertEqual(skipped["final"], final, skipped)
                self.assertEqual(trace.end["losses"]["dropped_so_far"], 0 if final else 1)

    def test_a_part_is_not_the_whole(self):
        """Of a message that is cut by hand only some went out; of a datagram held back, nothing."""
        program = support.PROGRAMS / "taken_up_otherwise"
        trace = self.trace([program, "cut_and_dropped"])
        self.assertIn("of message 1 only 1 of its 130 datagrams was sent", follow_ups(trace)[0]["why"])
        self.assertEqual(trace.end["losses"]["dropped"], 1)
        trace = self.trace([program, "held_back"])
        self.assertIn("messages 0 and 1 were counted, held back", follow_ups(trace)[0]["why"])
        self.assertEqual(trace.end["losses"]["dropped"], 4)
        self.assertIn("lost 2 that were counted", trace.end["losses"]["sentences"][0])

    def test_held_back_in_one_call(self):
        """There is no room for a further piece, and those that were counted go down with it."""
        trace = self.trace([self.otherwise, "held_back_in_one_call"], ["--kernel-evidence"])
        self.assertEqual(told(trace), trace.out.decode().split("\n")[:-1], follow_ups(trace))
        # Without it nothing else is claimed, nor that they went out.
        trace = self.trace([self.otherwise, "held_back_in_one_call"])
        self.assertEqual(trace.end["losses"]["dropped"] + trace.end["losses"]["unknown"], 20)

    def test_datagrams_by_sendto(self):
        """More sends than are compared otherwise, since they are what was left."""
        for way in ("cut_by_sendto", "joined_by_sendmsg", "joined_with_others", "halved_by_sendmsg",
                    "joined_by_option", "joined_by_option_and_sendmsg", "in_pieces_by_send", "in_corked_pieces"):
            for program in (self.otherwise, self.otherwise.with_suffix(".m32")):
                with self.subTest(way, program=program.name):
                    trace = self.trace([program, way], ["--watch-retries", "-s", "8"])
                    self.assertEqual(told(trace), sorted(trace.out.decode().split("\n")[:-1]), follow_ups(trace))
                    self.assertEqual(trace.end["losses"]["sentences"] == [], "joined" not in way)

    def test_a_sendto_that_begins_alike(self):
        trace = self.trace([support.PROGRAMS / "taken_up_otherwise", "by_sendto_alike"], ["--watch-retries"])
        [call] = trace.calls
        self.assertEqual(told(trace), [f"1 abandoned {call['return']}-{call['vlen'] - 1} 0"], follow_ups(trace))

    def test_what_is_made_again_just_before_the_end(self):
        """Whether the first socket was closed is asked before the process is gone."""
        for _ in range(5):
            for way in "made_again_at_once", "made_again_by_send":
                trace = self.trace([self.otherwise, way], ["--watch-retries"])
                self.assertEqual(told(trace), trace.out.decode().split("\n")[:-1], follow_ups(trace))

    def test_a_connection_made_anew(self):
        """All is offered again there, while the first one is closed."""
        output = self.folder / "anew.jsonl"
        command = [support.TRACER, "-o", output, "--", support.PROGRAMS / "taken_up_otherwise", "reconnected"]
        program = support.started(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(support.end_session, program.pid)
        support.wait_until(lambda: output.exists() and b'"of":1,' in output.read_bytes(),
                           "the second connection is seen", 30)
        out, _ = program.communicate(timeout=self.limit)
        self.assertEqual(program.returncode, 0)
        records = [json.loads(line) for line in output.read_text().splitlines() if '"follow_up"' in line]
        found = [f"{record['of']} {record['how']} {record['messages'][0]}-{record['messages'][-1]} {record['by'] or 0}"
                 for record in records]
        self.assertEqual(sorted(found), sorted(out.decode().split("\n")[:-1]), records)

    def test_taken_up_late(self):
        """What was said to be abandoned so far, with the bound, is taken back when it comes after all."""
        outputs = [self.folder / name for name in ("late.jsonl", "late.txt")]
        command = [support.TRACER, "-o", outputs[0], "-o", outputs[1], "--", self.program, "late"]
        program = support.started(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(support.end_session, program.pid)
        support.wait_until(lambda: outputs[0].exists() and b'"follow_up"' in outputs[0].read_bytes(),
                           "it is said to be abandoned", 30)
        out, _ = program.communicate(b"\n", timeout=self.limit)
        records = [json.loads(line) for line in outputs[0].read_text().splitlines()]
        found = [record for record in records if record["kind"] == "follow_up"]
        self.assertEqual([f"{record['of']} {record['how']} {record['messages'][0]}-{record['messages'][-1]}"
                          f" {record['by']}" for record in found], out.decode().split("\n")[:-1])
        self.assertEqual([(record["final"], record["revises"]) for record in found], [(False, None), (True, "abandoned")])
        self.assertRegex(found[0]["why"], "; waited for (through 64 sends and 1 s|10 s)$")
        losses = records[-1]["losses"]
        self.assertEqual((losses["dropped"], losses["dropped_so_far"], losses["dropped_bytes"], losses["resumed"],
                          losses["sentences"]), (0, 0, 0, len(found[0]["messages"]), []))
        lines = [line for line in outputs[1].read_text().splitlines() if "was followed" in line]
        self.assertRegex(lines[0], "were abandoned, not sent by sendmmsg so far; waited for ")
        self.assertRegex(lines[1], "were taken up again; .*; before, it was said that they were not sent so far$")

    def test_a_closed_socket(self):
        """Nothing can follow on it, and the program lives on; when it ends, nobody is left who could send the rest."""
        output = self.folder / "closed.jsonl"
        program = support.started([support.TRACER, "-o", output, "--", support.PROGRAMS / "closes_socket"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(support.end_session, program.pid)
        sent = int(program.stdout.readline().split()[0])
        support.wait_until(lambda: b'"follow_up"' in output.read_bytes(), "the closing is noticed", 30)
        self.assertIsNone(program.poll())
        program.communicate(timeout=self.limit)
        self.assertEqual(program.returncode, 0)
        found = [json.loads(line) for line in output.read_text().splitlines() if '"follow_up"' in line]
        left = list(range(sent, 32))
        self.assertEqual([(record["how"], record["final"], record["revises"], record["messages"]) for record in found],
                         [("abandoned", False, None, left), ("abandoned", True, "abandoned", left)])
        self.assertIn("the socket was closed", found[0]["why"])
        self.assertIn("the process exited with 0; before, it was said that they were not sent so far", found[1]["why"])

    def test_without_contents_nothing_false_is_said(self):
        """With no payload kept, lengths and destinations alone may not tell: then it is unknown."""
        for way in WAYS:
            with self.subTest(way):
                trace = self.trace([self.program, way], ["-s", "none"])
                wanted = set(trace.out.decode().split("\n")[:-1])
                for record in told(trace):
                    how = record.split()[1]
                    self.assertTrue(record in wanted or how == "unknown", (way, record, wanted))

    def test_tries_are_counted(self):
        trace = self.trace([self.program, "tries_again"])
        first = [record for record in follow_ups(trace) if record["of"] == 1]
        self.assertIn("tried again 1000 times, which returned EAGAIN", first[0]["why"])
        self.assertLess(len(follow_ups(trace)), 5)

    def test_left_while_waiting(self):
        """We leave while it is open: nothing is known of what comes."""
        program = attaching.Program(self, [self.program, "when_told"], stdin=subprocess.PIPE)
        tracer = self.attached(program.pid)
        program.process.stdin.write(b"\n")
        program.process.stdin.flush()
        wanted = program.process.stdout.readline().decode().rstrip()
        trace = tracer.leave()
        self.assertEqual(told(trace), [wanted], follow_ups(trace))
        program.process.stdin.write(b"\n")
        self.assertEqual(program.finish().status, 0)

    def test_an_untraced_process_may_send_the_rest(self):
        """What that sends is not seen: nothing is lost for good, whether it lives on or has ended."""
        relative = r"process \d+, which is not traced, came from the same program and may know them"
        holder = r"process \d+, which is not traced, has its socket as well"
        for what, why in {"has": relative, "sends": relative, "closes": relative, "executes": None,
                          "keeps": holder, "given": holder}.items():
            with self.subTest(what):
                program = attaching.Program(self, [support.PROGRAMS / "untraced_beside", what], stdin=subprocess.PIPE)
                self.assertEqual(int(program.process.stdout.readline()), program.pid)
                tracer = self.attached(program.pid)
                program.process.stdin.write(b"\n")
                program.process.stdin.flush()
                sent = int(program.process.stdout.readline())
                program.process.stdin.write(b"\n")
                program.process.stdin.flush()
                trace = self.read(tracer.finish(), tracer.output)
                [record] = follow_ups(trace)
                left = list(range(sent, 32))
                self.assertEqual((record["how"], record["messages"], record["final"]), ("abandoned", left, why is None), record)
                if why:
                    self.assertRegex(record["why"], why)
                self.assertEqual(trace.end["losses"]["dropped_so_far"], len(left) if why else 0)

    def test_other_system_calls(self):
        """What sendmsg, sendto, write and writev take up is seen with --watch-retries, and only then."""
        for mode, options in MODES:
            for call in ("sendmsg", "sendto", "write", "writev"):
                for program in (self.program, self.program.with_suffix(".m32")):
                    with self.subTest(call, mode=mode, program=program.name):
                        trace = self.trace([program, f"by_{call}"], [*options, "--watch-retries"])
                        sent = trace.calls[0]["return"]
                        self.assertEqual(told(trace), [f"1 resumed {sent}-11 0"], follow_ups(trace))
                        self.assertIn(call, follow_ups(trace)[0]["why"])
                        self.assertEqual(trace.end["losses"]["dropped"], 0)
                        self.assertTrue(any(call in word for word in trace.records[0]["sees"]))

                        trace = self.trace([program, f"by_{call}"], options)
                        self.assertEqual(told(trace), [f"1 abandoned {sent}-11 0"])
                        self.assertTrue(follow_ups(trace)[0]["why"].startswith("not by sendmmsg: "))
                        self.assertIn(call, trace.records[0]["blind_to"])

    def test_other_data_proves_no_loss(self):
        """The rest went by sendto: that a sendmmsg with other data follows does not show that it was dropped."""
        output = self.folder / "trace.txt"
        trace = self.trace([self.program, "by_sendto_and_on"], ["-o", output])
        sent = trace.calls[0]["return"]
        self.assertEqual(told(trace), [f"1 abandoned {sent}-11 2"], follow_ups(trace))
        self.assertTrue(follow_ups(trace)[0]["why"].startswith("not by sendmmsg: "))
        self.assertEqual(trace.end["losses"]["sentences"],
                         [f"follow_ups did not send {12 - sent} datagrams by sendmmsg: no sendmmsg went on from the count"
                          " of 1 partial call (sends by other calls than sendmmsg were not looked at)"])
        text = output.read_text()
        self.assertIn("(run with --watch-retries to look at these, too)", text)
        for word in "dropped", "never sent", "ignored":
            self.assertNotIn(word, text)
        trace = self.trace([self.program, "by_sendto_and_on"], ["--watch-retries"])
        self.assertEqual((told(trace), trace.end["losses"]["sentences"]), ([f"1 resumed {sent}-11 0"], []))

    def test_watching_changes_nothing_else(self):
        for way in WAYS:
            with self.subTest(way):
                trace = self.trace([self.program, way], ["--watch-retries"])
                self.assertEqual(told(trace), sorted(trace.out.decode().split("\n")[:-1]), follow_ups(trace))
                for record in follow_ups(trace):
                    self.assertNotIn("not by sendmmsg", record["why"])

    def test_samples(self):
        """Each sample says what is true of it; the records say the same."""
        trace = self.trace([support.SAMPLES / "ignores_count"])
        self.assertEqual(trace.status, 0, trace.out)
        self.assertEqual([(record["of"], record["how"], record["by"]) for record in follow_ups(trace)],
                         [(1, "abandoned", 2), (2, "abandoned", 3), (3, "abandoned", None)])
        lost = sum(16 - call["return"] for call in trace.calls)
        self.assertEqual(trace.end["losses"]["dropped"], lost)
        self.assertEqual(trace.end["losses"]["dropped_bytes"], sum(
            message["bytes"] for call in trace.calls for message in call["messages"][call["return"]:]))
        self.assertEqual(trace.end["losses"]["sentences"],
                         [f"ignores_count did not send {lost} datagrams by sendmmsg:"
                          " no sendmmsg went on from the count of 3 partial calls,"
                          " after 1 of which none followed (sends by other calls than sendmmsg were not looked at)"])
        watched = self.trace([support.SAMPLES / "ignores_count"], ["--watch-retries"])
        self.assertEqual(watched.end["losses"]["sentences"],
                         [f"ignores_count dropped {lost} datagrams: it ignored the count of 3 partial calls,"
                          " after 1 of which nothing followed"
                          " (sendfile, splice, pwritev2 and io_uring were not looked at)"])

        trace = self.trace([support.SAMPLES / "handles_count"])
        self.assertEqual(trace.status, 0, trace.out)
        self.assertEqual({record["how"] for record in follow_ups(trace)}, {"resumed", "skipped"})
        skipped = [record for record in follow_ups(trace) if record["how"] == "skipped"]
        self.assertEqual(len(skipped), 1)
        self.assertIn("EMSGSIZE", skipped[0]["why"])
        self.assertEqual(trace.end["losses"]["dropped"], 1)
        self.assertEqual(trace.end["losses"]["resent"], 0)

        trace = self.trace([support.SAMPLES / "resends_batch"])
        sent = trace.calls[0]["return"]
        self.assertEqual([(record["how"], record["messages"]) for record in follow_ups(trace)],
                         [("resent_all", list(range(sent))), ("resumed", list(range(sent, 8)))])
        self.assertEqual(trace.end["losses"]["resent"], sent)
        self.assertEqual((trace.end["losses"]["dropped"], trace.end["losses"]["sentences"]), (0, []))

        trace = self.trace([support.SAMPLES / "abandons_rest"])
        self.assertEqual([(record["how"], record["by"]) for record in follow_ups(trace)], [("abandoned", None)])
        self.assertEqual(follow_ups(trace)[0]["why"], "not by sendmmsg: the process exited with 0")

        trace = self.trace([support.SAMPLES / "capped_rest"])
        self.assertEqual([(record["how"], record["messages"]) for record in follow_ups(trace)],
                         [("capped_rest", list(range(1024, 1500)))])
        self.assertEqual(trace.end["losses"]["dropped"], 476)

    def test_text(self):
        output = self.folder / "trace.txt"
        for options, fared, said in (([], "not sent by sendmmsg", "did not send"),
                                     (["--watch-retries"], "never sent", "dropped")):
            support.run([support.TRACER, *options, "-o", output, "--", support.SAMPLES / "ignores_count"])
            text = output.read_text()
            self.assertIn("call 1 was followed by call 2: messages ", text)
            self.assertIn(f" were abandoned, {fared}", text)
            self.assertIn("3 calls fell short: 3 error; ", text)
            self.assertIn(f"\n   ignores_count {said} ", text)

    def test_sent_before_any_call_fell_short(self):
        """What another system call sends while a call is under way may be what that has left."""
        for options in ([], ["--seccomp", "off"]):
            trace = self.trace([support.PROGRAMS / "sent_meanwhile"], ["--watch-retries", *options])
            sent, other = map(int, trace.out.split())
            self.assertGreater(other, 0)
            (call,) = trace.calls
            self.assertEqual((call["return"], call["vlen"]), (sent, 20))
            self.assertLess(sent, 19)
            how = {number: record["how"] for record in trace.records if record["kind"] == "follow_up"
                   for number in record["messages"]}
            self.assertEqual(how, {number: "unknown" if number == 19 else "abandoned" for number in range(sent, 20)})


if __name__ == "__main__":
    unittest.main()
