from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from simulator import documents
from simulator.catalog.forms import Form


@dataclass(frozen=True, kw_only=True, slots=True)
class Cup:
    name: str
    size_ms: int = 0
    is_full: bool = False
    share: float = 0.5
    tags: tuple[str, ...] = ()
    rest: Mapping[str, Any] = field(default_factory=dict)
    source: str


def read(text: str, form: Form, **given: Any) -> Any:
    return form.record(documents.read(text, "cups.yaml"), Cup, given=given)


@pytest.fixture
def form() -> Form:
    return Form({"book": "a book"})


def test_keys_stand_without_prefix_and_unit(form: Form) -> None:
    cup = read("{name: mug, size: 3, full: true, share: 1, tags: [a], rest: {b: 1}, source: book}", form)

    assert form.problems == []
    assert cup == Cup(name="mug", size_ms=3, is_full=True, share=1, tags=("a",), rest={"b": 1}, source="book")


def test_what_is_given_is_no_key(form: Form) -> None:
    read("{name: mug, source: book}", form, name="cup")

    assert [problem.code for problem in form.problems] == ["unknown-key"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{source: book}", "missing-key"),
        ("{name: mug}", "missing-source"),
        ("{name: mug, source: film}", "unknown-source"),
        ("{name: mug, source: 'book, film'}", "unknown-source"),
        ("{name: 3, source: book}", "wrong-type"),
        ("{name: mug, size: 1.5, source: book}", "wrong-type"),
        ("{name: mug, size: true, source: book}", "wrong-type"),
        ("{name: mug, full: 1, source: book}", "wrong-type"),
        ("{name: mug, tags: a, source: book}", "wrong-type"),
    ],
)
def test_wrong_record_is_told_and_goes_on(form: Form, text: str, code: str) -> None:
    cup = read(text, form)

    assert [problem.code for problem in form.problems] == [code]
    assert isinstance(cup, Cup)


def test_text_in_place_of_a_map_is_told(form: Form) -> None:
    read("mug", form)

    assert {problem.code for problem in form.problems} == {"wrong-type", "missing-key", "missing-source"}


def test_problem_has_place_and_path(form: Form) -> None:
    form.table(Cup, documents.read("mug:\n  sise: 3\n  source: book\n", "cups.yaml"))

    (problem,) = form.problems
    assert (problem.where, problem.at, problem.fix) == ("cups.yaml:2:3", "mug.sise", 'did you mean "size"?')


def test_table_gives_records_their_names(form: Form) -> None:
    rows = form.table(Cup, documents.read("{mug: {source: book}, glass: {source: book, size: 2}}", "cups.yaml"))

    assert {name: (cup.name, cup.size_ms) for name, cup in rows.items()} == {"mug": ("mug", 0), "glass": ("glass", 2)}


def test_listing_of_a_map_is_told(form: Form) -> None:
    assert form.listing(Cup, documents.read("{a: 1}", "cups.yaml")) == ()
    assert [problem.code for problem in form.problems] == ["wrong-type"]


def test_durations_are_milliseconds(form: Form) -> None:
    assert form.durations(documents.read("[1s, 2m]", "cups.yaml")) == (1_000, 120_000)
