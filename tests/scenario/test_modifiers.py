"""What may stand beside a step that sends."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario.modifiers import is_path, status_of


def test_bare_status_is_short_for_what_is_wanted(steps: Any) -> None:
    (short, long) = steps("  - ana: hi\n    ack: 2xx\n  - ana: hi\n    ack: {status: 2xx}\n")

    assert short.ack == long.ack
    assert short.ack.status == "2xx"


@pytest.mark.parametrize("status", ["200", "2xx", "200, 204", "any"])
def test_status_is_a_number_or_a_class_of_them(spot: Any, status: str) -> None:
    assert status_of(spot(f'"{status}"')) == status


@pytest.mark.parametrize("status", ["ok", "600", "20", "2xx 3xx"])
def test_what_is_no_status_is_told(spot: Any, status: str) -> None:
    here = spot(f'"{status}"')

    assert status_of(here) is None
    assert [each.code for each in here.told.problems] == ["wrong-value"]


def test_answer_may_be_wanted_in_full(steps: Any) -> None:
    (step,) = steps("  - ana: hi\n    ack: {status: 200, within: 1s, headers: {X-Bot: ~a}, body: {a.b: '> 1'}}\n")

    assert (step.ack.status, step.ack.within_ms) == ("200", 1000)
    assert (step.ack.headers, step.ack.body) == ({"X-Bot": "~a"}, {"a.b": "> 1"})


def test_what_is_saved_is_there_from_then_on(steps: Any) -> None:
    first, second = steps("  - ana: hi\n    save: {token: message.text}\n  - ana: '{{ token }}'\n")

    assert first.save == {"token": "message.text"}
    assert second.value == "{{ token }}"


def test_empty_path_leads_nowhere(spot: Any) -> None:
    here = spot("x")

    assert is_path(here, "a.b")
    assert not is_path(here, "")
    assert [each.code for each in here.told.problems] == ["wrong-value"]


@pytest.mark.parametrize("ack", ["{}", "[200]", "{p99: 1s}"])
def test_odd_wishes_are_told(problems: Any, ack: str) -> None:
    assert len(problems(f"  - ana: hi\n    ack: {ack}\n")) == 1


def test_what_is_saved_is_not_there_before(problems: Any) -> None:
    (found,) = problems("  - ana: '{{ token }}'\n    save: {token: message.text}\n")

    assert found.code == "unknown-name"
