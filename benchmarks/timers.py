"""How late events leave in real time, 10,000 people waiting, against as many tasks in `asyncio.sleep`."""

from __future__ import annotations

import argparse
import asyncio
import heapq
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PEOPLE = 10_000
RATE_PER_S = 1_000

Late = list[float]
"""By how many milliseconds things were late, in any order; below nothing for what was early."""


def receiver() -> tuple[subprocess.Popen[str], str]:
    """Give a receiver in a process of its own, and its address."""
    command = [sys.executable, str(FOLDER / "receiver.py")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, f"http://127.0.0.1:{int(process.stdout.readline())}/hook"


# --- each case in a process of its own -------------------------------------------------------------------------------


def inside(case: str, *given: str) -> dict[str, Late]:
    """Give what a case measured, played in a process of its own."""
    command = [sys.executable, str(FOLDER / "timers.py"), "--inside", case, *given]
    environment = {**os.environ, "SIMULATOR_NO_BOOTSTRAP": "1"}
    done = subprocess.run(
        command, check=True, env=environment, cwd=FOLDER.parent, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    found: dict[str, Late] = json.loads(done.stdout)
    return found


def played(text: str, url: str) -> dict[str, Late]:
    """
    Play a story with its streams, without a journal on disk.

    `timers` are late by what the clock showed when an event was taken from the heap; `attempts` when it was rendered,
    signed and written down, and the request was handed over.
    """
    sys.path.insert(0, str(FOLDER.parent))
    from simulator import catalog, suite
    from simulator.clock import StoryClock, real_ms
    from simulator.journal import Journal
    from simulator.records import Entry
    from simulator.scenario.load import load
    from simulator.settings import Settings

    timers, attempts = _watched(StoryClock), []
    began = {"real_ms": 0.0, "at_ms": 0}

    def listen(entry: Entry) -> None:
        if entry.kind == "AttemptStarted":
            attempts.append(entry.real_ms - began["real_ms"] - (entry.at_ms - began["at_ms"]))
        elif entry.kind == "StoryStarted":
            began.update(real_ms=entry.real_ms, at_ms=entry.at_ms)

    journal = Journal(real_ms)
    journal.subscribe(listen)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "story.yaml")
        path.write_text(text, "utf-8")
        scenario = load(str(path), catalogs={"viber": catalog.load("viber")}, environment={})
        result = asyncio.run(suite.run([scenario], Settings(endpoint=url, port=0), journal))
    wrong = [verdict for each in result.stories for verdict in each.verdicts if verdict.outcome != "passed"]
    if wrong:
        raise SystemExit(f"the story did not pass: {wrong[0]}")
    return {"timers": timers, "attempts": attempts, "most_kb": [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]}


def _watched(clock: type) -> Late:
    """Give a list that gets, from now on, by how much each event was behind when it was taken."""
    late: Late = []
    behind_ms: Callable[..., float] = clock.behind_ms

    def noted(self: object, due_ms: int) -> float:
        late.append(behind_ms(self, due_ms))
        return late[-1]

    clock.behind_ms = noted
    return late


async def slept(seconds: float) -> dict[str, Late]:
    """Let as many tasks sleep between events, and send nothing."""
    chance, late, period_s = random.Random(1), [], PEOPLE / RATE_PER_S
    start_s = time.monotonic() + 1

    async def person(at_s: float) -> None:
        while at_s < start_s + seconds:
            await asyncio.sleep(at_s - time.monotonic())
            late.append((time.monotonic() - at_s) * 1000)
            at_s += period_s

    await asyncio.gather(*(person(start_s + chance.random() * period_s) for _ in range(PEOPLE)))
    return {"timers": late}


async def bare(seconds: float) -> dict[str, Late]:
    """Let the alarm of the engine wake one heap of as many people, and send nothing: what the machine itself costs."""
    sys.path.insert(0, str(FOLDER.parent))
    from simulator.alarm import Alarm
    from simulator.clock import real_ms

    late, alarm, sign = [], Alarm(), asyncio.Event()
    alarm.open()
    start_ms = real_ms() + 1000
    heap = [start_ms + number * 1000 / RATE_PER_S for number in range(PEOPLE)]
    while heap[0] < start_ms + seconds * 1000:
        now = real_ms()
        if heap[0] > now:
            await alarm.until(sign, heap[0])
            continue
        due_ms = heap[0]
        late.append(now - due_ms)
        heapq.heapreplace(heap, due_ms + PEOPLE * 1000 / RATE_PER_S)
    alarm.close()
    return {"timers": late}


# --- the table -------------------------------------------------------------------------------------------------------


def row(name: str, late: Late) -> str:
    """Give a line of the table."""
    late = sorted(late)
    figures = (late[0], *(late[int(len(late) * share)] for share in (0.5, 0.99, 0.999)), late[-1])
    return f"| {name} | {' | '.join(f'{figure:.3f}' for figure in figures)} |"


def p99(late: Late) -> float:
    return sorted(late)[int(len(late) * 0.99)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--inside", nargs="+", help=argparse.SUPPRESS)
    switches = parser.parse_args()
    if switches.inside:
        case, *given = switches.inside
        found = played(*given) if case == "played" else asyncio.run({"slept": slept, "bare": bare}[case](float(*given)))
        print(json.dumps(found))
        return
    story, seconds = (FOLDER / "scenarios" / "waiting.yaml").read_text("utf-8"), str(switches.seconds)
    story = story.replace("lasting: 60s", f"lasting: {seconds}s")
    timers: Late = []
    attempts: Late = []
    sleeping: Late = []
    idle: Late = []
    process, url = receiver()
    try:
        for _ in range(switches.rounds):
            run = inside("played", story, url)
            timers, attempts = timers + run["timers"], attempts + run["attempts"]
            sleeping += inside("slept", seconds)["timers"]
            idle += inside("bare", seconds)["timers"]
        at_once = inside("played", story.replace("lag: 20001ms", "lag: 1ms"), url)
    finally:
        process.kill()
        process.wait()
    print("| case | least | p50 | p99 | p99.9 | most |")
    print("|---|---:|---:|---:|---:|---:|")
    print(row("an event of a stream is taken from the heap, in a whole run", timers))
    print(row("its attempt begins: rendered, signed, written down", attempts))
    print(row("the same alarm over a heap, nothing sent", idle))
    print(row("asyncio.sleep, a task for each, nothing sent", sleeping))
    print(f"\nMilliseconds late. p99 is {p99(timers) / p99(sleeping):.2f} × that of asyncio.sleep, ", end="")
    print(f"the bare alarm's {p99(idle) / p99(sleeping):.2f} ×.")
    print(f"A person who waits takes {(run['most_kb'][0] - at_once['most_kb'][0]) / PEOPLE:.2f} kB.")


if __name__ == "__main__":
    main()
