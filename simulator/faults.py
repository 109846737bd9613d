"""A provider having a bad day, as pure transforms: what comes more than once, later, or with a wrong signature."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from simulator.records import Headers, ScheduledEvent

if TYPE_CHECKING:
    import random

_ALPHABETS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "+/", "-_")
_HEX_ALPHABETS = ("0123456789abcdef", "0123456789ABCDEF")
_HEX = re.compile("|".join(f"[{letters}]+" for letters in _HEX_ALPHABETS))
_SIGNATURE = re.compile(r"[0-9A-Za-z+/_-]{16,}")


class Delivering(Protocol):
    """What `deliver:` says about one step."""

    @property
    def copies(self) -> int:
        """How many requests go out."""

    @property
    def latency(self) -> tuple[int, int] | None:
        """How much later than due each of them goes out, in milliseconds, both ends included."""


def copies(event: ScheduledEvent, deliver: Delivering | None, stream: random.Random) -> tuple[int, ...]:
    """
    Give for each copy of the event how many milliseconds after its due time it goes out, in the order of drawing.

    Without latency all are 0. With it each has its own, and asking for one copy more leaves those before it where they
    were. None goes out before Unix time began.
    """
    if deliver is None or deliver.latency is None:
        return (0,) * (1 if deliver is None else deliver.copies)
    return tuple(max(stream.randint(*deliver.latency), -event.due_ms) for _ in range(deliver.copies))


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
