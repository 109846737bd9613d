"""Which event a payload is of, and where in it stand times, languages, messages and people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from simulator import paths
from simulator.catalog import Catalog, EventFact
from simulator.corpus.counts import lists_of
from simulator.corpus.mix import Mix
from simulator.corpus.press import Press
from simulator.corpus.recipe import Recipe, studio_of
from simulator.corpus.writing import Writing, script_of

Flat = Mapping[str, Any]
"""Path → value, of all that is in a body; of a list the first element, as the catalog tells them."""

LANGUAGE_FIELDS = ("locale", "language", "user_locale")
_SAMPLES = 12
"""So many payloads show what those of one type hold."""
_SAMPLE_START_MS = 1_767_603_600_000
_CROWD = 64
"""So many people show what tells them apart."""
_LENGTH = 30
_MESSAGE = Writing(lengths=((_LENGTH, _LENGTH, 1.0),), scripts=(("cjk", 1.0),))
"""How messages are written in the samples, so that they are told from all other texts."""
_LOCALE = "de_DE"
"""That of all people in the samples, so that what tells it is told from what is always the same."""
_MOMENT_MS = 2_000
_LEAST_NAME = 6
"""Characters of what a person is known by: shorter texts stand in many payloads."""
_MOST_SHAPES = 4_096
"""So many shapes of bodies are remembered with their events; more are found out again."""


class Form:
    """What all payloads of one event type have."""

    def __init__(self, catalog: Catalog, fact: EventFact) -> None:
        """Begin with what the catalog says; samples are made where they are needed."""
        self._catalog = catalog
        self._fact = fact
        self.event = fact.type
        self._needed = [
            path for path, field in fact.fields.items() if field.presence == "required" and not above(path, fact)
        ]
        self.told = {path: field.values for path, field in fact.fields.items() if field.values is not None}
        self.optional = [path for path, field in fact.fields.items() if field.chance < 1 and not above(path, fact)]
        """The fields that are there or not, and below none that may be missing."""
        self.lists = frozenset(lists_of(fact))
        """Names of lists whose lengths a mix can say."""

    def fits(self, flat: Flat) -> bool:
        """Tell whether a body may be of this type."""
        return all(path in flat for path in self._needed) and all(
            _may_be(flat[path], values) for path, values in self.told.items() if path in flat
        )

    def distance(self, flat: Flat) -> tuple[int, int, int]:
        """Give how far a body is from the usual: fields that are not known, that are needed, that are missing."""
        missing = sum(path not in flat for path in self._fact.fields)
        return len(flat.keys() - self._usual), -len(self._needed), missing

    @cached_property
    def _usual(self) -> frozenset[str]:
        """What fields a payload has: those that the catalog tells, and those below them that are made here."""
        return frozenset(self._fact.fields).union(*(sample.flat for sample in self._samples))

    @cached_property
    def _samples(self) -> list[_Sample]:
        mix = Mix(events={self.event: 1.0}, locales={_LOCALE: 1.0}, writing=_MESSAGE)
        recipe = Recipe(provider=self._catalog.id, mix=mix, seed=1, start_ms=_SAMPLE_START_MS, count=_SAMPLES)
        press = Press(recipe, {})
        return [
            _Sample(
                body=(body := json.loads(press.body(number, row))),
                flat=flat_of(body),
                due_ms=row[2],
                names=_names(press.studio.user(row[1])),
            )
            for number, row in enumerate(press.rows(0)[:_SAMPLES])
        ]

    @cached_property
    def messages(self) -> tuple[str, ...]:
        """The fields in which a message stands, and nothing else."""
        return self._where(
            lambda value, _: isinstance(value, str) and len(value) == _LENGTH and script_of(value) == "cjk"
        )

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The fields that tell the language of the person."""
        fields = self._where(lambda value, _: isinstance(value, str) and value[:2] == _LOCALE[:2])
        return tuple(path for path in fields if path.rpartition(".")[2] in LANGUAGE_FIELDS)

    @cached_property
    def times(self) -> tuple[str, ...]:
        """The fields that tell when the event was, or a moment before."""
        return self._where(lambda value, sample: abs((time_ms(value) or 0) - sample.due_ms) <= _MOMENT_MS)

    @cached_property
    def people(self) -> Mapping[str, str]:
        """The fields by which a person is known, and what each of them is called among all that is known of her."""
        found: dict[str, str] = {}
        for path in self._where(lambda value, sample: isinstance(value, str) and value in sample.names):
            values = [(str(each.flat[path]), each.names) for each in self._samples if path in each.flat]
            # What many have in common tells nobody apart.
            if len({value for value, _ in values}) == len({frozenset(names) for _, names in values}):
                found[path] = values[0][1][values[0][0]]
        return found

    @cached_property
    def usual_lengths(self) -> Mapping[str, set[int]]:
        """Name of a list → how many elements it has where no mix says it."""
        found: dict[str, set[int]] = {}
        for sample in self._samples:
            for name, length in lists_in(sample.body):
                found.setdefault(name, set()).add(length)
        return found

    def _where(self, is_one: Callable[[Any, _Sample], bool]) -> tuple[str, ...]:
        """Give the fields of which that is true in every sample that has them."""
        seen = Counter(path for sample in self._samples for path in sample.flat)
        right = Counter(path for each in self._samples for path, value in each.flat.items() if is_one(value, each))
        return tuple(sorted(path for path, count in right.items() if count == seen[path]))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sample:
    """A body that was made here, and what is known about it."""

    body: Any
    flat: Flat
    due_ms: int
    names: Mapping[str, str]
    """The texts by which its person is known, and what each of them is called."""


