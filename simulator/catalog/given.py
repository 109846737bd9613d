"""What a person gives for a provider, options and credentials, checked against its catalog."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from simulator import units
from simulator.catalog.facts import Catalog, Option
from simulator.errors import InputError, Problem, did_you_mean


def options_with(catalog: Catalog, given: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """
    Give every option of the provider with its value: the given one, or the default.

    `PROVIDER.NAME` is the one of this provider, and goes before `NAME`.

    Raises:
        InputError: an option does not exist, or may not have that value.
    """
    found = {name: option.default for name, option in catalog.options.items()}
    problems = []
    for name, value in _own(catalog, given).items():
        if name not in catalog.options:
            problems.append(
                Problem(
                    code="unknown-option",
                    what=f'unknown option "{name}"',
                    where=where,
                    at=f"options.{name}",
                    why=_known(catalog.options, catalog.title),
                    fix=did_you_mean(name, catalog.options, "leave it out"),
                )
            )
            continue
        try:
            found[name] = option_value(catalog.options[name], value)
        except ValueError as error:
            why = f"{catalog.title}: {catalog.options[name].about}"
            what = f'option "{name}" cannot be "{value}"'
            problems.append(
                Problem(code="bad-option", what=what, where=where, at=f"options.{name}", why=why, fix=str(error))
            )
    if problems:
        raise InputError(*problems)
    return found


def option_value(option: Option, given: Any) -> Any:
    """
    Give the value that a person means: booleans and numbers may come as text, durations as `5s` or a list of them.

    Raises:
        ValueError: it may not be that; the text says what it may be.
    """
    text = _spelled(given)
    if option.kind == "choice":
        values = {_spelled(value): value for value in option.values or ()}
        if text not in values:
            raise ValueError(did_you_mean(text, values) or f"use one of: {', '.join(values)}")
        return values[text]
    if option.kind == "duration":
        return units.duration_ms(text)
    if option.kind == "durations":
        parts = given if isinstance(given, list | tuple) else [part for part in text.split(",") if part.strip()]
        return tuple(units.duration_ms(_spelled(part)) for part in parts)
    if option.kind == "integer":
        if not re.fullmatch(r"-?\d{1,18}", text):
            raise ValueError("use a whole number")
        return int(text)
    return text


def credentials_with(catalog: Catalog, given: Mapping[str, str], where: str = "") -> dict[str, str]:
    """
    Give every credential of the provider with its value: the given one, or the default.

    `PROVIDER.NAME` is the one of this provider, and goes before `NAME`.

    Raises:
        InputError: the provider has no credential of that name, or one that it cannot do without is empty.
    """
    given = _own(catalog, given)
    problems = [
        Problem(
            code="unknown-credential",
            what=f'unknown credential "{name}"',
            where=where,
            at=f"credentials.{name}",
            why=_known(catalog.credentials, catalog.title),
            fix=did_you_mean(name, catalog.credentials, "leave it out"),
        )
        for name in given
        if name not in catalog.credentials
    ]
    problems += [
        Problem(
            code="empty-credential",
            what=f"the {name} is empty",
            where=where,
            at=f"credentials.{name}",
            why=f"{catalog.title} has one: {credential.about}",
            fix=f"give the {name} that the bot has, or leave it out for the default",
        )
        for name, credential in catalog.credentials.items()
        if credential.default and not given.get(name, credential.default).strip()
    ]
    if problems:
        raise InputError(*problems)
    return {name: given.get(name, credential.default) for name, credential in catalog.credentials.items()}


def secrets_in(values: Iterable[str], catalogs: Iterable[Catalog]) -> Iterator[str]:
    """Give those of the credentials' values that nobody may read: not the defaults, which anybody can look up."""
    known = {each.default for catalog in catalogs for each in catalog.credentials.values()}
    yield from (value for value in values if value not in known)


def by_provider(
    given: Mapping[str, Any],
    chosen: Collection[str],
    offered: Callable[[str], Collection[str]],
    *,
    kind: Literal["credential", "option"],
    where: str = "",
) -> dict[str, dict[str, Any]]:
    """
    Give for each provider that is chosen what is given for it: `NAME` to all that have it, `PROVIDER.NAME` to that one.

    `offered` gives the names that a provider has. What is given for a provider that is not chosen is checked, and
    counts for nothing.

    Raises:
        InputError: none of those that are meant has such a name, or there is no such provider.
    """
    found: dict[str, dict[str, Any]] = {provider_id: {} for provider_id in chosen}
    problems = []
    for name, value in sorted(given.items(), key=lambda item: "." in item[0]):
        named, _, own = name.rpartition(".")
        meant = [named] if named else list(chosen)
        try:
            having = [provider_id for provider_id in meant if own in offered(provider_id)]
        except InputError as error:
            problems += [replace(problem, where=where, at=f"{kind}s.{name}") for problem in error.problems]
            continue
        for provider_id in having:
            if provider_id in found:
                found[provider_id][own] = value
        if not having:
            known = list(dict.fromkeys(each for provider_id in meant for each in offered(provider_id)))
            problems.append(
                Problem(
                    code="unknown-credential" if kind == "credential" else "unknown-option",
                    what=f'unknown {kind} "{name}"',
                    where=where,
                    at=f"{kind}s.{name}",
                    why=f"{', '.join(meant)} {'has' if len(meant) == 1 else 'have'}: {', '.join(known) or 'none'}",
                    fix=did_you_mean(own, known, "leave it out"),
                )
            )
    if problems:
        raise InputError(*problems)
    return found


def _own(catalog: Catalog, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give the same with the names of this provider without its id, before those that are for all."""
    ours = f"{catalog.id}."
    named = {name.removeprefix(ours): value for name, value in given.items() if name.startswith(ours)}
    return {name: value for name, value in given.items() if not name.startswith(ours)} | named


def _spelled(value: Any) -> str:
    """Give a value as files and command lines spell it."""
    return str(value).casefold() if isinstance(value, bool) else str(value).strip()


def _known(known: Mapping[str, Any], title: str) -> str:
    return f"{title} has: {', '.join(known)}" if known else f"{title} has none"
