"""What a call speaks of and its bytes do not hold: asked of the kernel while the call runs."""

import unittest

import support

PROGRAM = support.PROGRAMS / "particulars"
# An interface that our own network namespace does not have, with a link-local address.
INSIDE = ["unshare", "--net", "sh", "-c",
          'ip link set lo name odd0 && ip link set odd0 up && ip addr add fe80::1/64 dev odd0 nodad && exec "$@"', "sh"]


@support.need_root
class Particulars(support.TracingTest):
    def run_inside(self, options=()):
        """The calls of the program by their titles, and what it said."""
        trace = self.trace([PROGRAM, "odd0"], options, before=INSIDE)
        self.assertEqual(trace.status, 0, trace.err)
        said = [line.split(": ") for line in trace.out.decode().splitlines() if ": " in line]
        self.assertEqual([int(result) for _, result in said], [call["return"] for call in trace.calls])
        return {title: call for (title, _), call in zip(said, trace.calls)}, trace

    def control(self, call, message=0):
        return call["messages"][message]["control"][0]["value"]

    def test_particulars(self):
        calls, trace = self.run_inside()
        segments = {title: [message["segmentation"] for message in call["messages"]] for title, call in calls.items()}
        self.assertEqual(segments["plain"], [None])
        self.assertEqual(segments["segments"], [
            {"source": "socket", "segment_size": 1000, "segments": 3, "last_segment": 500},
            {"source": "message", "segment_size": 500, "segments": 3, "last_segment": 200},
            None])
        # Each call asks anew: nothing is remembered of an option that was there before.
        self.assertEqual(segments["no segments"], [None])

        codes = {title: [note["code"] for note in call["notes"]] for title, call in calls.items()}
        self.assertEqual(codes["corked"], ["corked_not_yet_sent"])
        self.assertEqual(codes["uncorked"], [])

        for title, clock in ("monotonic", "CLOCK_MONOTONIC"), ("tai", "CLOCK_TAI"):
            value = self.control(calls[title])
            self.assertEqual(value["clock"], clock)
            # 50 ms from when the program looked at its clock, just before the call.
            self.assertTrue(0 < value["relative_ns"] <= 50_000_000, value)

        numbers = [int(word) for word in trace.out.decode().split("descriptors ")[1].splitlines()[0].split()]
        value = self.control(calls["files"])
        self.assertEqual(value["descriptors"], numbers)
        inode = calls["plain"]["socket"]["inode"]
        self.assertEqual(value["files"], [f"socket:[{inode}]", "anon_inode:[eventfd]", "/dev/null"])
        self.assertEqual(self.control(calls["closed"]), {"descriptors": [999], "files": [None]})
        value = self.control(calls["files"], 1)
        self.assertEqual((value["uid"], value["user"], value["gid"], value["group"]), (0, "root", 0, "root"))

        near, nowhere = (message["name"] for message in calls["scoped"]["messages"])
        self.assertEqual((near["address"], near["scope_id"], near["scope_name"]), ("fe80::1", 1, "odd0"))
        self.assertEqual((nowhere["scope_id"], nowhere["scope_name"]), (4242, None))
        self.assertEqual(self.control(calls["scoped"])["interface"], "odd0")
        self.assertEqual(self.control(calls["pktinfo"])["interface"], "odd0")
        self.assertEqual(calls["packet"]["messages"][0]["name"]["interface"], "odd0")

    def test_other_users(self):
        trace = self.trace(["unshare", "--user", "--map-user=1000", PROGRAM, "lo"])
        values = [control["value"] for call in trace.calls for message in call["messages"]
                  for control in message["control"] or () if control["type"] == "SCM_CREDENTIALS"]
        self.assertEqual([(value["uid"], value["user"]) for value in values], [(1000, None)])

    def test_text(self):
        path = self.folder / "t.txt"
        support.run([*INSIDE, support.TRACER, "-o", path, "--", PROGRAM, "odd0"])
        text = path.read_text()
        for line in ("→ [fe80::1%odd0]:9 ", "→ [fe80::1%4242]:9", 'ifindex=1, interface="odd0"',
                     "UDP_SEGMENT of the socket: segment_size=1000, segments=3, last_segment=500",
                     '"anon_inode:[eventfd]" "/dev/null"]', 'user="root", group="root"', "clock=CLOCK_TAI"):
            self.assertIn(line, text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
