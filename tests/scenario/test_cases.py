"""The table of a story."""

from __future__ import annotations

from typing import Any

from simulator.scenario.cases import MOST_CASES
from simulator.scenario.model import passes

HEAD = "scenario: A\nprovider: parrot\nactors: [ana]\n"
STEPS = "steps: [{ana: '{{ order }}'}]\n"


def test_story_is_played_once_for_each_row(read: Any) -> None:
    story = read(f"{HEAD}cases:\n  - {{order: BR-1, n: 1}}\n  - {{order: BR-2, n: [2]}}\n{STEPS}")

    assert [case.name for case in story.cases] == ["order: BR-1, n: 1", "order: BR-2, n: [2]"]
    assert [each.case and each.case.values for each in passes(story)] == [
        {"order": "BR-1", "n": 1},
        {"order": "BR-2", "n": [2]},
    ]
    assert [case.place.line for case in story.cases] == [5, 6]


def test_variables_are_made_of_the_row(read: Any) -> None:
    story = read(f"{HEAD}cases: [{{number: 1}}]\nvars: {{order: 'BR-{{{{ number }}}}', number: 0}}\n{STEPS}")
    (one,) = passes(story)

    assert list(one.variables.items()) == [("number", 1), ("order", "BR-{{ number }}")]


def test_story_without_a_table_is_played_once(read: Any) -> None:
    story = read(f"{HEAD}vars: {{order: 1}}\n{STEPS}")

    assert passes(story) == (story,)


def test_rows_that_look_the_same_are_told_from_each_other(read: Any) -> None:
    long = "x" * 200
    story = read(f"{HEAD}cases: [{{order: {long}1}}, {{order: {long}2}}]\n{STEPS}")
    first, second = (case.name for case in story.cases)

    assert first.endswith("… (1)")
    assert second.endswith("… (2)")


def test_row_names_what_the_first_row_names(problems: Any) -> None:
    found = problems(f"{HEAD}cases: [{{order: 1}}, {{ordr: 2}}, {{order: 1, more: 2}}, {{}}]\n{STEPS}")

    assert [(each.code, each.at) for each in found] == [
        ("unknown-key", "cases[1].ordr"),
        ("unknown-key", "cases[2].more"),
        ("wrong-type", "cases[3]"),
    ]


def test_row_that_lacks_a_name_is_told(problems: Any) -> None:
    (problem,) = problems(f"{HEAD}cases: [{{order: 1, n: 1}}, {{order: 2}}]\n{STEPS}")

    assert (problem.code, problem.what, problem.at) == ("missing-key", '"n" is missing', "cases[1]")


def test_row_cannot_read_what_is_set_after_it(problems: Any) -> None:
    (problem,) = problems(f"{HEAD}cases: [{{order: '{{{{ base }}}}'}}]\nvars: {{base: 1}}\n{STEPS}")

    assert problem.code == "unknown-name"


def test_table_has_an_end(problems: Any) -> None:
    rows = "\n".join(["  - {order: 1}"] * (MOST_CASES + 1))
    found = problems(f"{HEAD}cases:\n{rows}\nvars: {{order: 1}}\n{STEPS}")

    assert [each.code for each in found] == ["wrong-value"]
