"""When a provider gives up an endpoint as a whole."""

from __future__ import annotations

from simulator.catalog import Disabling
from simulator.delivery.failing import Failures

RULE = Disabling(after=3, outcomes=("5xx", "timeout"), within_ms=1_000, source="tests")


def added(*times_ms: int, outcome: str = "503", rules: tuple[Disabling, ...] = (RULE,)) -> list[bool]:
    failures = Failures(rules)
    return [bool(failures.add("", outcome, due_ms)) for due_ms in times_ms]


def test_endpoint_is_given_up_with_the_last_failure_that_is_too_many():
    assert added(0, 10, 20) == [False, False, True]


def test_failures_of_longer_ago_do_not_count():
    assert added(0, 500, 1_000, 1_400) == [False, False, False, True]


def test_other_outcome_does_not_count():
    assert added(0, 10, 20, outcome="404") == [False, False, False]


def test_failures_of_another_endpoint_do_not_count():
    failures = Failures((RULE,))
    given_up = [failures.add(endpoint, "500", 0) for endpoint in ("a", "b", "a", "b")]

    assert given_up == ["", "", "", ""]


def test_each_rule_counts_for_itself():
    failures = Failures((RULE, Disabling(after=2, outcomes=("refused",), within_ms=1_000, source="tests")))
    outcomes = ["500", "refused", "500", "refused"]

    assert [bool(failures.add("", outcome, 0)) for outcome in outcomes] == [False, False, False, True]


def test_why_names_number_and_time():
    failures = Failures((RULE,))
    failures.add("", "500", 0)
    failures.add("", "500", 0)

    assert failures.add("", "500", 0) == "3 deliveries were given up within 1s, each with all its retries"


def test_policy_without_a_rule_gives_nothing_up():
    assert not any(added(*range(1_000), rules=()))
