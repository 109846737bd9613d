"""The mix that a real corpus was made from, as far as its payloads show it; nothing of their text is kept."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from simulator.catalog import Catalog, EventFact
from simulator.corpus.mix import Mix
from simulator.corpus.press import Press
from simulator.corpus.recipe import Recipe
from simulator.corpus.rhythm import HOUR_MS, WEEK_HOURS
from simulator.fake import is_locale, known_locale
from simulator.paths import UnknownPath, get

_LANGUAGE_FIELDS = ("locale", "language", "user_locale")
_SAMPLES = 12
"""So many payloads show what fields one of a type has."""
_FEWEST = 30
"""Fewer payloads of one event say nothing about its optional fields."""


class Likeness:
    """Looks at payloads one by one and says what they have in common."""

    def __init__(self, catalog: Catalog) -> None:
        """Begin with nothing seen."""
        self._forms = [_Form(catalog, fact) for fact in catalog.events.values()]
        self._catalog = catalog
        self.count = 0
        """Payloads that were recognised."""
        self.unknown = 0
        """Payloads that are like none of the provider's."""
        self._events: Counter[str] = Counter()
        self._present: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._locales: Counter[str] = Counter()
        self._hours: Counter[int] = Counter()
        self._first_ms: int | None = None
        self._last_ms = 0

    def see(self, body: Any, event: str = "") -> None:
        """Take a payload into account; its event type is found out where it is not told."""
        known = event if event in self._catalog.events else self._recognised(body)
        if known is None:
            self.unknown += 1
            return
        self.count += 1
        self._events[known] += 1
        for path, field in self._catalog.events[known].fields.items():
            if field.chance < 1 and _has(body, path):
                self._present[known][path] += 1
        leaves = list(_leaves(body))
        self._locales.update(_locales(leaves))
        self._see_time(max((ms for _, value in leaves if (ms := _time_ms(value)) is not None), default=None))

    def _see_time(self, at_ms: int | None) -> None:
        if at_ms is None:
            return
        self._hours[_hour_of_week(at_ms)] += 1
        self._first_ms = at_ms if self._first_ms is None else min(self._first_ms, at_ms)
        self._last_ms = max(self._last_ms, at_ms)

    def _recognised(self, body: Any) -> str | None:
        """Give the event type that a body is most like: of those that it fits, the one that knows most of it."""
        if not isinstance(body, Mapping):
            return None
        fitting = [form for form in self._forms if form.fits(body)]
        if len(fitting) < 2:
            return fitting[0].event if fitting else None
        return min(fitting, key=lambda form: form.distance(body)).event

    def mix(self) -> dict[str, Any]:
        """Give the mix as its file says it."""
        found: dict[str, Any] = {
            "provider": self._catalog.id,
            "events": {event: _short(100 * count / self.count) for event, count in sorted(self._events.items())},
        }
        present = {event: dict(self._chances(event)) for event in found["events"]}
        found["present"] = {event: chances for event, chances in present.items() if chances}
        if self._locales:
            found["locales"] = {name: _short(count) for name, count in self._locales.most_common()}
        if self._first_ms is not None and self._last_ms > self._first_ms:
            found["every"] = f"{max((self._last_ms - self._first_ms) // max(self.count - 1, 1), 1)}ms"
            found |= self._rhythm()
        return {name: value for name, value in found.items() if value}

    def _chances(self, event: str) -> Iterator[tuple[str, str]]:
        count = self._events[event]
        for path, field in self._catalog.events[event].fields.items():
            if field.chance < 1 and count >= _FEWEST and not _parents(path, self._catalog.events[event]):
                yield path, f"{_short(100 * self._present[event][path] / count)}%"

    def _rhythm(self) -> dict[str, Any]:
        """Give hours and days, where the corpus is long enough to say something about them."""
        span_ms = self._last_ms - (self._first_ms or 0)
        found: dict[str, Any] = {}
        if span_ms >= 24 * HOUR_MS:
            found["hours"] = [sum(self._hours[day * 24 + hour] for day in range(7)) for hour in range(24)]
        if span_ms >= WEEK_HOURS * HOUR_MS:
            found["days"] = [sum(self._hours[day * 24 + hour] for hour in range(24)) for day in range(7)]
        return found


