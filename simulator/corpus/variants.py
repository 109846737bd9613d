"""The forms of one event type in a corpus: with so many buttons, with so many cards."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from simulator.catalog import EventFact
from simulator.corpus.counts import with_counts
from simulator.render.slots import Program
from simulator.seeds import Wide

_BITS = 32

Counts = Mapping[str, Mapping[int, float]]
"""Name of a list → how many elements it has → weight."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """An event type with lists of given lengths."""

    fact: EventFact
    constants: Mapping[str, Any]
    """The values that are the same in every payload."""
    program: Program | None
    """None where only the sandbox can fill it."""


class Variants:
    """All variants of one event type, each made when it first comes up."""

    def __init__(self, fact: EventFact, counts: Counts, make: Callable[[EventFact], Variant]) -> None:
        """Begin with none; `make` makes one from the facts with their values changed."""
        self._fact = fact
        self._make = make
        self._choices = [
            dict(zip(counts, each, strict=True))
            for each in itertools.product(*(tuple(each) for each in counts.values()))
        ]
        weights = [math.prod(counts[name][count] for name, count in each.items()) for each in self._choices]
        ends = list(itertools.accumulate(weights))
        self._ends = [round(end / ends[-1] * 2**_BITS) for end in ends[:-1]]
        self._made: dict[int, Variant] = {}

    def drawn(self, stream: Wide) -> Variant:
        """Give the one that a payload has, by its stream; nothing is drawn where there is one only."""
        number = bisect_right(self._ends, stream.getrandbits(_BITS)) if self._ends else 0
        if number not in self._made:
            values = with_counts(self._fact, self._choices[number])
            self._made[number] = self._make(replace(self._fact, values=values))
        return self._made[number]
