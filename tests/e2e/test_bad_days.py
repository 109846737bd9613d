"""Each fault against a bot that survives it and against one that does not: the story tells which is which."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import aiohttp
import pytest
from aiohttp import web

from simulator import catalog as catalogs
from simulator.journal import Journal
from simulator.records import StoryResult
from simulator.scenario.load import load
from simulator.scenario.model import AnyStep, BotStep, TogetherStep, changed_steps
from simulator.settings import Settings
from simulator.suite import run
from tests.e2e.conftest import ROOT

STORIES = ROOT / "scenarios" / "common"
CHANNEL = "618e9da2-4828-5cd4-93ba-db2da7082760"
CREDENTIALS = {
    name: {key: each.default for key, each in catalogs.load(name).credentials.items()} for name in ("bird", "viber")
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a customer said, in either provider's words."""

    id: str
    to: str
    text: str
    at: str
    """When, as a text that sorts."""


@dataclass
class ShopBot:
    """A small bot; its habits are what its twins do otherwise."""

    provider: Literal["bird", "viber"] = "viber"
    believes: Literal["raw", "parsed", "anybody"] = "raw"
    """What it computes the signature over: the bytes as they came, or JSON that it has written anew; or it does not."""
    oldest_s: float = 9 * 3600
    remembers: bool = True
    wants_newest: bool = False
    """It takes what is older than the newest that it has seen for a repetition."""
    expects_order: bool = False
    """It falls over where somebody asks about an order that was never named."""
    api: str = ""
    url: str = ""
    known: set[str] = field(default_factory=set)
    newest: str = ""
    orders: set[str] = field(default_factory=set)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not self.is_believed(request, body):
            return web.Response(status=403)
        try:
            said = self.read(json.loads(body))
        except ValueError:
            return web.Response(status=400)
        if said is None or (self.remembers and said.id in self.known):
            return web.Response()
        self.known.add(said.id)
        if self.wants_newest and said.at < self.newest:
            return web.Response()
        self.newest = max(self.newest, said.at)
        words = said.text.lower()
        if "news" in words and self.expects_order and said.to not in self.orders:
            return web.Response(status=500)
        reply = "Which order number?" if "news" in words else "Hello!"
        self.tasks.append(asyncio.create_task(self.say(said.to, "You are welcome!" if "thank" in words else reply)))
        return web.Response()

    def is_believed(self, request: web.Request, body: bytes) -> bool:
        if self.believes == "anybody":
            return True
        if self.believes == "parsed":
            with contextlib.suppress(ValueError):
                body = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode()
        if self.provider == "viber":
            key, message = CREDENTIALS["viber"]["auth_token"], body
            wanted = hmac.new(key.encode(), message, hashlib.sha256).hexdigest()
            return hmac.compare_digest(request.headers.get("X-Viber-Content-Signature", ""), wanted)
        stamp = request.headers.get("messagebird-request-timestamp", "0")
        message = f"{stamp}\n{self.url}\n".encode() + hashlib.sha256(body).digest()
        digest = hmac.new(CREDENTIALS["bird"]["signing_key"].encode(), message, hashlib.sha256).digest()
        is_right = hmac.compare_digest(
            request.headers.get("messagebird-signature", ""), base64.b64encode(digest).decode()
        )
        return is_right and time.time() - int(stamp) < self.oldest_s

    def read(self, event: Any) -> Said | None:
        if self.provider == "viber":
            if event["event"] != "message":
                return None
            at = str(event["timestamp"])
            return Said(id=str(event["message_token"]), to=event["sender"]["id"], text=event["message"]["text"], at=at)
        if event["event"] != "whatsapp.inbound":
            return None
        payload = event["payload"]
        text = payload["body"]["text"]["text"]
        to = payload["sender"]["contact"]["identifierValue"]
        return Said(id=payload["id"], to=to, text=text, at=payload["createdAt"])

    async def say(self, to: str, text: str) -> None:
        fields: dict[str, Any]
        if self.provider == "viber":
            path, headers = "/pa/send_message", {"X-Viber-Auth-Token": CREDENTIALS["viber"]["auth_token"]}
            fields = {"receiver": to, "type": "text", "text": text, "sender": {"name": "Shop"}}
        else:
            workspace = catalogs.load("bird").environment("", {})["BIRD_WORKSPACE_ID"]
            path = f"/bird/workspaces/{workspace}/channels/{CHANNEL}/messages"
            headers = {"Authorization": f"AccessKey {CREDENTIALS['bird']['access_key']}"}
            contact = {"identifierKey": "phonenumber", "identifierValue": to}
            fields = {"receiver": {"contacts": [contact]}, "body": {"type": "text", "text": {"text": text}}}
        # A bot outlives the run that it belongs to, and finds the API gone.
        with contextlib.suppress(aiohttp.ClientError):
            async with (
                aiohttp.ClientSession() as session,
                session.post(f"{self.api}{path}", json=fields, headers=headers),
            ):
                pass


