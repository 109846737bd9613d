"""What the provider knows before the first step: `given:`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from simulator import addresses
from simulator.errors import InputError, did_you_mean
from simulator.scenario import vocabulary as words
from simulator.scenario.contact import check_option, environment_text, tell_unknown_credential
from simulator.scenario.setting import Setting
from simulator.scenario.spots import Spot, elements, entries, pairs, shortened, some, told_at, wanted
from simulator.scenario.values import text_of

EVERY_EVENT = "*"
"""What stands for all events, where a provider has a word for it."""


def given_of(
    spot: Spot | None, actors: Collection[str], setting: Setting, environment: Mapping[str, str]
) -> dict[str, Any]:
    """Give table → key → row; the keys of `users` are actors."""
    if spot is None:
        return {}
    found = entries(spot, tuple(words.GIVEN), noun="given")
    given = {name: table.node.plain() for name, table in found.items() if table.node.kind == "map"}
    for name, table in found.items():
        _check_rows(table, actors if name == "users" else None)
        setting.names.read_all(table)
        for key, _, row in pairs(table):
            if name == "subscriptions":
                given[name][key] = _subscription(row, setting, environment)
            elif name == "conversations":
                _check_conversation(row)
    return given


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


def _subscription(row: Spot, setting: Setting, environment: Mapping[str, str]) -> Any:
    """Give a row; what is wrong with the fields that all providers' subscriptions have is told."""
    found = row.node.plain()
    for name, _, field in pairs(row):
        match name:
            case _ if _is_filled_in(field):
                continue
            case "events" if field.node.kind == "list":
                for each in elements(field):
                    _check_event(each, setting)
            case "events":
                wanted(field, "a list of event types", "write `events: [message]`")
            case "url":
                _check_address(field)
            case "credentials":
                found[name] = _credentials(field, setting, environment)
            case "options":
                _check_options(field, setting)
    return found


def _check_event(spot: Spot, setting: Setting) -> None:
    """Tell of a name that chooses no event of any provider: of a type, its variants, or a family such as `message:`."""
    text = text_of(spot)
    types = [event for catalog in setting.abilities.catalogs.values() for event in catalog.events]
    if text is None or _is_filled_in(spot) or not types:
        return
    if text != EVERY_EVENT and not any(_is_of(event, text) for event in types):
        names = dict.fromkeys(event.partition("/")[0] for event in types)
        fix = did_you_mean(text, names, "use one of these")
        why = f"there are: {some(names)}"
        spot.tell("unknown-event-type", f'unknown event type "{shortened(text)}"', why=why, fix=fix)


def _is_of(event: str, name: str) -> bool:
    return event == name or event.startswith((f"{name}/", f"{name}:"))


def _check_address(spot: Spot) -> None:
    text = text_of(spot)
    if text is None:
        return
    try:
        addresses.parse(text)
    except InputError as error:
        for problem in error.problems:
            spot.tell(problem.code, problem.what, why=problem.why, fix=problem.fix)


def _credentials(spot: Spot, setting: Setting, environment: Mapping[str, str]) -> dict[str, str]:
    """Give name → value; a name that no provider of the story knows is told, since nothing would be signed with it."""
    if spot.node.kind != "map":
        wanted(spot, "a map of name → value", "write `credentials: {name: value}`")
    catalogs = setting.abilities.catalogs
    found: dict[str, str] = {}
    for name, key, value in pairs(spot):
        found[name] = environment_text(value, environment) or ""
        if catalogs and not any(name in catalog.credentials for catalog in catalogs.values()):
            tell_unknown_credential(told_at(spot, key, name), catalogs)
    return found


def _check_options(spot: Spot, setting: Setting) -> None:
    """Tell of values that options cannot have; names that no catalog has may be known to the provider all the same."""
    if spot.node.kind != "map":
        wanted(spot, "a map of name → value", "write `options: {name: value}`")
    for name, _, value in pairs(spot):
        for catalog in setting.abilities.catalogs.values() if not _is_filled_in(value) else ():
            if name in catalog.options:
                check_option(value, name, catalog)


def _check_conversation(row: Spot) -> None:
    for name, _, field in pairs(row):
        if name == "id":
            text_of(field)
        elif name == "participants" and field.node.kind == "list":
            for each in elements(field):
                text_of(each)
        elif name == "participants" and not _is_filled_in(field):
            wanted(field, "a list of the ids of people", 'write such as ["{{ actors.ana.id }}"]')


def _is_filled_in(spot: Spot) -> bool:
    """True for an expression, whose value nobody knows before the story."""
    return spot.is_scalar and "{{" in spot.node.spelling
