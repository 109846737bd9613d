"""Calls that are wrong get Canvas's own answer, with its status and words, and a place in the journal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from .badly import Api, Told, Wrong, made

MISSING = {"errors": [{"message": "The specified resource does not exist."}]}
UNREAD = {"errors": [{"message": "An error occurred.", "error_code": "bad_request"}]}
UNKNOWN = [{"attribute": "recipients", "message": "invalid"}]

ANSWERS: dict[str, tuple[int, Any]] = {
    "wrong verb": (404, MISSING),
    "wrong path": (404, MISSING),
    "unknown version": (404, MISSING),
    "no content type": (201, None),
    "content type of text": (201, None),
    "form that says it is JSON": (400, UNREAD),
    "JSON that says it has parts": (400, UNREAD),
    "no token": (401, {"status": "unauthenticated", "errors": [{"message": "user authorization required"}]}),
    "wrong token": (401, {"errors": [{"message": "Invalid access token."}]}),
    "token of another scheme": (
        401,
        {"status": "unauthenticated", "errors": [{"message": "user authorization required"}]},
    ),
    "text too long": (400, {"body": [{"attribute": "body", "type": "too_long", "message": "too_long"}]}),
    "subject too long": (400, {"subject": [{"attribute": "subject", "type": "too_long", "message": "too_long"}]}),
    "no text": (400, [{"attribute": "body", "message": "blank"}]),
    "no recipients": (400, [{"attribute": "recipients", "message": "blank"}]),
    "unknown recipient": (400, UNKNOWN),
    "recipient of another instance": (400, UNKNOWN),
    "recipients that are objects": (400, UNKNOWN),
    "101 recipients": (400, UNKNOWN),
    "unknown conversation": (404, MISSING),
    "conversation that is no number": (404, MISSING),
    "further message without a text": (404, MISSING),
    "change without what": (400, {"message": "event not specified"}),
    "body of 30 MB": (413, "413 Request Entity Too Large"),
    "file of 30 MB": (413, "413 Request Entity Too Large"),
    "file that was not told of": (400, None),
    "broken JSON": (400, UNREAD),
    "no object": (400, UNREAD),
    "Latin-1": (400, UNREAD),
    "UTF-16": (400, UNREAD),
    "very deep": (400, UNREAD),
    "nothing at all": (400, [{"attribute": "recipients", "message": "blank"}]),
    "subscription to nothing": (400, {"error": "Invalid subscription"}),
    "key set of another stage": (403, {"message": "Forbidden"}),
}
"""Call → status and body; None: a body that is looked at elsewhere, or none."""


def calls(api: Api) -> Sequence[Wrong]:
    base = "/canvas/api/v1"
    here = f"{base}/conversations"
    bearer = {"Authorization": f"Bearer {api.variables['CANVAS_API_TOKEN']}"}
    said = {"recipients": [api.actors["ana"]], "body": "héllo"}

    def wrong(name: str, fields: Any = None, path: str = here, **changes: Any) -> Wrong:
        status, body = ANSWERS[name]
        text = fields if isinstance(fields, bytes) else json.dumps({**said, **(fields or {})}).encode()
        headers = {"Content-Type": "application/json", **bearer, **changes.pop("headers", {})}
        headers = {key: value for key, value in headers.items() if value is not None}
        return Wrong(name=name, path=path, body=text, headers=headers, status=status, code=body, **changes)

    raw = json.dumps(said, ensure_ascii=False)
    parts = {"Content-Type": "multipart/form-data; boundary=x"}
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    return [
        wrong("wrong verb", method="PATCH"),
        wrong("wrong path", path=f"{base}/conversation"),
        wrong("unknown version", path=here.replace("v1", "v2")),
        wrong("no content type", headers={"Content-Type": None}),
        wrong("content type of text", headers={"Content-Type": "text/plain"}),
        wrong("form that says it is JSON", b"body=hi&recipients[]=1"),
        wrong("JSON that says it has parts", headers=parts),
        wrong("no token", headers={"Authorization": None}),
        wrong("wrong token", headers={"Authorization": "Bearer nonsense"}),
        wrong("token of another scheme", headers={"Authorization": "Basic bm9uc2Vuc2U="}),
        wrong("text too long", {"body": "x" * 65_536}),
        wrong("subject too long", {"subject": "x" * 256}),
        wrong("no text", {"body": " "}),
        wrong("no recipients", {"recipients": []}),
        wrong("unknown recipient", {"recipients": ["999999999"]}),
        wrong("recipient of another instance", {"recipients": [f"7~{api.actors['ana']}"]}),
        wrong("recipients that are objects", {"recipients": {"a": 1}}),
        wrong("101 recipients", {"recipients": [str(900_000_000 + number) for number in range(101)]}),
        wrong("unknown conversation", path=f"{here}/999", method="GET"),
        wrong("conversation that is no number", path=f"{here}/abc/add_message"),
        wrong("further message without a text", {"body": ""}, path=f"{here}/1/add_message"),
        wrong("change without what", {"conversation_ids": ["1"]}, method="PUT"),
        wrong("body of 30 MB", b'{"body":"' + b"x" * 30_000_000 + b'"}'),
        wrong("file of 30 MB", head + bytes(30_000_000) + b"\r\n--x--\r\n", f"{base}/files_api", headers=parts),
        wrong("file that was not told of", head + b"x\r\n--x--\r\n", f"{base}/files_api", headers=parts),
        wrong("broken JSON", b'{"body": "hi", '),
        wrong("no object", b"[1]"),
        wrong("Latin-1", raw.encode("latin-1"), headers={"Content-Type": "application/json; charset=latin-1"}),
        wrong("UTF-16", raw.encode("utf-16"), headers={"Content-Type": "application/json; charset=utf-16"}),
        wrong("very deep", b'{"body":' + b"[" * 5000 + b"]" * 5000 + b"}"),
        wrong("nothing at all", b""),
        wrong("subscription to nothing", {"subscription": {}}, path="/canvas/api/lti/subscriptions"),
        wrong("key set of another stage", b"", path=f"{base}/live_events/beta/jwks", method="GET"),
    ]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    return made("canvas", tmp_path_factory.mktemp("canvas") / "journal.jsonl", calls)


@pytest.mark.parametrize("name", ANSWERS)
def test_wrong_call_gets_the_answer_of_the_service(asked: dict[str, Told], name: str) -> None:
    status, body = ANSWERS[name]

    assert asked[name].status == status
    assert body is None or asked[name].body == body


@pytest.mark.parametrize("name", ANSWERS)
def test_wrong_call_stands_in_the_journal(asked: dict[str, Told], name: str) -> None:
    entry = asked[name].journal

    assert entry["status"] == asked[name].status
    assert bool(entry["response"]["error"]) == (asked[name].status >= 400)
