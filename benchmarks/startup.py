"""Milliseconds until a command is done, has told its first line or sent its first event, against `python -c pass`."""

from __future__ import annotations

import argparse
import math
import os
import resource
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[1]
SIMULATOR = [sys.executable, "-m", "simulator"]
BARE = "python -c pass"
URL = "{url}"
"""Stands for an address at which somebody listens."""

Until = Literal["end", "line", "event"]
CASES: dict[str, tuple[list[str], Until]] = {
    BARE: ([sys.executable, "-c", "pass"], "end"),
    "--version": ([*SIMULATOR, "--version"], "end"),
    "--help": ([*SIMULATOR, "--help"], "end"),
    "check one file": ([*SIMULATOR, "check", "scenarios/viber/welcome.yaml"], "end"),
    "render one event": ([*SIMULATOR, "render", "viber", "message/text", "--seed", "1"], "end"),
    "fire, first event": ([*SIMULATOR, "fire", "viber", "message/text", "--endpoint", URL], "event"),
    "demo, first line": ([*SIMULATOR, "demo", "viber"], "line"),
    "demo, whole": ([*SIMULATOR, "demo", "viber"], "end"),
}
"""Name → command, and when the clock stops."""

GOALS_MS = {"--version": 40, "--help": 40, "check one file": 200, "fire, first event": 150, "demo, first line": 400}
"""How much longer than the bare interpreter it may take."""


def measure(command: list[str], until: Until) -> tuple[float, float]:
    """Give the milliseconds of one start, and those of CPU time up to the same moment."""
    environment = {**os.environ, "SIMULATOR_NO_BOOTSTRAP": "1", "PYTHONUNBUFFERED": "1"}
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/hook"
        words = [address if word == URL else word for word in command]
        before, began_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        with subprocess.Popen(
            words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as program:
            assert program.stdout is not None
            took_s, used_ms = math.nan, math.nan
            if until == "line":
                program.stdout.readline()
                took_s, used_ms = time.perf_counter() - began_s, cpu_ms(program.pid)
            elif until == "event":
                connection, _ = server.accept()
                with connection:
                    connection.recv(1)
                    took_s, used_ms = time.perf_counter() - began_s, cpu_ms(program.pid)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            _, told = program.communicate()
        if until == "end":
            took_s, after = time.perf_counter() - began_s, resource.getrusage(resource.RUSAGE_CHILDREN)
            used_ms = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000
    if program.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {program.returncode}: {told.decode('utf-8', 'replace')}")
    return took_s * 1000, used_ms


def cpu_ms(pid: int) -> float:
    """Give the CPU time that a program has taken so far, where the system tells it exactly."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[0]) / 1e6
    except OSError:
        return math.nan


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    switches = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in CASES}
    names = list(CASES)
    for number in range(switches.rounds + 1):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            taken = measure(*CASES[name])
            if number:  # the first round warms up
                found[name].append(taken)
    show(found)


def show(found: dict[str, list[tuple[float, float]]]) -> None:
    """Print medians and the best round, and what is over the bare interpreter by the clock and by CPU time."""
    print(f"| command | ms, median | best | over `{BARE}` | ms of CPU, median | over `{BARE}` | goal |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    bare = found[BARE]
    for name, taken in found.items():
        took, used = [each for each, _ in taken], [each for _, each in taken]
        over_ms = statistics.median(a[0] - b[0] for a, b in zip(taken, bare, strict=True))
        over_cpu_ms = statistics.median(a[1] - b[1] for a, b in zip(taken, bare, strict=True))
        goal = f"{GOALS_MS[name]}" if name in GOALS_MS else ""
        print(
            f"| {name} | {statistics.median(took):.0f} | {min(took):.0f} | {over_ms:+.0f} "
            f"| {statistics.median(used):.0f} | {over_cpu_ms:+.0f} | {goal} |"
        )


if __name__ == "__main__":
    main()
