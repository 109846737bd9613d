"""How late events leave in real time, 10,000 people waiting, against as many tasks in `asyncio.sleep`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PEOPLE = 10_000
RATE_PER_S = 1_000


def receiver() -> tuple[subprocess.Popen[str], str]:
    """Give a receiver in a process of its own, and its address."""
    command = [sys.executable, str(FOLDER / "receiver.py")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, f"http://127.0.0.1:{int(process.stdout.readline())}/hook"


def played(url: str, scenario: str) -> tuple[dict[str, dict[str, float]], float]:
    """Give how late the events of each stream left, and the most memory of the run, in kB."""
    with tempfile.TemporaryDirectory() as folder:
        path, journal = Path(folder, "story.yaml"), Path(folder, "journal.jsonl")
        path.write_text(scenario, "utf-8")
        command = [sys.executable, str(FOLDER / "timers.py"), "--inside", str(path), url, str(journal)]
        subprocess.run(command, check=True, env={**os.environ, "SIMULATOR_NO_BOOTSTRAP": "1"}, cwd=FOLDER.parent)
        found = json.loads(journal.read_text("utf-8"))
    return found["late"], found["most_kb"]


def play_inside(path: str, url: str, out: str) -> None:
    """Play the scenario in this process without a journal on disk, and write down what came of it."""
    sys.path.insert(0, str(FOLDER.parent))
    from simulator import catalog, suite
    from simulator.clock import real_ms
    from simulator.journal import Journal
    from simulator.scenario.load import load
    from simulator.settings import Settings

    late: dict[str, dict[str, float]] = {}
    journal = Journal(real_ms)
    journal.subscribe(
        lambda entry: (
            late.update({entry.data["type"]: entry.data["late_ms"]}) if entry.kind == "StreamFinished" else None
        )
    )
    scenario = load(path, catalogs={"viber": catalog.load("viber")}, environment={})
    result = asyncio.run(suite.run([scenario], Settings(endpoint=url, port=0), journal))
    wrong = [verdict for each in result.stories for verdict in each.verdicts if verdict.outcome != "passed"]
    if wrong:
        raise SystemExit(f"the story did not pass: {wrong[0]}")
    most_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    Path(out).write_text(json.dumps({"late": late, "most_kb": most_kb}), "utf-8")


async def sleeping(seconds: float) -> list[float]:
    """Give by how many milliseconds tasks that sleep between events were late, sorted."""
    chance, late, period_s = random.Random(1), [], PEOPLE / RATE_PER_S
    start_s = time.monotonic() + 1

    async def person(at_s: float) -> None:
        while at_s < start_s + seconds:
            await asyncio.sleep(at_s - time.monotonic())
            late.append((time.monotonic() - at_s) * 1000)
            at_s += period_s

    await asyncio.gather(*(person(start_s + chance.random() * period_s) for _ in range(PEOPLE)))
    return sorted(late)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--inside", nargs=3, help=argparse.SUPPRESS)
    switches = parser.parse_args()
    if switches.inside:
        play_inside(*switches.inside)
        return
    text = (
        (FOLDER / "scenarios" / "waiting.yaml")
        .read_text("utf-8")
        .replace("lasting: 60s", f"lasting: {switches.seconds}s")
    )
    process, url = receiver()
    try:
        late, waiting_kb = played(url, text)
        _, at_once_kb = played(url, text.replace("lag: 20001ms", "lag: 1ms"))
    finally:
        process.kill()
        process.wait()
    slept = asyncio.run(sleeping(switches.seconds))
    print("| case | p50 | p99 | most |")
    print("|---|---:|---:|---:|")
    for name, found in late.items():
        print(
            f"| {name}, over the whole path of a run | {found['p50']:.3f} | {found['p99']:.3f} | {found['most']:.3f} |"
        )
    p50, p99 = slept[len(slept) // 2], slept[int(len(slept) * 0.99)]
    print(f"| asyncio.sleep, a task for each, nothing sent | {p50:.3f} | {p99:.3f} | {slept[-1]:.3f} |")
    print(f"\nMilliseconds late. A person who waits takes {(waiting_kb - at_once_kb) / PEOPLE:.2f} kB.")


if __name__ == "__main__":
    main()
