"""What cannot be matched by anything is told before the run."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import match


@pytest.mark.parametrize(
    ("wanted", "path", "code"),
    [
        ("/help", "", "unfinished-regex"),
        ("/a/g", "", "unfinished-regex"),
        ("/", "", "unfinished-regex"),
        ("/a(/", "", "bad-regex"),
        ("/a{999999999}/", "", "bad-regex"),
        ("/(a{1000}){1000}/", "", "bad-regex"),
        ("/(?R)/", "", "bad-regex"),
        ("/" + "(" * 900 + "/", "", "bad-regex"),
        ("/" + "x" * 5_000 + "/", "", "bad-regex"),
        ("Hi {{ name", "", "unfinished-expression"),
        ("~", "", "empty-matcher"),
        ("//", "", "empty-matcher"),
        (None, "", "empty-matcher"),
        ({"text": ["a"]}, "text", "unknown-matcher"),
        ({"text": {"equal": "a"}}, "text", "unknown-matcher"),
        ({"image": None}, "image", "empty-matcher"),
        ({"image": "/a"}, "image", "unfinished-regex"),
        ({"buttons": ["A", "/b"]}, "buttons.1", "unfinished-regex"),
        ({"buttons": [{"lable": "A"}]}, "buttons.0.lable", "unknown-matcher"),
        ({"buttons": ["none"]}, "buttons.0", "unknown-matcher"),
        ({"location": "Berlin"}, "location", "unknown-matcher"),
        ({"raw": {"a.b": "5..1"}}, "raw.a.b", "bad-range"),
        ({"raw": {"a": [{"b": "~"}]}}, "raw.a.0.b", "empty-matcher"),
        ({"raw": {"$[": 1}}, "raw.$[", "bad-json-path"),
        ({"raw": {"$[?match(@.a, 'x')]": 1}}, "raw.$[?match(@.a, 'x')]", "bad-json-path"),
    ],
)
def test_wrong_matcher_is_told_with_path_and_code(wanted: Any, path: str, code: str) -> None:
    ((found_path, found_code, what),) = match.problems_of(wanted)

    assert (found_path, found_code) == (path, code)
    assert what


@pytest.mark.parametrize(
    "wanted",
    [
        "Hi",
        "",
        42,
        {"equals": "/help"},
        "/{{ a }}/",
        "<b>",
        "~<a>",
        "{{ {'a': 1} }}",
        {"text": True, "buttons": "any", "image": False, "raw": {"a": [1, None], "$.a": "1..5"}},
        {"location": {"lat": ">= 1"}},
        {"buttons": [{"label": "~a", "payload": "any", "silent": True}]},
    ],
)
def test_right_matcher_has_no_problem(wanted: Any) -> None:
    assert match.problems_of(wanted) == []


def test_all_problems_of_a_matcher_are_told() -> None:
    found = match.problems_of({"text": "/a", "buttons": ["~", "/(/"], "raw": {"x": "9..1"}})

    assert [code for _, code, _ in found] == ["unfinished-regex", "empty-matcher", "bad-regex", "bad-range"]


def test_problems_of_a_value_begin_at_the_given_path() -> None:
    assert [path for path, _, _ in match.value_problems({"a": "/x"}, "ack.body")] == ["ack.body.a"]


def test_names_of_all_captures_are_known() -> None:
    wanted = {
        "text": "<a> {{ x <y> z }}",
        "buttons": ["~<b>"],
        "raw": {"p": ["/(?P<c>x)/"], "q": {"equals": "<d>"}, "r": "/(/"},
    }

    assert match.captures_of(wanted) == {"a", "b", "c"}
