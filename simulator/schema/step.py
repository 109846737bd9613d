"""The steps of a scenario file as JSON Schema."""

from __future__ import annotations

from itertools import combinations
from typing import get_args

from simulator import faults, forgery
from simulator.scenario import vocabulary as words
from simulator.schema.draft import Schema
from simulator.schema.forms import (
    ACTOR,
    ANY_MAP,
    FILLED,
    MATCHER,
    SHARE,
    TEXT,
    Catalogs,
    closed_map,
    count,
    names_in,
    one_or_more,
)


def step_schema(catalogs: Catalogs) -> Schema:
    """Give the schema of one step: exactly one key that says which it is, and what may stand beside that."""
    steps = {"$ref": "#/$defs/steps"}
    variables = {"$ref": "#/$defs/variables"}
    bot_alone = {"type": "object", "properties": {"bot": {"$ref": "#/$defs/bot"}}, "required": ["bot"]}
    values = {
        "bot": {"$ref": "#/$defs/bot"},
        "together": {"type": "array", "minItems": 1, "items": {**bot_alone, "additionalProperties": False}},
        "silence": {"$ref": "#/$defs/duration"},
        "wait": {"anyOf": [{"$ref": "#/$defs/span"}, closed_map(words.WAIT, _moment(), required=["until"])]},
        "emit": _emit(catalogs),
        "repeat": {
            **closed_map(words.REPEAT, {"times": count(1), "until": TEXT, "at_most": count(1)}),
            "oneOf": [{"required": ["times"]}, {"required": ["until", "at_most"]}],
            "not": {"required": ["times", "at_most"]},
        },
        "if": TEXT,
        "choose": {"type": "array", "minItems": 1, "items": _choice()},
        "meanwhile": {"type": "array", "minItems": 2, "items": steps},
        "api": _api(catalogs),
        "include": {"anyOf": [TEXT, closed_map(words.INCLUDE, {"path": TEXT, "vars": variables}, required=["path"])]},
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
        **closed_map({**words.STEPS, **words.MODIFIERS}, {**values, **beside}),
        "patternProperties": {ACTOR: {"$ref": "#/$defs/act"}},
        "minProperties": 1,
        "dependentSchemas": alone,
        "if": {"not": {"anyOf": [{"required": [word]} for word in words.STEPS]}},
        "then": _one_actor(),
    }


def _moment() -> Schema:
    return {"until": {"type": "string"}, "zone": {"type": "string"}}


def _choice() -> Schema:
    weight = {"type": "number", "exclusiveMinimum": 0}
    return closed_map(words.CHOICE, {"weight": weight, "steps": {"$ref": "#/$defs/steps"}}, required=["steps"])


