"""JSON Schema of a scenario file, for editors and for other programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from simulator.catalog import Catalog, Option
from simulator.scenario import vocabulary as words
from simulator.schema.draft import DRAFT, Schema

Catalogs = Mapping[str, Catalog]

_DURATION = r"\s*(0|([0-9]+(\.[0-9]+)? *(ms|[wdhms]) *)+|P[0-9A-Z.]+)\s*"
_STATUS = r"\s*[1-5]([0-9][0-9]|xx)(\s*,\s*[1-5]([0-9][0-9]|xx))*\s*"
_ACTOR = rf"^(?!({'|'.join(sorted(words.RESERVED))})$)[a-z][a-z0-9_]*$"
_VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
_FILLED = r"\{\{"
"""Where an expression stands, only the run knows the value."""

_TEXT: Schema = {"type": ["string", "number", "boolean"]}
"""Numbers and booleans count as they are spelled where text belongs."""
_ANY_MAP: Schema = {"type": "object"}
_MATCHER: Schema = {"$ref": "#/$defs/matcher"}


def scenario_schema(catalogs: Catalogs) -> Schema:
    """
    Give the JSON Schema (draft 2020-12) of a scenario file, with the names that these providers have.

    It holds what can be said of a file by itself; `check` looks further: at names that are not declared, expressions,
    matchers, other files, and at what each provider of the story can do.
    """
    top = {
        "format": {"const": 1},
        "scenario": {**_TEXT, "minLength": 1},
        "about": _TEXT,
        "tags": _one_or_more({"type": "string", "pattern": r"^[^\s,]+$"}),
        "provider": _one_or_more({"enum": sorted(catalogs)}),
        "endpoint": {"type": ["string", "object"], "additionalProperties": {"type": "string"}},
        "credentials": _credentials(catalogs),
        "options": _options(catalogs),
        "seed": {"type": "integer", "minimum": 0},
        "clock": _map(words.CLOCK, _clock()),
        "actors": _actors(),
        "given": _map(words.GIVEN, {name: _map_of(_ANY_MAP) for name in words.GIVEN}),
        "vars": {"$ref": "#/$defs/variables"},
        "steps": {"$ref": "#/$defs/steps"},
        "always": {"type": "array", "items": _always(catalogs)},
    }
    return {
        "$schema": DRAFT,
        "title": "Scenario",
        **_map(words.TOP, top, required=["scenario", "provider", "steps"]),
        "$defs": _definitions(catalogs),
    }


def _definitions(catalogs: Catalogs) -> Schema:
    return {
        "duration": {"anyOf": [{"type": "string", "pattern": f"^{_DURATION}$"}, {"const": 0}]},
        "span": {"anyOf": [{"type": "string", "pattern": rf"^{_DURATION}(\.\.{_DURATION})?$"}, {"const": 0}]},
        "status": {
            "anyOf": [
                {"type": "string", "pattern": f"^{_STATUS}$"},
                {"type": "integer", "minimum": 100, "maximum": 599},
            ]
        },
        "matcher": {
            "type": ["string", "number", "boolean", "array", "object", "null"],
            "description": "plain, ~close, /regex/, <capture>, or a map such as {equals: …}.",
        },
        "variables": {"type": "object", "propertyNames": {"pattern": _VARIABLE}},
        "saved": {"type": "object", "propertyNames": {"pattern": _VARIABLE}, "additionalProperties": _TEXT},
        "ack": _ack(words.ACK),
        "deliver": _map(words.DELIVER, _deliver()),
        "act": {"anyOf": [_TEXT, _act(catalogs)], "description": "What the actor writes, or does."},
        "reply": {"anyOf": [_TEXT, _reply(catalogs, with_terms=False)]},
        "bot": {"anyOf": [_TEXT, _reply(catalogs, with_terms=True)]},
        "step": _step(catalogs),
        "steps": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}},
    }


# --- the top ---------------------------------------------------------------------------------------------------------


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
    profile = {name: {"type": "number"} if name in ("latitude", "longitude") else _TEXT for name in words.PROFILE}
    name: Schema = {"type": "string", "pattern": _ACTOR}
    whole = {"type": ["object", "null"], **_map(words.PROFILE, profile, kind=None)}
    by_name = {"type": "object", "propertyNames": {"pattern": _ACTOR}, "additionalProperties": whole}
    return {"anyOf": [name, {"type": "array", "items": name, "uniqueItems": True}, by_name]}


def _always(catalogs: Catalogs) -> Schema:
    limits = {"p50": {"$ref": "#/$defs/duration"}, "p99": {"$ref": "#/$defs/duration"}, "lost": _count(0)}
    never = {"bot": {"$ref": "#/$defs/reply"}, "operation": _names(catalogs, "operations")}
    return {
        **_map(
            words.ALWAYS,
            {
                "ack": _ack(words.ALWAYS_ACK, limits),
                "never": {**_map(words.NEVER, never), "minProperties": 1},
            },
        ),
        "minProperties": 1,
        "maxProperties": 1,
    }


def _ack(known: words.Words, further: Schema | None = None) -> Schema:
    fields = {
        "status": {"$ref": "#/$defs/status"},
        "within": {"$ref": "#/$defs/duration"},
        "headers": _map_of(_MATCHER),
        "body": _MATCHER,
        **(further or {}),
    }
    return {"anyOf": [{"$ref": "#/$defs/status"}, _map(known, fields)]}


# --- a step ----------------------------------------------------------------------------------------------------------


def _step(catalogs: Catalogs) -> Schema:
    steps = {"$ref": "#/$defs/steps"}
    variables = {"$ref": "#/$defs/variables"}
    bot_alone = {"type": "object", "properties": {"bot": {"$ref": "#/$defs/bot"}}, "required": ["bot"]}
    values = {
        "bot": {"$ref": "#/$defs/bot"},
        "together": {"type": "array", "minItems": 1, "items": {**bot_alone, "additionalProperties": False}},
        "silence": {"$ref": "#/$defs/duration"},
        "wait": {"$ref": "#/$defs/span"},
        "repeat": {
            **_map(words.REPEAT, {"times": _count(1), "until": _TEXT, "at_most": _count(1)}),
            "oneOf": [{"required": ["times"]}, {"required": ["until", "at_most"]}],
        },
        "if": _TEXT,
        "api": _api(catalogs),
        "include": {"anyOf": [_TEXT, _map(words.INCLUDE, {"path": _TEXT, "vars": variables}, required=["path"])]},
        "set": {**variables, "minProperties": 1},
    }
    beside = {
        "deliver": {"$ref": "#/$defs/deliver"},
        "ack": {"$ref": "#/$defs/ack"},
        "save": {"$ref": "#/$defs/saved"},
        "steps": steps,
        "else": steps,
        "vars": variables,
    }
    alone: Schema = {word: {"propertyNames": {"enum": [word, *words.BESIDE.get(word, ())]}} for word in words.STEPS}
    alone["repeat"]["required"] = alone["if"]["required"] = ["steps"]
    return {
        **_map({**words.STEPS, **words.MODIFIERS}, {**values, **beside}),
        "patternProperties": {_ACTOR: {"$ref": "#/$defs/act"}},
        "minProperties": 1,
        "dependentSchemas": alone,
        "if": {"not": {"anyOf": [{"required": [word]} for word in words.STEPS]}},
        "then": _one_actor(),
    }


def _one_actor() -> Schema:
    """One key beside those that may stand beside an actor's."""
    modifiers = words.BESIDE["act"]
    others = [name for name in words.MODIFIERS if name not in modifiers]
    chosen = [list(some) for count in range(len(modifiers) + 1) for some in combinations(modifiers, count)]
    counts = [{"required": some, "minProperties": len(some) + 1, "maxProperties": len(some) + 1} for some in chosen]
    return {
        "not": {"anyOf": [{"propertyNames": {"enum": list(modifiers)}}, *({"required": [name]} for name in others)]},
        "anyOf": counts,
    }


