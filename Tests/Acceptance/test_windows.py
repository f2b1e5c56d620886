"""Programs that go on in windows of their own: what was never sent is told, and no message more."""

import unittest

import support

WAYS = ("by_sendmmsg", "by_write", "write_given_up", "writev_given_up", "sendmsg_given_up", "other_data_behind",
        "datagrams_given_up")


class Windows(support.TracingTest):
    def test_what_was_never_sent(self):
        """From where they lay, and from memory of each send's own: by all their bytes."""
        for way, *copied in [(way,) for way in WAYS] + [(way, "copied") for way in WAYS]:
            for binary in (support.PROGRAMS / "windows", support.PROGRAMS / "windows.m32"):
                with self.subTest(way, program=binary.name, copied=copied):
                    trace = self.trace([binary, way, *copied], ["--watch-retries"])
                    losses = trace.end["losses"]
                    told = [record for record in trace.records if record["kind"] == "follow_up"]
                    found = (losses["dropped"], losses["unknown"], losses["resent"])
                    self.assertEqual(found, (int(trace.out), 0, 0), (way, told))


if __name__ == "__main__":
    unittest.main()
