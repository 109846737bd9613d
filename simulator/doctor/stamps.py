"""The times that a request may have been signed at: the numbers and the dates that stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from simulator.doctor.capture import Captured
from simulator.units import instant_ms

EARLIEST_MS = 946_684_800_000
LATEST_MS = 4_102_444_800_000
"""From 2000 to 2100: what lies outside was read in the wrong unit."""

MOST = 60

_NUMBER = re.compile(r"(?<![0-9A-Za-z.])\d{9,19}(?![0-9A-Za-z])")
_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)")


def plausible(ms: int) -> bool:
    """True for a time in Unix milliseconds that a request of our days may have."""
    return EARLIEST_MS <= ms < LATEST_MS


def found(request: Captured) -> tuple[int, ...]:
    """
    Give the times of a request in Unix milliseconds, those of its headers before those of its URL and body.

    Each number is read as seconds, milliseconds and microseconds; the readings that give a plausible time come first.
    """
    texts = [value for _, value in request.headers]
    readings = [*_readings(texts), *_readings([request.url, request.body[:100_000].decode("utf-8", "replace")])]
    return tuple(sorted(dict.fromkeys(readings), key=lambda ms: not plausible(ms)))[:MOST]


def _readings(texts: Sequence[str]) -> Iterator[int]:
    for text in texts:
        for number in _NUMBER.findall(text):
            yield from (int(number) * 1000, int(number), int(number) // 1000, int(number) * 1_000_000)
        for date in _DATE.findall(text):
            try:
                yield instant_ms(date)
            except ValueError:
                continue
