"""A Canvas instance with a bot and two people, Ana and Ben, who have not written to each other yet."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from simulator import answering, catalog, providers
from simulator.answering import Answered
from simulator.ids import Ids
from simulator.provider import Act, Occurrence
from simulator.records import ApiCall, Reply
from simulator.render.person import person
from simulator.seeds import stream
from simulator.world import Emit, Put, Remove, World

NOW_MS = 1_767_603_600_000
CANVAS = providers.load("canvas")
FACTS = catalog.load("canvas")
BOT = str(FACTS.account["bot"]["id"])
ANA, BEN = "501001", "501002"
TOKEN = FACTS.credentials["access_token"].default


class Instance:
    """Canvas, with a clock that goes on by a second for each thing that is done."""

    def __init__(self, **options: Any) -> None:
        self.world = World(
            credentials=catalog.credentials_with(FACTS, {}),
            options=catalog.options_with(FACTS, options),
            limits=FACTS.limits,
        )
        self.world.apply(Put(table="account", key="account", row=FACTS.account))
        for user_id, name in ((ANA, "Ana Souza"), (BEN, "Ben Ward")):
            row = person(CANVAS, seed=1, start_ms=NOW_MS, name=name, given={"name": name, "id": user_id})
            self.world.apply(Put(table="users", key=user_id, row=row))
        self.now_ms = NOW_MS
        self.replies: tuple[Reply, ...] = ()
        self.events: list[Emit] = []

    def ids(self) -> Ids:
        self.now_ms += 1000
        return Ids(CANVAS.ids, stream(1, "ids", self.now_ms), self.now_ms)

    def act(self, user_id: str, verb: str, value: Any, **extra: Any) -> tuple[Occurrence, ...]:
        """Let somebody do something; its effects are applied."""
        act = Act(verb=verb, value=value, user=self.world.get("users", user_id) or {}, extra=extra)
        found = CANVAS.acts(act, self.world, self.ids())
        assert found is not None
        for occurrence in found:
            for effect in occurrence.effects:
                assert isinstance(effect, Put | Remove)
                self.world.apply(effect)
        return found

    def ask(
        self, method: str, path: str, fields: Any = None, *, query: dict[str, Any] | None = None, **headers: str
    ) -> Answered:
        """Call the API: a form where the fields are a list of pairs, else JSON; its effects are applied."""
        is_form = isinstance(fields, list)
        body = urlencode(fields) if is_form else json.dumps(fields) if fields is not None else ""
        kind = "application/x-www-form-urlencoded" if is_form else "application/json"
        known = {"content-type": kind, "authorization": f"Bearer {TOKEN}", "user-agent": "tests/1"}
        ids = self.ids()
        call = ApiCall(
            id="call/1",
            provider="canvas",
            method=method,
            path=f"/api/v1{path}",
            headers={**known, **{name.replace("_", "-"): value for name, value in headers.items()}},
            body=body.encode(),
            query=query or {},
            at_ms=self.now_ms,
            base_url="http://127.0.0.1:1/canvas",
        )
        answered = answering.answer(call, provider=CANVAS, catalog=FACTS, world=self.world, ids=ids)
        self.events = []
        for effect in answered.response.effects:
            if isinstance(effect, Emit):
                self.events.append(effect)
            else:
                assert isinstance(effect, Put | Remove)
                self.world.apply(effect)
        self.replies = () if answered.response.error else CANVAS.replies(answered.call, answered.response)
        return answered

    def types(self) -> list[str]:
        """Give the types of the events that the last call caused."""
        return [event.type for event in self.events]


def body_of(answered: Answered) -> Any:
    return json.loads(answered.body)


@pytest.fixture
def canvas() -> Instance:
    return Instance()
