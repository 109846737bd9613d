"""Values of code as nodes of a document."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.documents import node_of
from simulator.errors import InputError
from simulator.records import Place

HERE = Place("test_order.py", 7, 1)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_a_node_gives_back_the_value_that_it_stands_for(value: object) -> None:
    assert node_of(value, HERE).plain() == value


@pytest.mark.parametrize("text", ["true", "null", "42", "~", "", "a # b"])
def test_a_text_is_text_whatever_it_says(text: str) -> None:
    node = node_of(text, HERE)

    assert (node.kind, node.value, node.is_quoted) == ("text", text, True)


def test_every_node_stands_where_the_code_does() -> None:
    node = node_of({"bot": ["hi"]}, HERE)

    assert {node.place, node.items[0][0].place, node.items[0][1].elements[0].place} == {HERE}


def test_what_no_document_can_hold_is_told_with_its_place() -> None:
    with pytest.raises(InputError) as caught:
        node_of({"bot": [{"text": object()}]}, HERE)

    assert caught.value.problems[0].code == "wrong-type"
    assert (caught.value.problems[0].where, caught.value.problems[0].at) == ("test_order.py:7:1", "bot[0].text")


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_no_document_can_hold_is_told(number: float) -> None:
    with pytest.raises(InputError):
        node_of(number, HERE)
