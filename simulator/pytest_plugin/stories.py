"""What the scenario files of one process are played on: an engine in a thread, and the bot."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from simulator.clock import real_ms
from simulator.codec import Redactor
from simulator.engine import Engine
from simulator.journal import Journal
from simulator.ports import Claim, free_claim
from simulator.process import BotProcess
from simulator.pytest_plugin.asked import asked, typed_again
from simulator.report.failure import ToldStory
from simulator.report.transcript import Transcript
from simulator.scenario.model import Scenario
from simulator.settings import secrets_of
from simulator.suite import Play
from simulator.threads import LoopThread


class Stories:
    """Plays stories one after another."""

    def __init__(self, config: pytest.Config) -> None:
        """
        Read what a person said; nothing listens before the first story.

        Raises:
            pytest.UsageError: something of it is wrong.
        """
        self.asked = asked(config)
        self._config = config
        self._numbers = itertools.count(1)
        self._run: _Run | None = None
        self._claim: Claim | None = None

    def play(self, play: Play, nodeid: str) -> ToldStory:
        """
        Give how a story went, as it is told.

        Raises:
            SimulatorError: the run could not be made.
        """
        settings = self.asked.settings
        scenario = self._with_endpoint(play.scenario)
        settings.endpoint_for(scenario, play.provider)
        if self._run is None or settings.is_fresh_bot or play.provider not in self._run.engine.stages:
            self.close()
            self._run = _Run(Engine(settings, Journal(real_ms), self._provider_ids(play.provider)))
        play = dataclasses.replace(play, scenario=scenario, number=next(self._numbers))
        return self._run.play(play, self.hiding(scenario), typed_again(self._config, nodeid))

    def hiding(self, scenario: Scenario) -> Callable[[str], str]:
        """Give what takes the secrets of a story out of a text."""
        return Redactor(secrets_of(self.asked.settings, [scenario])).hide

    def leave_port(self) -> None:
        """Let another simulator have the port, where it is the same for all."""
        if self.asked.settings.port:
            self.close()

    def close(self) -> None:
        """End the bot and the mock API; the next story begins them anew."""
        run, self._run = self._run, None
        if run is not None:
            run.close()

    def _provider_ids(self, provider_id: str) -> list[str]:
        known = list(self._run.engine.stages) if self._run is not None else []
        return [*known, provider_id]

    def _with_endpoint(self, scenario: Scenario) -> Scenario:
        """Give the scenario with a free port for a bot that is started here, where nobody names an endpoint."""
        settings = self.asked.settings
        if not settings.bot or settings.endpoint or settings.endpoints or scenario.endpoint:
            return scenario
        self._claim = self._claim or free_claim()
        return dataclasses.replace(scenario, endpoint=f"http://127.0.0.1:{self._claim.port}/")


class _Run:
    """One engine in its thread, with the bot that it started."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._journal = engine.journal
        self._thread = LoopThread("simulator")
        self._bot: BotProcess | None = None
        self._is_open: Future[None] = Future()
        self._closing = asyncio.Event()
        self._thread.start()
        self._main = self._thread.submit(self._serve())
        self._is_open.result()

    def play(self, play: Play, hide: Callable[[str], str], reproduce: str) -> ToldStory:
        return self._thread.submit(self._play(play, hide, reproduce)).result()

    def close(self) -> None:
        if not self._main.done():
            self._thread.loop.call_soon_threadsafe(self._closing.set)
            self._main.result()
        self._thread.stop()

    async def _serve(self) -> None:
        try:
            async with self.engine.open():
                self._is_open.set_result(None)
                await self._closing.wait()
        except BaseException as error:
            if self._is_open.done():
                raise
            self._is_open.set_exception(error)
        finally:
            if self._bot is not None:
                await self._bot.stop()

    async def _play(self, play: Play, hide: Callable[[str], str], reproduce: str) -> ToldStory:
        engine = self.engine
        endpoint = engine.settings.endpoint_for(play.scenario, play.provider)
        await self._start_bot(endpoint)
        engine.subscribe(endpoint)
        transcript = Transcript(hide=hide, reproduce=lambda _: reproduce, is_bot_ours=bool(engine.settings.bot))
        stop_telling = self._journal.subscribe(transcript.of_story(play.number))
        try:
            story = engine.story(play.scenario, play.provider, endpoint, number=play.number, start_ms=play.start_ms)
            return transcript.told(await engine.perform(story))
        finally:
            stop_telling()

    async def _start_bot(self, endpoint: str) -> None:
        settings = self.engine.settings
        if not settings.bot or (self._bot is not None and self._bot.endpoint == endpoint):
            return
        if self._bot is not None:
            await self._bot.stop()
        environment = self.engine.environment(endpoint)
        self._bot = BotProcess(
            settings.bot,
            endpoint=endpoint,
            environment=environment,
            journal=self._journal,
            folder=settings.bot_folder,
            starting_ms=settings.bot_starting_ms,
        )
        await self._bot.start()
