#!/usr/bin/env python3
"""What a call that falls short costs; strace beside it. Begun by short.sh, in a network of its own."""

import argparse
import datetime
import os
import platform
import statistics
import subprocess
import tempfile

from run import BUILD, LIMIT, OURS

CASES = {
    "queue": "`EAGAIN`, UDP: 16 messages",
    "receiver": "`EAGAIN`, AF_UNIX: 16 messages",
    "size": "`EMSGSIZE`: 4 messages",
    "refused": "`ECONNREFUSED`, `IP_RECVERR`: 4 messages",
    "connected": "`ECONNREFUSED`, connected: 4 messages",
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--calls", type=int, default=600)
    parser.add_argument("--priority", action="store_true", help="all of it at a real-time priority, for a busy machine")
    options = parser.parse_args()
    front = ["chrt", "-f", "10"] if options.priority else []
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        tracers = {
            "untraced": [],
            "strace": ["strace", "-f", "--seccomp-bpf", "-e", "trace=sendmmsg", "-v", "-s", "2000", "-o", out],
            "ours": [str(OURS), "-o", out, "--format", "json", "--"],
        }
        print(f"{datetime.date.today()}, {os.cpu_count()} CPUs, Linux {platform.release()}, medians of {options.runs} runs\n")
        print("| a short call | untraced | strace adds | ours adds | ours / strace |\n|---|---|---|---|---|")
        for kind, name in CASES.items():
            times = {tracer: [] for tracer in tracers}
            for _ in range(options.runs):
                for tracer, words in tracers.items():
                    command = front + words + [str(BUILD / "short"), kind, str(options.calls)]
                    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=LIMIT, check=True)
                    times[tracer].append(float(done.stdout.split()[1]))
            bare, strace, ours = (statistics.median(times[tracer]) for tracer in tracers)
            ratio = (ours - bare) / (strace - bare)
            print(f"| {name} | {bare:.1f} µs | {strace - bare:.0f} µs | {ours - bare:.0f} µs | {ratio:.2f} |", flush=True)


main()
