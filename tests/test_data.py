from __future__ import annotations

from pathlib import Path

import pytest

from simulator import data
from simulator.errors import InternalError


def make(*folders: Path) -> None:
    for folder in folders:
        folder.mkdir(parents=True)


@pytest.mark.parametrize("kind", ["templates", "scenarios"])
def test_checkout_has_both_folders(kind: str) -> None:
    assert any(data.folder(kind).iterdir())


def test_installed_package_gives_the_folder_inside_itself(tmp_path: Path) -> None:
    package = tmp_path / "simulator"
    make(package / "_data" / "templates", tmp_path / "templates")

    assert data.folder("templates", package=package) == package / "_data" / "templates"


def test_checkout_gives_the_folder_beside_the_package(tmp_path: Path) -> None:
    make(tmp_path / "simulator", tmp_path / "templates")
    (tmp_path / "pyproject.toml").touch()

    assert data.folder("templates", package=tmp_path / "simulator") == tmp_path / "templates"


def test_neighbour_of_an_installed_package_is_not_taken_for_its_data(tmp_path: Path) -> None:
    make(tmp_path / "simulator", tmp_path / "templates")

    with pytest.raises(InternalError) as caught:
        data.folder("templates", package=tmp_path / "simulator")

    (problem,) = caught.value.problems
    assert problem.code == "missing-data"
    assert str(tmp_path / "simulator" / "_data" / "templates") in problem.why
