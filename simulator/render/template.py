"""An event's template filled with what the event, the world and the seed say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from simulator.catalog import EventFact
from simulator.errors import InputError, did_you_mean
from simulator.fake import DEFAULT_LOCALE, POOL_SIZE, Fake, is_locale
from simulator.ids import Ids
from simulator.records import ScheduledEvent
from simulator.render.person import person
from simulator.seeds import derive
from simulator.templates import Templates
from simulator.world import Row, World


def fill(
    event: ScheduledEvent,
    fact: EventFact,
    templates: Templates,
    *,
    world: World,
    seed: int,
    start_ms: int,
    ids: Ids,
    attempt: int,
) -> Any:
    """
    Give the body of an event as a JSON value.

    Raises:
        InputError: the template is broken, or one of the expressions beside it.
    """
    names = _names(templates, fact.type)
    scope: dict[str, Any] = {"now": event.due_ms, "ids": ids, "options": world.options, "attempt": attempt}
    locale = DEFAULT_LOCALE
    if "user" in names.all or "fake" in names.all:
        scope["user"] = user = _user(event, templates, world, seed, start_ms)
        locale = _locale(str(user.get("locale", "")), str(user.get("language", "")))
    if "account" in names.all:
        scope["account"] = world.get("account", "account") or templates.catalog.account
    if "present" in names.all:
        scope["present"] = _presence(event, fact, seed)
    if "fake" in names.template:
        scope["fake"] = Fake(seed, locale, Draws(seed, event.id, ""))

    def draw(name: str) -> Any:
        # Each value draws for itself, so that one that is given leaves the others as they were.
        own = {**scope, "fake": Fake(seed, locale, Draws(seed, event.id, name))} if name in names.faking else scope
        return templates.value_of(fact.values[name], own, path=fact.template, name=name)

    scope["event"] = Values({**names.constants, **event.values}, fact.values, draw)
    return templates.json_of(fact.template, scope)


class Draws:
    """The bits by which the texts of an event, or of one value of it, are drawn: a stream that is cheap to begin."""

    def __init__(self, seed: int, event_id: str, value: str) -> None:
        """Stand at the beginning."""
        self._seed = seed
        self._event_id = event_id
        self._value = value
        self._count = 0

    def getrandbits(self, count: int, /) -> int:
        """Give a whole number of that many bits, 128 at most."""
        self._count += 1
        return derive(self._seed, "texts", self._event_id, self._value, self._count) >> (128 - count)


class Values(Mapping[str, Any]):
    """What a template finds as `event`: the event's own values, the others drawn when they are asked for, once each."""

    def __init__(self, given: Mapping[str, Any], drawable: Mapping[str, str], draw: Callable[[str], Any]) -> None:
        """Begin with what is given."""
        self._found = dict(given)
        self._drawable = drawable
        self._draw = draw
        self._waiting: list[str] = []

    def __getitem__(self, name: str) -> Any:
        if name not in self._found:
            if name not in self._drawable:
                raise KeyError(name)
            if name in self._waiting:
                raise ValueError(f"the values hang on each other in a circle: {' → '.join([*self._waiting, name])}")
            self._waiting.append(name)
            self._found[name] = self._draw(name)
            self._waiting.remove(name)
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        return name in self._found or name in self._drawable

    def __iter__(self) -> Iterator[str]:
        return iter({**self._found, **self._drawable})

    def __len__(self) -> int:
        return len({*self._found, *self._drawable})


def _user(event: ScheduledEvent, templates: Templates, world: World, seed: int, start_ms: int) -> Row:
    """Give the row of the event's actor; somebody drawn where there is none, of that id where one is named."""
    if not event.actor:
        return _anyone(templates, seed, start_ms, derive(seed, "crowd", event.id) % POOL_SIZE)
    found = world.get("users", event.actor)
    if found is None:
        drawn = person(templates.provider, seed=seed, start_ms=start_ms, name=event.actor)
        return {**drawn, "id": event.actor}
    return found


@lru_cache(maxsize=2 * POOL_SIZE)
def _anyone(templates: Templates, seed: int, start_ms: int, number: int) -> Row:
    """Give one of the people whom events are about that name nobody: there are as many as a pool has entries."""
    return person(templates.provider, seed=seed, start_ms=start_ms, name=f"crowd-{number}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What an event's template and the expressions beside it ask for; the rest need not be made."""

    template: frozenset[str]
    all: frozenset[str]
    faking: frozenset[str]
    """The values whose expressions draw from Faker."""
    constants: Mapping[str, Any]
    """The values whose expressions ask for nothing: they are the same in every payload."""


@lru_cache(maxsize=1024)
def _names(templates: Templates, event_type: str) -> Names:
    fact = templates.catalog.events[event_type]
    own = templates.names_in(fact.template)
    asked = {name: templates.names_in_value(expression) for name, expression in fact.values.items()}
    constants: dict[str, Any] = {}
    for name in (name for name, names in asked.items() if not names):
        # A broken one is told where a payload needs it.
        with suppress(InputError):
            constants[name] = templates.value_of(fact.values[name], {}, path=fact.template, name=name)
    return Names(
        template=own,
        all=own.union(*asked.values()),
        faking=frozenset(name for name, names in asked.items() if "fake" in names),
        constants=constants,
    )


def _presence(event: ScheduledEvent, fact: EventFact, seed: int) -> Callable[[str], bool]:
    def present(path: str) -> bool:
        """Tell whether this payload has the optional field; each hangs on its own path alone."""
        field = fact.fields.get(path)
        if field is None:
            raise ValueError(f"there is no field {path!r}; {did_you_mean(path, fact.fields, 'see its file of fields')}")
        return field.chance >= 1 or derive(seed, "present", event.id, path) < field.chance * 2**128

    return present


@lru_cache(maxsize=1024)
def _locale(*candidates: str) -> str:
    """Give the locale in which texts of a person are drawn: her own where it is known, else that of her language."""
    return next(filter(is_locale, candidates), DEFAULT_LOCALE)
