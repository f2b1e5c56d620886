"""How fast saved traces are read: megabytes of JSON lines a second, on one core."""

import os
import pathlib
import statistics
import subprocess
import tempfile

BUILD = pathlib.Path(__file__).resolve().parent / "build"
SIZE = 200 << 20
LIMIT = 300

# What the load sends: calls, messages a call, bytes a message.
SHAPES = [(2000, 1, 64), (500, 16, 64), (50, 1024, 64), (500, 16, 1200)]


def trace(ours, path, shape):
    """A trace of that shape, repeated until it is large."""
    subprocess.run([ours, "-q", "-s", "all", "-o", path, "--", BUILD / "load", *map(str, shape)],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   timeout=LIMIT, check=True)
    records = path.read_bytes()
    with path.open("wb") as file:
        for _ in range(SIZE // len(records) + 1):
            file.write(records)
    return path.stat().st_size


def seconds(command):
    """The processor time of a command: what others do meanwhile does not count."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def show(ours, runs):
    """Prints a table."""
    ways = {"as text": [], "as JSON lines": ["--format", "json"], "all left out": ["--only", "fd=999"]}
    print(f"| saved trace | {' | '.join(ways)} |")
    print("|" + "---|" * (len(ways) + 1))
    with tempfile.TemporaryDirectory(prefix="mmsgtrace-bench.") as folder:
        path = pathlib.Path(folder) / "trace.jsonl"
        for shape in SHAPES:
            size = trace(ours, path, shape)
            speeds = [size / 1e6 / statistics.median(seconds([ours, "show", *options, path]) for _ in range(runs))
                      for options in ways.values()]
            title = f"{shape[1]} messages of {shape[2]} B a call"
            print(f"| {title} | {' | '.join(f'{speed:.0f} MB/s' for speed in speeds)} |", flush=True)
