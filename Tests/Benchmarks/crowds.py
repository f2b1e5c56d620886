#!/usr/bin/env python3
"""What many threads cost: a call beside idle ones, and coming to them and leaving; strace beside it."""

import argparse
import datetime
import os
import platform
import signal
import statistics
import subprocess
import time

from run import BUILD, LIMIT, OURS, case

BESIDE = (1, 100, 1000, 5000)
TRACERS = {
    "strace": ["strace", "-f", "-qq", "-e", "trace=sendmmsg", "-o", "/dev/null", "-p"],
    "ours": [str(OURS), "-qq", "-o", "/dev/null", "-p"],
}


def is_traced(tid):
    with open(f"/proc/{tid}/status") as file:
        return "TracerPid:\t0\n" not in file.read()


def visit(program, front):
    """Seconds from the tracer's start until it has every thread, and from SIGINT to its end."""
    tids = os.listdir(f"/proc/{program.pid}/task")
    begin = time.perf_counter()
    tracer = subprocess.Popen(front + [str(program.pid)], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # Both go by this list, so the last one tells; the others are looked at once it is there.
    while not is_traced(tids[-1]):
        time.sleep(0.001)
        if time.perf_counter() - begin > LIMIT:
            raise SystemExit(f"{front[0]} did not come")
    came = time.perf_counter() - begin
    if not all(map(is_traced, tids)):
        raise SystemExit(f"{front[0]} left threads out")
    time.sleep(0.3)
    begin = time.perf_counter()
    tracer.send_signal(signal.SIGINT)
    tracer.wait(LIMIT)
    left = time.perf_counter() - begin
    if any(map(is_traced, tids)):
        raise SystemExit(f"{front[0]} is still there")
    return came, left


def visits(threads, runs):
    """The median times of each tracer, in milliseconds."""
    program = subprocess.Popen([BUILD / "crowd", str(threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    program.stdout.readline()
    try:
        times = {name: [] for name in TRACERS}
        for _ in range(runs):
            for name, front in TRACERS.items():
                times[name].append(visit(program, front))
    finally:
        program.stdin.close()
        program.wait(LIMIT)
    return {name: [statistics.median(column) * 1e3 for column in zip(*pairs)] for name, pairs in times.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    print(f"{datetime.date.today()}, {os.cpu_count()} CPUs, Linux {platform.release()}, medians of {runs} runs\n")
    print("| idle threads beside | strace, a stop | ours, a stop |\n|---|---|---|")
    for sleepers in BESIDE:
        row = case("", ["untraced", "strace", "ours"], runs, 2000, 1, 64, 1, sleepers)
        # A call has two stops.
        print(f"| {sleepers} | {row['strace_us'] / 2:.1f} µs | {row['ours_us'] / 2:.1f} µs |", flush=True)
    print("\n| threads | | strace | ours |\n|---|---|---|---|")
    for threads in (1, 2000):
        times = visits(threads, runs)
        for index, what in enumerate(("attach", "leave")):
            print(f"| {threads} | {what} | {times['strace'][index]:.0f} ms | {times['ours'][index]:.0f} ms |", flush=True)


main()
