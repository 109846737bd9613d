"""How a provider delivers, as its folder says it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.catalog import DeliveryPolicy, Disabling, read
from simulator.errors import InputError, Problem

from .conftest import FILES

WithLine = Callable[[str, str], Path]

PLAIN = (
    "policy: {success: 2xx, timeout: 3s, retry_on: [5xx, timeout], delays: [1s, 1m], spread: [0.9, 1.1], source: seen}"
)
FULL = """policy:
  success: "200"
  timeout: 3s
  retry_on: [any]
  final: [400, tls]
  delays: [1s, 1m]
  spread: [0.75, 1.5]
  resign: true
  concurrency: 4
  ordering: actor
  giving_up: it is lost
  disabling:
    - {after: 9, outcomes: [timeout, 5xx], within: 24h, option: failures, source: seen}
  signs: [body, time]
  tolerance: 5m
  named:
    early: {about: as it was, timeout: 2s, delays: [5s], source: page}
  source: "page, seen"
"""
RULE = Disabling(after=9, outcomes=("timeout", "5xx"), within_ms=86_400_000, option="failures", source="seen")


def policy(with_line: WithLine, text: str = FULL) -> DeliveryPolicy:
    return read(with_line(PLAIN, text)).policy


def problem(with_line: WithLine, old: str, new: str) -> Problem:
    assert old in FULL
    with pytest.raises(InputError) as caught:
        policy(with_line, FULL.replace(old, new))
    (found,) = caught.value.problems
    return found


def test_folder_for_tests_has_a_policy() -> None:
    assert PLAIN in FILES["provider.yaml"]


def test_all_that_is_written_is_read(with_line: WithLine) -> None:
    found = policy(with_line)

    assert (found.success, found.timeout_ms, found.retry_on, found.final) == ("200", 3_000, ("any",), ("400", "tls"))
    assert (found.delays_ms, found.spread, found.is_spread) == ((1_000, 60_000), (0.75, 1.5), True)
    assert (found.resign, found.concurrency, found.ordering, found.giving_up) == (True, 4, "actor", "it is lost")
    assert (found.disabling, found.signs, found.tolerance_ms) == ((RULE,), ("body", "time"), 300_000)


def test_what_is_not_written_is_the_plainest(with_line: WithLine) -> None:
    found = policy(with_line, "policy: {success: 2xx, timeout: 3s, retry_on: [], delays: [], source: seen}")

    assert (found.final, found.spread, found.is_spread, found.resign) == ((), (1.0, 1.0), False, False)
    assert (found.concurrency, found.ordering, found.disabling, found.signs) == (0, "none", (), ())


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("[any]", "[allways]", "unknown-outcome", 4),
        ("[400, tls]", "[400, 700]", "unknown-outcome", 5),
        ("[timeout, 5xx]", "[timeouts]", "unknown-outcome", 13),
        ("ordering: actor", "ordering: conversation", "unknown-ordering", 10),
        ("[body, time]", "[body, clock]", "unknown-signed-part", 14),
        ("[0.75, 1.5]", "[1.5, 0.75]", "wrong-type", 7),
        ("[0.75, 1.5]", "[0, 1]", "wrong-type", 7),
        ("[0.75, 1.5]", "0.2", "wrong-type", 7),
        ("within: 24h", "within: soon", "bad-duration", 13),
        (", source: seen}\n  signs", "}\n  signs", "missing-source", 13),
        ("about: as it was, ", "", "missing-key", 17),
    ],
)
def test_wrong_word_is_told_with_its_line(with_line: WithLine, old: str, new: str, code: str, line: int) -> None:
    begins = FILES["provider.yaml"].partition(PLAIN)[0].count("\n")

    found = problem(with_line, old, new)

    assert (found.code, int(found.where.split(":")[1]) - begins) == (code, line)


def test_unknown_key_is_told(with_line: WithLine) -> None:
    assert problem(with_line, "spread:", "jitter:").code == "unknown-key"


def test_options_stand_over_what_is_written(with_line: WithLine) -> None:
    options = {"accepted": "2xx", "timeout": 7, "retries": (1, 2, 3), "resign": False, "failures": 2}

    found = policy(with_line).under(options)

    assert (found.success, found.timeout_ms, found.delays_ms, found.resign) == ("2xx", 7, (1, 2, 3), False)
    assert [rule.after for rule in found.disabling] == [2]


def test_without_options_it_stays_as_it_is(with_line: WithLine) -> None:
    found = policy(with_line)

    assert found.under({}) == found


def test_named_policy_changes_only_what_it_says(with_line: WithLine) -> None:
    found = policy(with_line)

    early = found.named["early"].over(found)

    assert (early.timeout_ms, early.delays_ms) == (2_000, (5_000,))
    assert (early.success, early.final, early.ordering) == (found.success, found.final, found.ordering)
