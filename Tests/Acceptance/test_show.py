"""`mmsgtrace show`: what was saved is what was seen; what is damaged is shown as far as it goes."""

import contextlib
import json
import os
import pathlib
import resource
import signal
import subprocess
import unittest

import support


def records(path):
    """The records of a trace."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


class Show(support.TracingTest):
    def show(self, *arguments, **more):
        return support.run([support.TRACER, "show", *arguments], check_leftovers=True, **more)

    def trace(self, *arguments, name="trace", limit=60):
        """Runs a program and returns what was written of it: JSON lines and text."""
        saved, text = self.folder / f"{name}.jsonl", self.folder / f"{name}.txt"
        done = support.run([support.TRACER, "-o", saved, "-o", text, *arguments], limit=limit)
        self.assertEqual(done.status, 0, done.err)
        return saved, text

    def test_text_and_json_are_what_was_written(self):
        programs = ["oversize_in_middle", "control_messages", "stream_cut_short",
                    "threads_and_children", "whole_batch", "thirty_two_bit"]
        runs = [(["-s", "all", "--", support.SAMPLES / name], name) for name in programs]
        runs += [(["-s", "none", "-v", "--", support.PROGRAMS / "faulty_memory"], "faulty_memory"),
                 (["-x", "-tt", "--", support.PROGRAMS / "hostile"], "hostile")]
        size = 0
        for arguments, name in runs:
            with self.subTest(name):
                saved, text = self.trace(*arguments, name=name)
                options = [word for word in arguments if word in ("-v", "-x", "-tt")]
                again = self.show(*options, saved, limit=60)
                self.assertEqual((again.status, again.err), (0, b""))
                self.assertEqual(again.out, text.read_bytes())
                json_lines = self.show("--format", "json", saved, limit=60)
                self.assertEqual(json_lines.out, saved.read_bytes())
                size += saved.stat().st_size
        self.say(f"{len(runs)} programs, {size >> 10} KiB of records, every byte the same")

    def test_pipes_and_several_files(self):
        first, _ = self.trace("--", support.SAMPLES / "whole_batch", name="first")
        second, _ = self.trace("--", support.SAMPLES / "oversize_in_middle", name="second")
        with first.open() as file:
            piped = self.show("--format", "json", "-", stdin=file)
        self.assertEqual(piped.out, first.read_bytes())
        both = self.show("--format", "json", second, first)
        self.assertEqual(both.out, second.read_bytes() + first.read_bytes())
        output = self.folder / "again.jsonl"
        done = self.show("-o", output, "-o", "-", first)
        self.assertEqual(output.read_bytes(), first.read_bytes())
        self.assertEqual(done.out, self.show(first).out)
        self.assertEqual(output.stat().st_mode & 0o777, 0o600)

    def test_a_reader_that_has_seen_enough(self):
        saved, _ = self.trace("--", support.SAMPLES / "threads_and_children")
        many = self.folder / "many.jsonl"
        many.write_bytes(saved.read_bytes() * 2000)
        with subprocess.Popen([support.TRACER, "show", many], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            self.assertIn(b"started", process.stdout.readline())
            process.stdout.close()
            self.assertEqual(process.wait(20), 0)
            self.assertEqual(process.stderr.read(), b"")
        with open("/dev/full", "wb") as full:
            done = self.show(many, stdout=full)
        self.assertEqual(done.status, 125)
        self.assertRegex(done.err.decode(),
                         r"\Ammsgtrace: stdout: No space left on device: \d+ records? (is|are) lost\n\Z")

    def test_records_are_shown_as_they_come(self):
        """`tail -f trace.jsonl | mmsgtrace show -` waits for no more than a line."""
        saved, text = self.trace("--", support.SAMPLES / "oversize_in_middle")
        with subprocess.Popen([support.TRACER, "show", "-"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as process:
            shown = b""
            for line in saved.read_bytes().splitlines(keepends=True):
                process.stdin.write(line)
                process.stdin.flush()
                if b'"kind":"process"' in line or b'"kind":"call"' in line:
                    shown += process.stdout.read1()
            process.stdin.close()
            shown += process.stdout.read()
            self.assertEqual(process.wait(10), 0)
        self.assertEqual(shown, text.read_bytes())

    def test_damaged_files(self):
        saved, text = self.trace("--", support.SAMPLES / "oversize_in_middle")
        whole = saved.read_bytes()
        lines = whole.splitlines(keepends=True)
        damaged = self.folder / "damaged.jsonl"
        shown = text.read_bytes().splitlines(keepends=True)
        for content, said in (
            (whole[:len(lines[0]) + len(lines[1]) + 200], "line 3: cut off in the middle"),
            (lines[0] + lines[1] + b"\0\0\0\n" + lines[2], "line 3, column 1: expected {"),
            (lines[0].replace(b'"schema":1', b'"schema":7') + lines[1], "line 1: schema 7 is newer"),
            (b"root:x:0:0:root:/root:/bin/bash\n", "line 1: not a trace of mmsgtrace"),
            (b"", "there is no record in it"),
        ):
            with self.subTest(said):
                damaged.write_bytes(content)
                done = self.show(damaged)
                self.assertEqual(done.status, 65)
                err = done.err.decode()
                self.assertTrue(err.startswith(f"mmsgtrace: {damaged}: {said}"), err)
                self.assertEqual(len(err.splitlines()), 1)
                if content.startswith(lines[0] + lines[1]):
                    self.assertEqual(done.out, shown[0])
                # The next file is shown all the same.
                done = self.show(damaged, saved)
                self.assertEqual(done.status, 65)
                self.assertTrue(done.out.endswith(text.read_bytes()))
        for path, said in (("/no/such/file", "No such file or directory"), ("/", "Is a directory")):
            done = self.show(path)
            self.assertEqual((done.status, done.out), (65, b""))
            self.assertEqual(done.err.decode(), f"mmsgtrace: {path}: {said}\n")
        damaged.write_bytes(b"".join(lines[:-1]))
        done = self.show(damaged)
        self.assertEqual(done.status, 0)
        self.assertIn(b"it has no trace_end", done.err)
        self.assertEqual(self.show("-qq", damaged).err, b"")

    def test_what_is_killed_leaves_files_as_they_were(self):
        saved, _ = self.trace("--", support.SAMPLES / "threads_and_children")
        large, old, new = (self.folder / name for name in ("large.jsonl", "old.jsonl", "new.txt"))
        large.write_bytes(saved.read_bytes() * 4000)
        old.write_bytes(b"kept")
        old.chmod(0o640)
        before = sorted(self.folder.iterdir())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            process = support.started([support.TRACER, "show", "-o", old, "-o", new, large], stderr=subprocess.PIPE)
            self.addCleanup(process.stderr.close)
            self.addCleanup(support.end_session, process.pid)
            support.wait_until(lambda: self.has_read(process.pid, large), "it reads")
            process.send_signal(number)
            self.assertEqual((process.wait(10), process.stderr.read()), (-number, b""))
            self.assertEqual((old.read_bytes(), sorted(self.folder.iterdir())), (b"kept", before))
        # What comes to its end takes the place, with the mode that was there.
        link = self.folder / "link.jsonl"
        link.symlink_to(old.name)
        self.assertEqual(self.show("-o", link, "-o", new, saved).status, 0)
        self.assertEqual((old.read_bytes(), old.stat().st_mode & 0o777), (saved.read_bytes(), 0o640))
        self.assertEqual((link.is_symlink(), new.stat().st_mode & 0o777), (True, 0o600))
        self.assertEqual(sorted(self.folder.iterdir()), sorted([*before, link, new]))

    def has_read(self, pid, path):
        """True where a process is within a file that it has open."""
        with contextlib.suppress(OSError):
            for fd in os.listdir(f"/proc/{pid}/fd"):
                if os.readlink(f"/proc/{pid}/fd/{fd}") == str(path):
                    info = pathlib.Path(f"/proc/{pid}/fdinfo/{fd}").read_text()
                    return 0 < int(info.split()[1]) < path.stat().st_size
        return False

    @support.need_root
    def test_a_full_disk_leaves_files_as_they_were(self):
        saved, _ = self.trace("--", support.SAMPLES / "threads_and_children")
        large, disk = self.folder / "large.jsonl", self.folder / "disk"
        large.write_bytes(saved.read_bytes() * 40)
        disk.mkdir()
        script = ("mount -t tmpfs -o size=64k none $1/disk; echo kept >$1/disk/x.jsonl; status=0;"
                  "$TRACER show -o $1/disk/x.jsonl $1/large.jsonl || status=$?; cat $1/disk/*; ls $1/disk; exit $status")
        done = support.run(["unshare", "--mount", "env", f"TRACER={support.TRACER}", "sh", "-ec", script, "sh", self.folder])
        self.assertEqual((done.status, done.out), (125, b"kept\nx.jsonl\n"))
        self.assertEqual(done.err.decode(), f"mmsgtrace: {disk}/x.jsonl: No space left on device: nothing is written there\n")

    def test_endings_that_tell_no_format(self):
        saved, text = self.trace("--", support.SAMPLES / "whole_batch")
        for name, options, said in (
            ("a.csv", [], "csv is no format of mmsgtrace, this is text"), ("a.yml", ["-c"], "this is summary"),
            ("a.pcap", [], "this is text: for packets there is .pcapng"), ("a.csv", ["--format", "json"], None),
            ("a.log", [], None), ("a.txt", [], None),
        ):
            with self.subTest(name):
                done = self.show(*options, "-o", self.folder / name, saved)
                self.assertEqual(done.status, 0)
                self.assertEqual(len(done.err.splitlines()), 0 if said is None else 1, done.err)
                self.assertIn(said or "", done.err.decode())
        self.assertEqual((self.folder / "a.log").read_bytes(), text.read_bytes())
        self.assertEqual((self.folder / "a.csv").read_bytes(), saved.read_bytes())

    def test_what_is_read_is_not_written(self):
        saved, _ = self.trace("--", support.SAMPLES / "whole_batch")
        before = saved.read_bytes()
        link = self.folder / "link.jsonl"
        os.link(saved, link)
        for target in (saved, link):
            done = self.show("-o", target, saved)
            self.assertEqual(done.status, 64)
            self.assertIn(b"read and written at once", done.err)
        with saved.open("ab") as file:
            self.assertEqual(self.show(saved, stdout=file).status, 64)
        self.assertEqual(saved.read_bytes(), before)
        kept = self.folder / "kept.txt"
        kept.write_text("keep me\n")
        self.assertEqual(self.show("-o", kept, "/no/such/file").status, 65)
        self.assertEqual(kept.read_text(), "keep me\n")

    def test_bad_usage(self):
        for arguments, said in ((["--only", "prot=53", "x"],
                                 "--only 'prot=53', column 1: there is no key 'prot': did you mean port?"),
                                (["--only", "to=10.0.0.0/33", "x"], "column 13"),
                                ([], "file"), (["--no-such", "x"], "--no-such"),
                                (["-s", "all", "x"], "-s")):
            with self.subTest(arguments):
                done = self.show(*arguments)
                self.assertEqual((done.status, done.out), (64, b""), done)
                self.assertEqual(len(done.err.splitlines()), 1)
                self.assertIn(said, done.err.decode())

    def test_filters_live_and_saved(self):
        """Live, a filter leaves out what it leaves out of the saved trace, and nothing else."""
        program = support.SAMPLES / "oversize_in_middle"
        saved, _ = self.trace("--", program)
        calls = [r for r in records(saved) if r["kind"] == "call"]
        partial = [c for c in calls if c["verdict"]["outcome"] == "partial"]
        self.assertTrue(0 < len(partial) < len(calls))
        live = self.folder / "live.jsonl"
        done = support.run([support.TRACER, "--only", "outcome=partial", "-o", live, "--", program])
        self.assertEqual(done.status, 0)
        filtered = self.folder / "filtered.jsonl"
        self.show("--only", "outcome=partial", "-o", filtered, saved)
        for path in (live, filtered):
            with self.subTest(path.name):
                filtered_records = records(path)
                shown = [r for r in filtered_records if r["kind"] == "call"]
                self.assertEqual([c["seq"] for c in shown], [c["seq"] for c in partial])
                end = filtered_records[-1]
                self.assertEqual((end["kind"], end["calls"]), ("trace_end", len(calls)))
                self.assertEqual(end["outcomes"]["partial"], len(partial))
                numbers = {c["seq"] for c in shown}
                follow_ups = [r for r in filtered_records if r["kind"] == "follow_up"]
                self.assertTrue(all(f["of"] in numbers for f in follow_ups))
                self.assertGreaterEqual(end["left_out"], len(calls) - len(partial))
        summary = self.show("-c", "--only", "outcome=partial", saved).out.decode()
        self.assertIn(f"\n  left out  {end['left_out']} records, by a filter", summary)
        self.assertNotIn("\n  left out", self.show("-c", saved).out.decode())
        text = self.show("--only", "outcome=partial", saved).out.decode()
        self.assertRegex(text, r"(?m)^\d+ calls?, .* \d+ records? left out")
        # Filtered once more, the counts add up.
        nothing = self.show("--only", "fd=999", "--format", "json", filtered).out.splitlines()
        self.assertEqual(json.loads(nothing[-1])["calls"], len(calls))
        self.assertEqual([json.loads(line)["kind"] for line in nothing if b'"call"' in line], [])

    def test_destinations(self):
        saved, _ = self.trace("--", support.SAMPLES / "oversize_in_middle")
        calls = [r for r in records(saved) if r["kind"] == "call"]
        port = calls[0]["messages"][0]["name"]["port"]

        def seen(*terms):
            options = [word for term in terms for word in ("--only", term)]
            done = self.show("--format", "json", *options, saved)
            self.assertEqual(done.status, 0, done.err)
            left = map(json.loads, done.out.splitlines())
            return [r["seq"] for r in left if r["kind"] == "call"]

        everything = [c["seq"] for c in calls]
        here = [c["seq"] for c in calls if any((m["name"] or {}).get("port") == port for m in c["messages"])]
        self.assertTrue(here)
        self.assertEqual(seen(f"port={port}"), here)
        self.assertEqual(seen(f"to=127.0.0.0/8:{port}"), here)
        self.assertEqual(seen("to=10.0.0.0/8"), [])
        self.assertEqual(seen("fd>=0"), everything)
        self.assertEqual(seen("fd>=0", "port=1"), [])
        self.assertEqual(seen("bytes>65507"),
                         [c["seq"] for c in calls if any(m["bytes"] > 65507 for m in c["messages"])])

    def test_memory_does_not_grow_with_the_file(self):
        saved, _ = self.trace("--", support.SAMPLES / "threads_and_children")
        block = saved.read_bytes()
        large = self.folder / "large.jsonl"
        with large.open("wb") as file:
            for _ in range((100 << 20) // len(block)):
                file.write(block)

        policy = self.folder / "policy.yaml"
        policy.write_text("version: 1\nrules: [{ id: kept, max: { abandoned: 0, partial: 1% }, deny: { to: '*:53' } }]\n")

        def read(size, *command):
            return support.run([support.TRACER, *command], limit=120, stdout=subprocess.DEVNULL,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (size, size)))

        # Not even the program itself fits into a page: the limit is one.
        self.assertNotEqual(read(4096, "show", saved).status, 0)
        for command, status in ((["show", "--only", "fd=999", large], 0), (["show", "-c", large], 0),
                                (["check", "--policy", policy, large], 0), (["diff", saved, large], 1)):
            self.assertEqual(read(16 << 20, *command).status, status, command)
        self.say("100 MiB read in 16 MiB of memory, four times")


if __name__ == "__main__":
    unittest.main()