def _emit(catalogs: Catalogs) -> Schema:
    name: Schema = {"type": "string", "pattern": ACTOR}
    span, events = {"$ref": "#/$defs/span"}, names_in(catalogs, "events")
    values = {
        "event": events,
        "with": ANY_MAP,
        "rate": {"$ref": "#/$defs/rate"},
        "every": span,
        "cron": {"type": "string"},
        "zone": {"type": "string"},
        "burst": count(1),
        "lasting": {"$ref": "#/$defs/duration"},
        "count": count(1),
        "arrivals": {"enum": ["uniform", "poisson"]},
        "actors": {"anyOf": [count(1), *one_or_more(name)["anyOf"]]},
        "after": events,
        "lag": span,
        "chance": SHARE,
    }
    rhythms = ("rate", "every", "cron", "after")
    ends = {"anyOf": [{"required": ["lasting"]}, {"required": ["count"]}]}
    beside = {"arrivals": ["rate"], "zone": ["cron"], "lag": ["after"]}
    return {
        **closed_map(words.EMIT, values, required=["event"]),
        "dependentRequired": beside,
        "dependentSchemas": {name: ends for name in rhythms if name != "after"}
        | {end: {"anyOf": [{"required": [name]} for name in rhythms]} for end in ("lasting", "count")},
        "not": {
            "anyOf": [
                *({"required": list(pair)} for pair in combinations(rhythms, 2)),
                *({"required": ["after", name]} for name in ("actors", "lasting")),
            ]
        },
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


def act_schema(catalogs: Catalogs) -> Schema:
    """Give the schema of what an actor does, written as a map."""
    degrees = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": FILLED}]}
    filled = {"type": "string", "pattern": FILLED}
    values: Schema = {
        **dict.fromkeys(words.VERBS, TEXT),
        "location": {
            "type": "object",
            "properties": {"lat": degrees, "lon": degrees, "name": TEXT, "address": TEXT},
            "required": ["lat", "lon"],
            "additionalProperties": False,
        },
        "contact": {
            "type": ["object", *TEXT["type"]],
            "properties": {"name": TEXT, "phone": TEXT, "avatar": TEXT},
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
                    "properties": {"context": TEXT},
                    "required": ["context"],
                    "additionalProperties": False,
                },
            ]
        },
        "types": {"anyOf": [{"const": True}, {"$ref": "#/$defs/duration"}]},
        "event": names_in(catalogs, "events"),
        "raw": {"type": [*TEXT["type"], "array", "object"]},
        "in": TEXT,
        "with": {"type": "object"},
    }
    verbs = [name for name in words.VERBS if name not in ("text", "event")]
    captions = [name for name in verbs if name not in words.CAPTIONED]
    one_of: list[Schema] = [{"required": [verb]} for verb in verbs]
    one_of.append({"anyOf": [{"required": ["text"]}, {"required": ["event"]}], "not": {"anyOf": list(one_of)}})
    return {
        **closed_map({**words.VERBS, **words.ACT_BESIDE}, values),
        "oneOf": one_of,
        "not": {
            "anyOf": [
                {"required": ["text", "event"]},
                *({"required": ["text", verb]} for verb in captions),
                *({"required": ["event", verb]} for verb in verbs if verb != "raw"),
                {"required": ["raw", "with"]},
                {"required": ["raw", "in"]},
            ]
        },
    }


def reply_schema(catalogs: Catalogs, *, with_terms: bool) -> Schema:
    """Give the schema of what the bot says, written as a map; with or without the terms of waiting for it."""
    offered = {name: words.BOT_FIELDS.get(name, "") for catalog in catalogs.values() for name in catalog.reply_fields}
    fields: Schema = dict.fromkeys(offered, MATCHER)
    if not with_terms:
        return {**closed_map(offered, fields), "minProperties": 1}
    terms = {
        "to": {"type": "string", "pattern": ACTOR},
        "in": TEXT,
        "operation": names_in(catalogs, "operations"),
        "within": {"$ref": "#/$defs/duration"},
        "times": count(0),
        "optional": {"type": "boolean"},
        "save": {"$ref": "#/$defs/saved"},
    }
    return {
        **closed_map({**offered, **words.BOT_OTHER}, {**fields, **terms}),
        "minProperties": 1,
        "not": {"required": ["times", "optional"]},
        "if": {"properties": {"times": {"const": 0}}, "required": ["times"]},
        "then": {"not": {"anyOf": [{"required": ["within"]}, {"required": ["save"]}]}},
    }


def deliver_schema() -> Schema:
    """Give name → schema of what can go wrong with a delivery."""
    return {
        "copies": count(1),
        "latency": {"$ref": "#/$defs/span"},
        "late": {"$ref": "#/$defs/span"},
        **{name: {"anyOf": [count(1), {"type": "boolean"}]} for name in ("reorder", "drop", "retry")},
        "tamper": {"enum": [True, False, *forgery.WAYS]},
        "signature": {"enum": list(get_args(faults.Signature))},
        "chance": {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, {"type": "string"}]},
    }


def _api(catalogs: Catalogs) -> Schema:
    answer = {
        **closed_map(
            words.ANSWER,
            {
                "status": {"type": "integer", "minimum": 100, "maximum": 599},
                "body": {},
                "delay": {"$ref": "#/$defs/duration"},
            },
        ),
        "oneOf": [{"required": ["delay"], "maxProperties": 1}, {"minProperties": 1, "not": {"required": ["delay"]}}],
    }
    operations = names_in(catalogs, "operations", "reply")
    fields = {
        "operation": operations,
        "answer": {"anyOf": [names_in(catalogs, "errors"), {"$ref": "#/$defs/duration"}, answer]},
        "times": count(1),
        "after": count(0),
    }
    return closed_map(words.API, fields, required=["answer"])
