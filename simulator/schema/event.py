"""JSON Schema of an event's body, made from the facts that stand in its file of fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from simulator import paths
from simulator.catalog import Catalog, EventFact, FieldFact
from simulator.paths import Part
from simulator.schema.draft import DRAFT, Schema

TYPES: Mapping[str, str] = {
    "text": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "object": "object",
    "list": "array",
    "null": "null",
}
"""What the catalog calls a type → what JSON Schema calls it; `any` is all of them."""


@dataclass(kw_only=True, slots=True)
class _Spot:
    """A place in a body: the fact about it, and the places inside it that are written down."""

    fact: FieldFact | None = None
    inside: dict[Part, _Spot] = field(default_factory=dict)


def event_schema(event: EventFact, catalog: Catalog) -> Schema:
    """
    Give the JSON Schema (draft 2020-12) of one event's body.

    Where the insides of an object are written down, nothing else may stand in it; where they are not, anything may.
    """
    return {"$schema": DRAFT, "title": f"{catalog.title}: {event.type}", **_body(event, catalog)}


def events_schema(catalog: Catalog) -> Schema:
    """Give the JSON Schema of any body of that provider; each event stands in it under its name."""
    names = [name.replace("~", "~0").replace("/", "~1") for name in catalog.events]
    return {
        "$schema": DRAFT,
        "title": f"{catalog.title}, {catalog.api_version}",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in names],
        "$defs": {name: _body(event, catalog) for name, event in catalog.events.items()},
    }


def _body(event: EventFact, catalog: Catalog) -> Schema:
    root = _Spot()
    for fact in event.fields.values():
        spot = root
        for part in paths.split(fact.path):
            spot = spot.inside.setdefault(part, _Spot())
        spot.fact = fact
    said = {"description": event.summary, "$comment": _comment(event.source, catalog)}
    return {**said, "type": "object", **_keys(root.inside, catalog)}


def _schema(spot: _Spot, catalog: Catalog) -> Schema:
    fact, inside = spot.fact, spot.inside
    if fact is None:
        return _keys(inside, catalog)
    known = fact.type.split("|")
    return {
        **({"description": fact.about} if fact.about else {}),
        "$comment": _comment(fact.source, catalog),
        **_type(known),
        **({"enum": list(fact.values)} if fact.values is not None else {}),
        **({"pattern": f"^(?:{fact.pattern})$"} if fact.pattern else {}),
        **(_elements(inside, catalog) if 0 in inside else _keys(inside, catalog) if inside else {}),
    }


def _type(known: Sequence[str]) -> Schema:
    if "any" in known:
        return {}
    names = [TYPES[name] for name in known]
    return {"type": names[0] if len(names) == 1 else names}


def _keys(inside: Mapping[Part, _Spot], catalog: Catalog) -> Schema:
    """The keys of an object; those that are not always there are not asked for."""
    required = [str(key) for key, spot in inside.items() if spot.fact is None or spot.fact.presence == "required"]
    return {
        "properties": {str(key): _schema(spot, catalog) for key, spot in inside.items()},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _elements(inside: Mapping[Part, _Spot], catalog: Catalog) -> Schema:
    """The elements of a list: the facts about the first one hold for all, and it is there where it is required."""
    first = inside[0]
    is_required = first.fact is None or first.fact.presence == "required"
    return {"items": _schema(first, catalog), **({"minItems": 1} if is_required else {})}


def _comment(source: str, catalog: Catalog) -> str:
    """Where it was read, in words."""
    return "source: " + "; ".join(catalog.sources.get(key.strip(), key.strip()) for key in source.split(","))
