"""Steps that code gives are read like those of a file."""

from __future__ import annotations

import pytest

from simulator import catalog
from simulator.errors import InputError
from simulator.records import Place
from simulator.scenario.coded import Coded
from simulator.scenario.model import ActStep, BotStep

HERE = Place("test_order.py", 7, 1)


def coded(**head: object) -> Coded:
    return Coded({"scenario": "a test", **head}, catalog.load("viber"), HERE)


def test_a_step_has_the_place_of_the_code_and_a_number() -> None:
    book = coded(actors=["ana"])
    book.step({"bot": "Hi"}, HERE)

    [step] = book.step({"ana": "hello"}, Place("test_order.py", 9, 1))

    assert isinstance(step, ActStep)
    assert (book.at, str(step.place), step.value) == ("calls[2]", "test_order.py:9:1", "hello")


def test_durations_and_matchers_are_those_of_files() -> None:
    [step] = coded().step({"bot": {"text": "~hello", "within": "200ms", "times": 2}}, HERE)

    assert isinstance(step, BotStep)
    assert (step.wanted, step.within_ms, step.times) == ({"text": "~hello"}, 200, 2)


def test_equal_steps_have_keys_of_their_own() -> None:
    book = coded(actors=["ana"])

    keys = {book.step({"ana": "hi"}, HERE)[0].key for _ in range(3)}

    assert len(keys) == 3


def test_an_actor_can_come_later() -> None:
    book = coded()
    book.join("ana", {"name": "Ana"}, HERE)

    [step] = book.step({"ana": "hi"}, HERE)

    assert isinstance(step, ActStep)
    assert book.scenario.actors["ana"].profile == {"name": "Ana"}


@pytest.mark.parametrize(
    ("written", "code"),
    [({"eva": "hi"}, "unknown-key"), ({"bot": {"txt": "hi"}}, "unknown-key"), ({"bot": "/(/"}, "bad-regex")],
)
def test_what_is_wrong_is_told_at_the_line_of_the_code(written: dict[str, object], code: str) -> None:
    with pytest.raises(InputError) as caught:
        coded(actors=["ana"]).step(written, HERE)

    assert str(caught.value).startswith("test_order.py:7:1: ")
    assert caught.value.problems[0].code in (code, "unknown-actor", "unknown-step")


def test_a_name_that_nobody_can_have_is_told() -> None:
    with pytest.raises(InputError) as caught:
        coded().join("Ana", {}, HERE)

    assert caught.value.problems[0].code == "bad-name"


def test_a_head_that_is_wrong_is_told() -> None:
    with pytest.raises(InputError) as caught:
        coded(clock={"pace": "quick"})

    assert caught.value.problems[0].at == "clock.pace"


def test_an_expression_may_read_what_an_earlier_step_has_captured() -> None:
    book = coded(actors=["ana"])
    book.step({"bot": "Order <number>"}, HERE)

    book.step({"ana": "{{ number }}"}, HERE)

    with pytest.raises(InputError):
        book.step({"ana": "{{ nothing }}"}, HERE)
