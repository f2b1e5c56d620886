"""Long runs: files that are rotated or opened again hold every record, whole and once."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time
import unittest

import support

SENDER = pathlib.Path(__file__).resolve().parents[1] / "Programs/build/told_sender"


class Rotation(support.TracingTest):
    limit = 90

    def sender(self):
        """A program that sends at full speed: CALLS MESSAGES BYTES."""
        program = self.folder / "load"
        source = support.ROOT / "Tests/Benchmarks/load.c"
        made = support.run(["gcc", "-O1", "-pthread", "-o", program, source])
        self.assertEqual(made.status, 0, made.err)
        return program

    def files(self, name):
        """The files of a trace that are left, the oldest first."""
        old = self.folder.glob(f"{name}.[0-9]*")
        return sorted(old, key=lambda path: -int(path.suffix[1:])) + [self.folder / name]

    def check_parts(self, paths):
        """Every line is a record, every file begins as it should; returns the records."""
        everything = []
        for path in paths:
            records = support.parse_records(path.read_bytes(), validate=False)
            self.assertEqual(records[0]["kind"], "trace_start", path)
            self.assertEqual([r["kind"] for r in records].count("trace_start"), 1)
            self.assertEqual(path.stat().st_mode & 0o777, 0o600, path)
            self.assertEqual(any(r["kind"] == "trace_end" for r in records), path == paths[-1])
            self.assertEqual(list(support.validator().iter_errors(records[0])), [])
            everything += records
        return everything

    def run_load(self, calls, *options, name="t.jsonl", limit=80):
        done = support.run([support.TRACER, "-o", self.folder / name, *options, "--", self.sender(), calls, 4, 64],
                           limit=limit, check_leftovers=True)
        self.assertEqual((done.status, done.err), (0, b""))
        return self.files(name)

    def test_few_are_kept(self):
        size, keep, calls = 1_000_000, 3, 8000
        paths = self.run_load(calls, "--max-size", "1MB", "--keep", keep)
        self.assertEqual([path.name for path in paths], ["t.jsonl.3", "t.jsonl.2", "t.jsonl.1", "t.jsonl"])
        records = self.check_parts(paths)
        for path in paths[:-1]:
            lines = path.read_bytes().splitlines(keepends=True)
            self.assertTrue(size <= path.stat().st_size < size + len(lines[-1]), path)
        numbers = [r["seq"] for r in records if r["kind"] == "call"]
        self.assertEqual(numbers, list(range(numbers[0], calls + 1)), "a record is missing or stands twice")
        self.assertGreater(numbers[0], 1)
        self.assertEqual([r["previous"] for r in records if r["kind"] == "trace_start"], ["t.jsonl.1"] * 4)
        self.assertEqual((records[-1]["calls"], records[-1]["lost"]), (calls, 0))
        self.say(f"{len(numbers)} of {calls} calls left in {sum(p.stat().st_size for p in paths)} bytes")

    def test_all_are_kept(self):
        calls = 4000
        paths = self.run_load(calls, "--max-size", "300kB", "--keep", "1000", "-o", self.folder / "t.txt")
        self.assertGreater(len(paths), 4)
        records = self.check_parts(paths)
        self.assertEqual([r["seq"] for r in records if r["kind"] == "call"], list(range(1, calls + 1)))
        starts = [r["previous"] for r in records if r["kind"] == "trace_start"]
        self.assertEqual(starts, [None] + ["t.jsonl.1"] * (len(paths) - 1))
        shown = support.run([support.TRACER, "show", *paths])
        self.assertEqual((shown.status, shown.err), (0, b""))
        texts = self.files("t.txt")
        self.assertGreater(len(texts), 2)
        self.assertEqual(shown.out, b"".join(path.read_bytes() for path in texts))
        # What is missing is said.
        shown = support.run([support.TRACER, "show", paths[0]])
        self.assertIn(b"it has no trace_end", shown.err)
        for left, name, said in (
            (paths[1:], paths[1], "the beginning of a trace is missing"),
            (paths[:1] + paths[2:], paths[-1],
             "a trace does not hold all of its calls: a file may be missing, or the order be another"),
        ):
            shown = support.run([support.TRACER, "show", "--format", "json", *left])
            self.assertEqual(shown.status, 0)
            self.assertIn(f"mmsgtrace: {name}: {said}\n", shown.err.decode())
            self.assertEqual(support.run([support.TRACER, "show", "-qq", *left]).err, b"")
        self.say(f"{calls} calls in {len(paths)} files, the text in {len(texts)}")

    def test_fewer_are_kept_than_before(self):
        self.assertGreater(len(self.run_load(1000, "--max-size", "100kB", "--keep", 9)), 4)
        paths = self.run_load(10, "--max-size", "100kB", "--keep", 2)
        self.assertEqual([path.name for path in paths], ["t.jsonl.2", "t.jsonl.1", "t.jsonl"])
        # Files of the first run do not belong to the second, whatever their numbers.
        shown = support.run([support.TRACER, "show", "--format", "json", *paths])
        self.assertIn(b"the beginning of a trace is missing", shown.err)

    def test_files_of_two_runs_are_no_trace(self):
        first = self.run_load(500, "--max-size", "100kB", "--keep", 99, name="a.jsonl")
        second = self.run_load(500, "--max-size", "100kB", "--keep", 99, name="b.jsonl")
        mixed = [first[0], *second[1:]]
        policy = self.folder / "policy.yaml"
        policy.write_text("version: 1\nrules: [{ id: any, min: { calls: 1 } }]\n")
        for arguments, status in ((["check", "--policy", policy], 65), (["show", "--format", "json"], 0)):
            done = support.run([support.TRACER, *arguments, *mixed])
            self.assertEqual(done.status, status, done.err)
            self.assertIn(b"files of different runs are read as those of one", done.err)

    def test_a_check_keeps_its_trace_so(self):
        policy = self.folder / "policy.yaml"
        policy.write_text("version: 1\nrules: [{ id: any, min: { calls: 1 } }]\n")
        done = support.run([support.TRACER, "check", "--policy", policy, "-o", self.folder / "t.jsonl", "--max-size",
                            "100kB", "--keep", 99, "--", self.sender(), 500, 4, 64])
        self.assertEqual(done.status, 0, done.err)
        paths = self.files("t.jsonl")
        self.assertGreater(len(paths), 2)
        self.check_parts(paths)

    def test_packets(self):
        if not shutil.which("tshark"):
            self.fail("not installed: tshark")
        calls = 2000
        paths = self.run_load(calls, "--max-size", "300kB", "--keep", "1000", name="t.pcapng")
        self.assertGreater(len(paths), 3)
        packets = 0
        for path in paths:
            read = support.run(["tshark", "-n", "-r", path, "-T", "fields", "-e", "udp.length"])
            self.assertEqual((read.status, read.out.split() != []), (0, True), read.err)
            packets += len(read.out.split())
        self.assertEqual(packets, calls * 4)

    def test_no_permission(self):
        """The old file is written on, and one line says why."""
        place = self.folder / "closed"
        place.mkdir()
        output = place / "t.jsonl"
        output.touch()
        program = self.sender()
        nobody = support.nobody()
        if os.geteuid() == 0:
            os.chown(output, nobody.pw_uid, nobody.pw_gid)
        place.chmod(0o555)
        self.addCleanup(place.chmod, 0o755)
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid} if os.geteuid() == 0 else {}
        done = support.run([support.TRACER, "-o", output, "--max-size", "100kB", "--", program, 1000, 4, 64], **who)
        self.assertEqual(done.status, 0, done.err)
        told = done.err.decode().splitlines()
        self.assertEqual([line for line in told if "NO_NEW_PRIVS" not in line], [
            f"mmsgtrace: {output}: cannot be rotated: Permission denied: going on in the old file"])
        self.assertEqual(os.listdir(place), ["t.jsonl"])
        records = support.parse_records(output.read_bytes(), validate=False)
        self.assertEqual([r["seq"] for r in records if r["kind"] == "call"], list(range(1, 1001)))

    @support.need_root
    def test_no_room_for_another_file(self):
        """A file system that takes no further file: nothing is lost, and nothing is removed."""
        script = """mount -t tmpfs -o size=64m,nr_inodes=3 none "$1" && "$2" -o "$1/t.jsonl" --max-size 200kB \
