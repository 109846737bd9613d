"""Calls that are wrong get Bird's own answer and a place in the journal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from .badly import Api, Told, Wrong, made

NAMES: dict[str, tuple[int, str]] = {
    "wrong verb": (405, "MethodNotAllowed"),
    "wrong path": (404, "NotFound"),
    "form for JSON": (422, "InvalidPayload"),
    "form with files": (422, "InvalidPayload"),
    "no token": (401, "Unauthorized"),
    "wrong token": (401, "Unauthorized"),
    "token of another kind": (401, "Unauthorized"),
    "another workspace": (403, "AccessDenied"),
    "unknown field": (422, "InvalidPayload"),
    "too many actions": (422, "InvalidPayload"),
    "too many tags": (422, "InvalidPayload"),
    "no receiver": (422, "InvalidPayload"),
    "unknown channel": (404, "NotFound"),
    "unknown conversation": (404, "NotFound"),
    "conversation twice": (201, ""),
    "conversation again": (409, "ConflictError"),
    "subscription to two events": (422, "InvalidPayload"),
    "page that there is not": (422, "InvalidPayload"),
    "body of 30 MB": (413, "InvalidPayload"),
    "body beyond 200 kB": (413, "InvalidPayload"),
    "broken JSON": (400, "InvalidPayload"),
    "no object": (400, "InvalidPayload"),
    "Latin-1": (400, "InvalidPayload"),
    "UTF-16": (400, "InvalidPayload"),
    "nothing at all": (422, "InvalidPayload"),
    "key twice": (202, ""),
    "type that does no harm": (202, ""),
}
"""Call → HTTP status, and the code in the body; an empty one where nothing is refused."""


def calls(api: Api) -> Sequence[Wrong]:
    key = {"Authorization": f"AccessKey {api.variables['BIRD_ACCESS_KEY']}"}
    root = f"/bird/workspaces/{api.variables['BIRD_WORKSPACE_ID']}"
    channel = api.variables["BIRD_WHATSAPP_CHANNEL_ID"]
    contact = {"identifierKey": "phonenumber", "identifierValue": api.actors["ana"]}
    said = {"receiver": {"contacts": [contact]}, "body": {"type": "text", "text": {"text": "héllo"}}}
    send = f"/channels/{channel}/messages"

    def wrong(name: str, fields: Any = None, path: str = send, **changes: Any) -> Wrong:
        status, code = NAMES[name]
        body = fields if isinstance(fields, bytes) else json.dumps({**said, **(fields or {})}).encode()
        headers = {"Content-Type": "application/json", **key, **changes.pop("headers", {})}
        headers = {each: value for each, value in headers.items() if value is not None}
        whole = path if path.startswith("/bird") else f"{root}{path}"
        return Wrong(name=name, path=whole, body=body, headers=headers, status=status, code=code, **changes)

    action = {"type": "reply", "reply": {"id": "a", "text": "A"}}
    many = {"body": {"type": "text", "text": {"text": "x", "actions": [action] * 4}}}
    stranger = {"type": "contact", "identifierKey": "phonenumber", "identifierValue": "+31612345678"}
    opened = json.dumps({"channelId": channel, "participants": [stranger]}).encode()
    both = json.dumps({"service": "channels", "event": ["a", "b"], "url": "https://b.example/x"}).encode()
    raw = json.dumps(said, ensure_ascii=False)
    twice = raw[:-1] + ', "reference": 7, "reference": "order-42"}'
    part = b'--x\r\nContent-Disposition: form-data; name="reference"\r\n\r\na\r\n--x--\r\n'
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return [
        wrong("wrong verb", method="DELETE"),
        wrong("wrong path", path="/massages"),
        wrong("form for JSON", b"reference=a&receiver=b", headers=form),
        wrong("form with files", part, headers={"Content-Type": "multipart/form-data; boundary=x"}),
        wrong("no token", headers={"Authorization": None}),
        wrong("wrong token", headers={"Authorization": "AccessKey 1-2-3"}),
        wrong("token of another kind", headers={"Authorization": key["Authorization"].replace("AccessKey", "Bearer")}),
        wrong("another workspace", path=f"/bird/workspaces/{'0' * 8}{root[-28:]}{send}"),
        wrong("unknown field", {"text": "hello"}),
        wrong("too many actions", many),
        wrong("too many tags", {"tags": ["a"] * 11}),
        wrong("no receiver", {"receiver": {"contacts": []}}),
        wrong("unknown channel", path="/channels/0a4b9f0e-6c35-5f0e-9a64-000000000000/messages"),
        wrong("unknown conversation", path="/conversations/0a4b9f0e-6c35-4f0e-9a64-000000000000/messages"),
        wrong("conversation twice", opened, "/conversations"),
        wrong("conversation again", opened, "/conversations"),
        wrong("subscription to two events", both, "/webhook-subscriptions"),
        wrong("page that there is not", b"", f"{send}?pageToken=nothing", method="GET"),
        wrong("body of 30 MB", b'{"reference":"' + b"x" * 30_000_000 + b'"}'),
        wrong("body beyond 200 kB", {"reference": "x" * 210_000}),
        wrong("broken JSON", b'{"receiver": {"contacts": '),
        wrong("no object", b"[1]"),
        wrong("Latin-1", raw.encode("latin-1"), headers={"Content-Type": "application/json; charset=latin-1"}),
        wrong("UTF-16", raw.encode("utf-16"), headers={"Content-Type": "application/json; charset=utf-16"}),
        wrong("nothing at all", b""),
        wrong("key twice", twice.encode()),
        wrong("type that does no harm", headers={"Content-Type": "text/plain"}),
    ]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    return made("bird", tmp_path_factory.mktemp("bird") / "journal.jsonl", calls)


@pytest.mark.parametrize("name", NAMES)
def test_wrong_call_gets_the_answer_of_the_service_and_an_entry(name: str, asked: dict[str, Told]) -> None:
    told = asked[name]

    assert (told.status, told.body.get("code", "")) == NAMES[name]
    assert told.journal["status"] == told.status
    assert bool(told.journal["response"]["error"]) is bool(NAMES[name][1])


def test_conflict_names_the_conversation_that_is_in_the_way(asked: dict[str, Told]) -> None:
    first, again = asked["conversation twice"].body, asked["conversation again"].body

    assert again["details"] == {"conversationId": first["id"]}


def test_of_a_key_that_stands_twice_the_last_one_counts(asked: dict[str, Told]) -> None:
    assert asked["key twice"].body["reference"] == "order-42"
