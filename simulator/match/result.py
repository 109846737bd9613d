"""How a comparison ends, and how its values are shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from simulator.records import Mismatch

Fill = Callable[[str], Any]
"""Gives the value of an expression such as `{{ order }}`."""

_LONGEST_SHOWN = 300


class Nothing(Enum):
    """The kind of `NOTHING`."""

    NOTHING = "nothing"


NOTHING = Nothing.NOTHING
"""What is found where a field is not there at all; null is a value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Matched:
    """How one observation compares with what was wanted."""

    mismatches: tuple[Mismatch, ...] = ()
    captures: Mapping[str, str] = field(default_factory=dict)
    """What the captures of the matchers that fitted stand for."""

    @property
    def is_match(self) -> bool:
        """True where nothing differs."""
        return not self.mismatches


def verdict(is_match: bool, path: str, wanted: str, found: Any) -> Matched:
    """Give a match, or one mismatch that shows the value found."""
    return Matched() if is_match else differs(path, wanted, show(found))


def differs(path: str, wanted: str, found: str) -> Matched:
    """Give one mismatch, both sides in words."""
    return Matched(mismatches=(Mismatch(path=path, wanted=wanted, found=found),))


def joined(results: Iterable[Matched]) -> Matched:
    """Give the mismatches and captures of all; of two captures of one name the later counts."""
    mismatches: list[Mismatch] = []
    captures: dict[str, str] = {}
    for matched in results:
        mismatches.extend(matched.mismatches)
        captures.update(matched.captures)
    return Matched(mismatches=tuple(mismatches), captures=captures)


def closest(tries: Iterable[Matched]) -> Matched:
    """Give the first that is a match, or else the first."""
    first: Matched | None = None
    for matched in tries:
        if matched.is_match:
            return matched
        first = first or matched
    return first or Matched()


def show(value: Any) -> str:
    """Give a JSON value in one line of printable characters, cut where it is long; texts stand in quotes."""
    if value is NOTHING:
        return "nothing"
    try:
        text = json.dumps(value, ensure_ascii=False, default=_as_json)
    except (RecursionError, TypeError, ValueError):
        text = f"a {type(value).__name__} that cannot be shown"
    return printable(text)


def printable(text: str) -> str:
    """Give a text in one line, what cannot be seen written as an escape."""
    cut = text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in cut)


def _as_json(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else repr(value)
