"""The mix that a real corpus was made from, as far as its payloads show it; nothing of their text is kept."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from simulator.catalog import Catalog
from simulator.corpus.counts import MOST
from simulator.corpus.mix import usual
from simulator.corpus.mixfile import LONGEST_TALK
from simulator.corpus.recognition import Flat, Form, Recogniser, flat_of, lists_in, time_ms
from simulator.corpus.rhythm import HOUR_MS, WEEK_HOURS
from simulator.corpus.sessions import Sessions
from simulator.corpus.writing import script_of
from simulator.fake import is_locale, known_locale

_FEWEST = 30
"""Fewer payloads of one event say nothing about its optional fields, and fewer messages nothing about their lengths."""
_TYPICAL = 200
"""So many conversations say how long they are."""
_LENGTHS = (0, 1, 11, 21, 41, 61, 81, 121, 161, 241, 321, 481, 641, 1281, 2561, 5121, 10_241, 100_001)
"""Where ranges of lengths begin."""


class Likeness:
    """Looks at payloads one by one and says what they have in common, in the same memory for any number of them."""

    def __init__(self, catalog: Catalog) -> None:
        """Begin with nothing seen."""
        self._catalog = catalog
        self._recogniser = Recogniser(catalog)
        self._usual = usual(catalog)
        self._receipts = frozenset(each.event for each in self._usual.follows)
        self.count = 0
        """Payloads that were recognised."""
        self.unknown = 0
        """Payloads that are like none of the provider's."""
        self._events: Counter[str] = Counter()
        self._present: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._counts: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        self._locales: Counter[str] = Counter()
        self._lengths: Counter[int] = Counter()
        self._scripts: Counter[str] = Counter()
        self._hours: Counter[int] = Counter()
        self._sessions = Sessions()
        self._first_ms: int | None = None
        self._last_ms = 0

    def see(self, body: Any, event: str = "") -> None:
        """Take a payload into account; its event type is found out where it is not told."""
        flat = flat_of(body) if isinstance(body, dict) else {}
        form = self._recogniser.forms.get(event) or (self._recogniser.form(flat) if flat else None)
        if form is None:
            self.unknown += 1
            return
        self.count += 1
        self._events[form.event] += 1
        self._present[form.event].update(path for path in form.optional if path in flat)
        self._see_content(body, flat, form)
        at_ms = max((ms for path in form.times if (ms := time_ms(flat.get(path))) is not None), default=None)
        if at_ms is not None:
            self._see_time(at_ms)
            person = self._recogniser.person(form, flat)
            if person is not None:
                self._sessions.see(person, at_ms, is_receipt=form.event in self._receipts)

    def _see_content(self, body: Any, flat: Flat, form: Form) -> None:
        locale = _locale(flat, form)
        self._locales.update([locale] if locale else [])
        for path in form.messages:
            text = flat.get(path)
            if isinstance(text, str):
                self._lengths[max(begin for begin in _LENGTHS if begin <= min(len(text), _LENGTHS[-1]))] += 1
                self._scripts[script_of(text, locale[:2])] += 1
        if form.lists:
            for name, length in lists_in(body):
                if name in form.lists and 0 < length <= MOST:
                    self._counts[form.event, name][length] += 1

    def _see_time(self, at_ms: int) -> None:
        self._hours[_hour_of_week(at_ms)] += 1
        self._first_ms = at_ms if self._first_ms is None else min(self._first_ms, at_ms)
        self._last_ms = max(self._last_ms, at_ms)

    def mix(self) -> dict[str, Any]:
        """Give the mix as its file says it."""
        found: dict[str, Any] = {
            "provider": self._catalog.id,
            "events": {event: _short(100 * count / self.count) for event, count in sorted(self._events.items())},
            **self._talks(),
        }
        present = {event: dict(self._chances(event)) for event in found["events"]}
        found["present"] = {event: chances for event, chances in present.items() if chances}
        found["locales"] = dict(self._locales.most_common())
        found["texts"] = self._texts()
        found["counts"] = self._lists()
        if self._first_ms is not None and self._last_ms > self._first_ms:
            found["every"] = f"{max((self._last_ms - self._first_ms) // max(self.count - 1, 1), 1)}ms"
            found |= self._rhythm()
        return {name: value for name, value in found.items() if value}

    def _talks(self) -> dict[str, Any]:
        turns = self._sessions.turns(LONGEST_TALK)
        gap = self._sessions.gap_ms()
        if sum(turns.values()) < _TYPICAL:
            return {}
        return {"turns": turns, "gap": f"{gap[0]}ms..{gap[1]}ms" if gap else ""}

    def _chances(self, event: str) -> Iterator[tuple[str, str]]:
        count = self._events[event]
        if count >= _FEWEST:
            for path in self._recogniser.forms[event].optional:
                yield path, f"{_short(100 * self._present[event][path] / count)}%"

    def _texts(self) -> dict[str, Any]:
        total = sum(self._lengths.values())
        if total < _FEWEST:
            return {}
        ends = dict(pairwise(_LENGTHS))
        lengths = {
            f"{begin}..{ends[begin] - 1}": self._lengths[begin] for begin in sorted(self._lengths) if begin in ends
        }
        scripts = {name: count for name, count in self._scripts.items() if name != "plain"}
        shares = {name: f"{_short(100 * count / total)}%" for name, count in sorted(scripts.items())}
        return {name: found for name, found in (("lengths", lengths), ("scripts", shares)) if found}

    def _lists(self) -> dict[str, dict[str, dict[int, int]]]:
        found: dict[str, dict[str, dict[int, int]]] = {}
        for (event, name), lengths in sorted(self._counts.items()):
            usually = self._recogniser.forms[event].usual_lengths.get(name, set())
            if event not in self._usual.counts and len(usually) == 1 and lengths.keys() == usually:
                continue
            found.setdefault(event, {})[name] = dict(sorted(lengths.items()))
        return found

    def _rhythm(self) -> dict[str, Any]:
        """Give hours and days, where the corpus is long enough to say something about them."""
        span_ms = self._last_ms - (self._first_ms or 0)
        found: dict[str, Any] = {}
        if span_ms >= 24 * HOUR_MS:
            found["hours"] = [sum(self._hours[day * 24 + hour] for day in range(7)) for hour in range(24)]
        if span_ms >= WEEK_HOURS * HOUR_MS:
            found["days"] = [sum(self._hours[day * 24 + hour] for hour in range(24)) for day in range(7)]
        return found


def _locale(flat: Flat, form: Form) -> str:
    """Give the first locale that is told; empty where none is."""
    told = (str(flat[path]).replace("-", "_") for path in form.languages if path in flat)
    return next((known_locale(each) for each in told if is_locale(each)), "")


def _hour_of_week(at_ms: int) -> int:
    """Give the hour since Monday, 00:00 UTC; 1970 began on a Thursday."""
    return (at_ms // HOUR_MS + 3 * 24) % WEEK_HOURS


def _short(number: float) -> float | int:
    """Give a share in three decimals; what was seen at all is never nothing."""
    rounded = max(round(number, 3), 0.001) if number else 0
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
