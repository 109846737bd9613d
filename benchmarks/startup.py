"""Milliseconds until a command is done, or has printed its first line, against `python -c pass`."""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIMULATOR = [sys.executable, "-m", "simulator"]
BARE = "python -c pass"

FIRE = "fire, first event"

CASES: dict[str, tuple[list[str], bool]] = {
    BARE: ([sys.executable, "-c", "pass"], False),
    "--version": ([*SIMULATOR, "--version"], False),
    "--help": ([*SIMULATOR, "--help"], False),
    "check one file": ([*SIMULATOR, "check", "scenarios/viber/welcome.yaml"], False),
    "render one event": ([*SIMULATOR, "render", "viber", "message/text", "--seed", "1"], False),
    FIRE: ([*SIMULATOR, "fire", "viber", "message/text", "--endpoint", "{url}"], False),
    "demo, first line": ([*SIMULATOR, "demo", "viber"], True),
    "demo, whole": ([*SIMULATOR, "demo", "viber"], False),
}
"""Name → command, and whether the clock stops at its first line."""

GOALS_MS = {"--version": 40, "--help": 40, "check one file": 200, FIRE: 150, "demo, first line": 400}
"""How much longer than the bare interpreter it may take."""


def measure(command: list[str], *, is_first_line: bool) -> float:
    """Give the milliseconds of one start."""
    environment = {**os.environ, "SIMULATOR_NO_BOOTSTRAP": "1", "PYTHONUNBUFFERED": "1"}
    began_s = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        if is_first_line:
            program.stdout.readline()
            took_s = time.perf_counter() - began_s
        _, told = program.communicate()
        if not is_first_line:
            took_s = time.perf_counter() - began_s
    if program.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {program.returncode}: {told.decode('utf-8', 'replace')}")
    return took_s * 1000


def measure_event(command: list[str]) -> float:
    """Give the milliseconds from the start of a command to the first byte of what it sends."""
    environment = {**os.environ, "SIMULATOR_NO_BOOTSTRAP": "1"}
    with socket.create_server(("127.0.0.1", 0)) as server:
        words = [word.format(url=f"http://127.0.0.1:{server.getsockname()[1]}/hook") for word in command]
        began_s = time.perf_counter()
        with subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as program:
            connection, _ = server.accept()
            with connection:
                connection.recv(1)
                took_s = time.perf_counter() - began_s
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            program.wait()
    return took_s * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    switches = parser.parse_args()
    times: dict[str, list[float]] = {name: [] for name in CASES}
    names = list(CASES)
    for number in range(switches.rounds + 1):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            command, is_first_line = CASES[name]
            took_ms = measure_event(command) if name == FIRE else measure(command, is_first_line=is_first_line)
            if number:  # the first round warms up
                times[name].append(took_ms)
    show(times)


def show(times: dict[str, list[float]]) -> None:
    """Print medians, the best round, what is over the bare interpreter, and the goal for that."""
    print(f"| command | ms, median | best | over `{BARE}` | goal | × `{BARE}` |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, found in times.items():
        pairs = list(zip(found, times[BARE], strict=True))
        over_ms = statistics.median(a - b for a, b in pairs)
        ratio = statistics.median(a / b for a, b in pairs)
        goal = f"{GOALS_MS[name]}" if name in GOALS_MS else ""
        print(f"| {name} | {statistics.median(found):.0f} | {min(found):.0f} | {over_ms:+.0f} | {goal} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
