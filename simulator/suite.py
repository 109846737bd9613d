"""A suite of scenarios, one after another, on one engine: what `run` does."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Callable, Sequence

import simulator
from simulator.clock import real_ms, wall_ms
from simulator.engine import Engine
from simulator.journal import Journal
from simulator.process import BotProcess
from simulator.records import RunResult, StoryResult
from simulator.scenario.model import Scenario, passes
from simulator.settings import Settings


async def run(
    scenarios: Sequence[Scenario],
    settings: Settings,
    journal: Journal,
    *,
    on_ready: Callable[[str], None] = lambda base_url: None,
) -> RunResult:
    """
    Play each scenario on each of its providers and give all verdicts.

    Cancelled, it gives what there is so far. `on_ready` is told the mock API's address once it listens.

    Raises:
        InputError: no endpoint is named; the port is taken; the bot's command does not start.
    """
    began_ms = real_ms()
    plays = [
        (each, provider_id) for scenario in scenarios for provider_id in scenario.providers for each in passes(scenario)
    ]
    engine = Engine(settings, journal, [provider_id for _, provider_id in plays])
    results: list[StoryResult] = []
    is_interrupted = False
    try:
        async with engine.open():
            on_ready(engine.base_url)
            await _play_all(engine, plays, results)
    except asyncio.CancelledError:
        is_interrupted = True
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
    result = RunResult(
        stories=tuple(results),
        versions=versions(),
        duration_ms=real_ms() - began_ms,
        is_interrupted=is_interrupted,
        was_reached=engine.was_reached,
    )
    journal.append("RunFinished", result, at_ms=wall_ms())
    return result


async def _play_all(engine: Engine, plays: Sequence[tuple[Scenario, str]], results: list[StoryResult]) -> None:
    settings, bot = engine.settings, None
    try:
        for scenario, provider_id in plays:
            endpoint = settings.endpoint_for(scenario, provider_id)
            if settings.bot and (bot is None or settings.is_fresh_bot):
                if bot is not None:
                    await bot.stop()
                bot = BotProcess(
                    settings.bot, endpoint=endpoint, environment=engine.environment(endpoint), journal=engine.journal
                )
                await bot.start()
            engine.subscribe(endpoint)
            story = engine.story(scenario, provider_id, endpoint)
            try:
                await engine.perform(story)
            finally:
                results.append(story.result(real_ms()))
            if settings.is_fail_fast and results[-1].outcome in ("failed", "error"):
                break
    finally:
        if bot is not None:
            await bot.stop()


def versions() -> dict[str, str]:
    """Give what a run's bytes may hang on: our version, Python's, Faker's."""
    from importlib.metadata import version

    return {"simulator": simulator.__version__, "python": platform.python_version(), "faker": version("faker")}
