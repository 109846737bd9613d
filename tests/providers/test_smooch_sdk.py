"""Smooch's official SDK for Python understands what we send, and the line of the catalog points it here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import zip_longest
from typing import Any

import pytest

from simulator.records import ScheduledEvent
from simulator.render import render
from simulator.seeds import stream

from .conftest import NOW_MS, bench
from .proofs import Proofs

COUNT = 1_000
EACH = 20
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


MODELS: Mapping[str, str] = {
    **PARTS,
    "source": "Source",
    "surviving": "AppUser",
    "discarded": "list[AppUser]",
    "message": "Message",
    "action": "Action",
}
"""Key of an object, anywhere in a body → the SDK's model of it."""

HOLDERS = ("app", "postbacks")
"""Keys of what only holds such parts, or an id."""

UNREAD = frozenset(
    {
        *("app", "trigger", "version", "timestamp"),
        *("_id", "primary", "linkedAt", "integrationId", "mediaSize", "state"),
    }
)
"""Keys that the SDK's models do not have, at least not in all of them: it passes over such a key in silence."""


def unread(value: Any, read: Any, path: str = "") -> Iterator[str]:
    """Give where the SDK has not found what stands in a part."""
    if isinstance(value, dict):
        for name, inner in value.items():
            known = read if isinstance(read, dict) else {}
            if name in known or name not in UNREAD:
                yield from unread(inner, known.get(name), f"{path}.{name}")
    elif isinstance(value, list):
        for inner, found in zip_longest(value, read or ()):
            yield from unread(inner, found, path)
    elif value != read:
        yield f"{path}: {value!r} was read as {read!r}"


def unread_of(body: dict[str, Any], path: str = "") -> Iterator[str]:
    """Give what the SDK has not read of a body, and what it has no model for."""
    client = pytest.importorskip("smooch").ApiClient()
    for name, value in body.items():
        if name in MODELS:
            yield from unread(value, client.sanitize_for_serialization(parsed(value, MODELS[name])), name)
        elif name in HOLDERS:
            for inner in value if isinstance(value, list) else [value]:
                yield from unread_of(inner, f"{path}{name}.")
        elif name not in UNREAD:
            yield f"{path}{name}: there is no model"


READ = [
    *(event for event in bench("smooch").catalog.events if event.startswith(("message:app", "postback"))),
    *("conversation:start", "conversation:read", "merge:appUser", "client:add", "client:remove", "appUser:delete"),
]
"""The events of which each object has a model in the SDK."""


@pytest.mark.parametrize("event", READ)
def test_official_sdk_finds_what_was_put_into_an_event(event: str, proofs: Proofs) -> None:
    made = bench("smooch", version="v1.1", include_client="true", include_full_app_user="true")
    for number in range(EACH):
        body = json.loads(one(made, f"{event}/{number}", event))

        assert list(unread_of(body)) == []
    proofs.record("smooch", "smooch", events=[event])


def test_other_events_have_something_that_the_sdk_has_no_model_for() -> None:
    made = bench("smooch", version="v1.1", include_client="true")
    for event in made.catalog.events.keys() - set(READ):
        body = json.loads(one(made, event, event))

        assert [line for line in unread_of(body) if line.endswith("no model")], event


def test_line_of_the_catalog_points_the_sdk_here(monkeypatch: pytest.MonkeyPatch) -> None:
    smooch = pytest.importorskip("smooch")
    facts = bench("smooch").catalog
    for name, value in facts.environment("http://127.0.0.1:7716", bench("smooch").world.credentials).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(smooch.configuration, "host", smooch.configuration.host)
    (line,) = [each.line for each in facts.sdk_lines if each.sdk.startswith("smooch (")]

    exec(line, {})

    assert smooch.configuration.host == "http://127.0.0.1:7716/smooch"
