"""Calls that are wrong get Viber's own answer, mostly HTTP status 200 with a number, and a place in the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.theatre import Deed, stage

from .badly import Api, Told, Wrong, made

SEND = "/pa/send_message"
NOBODY = "AAAAAAAAAAAAAAAAAAAAAA=="
NAMES: dict[str, tuple[int, int]] = {
    "wrong verb": (405, 999),
    "wrong path": (404, 999),
    "form for JSON": (200, 3),
    "form with files": (200, 3),
    "no token": (200, 2),
    "wrong token": (200, 2),
    "text too long": (200, 3),
    "unknown receiver": (200, 5),
    "key twice": (200, 0),
    "body of 30 MB": (200, 3),
    "body beyond 30 kB": (200, 3),
    "broken JSON": (200, 3),
    "no object": (200, 3),
    "Latin-1": (200, 3),
    "UTF-16": (200, 3),
    "keyboard without a type": (200, 3),
    "nothing at all": (200, 4),
    "type that does no harm": (200, 0),
}
"""Call → HTTP status, and the number in the body."""


def calls(api: Api) -> Sequence[Wrong]:
    token, ana = {"X-Viber-Auth-Token": api.variables["VIBER_AUTH_TOKEN"]}, api.actors["ana"]
    said = {"receiver": ana, "sender": {"name": "Shop"}, "type": "text", "text": "héllo"}

    def wrong(name: str, fields: Any = None, path: str = SEND, **changes: Any) -> Wrong:
        status, code = NAMES[name]
        text = fields if isinstance(fields, bytes) else json.dumps({**said, **(fields or {})}).encode()
        headers = {"Content-Type": "application/json", **token, **changes.pop("headers", {})}
        headers = {key: value for key, value in headers.items() if value is not None}
        return Wrong(name=name, path=path, body=text, headers=headers, status=status, code=code, **changes)

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    files = {"Content-Type": "multipart/form-data; boundary=x"}
    part = b'--x\r\nContent-Disposition: form-data; name="type"\r\n\r\ntext\r\n--x--\r\n'
    raw = json.dumps(said, ensure_ascii=False)
    return [
        wrong("wrong verb", method="PUT"),
        wrong("wrong path", path="/pa/send_massage"),
        wrong("form for JSON", b"type=text&text=hello", headers=form),
        wrong("form with files", part, headers=files),
        wrong("no token", headers={"X-Viber-Auth-Token": None}),
        wrong("wrong token", headers={"X-Viber-Auth-Token": "1-2-3"}),
        wrong("text too long", {"text": "x" * 7001}),
        wrong("unknown receiver", {"receiver": NOBODY}),
        wrong("key twice", f'{{"ids":["{NOBODY}"],"ids":["{ana}"]}}'.encode(), "/pa/get_online"),
        wrong("body of 30 MB", b'{"text":"' + b"x" * 30_000_000 + b'"}'),
        wrong("body beyond 30 kB", {"tracking_data": "x" * 31_000}),
        wrong("broken JSON", b'{"type": "text", '),
        wrong("no object", b"[1]"),
        wrong("Latin-1", raw.encode("latin-1"), headers={"Content-Type": "application/json; charset=latin-1"}),
        wrong("UTF-16", raw.encode("utf-16"), headers={"Content-Type": "application/json; charset=utf-16"}),
        wrong("keyboard without a type", {"keyboard": {"Buttons": [{"ActionBody": "go"}]}}),
        wrong("nothing at all", b""),
        wrong("type that does no harm", headers={"Content-Type": "text/plain"}),
    ]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    return made("viber", tmp_path_factory.mktemp("viber") / "journal.jsonl", calls)


@pytest.mark.parametrize("name", NAMES)
def test_wrong_call_gets_the_answer_of_the_service_and_an_entry(name: str, asked: dict[str, Told]) -> None:
    told = asked[name]

    assert (told.status, told.body["status"]) == NAMES[name]
    assert told.journal["status"] == told.status
    assert bool(told.journal["response"]["error"]) is (told.body["status"] != 0)


def test_of_a_key_that_stands_twice_the_last_one_counts(asked: dict[str, Told]) -> None:
    (found,) = asked["key twice"].body["users"]

    assert (found["id"] == NOBODY, found["online_status_message"]) == (False, "online")


def test_who_has_left_cannot_be_written_to(tmp_path: Path) -> None:
    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        return Deed(says=((3.0, "Goodbye"),) if body["event"] == "unsubscribed" else ())

    theatre = stage(tmp_path, "steps: [{ana: hello}, {ana: {leaves: chat}}]", bot)
    theatre.play()

    (answer,) = theatre.answers
    (entry,) = [entry for entry in theatre.journal.entries if entry.kind == "CallAnswered"]
    assert (answer["status"], answer["status_message"]) == (6, "notSubscribed")
    assert (entry.data.status, entry.data.response.error) == (200, "receiver_not_subscribed")