class Recogniser:
    """Finds the form of a body."""

    def __init__(self, catalog: Catalog) -> None:
        """Begin with no body seen."""
        self.forms = {fact.type: Form(catalog, fact) for fact in catalog.events.values()}
        self._usual = [fact.type for fact in catalog.events.values() if fact.weight] or list(catalog.events)
        self._provider = catalog.id
        self._known_by: dict[str, list[str]] = {}
        told = [each for form in self.forms.values() for each in form.told.items()]
        self._telling = {
            path: tuple({value for name, values in told if name == path for value in values}) for path, _ in told
        }
        self._known: dict[Any, Form | None] = {}

    def form(self, flat: Flat) -> Form | None:
        """Give the form that a body is most like: of those that it fits, the one that knows most of it."""
        shape = (
            frozenset(flat),
            tuple(_told(flat[path], values) for path, values in self._telling.items() if path in flat),
        )
        if shape not in self._known:
            if len(self._known) >= _MOST_SHAPES:
                self._known.clear()
            fitting = [form for form in self.forms.values() if form.fits(flat)]
            self._known[shape] = min(fitting, key=lambda form: form.distance(flat)) if fitting else None
        return self._known[shape]

    def person(self, form: Form, flat: Flat) -> str | None:
        """Give by what the person is known whom a body is about: of all that it tells, what most event types tell."""
        if form.event not in self._known_by:
            ranks = self._ranks
            self._known_by[form.event] = sorted(
                form.people, key=lambda path: (ranks.get(form.people[path], (0, 0)), path), reverse=True
            )
        return next((str(flat[path]) for path in self._known_by[form.event] if path in flat), None)

    @cached_property
    def _ranks(self) -> Mapping[str, tuple[int, int]]:
        """How many of the usual event types tell what a person is known by, and how many people it tells apart."""
        told = Counter(name for event in self._usual for name in set(self.forms[event].people.values()))
        mix = Mix(events={self._usual[0]: 1.0})
        recipe = Recipe(provider=self._provider, mix=mix, seed=1, start_ms=_SAMPLE_START_MS, count=1)
        studio = studio_of(recipe, {})
        crowd = {(name, value) for number in range(_CROWD) for value, name in _names(studio.user(number)).items()}
        apart = Counter(name for name, _ in crowd)
        return {name: (count, apart[name]) for name, count in told.items()}


def flat_of(body: Any) -> dict[str, Any]:
    """Give all that is in a body by its path; of a list its first element."""
    return dict(_flat(body, ""))


def _flat(value: Any, before: str) -> Iterator[tuple[str, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value[:1])
    for name, inner in pairs:
        key = _escaped(str(name))
        path = f"{before}.{key}" if before else key
        yield path, inner
        if isinstance(inner, dict | list):
            yield from _flat(inner, path)


def _escaped(key: str) -> str:
    """Give a key as paths write it."""
    return key if "." not in key and "\\" not in key else key.replace("\\", "\\\\").replace(".", "\\.")


def lists_in(value: Any, name: str = "") -> Iterator[tuple[str, int]]:
    """Give all lists in a body: their names and lengths."""
    pairs = value.items() if isinstance(value, dict) else (("", inner) for inner in value)
    if isinstance(value, list):
        yield name, len(value)
    for key, inner in pairs:
        if isinstance(inner, dict | list):
            yield from lists_in(inner, key)


def above(path: str, fact: EventFact) -> str:
    """Give the first field above a path that may be missing; empty where there is none."""
    parts = paths.split(path)
    fields = (paths.join(parts[:count]) for count in range(1, len(parts)))
    return next((each for each in fields if each in fact.fields and fact.fields[each].presence != "required"), "")


def _may_be(value: Any, values: tuple[Any, ...]) -> bool:
    return isinstance(value, list | dict) or value in values


def _told(value: Any, values: tuple[Any, ...]) -> int:
    """Give the place of a value among these; numbers below 0 for one that is none of them, and for a list or a map."""
    if isinstance(value, list | dict):
        return -2
    return values.index(value) if value in values else -1


def _names(row: Any) -> dict[str, str]:
    """Give the texts of a person's row that may be hers alone, and the path of each."""
    return {
        value: path
        for path, value in reversed(flat_of(row).items())
        if isinstance(value, str) and len(value) >= _LEAST_NAME and time_ms(value) is None
    }


def time_ms(value: Any) -> int | None:
    """Give what may be a time since 2001, in Unix milliseconds."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        if not 1e9 <= value < 4e12:
            return None
        whole = int(value * 1000) if 1e9 <= value < 4e9 else int(value)
        return whole if 1e12 <= whole < 4e12 else None
    if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T":
        try:
            found = datetime.fromisoformat(value[:19]).replace(tzinfo=UTC)
        except ValueError:
            return None
        return int(found.timestamp() * 1000) if found.year > 2000 else None
    return None
