"""Values of native calls, against what a story wants of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import match
from tests.match.wanted import JSON, value


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (3, 3),
        (3, 3.0),
        (3, "3"),
        (4.5, "4.50"),
        ("3", 3),
        ("/^4/", 42),
        (True, True),
        ("true", True),
        (None, None),
        (">= 3", 3),
        (">3", "4"),
        ("<= 3", -1),
        ("< 3", 2.5),
        ("!= 3", 4),
        ("1..5", 5),
        ("1 .. 5", 1),
        ("-2..-1", -1.5),
        (">= {{ n }}", 3),
        ("{{ n }}..9", 4),
        ("> 9007199254740992", 9007199254740993),
        ("{{ n }}", 3),
        ("{{ n }}", "3"),
        ("{{ flag }}", True),
        ("any", 0),
        ("any", ""),
        ("none", None),
        ("1..5", "1..5"),
        ({"a": {"b": "any"}}, {"a": {"b": 1, "c": 2}}),
        ({"a.b": 1, "a.c.0": 2}, {"a": {"b": 1, "c": [2]}}),
        ({"a.b": 1}, {"a.b": 1}),
        ({"a": "none", "b.c": "none"}, {}),
        ({"0.x": 1}, [{"x": 1}]),
        (["a", "c"], ["a", "b", "c"]),
        ([], []),
        ([{"x": ">1"}], [{"x": 1}, {"x": 2}]),
        ({"equals": {"a": [1, "{{ n }}"]}}, {"a": [1, 3]}),
        ({"$.a[*].x": 2}, {"a": [{"x": 1}, {"x": 2}]}),
        ({"$.a[*].x": [1, 2]}, {"a": [{"x": 1}, {"x": 2}]}),
        ({"$.b": "none"}, {"a": 1}),
    ],
)
def test_value_that_fits_has_no_mismatch(wanted: Any, found: Any) -> None:
    assert value(wanted, found).mismatches == ()


@pytest.mark.parametrize(
    ("wanted", "found", "path"),
    [
        (3, 4, ""),
        (1, True, ""),
        (True, 1, ""),
        (None, 0, ""),
        (">= 3", 2, ""),
        (">= 3", "many", ""),
        ("1..5", 6, ""),
        ("any", None, ""),
        ("none", 0, ""),
        ("text", ["text"], ""),
        ("text", None, ""),
        ({"a": 1}, "text", ""),
        ({"a.b": "any"}, {"a": {}}, "a.b"),
        (["c", "a"], ["a", "b", "c"], "1"),
        ([], [1], ""),
        ([1], 1, ""),
        ({"equals": 3}, "3", ""),
        ({"equals": {"a": 1}}, {"a": 1, "b": 2}, ""),
        ({"equals": [1]}, [1, 2], ""),
        ({"$.a": 1}, {"a": 2}, "$.a"),
        ({"$[": 1}, {}, "$["),
    ],
)
def test_value_that_does_not_fit_has_its_path(wanted: Any, found: Any, path: str) -> None:
    (mismatch,) = value(wanted, found).mismatches

    assert mismatch.path == path


@given(JSON)
def test_any_value_equals_itself(found: Any) -> None:
    assert match.match_value({"equals": json.loads(json.dumps(found))}, found, lambda source: source).is_match


@given(st.lists(st.integers(0, 3), max_size=6), st.lists(st.integers(0, 3), max_size=6))
def test_list_fits_where_it_is_a_subsequence(wanted: list[int], found: list[int]) -> None:
    rest = iter(found)
    is_there = all(number in rest for number in wanted) and (bool(wanted) or not found)

    assert value(wanted, found).is_match == is_there


def test_all_differences_of_a_value_are_told() -> None:
    matched = value({"a": 1, "b": {"c": "x"}, "d": ["y"]}, {"a": 2, "b": {"c": "z"}, "d": []})

    assert [(mismatch.path, mismatch.wanted, mismatch.found) for mismatch in matched.mismatches] == [
        ("a", "1", "2"),
        ("b.c", '"x"', '"z"'),
        ("d.0", '"y"', "[]"),
    ]
