"""Calls that are wrong get the platform's own answer, with the id of the request, and a place in the journal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from .badly import Api, Told, Wrong, made

SEND = "/whatsapp/messages"

NAMES: dict[str, tuple[int, str]] = {
    "wrong verb": (405, "bad_request_error"),
    "wrong path": (404, "not_found_error"),
    "form for JSON": (422, "validation_error"),
    "form with files": (422, "validation_error"),
    "no token": (401, "auth_error"),
    "wrong token": (401, "auth_error"),
    "token of another kind": (401, "auth_error"),
    "text too long": (422, "validation_error"),
    "receiver that is none": (422, "validation_error"),
    "unknown sender": (422, "validation_error"),
    "unknown message": (404, "not_found_error"),
    "webhook for no event": (422, "validation_error"),
    "page that there is not": (422, "validation_error"),
    "key for the first time": (202, ""),
    "key for the second time": (202, ""),
    "key for something else": (409, "conflict_error"),
    "body of 30 MB": (413, "payload_too_large_error"),
    "body beyond 1 MiB": (413, "payload_too_large_error"),
    "broken JSON": (400, "bad_request_error"),
    "no object": (400, "bad_request_error"),
    "Latin-1": (400, "bad_request_error"),
    "UTF-16": (400, "bad_request_error"),
    "nothing at all": (422, "validation_error"),
    "key of an object twice": (202, ""),
    "type that does no harm": (202, ""),
}
"""Call → HTTP status, and the type of the error; an empty one where nothing is refused."""


def calls(api: Api) -> Sequence[Wrong]:
    key = {"Authorization": f"Bearer {api.variables['BIRD_API_KEY']}"}
    said = {"to": api.actors["ana"], "from": api.variables["BIRD_WHATSAPP_NUMBER"], "text": {"body": "héllo"}}

    def wrong(name: str, fields: Any = None, path: str = SEND, **changes: Any) -> Wrong:
        status, code = NAMES[name]
        body = fields if isinstance(fields, bytes) else json.dumps({**said, **(fields or {})}).encode()
        headers = {"Content-Type": "application/json", **key, **changes.pop("headers", {})}
        headers = {each: value for each, value in headers.items() if value is not None}
        whole = f"/birdplatform/v1{path}"
        return Wrong(name=name, path=whole, body=body, headers=headers, status=status, code=code, **changes)

    once = {"Idempotency-Key": "one"}
    raw = json.dumps(said, ensure_ascii=False)
    part = b'--x\r\nContent-Disposition: form-data; name="to"\r\n\r\na\r\n--x--\r\n'
    webhook = b'{"url": "https://bot.example/x", "events": ["message.received"]}'
    return [
        wrong("wrong verb", method="PUT"),
        wrong("wrong path", path="/whatsapp/massages"),
        wrong("form for JSON", b"to=a&text=b", headers={"Content-Type": "application/x-www-form-urlencoded"}),
        wrong("form with files", part, headers={"Content-Type": "multipart/form-data; boundary=x"}),
        wrong("no token", headers={"Authorization": None}),
        wrong("wrong token", headers={"Authorization": "Bearer bk_us1_another"}),
        wrong("token of another kind", headers={"Authorization": key["Authorization"].replace("Bearer", "AccessKey")}),
        wrong("text too long", {"text": {"body": "x" * 4097}}),
        wrong("receiver that is none", {"to": "Ana"}),
        wrong("unknown sender", {"from": "+31600000000"}),
        wrong("unknown message", b"", f"{SEND}/wam_01krdgeqcxet5s7t44vh8rt9mg", method="GET"),
        wrong("webhook for no event", webhook, "/webhooks"),
        wrong("page that there is not", b"", f"{SEND}?starting_after=nothing", method="GET"),
        wrong("key for the first time", headers=once),
        wrong("key for the second time", headers=once),
        wrong("key for something else", {"text": {"body": "another"}}, headers=once),
        wrong("body of 30 MB", b'{"to":"' + b"x" * 30_000_000 + b'"}'),
        wrong("body beyond 1 MiB", {"metadata": {"a": "x" * 1_048_576}}),
        wrong("broken JSON", b'{"to": '),
        wrong("no object", b"[1]"),
        wrong("Latin-1", raw.encode("latin-1"), headers={"Content-Type": "application/json; charset=latin-1"}),
        wrong("UTF-16", raw.encode("utf-16"), headers={"Content-Type": "application/json; charset=utf-16"}),
        wrong("nothing at all", b""),
        wrong("key of an object twice", (raw[:-1] + ', "tags": 7, "tags": null}').encode()),
        wrong("type that does no harm", headers={"Content-Type": "text/plain"}),
    ]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    return made("birdplatform", tmp_path_factory.mktemp("birdplatform") / "journal.jsonl", calls)


@pytest.mark.parametrize("name", NAMES)
def test_wrong_call_gets_the_answer_of_the_service_and_an_entry(name: str, asked: dict[str, Told]) -> None:
    told = asked[name]

    assert (told.status, told.body.get("error", {"type": ""})["type"]) == NAMES[name]
    assert told.journal["status"] == told.status
    assert bool(told.journal["response"]["error"]) is bool(NAMES[name][1])


def test_message_is_sent_once_for_one_key(asked: dict[str, Told]) -> None:
    first, second = asked["key for the first time"], asked["key for the second time"]

    assert first.body == second.body
    assert first.journal["response"]["effects"]
    assert not second.journal["response"]["effects"]


def test_refusals_can_be_told_apart_by_the_id_of_the_request(asked: dict[str, Told]) -> None:
    ids = [told.body["error"]["request_id"] for told in asked.values() if "error" in told.body]

    assert len(set(ids)) == len(ids)
