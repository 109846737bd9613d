"""The forms of which the schema of a scenario file is made."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.catalog import Catalog
from simulator.scenario import vocabulary as words
from simulator.schema.draft import Schema

Catalogs = Mapping[str, Catalog]

DURATION = r"\s*(0|([0-9]+(\.[0-9]+)? *(ms|[wdhms]) *)+|P[0-9A-Z.]+)\s*"
RATE = r"\s*[0-9]+(\.[0-9]+)? */ *([0-9].*|ms|[wdhms])\s*"
SHARE: Schema = {
    "anyOf": [
        {"type": "string", "pattern": r"^\s*[0-9]+(\.[0-9]+)? *%?\s*$"},
        {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    ]
}
STATUS = r"\s*[1-5]([0-9][0-9]|xx)(\s*,\s*[1-5]([0-9][0-9]|xx))*\s*"
ACTOR = rf"^(?!({'|'.join(sorted(words.RESERVED))})$)[a-z][a-z0-9_]*$"
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
FILLED = r"\{\{"
"""Where an expression stands, only the run knows the value."""

TEXT: Schema = {"type": ["string", "number", "boolean"]}
"""Numbers and booleans count as they are spelled where text belongs."""
ANY_MAP: Schema = {"type": "object"}
CLOSED: Schema = {"additionalProperties": False}
MATCHER: Schema = {"$ref": "#/$defs/matcher"}


def closed_map(
    known: words.Words, fields: Schema, *, required: list[str] | None = None, kind: str | None = "object"
) -> Schema:
    """Give a map with these keys and no others, each with its meaning."""
    properties = {name: {"description": known[name], **field} for name, field in fields.items()}
    return {
        **({"type": kind} if kind else {}),
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def map_of(value: Schema) -> Schema:
    """Give a map of any keys whose values are like this."""
    return {"type": "object", "additionalProperties": value}


def one_or_more(item: Schema) -> Schema:
    """Give one of these, or a list of them."""
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1, "uniqueItems": True}]}


def count(least: int) -> Schema:
    """Give a whole number from that one on."""
    return {"type": "integer", "minimum": least}


def names_in(catalogs: Catalogs, table: str, *further: str) -> Schema:
    """Give the names that any of the providers has in that part of its catalog, and further ones."""
    return {"enum": sorted({name for catalog in catalogs.values() for name in getattr(catalog, table)} | set(further))}
