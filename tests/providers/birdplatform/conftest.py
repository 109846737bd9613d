"""The platform's workspace with its two numbers and two people: Ana, on WhatsApp, and Ben, who writes by SMS."""

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
from simulator.records import ApiCall, Reply
from simulator.seeds import stream
from simulator.world import Emit, Put, Register, Remove, Row, World

NOW_MS = 1_767_603_600_000
PLATFORM = providers.load("birdplatform")
FACTS = catalog.load("birdplatform")


def ids(now_ms: int = NOW_MS, name: str = "test") -> Ids:
    return Ids(PLATFORM.ids, stream(1, name, now_ms), now_ms)


def a_person(name: str, **given: Any) -> Row:
    return {**PLATFORM.person(profile(1, 0, name, "en_GB", {"name": name.title()}), ids(name=name)), **given}


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
        self.number = self.world.options["whatsapp_number"]
        self.now_ms = NOW_MS
        self.emitted: list[Emit] = []
        self.registered: list[Register] = []

    def call(
        self,
        method: str,
        path: str,
        fields: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        **headers: str,
    ) -> Answered:
        self.now_ms += 2_000
        call = ApiCall(
            id="call/1",
            provider="birdplatform",
            method=method,
            path=path,
            headers={
                "authorization": f"Bearer {self.world.credentials['api_key']}",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
            body=body if body is not None else json.dumps(fields).encode() if fields is not None else b"",
            query=query or {},
            at_ms=self.now_ms,
        )
        made = ids(self.now_ms)
        answered = answering.answer(call, provider=PLATFORM, catalog=FACTS, world=self.world, ids=made)
        self.last = answered
        self.emitted = [each for each in answered.response.effects if isinstance(each, Emit)]
        self.registered = [each for each in answered.response.effects if isinstance(each, Register)]
        for effect in answered.response.effects:
            if isinstance(effect, Register):
                self.world.apply(Put(table="subscriptions", key=effect.key, row=effect.row))
            elif isinstance(effect, Put | Remove):
                self.world.apply(effect)
        return answered

    def say(self, to: str, words: str, **changes: Any) -> str:
        """Let the bot write on WhatsApp, and give the id of the message."""
        said = {"to": to, "from": self.number, "text": {"body": words}, **changes}
        return str(fields(self.call("POST", "/v1/whatsapp/messages", said))["id"])

    def replies(self) -> tuple[Reply, ...]:
        """Give what the last call said."""
        return PLATFORM.replies(self.last.call, self.last.response)

    def act(self, user_id: str, verb: str, value: Any, **extra: Any) -> tuple[Occurrence, ...] | None:
        self.now_ms += 2_000
        user = self.world.get("users", user_id)
        assert user is not None
        occurrences = PLATFORM.acts(Act(verb=verb, value=value, user=user, extra=extra), self.world, ids(self.now_ms))
        for occurrence in occurrences or ():
            for effect in occurrence.effects:
                assert isinstance(effect, Put | Remove)
                self.world.apply(effect)
        return occurrences

    def written(self, user_id: str, words: str = "Hello") -> str:
        """Let a person write, and give the id of the message."""
        found = self.act(user_id, "text", words)
        assert found is not None
        return str(found[0].values["id"])


def fields(answered: Answered) -> Any:
    return json.loads(answered.body) if answered.body else None


@pytest.fixture
def ana() -> Row:
    return a_person("ana")


@pytest.fixture
def ben() -> Row:
    return a_person("ben", channel="sms")


@pytest.fixture
def desk(ana: Row, ben: Row) -> Desk:
    return Desk(ana, ben)
