"""What the providers of a story can do, and what is told where a step asks for more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from simulator import paths
from simulator.catalog import Catalog, EventFact
from simulator.errors import did_you_mean
from simulator.scenario.spots import Spot, shortened, some

ALWAYS_OFFERED = ("event", "raw")
"""What an actor of any provider can do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Abilities:
    """The catalogs of the story's providers, and whether a branch asks first which of them it is."""

    catalogs: Mapping[str, Catalog] = field(default_factory=dict)
    is_guarded: bool = False
    """True under an `if` that reads `provider`: what is missing there is no problem of the file."""

    def verb(self, spot: Spot, verb: str) -> None:
        """Tell of each provider whose actors cannot do that."""
        for catalog in self._asked():
            if verb not in catalog.verbs and verb not in ALWAYS_OFFERED:
                what = f"an actor of {catalog.title} cannot do {verb}"
                spot.tell("not-offered", what, why=_offer(catalog, catalog.verbs), fix=self._way_out())

    def chat(self, spot: Spot, verb: str = "") -> bool:
        """Tell of each provider whose actors cannot do that in a chat that is named; false where one has no chats."""
        for catalog in self._asked():
            if not catalog.chat_verbs:
                what = f"{catalog.title} has no chats to be named"
                spot.tell("not-offered", what, why="a person and the bot are alone there", fix=self._way_out())
            elif verb and verb not in catalog.chat_verbs:
                what = f"an actor of {catalog.title} cannot do {verb} in a chat that is named"
                spot.tell("not-offered", what, why=_offer(catalog, catalog.chat_verbs), fix=self._way_out())
        return all(catalog.chat_verbs for catalog in self._asked())

    def bot_field(self, spot: Spot, name: str, *, is_optional: bool = False) -> None:
        """Tell of each provider whose replies have no such field; where the reply is optional, some other has it."""
        asked = self._asked()
        is_known = any(name in catalog.reply_fields for catalog in asked)
        for catalog in asked:
            if name not in catalog.reply_fields and not (is_optional and is_known):
                what = f"a bot of {catalog.title} has no {name}"
                fix = self._way_out() + (", or write optional: true" if is_known else "")
                spot.tell("not-offered", what, why=_offer(catalog, catalog.reply_fields), fix=fix)

    def event(self, spot: Spot, event_type: str) -> None:
        """Tell of each provider that has no event of that type."""
        self._name(spot, "event type", "unknown-event-type", event_type, lambda catalog: catalog.events)

    def operation(self, spot: Spot, name: str, *, beside: Collection[str] = ()) -> None:
        """Tell of each provider that has no such operation."""
        self._name(spot, "operation", "unknown-operation", name, lambda catalog: (*catalog.operations, *beside))

    def error(self, spot: Spot, name: str) -> None:
        """Tell of each provider that has no error of that name."""
        self._name(spot, "error", "unknown-error", name, lambda catalog: catalog.errors)

    def path(self, spot: Spot, path: str, event_type: str) -> None:
        """Tell if no body of the event has that path; without an event type: no body of the provider."""
        if path.startswith("+"):
            return
        for catalog in self._asked():
            facts = [catalog.events[event_type]] if event_type in catalog.events else list(catalog.events.values())
            known = [field for fact in facts for field in fact.fields]
            if known and not any(_has_path(fact, path) for fact in facts):
                where = f"the body of {event_type}" if event_type in catalog.events else f"any body of {catalog.title}"
                fix = did_you_mean(path, known, f"write +{path} if it is meant as a new one")
                spot.tell(
                    "unknown-path", f'there is no field "{path}" in {where}', why=f"it has: {some(known)}", fix=fix
                )

    def signed(self, spot: Spot, part: str, why: str) -> None:
        """Tell of each provider that does not sign that part of a request."""
        for catalog in self._asked():
            if part not in catalog.policy.signs:
                what = f"{catalog.title} does not sign the {part} of what it sends"
                spot.tell("not-offered", what, why=why, fix=self._way_out())

    def _asked(self) -> Collection[Catalog]:
        return () if self.is_guarded else self.catalogs.values()

    def _way_out(self) -> str:
        return "put it under an `if` that asks for the provider" if len(self.catalogs) > 1 else "leave it out"

    def _name(self, spot: Spot, noun: str, code: str, name: str, known: Callable[[Catalog], Collection[str]]) -> None:
        for catalog in self._asked():
            names = known(catalog)
            if name not in names:
                otherwise = self._way_out() if len(self.catalogs) > 1 else "use one of these"
                fix = did_you_mean(name, names, otherwise)
                spot.tell(code, f'unknown {noun} "{shortened(name)}"', why=_offer(catalog, names), fix=fix)


def _offer(catalog: Catalog, names: Collection[str]) -> str:
    return f"{catalog.title} offers: {', '.join(names) or 'none'}"


def _has_path(fact: EventFact, path: str) -> bool:
    """True where the path is a field, leads to one, or lies inside one whose inner fields are not listed."""
    wanted = _shape(path)
    for name, about in fact.fields.items():
        shape = _shape(name)
        if shape[: len(wanted)] == wanted:
            return True
        is_open = any(kind in ("object", "list", "any") for kind in about.type.split("|"))
        if is_open and wanted[: len(shape)] == shape and not _has_inner(fact, shape):
            return True
    return False


def _has_inner(fact: EventFact, shape: tuple[str, ...]) -> bool:
    return any(len(other) > len(shape) and other[: len(shape)] == shape for other in map(_shape, fact.fields))


def _shape(path: str) -> tuple[str, ...]:
    """The path with every index as 0: what holds for one element of a list holds for each."""
    return tuple("0" if isinstance(part, int) else part for part in paths.split(path))