def _act(catalogs: Catalogs) -> Schema:
    degrees = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": _FILLED}]}
    filled = {"type": "string", "pattern": _FILLED}
    values: Schema = {
        **dict.fromkeys(words.VERBS, _TEXT),
        "location": {
            "type": "object",
            "properties": {"lat": degrees, "lon": degrees, "name": _TEXT, "address": _TEXT},
            "required": ["lat", "lon"],
            "additionalProperties": False,
        },
        "contact": {
            "type": ["object", *_TEXT["type"]],
            "properties": {"name": _TEXT, "phone": _TEXT, "avatar": _TEXT},
            "required": ["name"],
            "additionalProperties": False,
        },
        "reads": {"anyOf": [{"const": "last"}, filled]},
        "leaves": {"anyOf": [{"const": "chat"}, filled]},
        "opens": {
            "anyOf": [
                {"const": "chat"},
                filled,
                {
                    "type": "object",
                    "properties": {"context": _TEXT},
                    "required": ["context"],
                    "additionalProperties": False,
                },
            ]
        },
        "types": {"anyOf": [{"const": True}, {"$ref": "#/$defs/duration"}]},
        "event": _names(catalogs, "events"),
        "raw": {},
        "with": {"type": "object"},
    }
    verbs = [name for name in words.VERBS if name not in ("text", "event")]
    captions = [name for name in verbs if name not in words.CAPTIONED]
    one_of: list[Schema] = [{"required": [verb]} for verb in verbs]
    one_of.append({"anyOf": [{"required": ["text"]}, {"required": ["event"]}], "not": {"anyOf": list(one_of)}})
    return {
        **_map({**words.VERBS, **words.ACT_BESIDE}, values),
        "oneOf": one_of,
        "not": {
            "anyOf": [
                {"required": ["text", "event"]},
                *({"required": ["text", verb]} for verb in captions),
                *({"required": ["event", verb]} for verb in verbs if verb != "raw"),
                {"required": ["raw", "with"]},
            ]
        },
    }


