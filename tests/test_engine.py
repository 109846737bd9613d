"""Runs over real sockets on loopback, against a small bot in the same process."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from simulator import catalog as catalogs
from simulator.clock import real_ms
from simulator.engine import Engine
from simulator.errors import InputError
from simulator.journal import Journal
from simulator.records import RunResult
from simulator.scenario.load import load
from simulator.scenario.model import Scenario
from simulator.settings import Settings
from simulator.suite import run

TOKEN = catalogs.load("viber").credentials["auth_token"].default


@dataclass
class EchoBot:
    """Answers every message through the API, in the background, after its HTTP answer."""

    fails: int = 0
    takes_s: float = 0.0
    """How long its HTTP answer takes."""
    voices: int = 1
    """How often it says the same, at once."""
    seen_ms: list[float] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    peers: set[Any] = field(default_factory=set)
    """Where connections came from: one for each of them."""
    api: str = ""
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        assert request.transport is not None
        self.peers.add(request.transport.get_extra_info("peername"))
        body = await request.json()
        self.seen.append(body)
        if body["event"] == "message":
            self.seen_ms.append(real_ms())
        await asyncio.sleep(self.takes_s)
        if len(self.seen) <= self.fails:
            return web.Response(status=500)
        if body["event"] == "message" and "text" in body["message"]:
            said = body["sender"]["id"], body["message"]["text"]
            self.tasks += [asyncio.create_task(self.say(*said)) for _ in range(self.voices)]
        return web.Response()

    async def say(self, receiver: str, text: str) -> None:
        fields = {"receiver": receiver, "type": "text", "text": f"You said {text}", "sender": {"name": "Echo"}}
        # A bot outlives the run that it belongs to, and finds the API gone.
        with contextlib.suppress(aiohttp.ClientError):
            await self.call("send_message", fields)

    async def call(self, operation: str, fields: dict[str, Any]) -> dict[str, Any]:
        headers = {"X-Viber-Auth-Token": TOKEN}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.api}/pa/{operation}", json=fields, headers=headers) as response,
        ):
            found: dict[str, Any] = await response.json()
            return found


@asynccontextmanager
async def listening(bot: EchoBot) -> AsyncIterator[EchoBot]:
    app = web.Application()
    app.router.add_post("/bot", bot.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    bot.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/bot"
    try:
        yield bot
    finally:
        # The handlers first: what they still begin is waited for too.
        await runner.cleanup()
        await asyncio.gather(*bot.tasks)


def scenario(folder: Path, steps: str, name: str = "story.yaml") -> Scenario:
    path = folder / name
    path.write_text(f"scenario: {name}\nprovider: viber\nactors: [ana]\nsteps: {steps}", encoding="utf-8")
    return load(str(path), catalogs={"viber": catalogs.load("viber")}, environment={})


async def play(bot: EchoBot, *scenarios: Scenario, **more: Any) -> tuple[RunResult, Journal]:
    journal = Journal(lambda: 0.0, is_kept=True)
    settings = Settings(port=0, **{"endpoint": bot.url, **more})
    result = await run(scenarios, settings, journal, on_ready=lambda base_url: setattr(bot, "api", base_url))
    return result, journal


async def test_a_conversation_over_the_wire_passes(tmp_path: Path) -> None:
    async with listening(EchoBot()) as bot:
        result, _ = await play(bot, scenario(tmp_path, "[{ana: hello}, {bot: You said hello}]"))

    assert [story.outcome for story in result.stories] == ["passed"]
    assert result.was_reached


async def test_minutes_of_retries_and_a_background_reply_take_a_moment(tmp_path: Path) -> None:
    """How long exactly is shown in virtual time, in test_story.py; here a busy machine must not matter."""
    async with listening(EchoBot(fails=3)) as bot:
        begun = real_ms()
        result, journal = await play(bot, scenario(tmp_path, "[{ana: hello}, {bot: You said hello}]"))
        took_ms = real_ms() - begun
    attempts = [
        entry for entry in journal.entries if entry.kind == "AttemptFinished" and "message" in entry.data["type"]
    ]

    assert result.stories[0].outcome == "passed"
    assert attempts[3].at_ms - attempts[0].at_ms == 155_000
    assert took_ms < 15_000


async def test_the_same_stories_twice_pass_twice_with_other_ids(tmp_path: Path) -> None:
    story = scenario(tmp_path, "[{ana: hello}, {bot: You said hello}]")
    async with listening(EchoBot()) as bot:
        outcomes = [(await play(bot, story))[0].stories[0].outcome for _ in range(2)]
    senders = {body["sender"]["id"] for body in bot.seen if body["event"] == "message"}

    assert outcomes == ["passed", "passed"]
    assert len(senders) == 2


async def test_a_bot_that_registers_itself_is_asked_first_and_then_written_to(tmp_path: Path) -> None:
    async with listening(EchoBot()) as bot:
        engine = Engine(Settings(port=0, endpoint=bot.url), Journal(lambda: 0.0), ["viber"])
        async with engine.open():
            bot.api = engine.base_url
            engine.subscribe(bot.url)
            answer = await bot.call("set_webhook", {"url": bot.url, "event_types": []})
            story = engine.story(scenario(tmp_path, "[{ana: hello}, {bot: You said hello}]"), "viber", bot.url)
            result = await engine.perform(story)

    assert answer["status"] == 0
    assert [body["event"] for body in bot.seen] == ["webhook", "message"]
    assert result.outcome == "passed"


async def test_a_registration_elsewhere_is_written_to_at_the_named_endpoint(tmp_path: Path) -> None:
    async with listening(EchoBot()) as bot:
        engine = Engine(Settings(port=0, endpoint=bot.url), Journal(lambda: 0.0), ["viber"])
        async with engine.open():
            bot.api = engine.base_url
            engine.subscribe(bot.url)
            answer = await bot.call("set_webhook", {"url": "https://bot.example.com/viber"})

    assert answer["status"] == 0
    assert [body["event"] for body in bot.seen] == ["webhook"]


async def test_without_an_endpoint_nothing_is_sent(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        await play(EchoBot(), scenario(tmp_path, "[{ana: hello}]"))

    assert caught.value.problems[0].code == "no-endpoint"


async def test_nobody_there_is_told_and_not_reached(tmp_path: Path, unused_tcp_port: int) -> None:
    result, _ = await play(
        EchoBot(), scenario(tmp_path, "[{ana: hello}]"), endpoint=f"http://127.0.0.1:{unused_tcp_port}/"
    )

    assert not result.was_reached
    assert result.stories[0].outcome == "error"


@asynccontextmanager
async def cutting(url: str, connections: int) -> AsyncIterator[str]:
    """Give an address before that one at which the first connections are cut before any answer."""
    host, port = url.removeprefix("http://").partition("/")[0].split(":")
    left = connections

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65_536):
            writer.write(chunk)
        writer.close()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            there_reader, there_writer = await asyncio.open_connection(host, int(port))
            with contextlib.suppress(OSError):
                await asyncio.gather(pass_on(reader, there_writer), pass_on(there_reader, writer))
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield url.replace(f":{port}", f":{server.sockets[0].getsockname()[1]}")
    finally:
        server.close()


async def test_what_the_network_lost_is_sent_again_and_no_fault_of_the_bot(tmp_path: Path) -> None:
    story = scenario(tmp_path, "[{ana: hello}, {bot: {text: You said hello, within: 400ms}}]")
    async with listening(EchoBot()) as bot, cutting(bot.url, 2) as url:
        result, journal = await play(bot, story, endpoint=url, resends=2, policy="once")
    told = [entry for entry in journal.entries if entry.kind == "NetworkFailed"]
    attempts = [
        entry for entry in journal.entries if entry.kind == "AttemptFinished" and entry.data["type"] == "message/text"
    ]

    assert result.stories[0].outcome == "passed"
    assert result.resends == 2
    assert [(entry.data["number"], entry.data["wait_ms"]) for entry in told] == [(1, 500), (2, 1_000)]
    assert len(attempts) == len(bot.seen_ms) == 1


async def test_without_resending_the_same_story_fails(tmp_path: Path) -> None:
    story = scenario(tmp_path, "[{ana: hello}, {bot: {text: You said hello, within: 400ms}}]")
    async with listening(EchoBot()) as bot, cutting(bot.url, 2) as url:
        result, _ = await play(bot, story, endpoint=url, policy="once")

    assert result.stories[0].outcome == "failed"
    assert result.resends == 0


async def test_fail_fast_leaves_the_other_stories_unplayed(tmp_path: Path) -> None:
    wrong = scenario(tmp_path, "[{ana: hello}, {bot: {text: no, within: 200ms}}]", "a.yaml")
    right = scenario(tmp_path, "[{ana: hello}, {bot: ~hello}]", "b.yaml")
    async with listening(EchoBot()) as bot:
        all_of_them, _ = await play(bot, wrong, right)
        only_first, _ = await play(bot, wrong, right, is_fail_fast=True)

    assert [story.outcome for story in all_of_them.stories] == ["failed", "passed"]
    assert [story.outcome for story in only_first.stories] == ["failed"]


async def test_a_run_that_is_cancelled_gives_what_there_is(tmp_path: Path) -> None:
    async with listening(EchoBot()) as bot:
        story = scenario(tmp_path, "[{ana: hello}, {bot: ~hello}, {silence: 1h}]")
        playing = asyncio.create_task(play(bot, story))
        while not any(body["event"] == "message" for body in bot.seen):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.2)
        playing.cancel()
        result, journal = await playing
    outcomes = {verdict.at: verdict.outcome for verdict in result.stories[0].verdicts}

    assert result.is_interrupted
    assert outcomes["steps[1].bot"] == "passed"
    assert outcomes["steps[2].silence"] == "skipped"
    assert journal.entries[-1].kind == "RunFinished"


async def test_the_mock_api_says_what_a_bot_may_read(tmp_path: Path) -> None:
    async with listening(EchoBot()) as bot:
        engine = Engine(Settings(port=0, endpoint=bot.url), Journal(lambda: 0.0), ["viber"])
        async with engine.open():
            environment = engine.environment(bot.url)

    assert environment["SIMULATOR_ENDPOINT"] == bot.url
    assert environment["VIBER_API_URL"].endswith("/pa")
    assert environment["VIBER_AUTH_TOKEN"] == TOKEN
    assert json.dumps(environment)


async def test_an_interrupted_attempt_is_in_the_journal_and_blames_nobody(tmp_path: Path) -> None:
    async with listening(EchoBot(takes_s=0.5)) as bot:
        playing = asyncio.create_task(play(bot, scenario(tmp_path, "[{ana: hello}]"), policy="once"))
        while not bot.seen:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        playing.cancel()
        result, journal = await playing
    kinds = [entry.kind for entry in journal.entries]

    assert [verdict.outcome for verdict in result.stories[0].verdicts] == ["skipped"]
    assert kinds[-5:] == ["AttemptFinished", "VerdictReached", "DeliveryFinished", "StoryFinished", "RunFinished"]


async def test_a_fault_of_ours_after_an_attempt_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*given: Any, **more: Any) -> None:
        raise RuntimeError("our own fault")

    monkeypatch.setattr("simulator.story.Story.ended", fails)
    async with listening(EchoBot()) as bot:
        with pytest.raises(RuntimeError, match="our own fault"):
            await asyncio.wait_for(play(bot, scenario(tmp_path, "[{ana: {opens: chat}}]")), 5)


async def test_a_fault_between_stories_ends_who_only_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*given: Any, **more: Any) -> None:
        raise RuntimeError("our own fault")

    engine = Engine(Settings(port=0), Journal(lambda: 0.0), ["viber"])
    bot = EchoBot()
    monkeypatch.setattr("simulator.lobby.Lobby.answer", fails)

    async def serve() -> None:
        async with engine.open():
            bot.api = engine.base_url
            await bot.call("get_account_info", {})
            await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="our own fault"):
        await asyncio.wait_for(serve(), 5)


async def test_a_story_goes_on_while_an_answer_is_delayed(tmp_path: Path) -> None:
    steps = (
        "[{api: {operation: reply, answer: {delay: 600ms}}}, {ana: hello}, {bot: ~hello}, {ana: again}, {bot: ~again}]"
    )
    async with listening(EchoBot()) as bot:
        begun = real_ms()
        result, journal = await play(bot, scenario(tmp_path, steps))
    acts = [entry for entry in journal.entries if entry.kind == "ActorActed"]
    answers = [at_ms - begun for at_ms in bot.seen_ms]

    assert result.stories[0].outcome == "passed"
    assert len(acts) == 2
    assert answers[1] - answers[0] < 500


async def test_calls_from_many_tasks_at_once_are_all_heard(tmp_path: Path) -> None:
    async with listening(EchoBot(voices=20)) as bot:
        result, journal = await play(bot, scenario(tmp_path, "[{ana: hello}, {bot: {text: ~hello, times: 20}}]"))
    tokens = {entry.data.body for entry in journal.entries if entry.kind == "CallAnswered"}

    assert result.stories[0].outcome == "passed", result.stories[0].verdicts
    assert len(tokens) == 20


async def test_a_delivery_that_is_out_when_the_story_ends_is_finished_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot does not answer a receipt; the story fails meanwhile and listens to nothing any more."""

    class Hanging(EchoBot):
        async def take(self, request: web.Request) -> web.Response:
            body = await request.json()
            self.takes_s = 1.5 if body["event"] == "delivered" else 0.0
            return await super().take(request)

    monkeypatch.setattr("simulator.story.AFTERMATH_MS", 50)
    async with listening(Hanging()) as bot:
        _, journal = await play(bot, scenario(tmp_path, "[{ana: hello}, {bot: {text: no, within: 1s}}]"))
    ended = [entry.data.id for entry in journal.entries if entry.kind == "DeliveryFinished"]
    kinds = [entry.kind for entry in journal.entries]

    assert len(ended) == len(set(ended)) == 2
    assert kinds.count("AttemptFinished") == kinds.count("AttemptStarted") == 2
    assert kinds[-2:] == ["StoryFinished", "RunFinished"]


