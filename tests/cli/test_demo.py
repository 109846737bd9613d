from __future__ import annotations

from pathlib import Path

from simulator.cli import demo
from tests.cli.conftest import ROOT, Simulate


def test_demo_plays_in_an_empty_folder(simulate: Simulate, here: Path) -> None:
    done = simulate("demo", "viber")

    assert done.code == 0, done.out + done.err
    assert any(line.startswith("  bot ‹ ") for line in done.lines)
    assert "simulator init viber" in done.lines[-1]
    assert list(here.iterdir()) == []


def test_report_on_standard_output_stands_there_alone(simulate: Simulate, here: Path) -> None:
    done = simulate("demo", "viber", "--report", "json=-")

    assert done.json["run"]["outcome"] == "passed"


def test_unknown_provider_is_told_with_the_nearest(simulate: Simulate) -> None:
    done = simulate("demo", "vibr")

    assert done.code == 2
    assert 'did you mean "viber"?' in done.err


def test_demo_without_a_provider_is_the_one_that_the_readme_shows() -> None:
    first = demo.demonstrated(None)

    assert demo.story_of(first).is_file()
    assert first in (ROOT / "docs" / "demo.svg").read_text("utf-8")
