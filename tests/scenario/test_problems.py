"""Wrong files, each beside the exact message that it gives."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from simulator.catalog import Catalog
from simulator.errors import InputError
from simulator.scenario.load import load

FOLDER = Path(__file__).parent / "problems"
FILES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_wrong_file_gives_its_message(
    file: Path, catalogs: Mapping[str, Catalog], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FOLDER)

    with pytest.raises(InputError) as caught:
        load(file.name, catalogs=catalogs, environment={}, root=FOLDER)

    assert f"{caught.value}\n" == file.with_suffix(".txt").read_text("utf-8")


def test_every_message_has_its_file() -> None:
    assert len(FILES) >= 60
    assert {file.stem for file in FILES} == {file.stem for file in FOLDER.glob("*.txt")}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_problems_of_a_file_stand_in_its_order(file: Path, catalogs: Mapping[str, Catalog]) -> None:
    with pytest.raises(InputError) as caught:
        load(file, catalogs=catalogs, environment={}, root=FOLDER)

    places = [each.where.rsplit(":", 2) for each in caught.value.problems if each.where.startswith(str(file))]
    assert places == sorted(places, key=lambda place: (int(place[1]), int(place[2])))
