"""A captured request is read in each form in which one is kept, and whatever else comes is told in one message."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.doctor.capture import Captured, read, read_headers
from simulator.errors import InputError

URL = "https://bot.example/hook?a=1"
BODY = '{"text":"héllo"}'


def one(content: bytes | str) -> Captured:
    [found] = read(content.encode() if isinstance(content, str) else content, "file")
    return found


# --- raw HTTP --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_raw_request_is_read(end: str) -> None:
    lines = ["POST /hook?a=1 HTTP/1.1", "Host: bot.example", "X-Signature:  abc ", "", BODY]

    found = one(end.join(lines))

    assert found.url == URL
    assert found.headers == (("Host", "bot.example"), ("X-Signature", "abc"))
    assert found.body == BODY.encode()
    assert not found.is_scheme_known


def test_scheme_that_a_proxy_tells_is_taken() -> None:
    found = one("POST / HTTP/1.1\r\nHost: bot.example\r\nX-Forwarded-Proto: http\r\n\r\n")

    assert found.url == "http://bot.example/"
    assert found.is_scheme_known


def test_local_host_has_no_tls() -> None:
    assert one("POST /a HTTP/1.1\nHost: localhost:3000\n\n").url == "http://localhost:3000/a"


def test_whole_url_in_the_first_line_is_taken() -> None:
    found = one(f"POST {URL} HTTP/1.1\n\n{BODY}")

    assert (found.url, found.is_scheme_known, found.body) == (URL, True, BODY.encode())


def test_line_end_of_an_editor_is_cut_by_the_length() -> None:
    assert one("POST / HTTP/1.1\nContent-Length: 2\n\n{}\n").body == b"{}"


def test_longer_body_than_its_length_is_kept() -> None:
    assert one("POST / HTTP/1.1\nContent-Length: 2\n\n{} \n").body == b"{} \n"


def test_chunks_are_put_together() -> None:
    head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"

    assert one(f"{head}3;x=y\r\n{{ab\r\n2\r\nc}}\r\n0\r\n\r\n").body == b"{abc}"
    assert one(f"{head}{BODY}").body == BODY.encode()


def test_bytes_of_the_body_are_kept() -> None:
    assert one(b"POST / HTTP/1.1\r\nX: y\r\n\r\n\xff\x00\r\n\r\n").body == b"\xff\x00\r\n\r\n"


# --- JSON ------------------------------------------------------------------------------------------------------------

REQUEST = {"method": "POST", "url": URL, "headers": {"X-Signature": "abc"}, "body": BODY}
RECORD = {**REQUEST, "headers": [["X-Signature", "abc"]]}
HAR = {"url": URL, "headers": [{"name": "X-Signature", "value": "abc"}], "postData": {"text": BODY}}

FORMS: dict[str, Any] = {
    "line of generate": {"event": "message", **REQUEST},
    "attempt of a journal": {"seq": 1, "kind": "AttemptStarted", "data": {"request": RECORD}},
    "finished attempt": {"seq": 1, "kind": "AttemptFinished", "data": {"attempt": {"request": RECORD, "ack": {}}}},
    "delivery": {"seq": 1, "kind": "DeliveryFinished", "data": {"attempts": [{"request": RECORD}]}},
    "entry of a HAR": {"request": HAR, "response": {"status": 200, "headers": []}},
    "HAR": {"log": {"entries": [{"request": HAR}]}},
    "packed body": {**REQUEST, "body": {"base64": "eyJ0ZXh0IjoiaMOpbGxvIn0="}},
}


@pytest.mark.parametrize("name", FORMS)
def test_kept_request_is_read(name: str) -> None:
    found = one(json.dumps(FORMS[name]))

    assert found == Captured(url=URL, headers=(("X-Signature", "abc"),), body=BODY.encode(), where="file")


def test_lines_are_told_by_their_number() -> None:
    found = read("\n".join([json.dumps(REQUEST), "", json.dumps(REQUEST)]).encode(), "file")

    assert [each.where for each in found] == ["file:1", "file:3"]


def test_attempt_of_a_journal_is_taken_once() -> None:
    other = {"seq": 9, "kind": "RunFinished", "data": {}}
    lines = [FORMS["attempt of a journal"], FORMS["finished attempt"], FORMS["delivery"], other]

    assert len(read("\n".join(map(json.dumps, lines)).encode(), "file")) == 1


def test_fields_of_a_har_are_a_form() -> None:
    request = {**HAR, "postData": {"params": [{"name": "a", "value": "b c"}]}}

    assert one(json.dumps({"request": request})).body == b"a=b+c"


# --- wrong input -----------------------------------------------------------------------------------------------------

WRONG = [
    b"",
    b"\x00\xff\xfe",
    b"hello",
    b"{}",
    b"[]",
    b"null",
    b'{"url": 1, "headers": {}}',
    b'{"url": "x", "headers": 7}',
    b'{"url": "x", "headers": [1]}',
    b'{"url": "x", "headers": {}, "body": {"event": "parsed"}}',
    b'{"url": "x", "headers": {}, "body": 7}',
    b'{"url": "x", "headers": {}, "body": {"base64": "!"}}',
    b'{"url": "x", "headers": {}, "postData": []}',
    b'{"url": "x", "headers": {}, "postData": {"params": 3}}',
    b'{"url": "x", "headers": {}, "postData": {"text": "!", "encoding": "base64"}}',
    b'{"url": "x", "headers": {}}\n{"broken',
    b"[" * 100_000,
    b"POST / HTTP/1.1\nno header\n\n",
]


@pytest.mark.parametrize("content", WRONG, ids=range(len(WRONG)))
def test_what_is_no_request_is_told_once(content: bytes) -> None:
    with pytest.raises(InputError) as told:
        read(content, "file")

    [problem] = told.value.problems
    assert problem.code == "broken-request"
    assert problem.where.startswith("file")
    assert problem.why


@given(st.binary(max_size=200))
def test_anything_is_read_or_refused(content: bytes) -> None:
    try:
        found = read(content, "file")
    except InputError as error:
        found = ()
        problems = error.problems
    else:
        problems = ()

    assert bool(found) != bool(problems)


def test_headers_are_lines_or_an_object() -> None:
    assert read_headers("A: b\r\nC:d\r\n  e\r\n") == (("A", "b"), ("C", "d e"))
    assert read_headers('{"A": "b", "C": ["d", "e"], "F": 7}') == (("A", "b"), ("C", "d"), ("C", "e"), ("F", "7"))


@pytest.mark.parametrize("text", ["A", "A b: c", "{", ": x"])
def test_what_is_no_header_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_headers(text)
