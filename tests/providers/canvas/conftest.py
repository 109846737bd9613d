"""A Canvas instance with a bot and two people, Ana and Ben, who have not written to each other yet."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from simulator import answering, catalog, forms, providers
from simulator.answering import Answered
from simulator.ids import Ids
from simulator.provider import Act, Occurrence
from simulator.records import ApiCall, Reply
from simulator.render.person import person
from simulator.seeds import stream
from simulator.world import Emit, Put, Register, Remove, World

NOW_MS = 1_767_603_600_000
CANVAS = providers.load("canvas")
FACTS = catalog.load("canvas")
BOT = str(FACTS.account["bot"]["id"])
ANA, BEN = "501001", "501002"
BASE = "http://127.0.0.1:1/canvas"
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
        """Call the API: a form where the fields are a list of pairs, else JSON or bytes; its effects are applied."""
        is_form = isinstance(fields, list)
        body = (
            urlencode(fields) if is_form else "" if fields is None or isinstance(fields, bytes) else json.dumps(fields)
        )
        kind = "application/x-www-form-urlencoded" if is_form else "application/json"
        known = {"content-type": kind, "authorization": f"Bearer {TOKEN}", "user-agent": "tests/1"}
        place = urlsplit(path)
        ids = self.ids()
        call = ApiCall(
            id="call/1",
            provider="canvas",
            method=method,
            path=place.path if place.path.startswith("/api/") else f"/api/v1{place.path}",
            headers={**known, **{name.replace("_", "-"): value for name, value in headers.items()}},
            body=fields if isinstance(fields, bytes) else body.encode(),
            query=query or forms.parse(place.query),
            at_ms=self.now_ms,
            base_url=BASE,
        )
        answered = answering.answer(call, provider=CANVAS, catalog=FACTS, world=self.world, ids=ids)
        self.events = []
        for effect in answered.response.effects:
            if isinstance(effect, Emit):
                self.events.append(effect)
            elif isinstance(effect, Register):
                self.world.apply(Put(table="subscriptions", key=effect.key, row=effect.row))
            else:
                self.world.apply(effect)
        self.replies = () if answered.response.error else CANVAS.replies(answered.call, answered.response)
        return answered

    def types(self) -> list[str]:
        """Give the types of the events that the last call caused."""
        return [event.type for event in self.events]


BOUNDARY = "b0und"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def multipart(*parts: tuple[str, str | bytes]) -> bytes:
    """Give the body of a form of several parts; one whose content is bytes is a file."""
    pieces = []
    for name, content in parts:
        file_name = '; filename="x.bin"' if isinstance(content, bytes) else ""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file_name}\r\n\r\n'
        pieces.append(head.encode() + (content if isinstance(content, bytes) else content.encode()) + b"\r\n")
    return b"".join(pieces) + f"--{BOUNDARY}--\r\n".encode()


def body_of(answered: Answered) -> Any:
    return json.loads(answered.body)


@pytest.fixture
def canvas() -> Instance:
    return Instance()
