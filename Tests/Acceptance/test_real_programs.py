"""Programs that nobody here wrote: getent (glibc's resolver), stress-ng, knotd and dig.

Network tests run in a network namespace of their own, by way of `unshare`; nothing leaves it.
"""

import pathlib
import re
import shutil
import sys
import unittest

import support

HERE = pathlib.Path(__file__).resolve().parent

RESOLVER = r"""
ip link set lo up
rm -f "$FOLDER/ready" "$FOLDER/queries"; : > "$FOLDER/ready"
mount --bind "$FOLDER/resolv.conf" /etc/resolv.conf
"$PYTHON" "$HERE/dns_responder.py" 2 "$FOLDER/queries" > "$FOLDER/ready" &
until grep -q ready "$FOLDER/ready"; do kill -0 $! || exit 99; sleep 0.02; done
"$@"
status=$?
wait
exit $status
"""

KNOT = r"""
ip link set lo up
rm -f "$FOLDER/knot.pid"; : > "$FOLDER/knot.log"
"$@" > "$FOLDER/knot.log" 2>&1 &
knot=$!
until grep -q 'server started' "$FOLDER/knot.log"; do kill -0 $knot || exit 99; sleep 0.02; done
for i in 1 2 3 4 5; do
  dig +short +tries=1 +timeout=5 @127.0.0.1 -p 5300 "host$i.example.test"
done
"$TRACER" -o "$FOLDER/dig.jsonl" -- dig +short +tries=1 +timeout=5 @127.0.0.1 -p 5300 host6.example.test
kill -TERM "$(cat "$FOLDER/knot.pid")"
wait $knot
"""

KNOT_CONFIG = """
server:
    rundir: "{0}"
    pidfile: "{0}/knot.pid"
    listen: 127.0.0.1@5300
    udp-workers: 2
    tcp-workers: 1
    background-workers: 1
log:
  - target: stdout
    any: info
database:
    storage: "{0}/db"
zone:
  - domain: example.test
    storage: "{0}"
    file: zone
    zonefile-sync: -1
"""
ZONE = """$ORIGIN example.test.
$TTL 60
@ SOA ns admin 1 60 60 60 60
@ NS ns
ns A 127.0.0.1
host1 A 127.0.0.1
host2 A 127.0.0.2
host3 A 127.0.0.3
host4 A 127.0.0.4
host5 A 127.0.0.5
host6 A 127.0.0.6
"""


