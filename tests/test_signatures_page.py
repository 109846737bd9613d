"""The page on signatures: its example is what the command says, and its tables have each culprit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator.cli import main
from simulator.doctor import FIXES

PAGE = Path(__file__).parent.parent / "docs" / "signatures.md"


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_example_says_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("request.http").write_text(block("http"), "utf-8", newline="\r\n")

    code = main(["verify", "viber", "request.http"])

    assert code == 1
    assert capsysbinary.readouterr().out.decode("utf-8").strip() == block("text").strip()


def test_tables_have_each_culprit_once() -> None:
    listed = re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)

    assert listed == list(FIXES)
