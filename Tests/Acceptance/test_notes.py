"""Every note on messages, made by calls of a program and the answers of this kernel."""

import json
import unittest

import support

# What a call returns and what has arrived then: the note says no more than that.
CALLS = {
    "nothing": (1, 1), "namelen_clamped": (1, 1), "header_flags_ignored": (1, 1), "control_ignored": (1, 1),
    "control_refused": (-1, 0), "iov_truncated": (-1, 0), "zero_length": (1, 1), "address_family_mismatch": (-1, 0),
    "address_unspecified": (1, 1), "probe_sent_nothing": (1, 0), "same_destination_skips_lsm": (3, 3),
    "corked_not_yet_sent": (1, 0),
}
# Noted on request alone.
ON_REQUEST = "same_destination_skips_lsm"


class Notes(support.TracingTest):
    def noted(self, options):
        """For each call its title and the notes on it, once the program's own account is compared."""
        trace = self.trace([support.PROGRAMS / "noted"], options)
        self.assertEqual(trace.status, 0, trace.err)
        titles = []
        for line, call in zip(trace.out.decode().splitlines(), trace.calls, strict=True):
            title, result, received = line.split()
            self.assertEqual((int(result), int(received)), CALLS[title], title)
            self.assertEqual(call["return"], int(result))
            titles.append(title)
        self.assertEqual(set(titles), set(CALLS))
        return list(zip(titles, ([(note["code"], note["message"]) for note in call["notes"]] for call in trace.calls)))

    def test_each_code(self):
        for title, notes in self.noted([]):
            self.assertEqual(notes, [] if title in ("nothing", ON_REQUEST) else [(title, 0)], title)

    def test_on_request(self):
        for title, notes in self.noted(["-v"]):
            if title == ON_REQUEST:
                self.assertEqual(notes, [(title, 1)])
            else:
                self.assertEqual([note for note in notes if note[0] == ON_REQUEST], [], title)

    def test_own_descriptor_table(self):
        """Kernels before 6.9 let no one into the descriptor table of a thread that left its process's."""
        output = self.folder / "own.jsonl"
        done = support.run([support.PROGRAMS / "without_pidfd", "--of-threads", support.TRACER, "-o", output, "--",
                            support.PROGRAMS / "unshare_files"])
        self.assertEqual(done.status, 0, done.err)
        calls = [record for record in map(json.loads, output.read_text().splitlines()) if record["kind"] == "call"]
        shown = [(call["socket"] and call["socket"]["family"], [note["code"] for note in call["notes"]])
                 for call in calls]
        self.assertEqual(shown, [("AF_UNIX", []), (None, ["own_descriptor_table"]), ("AF_UNIX", [])])

    def test_all_are_in_the_manual(self):
        page = (support.ROOT / "man/mmsgtrace-record.5").read_text()
        for title in set(CALLS) - {"nothing"} | {"mutated_during_call", "own_descriptor_table"}:
            self.assertIn(f"\n.It Cm {title}\n", page)


if __name__ == "__main__":
    unittest.main(verbosity=2)
