"""A scenario file → a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from simulator.catalog import Catalog
from simulator.errors import InputError, Problem
from simulator.expressions import Sandbox
from simulator.scenario import files
from simulator.scenario.findings import Findings, TooManyProblemsError
from simulator.scenario.keys import scenario_of
from simulator.scenario.model import Scenario
from simulator.scenario.names import Names
from simulator.scenario.setting import Setting, Tally
from simulator.scenario.spots import Spot
from simulator.scenario.written import Keys


def load(
    path: str | Path, *, catalogs: Mapping[str, Catalog], environment: Mapping[str, str], root: Path | None = None
) -> Scenario:
    """
    Give the scenario of a file, read and checked; its doubtful points are in `warnings`.

    `catalogs` may read a catalog when it is first asked for. No file above `root` is read or sent; without it, that is
    the nearest folder called `scenarios` around the file, or else the file's own.

    Raises:
        InputError: with all problems of the file and of those that it includes, by place.
    """
    label = str(path)
    file = files.beside(Path.cwd(), str(path))
    told = Findings()
    told.begin(label)
    document = files.read_document(file, label, told)
    setting = Setting(
        names=Names(Sandbox()),
        tally=Tally(),
        keys=Keys(),
        label=label,
        folder=file.parent,
        root=root or files.root_of(file.parent),
        chain=((file, label),),
    )
    try:
        scenario = scenario_of(Spot(document, "", told), setting, catalogs=catalogs, environment=environment)
    except TooManyProblemsError:
        scenario = None
    if scenario is None:
        raise InputError(*told.problems)
    return scenario


def find_files(paths: Iterable[str | Path]) -> list[Path]:
    """
    Give the scenario files of these paths: a file itself, and of a folder all `.yaml` and `.yml` files in it, sorted.

    In folders, names that begin with a dot or an underscore are passed over: an underscore marks a file that others
    include. A file that comes twice is given once.

    Raises:
        InputError: a path does not exist, or a folder holds no scenario; all such paths are in it.
    """
    found: dict[Path, None] = {}
    problems = []
    for name in paths:
        path = Path(name)
        if not str(name):
            # As a path it would be the working directory, which nobody means by a variable that is not set.
            fix = "name a file or a folder; . is the one you are in"
            problems.append(Problem(code="bad-value", what="a path is empty", fix=fix))
        elif files.is_folder(path):
            inside = sorted(each for each in path.rglob("*") if _is_scenario(each, path))
            found.update(dict.fromkeys(inside))
            if not inside:
                fix = "name a file, or a folder with files that end in .yaml"
                problems.append(Problem(code="no-scenarios", what=f"no scenario in {path}", where=str(path), fix=fix))
        elif files.is_file(path):
            found[path] = None
        else:
            problems.append(_not_there(path))
    if problems:
        raise InputError(*problems)
    return list(found)


def _is_scenario(path: Path, folder: Path) -> bool:
    names = path.relative_to(folder).parts
    return (
        path.suffix in files.ENDINGS and not any(name.startswith((".", "_")) for name in names) and files.is_file(path)
    )


def _not_there(path: Path) -> Problem:
    try:
        # A pipe would be read until somebody writes, and a device without end.
        if not files.is_there(path):
            files.read_document(path, str(path), Findings())
    except InputError as error:
        return error.problems[0]
    return Problem(
        code="unreadable-file",
        what="the file cannot be read",
        where=str(path),
        why="it is no ordinary file",
        fix="write it into a file that ends in .yaml",
    )
