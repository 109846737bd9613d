"""Who may speak."""

from __future__ import annotations

import re
from collections.abc import Sequence

from simulator.errors import InputError
from simulator.scenario import vocabulary as words
from simulator.scenario.model import Actor
from simulator.scenario.setting import Setting
from simulator.scenario.spots import Spot, elements, entries, is_written, pairs, shortened, told_at, wanted
from simulator.scenario.values import spelled, text_of

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NUMBERS = ("latitude", "longitude")


def actors_of(spot: Spot | None, setting: Setting) -> dict[str, Actor]:
    """
    Give the actors, from a list of names or from name → profile.

    One with a wrong name is told and is among them, so that what she does in the steps is not told as well.
    """
    if spot is None:
        return {}
    actors: dict[str, Actor] = {}
    if spot.node.kind == "map":
        for name, key, value in pairs(spot):
            if _is_usable(told_at(spot, key, name)):
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
    elif name is not None and _is_usable(spot):
        actors[name] = Actor(name=name)


def _is_usable(spot: Spot) -> bool:
    """Give False for a word that steps would not take for an actor; tell that, and any other name that is wrong."""
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
