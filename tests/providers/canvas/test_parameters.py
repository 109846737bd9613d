"""Parameters as Rails reads them."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import forms
from simulator.providers.canvas.parameters import is_true, listed, parameters, whole
from simulator.records import ApiCall


def read(text: str, **query: Any) -> dict[str, Any]:
    call = ApiCall(id="", provider="canvas", method="POST", path="/", headers={}, fields=forms.parse(text), query=query)
    return parameters(call)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a[]=1", {"a": ["1"]}),
        ("a=1&a=2", {"a": "2"}),
        ("a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}),
        ("a[b][]=1&a[b][]=2", {"a": {"b": ["1", "2"]}}),
        ("a=1&a[b]=2", {"a": {"b": "2"}}),
        ("[x]=1", {"[x]": "1"}),
    ],
)
def test_brackets_make_lists_and_objects(text: str, found: dict[str, Any]) -> None:
    assert read(text) == found


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_body_of_a_get_is_not_looked_at(method: str) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    call = ApiCall(
        id="", provider="canvas", method=method, path="/", headers=headers, body=b"no form", query={"page": "2"}
    )

    assert parameters(call) == {"page": "2"}


def test_body_goes_before_the_query() -> None:
    assert read("a=1", a="2", b="3") == {"a": "1", "b": "3"}


@pytest.mark.parametrize("value", [True, "true", "1", "on", "T"])
def test_yes_has_many_names(value: Any) -> None:
    assert is_true(value)


@pytest.mark.parametrize("value", [False, None, "false", "0", "", [], {}])
def test_all_else_is_no(value: Any) -> None:
    assert not is_true(value)


@pytest.mark.parametrize(
    ("value", "found"), [("1,2", ["1", "2"]), (["1", 2], ["1", "2"]), (3, ["3"]), (None, []), ({}, []), ([[1], ""], [])]
)
def test_list_may_be_text(value: Any, found: list[str]) -> None:
    assert listed(value) == found


@pytest.mark.parametrize(("value", "found"), [(None, 7), ("", 7), ("3", 3), (" 4x", 4), ("x", 0), ("-2", -2), ([], 0)])
def test_number_is_read_as_far_as_it_is_one(value: Any, found: int) -> None:
    assert whole(value, 7) == found
