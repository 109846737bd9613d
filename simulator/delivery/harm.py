"""What a bad day does to the requests of one delivery, worked out before the first of them goes out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from simulator import forgery
from simulator.errors import InputError, Problem
from simulator.faults import ANY_WAY, Fate
from simulator.records import SignedRequest
from simulator.units import show_ms

if TYPE_CHECKING:
    import random

EXPIRED_TIMES = 2
"""An expired time is so many times as old as a right one can be."""


def tampered(body: bytes, fate: Fate, draw: random.Random) -> tuple[bytes | None, Fate]:
    """
    Give the body that is sent in place of the signed one, and the fate with exact words; None where it is the same.

    Raises:
        InputError: the body has nothing that could be changed in that way.
    """
    if not fate.tamper:
        return None, fate
    way = draw.choice(forgery.ways(body) or ("newline",)) if fate.tamper == ANY_WAY else fate.tamper
    found = forgery.tamper(body, way, draw)
    if found is None:
        raise InputError(
            Problem(
                code="nothing-to-tamper",
                what=f'the body cannot be tampered with in the way "{way}"',
                why=f"{forgery.WAYS[way]}; this body has no such place",
                fix=f"use one of: {', '.join(forgery.ways(body))}",
            )
        )
    altered, words = found
    return altered, _reworded(fate, "tampered with", f"tampered with ({way}): {words}")


def forged(fate: Fate, right: SignedRequest, sent: SignedRequest, tolerance_ms: int) -> Fate:
    """Give the fate with words that say where a forged request differs from the right one."""
    if fate.signature == "expired":
        age = show_ms(EXPIRED_TIMES * tolerance_ms)
        return _reworded(fate, "expired signature", f"expired signature: its time is {age} before the attempt")
    if fate.signature in ("wrong", "missing"):
        places = " and ".join(_differing(right, sent))
        said = f"one character of {places} is another one" if fate.signature == "wrong" else f"without {places}"
        return _reworded(fate, f"{fate.signature} signature", f"{fate.signature} signature: {said}")
    return fate


def _differing(right: SignedRequest, sent: SignedRequest) -> list[str]:
    """Give the names of the headers and of the query fields that are others, or missing."""
    headers = [name for name, value in right.headers if (name, value) not in sent.headers]
    left = parse_qsl(urlsplit(sent.url).query, keep_blank_values=True)
    query = [f"?{each[0]}" for each in parse_qsl(urlsplit(right.url).query, keep_blank_values=True) if each not in left]
    if right.body != sent.body:
        return ["the signature in the body"]
    return list(dict.fromkeys(headers + query))


def _reworded(fate: Fate, begins: str, words: str) -> Fate:
    """Put exact words in the place of those that the step's wish gave."""
    return replace(fate, words=tuple(words if each.startswith(begins) else each for each in fate.words))
