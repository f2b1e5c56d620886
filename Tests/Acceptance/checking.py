"""Checks of programs and traces by policies that tests write."""

import re

import support

POLICIES = support.ROOT / "samples/policies"
RULES = {
    "calls-a-lot": "min: { calls: 1000 }",
    "loopback": 'allow: { to: ["127.0.0.0/8", "unix:*"] }',
    "no-descriptors": "deny: { control: SCM_RIGHTS }",
    "segmented": "require: { control: UDP_SEGMENT }",
}


class CheckTest(support.TracingTest):
    def check(self, policy, *arguments, **more):
        return support.run([support.TRACER, "check", "--policy", policy, *arguments],
                           check_leftovers=True, **more)

    def policy(self, *rules, name="policy.yaml"):
        """A policy of these rules: names of RULES, or the lines themselves."""
        path = self.folder / name
        lines = [f"  - {{ id: {rule if rule in RULES else 'rule'}, {RULES.get(rule, rule)} }}\n" for rule in rules]
        path.write_text("version: 1\nrules:\n" + "".join(lines))
        return path

    def fared(self, report):
        """`{rule: how it fared}` of a report for people."""
        return dict(reversed(re.match(r"(ok|BROKEN|warning|unknown) +([\w-]+)", line).groups())
                    for line in report.splitlines() if re.match("ok|BROKEN|warning|unknown", line))

    def last_line(self, done):
        return done.err.decode().splitlines()[-1]
