"""Scenario files, checked before anything is sent: all problems of all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from simulator.catalog import Catalog
from simulator.errors import InputError, Problem
from simulator.scenario.files import is_folder, root_of
from simulator.scenario.load import find_files, load
from simulator.scenario.model import Scenario


def check(
    paths: Iterable[str | Path],
    *,
    catalogs: Mapping[str, Catalog],
    environment: Mapping[str, str],
    root: Path | None = None,
) -> list[Scenario]:
    """
    Give the scenarios of all files and folders, in order.

    No file above `root` is read or sent; without it, that is the nearest folder called `scenarios` around a file, or
    else the folder that was named, or else the file's own.

    Raises:
        InputError: with all problems of all files, those of one file together.
    """
    paths = list(paths)
    folders = [Path(path).absolute() for path in paths if is_folder(Path(path))]
    scenarios: list[Scenario] = []
    problems: dict[tuple[str, str, str], Problem] = {}
    for path in find_files(paths):
        try:
            inside = root or root_of(path.absolute().parent, otherwise=_around(path, folders))
            scenarios.append(load(path, catalogs=catalogs, environment=environment, root=inside))
        except InputError as error:
            # What is wrong in a part that several include is told for the first of them.
            for each in error.problems:
                problems.setdefault((each.where, each.code, each.what), each)
    if problems:
        raise InputError(*problems.values())
    return scenarios


def _around(path: Path, folders: Iterable[Path]) -> Path | None:
    return next((folder for folder in folders if path.absolute().is_relative_to(folder)), None)
