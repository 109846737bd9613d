"""Requests per second to one endpoint: the transports, `fire` and a stream, against a bare aiohttp loop."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from turns import receiver, rounds, show, told

OPEN = 32
REFERENCE = "bare aiohttp"
BODY = json.dumps(
    {
        "event": "message",
        "timestamp": 1700000000123,
        "message_token": 5905337702377564416,
        "sender": {"id": "Zm9vYmFyYmF6cXV4MTIzNA==", "name": "Ana", "language": "en-GB", "country": "GB"},
        "message": {"text": "Is my order on its way? " * 20, "type": "text"},
    }
).encode()
HEADERS = (("Content-Type", "application/json"), ("X-Viber-Content-Signature", "0" * 64))
STREAM = """
scenario: stream
provider: viber
seed: 7
clock: {{start: 2026-03-01T00:00:00Z}}
steps:
  - emit: {{event: message/text, rate: 1000/s, count: {count}, actors: 1000}}
"""


async def side_by_side(count: int, post: Callable[[], Coroutine[Any, Any, None]]) -> None:
    numbers = iter(range(count))

    async def work() -> None:
        for _ in numbers:
            await post()

    await asyncio.gather(*(work() for _ in range(OPEN)))


async def bare(url: str, count: int) -> None:
    import aiohttp
    import yarl

    target = yarl.URL(url, encoded=True)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def post() -> None:
            async with session.post(target, data=BODY, headers=dict(HEADERS)) as answer:
                await answer.read()

        await side_by_side(count, post)


async def over(kind: str, url: str, count: int) -> None:
    from simulator.clock import real_ms
    from simulator.delivery.fast import FastTransport
    from simulator.delivery.plain import PlainTransport
    from simulator.records import SignedRequest

    async with {"plain": PlainTransport, "fast": FastTransport}[kind](tick=real_ms, keep_alive=True) as transport:
        request = SignedRequest(method="POST", url=url, headers=HEADERS, body=BODY)

        async def post() -> None:
            sent = await transport.send(request, timeout_ms=10_000)
            assert sent.ack is not None, sent.detail

        await side_by_side(count, post)


async def fired(url: str, count: int) -> None:
    """What `fire --concurrency` does, without its start."""
    import click

    from simulator.cli.fire import Order, command
    from simulator.cli.form import Manner
    from simulator.cli.program import program
    from simulator.cli.screens import standard_screen

    words = ["viber", "message/text", "--endpoint", url, "--count", str(count), "--concurrency", str(OPEN), "-q"]
    with program.make_context("simulator", ["fire"], obj=Manner(), resilient_parsing=True) as parent:
        ctx: click.Context = command.make_context("fire", words, parent=parent)
        code = await Order(ctx, ctx.params).deliver(standard_screen(ctx, is_error=True))
    assert code == 0


async def streamed(url: str, count: int, *, has_journal: bool) -> None:
    from simulator import catalog, suite
    from simulator.clock import real_ms
    from simulator.codec import Redactor
    from simulator.journal import Journal, LineWriter
    from simulator.scenario.load import load
    from simulator.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "stream.yaml")
        path.write_text(STREAM.format(count=count), "utf-8")  # noqa: ASYNC240 - before anything is measured
        scenario = load(str(path), catalogs={"viber": catalog.load("viber")}, environment={})
        writer = (
            LineWriter(Path(folder, "journal.jsonl"), Redactor(["a-secret-of-the-account"])) if has_journal else None
        )
        with Journal(real_ms, writer=writer) as journal:
            result = await suite.run([scenario], Settings(endpoint=url, port=0), journal)
    assert all(verdict.outcome == "passed" for story in result.stories for verdict in story.verdicts)


CASES: dict[str, tuple[str, Callable[[str, int], Coroutine[Any, Any, None]]]] = {
    REFERENCE: ("asyncio", bare),
    "bare aiohttp, uvloop": ("uvloop", bare),
    "plain transport": ("asyncio", partial(over, "plain")),
    "fast transport": ("asyncio", partial(over, "fast")),
    "fast transport, uvloop": ("uvloop", partial(over, "fast")),
    "fire --concurrency 32 (render, sign, POST, judge)": ("asyncio", fired),
    "the same, uvloop": ("uvloop", fired),
    "a stream (render, sign, POST, tally)": ("asyncio", partial(streamed, has_journal=False)),
    "the same, journal on disk": ("asyncio", partial(streamed, has_journal=True)),
}


def measure(name: str, url: str, count: int) -> dict[str, float]:
    """Give rate, CPU and memory of one case. A tenth of it is sent before, to warm up."""
    loop, send = CASES[name]
    factory = __import__("uvloop").new_event_loop if loop == "uvloop" else None
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(send(url, max(count // 10, OPEN)))
        began_s, cpu_s = time.perf_counter(), time.process_time()
        runner.run(send(url, count))
        took_s, used_s = time.perf_counter() - began_s, time.process_time() - cpu_s
    most_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rate": count / took_s, "cpu_us": used_s / count * 1e6, "most_mb": most_mb}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    parser.add_argument("--case", nargs=2, help=argparse.SUPPRESS)
    switches = parser.parse_args()
    if switches.case:
        print(json.dumps(measure(*switches.case, switches.count)))
        return
    wanted = [name for name in CASES if name == REFERENCE or switches.only in name]
    if os.name == "nt":
        wanted = [name for name in wanted if CASES[name][0] == "asyncio"]
    with receiver() as url:

        def turn(name: str) -> dict[str, float]:
            return told([sys.executable, __file__, "--count", str(switches.count), "--case", name, url])

        found = rounds({name: partial(turn, name) for name in wanted}, switches.rounds)
    show(found, REFERENCE, "requests")
    print(f"\nMost memory: {max(each['most_mb'] for figures in found.values() for each in figures):.0f} MB.")


if __name__ == "__main__":
    main()
