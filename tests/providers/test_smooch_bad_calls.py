"""Calls that are wrong get Smooch's own answer, a status with a code in the body, and a place in the journal."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import pytest

from .badly import Api, Told, Wrong, made

NAMES: dict[str, tuple[int, str]] = {
    "wrong verb": (405, "method_not_allowed"),
    "wrong path": (404, "not_found"),
    "unknown version": (404, "not_found"),
    "no content type": (400, "bad_request"),
    "form for JSON": (400, "bad_request"),
    "JSON for a form with a file": (400, "bad_request"),
    "no token": (401, "unauthorized"),
    "wrong token": (401, "unauthorized"),
    "key of v1.1 for v1": (401, "unauthorized"),
    "app of somebody else": (403, "forbidden"),
    "text too long": (400, "bad_request"),
    "metadata too long": (400, "bad_request"),
    "eleven cards": (400, "bad_request"),
    "unknown receiver": (404, "not_found"),
    "person without a conversation": (404, "not_found"),
    "person twice, at first": (201, ""),
    "person twice": (409, "conflict"),
    "key twice": (201, ""),
    "body of 30 MB": (413, "request_entity_too_large"),
    "file of 30 MB": (413, "request_entity_too_large"),
    "broken JSON": (400, "bad_request"),
    "no object": (400, "bad_request"),
    "Latin-1": (400, "bad_request"),
    "UTF-16": (400, "bad_request"),
    "nothing at all": (400, "bad_request"),
}
"""Call → status, and the code in the body; none where all is well."""


def calls(api: Api) -> Sequence[Wrong]:
    app, ana = api.variables["SMOOCH_APP_ID"], api.actors["ana"]
    key = f"{api.variables['SMOOCH_KEY_ID']}:{api.variables['SMOOCH_KEY_SECRET']}"
    basic = {"Authorization": f"Basic {base64.b64encode(key.encode()).decode()}"}
    base = f"/smooch/v1.1/apps/{app}"
    messages = f"{base}/appusers/{ana}/messages"
    said = {"role": "appMaker", "type": "text", "text": "héllo"}

    def wrong(name: str, fields: Any = None, path: str = messages, **changes: Any) -> Wrong:
        status, code = NAMES[name]
        text = fields if isinstance(fields, bytes) else json.dumps({**said, **(fields or {})}).encode()
        headers = {"Content-Type": "application/json", **basic, **changes.pop("headers", {})}
        headers = {key: value for key, value in headers.items() if value is not None}
        return Wrong(name=name, path=path, body=text, headers=headers, status=status, code=code, **changes)

    item = {"title": "Mug", "actions": [{"type": "postback", "text": "Go", "payload": "GO"}]}
    files = {"Content-Type": "multipart/form-data; boundary=x"}
    head = b'--x\r\nContent-Disposition: form-data; name="source"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    eve = json.dumps({"userId": "eve@example.com"}).encode()
    raw = json.dumps(said, ensure_ascii=False)
    return [
        wrong("wrong verb", method="PATCH"),
        wrong("wrong path", path=f"{base}/appusers/{ana}/massages"),
        wrong("unknown version", path=messages.replace("v1.1", "v3")),
        wrong("no content type", headers={"Content-Type": None}),
        wrong("form for JSON", b"role=appMaker", headers={"Content-Type": "application/x-www-form-urlencoded"}),
        wrong("JSON for a form with a file", path=f"{base}/attachments?access=public"),
        wrong("no token", headers={"Authorization": None}),
        wrong("wrong token", headers={"Authorization": "Bearer a.b.c"}),
        wrong("key of v1.1 for v1", path=messages.replace("v1.1", "v1")),
        wrong("app of somebody else", path=messages.replace(app, "0" * 24)),
        wrong("text too long", {"text": "x" * 4097}),
        wrong("metadata too long", {"metadata": {"a": "x" * 4096}}),
        wrong("eleven cards", {"type": "carousel", "items": [item] * 11}),
        wrong("unknown receiver", path=messages.replace(ana, "0" * 24)),
        wrong("person twice, at first", eve, f"{base}/appusers"),
        wrong("person without a conversation", b"", messages.replace(ana, "eve@example.com"), method="GET"),
        wrong("person twice", eve, f"{base}/appusers"),
        wrong("key twice", b'{"role":"appMaker","type":"text","text":"one","text":"two"}'),
        wrong("body of 30 MB", b'{"text":"' + b"x" * 30_000_000 + b'"}'),
        wrong(
            "file of 30 MB",
            head + bytes(30_000_000) + b"\r\n--x--\r\n",
            f"{base}/attachments?access=public",
            headers=files,
        ),
        wrong("broken JSON", b'{"role": "appMaker", '),
        wrong("no object", b"[1]"),
        wrong("Latin-1", raw.encode("latin-1"), headers={"Content-Type": "application/json; charset=latin-1"}),
        wrong("UTF-16", raw.encode("utf-16"), headers={"Content-Type": "application/json; charset=utf-16"}),
        wrong("nothing at all", b""),
    ]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    return made("smooch", tmp_path_factory.mktemp("smooch") / "journal.jsonl", calls)


@pytest.mark.parametrize("name", NAMES)
def test_wrong_call_gets_the_answer_of_the_service_and_an_entry(name: str, asked: dict[str, Told]) -> None:
    told = asked[name]
    code = told.body.get("error", {}).get("code", "")

    assert (told.status, code) == NAMES[name]
    assert told.journal["status"] == told.status
    assert bool(told.journal["response"]["error"]) is bool(code)


def test_of_a_key_that_stands_twice_the_last_one_counts(asked: dict[str, Told]) -> None:
    assert asked["key twice"].body["message"]["text"] == "two"


def test_refusal_says_what_is_wrong(asked: dict[str, Told]) -> None:
    assert "4096" in asked["text too long"].body["error"]["description"]
    assert "application/json" in asked["no content type"].body["error"]["description"]
