"""A body that is not the one that was signed: what became of it on its way is told."""

from __future__ import annotations

import base64
import codecs
import gzip
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.doctor.cases import BODY, NUMBERS, OF_BODY, VALUE, Case, changed, culprits, named

RESERIALISED: dict[str, tuple[bytes, bytes]] = {
    "json-spaces": (NUMBERS, json.dumps(VALUE, ensure_ascii=False).encode()),
    "json-escapes": (NUMBERS, json.dumps(VALUE, separators=(",", ":")).encode()),
    "json-spaces json-escapes": (NUMBERS, json.dumps(VALUE).encode()),
    "json-escape-case": (
        NUMBERS.replace("ë".encode(), rb"\u00EB")
        .replace("é".encode(), rb"\u00E9")
        .replace("☃".encode(), rb"\u2603")
        .replace("🙂".encode(), rb"\uD83D\uDE42"),
        json.dumps(VALUE, separators=(",", ":")).encode(),
    ),
    "json-slashes": (BODY.replace(b"/", b"\\/"), BODY),
    "json-html": (BODY.replace(b"<", b"\\u003c").replace(b">", b"\\u003e"), BODY),
    "json-order": (json.dumps(VALUE, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode(), NUMBERS),
    "json-numbers": (NUMBERS.replace(b"6188887751252405372", b"6188887751252405000"), NUMBERS),
    "newline-added": (BODY, BODY + b"\n"),
    "newline-cut": (BODY + b"\n", BODY),
    "line-ends": (b'{"a":\n1}\n', b'{"a":\r\n1}\r\n'),
    "white-space": (BODY, b" \t" + BODY + b"  "),
    "byte-order-mark": (BODY, b"\xef\xbb\xbf" + BODY),
    "charset": ('{"text":"héllo"}'.encode("latin-1"), '{"text":"héllo"}'.encode()),
    "gzip": (gzip.compress(BODY, mtime=0), BODY),
    "form": (urlencode({"text": "héllo ☃", "a": "b/c"}).encode(), '{"text":"héllo ☃","a":"b/c"}'.encode()),
    "quoted-body": (BODY, json.dumps(BODY.decode()).encode()),
    "base64-body": (BODY, base64.b64encode(BODY)),
    "python-bytes": (BODY, repr(BODY).encode()),
    "empty-body": (b"", BODY),
    "python-dict": (str(VALUE).encode(), NUMBERS),
}
"""Culprits → the body that was signed, the body that is given."""

OTHERS: dict[str, tuple[bytes, bytes]] = {
    "json-spaces": (json.dumps(VALUE, ensure_ascii=False).encode(), NUMBERS),
    "json-spaces json-escapes": (json.dumps(VALUE).encode(), NUMBERS),
    "json-spaces newline-added": (NUMBERS, json.dumps(VALUE, indent=2, ensure_ascii=False).encode() + b"\n"),
    "line-ends": (b'{"a":\r\n1}\r\n', b'{"a":\n1}\n'),
    "byte-order-mark": (codecs.BOM_UTF8 + BODY, BODY),
    "charset": (BODY, BODY.decode("latin-1").encode()),
    "gzip": (BODY, gzip.compress(BODY)),
    "form": (urlencode({"payload": BODY}).encode(), BODY),
    "quoted-body": (json.dumps(BODY.decode()).encode(), BODY),
    "base64-body": (base64.b64encode(BODY), BODY),
    "python-bytes": (repr(BODY).encode(), BODY),
}
"""The same, mostly the other way round."""

SPOILED_BODIES = [*RESERIALISED.items(), *OTHERS.items()]


@pytest.mark.parametrize(("names", "bodies"), SPOILED_BODIES, ids=lambda value: value if isinstance(value, str) else "")
@pytest.mark.parametrize("each", named(OF_BODY))
def test_spoiled_body_is_told(each: Case, names: str, bodies: tuple[bytes, bytes]) -> None:
    signed, given_body = bodies
    request = changed(each.request(signed), body=given_body)

    found = each.examine(request)

    assert found.outcome == "invalid"
    assert culprits(found) == set(names.split())
    assert found.signed is not None
    assert found.signed != found.canonical


@pytest.mark.parametrize("each", named(OF_BODY))
def test_keys_in_alphabetical_order_are_put_back_as_the_provider_writes_them(each: Case) -> None:
    event = next(event for event in each.catalog.events.values() if len(event.fields) > 4)
    value: dict[str, Any] = {}
    for path, fact in event.fields.items():
        *above, name = path.split(".")
        inside: Any = value
        for part in above:
            inside = inside.get(part) if isinstance(inside, dict) else None
        if isinstance(inside, dict):
            inside[name] = {} if fact.type == "object" else path
    signed = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    given_body = json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()

    found = each.examine(changed(each.request(signed), body=given_body))

    assert culprits(found) == {"json-order"}


@pytest.mark.parametrize("each", named(OF_BODY))
def test_length_of_another_body_is_told(each: Case) -> None:
    request = each.request()
    headers = (*request.headers, ("Content-Length", str(len(BODY))))

    found = each.examine(changed(request, headers=headers, body=b'{"nothing":"of it"}'))

    assert "content-length" in culprits(found)
