"""Suites over real sockets on loopback."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from simulator import canonical, codec
from simulator import catalog as catalogs
from simulator.errors import InputError
from simulator.journal import Journal
from simulator.order import InOrder
from simulator.records import Entry, RunResult
from simulator.scenario.load import load
from simulator.scenario.model import Scenario
from simulator.settings import Settings
from simulator.suite import plan, run
from tests.test_engine import EchoBot, listening

START_MS = 1_767_603_600_000

STORY = """
scenario: {name}
provider: viber
seed: 5
actors: [ana, bob]
{more}
steps:
  - ana: hi from {name}
  - bot: You said hi from {name}
  - bob: good bye
  - bot: You said good bye
"""


def story(folder: Path, name: str = "one", more: str = "") -> Scenario:
    path = folder / f"{name}.yaml"
    path.write_text(STORY.format(name=name, more=more), "utf-8")
    return load(str(path), catalogs={"viber": catalogs.load("viber")}, environment={})


async def play(bot: EchoBot, *scenarios: Scenario, **more: Any) -> tuple[RunResult, Journal]:
    journal = Journal(lambda: 0.0, is_kept=True)
    settings = Settings(port=0, **{"endpoint": bot.url, "start_ms": START_MS, **more})
    result = await run(scenarios, settings, journal, on_ready=lambda base_url: setattr(bot, "api", base_url))
    return result, journal


def canonical_of(entries: list[Entry]) -> list[str]:
    content = "".join(codec.dumps(entry) + "\n" for entry in entries).encode()
    return list(canonical.lines(io.BytesIO(content), "journal"))


async def test_suite_without_an_endpoint_is_wrong_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no endpoint is named"):
        await run([story(tmp_path)], Settings(port=0), Journal(lambda: 0.0))


async def test_nothing_is_sent_where_one_story_of_several_has_no_endpoint(tmp_path: Path) -> None:
    async with listening(EchoBot()) as bot:
        with pytest.raises(InputError, match="no endpoint is named"):
            await play(bot, story(tmp_path, "one", f"endpoint: {bot.url}"), story(tmp_path, "two"), endpoint="")

    assert bot.seen == []


def test_no_two_stories_begin_at_one_moment_with_one_seed(tmp_path: Path) -> None:
    twice = [story(tmp_path, "one"), story(tmp_path, "two")]

    plays = plan(twice, Settings(start_ms=START_MS, repeat=2))

    assert [play.start_ms for play in plays] == [START_MS + number for number in range(4)]
    assert [play.number for play in plays] == [1, 2, 3, 4]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=12), st.integers(1, 3))
def test_seed_and_start_of_each_story_are_its_own(
    tmp_path_factory: pytest.TempPathFactory, given: list[tuple[int, int]], repeat: int
) -> None:
    one = story(tmp_path_factory.getbasetemp())
    suite = [
        Scenario(**{name: getattr(one, name) for name in Scenario.__slots__} | {"seed": seed, "clock": _clock(ms)})
        for seed, ms in given
    ]

    plays = plan(suite, Settings(repeat=repeat))

    assert len({(play.scenario.seed, play.start_ms) for play in plays}) == len(plays) == len(suite) * repeat


def _clock(start_ms: int) -> Any:
    from simulator.scenario.model import Clock

    return Clock(start_ms=start_ms)


def test_order_is_drawn_from_the_seed_and_beginnings_are_not(tmp_path: Path) -> None:
    suite = [story(tmp_path, name) for name in "abcdefgh"]

    drawn = [plan(suite, Settings(start_ms=START_MS, shuffle_seed=seed)) for seed in (1, 1, 2)]
    orders = [[play.scenario.name for play in plays] for plays in drawn]
    begun = [{play.scenario.name: play.start_ms for play in plays} for plays in drawn]

    assert orders[0] == orders[1] != orders[2]
    assert begun[0] == begun[2]
    assert [play.number for play in drawn[2]] == list(range(1, 9))


async def test_side_by_side_each_story_gets_the_calls_that_are_meant_for_it(tmp_path: Path) -> None:
    suite = [story(tmp_path, name) for name in "abcd"]
    async with listening(EchoBot(takes_s=0.05)) as bot:
        result, journal = await play(bot, *suite, jobs=4)
    begun = [entry.story for entry in journal.entries if entry.kind == "StoryStarted"]
    first_end = next(index for index, entry in enumerate(journal.entries) if entry.kind == "StoryFinished")

    assert [(each.scenario, each.outcome) for each in result.stories] == [(name, "passed") for name in "abcd"]
    assert begun == [1, 2, 3, 4]
    assert {entry.story for entry in journal.entries[:first_end] if entry.story} == {1, 2, 3, 4}


async def test_same_seed_and_start_give_the_same_bytes_side_by_side_and_with_a_slow_bot(tmp_path: Path) -> None:
    table = "cases: [{word: one}, {word: two}]"
    suite = [story(tmp_path, "a"), story(tmp_path, "b", table), story(tmp_path, "c")]
    found = []
    for jobs, takes_s in ((1, 0.0), (1, 0.08), (2, 0.03), (4, 0.0)):
        async with listening(EchoBot(takes_s=takes_s)) as bot:
            _, journal = await play(bot, *suite, jobs=jobs)
        found.append(canonical_of(list(journal.entries)))

    assert len(found[0]) > 40
    assert all(each == found[0] for each in found)


async def test_a_person_whom_two_stories_name_by_one_id_is_in_one_story_at_a_time(tmp_path: Path) -> None:
    given_id = "given: {users: {ana: {id: 'QW5hIGlzIGhlcmUgYWdhaQ=='}}}"
    suite = [story(tmp_path, "a", given_id), story(tmp_path, "b", given_id)]
    async with listening(EchoBot(takes_s=0.05)) as bot:
        result, journal = await play(bot, *suite, jobs=2)
    ends = [
        f"{entry.kind} {entry.story}" for entry in journal.entries if entry.kind in ("StoryStarted", "StoryFinished")
    ]

    assert [each.outcome for each in result.stories] == ["passed", "passed"]
    assert ends == ["StoryStarted 1", "StoryFinished 1", "StoryStarted 2", "StoryFinished 2"]


async def test_a_story_with_options_of_its_own_plays_alone(tmp_path: Path) -> None:
    suite = [story(tmp_path, "a"), story(tmp_path, "b", "options: {receipts: nothing}"), story(tmp_path, "c")]
    async with listening(EchoBot(takes_s=0.05)) as bot:
        _, journal = await play(bot, *suite, jobs=3)
    order = [
        f"{entry.kind[5]}{entry.story}" for entry in journal.entries if entry.kind in ("StoryStarted", "StoryFinished")
    ]

    assert order == ["S1", "F1", "S2", "F2", "S3", "F3"]


async def test_who_listens_in_order_hears_one_story_after_another(tmp_path: Path) -> None:
    heard: list[int] = []
    suite = [story(tmp_path, name) for name in "abc"]
    async with listening(EchoBot(takes_s=0.03)) as bot:
        journal = Journal(lambda: 0.0)
        journal.subscribe(InOrder(lambda entry: heard.append(entry.story)))
        settings = Settings(port=0, endpoint=bot.url, jobs=3)
        await run(suite, settings, journal, on_ready=lambda base_url: setattr(bot, "api", base_url))
    told = [story for story in heard if story]

    assert told == sorted(told)
    assert set(told) == {1, 2, 3}


async def test_coverage_is_counted_before_the_run_is_over(tmp_path: Path) -> None:
    async with listening(EchoBot()) as bot:
        _, journal = await play(bot, story(tmp_path), is_covered=True)
    *_, counted, over = journal.entries

    assert (counted.kind, over.kind) == ("CoverageCounted", "RunFinished")
    assert "send_message" in counted.data.providers[0].parts[2].covered


async def test_results_stand_in_the_order_of_the_suite_whichever_ended_first(tmp_path: Path) -> None:
    slow = story(tmp_path, "slow", "clock: {settle: 300ms}")
    async with listening(EchoBot()) as bot:
        result, journal = await play(bot, slow, story(tmp_path, "quick"), jobs=2)
    ended = [entry.data.scenario for entry in journal.entries if entry.kind == "StoryFinished"]

    assert ended == ["quick", "slow"]
    assert [each.scenario for each in result.stories] == ["slow", "quick"]


async def test_run_that_ends_early_knows_how_much_it_was_to_play(tmp_path: Path) -> None:
    wrong = story(tmp_path, "wrong", 'always: [{never: {bot: "~hi"}}]')
    async with listening(EchoBot()) as bot:
        result, _ = await play(bot, wrong, story(tmp_path), is_fail_fast=True, repeat=2)

    assert (len(result.stories), result.planned) == (1, 4)


class Taker:
    """Takes every event, and knows at which address it was asked."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()

    async def take(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.kinds.add("smooch" if "trigger" in body else "viber")
        await asyncio.sleep(0.01)
        return web.Response()


async def test_side_by_side_each_provider_writes_to_its_own_endpoint(
    tmp_path: Path, aiohttp_server: Callable[[web.Application], Awaitable[TestServer]]
) -> None:
    text = "scenario: {name}\nprovider: [viber, smooch]\nactors: [ana]\nsteps: [{ana: hi}, {ana: so}, {ana: bye}]"
    known = {name: catalogs.load(name) for name in ("viber", "smooch")}
    stories = []
    for name in "abcd":
        path = tmp_path / f"{name}.yaml"
        path.write_text(text.replace("{name}", name), "utf-8")
        stories.append(load(str(path), catalogs=known, environment={}))
    takers, endpoints = {name: Taker() for name in known}, {}
    for name, taker in takers.items():
        app = web.Application()
        app.router.add_post("/", taker.take)
        endpoints[name] = str((await aiohttp_server(app)).make_url("/"))

    result = await run(stories, Settings(port=0, endpoints=endpoints, jobs=4), Journal(lambda: 0.0))

    assert {each.outcome for each in result.stories} == {"passed"}
    assert {name: taker.kinds for name, taker in takers.items()} == {"viber": {"viber"}, "smooch": {"smooch"}}
