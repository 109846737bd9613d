"""A request as somebody kept it → the request: raw HTTP, a line of `generate`, an entry of a journal or of a HAR."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from simulator import addresses, codec
from simulator.errors import InputError, Problem
from simulator.records import Headers

FORMS = "a raw HTTP request, a line of `generate --format requests`, an entry of a journal, or a HAR file"

MOST_REQUESTS = 100_000

_START_LINE = re.compile(rb"(?P<method>[A-Z]{3,10}) (?P<target>\S+)(?: HTTP/[0-9.]+)?\r?\n")
_HEADER = re.compile(r"\s*(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:(?P<value>.*)", re.DOTALL)
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]*\r?\n")


@dataclass(frozen=True, kw_only=True, slots=True)
class Captured:
    """One request as it came to a bot, as far as it is known."""

    headers: Headers = ()
    body: bytes = b""
    url: str = ""
    """Whole, with its query; empty where nobody knows it."""
    is_scheme_known: bool = True
    """False where the URL was put together from a request that does not say http or https."""
    where: str = ""
    """The file, and the place in it."""

    def header(self, name: str) -> str | None:
        """Give the value of the first header of that name, in any case."""
        return next((value for each, value in self.headers if each.casefold() == name.casefold()), None)


def read(content: bytes, where: str) -> tuple[Captured, ...]:
    """
    Give the requests that a file holds, in their order: at least one.

    Raises:
        InputError: it holds none, or one of them cannot be read.
    """
    start = _START_LINE.match(content.lstrip(b"\r\n"))
    if start is not None:
        return (_raw(content.lstrip(b"\r\n"), start, where),)
    found = tuple(_of_json(content, where))
    if not found:
        raise _broken("there is no request in it", f"it can be {FORMS}", where)
    return found


def read_headers(text: str) -> Headers:
    """
    Give the headers of a block of lines `Name: value`, or of a JSON object.

    Raises:
        ValueError: a line is no header; the text says how one is written.
    """
    if text.lstrip().startswith("{"):
        return _headers(codec.from_json(text))
    lines = re.sub(r"\r?\n[ \t]+", " ", text.strip("\r\n")).splitlines()
    return tuple(_header_of(line) for line in lines if line.strip())


def _header_of(line: str) -> tuple[str, str]:
    found = _HEADER.fullmatch(line)
    if found is None:
        shown = line if len(line) <= 60 else f"{line[:59]}…"
        raise ValueError(f'"{shown}" is no header; one is written as "Name: value"')
    return found["name"], found["value"].strip()


def _broken(what: str, why: str, where: str) -> InputError:
    return InputError(
        Problem(code="broken-request", what=what, where=where, why=why, fix="name a file that holds a whole request")
    )


# --- raw HTTP --------------------------------------------------------------------------------------------------------


def _raw(content: bytes, start: re.Match[bytes], where: str) -> Captured:
    head, body = _halves(content[start.end() :])
    try:
        headers = read_headers(head.decode("latin-1"))
    except ValueError as error:
        raise _broken("one of its lines is no header", str(error), where) from error
    # A byte order mark or the like is no reason to misread what follows; the target itself is ASCII on the wire.
    target = start["target"].decode("latin-1")
    plain = Captured(headers=headers, where=where)
    url, is_known = _url(target, plain)
    return Captured(headers=headers, body=_body(body, plain), url=url, is_scheme_known=is_known, where=where)


def _halves(content: bytes) -> tuple[bytes, bytes]:
    """Give head and body; the blank line between them may be written either way."""
    if content.startswith((b"\r\n", b"\n")):
        return b"", re.sub(rb"\A\r?\n", b"", content)
    found = re.search(rb"\r?\n\r?\n", content)
    return (content, b"") if found is None else (content[: found.start()], content[found.end() :])


def _body(body: bytes, request: Captured) -> bytes:
    if "chunked" in (request.header("transfer-encoding") or "").casefold():
        return _unchunked(body)
    length = request.header("content-length") or ""
    # An editor ends the last line of a file; that line end came with no request.
    if length.isdecimal() and len(length) < 12 and not body[int(length) :].strip(b"\r\n"):
        return body[: int(length)]
    return body


def _unchunked(body: bytes) -> bytes:
    parts: list[bytes] = []
    place = 0
    while found := _CHUNK.match(body, place):
        size = int(found[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[found.end() : found.end() + size])
        place = found.end() + size
        place += 2 if body[place : place + 2] == b"\r\n" else 1
    # It was joined already by what kept it.
    return body


def _url(target: str, request: Captured) -> tuple[str, bool]:
    if "://" in target:
        return target, True
    host = request.header("host")
    if not host:
        return "", False
    forwarded = (request.header("x-forwarded-proto") or "").partition(",")[0].strip().casefold()
    is_known = forwarded in ("http", "https")
    scheme = forwarded if is_known else "http" if addresses.is_local(f"http://{host}") else "https"
    return f"{scheme}://{host}{target}", is_known


# --- JSON ------------------------------------------------------------------------------------------------------------


def _of_json(content: bytes, where: str) -> Iterator[Captured]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _broken("it is neither HTTP nor text", f"at byte {error.start} stands what is no UTF-8", where) from error
    try:
        values = [("", codec.from_json(text))]
    except ValueError as error:
        values = list(_lines(text, where, str(error)))
    found = [(place, request) for place, value in values for request in _requests(value, 8)]
    if len(found) > MOST_REQUESTS:
        raise _broken(f"it holds {len(found)} requests", f"{MOST_REQUESTS} are the most", where)
    entries = [(place, value) for place, value in values if _is_entry(value)]
    if len(entries) > 1:
        # Each attempt stands there several times; once is enough.
        kinds = ("AttemptStarted", "HandshakeFinished")
        found = [(place, each) for place, value in entries if value["kind"] in kinds for each in _requests(value, 8)]
    for place, request in found:
        yield _captured(request, f"{where}{place}")


def _lines(text: str, where: str, why: str) -> Iterator[tuple[str, Any]]:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines or not lines[0][1].lstrip().startswith(("{", "[")):
        raise _broken("it holds no request", f"it can be {FORMS}", where)
    for number, line in lines:
        try:
            yield f":{number}", codec.from_json(line)
        except ValueError as error:
            is_lines = len(lines) > 1 and number > lines[0][0]
            raise _broken("it is no JSON", str(error) if is_lines else why, f"{where}:{number}") from error


def _is_entry(value: Any) -> bool:
    return isinstance(value, Mapping) and "seq" in value and isinstance(value.get("kind"), str)


def _requests(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """Give the requests in a value: a map with headers, wherever the known forms keep it."""
    if isinstance(value, list) and depth:
        for each in value:
            yield from _requests(each, depth - 1)
    elif isinstance(value, Mapping) and depth:
        if "headers" in value and ("url" in value or "body" in value) and "status" not in value:
            yield value
            return
        for key in ("log", "entries", "request", "data", "attempt", "attempts"):
            if isinstance(value.get(key), Mapping | list):
                yield from _requests(value[key], depth - 1)


def _captured(request: Mapping[str, Any], where: str) -> Captured:
    url = request.get("url") or ""
    try:
        if not isinstance(url, str):
            raise ValueError("its url is no text")
        return Captured(headers=_headers(request["headers"]), body=_kept_body(request), url=url, where=where)
    except ValueError as error:
        raise _broken("the request cannot be read", str(error), where) from error


def _headers(value: Any) -> Headers:
    if isinstance(value, Mapping):
        pairs = [
            (name, each) for name, given in value.items() for each in (given if isinstance(given, list) else [given])
        ]
    elif isinstance(value, list):
        pairs = [_pair(each) for each in value]
    else:
        raise ValueError("its headers are neither an object nor a list")
    return tuple((str(name), text if isinstance(text, str) else json.dumps(text)) for name, text in pairs)


def _pair(value: Any) -> tuple[Any, Any]:
    if isinstance(value, Mapping) and {"name", "value"} <= value.keys():
        return value["name"], value["value"]
    if isinstance(value, list) and len(value) == 2:
        return value[0], value[1]
    raise ValueError("one of its headers has not a name and a value")


def _kept_body(request: Mapping[str, Any]) -> bytes:
    if "postData" in request:
        return _har_body(request["postData"])
    body = request.get("body")
    if body is None:
        return b""
    if isinstance(body, Mapping) and set(body) != {"base64"}:
        raise ValueError("its body is an object; the very bytes are needed, as text")
    return codec.to_bytes(body)


def _har_body(posted: Any) -> bytes:
    if not isinstance(posted, Mapping):
        raise ValueError("its postData is no object")
    if isinstance(posted.get("text"), str):
        text = posted["text"]
        is_packed = posted.get("encoding") == "base64"
        return base64.b64decode(text, validate=True) if is_packed else codec.to_bytes(text)
    fields = posted.get("params") or []
    if not isinstance(fields, list) or not all(isinstance(each, Mapping) for each in fields):
        raise ValueError("its postData has neither text nor params")
    return urlencode([(str(each.get("name", "")), str(each.get("value", ""))) for each in fields]).encode("ascii")
