"""Steps of a story per second over the whole path of a run, against a bare aiohttp loop that posts a constant."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import yarl

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from simulator import catalog, suite  # noqa: E402 - from this checkout, installed or not
from simulator.journal import Journal  # noqa: E402
from simulator.scenario.load import load  # noqa: E402
from simulator.settings import Settings  # noqa: E402

WELCOME = json.dumps({"type": "text", "text": "Welcome", "sender": {"name": "Bench"}})

ACTS = """
scenario: acts
provider: viber
actors: [ana]
steps:
  - repeat: {{times: {rounds}}}
    steps:
      - ana: Is my order on its way?
"""
EXCHANGES = """
scenario: exchanges
provider: viber
actors: [ana]
steps:
  - repeat: {{times: {rounds}}}
    steps:
      - ana: {{opens: chat}}
      - bot: {{text: Welcome}}
      - ana: Thank you
"""
CONSTANT = json.dumps(
    {
        "event": "message",
        "timestamp": 1700000000123,
        "chat_hostname": "SN-CALLBACK-01_",
        "message_token": 5905337702377564416,
        "sender": {
            "id": "Zm9vYmFyYmF6cXV4MTIzNA==",
            "name": "Ana",
            "language": "en-GB",
            "country": "GB",
            "api_version": 10,
        },
        "message": {"text": "Is my order on its way?", "type": "text"},
        "silent": False,
    },
    separators=(",", ":"),
).encode()


def post_constant(url: str, number: int, *, is_kept: bool) -> float:
    """Give the seconds that so many posts of a constant take, one after another."""

    async def loop() -> float:
        connector = aiohttp.TCPConnector(force_close=not is_kept)
        headers = {"Content-Type": "application/json", "X-Viber-Content-Signature": "0" * 64}
        target = yarl.URL(url, encoded=True)
        async with aiohttp.ClientSession(connector=connector) as session:
            began_s = time.perf_counter()
            for _ in range(number):
                async with session.post(target, data=CONSTANT, headers=headers) as answer:
                    await answer.read()
            return time.perf_counter() - began_s

    return asyncio.run(loop())


def play(story: str, url: str, number: int) -> float:
    """Give the seconds that so many rounds of a story take, from its first step to its last verdict."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "story.yaml")
        path.write_text(story.format(rounds=number), "utf-8")
        scenario = load(str(path), catalogs={"viber": catalog.load("viber")}, environment={})
    settings = Settings(endpoint=url, port=0)
    began_s = time.perf_counter()
    journal = Journal(lambda: (time.perf_counter() - began_s) * 1000)
    result = asyncio.run(suite.run([scenario], settings, journal))
    wrong = [verdict for each in result.stories for verdict in each.verdicts if verdict.outcome != "passed"]
    if wrong:
        raise SystemExit(f"the story did not pass: {wrong[0]}")
    return sum(each.duration_ms for each in result.stories) / 1000


def keep_to_core(number: int, pid: int = 0) -> None:
    """Keep a process on one core, where the system can and has more than one."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(pid, {number})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=1000, help="posts in a round")
    switches = parser.parse_args()
    steps: int = switches.steps
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("receiver.py")), WELCOME], stdout=subprocess.PIPE, text=True
    ) as receiver:
        assert receiver.stdout is not None
        url = f"http://127.0.0.1:{int(receiver.stdout.readline())}/hook"
        keep_to_core(1, receiver.pid)
        keep_to_core(0)
        cases: dict[str, tuple[int, Callable[[], float]]] = {
            "bare aiohttp, a connection for each": (steps, lambda: post_constant(url, steps, is_kept=False)),
            "bare aiohttp, connection kept": (steps, lambda: post_constant(url, steps, is_kept=True)),
            "acts (render, sign, POST, judge)": (steps, lambda: play(ACTS, url, steps)),
            "exchanges (and a reply in every other answer)": (
                3 * (steps // 2),
                lambda: play(EXCHANGES, url, steps // 2),
            ),
        }
        rates: dict[str, list[float]] = {name: [] for name in cases}
        names = list(cases)
        for number in range(switches.rounds + 1):
            turn = number % len(names)
            for name in names[turn:] + names[:turn]:
                count, measure = cases[name]
                rate = count / measure()
                if number:  # the first round warms up
                    rates[name].append(rate)
        receiver.kill()
    show(rates)


def show(rates: dict[str, list[float]]) -> None:
    """Print medians, the best round, and the median ratio to each of the bare loops in the same round."""
    bare = list(rates)[:2]
    print("| case | steps/s, median | best | × a connection for each | × connection kept |")
    print("|---|---:|---:|---:|---:|")
    for name, found in rates.items():
        ratios = [statistics.median(a / b for a, b in zip(found, rates[other], strict=True)) for other in bare]
        shown = " | ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"| {name} | {statistics.median(found):,.0f} | {max(found):,.0f} | {shown} |")


if __name__ == "__main__":
    main()
