"""MessageBird's account with its channel, and Ana."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from simulator import answering, catalog, providers
from simulator.answering import Answered
from simulator.fake import profile
from simulator.ids import Ids
from simulator.provider import Act, Occurrence
from simulator.records import ApiCall
from simulator.seeds import stream
from simulator.world import Emit, Put, Register, Remove, Row, World

NOW_MS = 1_767_603_600_000
MESSAGEBIRD = providers.load("messagebird")
FACTS = catalog.load("messagebird")


def ids(now_ms: int = NOW_MS, name: str = "test") -> Ids:
    return Ids(MESSAGEBIRD.ids, stream(1, name, now_ms), now_ms)


def a_person(name: str) -> Row:
    return MESSAGEBIRD.person(profile(1, 0, name, "en_GB", {"name": name.title()}), ids(name=name))


class Desk:
    """Where the bot calls and people act, each two seconds after the other; what is set off is kept."""

    def __init__(self, *people: Row, **options: Any) -> None:
        self.world = World(
            credentials=catalog.credentials_with(FACTS, {}),
            options=catalog.options_with(FACTS, options),
            limits=FACTS.limits,
        )
        self.world.apply(Put(table="account", key="account", row=FACTS.account))
        for person in people:
            self.world.apply(Put(table="users", key=person["id"], row=person))
        self.channel = self.world.options["channel"]
        self.now_ms = NOW_MS
        self.emitted: list[Emit] = []

    def call(self, method: str, path: str, fields: Any = None, *, query: Mapping[str, str] | None = None) -> Answered:
        self.now_ms += 2_000
        call = ApiCall(
            id="call/1",
            provider="messagebird",
            method=method,
            path=path,
            headers={"authorization": f"AccessKey {self.world.credentials['access_key']}"},
            body=json.dumps(fields).encode() if fields is not None else b"",
            query=query or {},
            at_ms=self.now_ms,
        )
        made = ids(self.now_ms)
        answered = answering.answer(call, provider=MESSAGEBIRD, catalog=FACTS, world=self.world, ids=made)
        self.emitted = [each for each in answered.response.effects if isinstance(each, Emit)]
        for effect in answered.response.effects:
            if isinstance(effect, Register):
                self.world.apply(Put(table="subscriptions", key=effect.key, row=effect.row))
            elif isinstance(effect, Put | Remove):
                self.world.apply(effect)
        return answered

    def act(self, user_id: str, verb: str, value: Any, **extra: Any) -> tuple[Occurrence, ...] | None:
        self.now_ms += 2_000
        user = self.world.get("users", user_id)
        assert user is not None
        occurrences = MESSAGEBIRD.acts(
            Act(verb=verb, value=value, user=user, extra=extra), self.world, ids(self.now_ms)
        )
        for occurrence in occurrences or ():
            for effect in occurrence.effects:
                assert isinstance(effect, Put | Remove)
                self.world.apply(effect)
        return occurrences

    def conversation_with(self, user_id: str) -> str:
        """Let a person write, and give the id of the conversation."""
        found = self.act(user_id, "text", "Hello")
        assert found is not None
        return str(found[0].values["conversation"]["id"])


def fields(answered: Answered) -> Any:
    return json.loads(answered.body) if answered.body else None


def text(words: str = "hi", **changes: Any) -> dict[str, Any]:
    return {"type": "text", "content": {"text": words}, **changes}


@pytest.fixture
def ana() -> Row:
    return a_person("ana")


@pytest.fixture
def desk(ana: Row) -> Desk:
    return Desk(ana)