def _reply(catalogs: Catalogs, *, with_terms: bool) -> Schema:
    offered = {name: words.BOT_FIELDS.get(name, "") for catalog in catalogs.values() for name in catalog.reply_fields}
    fields: Schema = dict.fromkeys(offered, _MATCHER)
    if not with_terms:
        return {**_map(offered, fields), "minProperties": 1}
    terms = {
        "to": {"type": "string", "pattern": _ACTOR},
        "operation": _names(catalogs, "operations"),
        "within": {"$ref": "#/$defs/duration"},
        "times": _count(0),
        "optional": {"type": "boolean"},
        "save": {"$ref": "#/$defs/saved"},
    }
    return {
        **_map({**offered, **words.BOT_OTHER}, {**fields, **terms}),
        "minProperties": 1,
        "not": {"required": ["times", "optional"]},
    }


def _deliver() -> Schema:
    return {
        "copies": _count(1),
        "latency": {"$ref": "#/$defs/span"},
        "signature": {"enum": ["right", "wrong", "missing"]},
    }


def _api(catalogs: Catalogs) -> Schema:
    answer = {
        **_map(
            words.ANSWER,
            {
                "status": {"type": "integer", "minimum": 100, "maximum": 599},
                "body": {},
                "delay": {"$ref": "#/$defs/duration"},
            },
        ),
        "oneOf": [{"required": ["delay"], "maxProperties": 1}, {"minProperties": 1, "not": {"required": ["delay"]}}],
    }
    operations = _names(catalogs, "operations", "reply")
    fields = {
        "operation": operations,
        "answer": {"anyOf": [_names(catalogs, "errors"), {"$ref": "#/$defs/duration"}, answer]},
        "times": _count(1),
        "after": _count(0),
    }
    return _map(words.API, fields, required=["answer"])


# --- parts -----------------------------------------------------------------------------------------------------------


def _map(
    known: words.Words, fields: Schema, *, required: list[str] | None = None, kind: str | None = "object"
) -> Schema:
    """A map with these keys and no others, each with its meaning."""
    properties = {name: {"description": known[name], **field} for name, field in fields.items()}
    return {
        **({"type": kind} if kind else {}),
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _map_of(value: Schema) -> Schema:
    return {"type": "object", "additionalProperties": value}


def _one_or_more(item: Schema) -> Schema:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1, "uniqueItems": True}]}


def _count(least: int) -> Schema:
    return {"type": "integer", "minimum": least}


def _names(catalogs: Catalogs, table: str, *further: str) -> Schema:
    """The names that any of the providers has in that part of its catalog."""
    return {"enum": sorted({name for catalog in catalogs.values() for name in getattr(catalog, table)} | set(further))}
