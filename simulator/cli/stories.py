"""Scenario files as the commands read and choose them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from simulator import catalog
from simulator.catalog import Catalog
from simulator.errors import InputError, Problem, did_you_mean
from simulator.scenario.check import check
from simulator.scenario.model import Scenario

MOST_ROWS = 12
"""So many rows of tables are named where none fits."""


class Catalogs(Mapping[str, Catalog]):
    """The catalogs of all providers; each is read when it is first asked for."""

    def __init__(self) -> None:
        """Know the names."""
        self._names = catalog.names()

    def __getitem__(self, name: str) -> Catalog:
        """Give the catalog of that provider."""
        if name not in self._names:
            raise KeyError(name)
        return catalog.load(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def read(paths: Sequence[str], variables: Mapping[str, str]) -> list[Scenario]:
    """
    Give the scenarios of files and folders.

    Raises:
        InputError: with all problems of all files.
    """
    return check(paths, catalogs=Catalogs(), environment=variables)


def chosen(
    scenarios: Sequence[Scenario],
    *,
    tags: Collection[str] = (),
    keyword: str = "",
    provider_ids: Collection[str] = (),
    cases: Collection[str] = (),
) -> list[Scenario]:
    """
    Give the scenarios that have one of the tags, the keyword in name, file or tags, and one of the providers.

    Of a scenario for several providers only those that were asked for are left, and of one with a table only the rows
    that are named, or those with the keyword where it stands nowhere else.

    Raises:
        InputError: nothing is left, or there is no such provider.
    """
    for provider_id in provider_ids:
        catalog.load(provider_id)
    found = []
    for scenario in scenarios:
        left = tuple(each for each in scenario.providers if not provider_ids or each in provider_ids)
        is_tagged = not tags or any(tag in scenario.tags for tag in tags)
        meant = _with_cases(scenario, cases, keyword) if left and is_tagged else None
        if meant is not None:
            found.append(replace(meant, providers=left))
    if not found:
        raise InputError(_nothing(scenarios, tags, keyword, provider_ids, cases))
    return found


def _with_cases(scenario: Scenario, cases: Collection[str], keyword: str) -> Scenario | None:
    """Give the scenario with the rows of its table that are meant; None where nothing of it is."""
    word = keyword.casefold()
    rows = tuple(case for case in scenario.cases if not cases or case.name in cases)
    if word not in " ".join([scenario.name, scenario.file, *scenario.tags]).casefold():
        rows = tuple(case for case in rows if word in case.name.casefold())
    elif not cases:
        return scenario
    return replace(scenario, cases=rows) if rows else None


def _nothing(
    scenarios: Sequence[Scenario],
    tags: Collection[str],
    keyword: str,
    provider_ids: Collection[str],
    cases: Collection[str],
) -> Problem:
    from simulator.report.curl import shell_line

    asked = [word for tag in tags for word in ("--tag", tag)] + (["-k", keyword] if keyword else [])
    asked += [word for provider_id in provider_ids for word in ("--provider", provider_id)]
    asked += [word for case in cases for word in ("--case", case)]
    known = sorted({tag for scenario in scenarios for tag in scenario.tags})
    named = [case.name for scenario in scenarios for case in scenario.cases]
    near = next((fix for tag in tags if (fix := did_you_mean(tag, known))), "")
    near = near or next((fix for case in cases if (fix := did_you_mean(case, named))), "")
    otherwise = "look at: simulator list scenarios PATH"
    if cases and named:
        rows = ", ".join(named[:MOST_ROWS]) + (", …" if len(named) > MOST_ROWS else "")
        otherwise = f"-k finds a part of a row's name; the rows are: {rows}"
    elif tags and known:
        otherwise = f"the tags are: {', '.join(known)}"
    return Problem(
        code="nothing-selected",
        what="no scenario is selected",
        where=shell_line(asked),
        why=f"none of {len(scenarios)} fits",
        fix=near or otherwise,
    )
