"""Matchers as they stand in a file, and the places of what is wrong in them."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import documents
from simulator.scenario.matchers import located


def test_numbers_are_text_where_text_belongs_and_numbers_elsewhere(steps: Any) -> None:
    (step,) = steps("  - bot: {text: 1.50, buttons: [{label: 2}], raw: {count: 1.50, ok: true}}\n")

    assert step.wanted == {"text": "1.50", "buttons": [{"label": "2"}], "raw": {"count": 1.5, "ok": True}}


def test_bare_any_is_the_word_itself(read: Any) -> None:
    story = read("scenario: A\nprovider: parrot\nsteps:\n  - bot: any\n  - bot: {text: any}\n")

    assert [step.wanted for step in story.steps] == [{"text": {"equals": "any"}}, {"text": "any"}]
    assert [each.code for each in story.warnings] == ["bare-word"]


@pytest.mark.parametrize(
    ("path", "line", "at"),
    [
        ("buttons.1", 3, "buttons.1"),
        ("buttons.1.label", 3, "buttons.1.label"),
        ("raw.a.b.0", 5, "raw.a.b.0"),
        ("raw.a", 4, "raw.a"),
        ("raw.nowhere", 4, "raw"),
    ],
)
def test_problem_stands_at_the_nearest_node(path: str, line: int, at: str) -> None:
    node = documents.read(
        "buttons:\n  - Yes\n  - {label: No}\nraw: {a: 1,\n  a.b: [1]}\n",
        "file.yaml",
    )

    found, where = located({key.spelling: value for key, value in node.items}, path)

    assert found is not None
    assert (found.place.line, where) == (line, at)


def test_path_of_no_field_stands_at_the_first() -> None:
    node = documents.read("hello", "file.yaml")

    assert located({"text": node}, "elsewhere") == (node, "")


def test_matcher_in_ack_may_capture(steps: Any) -> None:
    first, second = steps("  - ana: hi\n    ack: {body: 'id <token>'}\n  - ana: '{{ token }}'\n")

    assert (first.ack.body, second.value) == ("id <token>", "{{ token }}")
