from __future__ import annotations

import contextlib
import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import paths

BODY = {"sender": {"id": "u1", "name": "Ana"}, "messages": [{"text": "hi"}, {"text": "there"}], "0": "zero", "a.b": 1}

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=4)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner))


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("messages.0.text", ("messages", 0, "text")),
        (r"a\.b.c", ("a.b", "c")),
        (r"a\\b", ("a\\b",)),
        (r"\+x", ("+x",)),
        ("007", ("007",)),
        (r"\7", ("7",)),
        ("a..b", ("a", "", "b")),
        ("", ()),
        ("\\", ("",)),
    ],
)
def test_path_is_split_at_its_dots(path: str, parts: tuple[paths.Part, ...]) -> None:
    assert paths.split(path) == parts


@given(st.lists(st.text(max_size=5), max_size=5))
def test_joined_keys_are_split_into_themselves(keys: list[str]) -> None:
    assert [str(part) for part in paths.split(paths.join(keys))] == keys


@pytest.mark.parametrize(
    ("path", "found"),
    [("messages.1.text", "there"), ("0", "zero"), (r"a\.b", 1), ("sender", BODY["sender"]), ("", BODY)],
)
def test_path_gives_what_stands_there(path: str, found: Any) -> None:
    assert paths.get(BODY, path) == found


@pytest.mark.parametrize(
    "path", ["sender.age", "messages.2", "messages.text", "sender.name.first", "sender.id.0", "a.b"]
)
def test_path_to_nothing_is_unknown(path: str) -> None:
    with pytest.raises(paths.UnknownPath) as caught:
        paths.get(BODY, path)

    assert caught.value.path == path
    assert isinstance(caught.value, KeyError)


@pytest.mark.parametrize(
    ("path", "nearest"),
    [("sendr.name", "sender.name"), ("name", "sender.name"), ("Sender.ID", "sender.id"), ("zzzzzz", None)],
)
def test_unknown_path_names_the_nearest(path: str, nearest: str | None) -> None:
    with pytest.raises(paths.UnknownPath) as caught:
        paths.put(BODY, path, 1)

    assert caught.value.nearest == nearest


def test_put_leaves_the_value_as_it_was() -> None:
    before = copy.deepcopy(BODY)

    changed = paths.put(BODY, "messages.0.text", "bye")

    assert changed["messages"] == [{"text": "bye"}, {"text": "there"}]
    assert before == BODY


def test_new_path_makes_the_maps_and_lists_on_its_way() -> None:
    changed = paths.put({}, "a.0.b", 1, may_be_new=True)

    assert changed == {"a": [{"b": 1}]}


def test_new_path_adds_to_the_end_of_a_list() -> None:
    assert paths.put({"a": [1]}, "a.1", 2, may_be_new=True) == {"a": [1, 2]}


@pytest.mark.parametrize("path", ["messages.3", "messages.x", "sender.name.first", ".".join("a" * 200)])
def test_new_path_where_nothing_can_stand_is_unknown(path: str) -> None:
    with pytest.raises(paths.UnknownPath):
        paths.put(BODY, path, 1, may_be_new=True)


def test_every_path_is_given_in_the_order_of_the_value() -> None:
    assert list(paths.every({"b": [1, {"c": 2}], "a": 3})) == ["b", "b.0", "b.1", "b.1.c", "a"]


@given(VALUES)
def test_every_path_can_be_got_and_put(value: Any) -> None:
    for path in paths.every(value):
        changed = paths.put(value, path, "new")

        assert paths.get(changed, path) == "new"
        assert paths.put(changed, path, paths.get(value, path)) == value


@given(VALUES, st.text(max_size=6))
def test_any_path_is_there_or_unknown(value: Any, path: str) -> None:
    there = set(paths.every(value))

    nearest = paths.nearest(path, value)

    assert nearest is None or nearest in there
    with contextlib.suppress(paths.UnknownPath):
        paths.get(value, path)
