"""Ids and other drawn values of the platform's own form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from simulator.deferral import plainly_deferrable
from simulator.ids import IdMaker

if TYPE_CHECKING:
    from random import Random

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Of ids with a prefix: base 32 without i, l, o and u."""
PAIRS = tuple(one + two for one in DIGITS for two in DIGITS)

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""Of ids of deliveries: base 62."""

PREFIXES = (
    *("wam", "waf", "wag", "wan", "war", "was", "wgj", "sms", "smt", "smv", "ssu", "mpr", "whk", "ev"),
    *("amb", "acv", "abz", "amt", "amv", "asp", "dom", "em", "er", "eb", "rem", "mbx", "thr", "ein", "sup"),
    *("prf", "prt", "con", "vrf", "vcl", "vcs"),
)
"""What ids begin with, each for one kind of thing. Source: the models of the SDK."""


def typed(prefix: str) -> IdMaker:
    """Give the maker of ids of one kind: the prefix, and 26 digits that begin with the time and so sort by it."""

    def make(stream: Random, now_ms: int) -> str:
        return f"{prefix}_{_base32((now_ms << 80) | stream.getrandbits(80))}"

    return make


@plainly_deferrable
def _base32(number: int) -> str:
    return "".join([PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])


def delivery_id(stream: Random, now_ms: int) -> str:
    """Give the id by which a bot tells one delivery from another: it stands in a header, and in no body."""
    return f"msg_{base62(stream.getrandbits(160))}"


@plainly_deferrable
def base62(number: int) -> str:
    """Give the last 27 digits of a number in base 62."""
    digits = ""
    for _ in range(27):
        number, last = divmod(number, 62)
        digits = LETTERS[last] + digits
    return digits


def between(least: int, most: int) -> IdMaker:
    """Give the maker of a whole number between these two, both included."""
    return lambda stream, now_ms: stream.randint(least, most)


IDS: Mapping[str, IdMaker] = {
    **{prefix: typed(prefix) for prefix in PREFIXES},
    "event": delivery_id,
    "user": lambda stream, now_ms: f"US.{stream.randrange(10**15, 10**16)}",
    "secret": lambda stream, now_ms: stream.randbytes(32).hex(),
    "request": typed("req"),
    "subscriber": lambda stream, now_ms: f"{stream.randrange(10**7):07d}",
    "time": lambda stream, now_ms: now_ms,
    "lag": between(50, 250),
    "call_s": between(5, 600),
    "sent_after": between(120, 400),
    "delivered_after": between(500, 1_500),
}
