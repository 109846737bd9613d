"""Steps that stand in another file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.scenario.model import IncludeStep
from simulator.scenario.setting import MOST_INCLUDES

PART = "vars: {word: hello}\nsteps:\n  - ana: '{{ word }}, {{ name }}'\n"


def test_part_is_read_with_its_variables(steps: Any) -> None:
    bare, given, beside = steps(
        "  - include: parts/_a.yaml\n  - include: {path: parts/_a.yaml, vars: {name: Ben, word: bye}}\n"
        "  - include: parts/_a.yaml\n    vars: {name: Zoe}\n",
        files={"parts/_a.yaml": PART.replace("{{ name }}", "you")},
    )

    assert isinstance(bare, IncludeStep)
    assert (bare.variables, given.variables, beside.variables) == (
        {"word": "hello"},
        {"word": "bye", "name": "Ben"},
        {"word": "hello", "name": "Zoe"},
    )


def test_steps_of_a_part_know_their_file_and_their_way(steps: Any) -> None:
    (include,) = steps("  - include: {path: parts/_a.yaml, vars: {name: Ben}}\n", files={"parts/_a.yaml": PART})

    (inner,) = include.steps
    assert str(inner.place) == str(Path("parts/_a.yaml")) + ":3:5"
    assert inner.at == "steps[0].include.steps[0].ana"


def test_variable_of_a_part_is_not_seen_outside(problems: Any) -> None:
    found = problems(
        "  - include: {path: _a.yaml, vars: {name: Ben}}\n  - ana: '{{ word }}'\n", files={"_a.yaml": PART}
    )

    assert [(each.code, each.where) for each in found] == [("unknown-name", "story.yaml:6:10")]


def test_capture_of_a_part_is_seen_after_it(steps: Any) -> None:
    found = steps("  - include: _a.yaml\n  - ana: '{{ name }}'\n", files={"_a.yaml": "steps:\n  - bot: I am <name>\n"})

    assert len(found) == 2


def test_path_is_relative_to_the_file_that_names_it(steps: Any) -> None:
    (outer,) = steps(
        "  - include: a/_one.yaml\n",
        files={"a/_one.yaml": "steps:\n  - include: ../b/_two.yaml\n", "b/_two.yaml": "steps:\n  - ana: hi\n"},
    )

    assert outer.steps[0].steps[0].value == "hi"


def test_media_of_a_part_lies_beside_it(steps: Any) -> None:
    files = {"a/_one.yaml": "steps:\n  - ana: {image: x.png}\n", "a/x.png": ""}

    assert len(steps("  - include: a/_one.yaml\n", files=files)) == 1


def test_whole_scenario_may_be_included_and_what_is_left_out_is_said(read: Any) -> None:
    whole = "scenario: B\nprovider: parrot\nactors: [ana]\nsteps:\n  - ana: hi\nalways:\n  - ack: 200\n"

    story = read("scenario: A\nprovider: parrot\nactors: [ana]\nsteps:\n  - include: b.yaml\n", files={"b.yaml": whole})

    assert [(each.code, each.where) for each in story.warnings] == [("not-included", "b.yaml:7:3")]


def test_link_out_of_the_scenarios_is_refused(problems: Any, folder: Path) -> None:
    (folder.parent / "secret.yaml").write_text("steps:\n  - ana: hi\n")
    try:
        (folder / "_link.yaml").symlink_to(folder.parent / "secret.yaml")
    except OSError:
        pytest.skip("no links can be made here")

    (found,) = problems("  - include: _link.yaml\n")

    assert found.code == "outside-root"


def test_too_many_includes_are_told(problems: Any) -> None:
    found = problems("  - include: _a.yaml\n" * (MOST_INCLUDES + 1), files={"_a.yaml": "steps:\n  - ana: hi\n"})

    assert [each.code for each in found] == ["too-many-includes"]


def test_circle_over_another_spelling_is_found(problems: Any) -> None:
    (found,) = problems("  - include: ./a/../_a.yaml\n", files={"_a.yaml": "steps:\n  - include: story.yaml\n"})

    assert found.code == "circular-include"