async def test_a_stream_keeps_its_connections_and_a_conversation_does_not(tmp_path: Path) -> None:
    stream = "[{emit: {event: message/sticker, rate: 1/m, count: 400, actors: 20}}]"
    talk = "[{repeat: {times: 6}, steps: [{ana: {opens: chat}}]}]"
    async with listening(EchoBot()) as bot:
        streamed, _ = await play(bot, scenario(tmp_path, stream))
        many = len(bot.peers)
        bot.peers.clear()
        await play(bot, scenario(tmp_path, talk))

    assert streamed.stories[0].outcome == "passed"
    assert streamed.stories[0].deliveries == 400
    assert many <= 64
    assert len(bot.peers) == 6


async def test_streams_beyond_what_can_be_sent_leave_the_loop_to_the_answers(tmp_path: Path) -> None:
    """All are due at once in real time: they are sent some at a time, and what comes back is read meanwhile."""
    stream = "[{emit: {event: message/sticker, burst: 600, actors: 5}}]"
    async with listening(EchoBot()) as bot:
        result, journal = await play(bot, scenario(tmp_path, stream), pace="real")
    kinds = [entry.kind for entry in journal.entries if entry.kind in ("AttemptStarted", "AttemptFinished")]

    assert result.stories[0].outcome == "passed"
    assert "AttemptFinished" in kinds[:300]


