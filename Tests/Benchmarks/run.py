#!/usr/bin/env python3
"""Weighs mmsgtrace against strace and against bare stops.

Runs of all tracers are interleaved and medians are compared, so that a machine whose speed drifts
does not favour one of them. Nothing here passes or fails: the figures are what they are.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import tempfile
import time

import reading

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE / "build"
OURS = pathlib.Path(os.environ.get("MMSGTRACE", HERE.parent.parent / ".build/release/mmsgtrace"))
LIMIT = 300


def tracers(folder, names):
    """The command that goes in front of a program, by tracer."""
    strace = shutil.which("strace")
    every = {
        "untraced": [],
        "floor": [BUILD / "floor"],
        "ours": [OURS, "-q", "-s", "all", "-o", folder / "ours.jsonl", "--"],
        "colocated": [OURS, "--colocate", "-q", "-s", "all", "-o", folder / "co.jsonl", "--"],
    }
    if strace:
        every["strace"] = [strace, "-f", "--seccomp-bpf", "-e", "trace=sendmmsg", "-v", "-s", "2000",
                           "-o", folder / "strace.txt"]
    return {name: [str(part) for part in every[name]] for name in names if name in every}


def figure(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, timeout=LIMIT, check=True)
    return float(done.stdout)


def interleaved(commands, runs):
    """The median of each command's figure, over `runs` rounds."""
    figures = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            figures[name].append(figure(command))
    return {name: statistics.median(values) for name, values in figures.items()}


def added(medians):
    base = medians["untraced"]
    return {name: value - base for name, value in medians.items() if name != "untraced"}


def load(front, *numbers):
    return front + [str(BUILD / "load"), *map(str, numbers)]


def case(title, names, runs, *numbers):
    with tempfile.TemporaryDirectory(prefix="mmsgtrace-bench.") as folder:
        commands = {name: load(front, *numbers)
                    for name, front in tracers(pathlib.Path(folder), names).items()}
        medians = interleaved(commands, runs)
    row = {"case": title, "untraced_us": medians["untraced"] / 1000}
    for name, value in added(medians).items():
        row[f"{name}_us"] = value / 1000
    if "strace_us" in row and row["strace_us"] > 0:
        for name in ("ours", "colocated", "floor"):
            if f"{name}_us" in row:
                row[f"{name}_ratio"] = row[f"{name}_us"] / row["strace_us"]
    return row


def startup(runs):
    """Start and end of `true`, whole time."""
    with tempfile.TemporaryDirectory(prefix="mmsgtrace-bench.") as folder:
        figures = {}
        for _ in range(runs):
            for name, front in tracers(pathlib.Path(folder), ["untraced", "strace", "ours"]).items():
                begin = time.perf_counter()
                subprocess.run(front + ["true"], stderr=subprocess.DEVNULL, timeout=LIMIT, check=True)
                figures.setdefault(name, []).append((time.perf_counter() - begin) * 1e6)
    medians = {name: statistics.median(values) for name, values in figures.items()}
    row = {"case": "start and end of `true` (whole time)", "untraced_us": medians["untraced"],
           "ours_us": medians["ours"]}
    if "strace" in medians:
        row |= {"strace_us": medians["strace"], "ours_ratio": medians["ours"] / medians["strace"]}
    return row


def attached(runs, calls=200000):
    """Other system calls of a process that is attached to."""
    figures = {}
    for _ in range(runs):
        for name, front in {"untraced": None, "strace": ["strace", "-f", "-e", "trace=sendmmsg", "-o", "/dev/null", "-p"],
                            "ours": [str(OURS), "-q", "-o", "/dev/null", "-p"]}.items():
            program = subprocess.Popen([BUILD / "other_calls", str(calls), "wait"], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE)
            tracer = None
            if front:
                tracer = subprocess.Popen(front + [str(program.pid)], stderr=subprocess.DEVNULL)
                status = pathlib.Path(f"/proc/{program.pid}/status")
                end = time.monotonic() + 10
                while "TracerPid:\t0\n" in status.read_text() and time.monotonic() < end:
                    time.sleep(0.001)
                time.sleep(0.05)
            program.stdin.write(b"x")
            program.stdin.close()
            figures.setdefault(name, []).append(float(program.stdout.read()))
            program.wait(LIMIT)
            if tracer:
                tracer.wait(LIMIT)
    medians = {name: statistics.median(values) for name, values in figures.items()}
    more = added(medians)
    return {"case": "attached: another system call", "untraced_us": medians["untraced"] / 1000,
            "strace_us": more["strace"] / 1000, "ours_us": more["ours"] / 1000,
            "ours_ratio": more["ours"] / more["strace"]}


