"""How the bot is reached and what it shares with the provider: endpoint, credentials, options."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator import addresses
from simulator import catalog as catalogs
from simulator.catalog import Catalog
from simulator.errors import InputError, did_you_mean
from simulator.scenario.spots import Spot, pairs, shortened, told_at, wanted
from simulator.scenario.values import text_of

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")

Chosen = Mapping[str, Catalog]
"""The catalogs of the story's providers."""


def environment_text(spot: Spot, environment: Mapping[str, str]) -> str | None:
    """Give a text with the environment filled in; None where a variable is not set, which is told."""
    text = text_of(spot)
    if text is None:
        return None
    filled, unset = with_environment(text, environment)
    for name in unset:
        fix = f"set it, or write ${{{name}:-default}}"
        spot.tell("unset-variable", f'the environment variable "{name}" is not set', why=f"found ${{{name}}}", fix=fix)
    return None if unset else filled


def with_environment(text: str, environment: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """
    Give the text with each `${NAME}` and `${NAME:-default}` filled in, and the names that are not set.

    A default is taken where the variable is not set or empty.
    """
    unset: list[str] = []

    def value(found: re.Match[str]) -> str:
        name, default = found[1], found[2]
        if default is not None:
            return environment.get(name) or default
        if name not in environment:
            unset.append(name)
        return environment.get(name, "")

    return _REFERENCE.sub(value, text), tuple(dict.fromkeys(unset))


# --- endpoint --------------------------------------------------------------------------------------------------------


def endpoint_of(spot: Spot | None, chosen: Chosen, environment: Mapping[str, str]) -> str | dict[str, str] | None:
    """
    Give the bot's URL, or one by provider; of a provider with several endpoints by `provider.endpoint`.

    A file may name an endpoint alone, or inside the map of its provider.
    """
    if spot is None:
        return None
    if spot.node.kind != "map":
        return _url(spot, environment)
    urls: dict[str, str] = {}
    for name, key, value in pairs(spot):
        if name in chosen and value.node.kind == "map":
            for inner, inner_key, each in pairs(value):
                _endpoint(told_at(value, inner_key, inner), each, {name: chosen[name]}, environment, urls)
        else:
            _endpoint(told_at(spot, key, name), value, chosen, environment, urls)
    return urls


def _endpoint(key: Spot, value: Spot, asked: Chosen, environment: Mapping[str, str], urls: dict[str, str]) -> None:
    """Add the URL for each provider asked that has the name, or an endpoint of it."""
    name = key.node.spelling
    owners = [each for each in asked.values() if name in (each.id, *each.endpoints)]
    known = list(dict.fromkeys([*asked, *(each for catalog in asked.values() for each in catalog.endpoints)]))
    if not owners and known:
        fix = did_you_mean(name, known, f"use one of: {', '.join(known)}")
        why = f"there are: {', '.join(known)}"
        key.tell("unknown-endpoint", f'unknown endpoint "{shortened(name)}"', why=why, fix=fix)
    url = _url(value, environment)
    for catalog in owners:
        place = catalog.id if name == catalog.id or len(catalog.endpoints) == 1 else f"{catalog.id}.{name}"
        if place in urls:
            fix = "leave one of them out"
            key.tell("clashing-keys", f'"{shortened(name)}" is given twice', why=f"{place} has one URL", fix=fix)
        elif url is not None:
            urls[place] = url


def _url(spot: Spot, environment: Mapping[str, str]) -> str | None:
    text = environment_text(spot, environment)
    if text is None:
        return None
    try:
        return addresses.parse(text)
    except InputError as error:
        [problem] = error.problems
        # What the environment holds may be secret, so that the file's own words are shown.
        what = f'"{shortened(spot.node.spelling)}" is no address to send to'
        spot.tell(problem.code, what, why=problem.why, fix=problem.fix)
        return None


# --- credentials -----------------------------------------------------------------------------------------------------


def credentials_of(spot: Spot | None, chosen: Chosen, environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Give provider → name → value; names that stand alone go to each provider that knows them."""
    found: dict[str, dict[str, str]] = {}
    if spot is None:
        return found
    if spot.node.kind != "map":
        wanted(spot, "a map of name → value", "write `credentials: {name: value}`")
        return found
    for name, key, value in pairs(spot):
        if value.node.kind == "map":
            _of_provider(told_at(spot, key, name), value, chosen, environment, found)
        else:
            _credential(told_at(spot, key, name), value, chosen, environment, found)
    return found


def _of_provider(
    key: Spot, value: Spot, chosen: Chosen, environment: Mapping[str, str], found: dict[str, dict[str, str]]
) -> None:
    name = key.node.spelling
    if name in chosen:
        for inner, inner_key, each in pairs(value):
            _credential(told_at(value, inner_key, inner), each, {name: chosen[name]}, environment, found)
    elif chosen:
        names = ", ".join(chosen)
        fix = did_you_mean(name, chosen, f"use one of: {names}")
        key.tell("unknown-provider", f'"{name}" is no provider of this story', why=f"its providers: {names}", fix=fix)


def _credential(
    key: Spot, value: Spot, asked: Chosen, environment: Mapping[str, str], found: dict[str, dict[str, str]]
) -> None:
    """Add the credential to those of each provider asked that knows it."""
    name = key.node.spelling
    owners = [catalog for catalog in asked.values() if name in catalog.credentials]
    if not owners and asked:
        tell_unknown_credential(key, asked)
    text = environment_text(value, environment)
    if text == "":
        value.tell("wrong-value", f"{name} is empty", why="nothing can be signed with it", fix="leave the line out")
    for catalog in owners if text else ():
        pattern = catalog.credentials[name].pattern
        if pattern and not re.fullmatch(pattern, text or ""):
            # The value itself is never shown: it may be a real one with a slip in it.
            what = f"{name} has another form than {catalog.title}'s own"
            value.tell("odd-credential", what, why=f"a real one looks like {pattern}", is_warning=True)
        found.setdefault(catalog.id, {})[name] = text or ""


def tell_unknown_credential(key: Spot, asked: Chosen) -> None:
    """Tell of a name that none of the providers has a credential by."""
    name = key.node.spelling
    known = list(dict.fromkeys(each for catalog in asked.values() for each in catalog.credentials))
    why = "; ".join(f"{each.title} has: {', '.join(each.credentials) or 'none'}" for each in asked.values())
    fix = did_you_mean(name, known, "take it out")
    key.tell("unknown-credential", f'unknown credential "{shortened(name)}"', why=why, fix=fix)


# --- options ---------------------------------------------------------------------------------------------------------


def options_of(spot: Spot | None, chosen: Chosen) -> dict[str, Any]:
    """Give name → value as written; each is known to at least one provider, and right for all that know it."""
    if spot is None:
        return {}
    if spot.node.kind != "map":
        wanted(spot, "a map of name → value", "write `options: {name: value}`")
        return {}
    for name, key, value in pairs(spot):
        owners = [catalog for catalog in chosen.values() if name in catalog.options]
        if not owners and chosen:
            known = list(dict.fromkeys(each for catalog in chosen.values() for each in catalog.options))
            why = "; ".join(
                f"{catalog.title} has: {', '.join(catalog.options) or 'none'}" for catalog in chosen.values()
            )
            told_at(spot, key, name).tell(
                "unknown-option", f'unknown option "{name}"', why=why, fix=did_you_mean(name, known, "take it out")
            )
        for catalog in owners:
            check_option(value, name, catalog)
    return {name: value.node.plain() for name, _, value in pairs(spot)}


def check_option(spot: Spot, name: str, catalog: Catalog) -> None:
    """Tell of a value that an option of the provider cannot have."""
    option = catalog.options[name]
    try:
        if spot.node.kind == "map" or spot.is_empty:
            raise ValueError("write its value behind the colon")
        catalogs.option_value(option, spot.node.plain())
    except ValueError as error:
        shown = shortened(spot.node.spelling) or spot.node.kind
        spot.tell(
            "bad-option", f'option "{name}" cannot be "{shown}"', why=f"{catalog.title}: {option.about}", fix=str(error)
        )
