from __future__ import annotations

from simulator.deferral import deferrable, deferrable_as, plainly_deferrable, recording


@deferrable
def doubled(text: str) -> str:
    return text + text


def test_deferrable_function_is_called_where_nobody_records() -> None:
    assert doubled("ab") == "abab"


def test_recorder_says_what_a_deferrable_function_gives() -> None:
    with recording(lambda function, arguments, is_plain, written: f"later {arguments[0]}"):
        recorded = doubled("ab")

    assert recorded == "later ab"
    assert doubled("ab") == "abab"


def test_recorder_is_told_whose_texts_are_plain() -> None:
    told: list[bool] = []

    def record(function: object, arguments: tuple[str, ...], is_plain: bool, written: object) -> str:
        told.append(is_plain)
        return ""

    with recording(record):
        doubled("ab")
        plainly_deferrable(str.upper)("ab")

    assert told == [False, True]


def test_recorder_is_told_what_writes_a_number_as_json_does() -> None:
    told: list[object] = []

    def record(function: object, arguments: tuple[object, ...], is_plain: bool, written: object) -> float:
        told.append(written)
        return 0.5

    with recording(record):
        deferrable_as(str)(abs)(-1)
        deferrable(abs)(-1)

    assert told == [str, None]
