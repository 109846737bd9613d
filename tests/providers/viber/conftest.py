"""Viber's account with one webhook and two people: Ana, who is subscribed, and Bob, who is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from simulator import catalog, providers
from simulator.fake import profile
from simulator.ids import Ids
from simulator.provider import Act, ApiResponse, Occurrence
from simulator.records import ApiCall
from simulator.seeds import stream
from simulator.world import Put, Remove, Row, World

NOW_MS = 1_767_603_600_000
VIBER = providers.load("viber")
FACTS = catalog.load("viber")


def ids(now_ms: int = NOW_MS, name: str = "test") -> Ids:
    return Ids(VIBER.ids, stream(1, name), now_ms)


def a_person(name: str, **given: Any) -> Row:
    return VIBER.person(profile(1, 0, name, "en_GB", given), ids(name=name))


def a_world(
    *people: Row, is_registered: bool = True, limits: Mapping[str, Any] = FACTS.limits, **options: Any
) -> World:
    world = World(
        credentials=catalog.credentials_with(FACTS, {}),
        options=catalog.options_with(FACTS, options),
        limits=limits,
    )
    world.apply(Put(table="account", key="account", row=FACTS.account))
    if is_registered:
        row = {"url": "https://bot.example.com/hook", "events": None}
        world.apply(Put(table="subscriptions", key="webhook", row=row))
    for person in people:
        world.apply(Put(table="users", key=person["id"], row=person))
    return world


def a_call(operation: str, fields: Any, *, source: str = "http", at_ms: int = NOW_MS, **changes: Any) -> ApiCall:
    known = {
        "id": "call/1",
        "provider": "viber",
        "method": "POST",
        "path": f"/pa/{operation}",
        "headers": {},
        "body": json.dumps(fields).encode() if fields is not None else b"",
        "fields": fields,
        "operation": operation,
        "at_ms": at_ms,
        "source": source,
    }
    return ApiCall(**{**known, **changes})


def do(world: World, operation: str, fields: Any, **changes: Any) -> ApiResponse:
    """Handle a call of the bot and apply its effects on the world."""
    call = a_call(operation, fields, **changes)
    route = next(route for route in VIBER.routes if route.operation == operation)
    response = route.handler(call, world, ids(call.at_ms))
    for effect in response.effects:
        if isinstance(effect, Put | Remove):
            world.apply(effect)
    return response


def act(world: World, user_id: str, verb: str, value: Any, **extra: Any) -> tuple[Occurrence, ...] | None:
    """Let a person do something and apply its effects on the world."""
    user = world.get("users", user_id)
    assert user is not None
    occurrences = VIBER.acts(Act(verb=verb, value=value, user=user, extra=extra), world, ids())
    for occurrence in occurrences or ():
        for effect in occurrence.effects:
            assert isinstance(effect, Put | Remove)
            world.apply(effect)
    return occurrences


@pytest.fixture
def ana() -> Row:
    return a_person("ana", subscribed=True)


@pytest.fixture
def bob() -> Row:
    return a_person("bob")


@pytest.fixture
def world(ana: Row, bob: Row) -> World:
    return a_world(ana, bob)
