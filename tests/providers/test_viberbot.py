"""Viber's official SDK for Python, and aioviber, accept and understand what we send."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from simulator import signing
from simulator.records import ScheduledEvent, SignedRequest
from simulator.render import render
from simulator.seeds import stream

from .conftest import NOW_MS, bench

COUNT = 3_000


@cache
def requests() -> tuple[SignedRequest, ...]:
    """Give signed requests of the default mix."""
    made = bench("viber")
    weights = {name: event.weight for name, event in made.catalog.events.items() if event.weight}
    types = stream(1, "mix").choices(list(weights), list(weights.values()), k=COUNT)
    return tuple(signed(made, f"mix/{number}", event_type) for number, event_type in enumerate(types))


def signed(made: Any, event_id: str, event_type: str) -> SignedRequest:
    event = ScheduledEvent(id=event_id, provider="viber", type=event_type, values={}, due_ms=NOW_MS, cause="")
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


def test_official_sdk_accepts_every_signature(api: Any) -> None:
    refused = [
        request
        for request in requests()
        if not api.verify_signature(request.body, dict(request.headers)["X-Viber-Content-Signature"])
    ]

    assert len(requests()) == COUNT
    assert refused == []


def test_official_sdk_parses_every_request(api: Any) -> None:
    for request in requests():
        parsed, body = api.parse_request(request.body), json.loads(request.body)

        assert (parsed.event_type, parsed.timestamp) == (body["event"], body["timestamp"])
        if body["event"] == "message":
            assert parsed.message_token == body["message_token"]
            assert parsed.sender.id == body["sender"]["id"]
            assert parsed.sender.name == body["sender"]["name"]
            assert parsed.message.to_dict()["type"] == body["message"]["type"]


def test_official_sdk_parses_the_handshake(api: Any) -> None:
    request = signed(bench("viber"), "handshake", "webhook")

    assert api.parse_request(request.body).event_type == "webhook"


def test_mix_has_every_event_of_the_default_mix() -> None:
    bodies = [json.loads(request.body) for request in requests()]
    kinds = {(body["event"], body.get("message", {}).get("type")) for body in bodies}

    assert len(kinds) == sum(bool(event.weight) for event in bench("viber").catalog.events.values())


def test_aioviber_accepts_every_signature(token: str) -> None:
    middleware = pytest.importorskip("aioviber.middleware")
    refused = [
        request
        for request in requests()
        if not middleware.verify_signature(request.body, parse_qs(urlsplit(request.url).query)["sig"][0], token)
    ]

    assert refused == []


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
