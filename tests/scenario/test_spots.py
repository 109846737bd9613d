"""Reading one value of a document, and telling what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario.spots import (
    duration_of,
    entries,
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


def test_keys_are_taken_or_told(spot: Any) -> None:
    here = spot("{good: 1, god: 2, later: 3, other: 4}")

    found = entries(
        here, ("good", "need"), noun="it", required=("need",), not_yet={"later": "a part"}, elsewhere={"other": "there"}
    )

    assert list(found) == ["good"]
    assert [(each.code, each.at) for each in here.told.problems] == [
        ("missing-key", ""),
        ("unknown-key", "god"),
        ("not-yet", "later"),
        ("misplaced-key", "other"),
    ]


def test_misspelt_key_is_not_missing_too(spot: Any) -> None:
    here = spot("{scenaro: A}")

    entries(here, ("scenario",), noun="it", required=("scenario",))

    assert codes(here) == ["unknown-key"]


def test_spelled_value_keeps_its_shape(spot: Any) -> None:
    assert spelled(spot("{a: [1.50, true, null, ~], b: {c: 7}}").node) == {
        "a": ["1.50", "true", "null", None],
        "b": {"c": "7"},
    }
