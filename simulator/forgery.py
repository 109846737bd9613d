"""Requests that a bot must refuse: a signature that is wrong in one character, a body that is not the one signed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from simulator.records import Headers
from simulator.seeds import stream

if TYPE_CHECKING:
    import random

WAYS: Mapping[str, str] = {
    "text": "one letter or digit of a text is another one",
    "number": "one digit of a number is another one",
    "space": "there is one space more between two values",
    "newline": "there is one line break more at the end",
    "escape": "one letter of a text is written as an escape, which means the same",
    "truncated": "the last part of the body is missing",
}
"""How a body can differ from what was signed; JSON reads the third to the fifth as the same value."""

_ALPHABETS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "+/", "-_")
_HEX_ALPHABETS = ("0123456789abcdef", "0123456789ABCDEF")
_HEX = re.compile("|".join(f"[{letters}]+" for letters in _HEX_ALPHABETS))
_SIGNATURE = re.compile(r"[0-9A-Za-z+/_-]{16,}")

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"(\s*:)?|-?[0-9]+(?:\.[0-9]+)?|[{}\[\],:]', re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_FORM_VALUE = re.compile(rb"(?<==)[^&]+")


# --- the signature ---------------------------------------------------------------------------------------------------


def spoil_values(values: Headers) -> Headers:
    """Give the same headers or query fields, each value with a signature that is wrong in one character."""
    return tuple((name, spoil(value)) for name, value in values)


def spoil(value: str) -> str:
    """
    Give the value with the first character of its signature changed to the next one of the same alphabet.

    Prefixes (`sha256=`, `Bearer`), the first parts of a JWT and what else stands beside a signature stay as they are;
    of several signatures with spaces between them each one is changed, since a receiver accepts any. The same value
    always gives the same result, and never itself.
    """
    parts = value.split(" ")
    places = [i for i, part in enumerate(parts) if _SIGNATURE.search(part)] or [len(parts) - 1]
    return " ".join(_spoil_one(part) if i in places else part for i, part in enumerate(parts))


def _spoil_one(text: str) -> str:
    runs = list(_SIGNATURE.finditer(text))
    start, end = runs[-1].span() if runs else (max(len(text.rstrip("=")) - 1, 0), len(text))
    # The first character, since the last one of a base64 text may hold bits that nobody reads.
    changed = _next(text[start : start + 1], is_hex=_HEX.fullmatch(text[start:end]) is not None)
    return text[:start] + changed + text[start + 1 :]


def _next(character: str, *, is_hex: bool) -> str:
    alphabets: tuple[str, ...] = _HEX_ALPHABETS + _ALPHABETS if is_hex else _ALPHABETS
    for alphabet in alphabets:
        if character and character in alphabet:
            return alphabet[(alphabet.index(character) + 1) % len(alphabet)]
    return "y" if character == "x" else "x"


# --- the body --------------------------------------------------------------------------------------------------------


def tamper(body: bytes, way: str, draw: random.Random) -> tuple[bytes, str] | None:
    """
    Give the body changed in exactly one way of `WAYS`, and in words what was changed; None where it has no such place.

    Which of several places it is comes from the stream. JSON stays JSON but for `truncated`, and a form stays a form.
    """
    return _MAKERS[way](body, draw)


def ways(body: bytes) -> tuple[str, ...]:
    """Give the ways in which this body can be tampered with."""
    return tuple(way for way in WAYS if tamper(body, way, stream(0)) is not None)


def _text(body: bytes, draw: random.Random) -> tuple[bytes, str] | None:
    return _other_character(body, list(_letters(body)), draw)


def _number(body: bytes, draw: random.Random) -> tuple[bytes, str] | None:
    places = [
        place for start, end in _numbers(body) for place in range(start, end) if body[place : place + 1].isdigit()
    ]
    return _other_character(body, places, draw)


def _other_character(body: bytes, places: list[int], draw: random.Random) -> tuple[bytes, str] | None:
    if not places:
        return None
    place = draw.choice(places)
    was = chr(body[place])
    # A number must not begin with 0, so that it stays one.
    now = "1" if was == "9" else _next(was, is_hex=False)
    return body[:place] + now.encode() + body[place + 1 :], f"byte {place + 1} is “{now}” and was signed as “{was}”"


def _space(body: bytes, draw: random.Random) -> tuple[bytes, str] | None:
    places = [found.end() for found in _TOKEN.finditer(body) if found[0] in (b",", b":") or found[1]]
    if not places or not _is_json(body):
        return None
    place = draw.choice(places)
    return body[:place] + b" " + body[place:], f"byte {place + 1} is a space that was not signed"


def _newline(body: bytes, draw: random.Random) -> tuple[bytes, str] | None:
    return body + b"\n", f"byte {len(body) + 1} is a line break that was not signed"


def _escape(body: bytes, draw: random.Random) -> tuple[bytes, str] | None:
    places = list(_letters(body)) if _is_json(body) else []
    if not places:
        return None
    place = draw.choice(places)
    escape = f"\\u{body[place]:04x}"
    words = f"byte {place + 1} is written as {escape} and was signed as “{chr(body[place])}”"
    return body[:place] + escape.encode() + body[place + 1 :], words


def _truncated(body: bytes, draw: random.Random) -> tuple[bytes, str] | None:
    if len(body) < 2:
        return None
    left = draw.randrange(len(body) // 2, len(body))
    return body[:left], f"the last {len(body) - left} of {len(body)} signed bytes are missing"


_MAKERS: Mapping[str, Callable[[bytes, random.Random], tuple[bytes, str] | None]] = {
    "text": _text,
    "number": _number,
    "space": _space,
    "newline": _newline,
    "escape": _escape,
    "truncated": _truncated,
}


def _is_json(body: bytes) -> bool:
    return body.lstrip()[:1] in (b"{", b"[")


def _letters(body: bytes) -> Iterator[int]:
    """Give where a letter or digit of a text stands: in the values of JSON or of a form, and nowhere in a name."""
    for start, end in _texts(body):
        escaped = {place for found in _ESCAPE.finditer(body, start, end) for place in range(*found.span())}
        for place in range(start, end):
            if place not in escaped and chr(body[place]).isascii() and chr(body[place]).isalnum():
                yield place


def _texts(body: bytes) -> Iterator[tuple[int, int]]:
    if not _is_json(body):
        values = list(_FORM_VALUE.finditer(body))
        yield from (found.span() for found in values)
        if not values:
            yield 0, len(body)
        return
    for found in _TOKEN.finditer(body):
        if found[0].startswith(b'"') and not found[1]:
            yield found.start() + 1, found.end() - 1


def _numbers(body: bytes) -> Iterator[tuple[int, int]]:
    if _is_json(body):
        yield from (found.span() for found in _TOKEN.finditer(body) if found[0][:1] in b"-0123456789")
