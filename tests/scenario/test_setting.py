"""What steps are read against."""

from __future__ import annotations

from simulator.scenario.setting import Tally


def test_tallies_of_two_files_are_apart() -> None:
    first, second = Tally(), Tally()

    first.undeclared.add("ana")

    assert (second.undeclared, second.steps, second.includes) == (set(), 0, 0)
