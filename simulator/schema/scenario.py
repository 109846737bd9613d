"""JSON Schema of a scenario file, for editors and for other programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.catalog import Option
from simulator.scenario import vocabulary as words
from simulator.schema.draft import DRAFT, Schema
from simulator.schema.forms import (
    ACTOR,
    ANY_MAP,
    CLOSED,
    DURATION,
    FILLED,
    MATCHER,
    RATE,
    STATUS,
    TEXT,
    VARIABLE,
    Catalogs,
    closed_map,
    count,
    map_of,
    names_in,
    one_or_more,
)
from simulator.schema.step import act_schema, deliver_schema, reply_schema, step_schema


def scenario_schema(catalogs: Catalogs) -> Schema:
    """
    Give the JSON Schema (draft 2020-12) of a scenario file, with the names that these providers have.

    It holds what can be said of a file by itself; `check` looks further: at names that are not declared, expressions,
    matchers, other files, and at what each provider of the story can do.
    """
    top = {
        "format": {"const": 1},
        "scenario": {**TEXT, "minLength": 1},
        "about": TEXT,
        "tags": one_or_more({"type": "string", "pattern": r"^[^\s,]+$"}),
        "provider": one_or_more({"enum": sorted(catalogs)}),
        "endpoint": _endpoint(catalogs),
        "credentials": _credentials(catalogs),
        "options": _options(catalogs),
        "seed": {"type": "integer", "minimum": 0},
        "clock": closed_map(words.CLOCK, _clock()),
        "actors": _actors(),
        "given": closed_map(words.GIVEN, {name: map_of(_row(name)) for name in words.GIVEN}),
        "cases": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/variables", "minProperties": 1}},
        "vars": {"$ref": "#/$defs/variables"},
        "steps": {"$ref": "#/$defs/steps"},
        "always": {"type": "array", "items": _always(catalogs)},
        "load": _load(),
    }
    return {
        "$schema": DRAFT,
        "title": "Scenario",
        **closed_map(words.TOP, top, required=["scenario", "provider", "steps"]),
        "$defs": _definitions(catalogs),
    }


def _definitions(catalogs: Catalogs) -> Schema:
    return {
        "duration": {"anyOf": [{"type": "string", "pattern": f"^{DURATION}$"}, {"const": 0}]},
        "span": {"anyOf": [{"type": "string", "pattern": rf"^{DURATION}(\.\.{DURATION})?$"}, {"const": 0}]},
        "rate": {"type": "string", "pattern": f"^{RATE}$"},
        "status": {
            "anyOf": [
                {"type": "string", "pattern": f"^{STATUS}$"},
                {"type": "integer", "minimum": 100, "maximum": 599},
            ]
        },
        "matcher": {
            "type": ["string", "number", "boolean", "array", "object", "null"],
            "description": "plain, ~close, /regex/, <capture>, or a map such as {equals: …}.",
        },
        "variables": {"type": "object", "propertyNames": {"pattern": VARIABLE}},
        "saved": {"type": "object", "propertyNames": {"pattern": VARIABLE}, "additionalProperties": TEXT},
        "ack": _ack(words.ACK),
        "deliver": closed_map(words.DELIVER, deliver_schema()),
        "act": {"anyOf": [TEXT, act_schema(catalogs)], "description": "What the actor writes, or does."},
        "reply": {"anyOf": [TEXT, reply_schema(catalogs, with_terms=False)]},
        "bot": {"anyOf": [TEXT, reply_schema(catalogs, with_terms=True)]},
        "step": step_schema(catalogs),
        "steps": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}},
    }


# --- the top ---------------------------------------------------------------------------------------------------------


def _endpoint(catalogs: Catalogs) -> Schema:
    """One URL, or by name of a provider or of an endpoint; of a provider also by its endpoints."""
    url: Schema = {"type": "string"}
    names = {name: url for catalog in catalogs.values() for name in catalog.endpoints}
    by_provider = {
        name: {"type": ["string", "object"], "properties": dict.fromkeys(catalog.endpoints, url), **CLOSED}
        for name, catalog in catalogs.items()
    }
    return {"type": ["string", "object"], "properties": {**names, **by_provider}, **CLOSED}


def _row(table: str) -> Schema:
    """A row of `given`: the fields that all providers have; others are the provider's own."""
    filled: Schema = {"type": "string", "pattern": FILLED}
    texts: Schema = {"anyOf": [{"type": "array", "items": TEXT}, filled]}
    fields: Mapping[str, Schema] = {
        "subscriptions": {
            "events": texts,
            "url": {"type": "string"},
            "credentials": {"anyOf": [map_of(TEXT), filled]},
            "options": {"anyOf": [ANY_MAP, filled]},
        },
        "conversations": {"id": TEXT, "participants": texts},
    }
    return {**ANY_MAP, "properties": fields.get(table, {})}


