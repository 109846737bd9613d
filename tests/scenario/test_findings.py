"""Findings, kept until all of them are told."""

from __future__ import annotations

from typing import Any

from simulator.errors import Problem
from simulator.records import Place
from simulator.scenario.findings import MOST_PROBLEMS, Findings


def test_findings_come_by_file_and_place() -> None:
    told = Findings()
    told.begin("b.yaml")
    told.begin("a.yaml")
    for file, line, column in (("a.yaml", 1, 1), ("b.yaml", 10, 1), ("b.yaml", 9, 7), ("b.yaml", 9, 3)):
        told.tell(Place(file, line, column), "code", "what")

    assert [each.where for each in told.problems] == ["b.yaml:9:3", "b.yaml:9:7", "b.yaml:10:1", "a.yaml:1:1"]


def test_same_finding_by_another_way_counts_once() -> None:
    told = Findings()
    for at in ("steps[0]", "steps[1]"):
        told.tell(Place("a.yaml", 1, 1), "code", "what", at=at)

    assert [each.at for each in told.problems] == ["steps[0]"]


def test_warnings_stand_apart() -> None:
    told = Findings()
    told.tell(Place("a.yaml", 1, 1), "code", "what", is_warning=True)

    assert (told.problems, [each.code for each in told.warnings]) == ((), ["code"])


def test_problems_of_a_whole_file_find_their_order() -> None:
    told = Findings()
    told.begin("a.yaml")
    told.tell(Place("a.yaml", 5, 1), "code", "what")

    told.take_over(
        [Problem(code="x", what="x", where="a.yaml:2:1"), Problem(code="y", what="y", where="a.yaml")],
        "a.yaml",
    )

    assert [each.where for each in told.problems] == ["a.yaml", "a.yaml:2:1", "a.yaml:5:1"]


def test_where_yaml_told_nothing_more_is_told() -> None:
    told = Findings()
    told.take_over([Problem(code="x", what="x", where="a.yaml:2:1")], "a.yaml")

    told.tell(Place("a.yaml", 2, 1), "code", "the same in other words")
    told.tell(Place("a.yaml", 2, 5), "code", "what")

    assert [each.code for each in told.problems] == ["x", "code"]


def test_of_very_many_problems_the_first_are_told(problems: Any) -> None:
    found = problems("".join(f"  - bto{number}: hi\n" for number in range(1_000)))

    assert len(found) == MOST_PROBLEMS + 1
    assert found[0].what.startswith('"bto0"')
    assert (found[-1].code, found[-1].where) == ("too-many-problems", "story.yaml")
