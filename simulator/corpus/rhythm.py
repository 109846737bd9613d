"""When things happen: much in some hours of the week, little in others."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence

HOUR_MS = 3_600_000
WEEK_HOURS = 168
_FIRST_MONDAY_MS = 4 * 24 * HOUR_MS
"""1970 began on a Thursday."""


class Rhythm:
    """Turns work, which passes evenly, into story time, in which some hours hold more of it than others."""

    def __init__(self, start_ms: int, hours: Sequence[float], days: Sequence[float]) -> None:
        """Begin at that time; `hours` of the day and `days` from Monday hold as much work as their numbers say."""
        weights = [day * hour for day in days for hour in hours]
        # Whole numbers, so that every machine comes to the same.
        unit = sum(weights) / (WEEK_HOURS * HOUR_MS)
        self._done = [0, *(round(done / unit) for done in itertools.accumulate(weights))]
        self._work = [after - before for before, after in itertools.pairwise(self._done)]
        self._start_ms = start_ms
        self._is_even = len(set(weights)) == 1
        self._before = self._work_until(start_ms)

    def time_ms(self, work_ms: int) -> int:
        """Give when so much work is done since the start."""
        if self._is_even:
            return self._start_ms + work_ms
        weeks, rest = divmod(self._before + work_ms, self._done[-1])
        hour = bisect_right(self._done, rest) - 1
        inside = (rest - self._done[hour]) * HOUR_MS // self._work[hour]
        return _FIRST_MONDAY_MS + (weeks * WEEK_HOURS + hour) * HOUR_MS + inside

    def _work_until(self, time_ms: int) -> int:
        hours, inside = divmod(time_ms - _FIRST_MONDAY_MS, HOUR_MS)
        weeks, hour = divmod(hours, WEEK_HOURS)
        return weeks * self._done[-1] + self._done[hour] + inside * self._work[hour] // HOUR_MS