def growth_cases():
    """How the added time grows: with the batch, the payload, the threads and the processes."""
    for messages in (1, 2, 4, 16, 64, 256, 1024):
        yield f"batch: {messages} messages of 64 B", (200000 // (messages + 100), messages, 64)
    for size in (16, 1200, 8192, 65000):
        yield f"payload: 16 messages of {size} B", (1000, 16, size)
    for senders in (2, 8, 64):
        yield f"senders: {senders} threads, 1 message", (8000 // senders, 1, 64, senders)
    for sleepers in (100, 1000, 5000):
        yield f"idle: {sleepers} threads beside, 1 message", (2000, 1, 64, 1, sleepers)
    for processes in (2, 8):
        yield f"processes: {processes}, 1 message", (8000 // processes, 1, 64, 1, 0, processes)


def cpu_time(pid):
    """Seconds of CPU that a process has used, without its children's."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pace(pause, calls):
    """The share of a CPU that we take while a program makes a call, sleeps, and so on."""
    with tempfile.TemporaryDirectory(prefix="mmsgtrace-bench.") as folder:
        front = tracers(pathlib.Path(folder), ["ours"])["ours"]
        begin = time.monotonic()
        tracer = subprocess.Popen(load(front, calls, 1, 64, 1, 0, 1, pause), stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        used, wall = 0.0, 1.0
        while tracer.poll() is None:
            used, wall = cpu_time(tracer.pid), time.monotonic() - begin
            time.sleep(0.02)
    return used / wall


def show(rows):
    columns = ["case"] + [key for key in ("untraced_us", "floor_us", "strace_us", "ours_us", "colocated_us",
                                          "floor_ratio", "ours_ratio", "colocated_ratio")
                          if any(key in row for row in rows)]
    print("| " + " | ".join(column.replace("_us", " µs").replace("_", " / strace " if "_ratio" in column else " ")
                            .replace(" / strace ratio", " / strace") for column in columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows:
        cells = [row["case"]] + [f"{row[key]:.2f}" if key in row else "" for key in columns[1:]]
        print("| " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="the main cases only, fewer runs")
    parser.add_argument("--only", default="", help="cases whose title contains this: start, attached, pace, batch, …")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures there")
    options = parser.parse_args()
    runs = 3 if options.quick else options.runs
    names = ["untraced", "floor", "strace", "ours"]
    if b"--colocate" in subprocess.run([OURS, "trace", "--help"], stdout=subprocess.PIPE).stdout:
        names.append("colocated")
    cases = [
        ("1 message of 64 B", (10000, 1, 64)),
        ("16 messages of 64 B", (5000, 16, 64)),
        ("1,024 messages of 64 B", (300, 1024, 64)),
        ("1 message, 5,000 idle threads", (2000, 1, 64, 1, 5000)),
    ]
    print(f"{datetime.date.today()}, {os.cpu_count()} CPUs, Linux {platform.release()}, medians of {runs} runs; "
          "added time for a call\n")
    rows = [case(title, names, runs, *numbers) for title, numbers in cases if options.only in title]
    if options.only in "start":
        rows.append(startup(runs * 3))
    if options.only in "attached":
        rows.append(attached(runs))
    if rows:
        show(rows)
    if options.only in "reading saved traces":
        print()
        reading.show(OURS, runs)
    if options.only in "pace":
        print("\n| a call, then a pause of | our share of a CPU |\n|---|---|")
        for pause, calls in ((1000, 4000), (10000, 500)):
            print(f"| {pause // 1000} ms | {100 * pace(pause, calls):.1f} % |", flush=True)
    growth = []
    if not options.quick:
        growth = [case(title, ["untraced", "strace", "ours"], 3, *numbers) for title, numbers in growth_cases()
                  if options.only in title]
        if growth:
            print()
            show(growth)
    if options.json:
        options.json.write_text(json.dumps({"date": str(datetime.date.today()), "kernel": platform.release(),
                                            "cpus": os.cpu_count(), "cases": rows, "growth": growth}, indent=1))


if __name__ == "__main__":
    main()
