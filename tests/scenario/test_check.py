"""Checking many files before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from simulator.catalog import Catalog
from simulator.errors import InputError
from simulator.scenario.check import check

GOOD = "scenario: {}\nprovider: parrot\nactors: [ana]\nsteps:\n  - ana: hello\n"
BAD = "scenario: {}\nprovider: parot\nactors: [ana]\nsteps:\n  - wiat: 2s\n"


def test_all_stories_of_folder_are_given_in_order(folder: Path, catalogs: Mapping[str, Catalog]) -> None:
    for name in ("b", "a"):
        (folder / f"{name}.yaml").write_text(GOOD.format(name))

    stories = check([folder], catalogs=catalogs, environment={})

    assert [story.name for story in stories] == ["a", "b"]


def test_problems_of_all_files_are_told_together(folder: Path, catalogs: Mapping[str, Catalog]) -> None:
    (folder / "one.yaml").write_text(BAD.format("one"))
    (folder / "three.yaml").write_text(BAD.format("three"))
    (folder / "two.yaml").write_text(GOOD.format("two"))

    with pytest.raises(InputError) as caught:
        check(["one.yaml", "two.yaml", "three.yaml"], catalogs=catalogs, environment={})

    assert [(each.code, each.where) for each in caught.value.problems] == [
        ("unknown-provider", "one.yaml:2:11"),
        ("unknown-step", "one.yaml:5:5"),
        ("unknown-provider", "three.yaml:2:11"),
        ("unknown-step", "three.yaml:5:5"),
    ]


def test_problem_of_shared_part_is_told_once(folder: Path, catalogs: Mapping[str, Catalog]) -> None:
    (folder / "_part.yaml").write_text("steps:\n  - ana: {reads: frist}\n")
    for name in ("one", "three"):
        (folder / f"{name}.yaml").write_text(
            GOOD.format(name) + "  - silence: 1s\n" * len(name) + "  - include: _part.yaml\n"
        )

    with pytest.raises(InputError) as caught:
        check(["."], catalogs=catalogs, environment={})

    assert [each.where for each in caught.value.problems] == ["_part.yaml:2:18"]


def test_named_folder_is_root_of_what_lies_in_it(
    tmp_path: Path, catalogs: Mapping[str, Catalog], monkeypatch: pytest.MonkeyPatch
) -> None:
    stories = tmp_path / "stories"
    (stories / "inner").mkdir(parents=True)
    (stories / "_part.yaml").write_text("steps:\n  - ana: bye\n")
    (stories / "inner" / "a.yaml").write_text(GOOD.format("a") + "  - include: ../_part.yaml\n")
    monkeypatch.chdir(tmp_path)

    assert len(check(["stories"], catalogs=catalogs, environment={})) == 1
    with pytest.raises(InputError, match="outside-root"):
        check(["stories/inner"], catalogs=catalogs, environment={})
