"""`mmsgtrace diff`: runs of one program have one shape, and what changed is said."""

import json
import shutil
import unittest

import support
import test_real_programs


class Diff(support.TracingTest):
    limit = 120

    def diff(self, *arguments, **more):
        return support.run([support.TRACER, "diff", *arguments], check_leftovers=True, **more)

    def saved(self, name, *arguments):
        path = self.folder / f"{name}.jsonl"
        done = support.run([support.TRACER, "-o", path, *arguments])
        self.assertEqual(done.status, 0, done.err)
        return path

    def assert_same(self, base, others):
        for other in (base, *others):
            done = self.diff(base, other)
            self.assertEqual((done.status, done.out, done.err), (0, b"", b""), other.name)

    def test_runs_of_one_program(self):
        for program in ("threads_and_children", "oversize_in_middle", "control_messages", "abandons_rest"):
            with self.subTest(program):
                runs = [self.saved(f"{program}-{n}", "--", support.SAMPLES / program) for n in range(10)]
                self.assert_same(runs[0], runs[1:])
        self.say("10 runs of 4 programs, each like the first")

    @support.need_root
    def test_ports_of_a_range_of_the_machine_s_own(self):
        """Peers whose ports the kernel chose below 32768, since it was told to."""
        script = ("ip link set lo up; echo 20000 20400 >/proc/sys/net/ipv4/ip_local_port_range; file=$1; shift;"
                  "for n in 0 1 2 3 4 5 6 7 8 9; do $TRACER -o $file-$n.jsonl -- $@ || exit; done")
        done = support.run(["unshare", "--net", "env", f"TRACER={support.TRACER}", "sh", "-ec", script, "sh",
                            self.folder / "run", support.SAMPLES / "oversize_in_middle"])
        self.assertEqual(done.status, 0, done.err)
        runs = sorted(self.folder.glob("run-?.jsonl"))
        ports = set()
        for run in runs:
            start, *records = map(json.loads, run.read_text().splitlines())
            self.assertEqual(start["local_ports"], [20000, 20400])
            ports |= {message["name"]["port"] for record in records if record["kind"] == "call"
                      for message in record["messages"]}
        self.assertTrue(len(ports) > 1 and min(ports) >= 20000 and max(ports) <= 20400, ports)
        self.assert_same(runs[0], runs[1:])
        # A run with the usual ports did the same, a service of another port something else.
        self.assert_same(runs[0], [self.saved("usual", "--", support.SAMPLES / "oversize_in_middle")])
        moved = self.folder / "moved.jsonl"
        moved.write_text("".join(line.replace('"port":20', '"port":19') for line in runs[0].open()))
        self.assertEqual(self.diff(runs[0], moved).status, 1)
        self.say(f"10 runs with ports {sorted(ports)}, each like the first")

    @support.need_root
    def test_runs_of_resolvers(self):
        for name in ("getent", "dig", "unshare", "ip"):
            self.assertTrue(shutil.which(name), f"not installed: {name}")
        real = test_real_programs.RealPrograms()
        real.folder = self.folder
        (self.folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:5 attempts:1\n")
        asked = ["+short", "+tries=1", "+timeout=5", "@127.0.0.1"]
        for name, command, answer in (
            ("getent", ["getent", "ahosts", "traced.example.test"], b"127.0.0.77"),
            # Two questions, as the responder waits for two.
            ("dig", ["dig", *asked, "traced.example.test", "A", *asked, "traced.example.test", "AAAA"], b"127.0.0.77\n::1\n"),
        ):
            with self.subTest(name):
                runs = []
                for number in range(10):
                    runs.append(self.folder / f"{name}-{number}.jsonl")
                    done = real.in_network(test_real_programs.RESOLVER,
                                           [support.TRACER, "-o", runs[-1], "--", *command])
                    self.assertEqual(done.status, 0, done.err)
                    self.assertIn(answer, done.out)
                self.assertTrue(b'"kind":"call"' in runs[0].read_bytes(), name)
                self.assert_same(runs[0], runs[1:])
        self.say("10 runs of getent and of dig, each like the first")

    def test_what_changed(self):
        ignores = self.saved("ignores", "--", support.SAMPLES / "ignores_count")
        handles = self.saved("handles", "--", support.SAMPLES / "handles_count")
        done = self.diff(ignores, handles)
        self.assertEqual((done.status, done.err), (1, b""))
        lines = done.out.decode().splitlines()
        self.assertRegex(lines[0], r"^PROGRAM +TRAIT +VALUE +BASE +NEW$")
        self.assertTrue(any(line.split()[:2] == ["ignores_count", "follow_up"] for line in lines), lines)
        done = self.diff("--format", "json", ignores, handles)
        found = json.loads(done.out)
        self.assertEqual((done.status, len(found["differences"])), (1, len(lines) - 1))
        self.assertEqual(set(found["differences"][0]), {"program", "trait", "value", "base", "new"})

    def test_with_and_without_watch_retries(self):
        """What sendto may have sent is no difference, and no sameness either."""
        runs = {}
        for way in "by_sendto", "other_data", "same_thread":
            for options in (), ("--watch-retries",):
                runs[way, bool(options)] = self.saved(f"{way}-{len(options)}", *options, "--",
                                                      support.PROGRAMS / "follow_ups", way)
        blind, seeing = runs["by_sendto", False], runs["by_sendto", True]
        said = (f"mmsgtrace: {blind}: traced without --watch-retries, and {seeing} with it: what became of unsent messages"
                " is left out as far as that may be why it differs\n")
        for pair in (blind, seeing), (seeing, blind):
            done = self.diff(*pair)
            self.assertEqual((done.status, done.out, done.err.decode()), (65, b"", said))
        # Sent by sendmmsg in both, and that is the same.
        self.assert_same(runs["same_thread", True], [runs["same_thread", False]])
        # What other calls do not explain differs: new data by sendmmsg.
        done = self.diff(seeing, runs["other_data", False])
        self.assertEqual((done.status, len(done.err.splitlines())), (1, 1), done)
        traits = {line.split()[1] for line in done.out.decode().splitlines()}
        self.assertTrue("calls" in traits and "follow_up" not in traits, traits)
        # Both without are compared as ever.
        done = self.diff(blind, runs["same_thread", False])
        self.assertEqual((done.status, done.err), (1, b""))
        self.assertIn(b" follow_up ", done.out)

    def test_tolerance(self):
        base = self.saved("base", "--", support.SAMPLES / "whole_batch")
        lines = base.read_bytes().splitlines(keepends=True)
        calls = [line for line in lines if b'"kind":"call"' in line]
        two, three = self.folder / "two.jsonl", self.folder / "three.jsonl"
        for path, more in ((two, 9), (three, 10)):
            end = json.loads(lines[-1])
            end["calls"] += more
            path.write_bytes(b"".join(lines[:-1]) + calls[0] * more + json.dumps(end).encode() + b"\n")
        self.assertEqual(self.diff(two, three).status, 1)
        self.assertEqual(self.diff("--tolerance", "5%", two, three).status, 1)
        self.assertEqual(self.diff("--tolerance", "12.5%", two, three).status, 0)

    def test_traces_that_are_not_whole(self):
        """Whether the runs differ cannot be told; what the traces hold is compared all the same."""
        base = self.saved("base", "--", support.SAMPLES / "ignores_count")
        lines = base.read_bytes().splitlines(keepends=True)
        end = json.loads(lines[-1])
        calls = [line for line in lines if b'"kind":"call"' in line]
        other = self.folder / "other.jsonl"
        for said, left, same in (
            ("a trace has no trace_end", lines[:-1], False),
            ("a trace lost records as it was written", [*lines[:-1], json.dumps(end | {"lost": 1}).encode()], True),
            ("a trace is filtered", [*lines[:-1], json.dumps(end | {"left_out": 1}).encode()], True),
            ("the beginning of a trace is missing", lines[1:], True),
            ("a trace does not hold all of its calls", [line for line in lines if line != calls[0]], False),
        ):
            with self.subTest(said):
                other.write_bytes(b"".join(left))
                for pair in ((base, other), (other, base)):
                    done = self.diff(*pair)
                    self.assertEqual((done.status, done.err.decode()), (65, f"mmsgtrace: {other}: {said}\n"))
                    self.assertEqual(done.out == b"", same, done.out)

    def test_trace_that_is_cut_off(self):
        """What could be read of it is compared, and the rest differs for that reason."""
        base = self.saved("base", "--", support.SAMPLES / "ignores_count")
        cut = self.folder / "cut.jsonl"
        data = base.read_bytes()
        cut.write_bytes(data[:data.rindex(b'{"kind":"call"') + 50])
        for pair in ((base, cut), (cut, base)):
            done = self.diff(*pair)
            self.assertEqual((done.status, len(done.err.splitlines())), (65, 1), done)
            self.assertIn(b"cut off in the middle", done.err)
            rows = [line.split() for line in done.out.decode().splitlines()]
            self.assertEqual(rows[0], ["PROGRAM", "TRAIT", "VALUE", "BASE", "NEW"])
            self.assertIn("calls", [row[1] for row in rows], rows)

    def test_protocols_have_names(self):
        base = self.saved("base", "--", support.SAMPLES / "whole_batch")
        other = self.saved("other", "--", support.SAMPLES / "control_messages")
        kinds = [line.split()[2:-2] for line in self.diff(base, other).out.decode().splitlines() if line.split()[1] == "socket"]
        self.assertIn(["AF_INET", "SOCK_DGRAM", "UDP"], kinds)
        self.assertFalse(any(word.isdigit() for kind in kinds for word in kind), kinds)

    def test_bad_files_and_usage(self):
        base = self.saved("base", "--", support.SAMPLES / "whole_batch")
        for arguments in (("/no/such/file", base), (base, "/dev/null"), (support.TRACER, base)):
            done = self.diff(*arguments)
            self.assertEqual((done.status, done.out, len(done.err.splitlines())), (65, b"", 1), done)
        for arguments in ((base,), ("-", "-"), ("--tolerance", "10", base, base), ("--tolerance", "x%", base, base),
                          ("--format", "xml", base, base)):
            done = self.diff(*arguments)
            self.assertEqual((done.status, done.out, len(done.err.splitlines())), (64, b"", 1), done)
        with base.open() as file:
            self.assertEqual(self.diff("-", base, stdin=file).status, 0)


if __name__ == "__main__":
    unittest.main()
