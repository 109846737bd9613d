"""What is drawn about one event beside its texts: whether, which and how many, each by a name of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulator.deferral import deferrable
from simulator.ids import Ids
from simulator.seeds import derive

TITLES = (
    "Essay 1",
    "Essay 2",
    "Field notes",
    "Final project",
    "Group presentation",
    "Lab report",
    "Midterm",
    "Peer review",
    "Problem set 3",
    "Reading journal",
    "Reading quiz",
    "Reflection",
    "Term paper",
    "Week 4 discussion",
)


def chance(ids: Ids, percent: float, name: str) -> bool:
    """Tell whether something is so that is so in that many of a hundred events."""
    return _drawn(ids, "chance", name) % 10_000 < percent * 100


def pick(ids: Ids, values: Sequence[Any], name: str) -> Any:
    """Give one of the values; one that stands there twice comes twice as often."""
    number = _drawn(ids, "pick", name) % len(values)
    return _chosen(number, *values) if all(isinstance(each, str) for each in values) else values[number]


def between(ids: Ids, low: int, high: int, name: str) -> int:
    """Give a whole number from `low` to `high`, both included."""
    return low + _drawn(ids, "between", name) % (high - low + 1)


def title(ids: Ids, name: str) -> str:
    """Give what a piece of work may be called."""
    return str(pick(ids, TITLES, name))


def _drawn(ids: Ids, kind: str, name: str) -> int:
    return _thrown(ids.give("dice"), kind, name)


@deferrable
def _chosen(number: int, *texts: str) -> str:
    return texts[number]


@deferrable
def _thrown(dice: int, kind: str, name: str) -> int:
    return derive(dice, kind, name)


FILTERS: Mapping[str, Callable[..., Any]] = {"chance": chance, "pick": pick, "between": between, "title": title}
"""Each takes `ids`, of which there is one set for each event."""
