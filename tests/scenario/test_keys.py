"""The top-level keys of a scenario."""

from __future__ import annotations

from typing import Any

import pytest

BODY = "steps:\n  - ana: hello\n"
HEAD = "scenario: A\nprovider: parrot\nactors: [ana]\n"


@pytest.mark.parametrize(("tags", "read_as"), [("smoke", ("smoke",)), ("[a, 1, a]", ("a", "1"))])
def test_tags_are_one_or_several(read: Any, tags: str, read_as: tuple[str, ...]) -> None:
    assert read(f"{HEAD}tags: {tags}\n{BODY}").tags == read_as


@pytest.mark.parametrize("pace", ["instant", "real", "10x", "0.5x"])
def test_pace_is_a_word_or_a_factor(read: Any, pace: str) -> None:
    assert read(f"{HEAD}clock: {{pace: {pace}}}\n{BODY}").clock.pace == pace


@pytest.mark.parametrize("pace", ["0x", "0.0x", "-1x", "x", "10", "fast"])
def test_other_paces_are_refused(problems: Any, pace: str) -> None:
    assert [each.code for each in problems(f"{HEAD}clock: {{pace: {pace}}}\n{BODY}")] == ["wrong-value"]


def test_story_of_several_providers_names_each(read: Any) -> None:
    assert read(f"scenario: A\nprovider: [heron, parrot]\nactors: [ana]\n{BODY}").providers == ("heron", "parrot")


def test_variable_may_read_those_above_it(read: Any) -> None:
    story = read(f"{HEAD}vars:\n  first: 4.50\n  second: '{{{{ first }}}}'\n{BODY}")

    assert story.variables == {"first": 4.5, "second": "{{ first }}"}


def test_name_of_story_counts_as_it_is_spelled(read: Any) -> None:
    assert read(f"scenario: 4.50\nprovider: parrot\nactors: [ana]\n{BODY}").name == "4.50"


def test_text_that_looks_like_an_expression_is_doubted(read: Any) -> None:
    story = read(f"{HEAD}vars: {{count: 1, next: count + 1, words: salt and pepper}}\n{BODY}")

    assert [(each.code, each.at) for each in story.warnings] == [("bare-expression", "vars.next")]
