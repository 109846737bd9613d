"""The keys of a mix file that say what payloads hold: fields, languages, texts and lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simulator import units
from simulator.corpus.counts import MOST, lists_of
from simulator.corpus.mixreading import Reading
from simulator.corpus.writing import LONGEST, Range, Writing
from simulator.documents import Node
from simulator.errors import InputError
from simulator.fake import known_locale
from simulator.fake.writing import SCRIPTS

_SUM = 1 + 1e-4
"""What shares may come to: each is rounded where it is written, so that together they may be a little more than all."""


def locales(node: Node, told: Reading) -> dict[str, Any]:
    """Give the locales of people."""
    found: dict[str, float] = {}
    for key, value in told.items(node):
        try:
            found[known_locale(key.spelling)] = told.weight(value)
        except InputError as error:
            told.problems += [replace(each, where=str(key.place)) for each in error.problems]
    return {"locales": told.some(node, found)}


def present(node: Node, told: Reading) -> dict[str, Any]:
    """Give how often optional fields are there."""
    found: dict[str, Mapping[str, float]] = {}
    for key, value in told.items(node):
        fact = told.catalog.events.get(told.event(key))
        known = [path for path, field in fact.fields.items() if field.chance < 1] if fact is not None else []
        found[key.spelling] = {path.spelling: told.taken(share, units.share, 1.0) for path, share in told.items(value)}
        if fact is not None:
            told.unknown(value, known, "unknown-field", f'"{{}}" is no optional field of {key.spelling}')
    return {"present": found}


def texts(node: Node, told: Reading) -> dict[str, Any]:
    """Give how messages are written."""
    found: dict[str, Any] = {}
    for key, value in told.known(node, ("lengths", "scripts")):
        found[key.spelling] = _lengths(value, told) if key.spelling == "lengths" else _scripts(value, told)
    return {"writing": Writing(**found)}


def _lengths(node: Node, told: Reading) -> tuple[Range, ...]:
    weights: dict[tuple[int, int], float] = {}
    for key, value in told.items(node):
        least, most = told.taken(key, _range, (0, 0))
        weights[least, most] = told.weight(value)
    return tuple((least, most, weight) for (least, most), weight in told.some(node, weights).items())


def _range(text: str) -> tuple[int, int]:
    least, dots, most = (each.strip() for each in text.partition(".."))
    most = most if dots else least
    if not all(each.isdecimal() and len(each) <= len(str(LONGEST)) for each in (least, most)):
        raise ValueError("a range of lengths is written as 21..60, in characters")
    if not int(least) <= int(most) <= LONGEST:
        raise ValueError(f"the shorter length comes first, and the longest is {LONGEST}")
    return int(least), int(most)


def _scripts(node: Node, told: Reading) -> tuple[tuple[str, float], ...]:
    scripts = tuple(name for name in SCRIPTS if name != "plain")
    found = tuple((key.spelling, told.taken(share, units.share, 0.0)) for key, share in told.known(node, scripts))
    if sum(share for _, share in found) > _SUM:
        why = "what they leave is plain text in the language of the person"
        told.tell(node, "bad-mix", "the shares of the scripts are more than all", why, "let them come to 100 % at most")
    return found


def counts(node: Node, told: Reading) -> dict[str, Any]:
    """Give how many elements lists have."""
    found: dict[str, Any] = {}
    for key, value in told.items(node):
        fact = told.catalog.events.get(told.event(key))
        if fact is None:
            continue
        names = lists_of(fact)
        if not names:
            why = "its payloads have no buttons, cards or the like, or their number is fixed"
            told.tell(key, "bad-mix", f"{key.spelling} has no lists to count", why, "leave it out")
            continue
        found[key.spelling] = {name.spelling: told.numbers(each, MOST) for name, each in told.known(value, names)}
    return {"counts": found}
