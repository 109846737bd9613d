"""Wrong files, each beside the exact message that it gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from simulator.catalog import Catalog
from simulator.errors import InputError
from simulator.scenario.load import load

FOLDER = Path(__file__).parent / "problems"
FILES = sorted([*FOLDER.glob("*.yaml"), *FOLDER.glob("*.yml")])
"""Those that are no UTF-8 end in .yml, so that whatever reads all YAML of the project passes them by."""
ROOT = Path(__file__).parents[2]
SECTIONS = ("YAML", "The scenario language", "Expressions and matchers", "What a provider knows")
SHOWN_ELSEWHERE = {"too-many-includes", "too-many-problems", "too-many-steps"}
"""Codes whose files would be too large to stand here; tests make them."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_wrong_file_gives_its_message(
    file: Path, catalogs: Mapping[str, Catalog], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FOLDER)

    with pytest.raises(InputError) as caught:
        load(file.name, catalogs=catalogs, environment={}, root=FOLDER)

    assert f"{caught.value}\n" == file.with_suffix(".txt").read_text("utf-8")


def test_every_message_has_its_file() -> None:
    assert len(FILES) >= 180
    assert {file.stem for file in FILES} == {file.stem for file in FOLDER.glob("*.txt")}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_problems_of_a_file_stand_in_its_order(file: Path, catalogs: Mapping[str, Catalog]) -> None:
    with pytest.raises(InputError) as caught:
        load(file, catalogs=catalogs, environment={}, root=FOLDER)

    places = [each.where.rsplit(":", 2) for each in caught.value.problems if each.where.startswith(str(file))]
    assert places == sorted(places, key=lambda place: (int(place[1]), int(place[2])))


def test_every_code_that_a_file_can_get_has_a_file() -> None:
    sections = re.split(r"^## ", (ROOT / "docs" / "errors.md").read_text("utf-8"), flags=re.MULTILINE)
    rows = [line for each in sections if each.startswith(SECTIONS) for line in each.splitlines()]
    codes = {found[1] for line in rows if (found := re.match(r"\| `([a-z0-9-]+)` \| (?!\*warning\*)", line))}
    told = {
        found
        for file in FOLDER.glob("*.txt")
        for found in re.findall(r"   \[([a-z0-9-]+)\]$", file.read_text("utf-8"), re.MULTILINE)
    }

    assert codes - told == SHOWN_ELSEWHERE
