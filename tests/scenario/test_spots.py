"""The spots of a document: its maps and lists, and telling of them."""

from __future__ import annotations

from typing import Any

from simulator.scenario.spots import LONGEST_TEXT, entries, some, tell_long_texts


def codes(spot: Any) -> list[str]:
    return [each.code for each in spot.told.problems]


def test_keys_are_taken_or_told(spot: Any) -> None:
    here = spot("{good: 1, god: 2, other: 4}")

    found = entries(here, ("good", "need"), noun="it", required=("need",), elsewhere={"other": "there"})

    assert list(found) == ["good"]
    assert [(each.code, each.at) for each in here.told.problems] == [
        ("missing-key", ""),
        ("unknown-key", "god"),
        ("misplaced-key", "other"),
    ]


def test_misspelt_key_is_not_missing_too(spot: Any) -> None:
    here = spot("{scenaro: A}")

    entries(here, ("scenario",), noun="it", required=("scenario",))

    assert codes(here) == ["unknown-key"]


def test_word_of_another_tool_leads_to_its_like(spot: Any) -> None:
    here = spot("{name: A}")

    entries(here, ("scenario", "about"), noun="it", required=("scenario",), meant={"name": "scenario"})

    assert codes(here) == ["unknown-key"]
    assert here.told.problems[0].fix == 'did you mean "scenario"?'


def test_of_many_names_the_first_are_shown() -> None:
    assert some(["a", "b", "a"]) == "a, b"
    assert some([str(number) for number in range(20)]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 8 more"


def test_long_texts_are_told_wherever_they_stand(spot: Any) -> None:
    here = spot("{a: [b, {c: '" + "x" * (LONGEST_TEXT + 1) + "'}], d: '" + "y" * LONGEST_TEXT + "'}")

    tell_long_texts(here)

    assert [(each.code, each.at) for each in here.told.problems] == [("text-too-long", "a[1].c")]
