"""How long answers took, counted in classes that grow like the times themselves, so that any number of them fits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

PER_DECADE = 8
"""Classes between 1 ms and 10 ms, between 10 ms and 100 ms, and so on."""

LEAST_MS = 0.1


@dataclass(frozen=True, slots=True)
class Bar:
    """One class."""

    from_ms: float
    to_ms: float
    count: int


class Latency:
    """Counts durations."""

    def __init__(self) -> None:
        """Begin with none."""
        self._classes: Counter[int] = Counter()
        self.count = 0
        self.most_ms = 0.0

    def add(self, took_ms: float) -> None:
        """Count one."""
        self._classes[_class_of(took_ms)] += 1
        self.count += 1
        self.most_ms = max(self.most_ms, took_ms)

    def quantile_ms(self, share: float) -> float:
        """Give the upper bound of the class in which that share of all durations, in order, is reached; 0 if none."""
        left = math.ceil(share * self.count)
        for number in sorted(self._classes):
            left -= self._classes[number]
            if left <= 0:
                return min(_bound(number + 1), self.most_ms)
        return 0.0

    def bars(self) -> Sequence[Bar]:
        """Give the classes from the first to the last that has any, empty ones between them too."""
        if not self._classes:
            return ()
        numbers = range(min(self._classes), max(self._classes) + 1)
        return [Bar(_bound(number), _bound(number + 1), self._classes[number]) for number in numbers]


def _class_of(took_ms: float) -> int:
    return math.floor(math.log10(max(took_ms, LEAST_MS)) * PER_DECADE + 1e-9)


def _bound(number: int) -> float:
    return float(10 ** (number / PER_DECADE))
