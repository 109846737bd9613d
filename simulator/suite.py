"""A suite of scenarios on one engine, one after another or side by side: what `run` does."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import simulator
from simulator.clock import real_ms, wall_ms
from simulator.coverage import Tally
from simulator.engine import Engine
from simulator.errors import first_of
from simulator.journal import Journal
from simulator.process import BotProcess
from simulator.records import RunResult, StoryResult
from simulator.scenario.model import Scenario, passes
from simulator.seeds import stream
from simulator.settings import Settings
from simulator.story import Story


@dataclass(frozen=True, kw_only=True, slots=True)
class Play:
    """One story of a run: a scenario, for one row of its table, on one provider."""

    number: int
    """Its place in the run, from 1."""
    scenario: Scenario
    provider: str
    start_ms: int | None
    """When it begins; None: now."""


def plan(scenarios: Sequence[Scenario], settings: Settings) -> tuple[Play, ...]:
    """
    Give all stories of a run in their order.

    No two of a provider begin at the same moment with the same seed, since their people and messages would have the
    same ids: the later ones begin some milliseconds later, and a bot that remembers takes none for a duplicate.
    """
    taken: set[tuple[str, int, int]] = set()
    free: dict[tuple[str, int, int], int] = {}
    plays = []
    for _ in range(settings.repeat):
        for scenario in scenarios:
            for provider in scenario.providers:
                for each in passes(scenario):
                    seed = settings.seed if settings.seed is not None else each.seed
                    start_ms = settings.start_ms if settings.start_ms is not None else each.clock.start_ms
                    if start_ms is not None:
                        wanted = (provider, seed, start_ms)
                        start_ms = free.get(wanted, start_ms)
                        while (provider, seed, start_ms) in taken:
                            start_ms += 1
                        taken.add((provider, seed, start_ms))
                        free[wanted] = start_ms + 1
                    plays.append(Play(number=0, scenario=each, provider=provider, start_ms=start_ms))
    if settings.shuffle_seed is not None:
        stream(settings.shuffle_seed, "shuffle").shuffle(plays)
    return tuple(replace(play, number=number) for number, play in enumerate(plays, 1))


async def run(
    scenarios: Sequence[Scenario],
    settings: Settings,
    journal: Journal,
    *,
    on_ready: Callable[[str], None] = lambda base_url: None,
    afterwards: Callable[[Suite], Awaitable[None]] | None = None,
) -> RunResult:
    """
    Play each scenario for each row of its table and on each of its providers, and give all verdicts.

    Cancelled, it gives what there is so far. `on_ready` is told the mock API's address once it listens; `afterwards`
    may play more while it still does.

    Raises:
        InputError: no endpoint is named; the port is taken; the bot's command does not start.
    """
    began_ms = real_ms()
    plays = plan(scenarios, settings)
    for play in plays:
        # Nothing is sent as long as anything is wrong.
        settings.endpoint_for(play.scenario, play.provider)
    engine = Engine(settings, journal, [play.provider for play in plays])
    tally = Tally()
    if settings.is_covered:
        journal.subscribe(tally)
    suite = Suite(engine, plays)
    is_interrupted = False
    try:
        async with engine.open():
            journal.append("RunStarted", {"api": engine.base_url, "stories": len(plays)}, at_ms=wall_ms())
            on_ready(engine.base_url)
            try:
                await suite.play_all()
                if afterwards is not None:
                    await afterwards(suite)
            finally:
                await suite.close()
    except asyncio.CancelledError:
        is_interrupted = True
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
    if settings.is_covered:
        catalogs = {stage.catalog.id: stage.catalog for stage in engine.stages.values()}
        journal.append("CoverageCounted", tally.coverage(catalogs), at_ms=wall_ms())
    result = RunResult(
        stories=suite.results,
        versions=versions(),
        duration_ms=real_ms() - began_ms,
        is_interrupted=is_interrupted,
        was_reached=engine.was_reached,
        resends=engine.resends,
        planned=len(plays),
    )
    journal.append("RunFinished", result, at_ms=wall_ms())
    return result


class Suite:
    """The stories of a run on their way: which of them may play beside each other, and the bot that all talk to."""

    def __init__(self, engine: Engine, plays: Sequence[Play]) -> None:
        """Prepare; the engine must be open while stories are played."""
        self.engine = engine
        self.plays = tuple(plays)
        self._results: dict[int, StoryResult] = {}
        self._playing: dict[int, tuple[Story, str]] = {}
        """Number → the story and its endpoint."""
        self._ended = asyncio.Event()
        self._bot: BotProcess | None = None
        self._began_ms: dict[tuple[str, int], int] = {}

    @property
    def results(self) -> tuple[StoryResult, ...]:
        """How the stories went that were played, in the order of the suite."""
        return tuple(self._results[number] for number in sorted(self._results))

    def result_of(self, play: Play) -> StoryResult | None:
        """Give how a story went; None where it was not played."""
        return self._results.get(play.number)

    async def play_all(self) -> None:
        """
        Play the stories, as many side by side as the settings say.

        Raises:
            InputError: as `run`.
        """
        settings = self.engine.settings
        try:
            async with asyncio.TaskGroup() as group:
                for play in self.plays:
                    await self._until(lambda: len(self._playing) < settings.jobs)
                    if settings.is_fail_fast and self._has_failure():
                        break
                    story, endpoint = await self._begin(play)
                    self._playing[play.number] = story, endpoint
                    group.create_task(self._perform(play, story))
        except BaseExceptionGroup as errors:
            raise first_of(errors) from None

    async def again(self, play: Play, scenario: Scenario, *, start_ms: int | None, variant: str) -> StoryResult:
        """Play a story once more, by itself and against a fresh bot, with what an audit imposes on it."""
        endpoint = self.engine.settings.endpoint_for(scenario, play.provider)
        await self._start_bot(endpoint, is_fresh=True)
        self.engine.subscribe(endpoint, play.provider)
        story = self._story(replace(play, scenario=scenario, start_ms=start_ms), endpoint, variant)
        return await self.engine.perform(story)

    async def close(self) -> None:
        """End the bot, if the run started it."""
        if self._bot is not None:
            await self._bot.stop()
            self._bot = None

    # --- one story ---------------------------------------------------------------------------------------------------

    async def _begin(self, play: Play) -> tuple[Story, str]:
        """Give the story once it may play beside those that do."""
        settings = self.engine.settings
        endpoint = settings.endpoint_for(play.scenario, play.provider)
        await self._start_bot(endpoint, is_fresh=settings.is_fresh_bot)
        while True:
            story = self._story(play, endpoint)
            if not any(self._disturbs(story, endpoint, *other) for other in self._playing.values()):
                self.engine.subscribe(endpoint, play.provider)
                return story, endpoint
            self._ended.clear()
            await self._ended.wait()

    def _story(self, play: Play, endpoint: str, variant: str = "") -> Story:
        start_ms = play.start_ms if play.start_ms is not None else self._now_ms(play)
        return self.engine.story(
            play.scenario, play.provider, endpoint, number=play.number, start_ms=start_ms, variant=variant
        )

    async def _perform(self, play: Play, story: Story) -> None:
        try:
            await self.engine.perform(story)
        finally:
            self._results[play.number] = story.result(real_ms())
            del self._playing[play.number]
            self._ended.set()

    def _disturbs(self, story: Story, endpoint: str, other: Story, other_endpoint: str) -> bool:
        """True where calls could not be told apart, or events of one would go to the endpoint of the other."""
        if story.terms.provider.id != other.terms.provider.id:
            return False
        is_alone = self._has_own_account(story) or self._has_own_account(other)
        return is_alone or endpoint != other_endpoint or not story.ids.isdisjoint(other.ids)

    def _has_own_account(self, story: Story) -> bool:
        """True where options or credentials are the story's own: then calls that name nobody are meant for it alone."""
        account, world = self.engine.stages[story.terms.provider.id].lobby.world, story.world
        return (account.options, account.credentials) != (world.options, world.credentials)

    def _now_ms(self, play: Play) -> int:
        """Give the wall clock, and never the same moment twice for two stories that might be taken for one."""
        settings = self.engine.settings
        key = play.provider, settings.seed if settings.seed is not None else play.scenario.seed
        self._began_ms[key] = max(wall_ms(), self._began_ms.get(key, 0) + 1)
        return self._began_ms[key]

    def _has_failure(self) -> bool:
        return any(result.outcome in ("failed", "error") for result in self._results.values())

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._ended.clear()
            await self._ended.wait()

    async def _start_bot(self, endpoint: str, *, is_fresh: bool) -> None:
        """Let the bot run that the settings name: the one that runs already, or a fresh one."""
        engine = self.engine
        if not engine.settings.bot or (self._bot is not None and not is_fresh):
            return
        await self.close()
        self._bot = BotProcess(
            engine.settings.bot,
            endpoint=endpoint,
            environment=engine.environment(endpoint),
            journal=engine.journal,
            folder=engine.settings.bot_folder,
            starting_ms=engine.settings.bot_starting_ms,
        )
        await self._bot.start()


def versions() -> dict[str, str]:
    """Give what a run's bytes may hang on: our version, Python's, Faker's."""
    from importlib.metadata import version

    return {"simulator": simulator.__version__, "python": platform.python_version(), "faker": version("faker")}
