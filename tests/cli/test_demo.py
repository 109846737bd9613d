from __future__ import annotations

from pathlib import Path

from simulator import catalog
from simulator.cli import demo
from tests.cli.conftest import Simulate


def test_demo_plays_in_an_empty_folder(simulate: Simulate, here: Path) -> None:
    done = simulate("demo", "viber")

    assert done.code == 0, done.out + done.err
    assert any(line.startswith("  bot ‹ ") for line in done.lines)
    assert "simulator run " in done.lines[-1]
    assert list(here.iterdir()) == []


def test_first_provider_with_a_demo_is_the_default() -> None:
    first = next(name for name in catalog.names() if demo.story_of(name).is_file())

    assert demo.demonstrated(None) == first


def test_report_on_standard_output_stands_there_alone(simulate: Simulate, here: Path) -> None:
    done = simulate("demo", "viber", "--report", "json=-")

    assert done.json["run"]["outcome"] == "passed"


def test_unknown_provider_is_told_with_the_nearest(simulate: Simulate) -> None:
    done = simulate("demo", "vibr")

    assert done.code == 2
    assert 'did you mean "viber"?' in done.err
