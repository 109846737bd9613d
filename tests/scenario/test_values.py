"""Reading one value of a document, and telling what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario.values import (
    deadline_of,
    duration_of,
    number_of,
    rate_of,
    share_of,
    span_of,
    speech_of,
    spelled,
    text_of,
    truth_of,
    whole_of,
    word_of,
)


def codes(spot: Any) -> list[str]:
    return [each.code for each in spot.told.problems]


@pytest.mark.parametrize(
    ("text", "value"), [("42", "42"), ("no", "no"), ("4.50", "4.50"), ("null", "null"), ("'~'", "~")]
)
def test_text_counts_as_it_is_spelled(spot: Any, text: str, value: str) -> None:
    assert text_of(spot(text)) == value


@pytest.mark.parametrize("text", ["", "~", "[a]", "{a: 1}"])
def test_what_is_no_text_is_told(spot: Any, text: str) -> None:
    here = spot(text)

    assert text_of(here) is None
    assert codes(here) == ["wrong-type"]


def test_comment_behind_speech_is_told(spot: Any) -> None:
    here = spot("order #42 # really")

    assert speech_of(here) is None
    assert codes(here) == ["lost-comment"]


@pytest.mark.parametrize("text", ["1.5", "'1'", "true", "one", "[1]", "-1", "1000001"])
def test_whole_number_is_whole_and_in_range(spot: Any, text: str) -> None:
    here = spot(text)

    assert whole_of(here) is None
    assert len(codes(here)) == 1


@pytest.mark.parametrize("text", ["yes", "1", "'true'", "[]"])
def test_truth_is_true_or_false(spot: Any, text: str) -> None:
    here = spot(text)

    assert truth_of(here) is None
    assert codes(here) == ["wrong-type"]


def test_durations_have_units(spot: Any) -> None:
    here = spot("2")

    assert (duration_of(spot("2s")), span_of(spot("1s..2s")), duration_of(spot("0"))) == (2000, (1000, 2000), 0)
    assert duration_of(here) is None
    assert here.told.problems[0].fix == "give it a unit: 2s, or 2ms"


def test_missing_value_is_no_problem() -> None:
    assert (text_of(None), whole_of(None), truth_of(None), duration_of(None), span_of(None), word_of(None, ())) == (
        None,
    ) * 6


def test_spelled_value_keeps_its_shape(spot: Any) -> None:
    assert spelled(spot("{a: [1.50, true, null, ~], b: {c: 7}}").node) == {
        "a": ["1.50", "true", "null", None],
        "b": {"c": "7"},
    }


@pytest.mark.parametrize(("text", "value"), [("3", 3.0), ("0.5", 0.5), ("1e3", 1000.0)])
def test_number_may_be_broken(spot: Any, text: str, value: float) -> None:
    assert number_of(spot(text), above=0, most=1000) == value


@pytest.mark.parametrize("text", ["0", "-1", "1001", "'3'", "true", "60%", "[]"])
def test_odd_number_is_told(spot: Any, text: str) -> None:
    here = spot(text)

    assert number_of(here, above=0, most=1000) is None
    assert len(codes(here)) == 1


def test_real_time_is_a_day_at_the_most(spot: Any) -> None:
    here = spot("25h")

    assert deadline_of(spot("24h")) == 86_400_000
    assert deadline_of(here) is None
    assert codes(here) == ["wrong-value"]


def test_shares_and_rates_have_limits(spot: Any) -> None:
    never, fast = spot("0%"), spot("20/ms")

    assert (share_of(spot("60%")), rate_of(spot("90/m"), most=100)) == (0.6, 1.5)
    assert (share_of(never, above=0), rate_of(fast, most=100)) == (None, None)
    assert codes(never) == codes(fast) == ["wrong-value"]


def test_range_written_as_a_list_is_told_with_its_form(spot: Any) -> None:
    here = spot("[2s, 5s]")

    assert span_of(here) is None
    assert here.told.problems[0].fix == "write a range as 2s..5s"
