"""An event's template filled with what the event, the world and the seed say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import nodes

from simulator.catalog import BodyStyle, EventFact
from simulator.errors import InputError, did_you_mean
from simulator.expressions import ExpressionError
from simulator.fake import DEFAULT_LOCALE, POOL_SIZE, Fake, is_locale
from simulator.ids import Ids
from simulator.records import ScheduledEvent
from simulator.render.encode import body_of, fragments
from simulator.render.person import person
from simulator.render.slots import FAULTS, SCOPE, NotCompiledError, Program, compiled
from simulator.seeds import derive
from simulator.templates import Templates
from simulator.world import Row, World


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """An event that is to be written, and what its body hangs on."""

    event: ScheduledEvent
    fact: EventFact
    templates: Templates
    world: World
    seed: int
    start_ms: int
    attempt: int


def fill(scene: Scene, ids: Ids) -> Any:
    """
    Give the body of an event as a JSON value, filled in the sandbox.

    Raises:
        InputError: the template is broken, or one of the expressions beside it.
    """
    templates, fact = scene.templates, scene.fact
    fake, names = _Texts(scene), _names(templates, fact.type)
    scope = _scope(scene, ids, fake)

    def draw(name: str) -> Any:
        own = {**scope, "fake": fake.of(name)} if name in names.faking else scope
        return templates.value_of(fact.values[name], own, path=fact.template, name=name)

    scope["event"] = Values({**names.constants, **scene.event.values}, fact.values, draw)
    return templates.json_of(fact.template, scope)


def write(scene: Scene, ids: Ids, style: BodyStyle) -> bytes | None:
    """Give the same body at once as bytes, by its compiled template; None where only the sandbox can tell."""
    program = program_of(scene.templates, scene.fact, style)
    if isinstance(program, str):
        return None
    fake, names = _Texts(scene), _names(scene.templates, scene.fact.type)
    pieces: list[str] = []
    try:
        scope = in_order(_scope(scene, ids, fake))

        def draw(name: str) -> Any:
            own = [*scope[:_FAKE], fake.of(name), *scope[_FAKE + 1 :]] if name in names.faking else scope
            return program.values[name](*own)

        scope[_EVENT] = Values({**names.constants, **scene.event.values}, scene.fact.values, draw)
        program.body(*scope, program.encode, pieces.append)
        return body_of("".join(pieces), style)
    except FAULTS:
        return None


_FAKE, _EVENT = SCOPE.index("fake"), SCOPE.index("event")


def program_of(templates: Templates, fact: EventFact, style: BodyStyle) -> Program | str:
    """Give the compiled template of an event in that style, or why there is none."""
    if style.kind == "form":
        return "its bodies are forms"
    return _program(templates, fact.type, style)


@lru_cache(maxsize=1024)
def _program(templates: Templates, event_type: str, style: BodyStyle) -> Program | str:
    try:
        return compiled(templates.catalog.events[event_type], templates, fragments(style), style.separators)
    except NotCompiledError as error:
        return str(error)


def in_order(scope: Mapping[str, Any]) -> list[Any]:
    """Give what is in a scope as compiled functions take it."""
    return [scope.get(name) for name in SCOPE]


def _scope(scene: Scene, ids: Ids, fake: _Texts) -> dict[str, Any]:
    """Give what a template finds by name, all but `event`."""
    event, templates, world = scene.event, scene.templates, scene.world
    names = _names(templates, scene.fact.type)
    scope: dict[str, Any] = {"now": event.due_ms, "ids": ids, "options": world.options, "attempt": scene.attempt}
    if "user" in names.all or "fake" in names.all:
        scope["user"] = user = _user(event, templates, world, scene.seed, scene.start_ms)
        fake.locale = locale_of(str(user.get("locale", "")), str(user.get("language", "")))
    if "account" in names.all:
        scope["account"] = world.get("account", "account") or templates.catalog.account
    if "present" in names.all:
        scope["present"] = _presence(event, scene.fact, scene.seed)
    if "fake" in names.template:
        scope["fake"] = fake.of("")
    return scope


class _Texts:
    """Faker's texts of one event: each value draws for itself, so that one that is given leaves the others alone."""

    def __init__(self, scene: Scene) -> None:
        self._seed = scene.seed
        self._event_id = scene.event.id
        self.locale = DEFAULT_LOCALE

    def of(self, value: str) -> Fake:
        """Give those of a value; those of the template itself where it has no name."""
        return Fake(self._seed, self.locale, Draws(self._seed, self._event_id, value))


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


def constants_of(templates: Templates, event_type: str) -> Mapping[str, Any]:
    """Give the values of an event that are the same in every payload."""
    return _names(templates, event_type).constants


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
        with suppress(InputError, ExpressionError):
            constants[name] = _constant(templates, fact, name)
    return Names(
        template=own,
        all=own.union(*asked.values()),
        faking=frozenset(name for name, names in asked.items() if "fake" in names),
        constants=constants,
    )


def _constant(templates: Templates, fact: EventFact, name: str) -> Any:
    tree = templates.tree_of_value(fact.values[name])
    # Most are `none` or `false`, for which the sandbox need not be asked.
    if isinstance(tree, nodes.Const):
        return tree.value
    return templates.value_of(fact.values[name], {}, path=fact.template, name=name)


def _presence(event: ScheduledEvent, fact: EventFact, seed: int) -> Callable[[str], bool]:
    def present(path: str) -> bool:
        """Tell whether this payload has the optional field; each hangs on its own path alone."""
        field = fact.fields.get(path)
        if field is None:
            raise ValueError(f"there is no field {path!r}; {did_you_mean(path, fact.fields, 'see its file of fields')}")
        return field.chance >= 1 or derive(seed, "present", event.id, path) < field.chance * 2**128

    return present


@lru_cache(maxsize=1024)
def locale_of(*candidates: str) -> str:
    """Give the locale in which texts of a person are drawn: her own where it is known, else that of her language."""
    return next(filter(is_locale, candidates), DEFAULT_LOCALE)
