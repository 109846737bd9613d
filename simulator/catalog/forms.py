"""Nodes of a document → frozen records, by the records' own fields; what is wrong is collected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from types import MappingProxyType
from typing import Any, get_type_hints

from simulator import units
from simulator.documents import Node
from simulator.errors import Problem, did_you_mean

Reader = Callable[[Node], Any]

NOTHING: Mapping[str, Any] = MappingProxyType({})

UNKNOWN: Mapping[str, str] = {
    "key": "unknown-key",
    "source": "unknown-source",
    "type": "unknown-type",
    "kind": "unknown-kind",
    "event type": "unknown-event-type",
    "option": "unknown-option",
    "ordering": "unknown-ordering",
    "outcome": "unknown-outcome",
    "signed part": "unknown-signed-part",
}
"""Noun → the code under which it is told that there is none of that name."""

PLAIN: Mapping[Any, tuple[tuple[type[Any], ...], str]] = {
    str: ((str,), "a text"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    bool: ((bool,), "true or false"),
}
"""Type of a field → what may stand there, and how that is called."""


_HINTS: dict[str, dict[str, Any]] = {}
"""The types of a record's fields, by its name: thousands of fields of events are of one kind."""


def _hints_of(kind: type[Any]) -> dict[str, Any]:
    if kind.__qualname__ not in _HINTS:
        _HINTS[kind.__qualname__] = get_type_hints(kind)
    return _HINTS[kind.__qualname__]


class Form:
    """Reads records and remembers every problem that it meets, so that all of them are told at once."""

    def __init__(self, sources: Mapping[str, Any] = NOTHING) -> None:
        """Begin without a problem; `source:` of a record must name some of the sources."""
        self.problems: list[Problem] = []
        self.sources = sources

    def tell(self, where: object, code: str, what: str, *, at: str = "", why: str = "", fix: str = "") -> None:
        """Remember a problem."""
        self.problems.append(Problem(code=code, what=what, where=str(where), at=at, why=why, fix=fix))

    def tell_unknown(self, node: Node, noun: str, known: Iterable[str], at: str = "", name: str = "") -> None:
        """Remember that a name is none of the known ones."""
        name, known = name or str(node.value), list(known)
        names = ", ".join(known)
        fix = did_you_mean(name, known, f"use one of: {names}" if known else "take it out")
        self.tell(node.place, UNKNOWN[noun], f'unknown {noun} "{name}"', at=at, why=f"known: {names}", fix=fix)

    def word(self, node: Node | None, noun: str, known: Iterable[str], name: str = "") -> None:
        """Remember it where a word, if there is one, is none of the known ones."""
        known = list(known)
        if node is not None and (name or str(node.value)) not in known:
            self.tell_unknown(node, noun, known, name=name)

    def pattern(self, node: Node | None) -> None:
        """Remember it where a regular expression, if there is one, is broken."""
        if node is None:
            return
        try:
            re.compile(str(node.value))
        except re.error as error:
            self.tell(node.place, "bad-pattern", "the regular expression is broken", why=str(error))

    def pairs(self, node: Node | None, at: str = "") -> tuple[tuple[Node, Node], ...]:
        """Give key and value of each entry of a map; none where there is no map."""
        if node is None or node.kind == "map":
            return node.items if node is not None else ()
        self._tell_type(node, "a map", at, "write `name: value` lines")
        return ()

    def elements(self, node: Node | None) -> tuple[Node, ...]:
        """Give the elements of a list; none where there is no list."""
        if node is None or node.kind == "list":
            return node.elements if node is not None else ()
        self._tell_type(node, "a list", "", "write `[one, two]`, or lines that begin with `- `")
        return ()

    def mapping(self, node: Node) -> Mapping[str, Any]:
        """Give a map of free form."""
        return MappingProxyType({key.spelling: value.plain() for key, value in self.pairs(node)})

    def duration(self, node: Node) -> int:
        """Give a duration in milliseconds; 0 where it is none, which is remembered."""
        try:
            return units.duration_ms(node.spelling)
        except ValueError as error:
            self.tell(node.place, "bad-duration", "a duration is wanted here", why=str(error), fix="write it as `5s`")
            return 0

    def durations(self, node: Node) -> tuple[int, ...]:
        """Give a list of durations, in milliseconds."""
        return tuple(self.duration(element) for element in self.elements(node))

    def listing(self, kind: type[Any], node: Node) -> tuple[Any, ...]:
        """Give a list of records."""
        return tuple(self.record(element, kind) for element in self.elements(node))

    def table(self, kind: type[Any], node: Node) -> Mapping[str, Any]:
        """Give name → record, where the name is a field of the record."""
        rows = {key.spelling: (key, value) for key, value in self.pairs(node)}
        return MappingProxyType(
            {name: self.record(value, kind, given={"name": name}, at=name) for name, (_, value) in rows.items()}
        )

    def record(
        self,
        node: Node,
        kind: type[Any],
        *,
        given: Mapping[str, Any] = NOTHING,
        readers: Mapping[str, Reader] = NOTHING,
        at: str = "",
    ) -> Any:
        """
        Give the record that a map describes: its keys are the fields that are not given, without `is_` and `_ms`.

        What is missing or wrong is remembered, and stands in the record as None.
        """
        hints = _hints_of(kind)
        wanted = {_key_of(each.name): each for each in fields(kind) if each.name not in given}
        values = dict(given)
        for key, value in self.pairs(node, at):
            name, path = key.spelling, f"{at}.{key.spelling}" if at else key.spelling
            if name not in wanted:
                self.tell_unknown(key, "key", wanted, path)
                continue
            field, reader = wanted[name].name, readers.get(name)
            values[field] = reader(value) if reader is not None else self._value(value, hints[field], path)
            if name == "source":
                self._check_sources(value, path)
        for name, each in wanted.items():
            if each.name not in values and each.default is MISSING and each.default_factory is MISSING:
                self._tell_missing(node, name, at)
                values[each.name] = None
        return kind(**values)

    def _value(self, node: Node, hint: Any, at: str) -> Any:
        if hint in PLAIN:
            kinds, name = PLAIN[hint]
            if not isinstance(node.value, kinds) or (isinstance(node.value, bool) and hint is not bool):
                self._tell_type(node, name, at)
                return None
            return node.value
        if str(hint).startswith("tuple"):
            if node.kind != "list":
                self._tell_type(node, "a list", at, "write `[one, two]`")
                return ()
            return tuple(node.plain())
        return node.plain()

    def _tell_type(self, node: Node, wanted: str, at: str, fix: str = "") -> None:
        self.tell(node.place, "wrong-type", f"{wanted} is wanted here", at=at, why=f"found: {node.kind}", fix=fix)

    def _tell_missing(self, node: Node, name: str, at: str) -> None:
        what = f'"{name}" is missing'
        if name == "source":
            self.tell(node.place, "missing-source", what, at=at, fix="write `source:` with one of `sources:`")
        else:
            self.tell(node.place, "missing-key", what, at=at, fix=f"write `{name}:`")

    def _check_sources(self, node: Node, at: str) -> None:
        for name in node.spelling.split(","):
            if name.strip() not in self.sources:
                self.tell_unknown(node, "source", self.sources, at, name=name.strip())


def _key_of(name: str) -> str:
    return name.removeprefix("is_").removesuffix("_ms")