class RealPrograms(support.TracingTest):
    def needs(self, *commands):
        missing = [name for name in commands if not shutil.which(name)]
        self.assertFalse(missing, f"not installed: {missing}")

    def in_network(self, script, command, limit=40):
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "FOLDER": str(self.folder), "HERE": str(HERE),
                       "TRACER": str(support.TRACER), "PYTHON": sys.executable}
        return support.run(["unshare", "--net", "--mount", "sh", "-c", script, "sh", *command], limit=limit,
                           check_leftovers=True, env=environment)

    def read(self, name):
        return support.Trace(support.Finished(0, b"", b""), support.parse_records((self.folder / name).read_bytes()))

    @support.need_root
    def test_getent_asks_for_both_families_in_one_call(self):
        self.needs("getent", "unshare", "ip")
        (self.folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:5 attempts:1\n")
        command = ["getent", "ahosts", "traced.example.test"]
        plain = self.in_network(RESOLVER, command)
        self.assertEqual(plain.status, 0, plain.err)
        asked_plain = (self.folder / "queries").read_text().splitlines()
        traced = self.in_network(RESOLVER, [support.TRACER, "-o", self.folder / "t.jsonl", "--", *command])
        self.assertEqual((traced.status, traced.out), (plain.status, plain.out), traced.err)
        trace = self.read("t.jsonl")
        asked = (self.folder / "queries").read_text().splitlines()
        self.assertEqual(len(asked), len(asked_plain))
        self.assertEqual(len(trace.calls), 1, "glibc sends both questions in one call")
        call = trace.calls[0]
        self.assertEqual((call["vlen"], call["return"], call["verdict"]["outcome"]), (2, 2, "complete"))
        self.assertEqual(call["socket"]["peer"]["port"], 53)
        # The identifiers that the server saw are the first two bytes of what the record shows.
        ids = [support.payload(message)[:2].hex() for message in call["messages"]]
        self.assertEqual(sorted(ids), sorted(line.split()[0] for line in asked))
        self.say(f"stdout equal, 1 call, {len(asked)} messages with the identifiers the server saw: {ids}")

    def test_stress_ng_calls_are_counted(self):
        self.needs("stress-ng", "strace")
        command = ["stress-ng", "--sock", "1", "--sock-opts", "sendmmsg", "--sock-ops", "200", "--metrics",
                   "--temp-path", self.folder]
        text = self.folder / "strace.txt"
        straced = support.run(["strace", "-f", "-qq", "-e", "trace=sendmmsg", "-e", "signal=none", "-o", text,
                               *command])
        self.assertEqual(straced.status, 0, straced.err)
        # The calls are counted; checking 200 large ones by the schema takes a slow machine a minute.
        trace = self.trace(command, ["-s", "none"], validate=False)
        self.assertEqual(trace.status, 0, trace.err)
        operations = re.search(rb"metrc:.* sock +(\d+) ", trace.err + trace.out)
        self.assertTrue(operations, trace.err)
        # One call is one operation of the stressor; a call that is interrupted shows in strace as
        # "<unfinished" and "resumed" lines, so only lines that begin a call are counted.
        theirs = sum(1 for line in text.read_text(errors="replace").splitlines() if " sendmmsg(" in line)
        own = int(operations[1])
        self.assertEqual(own, 200)
        self.assertEqual(len(trace.calls), own, "not as many calls as stress-ng says it made")
        self.assertEqual(len(trace.calls), theirs, "not as many calls as strace saw")
        self.say(f"{len(trace.calls)} calls, stress-ng says {own}, strace saw {theirs} (another run)")

    @support.need_root
    def test_knotd_and_dig(self):
        self.needs("knotd", "dig", "unshare", "ip", "strace")
        (self.folder / "knot.conf").write_text(KNOT_CONFIG.format(self.folder))
        (self.folder / "zone").write_text(ZONE)
        (self.folder / "db").mkdir()
        server = ["knotd", "-c", self.folder / "knot.conf"]
        answers = b"".join(b"127.0.0.%d\n" % i for i in range(1, 7))

        straced = self.in_network(KNOT, ["strace", "-f", "-qq", "-e", "trace=sendmmsg", "-e", "signal=none", "-o",
                                         self.folder / "strace.txt", *server])
        self.assertEqual((straced.status, straced.out), (0, answers), (self.folder / "knot.log").read_text())
        theirs = sum(int(count) for count in re.findall(
            r"sendmmsg\(.*\) += (\d+)$", (self.folder / "strace.txt").read_text(errors="replace"), re.M))

        traced = self.in_network(KNOT, [support.TRACER, "-o", self.folder / "t.jsonl", "--", *server])
        self.assertEqual((traced.status, traced.out), (0, answers), (self.folder / "knot.log").read_text())
        trace, dig = self.read("t.jsonl"), self.read("dig.jsonl")
        sent = sum(call["return"] for call in trace.calls)
        self.assertEqual(theirs, 6, "strace saw other than one message an answer")
        self.assertEqual(sent, 6)
        self.assertEqual(trace.end["messages_sent"], 6)
        self.assertEqual([call["socket"]["local"]["port"] for call in trace.calls], [5300] * len(trace.calls))
        # dig probes for the system call by an empty one (libuv), then asks.
        self.assertEqual([call["verdict"]["outcome"] for call in dig.calls if call["vlen"] == 0],
                         ["empty"] * sum(call["vlen"] == 0 for call in dig.calls))
        asked = [message for call in dig.calls for message in call["messages"]]
        self.assertEqual(len(asked), 1)
        self.assertIn(b"\5host6\7example", support.payload(asked[0]))
        self.say(f"knotd sent {sent} messages (strace: {theirs}), dig {len(asked)}; all 6 answers as without us")


if __name__ == "__main__":
    unittest.main(verbosity=2)
