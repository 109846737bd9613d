"""Where the files of a scenario may lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import InputError
from simulator.scenario.files import beside, is_inside, label_beside, nearest_beside, read_document, root_of
from simulator.scenario.findings import Findings


def test_root_is_the_nearest_folder_of_that_name(tmp_path: Path) -> None:
    inner = tmp_path / "scenarios" / "a" / "b"

    assert root_of(inner) == tmp_path / "scenarios"
    assert root_of(tmp_path) == tmp_path
    assert root_of(tmp_path / "a", otherwise=tmp_path) == tmp_path


@pytest.mark.parametrize(
    ("text", "inside"), [("a.yaml", True), ("x/../a.yaml", True), ("../a.yaml", False), ("/etc/a", False)]
)
def test_only_paths_below_the_root_are_inside(tmp_path: Path, text: str, inside: bool) -> None:
    assert is_inside(tmp_path, beside(tmp_path, text)) is inside


def test_label_follows_the_file_that_names_it() -> None:
    assert label_beside("scenarios/a/story.yaml", "../_b.yaml") == str(Path("scenarios/_b.yaml"))
    assert label_beside("story.yaml", "_b.yaml") == "_b.yaml"


def test_nearest_file_has_a_similar_name(tmp_path: Path) -> None:
    (tmp_path / "receipt.jpg").touch()

    assert nearest_beside(tmp_path / "recipt.png") == 'did you mean "receipt.jpg"?'
    assert nearest_beside(tmp_path / "flower.png") == ""
    assert nearest_beside(tmp_path / "nowhere" / "flower.png") == ""


def test_instead_of_a_scenario_another_one_is_meant(tmp_path: Path) -> None:
    (tmp_path / "receipt.jpg").touch()
    (tmp_path / "tulips.yml").touch()

    assert nearest_beside(tmp_path / "receipt.yaml") == ""
    assert nearest_beside(tmp_path / "tulip.yaml") == 'did you mean "tulips.yml"?'
    assert nearest_beside(tmp_path / "tulips.jpg") == ""


def test_instead_of_a_file_that_is_there_none_is_meant(tmp_path: Path) -> None:
    (tmp_path / "tulip.yaml").touch()
    (tmp_path / "tulips.yaml").touch()

    assert nearest_beside(tmp_path / "tulip.yaml") == ""


def test_folder_is_no_document(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unreadable-file"):
        read_document(tmp_path, "folder", Findings())
