"""What a corpus is made of: which events, how they hang together, who is in it and when it happens."""

from __future__ import annotations

import fnmatch
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from simulator.catalog import Catalog
from simulator.corpus.writing import Writing
from simulator.errors import InputError, Problem, did_you_mean
from simulator.fake import DEFAULT_LOCALE

TURNS: Mapping[int, float] = {1: 30, 2: 22, 3: 15, 4: 10, 5: 7, 6: 5, 8: 4, 10: 3, 14: 2, 20: 2}
"""How many events a conversation has, and how often, where a mix does not say it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Follow:
    """An event that tells something about an earlier one, such as that a message was read."""

    event: str
    after: tuple[str, ...]
    """The event types that it may follow; `*` stands for anything."""
    delay_ms: tuple[int, int] = (1_000, 60_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mix:
    """A corpus but for its seed, start and length."""

    events: Mapping[str, float]
    """Event type → weight, as a number beside those of the others."""
    turns: Mapping[int, float] = field(default_factory=lambda: dict(TURNS))
    """How many events a conversation has → weight."""
    gap_ms: tuple[int, int] = (4_000, 240_000)
    """From one event of a conversation to the next: nine of ten gaps lie between these."""
    first: tuple[str, ...] = ()
    """Event types with which a conversation begins, where it has one of them; `*` stands for anything."""
    follows: tuple[Follow, ...] = ()
    turn_ids: tuple[str, ...] = ()
    """Names of the ids that an event shares with what follows from it."""
    talk_ids: tuple[str, ...] = ()
    """Names of the ids that all events of a conversation share."""
    locales: Mapping[str, float] = field(default_factory=lambda: {DEFAULT_LOCALE: 1.0})
    """Locale → weight."""
    present: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Event type → field → the likelihood that it is there, where it is not the catalog's."""
    writing: Writing | None = None
    """How long the texts are, and in which scripts; None: as Faker makes them."""
    counts: Mapping[str, Mapping[str, Mapping[int, float]]] = field(default_factory=dict)
    """Event type → name of a list in its values → how many elements it has → weight."""
    hours: tuple[float, ...] = (1.0,) * 24
    """How much happens in each hour of the day, UTC, beside the others."""
    days: tuple[float, ...] = (1.0,) * 7
    """How much happens on each day of the week, from Monday, beside the others."""
    every_ms: int = 1_000
    """From one payload of the corpus to the next, on average."""
    not_before_ms: int = 0
    """No event of a conversation is due earlier in its second, where a provider dates what it sends a moment back."""

    def digest(self) -> str:
        """Give 16 hexadecimal digits that are others for another mix."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def usual(catalog: Catalog) -> Mix:
    """Give the mix that a bot of that provider mostly receives."""
    from simulator.corpus.mixfile import of_provider

    return of_provider(catalog)


def only(catalog: Catalog, events: Sequence[str]) -> Mix:
    """
    Give the usual mix with these events alone, each as often as the others.

    Raises:
        InputError: an event is unknown; all such are in it.
    """
    problems = [unknown_event(name, catalog) for name in events if name not in catalog.events]
    if problems:
        raise InputError(*problems)
    found = usual(catalog)
    weights = dict.fromkeys(events, 1.0)
    follows = tuple(each for each in found.follows if each.event in weights)
    # What nothing follows shares its ids with nothing.
    return replace(found, events=weights, follows=follows, turn_ids=found.turn_ids if follows else ())


def unknown_event(name: str, catalog: Catalog, *, where: str = "EVENT", at: str = "") -> Problem:
    """Give what is to be said about an event type that a provider does not have."""
    return Problem(
        code="unknown-event-type",
        what=f'unknown event type "{name}"',
        where=where,
        at=at,
        why=f"{catalog.title} has: {', '.join(catalog.events)}",
        fix=did_you_mean(name, catalog.events, "use one of them"),
    )


def matches(event: str, patterns: Sequence[str]) -> bool:
    """Tell whether an event type is one of those."""
    return any(fnmatch.fnmatchcase(event, each) for each in patterns)
