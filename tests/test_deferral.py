from __future__ import annotations

from simulator.deferral import deferrable, recording


@deferrable
def doubled(text: str) -> str:
    return text + text


def test_deferrable_function_is_called_where_nobody_records() -> None:
    assert doubled("ab") == "abab"


def test_recorder_says_what_a_deferrable_function_gives() -> None:
    with recording(lambda function, arguments: f"later {arguments[0]}"):
        recorded = doubled("ab")

    assert recorded == "later ab"
    assert doubled("ab") == "abab"