-- "$3" 2000 4 64 && ls "$1" && cat "$1/t.jsonl.1" "$1/t.jsonl" > "$4" """
        place = self.folder / "small"
        place.mkdir()
        done = support.run(["unshare", "--mount", "sh", "-c", script, "sh", place, support.TRACER, self.sender(),
                            self.folder / "all"])
        self.assertEqual(done.status, 0, done.err)
        self.assertEqual(done.err.decode(), f"mmsgtrace: {place}/t.jsonl: cannot be rotated: No space left on device:"
                         " going on in the old file\n")
        self.assertEqual(done.out.split()[-2:], [b"t.jsonl", b"t.jsonl.1"])
        records = support.parse_records((self.folder / "all").read_bytes(), validate=False)
        self.assertEqual([r["seq"] for r in records if r["kind"] == "call"], list(range(1, 2001)))

    def told_to_send(self, *options):
        """A tracer and the program that it launched, which sends when it is told to."""
        tracer = support.started([support.TRACER, *options, "--", SENDER], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(tracer.wait)
        self.addCleanup(support.end_session, tracer.pid)
        for stream in (tracer.stdin, tracer.stdout, tracer.stderr):
            self.addCleanup(stream.close)
        self.assertTrue(tracer.stdout.readline().startswith(b"pid "))
        return tracer

    def send(self, tracer):
        tracer.stdin.write(b"\n")
        tracer.stdin.flush()
        self.assertEqual(tracer.stdout.readline(), b"2\n")

    def test_files_are_opened_again(self):
        output, text = self.folder / "t.jsonl", self.folder / "t.txt"
        tracer = self.told_to_send("-o", output, "-o", text)
        for number in range(3):
            self.send(tracer)
            for path in (output, text):
                os.rename(path, f"{path}-{number}")
            if number == 2:
                # logrotate's `create`: it is there already, and keeps its mode.
                output.touch(mode=0o640)
                output.chmod(0o640)
            os.kill(tracer.pid, signal.SIGUSR2)
            support.wait_until(lambda: output.exists() and output.stat().st_size and text.exists(), "a new file")
        # Nothing was moved: the same file is written on.
        size = output.stat().st_size
        os.kill(tracer.pid, signal.SIGUSR2)
        self.send(tracer)
        tracer.stdin.close()
        self.assertEqual(tracer.wait(10), 0)
        self.assertEqual(tracer.stderr.read(), b"")
        paths = [self.folder / f"t.jsonl-{number}" for number in range(3)] + [output]
        records = [r for path in paths for r in support.parse_records(path.read_bytes())]
        starts = [r["previous"] for r in records if r["kind"] == "trace_start"]
        self.assertEqual(starts, [None, "t.jsonl-0", "t.jsonl-1", "t.jsonl-2"])
        self.assertEqual([r["seq"] for r in records if r["kind"] == "call"], [1, 2, 3, 4])
        self.assertGreater(output.stat().st_size, size)
        self.assertEqual([p.stat().st_mode & 0o777 for p in paths], [0o600, 0o600, 0o600, 0o640])
        shown = support.run([support.TRACER, "show", *paths])
        texts = [self.folder / f"t.txt-{number}" for number in range(3)] + [text]
        self.assertEqual(shown.out, b"".join(path.read_bytes() for path in texts))

    def test_both_at_once(self):
        """logrotate, which moves the file and tells us, while we rotate it ourselves."""
        output, moved = self.folder / "t.jsonl", 0
        tracer = support.started([support.TRACER, "-o", output, "--max-size", "20kB", "--keep", "999", "--",
                                  support.PROGRAMS / "steady_sender", 2000, 2, 8],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.addCleanup(support.end_session, tracer.pid)
        support.wait_until(lambda: output.exists() and output.stat().st_size, "the trace begins")
        while tracer.poll() is None:
            # It may be away just now.
            with contextlib.suppress(FileNotFoundError):
                output.rename(self.folder / f"moved-{moved}")
                moved += 1
            with contextlib.suppress(ProcessLookupError):
                os.kill(tracer.pid, signal.SIGUSR2)
            time.sleep(0.003)
        self.assertEqual(tracer.wait(), 0)
        files = [support.parse_records(path.read_bytes(), validate=False) for path in self.folder.iterdir()]
        self.assertEqual({records[0]["kind"] for records in files}, {"trace_start"})
        calls = [record["seq"] for records in files for record in records if record["kind"] == "call"]
        self.assertEqual(sorted(calls), list(range(1, 2001)))
        self.assertGreater(len(files), moved)
        self.say(f"2000 calls, each once, in {len(files)} files, {moved} of them moved away")

    def test_the_signal_is_the_programs_without_files(self):
        tracer = self.told_to_send()
        os.kill(tracer.pid, signal.SIGUSR2)
        # The program has no handler: it dies of it, and the tracer as it did.
        self.assertEqual(tracer.wait(10), -signal.SIGUSR2)

    def test_a_folder_that_is_gone(self):
        place = self.folder / "place"
        place.mkdir()
        tracer = self.told_to_send("-o", place / "t.jsonl")
        self.send(tracer)
        place.rename(self.folder / "moved")
        os.kill(tracer.pid, signal.SIGUSR2)
        self.assertEqual(tracer.stderr.readline().decode(), f"mmsgtrace: {place}/t.jsonl: cannot be opened again:"
                         " No such file or directory: going on in the old file\n")
        self.send(tracer)
        tracer.stdin.close()
        self.assertEqual(tracer.wait(10), 0)
        records = support.parse_records((self.folder / "moved/t.jsonl").read_bytes())
        self.assertEqual([r["seq"] for r in records if r["kind"] == "call"], [1, 2])

    def test_a_saved_trace_in_parts(self):
        whole = self.run_load(500)[0]
        done = support.run([support.TRACER, "show", "-o", self.folder / "p.jsonl", "--max-size", "100KiB", "--keep", 99,
                            whole])
        self.assertEqual((done.status, done.err), (0, b""))
        again = self.check_parts(self.files("p.jsonl"))
        calls = [r for r in again if r["kind"] == "call"]
        self.assertEqual(calls, [r for r in support.parse_records(whole.read_bytes(), False) if r["kind"] == "call"])

    def test_bad_usage(self):
        for options, said in ((["--keep", "3", "-o", "x"], "--max-size"), (["--max-size", "1MB"], "-o FILE"),
                              (["--max-size", "1MB", "-o", "-"], "-o FILE"), (["--max-size", "0", "-o", "x"], "'0'"),
                              (["--max-size", "1XB", "-o", "x"], "1XB"), (["--max-size", "99999999999GB"], "GB"),
                              (["--max-size", "1MB", "--keep", "0", "-o", "x"], "'0'")):
            with self.subTest(options):
                done = support.run([support.TRACER, *options, "--", "true"], cwd=self.folder)
                self.assertEqual((done.status, done.out), (64, b""), done)
                self.assertIn(said, done.err.decode())
                self.assertFalse((self.folder / "x").exists())


if __name__ == "__main__":
    unittest.main()
