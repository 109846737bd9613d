from __future__ import annotations

from dataclasses import replace

from simulator.records import Delivery
from simulator.scenario.model import AckWanted
from simulator.tally import MOST_TOLD, Tally
from tests.test_acks import delivery, literal


def tally(*deliveries: Delivery, wanted: AckWanted | None = None) -> Tally:
    counted = Tally(wanted, "200", literal)
    for each in deliveries:
        counted.add(each)
    return counted


def test_deliveries_are_counted_by_how_they_went() -> None:
    found = tally(delivery(200), delivery(500, 200), delivery(500), delivery("timeout"), wanted=AckWanted())

    assert (found.count, found.lost, found.wrong) == (4, 2, 2)
    assert found.took.count == 5
    assert found.in_words() == "message: 500 in 3 ms; message: no answer in 3 ms"


def test_only_the_first_few_failures_are_kept() -> None:
    found = tally(*[delivery(500)] * 1_005, wanted=AckWanted())

    assert len(found.first) == MOST_TOLD
    assert found.in_words().endswith("message: 500 in 3 ms and 1,002 more")


def test_the_first_failures_are_those_that_were_due_first_whichever_ended_first() -> None:
    def due(number: int) -> Delivery:
        found = delivery(500)
        attempts = tuple(replace(attempt, due_ms=number) for attempt in found.attempts)
        return replace(found, id=f"d{number}", attempts=attempts)

    found = tally(*map(due, [9, 2, 7, 1, 8, 3]), wanted=AckWanted())

    assert [each.id for each in found.first] == ["d1", "d2", "d3"]


def test_any_answer_will_do_where_none_is_wanted() -> None:
    found = tally(delivery(500), delivery("timeout"))

    assert (found.wrong, found.lost) == (0, 2)


def test_endpoint_is_reached_once_anything_came_through() -> None:
    assert not tally(delivery("refused")).is_reached
    assert tally(delivery("refused"), delivery(500)).is_reached


def test_a_rule_is_not_about_what_is_forged() -> None:
    forged = replace(delivery(403), is_forged=True, state="refused")
    rule, stream = Tally(AckWanted(status="2xx"), "200", literal, is_rule=True), Tally(AckWanted(), "200", literal)
    for counted in (rule, stream):
        counted.add(forged)

    assert (rule.count, rule.wrong, rule.lost) == (0, 0, 0)
    assert (stream.count, stream.wrong, stream.lost) == (1, 0, 0)


def test_what_never_reached_the_bot_says_nothing_about_its_pace() -> None:
    [attempt] = delivery(200).attempts
    dropped = replace(delivery(200), attempts=(replace(attempt, lost="request", ack=None),), state="dropped")
    found = tally(dropped, wanted=AckWanted())

    assert (found.took.count, found.is_reached, found.wrong, found.lost) == (0, False, 0, 0)
