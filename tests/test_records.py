from __future__ import annotations

import dataclasses

import pytest

from simulator import records
from simulator.records import Ack, Attempt, Outcome, Place, SignedRequest, StoryResult, Trouble, Verdict

RECORDS = [value for value in vars(records).values() if dataclasses.is_dataclass(value)]


def verdict(outcome: Outcome) -> Verdict:
    return Verdict(
        scenario="s", provider="p", step="bot: hi", at="steps[0]", place=Place("s.yaml", 3, 5), outcome=outcome
    )


def story(*outcomes: Outcome) -> StoryResult:
    return StoryResult(
        scenario="s",
        file="s.yaml",
        provider="p",
        seed=1,
        start_ms=0,
        verdicts=tuple(map(verdict, outcomes)),
        duration_ms=1.0,
    )


def attempt(*, ack: Ack | None = None, trouble: Trouble | None = None) -> Attempt:
    request = SignedRequest(method="POST", url="http://127.0.0.1/", headers=(), body=b"")
    return Attempt(number=1, due_ms=0, why="first", request=request, duration_ms=1.0, ack=ack, trouble=trouble)


@pytest.mark.parametrize("record", RECORDS)
def test_record_is_frozen_and_slotted(record: type) -> None:
    assert record.__dataclass_params__.frozen
    assert "__slots__" in vars(record)


def test_place_reads_as_editors_open_it() -> None:
    assert str(Place("greeting.yaml", 14, 7)) == "greeting.yaml:14:7"


def test_outcome_of_an_answered_attempt_is_its_status() -> None:
    assert attempt(ack=Ack(status=503, headers=(), body=b"")).outcome == "503"


def test_outcome_of_an_unanswered_attempt_is_its_trouble() -> None:
    assert attempt(trouble="timeout").outcome == "timeout"


@pytest.mark.parametrize(
    ("outcomes", "whole"),
    [
        (("passed", "failed", "error"), "error"),
        (("passed", "skipped", "failed"), "failed"),
        (("skipped", "passed"), "passed"),
        (("skipped",), "skipped"),
        ((), "passed"),
    ],
)
def test_worst_verdict_is_the_outcome_of_the_story(outcomes: tuple[Outcome, ...], whole: Outcome) -> None:
    assert story(*outcomes).outcome == whole