async def test_a_stream_that_is_interrupted_is_skipped_and_leaves_no_attempt_open(tmp_path: Path) -> None:
    stream = "[{emit: {event: message/sticker, rate: 100/s, lasting: 1h}}]"
    async with listening(EchoBot(takes_s=0.2)) as bot:
        playing = asyncio.create_task(play(bot, scenario(tmp_path, stream), pace="real"))
        while len(bot.seen) < 5:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        playing.cancel()
        result, journal = await playing
    started = [entry.data["delivery_id"] for entry in journal.entries if entry.kind == "AttemptStarted"]
    finished = [entry.data["delivery_id"] for entry in journal.entries if entry.kind == "AttemptFinished"]

    assert result.is_interrupted
    assert [(verdict.outcome, verdict.observed) for verdict in result.stories[0].verdicts] == [
        ("skipped", "its events go on")
    ]
    assert sorted(started) == sorted(finished)


async def test_a_month_is_the_same_whatever_time_the_bot_takes(tmp_path: Path) -> None:
    steps = """
  - emit: {event: conversation_started, cron: "0 */8 * * *", zone: Europe/London, lasting: 30d, burst: 2, actors: 9}
  - emit: {event: message/sticker, after: conversation_started, lag: 1m..2h, chance: 50%}
  - wait: {until: "0 12 * * mon", zone: America/New_York}
  - ana: {opens: chat}
"""
    months = []
    for takes_s in (0.0, 0.05):
        async with listening(EchoBot(takes_s=takes_s)) as bot:
            result, _ = await play(bot, scenario(tmp_path, steps), start_ms=1_772_323_200_000)
        months.append(sorted(json.dumps(body, sort_keys=True) for body in bot.seen))
        assert result.stories[0].outcome == "passed"

    assert len(months[0]) > 180
    assert months[0] == months[1]
