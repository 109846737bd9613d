"""Mix files: YAML → Mix, with all problems of a file told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulator import documents, units
from simulator.catalog import Catalog
from simulator.corpus import mixcontent
from simulator.corpus.mix import Follow, Mix
from simulator.corpus.mixreading import Reading
from simulator.documents import Node
from simulator.errors import InputError

LONGEST_TALK = 1000
"""So many events a conversation may have."""


def of_provider(catalog: Catalog) -> Mix:
    """
    Give the usual mix of a provider: the weights of its catalog, and how they hang together by its `corpus.yaml`.

    Raises:
        InputError: that file is wrong.
    """
    weights = {name: fact.weight for name, fact in catalog.events.items() if fact.weight > 0}
    path = catalog.folder / "corpus.yaml"
    mix = Mix(events=weights)
    return _changed(mix, documents.read_file(path), catalog) if path.exists() else mix


def read(path: Path, catalog: Catalog) -> Mix:
    """
    Give the mix of a file; what it does not say is as usual for the provider.

    Raises:
        InputError: the file cannot be read, or something in it is wrong; all problems are in it.
    """
    return _changed(of_provider(catalog), documents.read_file(path), catalog)


def _changed(usual: Mix, node: Node, catalog: Catalog) -> Mix:
    told = Reading(catalog)
    changes: dict[str, Any] = {}
    for key, value in told.known(node, tuple(KEYS)):
        changes |= KEYS[key.spelling](value, told)
    if told.problems:
        raise InputError(*told.problems)
    return replace(usual, **changes)


def _provider(node: Node, told: Reading) -> dict[str, Any]:
    if node.spelling != told.catalog.id:
        why = f"the corpus is for {told.catalog.id}"
        told.tell(node, "bad-mix", f"this mix is for {node.spelling}", why, "name that provider, or take another mix")
    return {}


def _events(node: Node, told: Reading) -> dict[str, Any]:
    for key, _ in told.items(node):
        told.event(key)
    return {"events": told.weights(node)}


def _turns(node: Node, told: Reading) -> dict[str, Any]:
    return {"turns": told.numbers(node, LONGEST_TALK)}


def _gap(node: Node, told: Reading) -> dict[str, Any]:
    shortest, longest = told.taken(node, units.span_ms, (1, 1))
    return {"gap_ms": (max(shortest, 1), max(longest, 1))}


def _first(node: Node, told: Reading) -> dict[str, Any]:
    return {"first": told.patterns(node)}


def _follows(node: Node, told: Reading) -> dict[str, Any]:
    return {"follows": tuple(_follow(each, told) for each in told.elements(node))}


def _follow(node: Node, told: Reading) -> Follow:
    parts = {key.spelling: value for key, value in told.known(node, ("event", "after", "delay"))}
    if not {"event", "after"} <= parts.keys():
        fix = "write {event: seen, after: [delivered], delay: 1s..10m}"
        told.tell(node, "bad-mix", "what follows has an event, and after it a list of events", "one is missing", fix)
        return Follow(event="", after=())
    delay = parts.get("delay")
    return Follow(
        event=told.event(parts["event"]),
        after=told.patterns(parts["after"]),
        delay_ms=told.taken(delay, units.span_ms, (0, 0)) if delay is not None else Follow(event="", after=()).delay_ms,
    )


def _ids(node: Node, told: Reading) -> dict[str, Any]:
    return {
        f"{key.spelling}_ids": tuple(each.spelling for each in told.elements(value))
        for key, value in told.known(node, ("turn", "talk"))
    }


def _list(node: Node, told: Reading, count: int) -> tuple[float, ...]:
    found = tuple(told.weight(each) for each in told.elements(node))
    if node.kind == "list" and (len(found) != count or not any(found)):
        why = f"found: {len(found)}" if len(found) != count else "all of them are 0"
        told.tell(
            node, "bad-mix", f"a list of {count} weights is wanted here", why, f"write {count} numbers in brackets"
        )
    return found


def _hours(node: Node, told: Reading) -> dict[str, Any]:
    return {"hours": _list(node, told, 24)}


def _days(node: Node, told: Reading) -> dict[str, Any]:
    return {"days": _list(node, told, 7)}


def _every(node: Node, told: Reading) -> dict[str, Any]:
    return {"every_ms": max(told.taken(node, units.duration_ms, 1), 1)}


def _not_before(node: Node, told: Reading) -> dict[str, Any]:
    return {"not_before_ms": min(told.taken(node, units.duration_ms, 0), 999)}


KEYS: Mapping[str, Callable[[Node, Reading], dict[str, Any]]] = {
    "provider": _provider,
    "events": _events,
    "turns": _turns,
    "gap": _gap,
    "first": _first,
    "follows": _follows,
    "ids": _ids,
    "locales": mixcontent.locales,
    "present": mixcontent.present,
    "texts": mixcontent.texts,
    "counts": mixcontent.counts,
    "hours": _hours,
    "days": _days,
    "every": _every,
    "not_before": _not_before,
}
"""Key of a mix file → what it changes of the usual mix."""
