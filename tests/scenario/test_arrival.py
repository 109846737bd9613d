"""How many of a story there are."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario.model import Load

HEAD = "scenario: A\nprovider: parrot\nactors: [ana]\nsteps: [{ana: hi}]\n"


def test_load_is_in_seconds_and_milliseconds(read: Any) -> None:
    story = read(f"{HEAD}load: {{actors: 100, rate: 30/m, lasting: 10m, ramp: 1m}}\n")

    assert story.load == Load(actors=100, rate_per_s=0.5, lasting_ms=600_000, ramp_ms=60_000)


@pytest.mark.parametrize(
    ("load", "code"),
    [
        ("{}", "wrong-type"),
        ("5/s", "wrong-type"),
        ("{lasting: 10m}", "missing-key"),
        ("{rate: 5}", "wrong-value"),
        ("{rate: 5/s, lasting: 0}", "wrong-value"),
        ("{rate: 5/s, lasting: 10s, ramp: 1m}", "wrong-value"),
        ("{actors: 1.5}", "wrong-type"),
        ("{users: 5, rate: 1/s}", "unknown-key"),
    ],
)
def test_odd_load_is_told(problems: Any, load: str, code: str) -> None:
    assert [each.code for each in problems(f"{HEAD}load: {load}\n")] == [code]
