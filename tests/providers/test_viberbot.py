"""Viber's official SDK for Python, and aioviber, accept and understand what we send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import test_utils

from simulator import signing
from simulator.records import ScheduledEvent, SignedRequest
from simulator.render import render
from simulator.seeds import stream

from .conftest import NOW_MS, Bench, bench
from .proofs import Proofs

COUNT = 3_000
REFUSED = "client_status"


@cache
def mix() -> tuple[tuple[str, SignedRequest], ...]:
    """Give signed requests of the default mix, each with its event type."""
    made = bench("viber")
    weights = {name: event.weight for name, event in made.catalog.events.items() if event.weight}
    types = stream(1, "mix").choices(list(weights), list(weights.values()), k=COUNT)
    return tuple((event_type, signed(made, f"mix/{number}", event_type)) for number, event_type in enumerate(types))


def requests() -> tuple[SignedRequest, ...]:
    return tuple(request for _, request in mix())


def beside_the_mix() -> Iterator[tuple[str, SignedRequest]]:
    """Give signed requests of each event that is not in the mix, but for the one that the SDK refuses."""
    made = bench("viber")
    for event_type, event in made.catalog.events.items():
        if not event.weight and event_type != REFUSED:
            yield from ((event_type, signed(made, f"{event_type}/{number}", event_type)) for number in range(50))


def signed(made: Bench, event_id: str, event_type: str, **values: Any) -> SignedRequest:
    event = ScheduledEvent(id=event_id, provider="viber", type=event_type, values=values, due_ms=NOW_MS, cause="")
    payload = render(event, catalog=made.catalog, provider=made.provider, world=made.world, seed=1, start_ms=NOW_MS)
    return signing.sign_request(
        payload,
        url="http://127.0.0.1:1/hook",
        registered_url="http://127.0.0.1:1/hook",
        provider=made.provider,
        credentials=made.world.credentials,
        options=made.world.options,
        stamp_ms=NOW_MS,
        due_ms=NOW_MS,
    )


@pytest.fixture
def token() -> str:
    return bench("viber").world.credentials["auth_token"]


@pytest.fixture
def api(token: str) -> Any:
    viberbot = pytest.importorskip("viberbot")
    return viberbot.Api(viberbot.BotConfiguration(auth_token=token, name="Shop", avatar=""))


def test_official_sdk_accepts_every_signature(api: Any, proofs: Proofs) -> None:
    refused = [
        request
        for request in requests()
        if not api.verify_signature(request.body, dict(request.headers)["X-Viber-Content-Signature"])
    ]

    assert len(requests()) == COUNT
    assert refused == []
    proofs.record("viber", "viberbot", signature=True)


def read_person(person: Any) -> dict[str, Any]:
    """Give a person as the official SDK has read her, without what it has not found."""
    names = ("id", "name", "avatar", "language", "country", "api_version")
    found = {name: getattr(person, name) for name in names}
    return {name: value for name, value in found.items() if value not in (None, "")}


def read_message(message: Any) -> dict[str, Any]:
    """Give a message as the official SDK has read it, without what it has not found."""
    read = {name.removeprefix("_"): value for name, value in vars(message).items()}
    read["type"] = read.pop("message_type")
    for name in ("contact", "location"):
        if name in read:
            inside = {part.removeprefix("_"): value for part, value in vars(read[name]).items()}
            read[name] = {part: value for part, value in inside.items() if value is not None}
    return {name: value for name, value in read.items() if value not in (None, "")}


def read(request: Any) -> dict[str, Any]:
    """Give what the official SDK has read of an event, by the names of the body."""
    found = {"event": request.event_type, "timestamp": request.timestamp}
    names = ("message_token", "user_id", "desc", "type", "context", "subscribed", "silent", "reply_type", "chat_id")
    found |= {name: getattr(request, name, None) for name in names}
    if getattr(request, "message", None) is not None:
        found["message"] = read_message(request.message)
    for name in ("user", "sender"):
        if getattr(request, name, None) is not None:
            found[name] = read_person(getattr(request, name))
    return {name: value for name, value in found.items() if value is not None}


UNREAD = dict.fromkeys(("subscribed", "unsubscribed", "webhook"), "message_token")
"""Event → the key that the SDK passes over, beside `chat_hostname`."""


def to_be_read(body: Any) -> dict[str, Any]:
    """Give what the official SDK should read of a body."""
    unread = ("chat_hostname", UNREAD.get(body["event"]))
    known = {name: value for name, value in body.items() if name not in unread}
    if "message" in known:
        # It looks for the size of a file under another name than the documentation gives; see the option file_size.
        known["message"] = {name: each for name, each in known["message"].items() if name != "file_size" and each != ""}
    return known


def test_official_sdk_reads_every_request_as_it_is_meant(api: Any, proofs: Proofs) -> None:
    seen = set()
    for event_type, request in (*mix(), *beside_the_mix()):
        seen.add(event_type)

        assert read(api.parse_request(request.body)) == to_be_read(json.loads(request.body))

    assert bench("viber").catalog.events.keys() - seen == {REFUSED}
    proofs.record("viber", "viberbot", events=seen)


def test_official_sdk_reads_what_only_stories_and_options_bring(api: Any) -> None:
    both, early = bench("viber", file_size="both"), bench("viber", chat_hostname="false", name="missing")
    inline = {"reply_type": "query", "chat_id": "8120045531-70012"}
    bodies = [
        signed(both, "1", "message/file").body,
        signed(early, "2", "message/text", text="hi", tracking_data='{"a":1}', silent=True, **inline).body,
        signed(early, "3", "message/contact", avatar="https://example.com/a.jpg").body,
        signed(bench("viber", layout="observed"), "4", "conversation_started", context=None, subscribed=True).body,
        signed(bench("viber", sticker_id="string", text="ascii"), "5", "message/sticker").body,
    ]

    for body in bodies:
        assert read(api.parse_request(body)) == to_be_read(json.loads(body))


def test_official_sdk_refuses_the_one_event_that_is_not_in_the_mix(api: Any) -> None:
    with pytest.raises(Exception, match="is not supported"):
        api.parse_request(signed(bench("viber"), "1", REFUSED).body)


def test_mix_has_every_event_of_the_default_mix() -> None:
    weighted = {name for name, event in bench("viber").catalog.events.items() if event.weight}

    assert {event_type for event_type, _ in mix()} == weighted


def test_aioviber_accepts_every_signature(token: str, proofs: Proofs) -> None:
    middleware = pytest.importorskip("aioviber.middleware")
    refused = [
        request
        for request in requests()
        if not middleware.verify_signature(request.body, parse_qs(urlsplit(request.url).query)["sig"][0], token)
    ]

    assert refused == []
    proofs.record("viber", "aioviber", signature=True)


async def handed_on(token: str, requests: list[SignedRequest]) -> list[Any]:
    """Give what each request has become for the handlers of a bot on aioviber, which is asked over HTTP."""
    bots = pytest.importorskip("aioviber.bot")
    switches = {"set_webhook_on_startup": False, "unset_webhook_on_cleanup": False}
    # As it is, it closes its session at its end without awaiting that, and Python warns of it.
    kind = type("Bot", (bots.Bot,), {"__del__": lambda bot: None})
    bot = kind("Shop", "", token, "http://127.0.0.1/hook", loop=asyncio.get_running_loop(), **switches)
    # It answers first, and hands on in tasks of its own.
    handed: asyncio.Queue[Any] = asyncio.Queue()

    async def take_event(request: Any) -> None:
        handed.put_nowait((request.event_type, request))

    async def take_message(chat: Any) -> None:
        handed.put_nowait((chat.message.message._message_type, chat.message))

    for event_type in bots.EventType.not_message_events():
        bot.event_handler(event_type)(take_event)
    for message_type in bots.MessageType.all():
        bot.message_handler(message_type)(take_message)
    bot.default(None)(take_message)
    found = []
    async with bot.session, test_utils.TestClient(test_utils.TestServer(bot.app)) as client:
        for request in requests:
            answer = await client.post(f"/hook?{urlsplit(request.url).query}", data=request.body)
            assert answer.status == 200
            found.append(await asyncio.wait_for(handed.get(), 5))
    return found


# aioviber is of 2017 and does what aiohttp takes amiss today.
@pytest.mark.filterwarnings("ignore::DeprecationWarning:aioviber", "ignore::DeprecationWarning:aiohttp")
def test_aioviber_hands_every_request_to_the_handler_that_it_is_for(token: str, proofs: Proofs) -> None:
    made = bench("viber")
    events = [event for event in made.catalog.events if event != REFUSED]
    requests = [signed(made, f"aioviber/{event}", event) for event in events]
    bodies = [json.loads(request.body) for request in requests]

    found = asyncio.run(handed_on(token, requests))

    kinds = [body["message"]["type"] if body["event"] == "message" else body["event"] for body in bodies]
    assert [kind for kind, _ in found] == kinds
    assert [read(request) for _, request in found] == [to_be_read(body) for body in bodies]
    proofs.record("viber", "aioviber", events=events, signature=True)


@pytest.mark.parametrize("sdk", ["viberbot", "aioviber"])
def test_line_of_the_catalog_points_the_sdk_here(sdk: str, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    viberbot = pytest.importorskip("viberbot")
    module = pytest.importorskip(f"{sdk}.api.api" if sdk == "viberbot" else f"{sdk}.api")
    facts = bench("viber").catalog
    for name, value in facts.environment("http://127.0.0.1:7716", {"auth_token": token}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(module, "VIBER_BOT_API_URL", module.VIBER_BOT_API_URL)
    (line,) = [each.line for each in facts.sdk_lines if each.sdk.startswith(sdk)]

    exec(line, {})

    settings = viberbot.BotConfiguration(auth_token=token, name="Shop", avatar="")
    if sdk == "viberbot":
        url = module.Api(settings)._request_sender._viber_bot_api_url
    else:
        url = module.Api(settings, None, None)._viber_bot_api_url
    assert url == "http://127.0.0.1:7716/pa"
