"""Who may speak, and what the provider knows before the first step."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from simulator.errors import InputError, did_you_mean
from simulator.scenario import vocabulary as words
from simulator.scenario.model import Actor
from simulator.scenario.setting import Setting
from simulator.scenario.spots import Spot, elements, entries, is_written, pairs, shortened, some, told_at, wanted
from simulator.scenario.values import spelled, text_of

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NUMBERS = ("latitude", "longitude")


def actors_of(spot: Spot | None, setting: Setting) -> dict[str, Actor]:
    """Give the actors, from a list of names or from name → profile."""
    if spot is None:
        return {}
    actors: dict[str, Actor] = {}
    if spot.node.kind == "map":
        for name, key, value in pairs(spot):
            if _is_name(told_at(spot, key, name)):
                actors[name] = _actor(name, value, setting)
        _check_ids([(name, value) for name, _, value in pairs(spot) if name in actors])
    elif spot.node.kind == "list" or spot.is_scalar:
        for each in elements(spot) if spot.node.kind == "list" else (spot,):
            _add(each, actors)
    else:
        wanted(spot, "a list of names, or a map of name → profile", "write `actors: [ana]`")
    return actors


def _add(spot: Spot, actors: dict[str, Actor]) -> None:
    name = text_of(spot)
    if name in actors:
        spot.tell(
            "clashing-keys",
            f'"{name}" stands there twice',
            why="an actor has one name of her own",
            fix="leave one of them out",
        )
    elif name is not None and _is_name(spot):
        actors[name] = Actor(name=name)


def _is_name(spot: Spot) -> bool:
    name = spot.node.spelling
    if name in words.RESERVED:
        spot.tell(
            "reserved-name",
            f'no actor can be called "{name}"',
            why="the word means something in a step",
            fix="choose another name",
        )
        return False
    if not _NAME.fullmatch(name):
        why = "a name has lower-case letters a to z, digits and underscores, and begins with a letter"
        fix = (
            f'write "{name.lower()}"'
            if _NAME.fullmatch(name.lower())
            else "the full name stands in the profile: {name: …}"
        )
        spot.tell("bad-name", f'"{shortened(name)}" cannot be the name of an actor', why=why, fix=fix)
        return False
    return True


def _actor(name: str, spot: Spot, setting: Setting) -> Actor:
    if spot.is_empty:
        return Actor(name=name)
    found = entries(spot, tuple(words.PROFILE), noun="a profile")
    setting.names.read_all(spot)
    locale = text_of(found.pop("locale", None))
    if locale is not None and "{{" not in locale:
        _check_locale(spot, locale)
    profile = {key: value.node.plain() if key in _NUMBERS else spelled(value.node) for key, value in found.items()}
    return Actor(name=name, profile=profile) if locale is None else Actor(name=name, locale=locale, profile=profile)


def _check_ids(people: Sequence[tuple[str, Spot]]) -> None:
    """Tell ids by which the provider could not tell people apart."""
    owners: dict[str, str] = {}
    for name, spot in people:
        node = spot.node.get("id")
        if node is None or not is_written(node):
            continue
        given, place = node.spelling, spot.below(node, "id")
        if not given:
            what, why = f"the id of {name} is empty", "the provider knows people by their ids"
            place.tell("wrong-value", what, why=why, fix="leave it to be drawn")
        elif "{{" not in given and owners.setdefault(given, name) != name:
            what, why = f"{owners[given]} has this id too", "the provider knows people by their ids"
            place.tell("clashing-keys", what, why=why, fix="give each an id of her own, or leave it to be drawn")


def _check_locale(spot: Spot, locale: str) -> None:
    # Faker is slow to import, and only a file that names a locale needs it.
    from simulator import fake

    node = spot.node.get("locale")
    try:
        fake.known_locale(locale)
    except InputError as error:
        told = error.problems[0]
        place = spot if node is None else spot.below(node, "locale")
        place.tell(told.code, told.what, why=told.why, fix=told.fix)


def given_of(spot: Spot | None, actors: Collection[str], setting: Setting) -> dict[str, Any]:
    """Give table → key → row; the keys of `users` are actors."""
    if spot is None:
        return {}
    found = entries(spot, tuple(words.GIVEN), noun="given")
    for name, table in found.items():
        _check_rows(table, actors if name == "users" else None)
        setting.names.read_all(table)
    return {name: table.node.plain() for name, table in found.items() if table.node.kind == "map"}


def chat_of(spot: Spot | None, setting: Setting, verb: str = "") -> str | None:
    """Give the conversation of `given` that is named there; None where there is none, which is told."""
    if spot is None:
        return None
    text = text_of(spot)
    if not setting.abilities.chat(spot, verb) or text is None or text in setting.chats:
        return text
    if verb and "{{" in text:
        setting.names.read_all(spot)
        return text
    why = f"given has: {some(setting.chats)}" if setting.chats else "no conversations are given"
    fix = did_you_mean(text, setting.chats, f"declare it: given: {{conversations: {{{shortened(text)}: {{…}}}}}}")
    spot.tell("unknown-chat", f'unknown conversation "{shortened(text)}"', why=why, fix=fix)
    return None


def _check_rows(table: Spot, known: Collection[str] | None) -> None:
    if table.node.kind != "map":
        wanted(table, "a map of name → row", "write such as {ana: {language: pt}}")
        return
    for name, key, row in pairs(table):
        if known is not None and name not in known:
            fix = did_you_mean(name, known, f"declare it: actors: [{name}]")
            why = f"actors: {some(known)}" if known else "no actors are declared"
            told_at(table, key, name).tell("unknown-actor", f'unknown actor "{shortened(name)}"', why=why, fix=fix)
        if row.node.kind != "map":
            wanted(row, "a row", "a row is a map such as {language: pt}")
