"""Bird's workspace with its two channels and two people: Ana, who writes on WhatsApp, and Ben, who writes by SMS."""

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
BIRD = providers.load("bird")
FACTS = catalog.load("bird")
WORKSPACE = FACTS.options["workspace"].default
WHATSAPP = FACTS.options["whatsapp_channel"].default
SMS = FACTS.options["sms_channel"].default
KEY_ID = FACTS.account["access_key_id"]


def ids(now_ms: int = NOW_MS, name: str = "test") -> Ids:
    return Ids(BIRD.ids, stream(1, name, now_ms), now_ms)


def a_person(name: str, **given: Any) -> Row:
    return {**BIRD.person(profile(1, 0, name, "en_GB", {"name": name.title()}), ids(name=name)), **given}


def a_world(*people: Row, **options: Any) -> World:
    world = World(
        credentials=catalog.credentials_with(FACTS, {}),
        options=catalog.options_with(FACTS, options),
        limits=FACTS.limits,
    )
    world.apply(Put(table="account", key="account", row=FACTS.account))
    for person in people:
        world.apply(Put(table="users", key=person["id"], row=person))
    return world


class Desk:
    """Where the bot calls and people act, each a second after the other; what is set off is kept."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now_ms = NOW_MS
        self.emitted: list[Emit] = []

    def call(self, method: str, path: str, fields: Any = None, *, query: Mapping[str, str] | None = None) -> Answered:
        whole = path if path.startswith("/organizations") else f"/workspaces/{WORKSPACE}{path}"
        return self.request(method, whole, body=json.dumps(fields).encode() if fields is not None else b"", query=query)

    def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        self.now_ms += 1_000
        key = {"authorization": f"AccessKey {self.world.credentials['access_key']}"}
        call = ApiCall(
            id="call/1",
            provider="bird",
            method=method,
            path=path,
            headers=key if headers is None else headers,
            body=body,
            query=query or {},
            base_url="http://127.0.0.1:1/bird",
            at_ms=self.now_ms,
        )
        made = ids(self.now_ms)
        answered = answering.answer(call, provider=BIRD, catalog=FACTS, world=self.world, ids=made)
        self.emitted = [each for each in answered.response.effects if isinstance(each, Emit)]
        for effect in answered.response.effects:
            if isinstance(effect, Register):
                self.world.apply(Put(table="subscriptions", key=effect.key, row=effect.row))
            elif isinstance(effect, Put | Remove):
                self.world.apply(effect)
        return answered

    def act(self, user_id: str, verb: str, value: Any, **extra: Any) -> tuple[Occurrence, ...] | None:
        self.now_ms += 1_000
        user = self.world.get("users", user_id)
        assert user is not None
        act = Act(verb=verb, value=value, user=user, extra=extra)
        occurrences = BIRD.acts(act, self.world, ids(self.now_ms))
        for occurrence in occurrences or ():
            for effect in occurrence.effects:
                assert isinstance(effect, Put | Remove)
                self.world.apply(effect)
        return occurrences

    def conversation_with(self, user_id: str) -> str:
        """Let a person write, and give the id of the conversation."""
        found = self.act(user_id, "text", "Hello")
        assert found is not None
        return str(found[1].values["id"])


def fields(answered: Answered) -> Any:
    return json.loads(answered.body) if answered.body else None


def a_message(to: str, words: str = "hi", **changes: Any) -> dict[str, Any]:
    contact = {"identifierKey": "phonenumber", "identifierValue": to}
    return {"receiver": {"contacts": [contact]}, "body": {"type": "text", "text": {"text": words}}, **changes}


@pytest.fixture
def ana() -> Row:
    return a_person("ana")


@pytest.fixture
def ben() -> Row:
    return a_person("ben", platform="sms")


@pytest.fixture
def desk(ana: Row, ben: Row) -> Desk:
    return Desk(a_world(ana, ben))
