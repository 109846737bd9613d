"""The top-level keys of a scenario, each read into its part of the model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simulator import seeds
from simulator.catalog import Catalog
from simulator.errors import InputError, did_you_mean
from simulator.scenario import vocabulary as words
from simulator.scenario.abilities import Abilities
from simulator.scenario.always import always_of
from simulator.scenario.arrival import load_of
from simulator.scenario.cases import cases_of
from simulator.scenario.contact import credentials_of, endpoint_of, options_of
from simulator.scenario.given import given_of
from simulator.scenario.model import Actor, Clock, Scenario
from simulator.scenario.people import actors_of
from simulator.scenario.setting import Setting
from simulator.scenario.spots import Spot, entries, shortened, tell_long_texts, wanted
from simulator.scenario.steps import read_steps
from simulator.scenario.values import by_unit, deadline_of, speech_of, text_of, whole_of, words_of
from simulator.units import instant_ms

REQUIRED = ("scenario", "provider", "steps")
_PACE = re.compile(r"instant|real|[0-9]{1,6}(\.[0-9]{1,3})?x")
_MOST_SEED = 2**63 - 1
_TAG = re.compile(r"[^\s,]+")


def scenario_of(
    spot: Spot, setting: Setting, *, catalogs: Mapping[str, Catalog], environment: Mapping[str, str]
) -> Scenario | None:
    """Give the scenario that a document holds; None where a part that it cannot be without is wrong, which is told."""
    tell_long_texts(spot)
    found = entries(spot, tuple(words.TOP), noun="a scenario", required=REQUIRED, meant=words.MEANT_TOP)
    _check_format(found.get("format"))
    chosen = _providers(found.get("provider"), catalogs)
    setting = replace(setting, abilities=Abilities(catalogs=chosen))
    parts: dict[str, Any] = {
        "name": _name(found.get("scenario")),
        "about": text_of(found.get("about")) or "",
        "tags": _tags(found.get("tags")),
        "endpoint": endpoint_of(found.get("endpoint"), chosen, environment),
        "credentials": credentials_of(found.get("credentials"), chosen, environment),
        "options": options_of(found.get("options"), chosen),
        "seed": _seed(found.get("seed"), setting),
        "clock": _clock(found.get("clock")),
        "cases": cases_of(found.get("cases"), setting),
        "variables": _variables(found.get("vars"), setting),
        "load": load_of(found.get("load")),
        **_story(found, setting, environment),
    }
    setting.names.tell()
    if spot.told.problems:
        return None
    return Scenario(
        file=setting.label,
        folder=str(setting.folder),
        providers=tuple(chosen),
        place=spot.place,
        warnings=spot.told.warnings,
        **parts,
    )


def _story(found: Mapping[str, Spot], setting: Setting, environment: Mapping[str, str]) -> dict[str, Any]:
    """Read who speaks, and then what happens: in the order in which names are set."""
    actors: Mapping[str, Actor] = actors_of(found.get("actors"), setting)
    given = given_of(found.get("given"), tuple(actors), setting, environment)
    setting = replace(setting, actors=tuple(actors), chats=tuple(given.get("conversations", ())))
    steps = read_steps(found.get("steps"), setting)
    return {"actors": actors, "given": given, "steps": steps, "always": always_of(found.get("always"), setting)}


def _check_format(spot: Spot | None) -> None:
    if spot is not None and spot.node.value != 1:
        spot.tell(
            "unknown-format",
            f'unknown format "{shortened(spot.node.spelling)}"',
            why="there is one format: 1",
            fix="leave it out",
        )


def _name(spot: Spot | None) -> str:
    text = speech_of(spot) if spot is not None and spot.is_empty else text_of(spot)
    if spot is not None and text is not None and not text.strip():
        spot.tell(
            "wrong-value",
            "the name is empty",
            why="every report shows it",
            fix="say in a few words what the story shows",
        )
    return text or ""


def _tags(spot: Spot | None) -> tuple[str, ...]:
    tags = []
    for each in words_of(spot):
        text = text_of(each)
        if text is not None and not _TAG.fullmatch(text):
            each.tell(
                "wrong-value",
                f'"{shortened(text)}" is no tag',
                why="a tag is one word, without commas",
                fix="write [one, two] for several",
            )
        elif text is not None:
            tags.append(text)
    return tuple(dict.fromkeys(tags))


def _providers(spot: Spot | None, catalogs: Mapping[str, Catalog]) -> dict[str, Catalog]:
    """Give the catalogs of the providers that are named."""
    chosen: dict[str, Catalog] = {}
    if spot is not None and spot.node.kind == "list" and not spot.node.elements:
        wanted(spot, "a provider", f"use one of: {', '.join(sorted(catalogs))}")
    for each in words_of(spot):
        name = text_of(each)
        if name in chosen:
            each.tell(
                "clashing-keys",
                f'"{name}" stands there twice',
                why="the story runs once for each provider",
                fix="leave one of them out",
            )
        elif name is not None and name in catalogs:
            _choose(each, name, catalogs, chosen)
        elif name is not None:
            known = sorted(catalogs)
            fix = did_you_mean(name, known, f"use one of: {', '.join(known)}")
            each.tell(
                "unknown-provider",
                f'unknown provider "{shortened(name)}"',
                why=f"there are: {', '.join(known)}",
                fix=fix,
            )
    return chosen


def _choose(spot: Spot, name: str, catalogs: Mapping[str, Catalog], chosen: dict[str, Catalog]) -> None:
    """Catalogs are read when they are first asked for, so that asking may find faults in them."""
    try:
        chosen[name] = catalogs[name]
    except InputError as error:
        spot.told.take_over(error.problems, spot.place.file)


def _seed(spot: Spot | None, setting: Setting) -> int:
    seed = whole_of(spot, most=_MOST_SEED)
    return seeds.seed_of(setting.chain[0][0].name) if seed is None else seed


def _clock(spot: Spot | None) -> Clock:
    if spot is None:
        return Clock()
    found = entries(spot, tuple(words.CLOCK), noun="clock")
    read: dict[str, Any] = {
        "start_ms": by_unit(
            found.get("start"), instant_ms, "a time", code="wrong-time", example="2026-01-05T09:00:00Z"
        ),
        "pace": _pace(found.get("pace")),
        "settle_ms": deadline_of(found.get("settle")),
        "patience_ms": deadline_of(found.get("patience")),
    }
    return Clock(**{name: value for name, value in read.items() if value is not None})


def _pace(spot: Spot | None) -> str | None:
    text = text_of(spot)
    if spot is None or text is None:
        return None
    if not _PACE.fullmatch(text) or (text.endswith("x") and float(text[:-1]) == 0):
        fix = did_you_mean(text, ("instant", "real"), "write instant, real, or such as 10x")
        spot.tell(
            "wrong-value",
            f'unknown pace "{shortened(text)}"',
            why="there are: instant, real, and factors such as 10x",
            fix=fix,
        )
        return None
    return text


def _variables(spot: Spot | None, setting: Setting) -> dict[str, Any]:
    """Give name → value; each may read those above it."""
    if spot is None:
        return {}
    if spot.node.kind != "map":
        wanted(spot, "a map of name → value", "write `vars: {name: value}`")
        return {}
    variables = setting.names.variables(spot)
    for name, value in variables.items():
        setting.names.read_all(value)
        setting.names.doubt_bare(value)
        setting.names.set(name, value)
    return {name: value.node.plain() for name, value in variables.items()}
