"""Random calls, valid and not, against a record that the program itself keeps of them."""

import json
import os
import resource
import unittest

import kernel_model
import strace_text
import support

SEED = int(os.environ.get("SEED", "20261121"))
COUNT = int(os.environ.get("RANDOM_CALLS", "1200"))


def own_network():
    """What begins a command in a network of its own, where we may: random addresses stay in there."""
    if os.geteuid() != 0:
        return []
    return ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]


class RandomCalls(support.TracingTest):
    limit = 150

    def kept_by_program(self, path):
        with open(path) as file:
            return [json.loads(line) for line in file]

    def compare(self, program, wide, options=()):
        path = self.folder / "asked.jsonl"
        print(f"    seed {SEED} (SEED=… repeats it)", flush=True)
        trace = self.trace([support.PROGRAMS / program, SEED, COUNT, path], options, limit=100,
                           before=own_network())
        self.assertEqual(trace.status, 0, trace.err)
        asked = self.kept_by_program(path)
        self.assertGreaterEqual(len(asked), 1000)
        self.assertEqual(len(trace.calls), len(asked), "not as many calls as the program made")
        wrong, compared, by_field = [], 0, {}
        for call, record in zip(asked, trace.calls):
            differences = kernel_model.compare_call(call, record, wide)
            compared += differences.compared
            wrong += [f"call {call['call']} (seq {record['seq']}): {difference}" for difference in differences]
        for line in wrong:
            field = line.split(": ")[1].rsplit("[", 1)[0] + line.split(": ")[1].rpartition("]")[2]
            by_field.setdefault(field, []).append(line)
        self.say(f"{len(asked)} calls, {sum(len(call['entries']) for call in asked)} messages, "
                 f"{compared} fields equal but for {len(wrong)}")
        shown = [lines[0][:700] + f"   … {len(lines)} of this kind" for lines in by_field.values()]
        self.assertFalse(wrong, "\n".join(["", *shown[:25]]))
        return asked

    def test_every_field_of_64_bit_calls(self):
        asked = self.compare("random_calls", wide=True)
        # The comparison is worth something only if all sorts of calls are among them.
        answers = {call["errno"] for call in asked}
        self.assertGreaterEqual(len(answers), 10, f"too few kinds of errors: {answers}")

    def test_every_field_of_32_bit_calls(self):
        asked = self.compare("random_calls.m32", wide=False)
        self.assertEqual({call["syscall"] for call in asked}, {"sendmmsg", "socketcall"})

    def test_every_field_with_syscall_stops(self):
        self.compare("random_calls", wide=True, options=["--seccomp", "off"])

    def test_the_comparison_can_fail(self):
        """Spoils one field of one record at a time; each must be found."""
        path = self.folder / "asked.jsonl"
        trace = self.trace([support.PROGRAMS / "random_calls", SEED, 60, path], before=own_network())
        pairs = list(zip(self.kept_by_program(path), trace.calls))
        pairs = [(call, record) for call, record in pairs
                 if not kernel_model.compare_call(call, record, True) and record["messages"]
                 and record["messages"][0]["iov"]]
        self.assertTrue(pairs, "no call to spoil")
        call, record = pairs[0]
        spoilt = 0
        for key in ("fd", "vlen", "return", "msgvec", "abi"):
            copy = json.loads(json.dumps(record))
            copy[key] = "spoilt" if isinstance(copy[key], str) else (copy[key] or 0) + 1
            self.assertTrue(kernel_model.compare_call(call, copy, True), f"{key} spoilt, and not found")
            spoilt += 1
        for key in ("namelen", "iovlen", "controllen", "bytes", "iov_at", "control", "iov", "state"):
            copy = json.loads(json.dumps(record))
            copy["messages"][0][key] = "spoilt"
            self.assertTrue(kernel_model.compare_call(call, copy, True), f"{key} spoilt, and not found")
            spoilt += 1
        self.say(f"{spoilt} spoilt fields, each found")


class AgainstStrace(support.TracingTest):
    """The same calls by the installed strace, for what both show."""

    limit = 150

    def compare(self, program, count):
        command = [support.PROGRAMS / program, SEED, count]
        text = self.folder / "strace.txt"
        # Without address randomisation both runs ask for the same, pointers included.
        before = [*own_network(), "setarch", "--addr-no-randomize"]
        straced = support.run([*before, "strace", "-f", "-v", "-s", 64, "-e", "trace=sendmmsg", "-e", "signal=none",
                               "-o", text, *command, self.folder / "asked.jsonl", "tame"], limit=60,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 29,) * 2))
        self.assertEqual(straced.status, 0, straced.err)
        trace = self.trace([*command, self.folder / "asked.jsonl", "tame"], limit=60, before=before, validate=False)
        theirs = strace_text.calls(text.read_text(errors="surrogateescape"))
        self.assertEqual(len(theirs), count, "strace saw another number of calls")
        self.assertEqual(len(trace.calls), count)
        differences, structured = kernel_model.Differences(), 0
        for ours, call in zip(trace.calls, theirs):
            before = len(differences)
            structured += strace_text.compare(differences, call, ours)
            differences[before:] = [f"seq {ours['seq']}: {text}" for text in differences[before:]]
        self.say(f"{count} calls ({structured} with structure), {differences.compared} fields equal "
                 f"but for {len(differences)}")
        self.assertGreater(structured, count / 3, "strace showed too little to compare")
        self.assertFalse(differences, "\n".join(["", *[text[:500] for text in differences[:20]]]))

    def test_64_bit(self):
        self.compare("random_calls", 600)

    def test_32_bit(self):
        self.compare("random_calls.m32", 600)


if __name__ == "__main__":
    unittest.main(verbosity=2)
