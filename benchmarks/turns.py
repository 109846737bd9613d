"""Cases that take turns: each in a process of its own, in every round, so that a machine's mood hits all alike."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
SENDER, RECEIVER = 0, 1
"""The cores that the two halves of a case are kept on."""

Figures = dict[str, float]


def pinned(core: int, command: list[str]) -> list[str]:
    """Give the command kept to that core, where the system can and has more than one."""
    is_able = shutil.which("taskset") and (os.cpu_count() or 1) > 1
    return ["taskset", "-c", str(core), *command] if is_able else command


def environment() -> dict[str, str]:
    """Give the variables of every process that is measured."""
    return {**os.environ, "SIMULATOR_NO_BOOTSTRAP": "1", "PYTHONPATH": str(ROOT)}


@contextmanager
def receiver(body: str = "") -> Iterator[str]:
    """Give the address of a receiver in a process of its own."""
    command = pinned(RECEIVER, [sys.executable, str(FOLDER / "receiver.py"), *([body] if body else [])])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/hook"
        finally:
            process.kill()


def told(command: list[str], core: int = SENDER) -> Figures:
    """Give the figures that a case prints as JSON in its last line."""
    done = subprocess.run(
        pinned(core, command), env=environment(), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def rounds(cases: Mapping[str, Callable[[], Figures]], number: int) -> dict[str, list[Figures]]:
    """Give the figures of each case, round by round; who begins changes from round to round."""
    names, found = list(cases), {name: [] for name in cases}
    for turn in range(number):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            found[name].append(cases[name]())
    return found


def show(found: Mapping[str, list[Figures]], reference: str, unit: str) -> None:
    """Print medians, and by the CPU time and by the rate of the same round how many times the reference it is."""
    print(f"| case | {unit}/s, median | best | µs of CPU, median | × by CPU | from … to | × by rate |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, figures in found.items():
        by_cpu = sorted(b["cpu_us"] / a["cpu_us"] for a, b in zip(figures, found[reference], strict=True))
        by_rate = statistics.median(a["rate"] / b["rate"] for a, b in zip(figures, found[reference], strict=True))
        rates, used = [each["rate"] for each in figures], [each["cpu_us"] for each in figures]
        print(
            f"| {name} | {statistics.median(rates):,.0f} | {max(rates):,.0f} | {statistics.median(used):.0f} "
            f"| {statistics.median(by_cpu):.2f} | {by_cpu[0]:.2f} … {by_cpu[-1]:.2f} | {by_rate:.2f} |"
        )
