from __future__ import annotations

from simulator.forms import gather, parse


def test_a_name_that_repeats_is_a_list_in_order() -> None:
    assert parse("a=1&b=2&a=3") == {"a": ["1", "3"], "b": "2"}


def test_a_name_with_brackets_is_a_list_even_alone() -> None:
    assert gather([("ids[]", "1")]) == {"ids[]": ["1"]}


def test_escapes_are_read_and_empty_values_kept() -> None:
    assert parse("text=a%20b+c&none=&half=%ff") == {"text": "a b c", "none": "", "half": "\ufffd"}
