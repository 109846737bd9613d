"""Scenario files as the commands read and choose them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from simulator import catalog
from simulator.catalog import Catalog
from simulator.errors import InputError, Problem, did_you_mean
from simulator.scenario.check import check
from simulator.scenario.model import Scenario


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
) -> list[Scenario]:
    """
    Give the scenarios that have one of the tags, the keyword in name, file or tags, and one of the providers.

    Of a scenario for several providers only those that were asked for are left.

    Raises:
        InputError: nothing is left, or there is no such provider.
    """
    for provider_id in provider_ids:
        catalog.load(provider_id)
    found = []
    for scenario in scenarios:
        left = tuple(each for each in scenario.providers if not provider_ids or each in provider_ids)
        if left and _is_meant(scenario, tags, keyword):
            found.append(replace(scenario, providers=left))
    if not found:
        raise InputError(_nothing(scenarios, tags, keyword, provider_ids))
    return found


def _is_meant(scenario: Scenario, tags: Collection[str], keyword: str) -> bool:
    said = " ".join([scenario.name, scenario.file, *scenario.tags]).casefold()
    return keyword.casefold() in said and (not tags or any(tag in scenario.tags for tag in tags))


def _nothing(
    scenarios: Sequence[Scenario], tags: Collection[str], keyword: str, provider_ids: Collection[str]
) -> Problem:
    asked = [f"--tag {tag}" for tag in tags] + ([f"-k {keyword}"] if keyword else [])
    asked += [f"--provider {provider_id}" for provider_id in provider_ids]
    known = sorted({tag for scenario in scenarios for tag in scenario.tags})
    near = next((fix for tag in tags if (fix := did_you_mean(tag, known))), "")
    otherwise = f"the tags are: {', '.join(known)}" if tags and known else "look at: simulator list scenarios PATH"
    return Problem(
        code="nothing-selected",
        what="no scenario is selected",
        where=" ".join(asked),
        why=f"none of {len(scenarios)} fits",
        fix=near or otherwise,
    )