@asynccontextmanager
async def listening(bot: ShopBot) -> AsyncIterator[ShopBot]:
    app = web.Application()
    app.router.add_post("/bot", bot.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    bot.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/bot"  # type: ignore[attr-defined]
    try:
        yield bot
    finally:
        await runner.cleanup()
        await asyncio.gather(*bot.tasks)


def in_haste(step: AnyStep) -> AnyStep:
    """Give the step with deadlines that a bot in the same process keeps, so that twins fail soon."""
    if isinstance(step, TogetherStep):
        return replace(step, steps=tuple(replace(each, within_ms=700) for each in step.steps))
    return replace(step, within_ms=700) if isinstance(step, BotStep) else step


async def play(bot: ShopBot, story: str) -> StoryResult:
    """Give how a shipped story goes with this bot, its deadlines shortened for those that fail."""
    known = {name: catalogs.load(name) for name in catalogs.names()}
    scenario = load(str(STORIES / f"{story}.yaml"), catalogs=known, environment={})
    scenario = replace(scenario, providers=(bot.provider,), steps=changed_steps(scenario.steps, in_haste))
    async with listening(bot):
        settings = Settings(port=0, endpoint=bot.url)
        ready = lambda base_url: setattr(bot, "api", base_url)  # noqa: E731
        result = await run([scenario], settings, Journal(lambda: 0.0), on_ready=ready)
    (found,) = result.stories
    return found


def wrong(story: StoryResult) -> list[tuple[str, str]]:
    """Give step and code of what did not go well."""
    return [(each.at, each.code) for each in story.verdicts if each.outcome in ("failed", "error")]


SOUND = {
    "viber": [
        "answered-once",
        "late",
        "out-of-order",
        "lost-request",
        "never-arrives",
        "lost-answer",
        "forged",
        "tampered",
    ],
    "bird": ["forged", "tampered", "expired", "lost-request"],
}


@pytest.mark.parametrize(("provider", "story"), [(name, story) for name, stories in SOUND.items() for story in stories])
async def test_sound_bot_survives(provider: Literal["bird", "viber"], story: str) -> None:
    result = await play(ShopBot(provider=provider), story)

    assert wrong(result) == []
    assert result.outcome == "passed"


TWINS: list[tuple[str, ShopBot, list[tuple[str, str]]]] = [
    ("answered-once", ShopBot(remembers=False), [("steps[1].bot", "too-many-replies")]),
    ("late", ShopBot(wants_newest=True), [("steps[2].together[0].bot", "no-reply")]),
    ("out-of-order", ShopBot(wants_newest=True), [("steps[2].together[0].bot", "no-reply")]),
    ("out-of-order", ShopBot(remembers=False), [("steps[5].together[0].bot", "too-many-replies")]),
    ("lost-request", ShopBot(wants_newest=True), [("steps[2].together[0].bot", "no-reply")]),
    ("never-arrives", ShopBot(expects_order=True), [("steps[2].bot", "no-reply")]),
    ("lost-answer", ShopBot(remembers=False), [("steps[1].bot", "too-many-replies")]),
    ("forged", ShopBot(believes="anybody"), [("steps[0].ana", "ack")]),
    ("tampered", ShopBot(believes="anybody"), [("steps[0].ana", "ack")]),
    ("tampered", ShopBot(believes="parsed"), [("steps[2].ana", "ack")]),
    ("expired", ShopBot(provider="bird", oldest_s=1e9), [("steps[0].ana", "ack")]),
]


@pytest.mark.parametrize(("story", "bot", "found"), TWINS)
async def test_careless_twin_is_found_out_by_the_step_that_shows_it(
    story: str, bot: ShopBot, found: list[tuple[str, str]]
) -> None:
    result = await play(bot, story)

    assert result.outcome == "failed"
    assert set(found) <= set(wrong(result))


# --- what the provider makes of failures -----------------------------------------------------------------------------


@dataclass
class SourBot(ShopBot):
    """Refuses so many events before it takes one."""

    refuses: int = 0
    seen: int = 0

    async def take(self, request: web.Request) -> web.Response:
        self.seen += 1
        return web.Response(status=500) if self.seen <= self.refuses else await super().take(request)


async def tell(bot: ShopBot, provider: str, text: str, folder: Path, **more: Any) -> tuple[StoryResult, list[Any]]:
    """Give how a story goes, and its journal."""
    path = folder / "story.yaml"
    path.write_text(f"scenario: A\nprovider: {provider}\nactors: [ana]\n{text}", encoding="utf-8")
    scenario = load(path, catalogs={provider: catalogs.load(provider)}, environment={})
    journal = Journal(lambda: 0.0, is_kept=True)
    async with listening(bot):
        ready = lambda base_url: setattr(bot, "api", base_url)  # noqa: E731
        result = await run([scenario], Settings(port=0, endpoint=bot.url, **more), journal, on_ready=ready)
    return result.stories[0], list(journal.entries)


async def test_seven_hours_of_retries_take_a_moment_and_are_kept_to_the_second(tmp_path: Path) -> None:
    bot = SourBot(provider="bird", refuses=14)
    text = "steps: [{ana: {event: whatsapp.inbound/text}}, {bot: {text: ~hello, within: 700ms}}]"
    story, entries = await tell(bot, "bird", text, tmp_path)
    due_ms = [entry.at_ms for entry in entries if entry.kind == "AttemptStarted"]
    waits_s = [(later - earlier) / 1000 for earlier, later in pairwise(due_ms)]

    assert story.outcome == "passed"
    assert waits_s[:14] == [10, 30, 60, 120, 300, 600, 1200, 2400, *[3600] * 6]


async def test_subscription_that_fails_too_often_is_deactivated_and_said_so(tmp_path: Path) -> None:
    bot = SourBot(refuses=99)
    steps = "[{repeat: {times: 6}, steps: [{ana: {event: course_created}, ack: any}]}]"
    text = f"options: {{errors_allowed: 3}}\nsteps: {steps}"
    story, entries = await tell(bot, "canvas", text, tmp_path, policy="once")

    assert bot.seen == 3
    assert [entry.data["why"] for entry in entries if entry.kind == "EndpointDisabled"] == [
        "3 deliveries were given up within 1d, each with all its retries"
    ]
    assert sum(entry.kind == "EventSkipped" for entry in entries) == 3
    assert [verdict.code for verdict in story.verdicts] == ["", "", "", *["not-sent"] * 3]
