"""One payload on its way to one endpoint."""

from __future__ import annotations

from typing import Any

from simulator.delivery.posting import Posting
from simulator.faults import Fate
from simulator.records import Attempt, Payload, ScheduledEvent, SignedRequest

EVENT = ScheduledEvent(id="e", provider="p", type="t", values={}, due_ms=0, cause="", actor="u1")
REQUEST = SignedRequest(method="POST", url="http://127.0.0.1:9/", headers=(), body=b"")


def posting(**changes: Any) -> Posting:
    given: dict[str, Any] = {
        "id": "e/1",
        "event": EVENT,
        "payload": Payload(event_id="e", type="t", body=b"", content_type=""),
        "subscription": {},
        "kind": "act",
        "scope": 0,
    }
    return Posting(**{**given, **changes})


def attempt(lost: Any = "") -> Attempt:
    return Attempt(number=1, due_ms=0, why="first", request=REQUEST, duration_ms=1.0, lost=lost)


def test_record_of_one_on_its_way_gives_no_reason() -> None:
    record = posting(attempts=[attempt()], why="503").record

    assert (record.state, record.why, len(record.attempts)) == ("pending", "", 1)
    assert (record.id, record.event_id, record.type, record.actor) == ("e/1", "e", "t", "u1")


def test_record_of_one_that_has_ended_says_why() -> None:
    assert posting(state="failed", why="given up").record.why == "given up"


def test_record_tells_what_a_bad_day_did() -> None:
    record = posting(fate=Fate(signature="wrong", words=("wrong signature",))).record

    assert (record.faults, record.is_forged) == (("wrong signature",), True)


def test_lost_answers_are_counted_and_lost_requests_are_not() -> None:
    assert posting(attempts=[attempt("request"), attempt("answer"), attempt("answer"), attempt()]).lost_answers == 2


def test_acts_of_one_strand_are_in_one_lane_and_streams_in_another() -> None:
    act, other, third = posting(scope=1), posting(scope=1, id="f/1"), posting(scope=2)
    stream = posting(kind="stream", scope=1, step_key="emit")

    assert act.lane == other.lane
    assert len({act.lane, third.lane, stream.lane}) == 3
