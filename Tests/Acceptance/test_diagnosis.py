"""Random calls with one or two defects, and what a trace says of those that fall short.

The truth is the kernel's own: the same messages one by one, by a twin process with equal sockets.
No diagnosis may be sure and wrong; how many are right (99 % is the goal) is printed by kind of
socket. SEED=… repeats a run, and one call of it is made again, in the network of short_network.sh, by
short_random batch FILE SEED 1 NUMBER.
"""

import collections
import itertools
import math
import os
import unittest

import short_calls
import support

SEED = int(os.environ.get("SEED", "20261124"))
# Calls made by a run of the program, two thirds of which fall short; of the first run each record is
# held against the schema.
CHUNK, VALIDATED = 1500, 150
# How often as many calls a full run makes.
MORE = 17 if short_calls.FULL else 1
# The share of calls that is to fall short behind their first message, of all runs together.
SHARE = 0.6


class Diagnoses(support.TracingTest):
    limit = 3000 if short_calls.FULL else 120
    # Of each run so far how many calls fell short, and how many there were.
    runs = {}

    @classmethod
    def tearDownClass(cls):
        """What one run has is up to chance; all of them have enough."""
        tests = [name for name in dir(cls) if name.startswith("test_") and name != "test_the_comparison_can_fail"]
        short, made = map(sum, zip((0, 0), *cls.runs.values()))
        assert len(cls.runs) < len(tests) or short > made * SHARE, f"{short} of {made} calls fell short: too few"

    def check(self, program, calls, user=(), options=(), before=(), least_right=0.97):
        tally, at_start, by_family = collections.Counter(), collections.Counter(), collections.defaultdict(collections.Counter)
        wrong, unfit, not_right = [], [], collections.defaultdict(list)
        starts = [0, *range(VALIDATED, calls * MORE, CHUNK), calls * MORE]
        for first, end in itertools.pairwise(starts):
            arguments = [SEED, end - first, first, *user]
            for case in short_calls.cases(self, program, arguments, options, validate=first == 0, before=before):
                if case.truth is None:
                    unfit.append(f"call {case.batch['name']}: one by one {case.twin}, together {case.batch}")
                    continue
                if case.truth.cause is None:
                    continue
                verdict = case.record["verdict"]
                judgement = short_calls.judge(case.truth, verdict)
                # An error of message 0 is returned; only whether it was that message's can be wrong.
                if case.batch["done"]:
                    tally[judgement] += 1
                    by_family[case.batch["family"]][judgement] += 1
                else:
                    at_start[judgement, case.truth.cause] += 1
                if judgement == "wrong":
                    wrong.append(f"call {case.batch['name']} ({case.batch['what']}): {short_calls.show(case)}")
                elif judgement != "right":
                    said = f"{verdict['cause']} {verdict['errno']} ({verdict['certainty']})"
                    key = f"{judgement:13} {case.batch['family']:14} is {case.truth.cause} {case.truth.errno}, said {said}"
                    not_right[key].append(f"{case.batch['name']} ({case.batch['what']})")
        self.say(f"at message 0: {dict(at_start)}")
        self.tell(tally, by_family, unfit, not_right, f"{SEED} of {program} {' '.join(user)}")
        total = sum(tally.values())
        made = calls * MORE
        self.runs[self.id()] = total, made
        # Four standard deviations below its share: one seed in 30,000.
        least = made * SHARE - 4 * math.sqrt(made * SHARE * (1 - SHARE))
        self.assertGreater(total, least, "too few of the calls fell short")
        # A call whose two ways differ tells nothing; there must not be many.
        self.assertLessEqual(len(unfit), total // 200, "\n".join(unfit[:10]))
        self.assertFalse(wrong, "\n".join(["sure, and wrong:", *wrong[:20]]))
        self.assertGreaterEqual(tally["right"], least_right * total, "too few are named rightly")
        return tally

    def tell(self, tally, by_family, unfit, not_right, run):
        for key, calls in sorted(not_right.items(), key=lambda item: -len(item[1]))[:60 if "ROWS" in os.environ else 12]:
            print(f"    {len(calls):5} × {key}: call {'; call '.join(calls[:2])}")
        for family, counts in sorted(by_family.items()):
            total = sum(counts.values())
            print(f"    {family:15} {counts['right']:5} of {total:5} named rightly, {100 * counts['right'] / total:5.1f} %, "
                  f"{counts['candidate']} among the candidates")
        total = sum(tally.values())
        self.say(f"seed {run}: {total} calls fell short, {tally['right']} named rightly "
                 f"({100 * tally['right'] / total:.2f} %), {tally['candidate']} among the candidates, "
                 f"{tally['wrong']} surely and wrongly; {len(unfit)} differed between the ways")

    @support.need_root
    def test_64_bit(self):
        self.check("short_random", 3000)

    @support.need_root
    def test_without_privileges(self):
        self.check("short_random", 1500, user=["nobody"])

    @support.need_root
    def test_with_capabilities_that_do_not_count(self):
        self.check("short_random", 900, user=["stranger"])

    @support.need_root
    def test_where_sockets_cannot_be_asked(self):
        self.check("short_random", 900, before=[support.PROGRAMS / "without_pidfd"], least_right=0.94)

    @support.need_root
    def test_32_bit(self):
        self.check("short_random.m32", 1500)

    @support.need_root
    def test_with_the_kernels_evidence(self):
        self.check("short_random", 600, options=["--kernel-evidence"])

    def test_the_comparison_can_fail(self):
        """Each spoilt verdict must be told from the right one."""
        truth = short_calls.Truth("error", 3, "EINVAL")
        right = {"cause": "error", "at": 3, "errno": "EINVAL", "certainty": "certain", "candidates": []}
        self.assertEqual(short_calls.judge(truth, right), "right")
        for spoilt, judgement in [({"errno": "EFAULT"}, "wrong"), ({"at": 2}, "wrong"), ({"errno": None}, "wrong"),
                                  ({"cause": "short_message", "errno": None}, "wrong"),
                                  ({"errno": "EFAULT", "certainty": "likely"}, "guessed wrong"),
                                  ({"errno": None, "certainty": "unknown"}, "unnamed"),
                                  ({"errno": "EFAULT", "certainty": "possible",
                                    "candidates": [{"errno": "EINVAL"}]}, "candidate"),
                                  ({"cause": "uncounted_send"}, "wrong"),
                                  ({"cause": "uncounted_send", "certainty": "likely"}, "other cause")]:
            self.assertEqual(short_calls.judge(truth, right | spoilt), judgement, spoilt)


if __name__ == "__main__":
    unittest.main(verbosity=2)
