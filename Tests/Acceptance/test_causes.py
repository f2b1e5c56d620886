"""A sample program for every cause, and what a trace says of its calls."""

import unittest

import support

# What the sample's own comment says: outcome, cause, at, errno of each call.
CAUSES = {
    "capped_rest": [("capped", "cap", 1024, None)],
    "stream_cut_short": [("partial", "short_message", 0, None), ("short", "short_message", 0, None)],
    "probe_sends_nothing": [("partial", "unconsumed_message", 0, None), ("complete", None, None, None)],
    "sent_but_uncounted": [("partial", "uncounted_send", 2, None), ("failed", "uncounted_send", 0, "EFAULT")],
    "oversize_in_middle": [("partial", "error", 3, "EMSGSIZE"), ("failed", "error", 0, "EMSGSIZE"),
                           ("complete", None, None, None)],
    "refused_by_the_peer": [("partial", "error", 1, "ECONNREFUSED"), ("partial", "error", 1, "ECONNREFUSED")],
    "interrupted_while_waiting": [("partial", "interrupted", None, "EINTR"), ("failed", "interrupted", 0, "EINTR")],
    "not_a_socket": [("failed", "call_error", None, "EBADF"), ("failed", "call_error", None, "ENOTSOCK")],
}


class Causes(support.TracingTest):
    def check(self, sample, wanted, options):
        trace = self.trace([support.SAMPLES / sample], options)
        # Each sample checks that what it says of itself is so.
        self.assertEqual(trace.status, 0, trace.out)
        self.assertEqual(len(trace.calls), len(wanted), sample)
        for call, (outcome, cause, at, errno) in zip(trace.calls, wanted):
            verdict = call["verdict"]
            if cause == "interrupted" and at is None:
                at = call["return"]  # where the queue is full, which a setting decides
            if cause == "uncounted_send" and call["return"] > 0:
                errno = verdict["errno"]  # sent without an error; EFAULT is what kept it from being counted
            self.assertEqual((outcome, cause, at, errno),
                             tuple(verdict[key] for key in ("outcome", "cause", "at", "errno")),
                             (sample, verdict))
            self.assertEqual(cause is None, verdict["why"] is None, (sample, verdict))

    def check_all(self, options=()):
        for sample, wanted in CAUSES.items():
            with self.subTest(sample):
                self.check(sample, wanted, options)

    def test_every_cause(self):
        self.check_all()

    def test_every_cause_with_syscall_stops(self):
        self.check_all(["--seccomp", "off"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
