from __future__ import annotations

from pathlib import Path

from simulator.cli import demo
from tests.cli.conftest import Simulate


def test_demo_plays_in_an_empty_folder(simulate: Simulate, here: Path) -> None:
    done = simulate("demo")

    assert done.code == 0, done.out + done.err
    assert any(line.startswith("  bot ‹ ") for line in done.lines)
    assert "simulator run " in done.lines[-1]
    assert list(here.iterdir()) == []


def test_first_provider_with_a_demo_is_the_default() -> None:
    assert demo.demonstrated(None) == "viber"


def test_unknown_provider_is_told_with_the_nearest(simulate: Simulate) -> None:
    done = simulate("demo", "vibr")

    assert done.code == 2
    assert 'did you mean "viber"?' in done.err
