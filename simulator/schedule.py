"""When things happen: rates, arrivals, cron lines and lags as due times, one after another. Pure."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

if TYPE_CHECKING:
    import random

CRON_ALIASES: Mapping[str, str] = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
"""Names of cron lines → the lines."""

STRETCH = 1_000
"""So many events, about, are drawn from one random stream; the next stretch has its own."""

LONGEST_STRETCH_MS = 3_600_000.0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

Draw = Callable[[str], "random.Random"]
"""Name → the random stream of that name, at its beginning."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """When the events of a stream are due. Without a rate, `every` or `cron` there is one moment."""

    start_ms: int
    """Unix milliseconds."""
    rate_per_s: float | None = None
    arrivals: Literal["uniform", "poisson"] = "uniform"
    every: tuple[int, int] | None = None
    """Milliseconds from one moment to the next, drawn between the two where they differ."""
    cron: str | None = None
    zone: str = "UTC"
    burst: int = 1
    """Events at each moment."""
    lasting_ms: int | None = None
    """Moments come before the end of that time; None: until there were `count` events."""
    count: int | None = None


def due_times(plan: Plan, draw: Draw) -> Iterator[int]:
    """
    Give the due time of each event, in Unix milliseconds and in order; they are drawn as they are asked for.

    Those of a rate follow from the start and the number of the event, so that they stay true for any length of time.
    Random ones hang on their own stretch of the stream, not on how many were asked for. Cron lines are read in their
    zone: a time that summer time skips comes when the clock has gone forward, one that it repeats comes once.
    """
    moments = _moments(plan, draw)
    if plan.lasting_ms is not None:
        end_ms = plan.start_ms + plan.lasting_ms
        moments = itertools.takewhile(lambda due_ms: due_ms < end_ms, moments)
    events = (due_ms for due_ms in moments for _ in range(plan.burst))
    return itertools.islice(events, plan.count)


def moment_after(text: str, zone: str, now_ms: int) -> int:
    """
    Give the moment that an ISO 8601 time stands for, or the first one of a cron line after now, in Unix milliseconds.

    A time without a zone is one of `zone`.

    Raises:
        ValueError: it is neither, or the cron line has no further moment.
    """
    written = text.strip()
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        found_ms = next(cron_times(written, zone, now_ms), None)
        if found_ms is None:
            raise ValueError(f'"{written}" does not come again') from None
        return found_ms
    return _unix_ms(found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone)))


def cron_times(line: str, zone: str, after_ms: int) -> Iterator[int]:
    """
    Give the moments of a cron line after that one, in Unix milliseconds.

    Raises:
        ValueError: it is no cron line.
    """
    after = (_EPOCH + timedelta(milliseconds=after_ms)).astimezone(ZoneInfo(zone))
    try:
        found = CronSim(CRON_ALIASES.get(line.strip().lower(), line), after)
    except CronSimError as error:
        raise ValueError(f'"{line}" is neither a time nor a cron line: {str(error).lower()}') from error
    return _before_the_end(found)


def _before_the_end(found: Iterator[datetime]) -> Iterator[int]:
    try:
        for moment in found:
            yield _unix_ms(moment)
    except OverflowError:
        # The calendar ends with the year 9999.
        return


def _unix_ms(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


def _moments(plan: Plan, draw: Draw) -> Iterator[int]:
    if plan.rate_per_s is not None and plan.arrivals == "poisson":
        return _poisson(plan.start_ms, plan.rate_per_s, draw)
    if plan.rate_per_s is not None:
        return _uniform(plan.start_ms, plan.rate_per_s, plan.lasting_ms)
    if plan.every is not None:
        return _spaced(plan.start_ms, plan.every, draw)
    if plan.cron is not None:
        # A stream that begins at one of its own moments begins with it.
        return cron_times(plan.cron, plan.zone, plan.start_ms - 1)
    return iter((plan.start_ms,))


def _uniform(start_ms: int, rate_per_s: float, lasting_ms: int | None) -> Iterator[int]:
    most_ms = math.inf if lasting_ms is None else lasting_ms - 1
    for number in itertools.count():
        at_ms = number * 1000 / rate_per_s
        if lasting_ms is not None and at_ms >= lasting_ms:
            return
        # The last ones of a fast rate would be rounded up to the end, and be missing.
        yield start_ms + int(min(math.floor(at_ms + 0.5), most_ms))


def _poisson(start_ms: int, rate_per_s: float, draw: Draw) -> Iterator[int]:
    """Independent arrivals: each stretch of time is filled for itself, since what came before it says nothing."""
    rate_per_ms = rate_per_s / 1000
    length_ms = min(STRETCH / rate_per_ms, LONGEST_STRETCH_MS)
    for stretch in itertools.count():
        stream = draw(f"poisson/{stretch}")
        at_ms = stream.expovariate(rate_per_ms)
        while at_ms < length_ms:
            yield start_ms + math.floor(stretch * length_ms + at_ms)
            at_ms += stream.expovariate(rate_per_ms)


def _spaced(start_ms: int, every: tuple[int, int], draw: Draw) -> Iterator[int]:
    shortest_ms, longest_ms = every
    if shortest_ms == longest_ms:
        yield from itertools.count(start_ms, shortest_ms)
    due_ms = start_ms
    for stretch in itertools.count():
        stream = draw(f"every/{stretch}")
        for _ in range(STRETCH):
            yield due_ms
            due_ms += stream.randint(shortest_ms, longest_ms)