class _Form:
    """What all payloads of one event type have."""

    def __init__(self, catalog: Catalog, fact: EventFact) -> None:
        self._catalog = catalog
        self.event = fact.type
        self._fields = fact.fields
        self._needed = [
            path for path, field in fact.fields.items() if field.presence == "required" and not _parents(path, fact)
        ]

        self._told = [(path, field.values) for path, field in fact.fields.items() if field.values is not None]

    def fits(self, body: Mapping[str, Any]) -> bool:
        return all(_has(body, path) for path in self._needed) and all(
            _may_be(body, path, values) for path, values in self._told
        )

    def distance(self, body: Mapping[str, Any]) -> tuple[int, int, int]:
        """Give how far a body is from the usual: fields that are not known, that are needed, that are missing."""
        paths = set(_paths(body))
        missing = sum(path not in paths for path in self._fields)
        return len(paths - self._usual), -len(self._needed), missing

    @cached_property
    def _usual(self) -> frozenset[str]:
        """What fields a payload has: those that the catalog tells, and those below them that are made here."""
        mix = Mix(events={self.event: 1.0})
        press = Press(Recipe(provider=self._catalog.id, mix=mix, seed=1, start_ms=0, count=_SAMPLES), {})
        found = set(self._fields)
        for number, row in enumerate(press.rows(0)[:_SAMPLES]):
            found.update(_paths(json.loads(press.body(number, row))))
        return frozenset(found)


def _may_be(body: Mapping[str, Any], path: str, values: tuple[Any, ...]) -> bool:
    """Tell whether a field, where it is there, has one of the values."""
    try:
        value = get(body, path)
    except UnknownPath:
        return True
    return isinstance(value, list | dict) or value in values


def _parents(path: str, fact: EventFact) -> str:
    """Give the first field above a path that may be missing; empty where there is none."""
    parts = path.split(".")
    above = (".".join(parts[:count]) for count in range(1, len(parts)))
    return next((each for each in above if each in fact.fields and fact.fields[each].presence != "required"), "")


def _has(body: Any, path: str) -> bool:
    try:
        get(body, path)
    except UnknownPath:
        return False
    return True


def _paths(value: Any, before: str = "") -> Iterator[str]:
    """Give the paths of all fields; of a list those of its first element, as the catalog tells them."""
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value[:1]) if isinstance(value, list) else ()
    for name, inner in pairs:
        path = f"{before}.{name}" if before else str(name)
        yield path
        yield from _paths(inner, path)


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name)
    else:
        yield name, value


def _locales(leaves: Iterable[tuple[str, Any]]) -> list[str]:
    """Give the first locale that is told, if any."""
    told = (str(value).replace("-", "_") for name, value in leaves if name in _LANGUAGE_FIELDS and value)
    return [known_locale(each) for each in told if is_locale(each)][:1]


def _time_ms(value: Any) -> int | None:
    """Give what may be a time since 2001, in Unix milliseconds."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        whole = int(value * 1000) if 1e9 <= value < 4e9 else int(value)
        return whole if 1e12 <= whole < 4e12 else None
    if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T":
        try:
            found = datetime.fromisoformat(value[:19]).replace(tzinfo=UTC)
        except ValueError:
            return None
        return int(found.timestamp() * 1000) if found.year > 2000 else None
    return None


def _hour_of_week(at_ms: int) -> int:
    """Give the hour since Monday, 00:00 UTC; 1970 began on a Thursday."""
    return (at_ms // HOUR_MS + 3 * 24) % WEEK_HOURS


def _short(number: float) -> float | int:
    rounded = round(number, 3)
    return int(rounded) if rounded == int(rounded) else rounded


def payload_of(line: bytes) -> tuple[Any, str]:
    """
    Give the body in a line, and its event type where the line is a request that names it.

    Raises:
        ValueError: the line is no JSON.
    """
    value = json.loads(line)
    if isinstance(value, Mapping) and {"event", "headers", "body"} <= value.keys() and isinstance(value["body"], str):
        return json.loads(value["body"]), str(value["event"])
    return (json.loads(value), "") if isinstance(value, str) else (value, "")
