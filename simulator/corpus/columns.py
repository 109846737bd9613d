"""The columns of a table of payloads of one event type: typed as its fields are, and beside them the exact body."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from simulator import paths
from simulator.catalog import EventFact, FieldFact
from simulator.corpus.press import Placed
from simulator.paths import Part

Type = Literal["text", "integer", "number", "boolean", "json"]

_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One field of a payload that has no written-down fields inside it."""

    path: str
    type: Type
    about: str
    parts: tuple[Part, ...]

    def value(self, body: Any) -> Any:
        """Give what stands there in a body; None where nothing does, or nothing of that type."""
        found = body
        for part in self.parts:
            if isinstance(found, dict):
                found = found.get(str(part))
            elif isinstance(found, list) and isinstance(part, int) and part < len(found):
                found = found[part]
            else:
                return None
        return None if found is None else _TAKE[self.type](found)


def columns(event: EventFact) -> list[Column]:
    """Give the columns of an event type, in the order of its fields."""
    above = {paths.join(parts[:count]) for parts in map(paths.split, event.fields) for count in range(1, len(parts))}
    return [
        Column(path=path, type=_type(fact), about=fact.about, parts=paths.split(path))
        for path, fact in event.fields.items()
        if paths.join(paths.split(path)) not in above
    ]


def _type(fact: FieldFact) -> Type:
    known = set(fact.type.split("|")) - {"null"}
    if known == {"text"}:
        return "text"
    if known == {"integer"}:
        return "integer"
    if known <= {"integer", "number"} and known:
        return "number"
    return "boolean" if known == {"boolean"} else "json"


def values(columns: Sequence[Column], rows: Sequence[Placed]) -> Iterator[list[Any]]:
    """Give the values of each column in all rows."""
    bodies = [_read(row.body) for row in rows]
    for column in columns:
        yield [column.value(body) for body in bodies]


def _read(body: bytes) -> Any:
    """Give a body as a JSON value; one that is none, such as one that was cut off on purpose, has no fields."""
    try:
        return json.loads(body)
    except ValueError:
        return None


def _text(found: Any) -> str | None:
    if not isinstance(found, str):
        return None
    try:
        found.encode("utf-8")
    except UnicodeEncodeError:
        # Half of a surrogate pair is no text outside of JSON.
        return None
    return found


def _integer(found: Any) -> int | None:
    return found if type(found) is int and found in _INT64 else None


def _number(found: Any) -> float | None:
    return float(found) if type(found) in (int, float) else None


def _boolean(found: Any) -> bool | None:
    return found if isinstance(found, bool) else None


def _json(found: Any) -> str:
    return json.dumps(found, separators=(",", ":"))


_TAKE: dict[Type, Callable[[Any], Any]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "json": _json,
}
