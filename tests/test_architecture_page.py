"""The page on architecture has every room that there is, and none that there is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def rooms(folder: Path) -> set[str]:
    """Give the modules and packages of a folder of source."""
    modules = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("__")}
    return modules | {path.parent.name for path in folder.glob("*/__init__.py")}


def section(title: str) -> str:
    return re.split(r"^## ", PAGE, flags=re.MULTILINE)[[*re.findall(r"^## (.*)$", PAGE, re.MULTILINE)].index(title) + 1]


@pytest.mark.parametrize(("title", "folder"), [("The rooms", "simulator"), ("Corpora", "simulator/corpus")])
def test_section_names_every_room(title: str, folder: str) -> None:
    named = set(re.findall(r"`(?:corpus/)?(\w+)`", section(title)))

    assert rooms(ROOT / folder) - named == set()


def test_every_line_of_the_table_names_rooms_that_are_there() -> None:
    table = [line.split("|")[2] for line in section("The rooms").splitlines() if line.startswith("| ")][1:]
    named = {word for cell in table for word in re.findall(r"`([a-z_]+)`", cell)}

    assert named - rooms(ROOT / "simulator") == set()
