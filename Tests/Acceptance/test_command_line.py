"""What the command line accepts and refuses, with which status, and in how many words."""

import os
import pathlib
import subprocess
import unittest

import support


class CommandLine(support.TracingTest):
    def tracer(self, *arguments, **more):
        return support.run([support.TRACER, *arguments], check_leftovers=True, **more)

    def one_line(self, done, *parts):
        """The message: one line, ours, with the option and the value in it."""
        text = done.err.decode()
        lines = text.splitlines()
        self.assertEqual(len(lines), 1, f"not one line: {text!r}")
        self.assertTrue(lines[0].startswith("mmsgtrace: "), text)
        for part in parts:
            self.assertIn(str(part), lines[0])
        self.assertEqual(done.out, b"")

    def test_bad_usage(self):
        started = self.folder / "started"
        program = ["touch", started]
        for arguments, parts in (
            (["-s", "many", "--", *program], ["-s", "many", "all or none", "(see mmsgtrace trace --help)"]),
            (["-s", "-1", "--", *program], ["-s", "-1"]),
            (["-s", "99999999999999999999", "--", *program], ["-s", "99999999999999999999"]),
            (["--format", "xml", "--", *program], ["--format", "xml"]),
            (["--seccomp", "maybe", "--", *program], ["--seccomp", "maybe"]),
            (["--color", "blue", "--", *program], ["--color", "blue"]),
            (["-p", "init"], ["-p"]),
            (["--colocate", "-p", "1"], ["--colocate"]),
            (["-p", "0"], ["-p"]),
            (["-p", ""], ["-p", "no PID given (did pidof find nothing?)"]),
            (["--for", "3d", "--", *program], ["--for", "3d", "ms, s, m or h"]),
            (["--max-size", "1TB", "-o", "x", "--", *program], ["--max-size", "1TB", "GiB"]),
            (["--every", "1s", "--", *program], ["--every is of use with -c only"]),
            (["--sort", "bytes", "--", *program], ["--sort is of use with -c only"]),
            (["--sort", "size", "--", *program], ["--sort", "size", "name, calls, messages"]),
            (["--calls", "0", "--", *program], ["--calls", "at least 1"]),
            (["diff", "--tolerance", "3", "a", "b"], ["--tolerance", "10%", "(see mmsgtrace diff --help)"]),
            (["show", "--bogus", "a"], ["--bogus", "(see mmsgtrace show --help)"]),
            (["-u", "no-such-user-here", "--", *program], ["-u", "no-such-user-here"]),
            (["--no-such-option", "--", *program], ["--no-such-option"]),
            (["-o"], ["-o"]),
            ([], []),
            (["--"], []),
            (["", "x"], []),
        ):
            with self.subTest(arguments=arguments):
                done = self.tracer(*arguments)
                self.assertEqual(done.status, 64, done)
                self.one_line(done, *parts)
        self.assertFalse(started.exists(), "a program was started in spite of bad usage")

    def test_command_that_cannot_start(self):
        kept = self.folder / "kept.jsonl"
        plain_file = self.folder / "data"
        plain_file.write_text("not a program")
        lost = self.folder / "lost"
        lost.write_text("#!/no/such/interpreter\n")
        lost.chmod(0o755)
        for command, status in ((["/no/such/program"], 127), (["no-such-program-anywhere"], 127),
                                ([plain_file], 126), (["/"], 126), ([lost], 127)):
            with self.subTest(command=command):
                kept.write_text("keep me\n")
                done = self.tracer("-o", kept, "--", *command)
                self.assertEqual(done.status, status, done)
                self.one_line(done, command[0])
                self.assertEqual(kept.read_text(), "keep me\n", "an existing file was truncated")
        self.say("5 commands, the existing file untouched")

    def test_it_is_said_what_is_not_there(self):
        here, path = self.folder / "here", self.folder / "path"
        for folder in (here, path): folder.mkdir()
        for file in (here / "server", path / "script"):
            file.write_text("#!/no/such/interpreter\n")
            file.chmod(0o755)
        interpreter = "its interpreter is not there: No such file or directory"
        # What is only in the working directory is not what the command's name means.
        for command, why in (("server", "No such file or directory"), ("script", interpreter),
                             ("./server", interpreter), ("./none", "No such file or directory")):
            with self.subTest(command=command):
                done = self.tracer("--", command, cwd=here, env={**os.environ, "PATH": str(path)})
                self.assertEqual((done.status, done.err.decode()), (127, f"mmsgtrace: {command}: {why}\n"))

    def test_misspelt_subcommand(self):
        done = self.tracer("shwo", "a.jsonl")
        self.assertEqual((done.status, done.err),
                         (127, b"mmsgtrace: shwo: No such file or directory: did you mean show?\n"))
        # A program of that name is run.
        program = self.folder / "shwo"
        program.write_text("#!/bin/sh\nexit 5\n")
        program.chmod(0o755)
        done = self.tracer("-q", "shwo", env={**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"})
        self.assertEqual((done.status, done.err.count(b"did you mean")), (5, 0), done.err)

    def test_output_that_cannot_be_opened(self):
        started = self.folder / "started"
        for path in ("/no/such/folder/trace.jsonl", f"{self.folder}/", "/proc/version.jsonl"):
            with self.subTest(path=path):
                done = self.tracer("-o", path, "--format", "json", "--", "touch", started)
                self.assertEqual(done.status, 125, done)
                self.one_line(done, path)
        self.assertFalse(started.exists(), "the program was started without its output")

    def test_output_is_private(self):
        path = self.folder / "t.jsonl"
        self.tracer("-o", path, "--", "true")
        self.assertEqual(oct(path.stat().st_mode & 0o777), oct(0o600))

    def test_existing_output_is_replaced(self):
        path = self.folder / "t.jsonl"
        path.write_text("old\n" * 1000)
        self.tracer("-o", path, "--", support.SAMPLES / "whole_batch")
        records = support.parse_records(path.read_bytes())
        self.assertEqual(sum(record["kind"] == "call" for record in records), 1)

    def test_full_disk(self):
        command = [support.PROGRAMS / "stdout_spam", 200, "exit", 0]
        plain = support.run(command)
        for output in (["-o", "/dev/full", "--format", "json"], ["-o", "/dev/full", "--format", "text"]):
            done = self.tracer(*output, "--", *command)
            self.assertEqual(done.status, 125, done.err)
            self.assertEqual(done.out, plain.out, "the program's own output")
            messages = [line for line in done.err.splitlines() if line.startswith(b"mmsgtrace:")]
            self.assertEqual(len(messages), 1, done.err)
            self.assertIn(b"/dev/full", messages[0])
        # The other output is whole.
        path = self.folder / "t.jsonl"
        done = self.tracer("-o", "/dev/full", "--format", "json", "-o", path, "--", *command)
        self.assertEqual(done.status, 125, done.err)
        calls = [record for record in support.parse_records(path.read_bytes()) if record["kind"] == "call"]
        self.assertEqual(len(calls), 200)

    def test_reader_that_goes_away(self):
        command = f"'{support.PROGRAMS}/stdout_spam' 2000 exit 7"
        for options in ("--format json", "--format text"):
            # The program writes to a file of its own, so that only the trace meets the closed pipe.
            inner = f"exec {command} >'{self.folder}/out'"
            script = f"""{{ "$0" -o - {options} -- sh -c "$1"; echo $? >'{self.folder}/status'; }} | head -1"""
            done = support.run(["bash", "-c", script, support.TRACER, inner], check_leftovers=True)
            self.assertEqual(done.out.count(b"\n"), 1, done.out)
            self.assertEqual((self.folder / "status").read_text(), "7\n", "the status is not the program's own")
            self.assertEqual((self.folder / "out").read_bytes().count(b"\n"), 2000, "the program was disturbed")

    def test_formats_by_ending(self):
        names = ("t.txt", "t.jsonl", "t.json")
        options = [part for name in names for part in ("-o", self.folder / name)]
        self.tracer(*options, "--", support.SAMPLES / "whole_batch")
        self.assertIn("sendmmsg(", (self.folder / "t.txt").read_text())
        for name in names[1:]:
            self.assertIn('"kind":"call"', (self.folder / name).read_text(), name)

    def test_options_end_at_the_command(self):
        done = self.tracer("-o", self.folder / "t.jsonl", "echo", "-o", "--help", "-s", "bad")
        self.assertEqual((done.status, done.out), (0, b"-o --help -s bad\n"))
        done = self.tracer("-o", self.folder / "t.jsonl", "--", "echo", "--", "-x")
        self.assertEqual((done.status, done.out), (0, b"-- -x\n"))
        done = self.tracer("trace", "-o", self.folder / "t.jsonl", "echo", "trace")
        self.assertEqual((done.status, done.out), (0, b"trace\n"))

    def test_help_version_and_schema(self):
        for arguments, part in ((["--help"], b"COMMAND"), (["--version"], b"."), (["schema"], b'"$schema"')):
            done = self.tracer(*arguments)
            self.assertEqual((done.status, done.err), (0, b""), arguments)
            self.assertIn(part, done.out)
        lines = self.tracer("--help").out.decode().splitlines()
        self.assertLessEqual(len(lines), 60)
        self.assertLessEqual(max(map(len, lines)), 100)

    def test_environment_variables(self):
        done = self.tracer("-o", self.folder / "t.jsonl", "-E", "NEW=1=2", "-E", "OLD", "--", "sh", "-c",
                           'echo "${NEW-unset} ${OLD-unset}"', env={**os.environ, "OLD": "x"})
        self.assertEqual(done.out, b"1=2 unset\n", done.err)

    @support.need_root
    def test_user(self):
        done = self.tracer("-o", self.folder / "t.jsonl", "-u", "nobody", "--", "id", "-un")
        self.assertEqual(done.out, b"nobody\n", done.err)

    def test_payload_limits(self):
        path = self.folder / "t.jsonl"
        for limit, captured in (("0", 0), ("none", 0), ("5", 5), ("all", 70000)):
            self.tracer("-o", path, "-s", limit, "--", support.SAMPLES / "oversize_in_middle")
            calls = [record for record in support.parse_records(path.read_bytes()) if record["kind"] == "call"]
            kept = calls[0]["messages"][3]["payload"]
            self.assertEqual((kept["captured"], kept["truncated"]), (captured, captured < 70000), limit)
            if limit == "none":
                self.assertIsNone(kept["data"])

    def test_nothing_seen_says_so(self):
        done = self.tracer("--", "true")
        self.assertEqual(done.status, 0)
        self.assertIn(b"sendmsg", done.err, "a run without calls names what passes by")
        self.assertNotIn(b"sendmsg", self.tracer("-q", "--", "true").err)
        children = b"children were not recorded (--no-follow)"
        for options, command, said in (
            (["--no-follow"], ["sh", "-c", f"'{support.SAMPLES}/whole_batch'; :"], True),
            (["--no-follow", "--seccomp", "off"], ["sh", "-c", f"'{support.SAMPLES}/whole_batch'; :"], True),
            (["--no-follow"], ["true"], False), ([], ["sh", "-c", "true; :"], False),
        ):
            done = self.tracer(*options, "--", *command)
            self.assertEqual(children in done.err, said, (options, command, done.err))

    def test_processes_that_outlive_the_command(self):
        """It is said who keeps us, once, and not of those who end with the command."""
        script = "exec 3<&0; cat <&3 >/dev/null & cat <&3 >/dev/null & exit 3"
        for options, way in ((["--seccomp", "on"], "to end the trace, end them"),
                             (["--seccomp", "off", "-q"], "SIGINT or SIGTERM lets go of them")):
            errors = self.folder / "errors"
            with errors.open("wb") as file:
                tracer = subprocess.Popen([support.TRACER, *options, "-o", self.folder / "t.jsonl", "--", "sh", "-c", script],
                                          stdin=subprocess.PIPE, stderr=file)
            self.addCleanup(tracer.stdin.close)
            support.wait_until(lambda: b"\n" in errors.read_bytes(), "it says who lives on")
            self.assertRegex(errors.read_text(), r"^mmsgtrace: COMMAND exited with 3; still tracing 2 processes:"
                                                 r" \d+ \(cat\), \d+ \(cat\): " + way)
            tracer.stdin.close()
            self.assertEqual(tracer.wait(20), 3)
            said = errors.read_text().splitlines()
            self.assertEqual([line for line in said if "COMMAND" in line], said[:1], said)
        done = self.tracer("--", "sh", "-c", "true & exit 3")
        self.assertEqual((done.status, done.err.count(b"COMMAND")), (3, 0), done.err)

    def test_no_color_unless_asked(self):
        program = support.SAMPLES / "oversize_in_middle"
        self.assertNotIn(b"\x1b", self.tracer("--", program).err)
        self.assertIn(b"\x1b[", self.tracer("--color", "always", "--", program).err)
        terminal = ["script", "-qec", f"'{support.TRACER}' -- '{program}'", "/dev/null"]
        environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm"}
        self.assertIn(b"\x1b[", support.run(terminal, env=environment).out)
        self.assertNotIn(b"\x1b[", support.run(terminal, env=environment | {"NO_COLOR": "1"}).out)


if __name__ == "__main__":
    unittest.main(verbosity=2)
