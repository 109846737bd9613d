"""Payloads that are unusual on purpose: valid ones with something nasty in them, wrong ones with exactly one fault."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator import paths
from simulator.catalog import EventFact, FieldFact
from simulator.paths import UnknownPath
from simulator.seeds import Wide
from simulator.units import iso8601

TEXTS: Mapping[str, str] = {
    "empty": "",
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

TIMES: Mapping[str, int] = {
    "whole-second": 1_774_742_399_000,
    "leap-day": 1_835_438_400_123,
    "beyond-2038": 2_147_483_648_007,
}
"""Time that programs get wrong → Unix milliseconds; it is written in the form of the time in whose place it stands."""

EDGES = (
    *(f"text-{name}" for name in TEXTS),
    *(f"time-{name}" for name in TIMES),
    *("largest-integer", "extra-field", "all-optional", "no-optional"),
)
FAULTS = ("wrong-type", "missing-field", "truncated", "bad-signature")

LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON takes as it is."""
EXTRA = ("x_unknown_to_your_bot", {"nested": [1, "two", None]})

_BELOW = 10**6
_SECONDS = 10**11
"""What is less counts seconds; milliseconds are more since 1973."""
_DIGIT = re.compile("[0-9]")
_FRACTION = re.compile(r"\.[0-9]+")
_WRITTEN_TIMES = tuple(f"2026-01-05T09:00:00{each}" for each in ("Z", ".000Z", ".000000001Z", "+00:00", ".000+00:00"))
_ZONE = re.compile(r"(?:Z|[+-][0-9:]+)?$")


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Chances:
    """All that can be unusual about the payloads of one event type."""

    edges: Mapping[str, list[str]]
    """One of `EDGES` → the fields that it may be in; one without a name where it is in none."""
    faults: Mapping[str, list[str]]
    """One of `FAULTS` that is in a field → the fields."""


def chances_of(fact: EventFact) -> Chances:
    """Give all that can be unusual about the payloads of an event type."""
    fields = [path for path in certain(fact) if fact.fields[path].type != "any"]
    # Without its first element a list may still be right.
    named = [path for path in fields if isinstance(paths.split(path)[-1], str)]
    edges = {kind: _places(fact, kind) for kind in EDGES}
    return Chances(
        # What needs a field comes where the event has one.
        edges={kind: places for kind, places in edges.items() if places},
        faults={"wrong-type": fields, "missing-field": named},
    )


def corner_of(
    prefix: bytes, number: int, chances: Chances, *, edge: float, invalid: float, has_signature: bool
) -> Corner | None:
    """Give what is unusual about a payload, by its number; `edge` and `invalid` are shares of all. None: nothing is."""
    draw = Wide(prefix + b"x" + number.to_bytes(8, "big"))
    place = draw.randrange(_BELOW) / _BELOW
    if place < invalid:
        return _fault(draw, chances, has_signature=has_signature)
    if place >= invalid + edge:
        return None
    kind = draw.choice(list(chances.edges))
    return Corner(kind=kind, path=draw.choice(chances.edges[kind]))


def _fault(draw: Wide, chances: Chances, *, has_signature: bool) -> Corner:
    kind = draw.choice(FAULTS if has_signature else FAULTS[:-1])
    fields = chances.faults.get(kind)
    if not fields:
        return Corner(kind=kind if kind == "bad-signature" else "truncated")
    return Corner(kind=kind, path=draw.choice(fields))


def _places(fact: EventFact, kind: str) -> list[str]:
    """Give the fields that may hold what is so unusual; one without a name where it is in none."""
    group, _, name = kind.partition("-")
    if group == "text":
        return [path for path in _free(fact, "text") if _allows(fact.fields[path], TEXTS[name])]
    if group == "time":
        return [path for path in certain(fact) if _is_time(fact.fields[path])]
    if group == "largest":
        return [path for path in _free(fact, "integer") if _allows(fact.fields[path], str(LARGEST))]
    return [EXTRA[0] if kind == "extra-field" else ""]


def certain(fact: EventFact) -> list[str]:
    """Give the fields that every payload of an event has."""
    fields = fact.fields

    def is_certain(path: str) -> bool:
        parts = paths.split(path)
        above = (paths.join(parts[:count]) for count in range(1, len(parts) + 1))
        return all(fields[each].presence == "required" for each in above if each in fields)

    return [path for path in fields if is_certain(path)]


def _free(fact: EventFact, type_: str) -> list[str]:
    """Give the fields of that type, in every payload, in which there is a choice."""
    fields = {path: fact.fields[path] for path in certain(fact)}
    return [
        path for path, field in fields.items() if field.type == type_ and field.values is None and not _is_time(field)
    ]


def _allows(field: FieldFact, text: str) -> bool:
    return not field.pattern or re.fullmatch(field.pattern, text) is not None


def _is_time(field: FieldFact) -> bool:
    # A pattern that takes such a text with letters for its digits takes anything.
    is_written = any(_allows(field, each) and not _allows(field, _DIGIT.sub("x", each)) for each in _WRITTEN_TIMES)
    return is_written or field.about.startswith("Unix ")


def changed(value: Any, corner: Corner, fact: EventFact) -> Any:
    """Give a body with what is unusual put into it, as a JSON value; as it is, where the field is not there."""
    if corner.kind == "extra-field":
        return {**value, corner.path: EXTRA[1]} if isinstance(value, dict) else value
    if not corner.path:
        return value
    try:
        old = paths.get(value, corner.path)
        if corner.kind == "missing-field":
            return _without(value, corner.path)
        return paths.put(value, corner.path, _instead(old, corner, fact.fields[corner.path]))
    except UnknownPath:
        return value


def _instead(old: Any, corner: Corner, field: FieldFact) -> Any:
    if corner.kind == "wrong-type":
        return "not a list" if "list" in field.type.split("|") else [old]
    kind, _, name = corner.kind.partition("-")
    if kind == "time":
        # Where there is no time today, there may be one.
        form = next((each for each in _WRITTEN_TIMES if _allows(field, each)), None) if old is None else old
        return _at(form, TIMES[name])
    return LARGEST if corner.kind == "largest-integer" else TEXTS[name]


def _at(old: Any, ms: int) -> Any:
    """Give a time in the form of another: a text of that shape, or a number of the same unit and kind."""
    if isinstance(old, str) and old.isdecimal():
        return str(_at(int(old), ms))
    if isinstance(old, str):
        fraction = _FRACTION.search(old)
        digits = f"{ms % 1000:03d}".ljust(9, "0")[: len(fraction[0]) - 1] if fraction else ""
        return iso8601(ms)[:19] + (f".{digits}" if fraction else "") + _ZONE.findall(old)[0]
    seconds = ms / 1000 if isinstance(old, float) else ms // 1000
    return seconds if isinstance(old, int | float) and old < _SECONDS else ms


def _without(value: Any, path: str) -> Any:
    *above, name = paths.split(path)
    holder = paths.get(value, paths.join(above))
    rest = {key: inner for key, inner in holder.items() if key != name}
    return paths.put(value, paths.join(above), rest) if above else rest


def label(number: int, event: str, corner: Corner, *, place: int | None = None) -> bytes:
    """Give the line of the file of labels that tells of a payload; `place` is its own in the file, if another one."""
    told: dict[str, Any] = {"number": number, "event": event, "valid": not corner.is_fault, "kind": corner.kind}
    told |= {"place": place} if place is not None else {}
    told |= {"path": corner.path} if corner.path else {}
    return json.dumps(told).encode("ascii") + b"\n"
