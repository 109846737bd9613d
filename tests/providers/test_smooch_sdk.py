"""Smooch's official SDK for Python understands what we send, and the line of the catalog points it here."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from simulator.records import ScheduledEvent
from simulator.render import render
from simulator.seeds import stream

from .conftest import NOW_MS, bench
from .proofs import Proofs

COUNT = 1_000
PARTS = {"messages": "list[Message]", "appUser": "AppUser", "client": "Client", "conversation": "Conversation"}
"""Key of a body → the SDK's model of what stands there; it has none of the whole."""


@cache
def bodies(version: str) -> tuple[Any, ...]:
    """Give bodies of the default mix in that version."""
    made = bench("smooch", version=version, include_client="true")
    weights = {name: event.weight for name, event in made.catalog.events.items() if event.weight}
    types = stream(1, "mix").choices(list(weights), list(weights.values()), k=COUNT)
    return tuple(json.loads(one(made, f"{i}", event_type)) for i, event_type in enumerate(types))


def one(made: Any, event_id: str, event_type: str) -> bytes:
    event = ScheduledEvent(id=event_id, provider="smooch", type=event_type, values={}, due_ms=NOW_MS, cause="")
    return render(event, catalog=made.catalog, provider=made.provider, world=made.world, seed=1, start_ms=NOW_MS).body


def parsed(value: Any, model: str) -> Any:
    smooch = pytest.importorskip("smooch")
    return smooch.ApiClient().deserialize(type("Text", (), {"data": json.dumps(value)})(), model)


@pytest.mark.parametrize("version", ["v1", "v1.1"])
def test_official_sdk_parses_every_part_that_it_knows(version: str) -> None:
    seen = set()
    for body in bodies(version):
        for key, model in PARTS.items():
            if key in body:
                parsed(body[key], model)
                seen.add(key)

    assert seen == set(PARTS if version == "v1.1" else ("messages", "appUser"))


def test_official_sdk_reads_what_stands_in_a_message(proofs: Proofs) -> None:
    for body in bodies("v1.1"):
        for fields in body.get("messages", ()):
            message = parsed(fields, "Message")

            assert (message.id, message.author_id, message.received) == tuple(
                fields[name] for name in ("_id", "authorId", "received")
            )
            assert message.source.type == fields["source"]["type"]
            assert len(message.items or ()) == len(fields.get("items", ()))
    seen = {f"{body['trigger']}/{fields['type']}" for body in bodies("v1.1") for fields in body.get("messages", ())}
    proofs.record("smooch", "smooch", events=seen & bench("smooch").catalog.events.keys())


def test_line_of_the_catalog_points_the_sdk_here(monkeypatch: pytest.MonkeyPatch) -> None:
    smooch = pytest.importorskip("smooch")
    facts = bench("smooch").catalog
    for name, value in facts.environment("http://127.0.0.1:7716", bench("smooch").world.credentials).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(smooch.configuration, "host", smooch.configuration.host)
    (line,) = [each.line for each in facts.sdk_lines if each.sdk.startswith("smooch (")]

    exec(line, {})

    assert smooch.configuration.host == "http://127.0.0.1:7716/smooch"
