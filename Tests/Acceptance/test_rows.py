"""Each reason for which a call falls short, made by the kernel, and what a trace says of it.

A row of the short_… programs is a batch with one message that must stop it; the same messages one
by one tell why. It also says how sure a trace must at least be; where that is `possible`, being among
the candidates will do, and `unknown` is where what decides cannot be seen. Set ROWS to see a line for every row instead of those that are weak.
With MMSGTRACE_FULL all of them run with stops at each system call, too.
"""

import collections
import os
import unittest

import short_calls
import support

PROGRAMS = ["short_header", "short_udp", "short_tcp", "short_unix", "short_raw", "short_other", "short_order", "short_ways", "short_ends",
            "short_waits"]
# Where a socket cannot be asked (pidfd_getfd(2) is refused), what is named all the same; and how much of everything.
LEAST_UNASKED = 0.85
NAMED_UNASKED = {
    "short_udp": ["no_route", "route_unreachable", "route_prohibit", "route_blackhole", "broadcast", "loopback_broadcast",
                  "mtu_do_1473", "mtu_probe_1473", "six_mtu_do_1453", "six_dontfrag_option", "refused", "refused_with_recverr",
                  "send_timeout", "pktinfo_no_such_interface", "udplite_oversize", "udplite_segments",
                  "route_prohibited_to_the_owner", "route_prohibited_to_the_port_and_bad_data", "firewall_drop", "firewall_reject",
                  "cgroup_program", "neighbour_queue_full_nonblocking", "fragments_over_buffer", "six_only_mapped"],
    "short_tcp": ["buffer_full_of_small_ones", "send_timeout", "peer_closed_without_signal", "peer_closed_signal_blocked"],
    "short_unix": ["dgram_no_such_path", "dgram_no_such_folder", "dgram_path_through_a_file", "dgram_path_of_a_file",
                   "dgram_no_such_abstract", "dgram_to_an_abstract_stream", "dgram_peer_connected_elsewhere",
                   "dgram_receiver_shut_down", "dgram_queue_full", "dgram_oversize_default", "dgram_timeout",
                   "dgram_pair_timeout", "stream_full", "stream_timeout", "seqpacket_full",
                   "dgram_no_name", "dgram_oversize", "dgram_shut_down_while_waiting",
                   "dgram_shut_down_for_sending_while_waiting", "dgram_peer_deafened_while_waiting",
                   "stream_shut_down_by_peer_while_waiting", "seqpacket_shut_down_by_peer_while_waiting",
                   "stream_closed_by_peer_while_waiting", "seqpacket_closed_by_peer_while_waiting",
                   "dgram_closed_by_peer_while_waiting"],
    "short_raw": ["raw_oversize", "raw_oversize_65516", "raw_mtu_do", "raw_no_route", "raw_header_short", "ping_oversize", "ping_mtu_do",
                  "packet_no_such_interface", "packet_interface_down", "packet_oversize", "packet_vnet_header_bad"],
    "short_other": ["netlink_nobody", "netlink_timeout", "netlink_oversize_exact", "netlink_receiver_full"],
    "short_ways": ["path_probe", "path_do", "output_drop"],
    "short_ends": ["interface_goes_down", "route_is_removed", "bound_interface_is_removed", "stream_is_reset_by_a_firewall"],
}
# What depends on how calls are stopped at: waits, and what comes before the message.
STOPPED = PROGRAMS if short_calls.FULL else ["short_waits", "short_header", "short_order"]
ALL_LINES = bool(os.environ.get("ROWS"))


class Rows(support.TracingTest):
    limit = 200

    def check(self, programs, options=(), validate=False):
        tally, wrong, weak, strange = collections.Counter(), [], [], []
        for program in programs:
            for case in short_calls.cases(self, program, options=options, validate=validate):
                name, truth = f"{program} {case.batch['name']}", case.truth
                if truth is None:
                    strange.append(f"{name}: one by one {case.twin}, together {case.batch}")
                    continue
                documented = case.twin["rule"]
                if documented != case.twin["errno"]:
                    strange.append(f"{name}: by the rules {short_calls.errno_name(documented)}, "
                                   f"the kernel says {short_calls.errno_name(case.twin['errno'])}")
                verdict = case.record["verdict"]
                if truth.cause is None:
                    self.assertIsNone(verdict["cause"], short_calls.show(case))
                    continue
                judgement = short_calls.judge(truth, verdict)
                tally[judgement] += 1
                least = case.twin["least"]
                line = (f"{judgement:13} {case.twin['section']:8} {name:52} is {truth.cause} {truth.errno} (at least {least}); "
                        f"said: {verdict['cause']} {verdict['errno']} ({verdict['certainty']})")
                if judgement == "wrong":
                    wrong.append(f"{line}\n{short_calls.show(case)}")
                elif (least, judgement) in (("possible", "candidate"), ("unknown", "candidate"), ("unknown", "unnamed")):
                    print(f"    {line}")
                elif judgement != "right" or (short_calls.LEVELS.index(verdict["certainty"])
                                              > short_calls.LEVELS.index(least)):
                    weak.append(line)
                elif ALL_LINES:
                    print(f"    {line}: {verdict['why']}")
        total = sum(tally.values())
        self.say(f"{total} rows fell short, {tally['right']} named rightly ({100 * tally['right'] / total:.1f} %), "
                 f"{tally['candidate']} among the candidates; {len(weak)} weaker than could be")
        self.assertFalse(strange, "\n".join(["not as the rules say:", *strange]))
        self.assertFalse(wrong, "\n".join(["surely, and wrongly:", *wrong]))
        self.assertFalse(weak, "\n".join(["weaker than could be:", *weak]))

    @support.need_root
    def test_64_bit(self):
        self.check(PROGRAMS, validate=True)

    @support.need_root
    def test_32_bit(self):
        self.check([f"{program}.m32" for program in PROGRAMS])

    @support.need_root
    def test_where_sockets_cannot_be_asked(self):
        tally, wrong, weak = collections.Counter(), [], []
        for program in PROGRAMS:
            left = set(NAMED_UNASKED.get(program, ()))
            for case in short_calls.cases(self, program, validate=False, before=[support.PROGRAMS / "without_pidfd"]):
                name = case.batch["name"]
                if case.truth is None or case.truth.cause is None:
                    continue
                verdict = case.record["verdict"]
                judgement = short_calls.judge(case.truth, verdict)
                tally[judgement] += 1
                line = (f"{judgement}: {program} {name} is {case.truth.errno}; said {verdict['errno']} "
                        f"({verdict['certainty']}): {verdict['why']}")
                if judgement in ("wrong", "guessed wrong"):
                    wrong.append(line)
                elif name in left and judgement != "right":
                    weak.append(line)
                left.discard(name)
            self.assertFalse(left, f"no rows of {program}")
        total = sum(tally.values())
        self.say(f"{total} rows of sockets that could not be asked, {tally['right']} named rightly "
                 f"({100 * tally['right'] / total:.1f} %), {tally['candidate']} among the candidates")
        self.assertFalse(wrong, "\n".join(["wrongly:", *wrong]))
        self.assertFalse(weak, "\n".join(["weaker than could be:", *weak]))
        self.assertGreater(tally["right"], LEAST_UNASKED * total)

    @support.need_root
    def test_with_syscall_stops(self):
        self.check(STOPPED, ["--seccomp", "off"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
