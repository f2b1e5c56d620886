"""No byte of a traced program reaches a terminal or breaks a line, whatever it sends."""

import unittest

import kernel_model
import support

ALLOWED = {0x0A}


class Hostile(support.TracingTest):
    def offending(self, text):
        """The code points that must not stand in text output, with what is around them."""
        found = []
        for at, character in enumerate(text):
            code = ord(character)
            if (code < 0x20 and code not in ALLOWED) or 0x7F <= code <= 0x9F or code in kernel_model.BIDI \
                    or code in (0x2028, 0x2029, 0xFEFF):
                found.append((hex(code), text[max(0, at - 20):at + 20]))
        return found

    def test_the_search_finds_what_it_looks_for(self):
        self.assertEqual(len(self.offending("\x1b \x07 \u202e \x9b \r \t ok\n")), 6)

    def check_text(self, options, program, *arguments):
        path = self.folder / "t.txt"
        done = support.run([support.TRACER, "-o", path, "--color", "never", *options, "--", program, *arguments],
                           limit=60)
        self.assertEqual(done.status, 0, done.err)
        text = path.read_bytes().decode("utf-8")
        self.assertGreater(text.count("sendmmsg("), 20)
        self.assertEqual(self.offending(text)[:5], [])
        return text

    def test_text(self):
        for options in ([], ["-x"], ["-v"], ["-s", "all"], ["-s", "none"], ["-tt"], ["-r"]):
            text = self.check_text(options, support.PROGRAMS / "hostile")
            # A line of a payload or a name that looks like one of ours must not stand as a line.
            self.assertIn("forged", text, options)
            self.assertFalse(
                [line for line in text.splitlines() if line.startswith("[pid 1] sendmmsg(3, forged)")], options)
            if options == ["-s", "all"]:
                # In a payload, in two names with theirs, and in the summary.
                self.assertEqual(text.count("forged"), 5)
        self.say("7 ways to write text")

    def test_text_of_random_calls(self):
        text = self.check_text(["-v"], support.PROGRAMS / "random_calls", 7, 300, self.folder / "asked.jsonl")
        self.say(f"{len(text)} characters")

    def test_json(self):
        trace = self.trace([support.PROGRAMS / "hostile"], ["-s", "all"])
        self.assertEqual(len(trace.calls), 48)
        for call in trace.calls:
            for message in call["messages"]:
                kept = message["payload"]
                if kept["encoding"] == "utf-8":
                    self.assertTrue(kernel_model.shown_as_text(kept["data"].encode()), kept)
        self.say(f"{len(trace.calls)} calls, all lines valid")


if __name__ == "__main__":
    unittest.main(verbosity=2)
