"""Mix files: YAML → Mix, with all problems of a file told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from simulator import documents, units
from simulator.catalog import Catalog
from simulator.corpus.mix import Follow, Mix, unknown_event
from simulator.documents import Node
from simulator.errors import InputError, Problem, did_you_mean
from simulator.fake import known_locale

T = TypeVar("T")

KEYS = (
    "provider",
    "events",
    "turns",
    "gap",
    "follows",
    "ids",
    "locales",
    "present",
    "hours",
    "days",
    "every",
    "not_before",
)


def of_provider(catalog: Catalog) -> Mix:
    """
    Give the usual mix of a provider: the weights of its catalog, and how they hang together by its `corpus.yaml`.

    Raises:
        InputError: that file is wrong.
    """
    weights = {name: fact.weight for name, fact in catalog.events.items() if fact.weight > 0}
    path = catalog.folder / "corpus.yaml"
    mix = Mix(events=weights)
    return _Reader(catalog, mix).read(documents.read_file(path)) if path.exists() else mix


def read(path: Path, catalog: Catalog) -> Mix:
    """
    Give the mix of a file; what it does not say is as usual for the provider.

    Raises:
        InputError: the file cannot be read, or something in it is wrong; all problems are in it.
    """
    return _Reader(catalog, of_provider(catalog)).read(documents.read_file(path))


class _Reader:
    def __init__(self, catalog: Catalog, usual: Mix) -> None:
        self._catalog = catalog
        self._usual = usual
        self._problems: list[Problem] = []

    def read(self, node: Node) -> Mix:
        changes: dict[str, Any] = {}
        if node.kind != "map":
            self._tell(node, "wrong-type", "a map is wanted here", f"found: {node.kind}")
        for key, value in node.items:
            name = key.spelling
            if name not in KEYS:
                fix = did_you_mean(name, KEYS, f"use one of: {', '.join(KEYS)}")
                self._tell(key, "unknown-key", f'unknown key "{name}"', f"known: {', '.join(KEYS)}", fix)
            else:
                changes |= getattr(self, f"_{name}")(value)
        if self._problems:
            raise InputError(*self._problems)
        return replace(self._usual, **changes)

    def _tell(self, node: Node, code: str, what: str, why: str = "", fix: str = "") -> None:
        self._problems.append(Problem(code=code, what=what, where=str(node.place), why=why, fix=fix))

    def _taken(self, node: Node, take: Callable[[str], T], otherwise: T) -> T:
        try:
            return take(node.spelling)
        except ValueError as error:
            self._tell(node, "bad-mix", "this cannot stand here", str(error))
            return otherwise

    def _weight(self, node: Node) -> float:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float) or not 0 <= node.value < 1e15:
            self._tell(node, "bad-mix", "a weight is wanted here", "a number that is not negative")
            return 0.0
        return float(node.value)

    def _weights(self, node: Node) -> dict[str, float]:
        found = {key.spelling: self._weight(value) for key, value in node.items}
        found = {name: weight for name, weight in found.items() if weight > 0}
        if not found:
            self._tell(node, "bad-mix", "names with weights are wanted here", "nothing has a weight above 0")
        return found

    def _event(self, node: Node, name: str = "") -> str:
        name = name or node.spelling
        if name not in self._catalog.events:
            self._problems.append(unknown_event(name, self._catalog, where=str(node.place)))
        return name

    def _provider(self, node: Node) -> dict[str, Any]:
        if node.spelling != self._catalog.id:
            self._tell(node, "bad-mix", f"this mix is for {node.spelling}", f"the corpus is for {self._catalog.id}")
        return {}

    def _events(self, node: Node) -> dict[str, Any]:
        for key, _ in node.items:
            self._event(key)
        return {"events": self._weights(node)}

    def _turns(self, node: Node) -> dict[str, Any]:
        found: dict[int, float] = {}
        for key, value in node.items:
            if not key.spelling.isdecimal() or not 0 < int(key.spelling) <= 1000:
                self._tell(key, "bad-mix", "a number of turns is wanted here", "a whole number from 1 to 1000")
            elif self._weight(value) > 0:
                found[int(key.spelling)] = self._weight(value)
        if not found:
            self._tell(node, "bad-mix", "numbers of turns with weights are wanted here")
        return {"turns": found}

    def _gap(self, node: Node) -> dict[str, Any]:
        shortest, longest = self._taken(node, units.span_ms, (1, 1))
        return {"gap_ms": (max(shortest, 1), max(longest, 1))}

    def _follows(self, node: Node) -> dict[str, Any]:
        return {"follows": tuple(self._follow(each) for each in node.elements)}

    def _follow(self, node: Node) -> Follow:
        event, after, delay = (node.get(name) for name in ("event", "after", "delay"))
        if event is None or after is None or not after.elements:
            self._tell(node, "bad-mix", "what follows has an event, and after it a list of events")
            return Follow(event="", after=())
        return Follow(
            event=self._event(event),
            after=tuple(each.spelling for each in after.elements),
            delay_ms=self._taken(delay, units.span_ms, (0, 0)) if delay is not None else (1_000, 60_000),
        )

    def _ids(self, node: Node) -> dict[str, Any]:
        found = {}
        for key, value in node.items:
            if key.spelling not in ("turn", "talk"):
                self._tell(key, "unknown-key", f'unknown key "{key.spelling}"', "known: turn, talk")
            found[f"{key.spelling}_ids"] = tuple(each.spelling for each in value.elements)
        return found

    def _locales(self, node: Node) -> dict[str, Any]:
        found: dict[str, float] = {}
        for name, weight in self._weights(node).items():
            try:
                found[known_locale(name)] = weight
            except InputError as error:
                self._problems += [replace(each, where=str(node.place)) for each in error.problems]
        return {"locales": found}

    def _present(self, node: Node) -> dict[str, Any]:
        found: dict[str, Mapping[str, float]] = {}
        for key, value in node.items:
            fact = self._catalog.events.get(self._event(key))
            known = [path for path, field in fact.fields.items() if field.chance < 1] if fact is not None else []
            for path, _ in value.items:
                if fact is not None and path.spelling not in known:
                    what = f'"{path.spelling}" is no optional field of {key.spelling}'
                    fix = did_you_mean(path.spelling, known, f"it has: {', '.join(known) or 'none'}")
                    self._tell(path, "unknown-field", what, fix=fix)
            found[key.spelling] = {path.spelling: self._taken(share, units.share, 1.0) for path, share in value.items}
        return {"present": found}

    def _list(self, node: Node, count: int) -> tuple[float, ...]:
        found = tuple(self._weight(each) for each in node.elements)
        if len(found) != count or not any(found):
            self._tell(node, "bad-mix", f"a list of {count} weights is wanted here", f"found: {len(found)}")
            return (1.0,) * count
        return found

    def _hours(self, node: Node) -> dict[str, Any]:
        return {"hours": self._list(node, 24)}

    def _days(self, node: Node) -> dict[str, Any]:
        return {"days": self._list(node, 7)}

    def _every(self, node: Node) -> dict[str, Any]:
        return {"every_ms": max(self._taken(node, units.duration_ms, 1), 1)}

    def _not_before(self, node: Node) -> dict[str, Any]:
        return {"not_before_ms": min(self._taken(node, units.duration_ms, 0), 999)}
