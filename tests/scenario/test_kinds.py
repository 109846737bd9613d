"""Which kind of step a map is."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("wiat: 2s", 'did you mean "wait"?'),
        ("anna: hello", 'did you mean "ana"?'),
        ("sleep: 2s", 'did you mean "wait"?'),
        ("carol: hello", "if it is an actor, declare it: actors: [carol]"),
        ("tap: Yes", "say who: - ana: {tap: …}"),
        ("optional: true", "say who: - bot: {optional: …}"),
    ],
)
def test_unknown_step_says_what_may_be_meant(problems: Any, written: str, fix: str) -> None:
    (found,) = problems(f"  - {written}\n")

    assert (found.code, found.fix) == ("unknown-step", fix)


def test_undeclared_actor_is_told_once_and_still_read(problems: Any) -> None:
    found = problems("  - carol: hello\n  - carol: {reads: frist}\n  - carol: bye\n")

    assert [(each.code, each.where) for each in found] == [
        ("unknown-step", "story.yaml:5:5"),
        ("wrong-value", "story.yaml:6:20"),
    ]


def test_misspelt_key_beside_a_step_is_still_read(problems: Any) -> None:
    found = problems("  - if: 1 < 2\n    stpes:\n      - wiat: 2s\n")

    assert [each.code for each in found] == ["unknown-key", "unknown-step"]
