from __future__ import annotations

from simulator.records import Entry
from simulator.report.exchanges import MOST_EXCHANGES, Exchanges


def test_attempts_and_calls_are_kept_with_what_came_back(failed: list[Entry]) -> None:
    exchanges = Exchanges(0.0)
    for entry in failed:
        exchanges.take(entry)

    assert [(each.direction, each.answer, each.is_good) for each in exchanges.kept] == [
        ("call", "200", True),
        ("delivery", "200", True),
        ("delivery", "500", False),
        ("call", "200", False),
        ("delivery", "200", True),
    ]


def test_of_very_many_exchanges_the_rest_is_counted(failed: list[Entry]) -> None:
    exchanges = Exchanges(0.0)
    (ended, *_) = [entry for entry in failed if entry.kind == "AttemptFinished"]
    for _ in range(MOST_EXCHANGES + 3):
        exchanges.take(ended)

    assert (len(exchanges.kept), exchanges.left_out) == (MOST_EXCHANGES, 3)