def _credentials(catalogs: Catalogs) -> Schema:
    own = {
        name: {"type": "object", "properties": _about(catalog.credentials.values()), "additionalProperties": False}
        for name, catalog in catalogs.items()
    }
    flat = _about(each for catalog in catalogs.values() for each in catalog.credentials.values())
    return {"type": "object", "properties": {**flat, **own}, "additionalProperties": False}


def _options(catalogs: Catalogs) -> Schema:
    options = [option for catalog in catalogs.values() for option in catalog.options.values()]
    known = _about(options)
    for name in known:
        kinds = [_option(option) for option in options if option.name == name]
        known[name].update(kinds[0] if len(kinds) == 1 else {"anyOf": kinds})
    return {"type": "object", "properties": known, "additionalProperties": False}


def _option(option: Option) -> Schema:
    """The values it may have; as text too, since that is how they come from a command line."""
    if option.kind == "choice" and option.values:
        spelled = [str(value).lower() if isinstance(value, bool) else str(value) for value in option.values]
        return {"enum": [*option.values, *(text for text in spelled if text not in option.values)]}
    return {"$ref": "#/$defs/duration"} if option.kind == "duration" else {}


def _about(facts: Iterable[Any]) -> Schema:
    """Name → what it is for; of several providers with one name the first speaks."""
    known: Schema = {}
    for fact in facts:
        known.setdefault(fact.name, {"description": fact.about})
    return known


def _clock() -> Schema:
    return {
        "start": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}"},
        "pace": {"type": "string", "pattern": r"^(instant|real|[0-9]{1,6}(\.[0-9]{1,3})?x)$"},
        "settle": {"$ref": "#/$defs/duration"},
        "patience": {"$ref": "#/$defs/duration"},
    }


def _actors() -> Schema:
    profile = {name: {"type": "number"} if name in ("latitude", "longitude") else TEXT for name in words.PROFILE}
    name: Schema = {"type": "string", "pattern": ACTOR}
    whole = {"type": ["object", "null"], **closed_map(words.PROFILE, profile, kind=None)}
    by_name = {"type": "object", "propertyNames": {"pattern": ACTOR}, "additionalProperties": whole}
    return {"anyOf": [name, {"type": "array", "items": name, "uniqueItems": True}, by_name]}


def _load() -> Schema:
    duration = {"$ref": "#/$defs/duration"}
    fields = {"actors": count(1), "rate": {"$ref": "#/$defs/rate"}, "lasting": duration, "ramp": duration}
    return {**closed_map(words.LOAD, fields), "anyOf": [{"required": ["actors"]}, {"required": ["rate"]}]}


def _always(catalogs: Catalogs) -> Schema:
    limits = {"p50": {"$ref": "#/$defs/duration"}, "p99": {"$ref": "#/$defs/duration"}, "lost": count(0)}
    never = {"bot": {"$ref": "#/$defs/reply"}, "operation": names_in(catalogs, "operations")}
    return {
        **closed_map(
            words.ALWAYS,
            {
                "ack": _ack(words.ALWAYS_ACK, limits),
                "never": {**closed_map(words.NEVER, never), "minProperties": 1},
            },
        ),
        "minProperties": 1,
        "maxProperties": 1,
    }


def _ack(known: words.Words, further: Schema | None = None) -> Schema:
    fields = {
        "status": {"$ref": "#/$defs/status"},
        "within": {"$ref": "#/$defs/duration"},
        "headers": map_of(MATCHER),
        "body": MATCHER,
        **(further or {}),
    }
    return {"anyOf": [{"$ref": "#/$defs/status"}, closed_map(known, fields)]}
