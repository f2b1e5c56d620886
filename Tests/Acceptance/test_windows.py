"""Programs that go on in windows of their own: what was never sent is told, and no message more."""

import unittest

import support

WAYS = ("by_sendmmsg", "by_write", "write_given_up", "writev_given_up", "sendmsg_given_up", "other_data_behind",
        "datagrams_given_up")


class Windows(support.TracingTest):
    def test_what_was_never_sent(self):
        for way in WAYS:
            for binary in (support.PROGRAMS / "windows", support.PROGRAMS / "windows.m32"):
                with self.subTest(way, program=binary.name):
                    trace = self.trace([binary, way], ["--watch-retries"])
                    losses = trace.end["losses"]
                    told = [record for record in trace.records if record["kind"] == "follow_up"]
                    found = (losses["dropped"], losses["unknown"], losses["resent"])
                    self.assertEqual(found, (int(trace.out), 0, 0), (way, told))

    def test_copied(self):
        """By their beginnings alone it may not be told; nothing false is said."""
        for way in WAYS:
            with self.subTest(way):
                trace = self.trace([support.PROGRAMS / "windows", way, "copied"], ["--watch-retries"])
                losses = trace.end["losses"]
                self.assertLessEqual(losses["dropped"], int(trace.out), trace.records)
                self.assertGreaterEqual(losses["dropped"] + losses["unknown"], int(trace.out), trace.records)
                self.assertEqual(losses["resent"], 0)


if __name__ == "__main__":
    unittest.main()
