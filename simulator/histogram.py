"""Durations counted in constant memory, for percentiles over any number of them."""

from __future__ import annotations

import math

STEP = 1.01
"""Each bucket ends one per cent above where it begins."""

_SMALLEST_MS = 0.001


class Histogram:
    """
    Durations in milliseconds, counted in buckets.

    A percentile is the value of the nearest rank, told as the lower end of its bucket: at most one per cent below what
    was measured, and never above it, so that no limit is missed by the counting.
    """

    __slots__ = ("_buckets", "count", "least_ms", "most_ms")

    def __init__(self) -> None:
        """Begin with none."""
        self.count = 0
        self.most_ms = 0.0
        """The longest, exactly."""
        self.least_ms = 0.0
        """The shortest, exactly; below nothing for what came before its time."""
        self._buckets: dict[int, int] = {}

    def add(self, duration_ms: float) -> None:
        """Count one."""
        self.count += 1
        self.most_ms = max(self.most_ms, duration_ms)
        self.least_ms = min(self.least_ms, duration_ms) if self.count > 1 else duration_ms
        number = math.floor(math.log(duration_ms / _SMALLEST_MS, STEP)) if duration_ms > _SMALLEST_MS else 0
        self._buckets[number] = self._buckets.get(number, 0) + 1

    def percentile(self, share: float) -> float:
        """Give the duration that this share of them does not exceed; 0.0 where there are none."""
        wanted, seen = max(1, math.ceil(self.count * share)), 0
        for number in sorted(self._buckets):
            seen += self._buckets[number]
            if seen >= wanted:
                return _SMALLEST_MS * STEP**number
        return 0.0
