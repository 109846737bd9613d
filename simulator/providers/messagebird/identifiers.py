"""Ids and other drawn values of MessageBird's own form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from simulator.ids import IdMaker

if TYPE_CHECKING:
    from random import Random


def hexadecimal(stream: Random, now_ms: int) -> str:
    """Give 32 hexadecimal digits without hyphens, as all ids are."""
    return f"{stream.getrandbits(128):032x}"


def media_uuid(stream: Random, now_ms: int) -> str:
    """Give a UUID, by which media are known."""
    digits = hexadecimal(stream, now_ms)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def between(least: int, most: int) -> IdMaker:
    """Give the maker of a whole number between these two, both included."""
    return lambda stream, now_ms: stream.randint(least, most)


IDS: Mapping[str, IdMaker] = {
    **dict.fromkeys(("user", "event", "contact", "conversation", "message", "webhook"), hexadecimal),
    "media": media_uuid,
    "subscriber": lambda stream, now_ms: f"{stream.randrange(10**7):07d}",
    "time": lambda stream, now_ms: now_ms,
    "nanos": between(0, 999_999),
    "lag": between(5, 60),
    "age": between(60_000, 86_400_000),
    "begun": lambda stream, now_ms: now_ms - stream.randint(60_000, 86_400_000),
    "sent_after": between(120, 400),
    "delivered_after": between(500, 1_500),
}
