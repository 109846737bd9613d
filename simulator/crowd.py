"""Who speaks in streams, and what comes of it: people drawn from the seed by number, and the events about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from simulator import templates
from simulator.ids import Ids
from simulator.provider import Act, Occurrence
from simulator.records import Payload, ScheduledEvent
from simulator.render.person import person
from simulator.scenario.model import EmitStep
from simulator.seeds import Wide, derive, stream
from simulator.terms import Terms
from simulator.world import Put, Remove, World

MOST_ROWS = 2_000
"""So many rows of what streams tell about does the provider know at a time; older ones are forgotten."""

MOST_DRAWN = 20_000
"""So many people are drawn before a stream begins; the others when an event is about them."""

MOST_CHANGES = 200
"""After so many changes by streams a row is forgotten too: one that lists messages would grow without an end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """What an event of a stream has from the one that causes it."""

    cause: str
    """The event's id."""
    actor: str
    """The provider's id of the person."""
    values: Mapping[str, Any]
    """The ids of what both are about."""
    chat: str
    """The conversation in which the cause happened, where the provider knows it; else empty."""


class Crowd:
    """The people of streams, as rows of a story's world, and what they give rise to."""

    def __init__(self, terms: Terms, world: World, user_ids: Mapping[str, str]) -> None:
        """Begin with nobody. `user_ids` are the actors whom the file names."""
        self._terms = terms
        self._world = world
        self._user_ids = user_ids
        self._people: dict[int, str] = {}
        self._drawn: set[str] = set()
        self._changes: dict[tuple[str, str], int] = {}
        self._reading = templates.of(terms.catalog, terms.provider)
        self._named: dict[str, list[tuple[str, str, bool]]] = {}

    def __contains__(self, user_id: object) -> bool:
        """True for the provider's id of somebody who was drawn."""
        return user_id in self._drawn

    def speaker(self, step: EmitStep, event_id: str, number: int) -> str:
        """
        Give the provider's id of who an event of a stream is about.

        Actors with names come one after another. One of many people is drawn for each event by its id; who number n is
        hangs on the seed and n alone, so that streams share their people.
        """
        if isinstance(step.actors, int):
            return self._person(derive(self._terms.seed, "speaker", event_id) % step.actors)
        names = step.actors or tuple(self._user_ids)
        return self._user_ids[names[number % len(names)]] if names else self._person(0)

    def draw(self, step: EmitStep) -> None:
        """Draw the people of a stream, or the first of very many, so that no event has to wait for that."""
        for number in range(min(step.actors, MOST_DRAWN) if isinstance(step.actors, int) else 0):
            self._person(number)

    def events(self, event: ScheduledEvent, link: Link | None = None) -> list[ScheduledEvent]:
        """Give what comes of a native event: itself, once for each form in which it is wanted; the world is changed."""
        occurrences = self._occurrences(event, link.chat if link is not None else "")
        carried = link.values if link is not None else {}
        if occurrences is None:
            return [replace(event, values=carried)]
        events: list[ScheduledEvent] = []
        for occurrence in occurrences:
            for effect in occurrence.effects:
                if isinstance(effect, Put | Remove):
                    self._change(effect)
            if not occurrence.type:
                continue
            is_it = occurrence.type == event.type
            events.append(
                ScheduledEvent(
                    id=f"{event.id}/{len(events)}" if events else event.id,
                    provider=event.provider,
                    type=occurrence.type,
                    values={**occurrence.values, **carried} if is_it else occurrence.values,
                    due_ms=event.due_ms + occurrence.after_ms,
                    cause=event.cause,
                    actor=event.actor,
                    overrides=event.overrides if is_it else {},
                    raw=event.raw,
                )
            )
        return events

    def link(self, cause: ScheduledEvent, payload: Payload, event_type: str) -> Link:
        """Give what an event of that type has from the one that causes it."""
        chats = (str(value) for value in cause.values.values() if isinstance(value, str | int))
        return Link(
            cause=cause.id,
            actor=cause.actor,
            values=self._carried(cause, payload, event_type),
            chat=next((chat for chat in chats if self._world.get("conversations", chat) is not None), ""),
        )

    def _carried(self, cause: ScheduledEvent, payload: Payload, event_type: str) -> dict[str, Any]:
        """
        Give the values by which an event of that type is about the same things as the one that caused it.

        They are those that the type would draw an id for, where the cause has a value of that name, or has drawn all
        ids that it takes. An event of the same kind is another one, about other things.
        """
        if event_type.partition("/")[0] == cause.type.partition("/")[0]:
            return {}
        fact = self._terms.catalog.events[event_type]
        found: dict[str, Any] = {}
        for name, expression, takes_ids_alone in self._ids_of(event_type):
            if name in cause.values:
                found[name] = cause.values[name]
            elif takes_ids_alone and payload.ids:
                ids = Ids(self._terms.provider.ids, stream(0), cause.due_ms)
                ids.drawn.update(payload.ids)
                value = self._reading.value_of(expression, {"ids": ids}, path=fact.template, name=name)
                if len(ids.drawn) == len(payload.ids):
                    found[name] = value
        return found

    def _ids_of(self, event_type: str) -> list[tuple[str, str, bool]]:
        """Give the values of an event type that hold ids: name, expression, and whether it asks for nothing else."""
        if event_type not in self._named:
            values = self._terms.catalog.events[event_type].values
            asked = {name: self._reading.names_in_value(expression) for name, expression in values.items()}
            self._named[event_type] = [
                (name, values[name], names == {"ids"}) for name, names in asked.items() if "ids" in names
            ]
        return self._named[event_type]

    def _occurrences(self, event: ScheduledEvent, chat: str) -> tuple[Occurrence, ...] | None:
        terms = self._terms
        user = self._world.get("users", event.actor) or {}
        for extra in ({"in": chat}, {}) if chat else ({},):
            drawn = Wide(derive(terms.seed, terms.start_ms, "act", event.id).to_bytes(16))
            ids = Ids(terms.provider.ids, drawn, event.due_ms)
            act = Act(verb="event", value=event.type, user=user, extra=extra)
            occurrences = terms.provider.acts(act, self._world, ids)
            if occurrences is not None:
                return occurrences
        return None

    def _person(self, number: int) -> str:
        user_id = self._people.get(number)
        if user_id is None:
            terms = self._terms
            row = person(terms.provider, seed=terms.seed, start_ms=terms.start_ms, name=f"person-{number}")
            user_id = self._people[number] = str(row["id"])
            self._drawn.add(user_id)
            self._world.apply(Put(table="users", key=user_id, row=row))
        return user_id

    def _change(self, effect: Put | Remove) -> None:
        """Change the world, which keeps in mind only so much of what streams tell."""
        key = effect.table, effect.key
        is_own = key in self._changes or self._world.get(*key) is None
        self._world.apply(effect)
        if effect.table == "users" or not is_own:
            return
        changes = self._changes.pop(key, 0) + 1
        if isinstance(effect, Put):
            self._changes[key] = changes
        for old in self._forgotten(key, changes):
            del self._changes[old]
            self._world.apply(Remove(table=old[0], key=old[1]))

    def _forgotten(self, key: tuple[str, str], changes: int) -> Iterator[tuple[str, str]]:
        if key in self._changes and changes >= MOST_CHANGES:
            yield key
        if len(self._changes) > MOST_ROWS:
            yield next(iter(self._changes))
