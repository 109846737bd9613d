"""A month of traffic on an instant clock, its journal on disk, against a bare aiohttp loop that posts as many."""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
import yarl

FOLDER = Path(__file__).resolve().parent
BODY = b'{"event":"message","timestamp":1700000000123,"message":{"text":"Is my order on its way?","type":"text"}}'


def receiver() -> tuple[subprocess.Popen[str], str]:
    """Give a receiver in a process of its own, and its address."""
    command = [sys.executable, str(FOLDER / "receiver.py")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, f"http://127.0.0.1:{int(process.stdout.readline())}/hook"


def month(url: str, scenario: Path, folder: str) -> tuple[int, float, float, float]:
    """Give how many events were sent, the seconds and CPU seconds that took, and the most memory, in MB."""
    journal = Path(folder, "month.jsonl")
    command = [sys.executable, "-m", "simulator", "run", str(scenario), "--endpoint", url, "--listen", ":0"]
    environment = {**os.environ, "SIMULATOR_NO_BOOTSTRAP": "1"}
    before, began_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [*command, "--journal", str(journal)], check=True, env=environment, cwd=FOLDER.parent, stdout=subprocess.DEVNULL
    )
    took_s, after = time.perf_counter() - began_s, resource.getrusage(resource.RUSAGE_CHILDREN)
    with journal.open("rb") as lines:
        events = sum(b'"kind":"AttemptStarted"' in line[:200] for line in lines)
    journal.unlink()
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return events, took_s, cpu_s, after.ru_maxrss / 1024


async def bare(url: str, number: int, open_at_once: int = 64) -> float:
    """Give the seconds that so many posts of a constant take, as many open at a time as a stream has."""
    left, target = iter(range(number)), yarl.URL(url, encoded=True)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def post() -> None:
            for _ in left:
                async with session.post(target, data=BODY, headers={"Content-Type": "application/json"}) as answer:
                    await answer.read()

        began_s = time.perf_counter()
        await asyncio.gather(*(post() for _ in range(open_at_once)))
        return time.perf_counter() - began_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", type=Path, default=FOLDER / "scenarios" / "month.yaml")
    switches = parser.parse_args()
    process, url = receiver()
    try:
        with tempfile.TemporaryDirectory() as folder:
            events, took_s, cpu_s, most_mb = month(url, switches.scenario.resolve(), folder)
        bare_s = asyncio.run(bare(url, events))
    finally:
        process.kill()
        process.wait()
    print("| case | events | seconds | µs an event | most memory |")
    print("|---|---:|---:|---:|---:|")
    print(f"| a month (render, sign, POST, judge, journal on disk) | {events:,} | {took_s:.1f} | ", end="")
    print(f"{took_s / events * 1e6:.0f} ({cpu_s / events * 1e6:.0f} of CPU) | {most_mb:.0f} MB |")
    print(f"| bare aiohttp, connections kept | {events:,} | {bare_s:.1f} | {bare_s / events * 1e6:.0f} | |")
    print(f"\nThe month takes {took_s / bare_s:.1f} × as long as the bare loop.")


if __name__ == "__main__":
    main()
