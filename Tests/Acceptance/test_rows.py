"""Each reason for which a call falls short, made by the kernel, and what a trace says of it.

A row of the short_… programs is a batch with one message that must stop it; the same messages one
by one tell why. It also says how sure a trace must at least be; where that is `possible`, being among
the candidates will do, and `unknown` is where what decides cannot be seen. Set ROWS to see a line for every row instead of those that are weak.
"""

import collections
import os
import unittest

import short_calls
import support

PROGRAMS = ["short_header", "short_udp", "short_tcp", "short_unix", "short_raw", "short_other", "short_order", "short_ways", "short_ends"]
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
    def test_with_syscall_stops(self):
        self.check(PROGRAMS, ["--seccomp", "off"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
