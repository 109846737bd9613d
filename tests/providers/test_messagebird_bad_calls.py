"""Calls that are wrong get MessageBird's own answer, a list of numbered errors, and a place in the journal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from .badly import Api, Told, Wrong, made

NAMES: dict[str, tuple[int, int]] = {
    "wrong verb": (405, 21),
    "wrong path": (404, 98),
    "form for JSON": (422, 9),
    "form with files": (422, 9),
    "no token": (401, 2),
    "wrong token": (401, 2),
    "no receiver": (422, 9),
    "receiver that is none": (422, 10),
    "unknown channel": (422, 10),
    "unknown type": (422, 10),
    "content of another type": (422, 9),
    "empty text": (422, 10),
    "unknown conversation": (404, 20),
    "webhook for no event": (422, 10),
    "page that is too long": (422, 10),
    "body of 30 MB": (413, 21),
    "body beyond 1 MiB": (413, 21),
    "broken JSON": (400, 21),
    "no object": (400, 21),
    "Latin-1": (400, 21),
    "UTF-16": (400, 21),
    "nothing at all": (422, 9),
    "key twice": (202, 0),
    "type that does no harm": (202, 0),
}
"""Call → HTTP status, and the number of the error; 0 where nothing is refused."""


def calls(api: Api) -> Sequence[Wrong]:
    key = {"Authorization": f"AccessKey {api.variables['MESSAGEBIRD_ACCESS_KEY']}"}
    channel = api.variables["MESSAGEBIRD_CHANNEL_ID"]
    said = {"to": api.actors["ana"], "from": channel, "type": "text", "content": {"text": "héllo"}}

    def wrong(name: str, fields: Any = None, path: str = "/send", **changes: Any) -> Wrong:
        status, code = NAMES[name]
        body = fields if isinstance(fields, bytes) else json.dumps({**said, **(fields or {})}).encode()
        headers = {"Content-Type": "application/json", **key, **changes.pop("headers", {})}
        headers = {each: value for each, value in headers.items() if value is not None}
        whole = f"/messagebird/v1{path}"
        return Wrong(name=name, path=whole, body=body, headers=headers, status=status, code=code, **changes)

    raw = json.dumps(said, ensure_ascii=False)
    part = b'--x\r\nContent-Disposition: form-data; name="type"\r\n\r\ntext\r\n--x--\r\n'
    webhook = b'{"url": "https://bot.example/x", "events": ["message.received"]}'
    return [
        wrong("wrong verb", method="PUT"),
        wrong("wrong path", path="/sent"),
        wrong("form for JSON", b"type=text&text=a", headers={"Content-Type": "application/x-www-form-urlencoded"}),
        wrong("form with files", part, headers={"Content-Type": "multipart/form-data; boundary=x"}),
        wrong("no token", headers={"Authorization": None}),
        wrong("wrong token", headers={"Authorization": "AccessKey 1-2-3"}),
        wrong("no receiver", {"to": None}),
        wrong("receiver that is none", {"to": "Ana"}),
        wrong("unknown channel", {"from": "0" * 32}),
        wrong("unknown type", {"type": "poll"}),
        wrong("content of another type", {"type": "image"}),
        wrong("empty text", {"content": {"text": ""}}),
        wrong("unknown conversation", path=f"/conversations/{'0' * 32}/messages"),
        wrong("webhook for no event", webhook, "/webhooks"),
        wrong("page that is too long", b"", "/conversations?limit=101", method="GET"),
        wrong("body of 30 MB", b'{"tag":"' + b"x" * 30_000_000 + b'"}'),
        wrong("body beyond 1 MiB", {"tag": "x" * 1_048_576}),
        wrong("broken JSON", b'{"to": '),
        wrong("no object", b"[1]"),
        wrong("Latin-1", raw.encode("latin-1"), headers={"Content-Type": "application/json; charset=latin-1"}),
        wrong("UTF-16", raw.encode("utf-16"), headers={"Content-Type": "application/json; charset=utf-16"}),
        wrong("nothing at all", b""),
        wrong("key twice", (raw[:-1] + ', "type": 7, "type": "text"}').encode()),
        wrong("type that does no harm", headers={"Content-Type": "text/plain"}),
    ]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    return made("messagebird", tmp_path_factory.mktemp("messagebird") / "journal.jsonl", calls)


@pytest.mark.parametrize("name", NAMES)
def test_wrong_call_gets_the_answer_of_the_service_and_an_entry(name: str, asked: dict[str, Told]) -> None:
    told = asked[name]

    assert (told.status, told.body.get("errors", [{"code": 0}])[0]["code"]) == NAMES[name]
    assert told.journal["status"] == told.status
    assert bool(told.journal["response"]["error"]) is bool(NAMES[name][1])


@pytest.mark.parametrize(
    ("name", "parameter"),
    [("no receiver", "to"), ("unknown channel", "from"), ("content of another type", "content.image")],
)
def test_refusal_names_the_parameter(name: str, parameter: str, asked: dict[str, Told]) -> None:
    assert asked[name].body["errors"][0]["parameter"] == parameter
