"""Payloads that are unusual on purpose: valid ones with something nasty in them, wrong ones with exactly one fault."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator import paths
from simulator.catalog import EventFact
from simulator.paths import UnknownPath
from simulator.seeds import Wide

TEXTS: Mapping[str, str] = {
    "one-character": "x",
    "long": "All work and no play makes a long message. " * 120,
    "quotes-and-backslashes": "\"'\\ \\n \\u0041 </script> {{ 7 * 7 }} %s",
    "control-characters": "tab\tnew\nline\rreturn\u0001end",
    "line-separators": "one\u2028two\u2029three\u0085four",
    "emoji": "👩🏽‍🚀 👨‍👩‍👧‍👦 🏳️‍🌈 🇳🇱 1️⃣",
    "right-to-left": "שלום עולם مرحبا بالعالم \u202eabc\u202c",
    "cjk": "你好，世界。こんにちは世界 안녕하세요 𠮷野家",
    "combining-marks": "Z̸̢̛a̶l̷g̴o̵ é e\u0301 ñ n\u0303",
    "invisible": "zero\u200bwidth\u200d\ufeffmark\u00ad\u2060",
    "beyond-16-bits": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🂡 \U0010fffd",
}
"""Trouble that a text may bring → such a text."""

EDGES = (*(f"text-{name}" for name in TEXTS), "largest-integer", "extra-field", "all-optional", "no-optional")
FAULTS = ("wrong-type", "missing-field", "truncated", "bad-signature")

LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON takes as it is."""
EXTRA = ("x_unknown_to_your_bot", {"nested": [1, "two", None]})

_BELOW = 10**6


@dataclass(frozen=True, kw_only=True, slots=True)
class Corner:
    """What is unusual about one payload."""

    kind: str
    """One of `EDGES` or `FAULTS`."""
    path: str = ""
    """The field that it is in; empty where it is in none."""

    @property
    def is_fault(self) -> bool:
        """True where the payload is wrong."""
        return self.kind in FAULTS


def corner_of(
    prefix: bytes, number: int, fact: EventFact, *, edge: float, invalid: float, has_signature: bool
) -> Corner | None:
    """Give what is unusual about a payload, by its number; `edge` and `invalid` are shares of all. None: nothing is."""
    draw = Wide(prefix + b"x" + number.to_bytes(8, "big"))
    place = draw.randrange(_BELOW) / _BELOW
    if place < invalid:
        return _fault(draw, fact, has_signature=has_signature)
    return _edge(draw, fact) if place < invalid + edge else None


def _fault(draw: Wide, fact: EventFact, *, has_signature: bool) -> Corner:
    kind = draw.choice(FAULTS if has_signature else FAULTS[:-1])
    fields = [path for path in certain(fact) if fact.fields[path].type != "any"]
    if kind == "missing-field":
        # Without its first element a list may still be right.
        fields = [path for path in fields if not path.rpartition(".")[2].isdecimal()]
    if kind in ("truncated", "bad-signature") or not fields:
        return Corner(kind=kind if kind == "bad-signature" else "truncated")
    return Corner(kind=kind, path=draw.choice(fields))


def _edge(draw: Wide, fact: EventFact) -> Corner:
    texts, integers = (_free(fact, type_) for type_ in ("text", "integer"))
    kinds = [
        kind
        for kind in EDGES
        if not (kind.startswith("text-") and not texts) and not (kind == "largest-integer" and not integers)
    ]
    kind = draw.choice(kinds)
    fields = texts if kind.startswith("text-") else integers if kind == "largest-integer" else []
    return Corner(kind=kind, path=draw.choice(fields) if fields else "")


def certain(fact: EventFact) -> list[str]:
    """Give the fields that every payload of an event has."""
    fields = fact.fields

    def is_certain(path: str) -> bool:
        parts = path.split(".")
        above = (".".join(parts[:count]) for count in range(1, len(parts) + 1))
        return all(fields[each].presence == "required" for each in above if each in fields)

    return [path for path in fields if is_certain(path)]


def _free(fact: EventFact, type_: str) -> list[str]:
    """Give the fields of that type, in every payload, in which anything may stand."""
    return [
        path
        for path in certain(fact)
        if (field := fact.fields[path]).type == type_ and field.values is None and not field.pattern
    ]


def changed(value: Any, corner: Corner) -> Any:
    """Give a body with what is unusual put into it, as a JSON value; as it is, where the field is not there."""
    if corner.kind == "extra-field":
        return {**value, EXTRA[0]: EXTRA[1]} if isinstance(value, dict) else value
    if not corner.path:
        return value
    try:
        old = paths.get(value, corner.path)
        if corner.kind == "missing-field":
            return _without(value, corner.path)
        return paths.put(value, corner.path, _instead(old, corner))
    except UnknownPath:
        return value


def _instead(old: Any, corner: Corner) -> Any:
    if corner.kind == "wrong-type":
        return [old] if not isinstance(old, list) else "not a list"
    return LARGEST if corner.kind == "largest-integer" else TEXTS[corner.kind.removeprefix("text-")]


def _without(value: Any, path: str) -> Any:
    above, _, name = path.rpartition(".")
    holder = paths.get(value, above) if above else value
    if isinstance(holder, dict):
        rest: Any = {key: inner for key, inner in holder.items() if key != name}
    else:
        rest = [inner for place, inner in enumerate(holder) if str(place) != name]
    return paths.put(value, above, rest) if above else rest


def label(number: int, event: str, corner: Corner, *, place: int | None = None) -> bytes:
    """Give the line of the file of labels that tells of a payload; `place` is its own in the file, if another one."""
    told: dict[str, Any] = {"number": number, "event": event, "valid": not corner.is_fault, "kind": corner.kind}
    told |= {"place": place} if place is not None else {}
    told |= {"path": corner.path} if corner.path else {}
    return json.dumps(told).encode("ascii") + b"\n"
