from __future__ import annotations

from typing import Any

import pytest

from simulator import catalog as catalogs
from simulator.answering import Answered
from simulator.coverage import BY_RETRY, GIVEN_UP, Coverage, Part, ProviderCoverage, Tally
from simulator.provider import ApiResponse
from simulator.records import Ack, ApiCall, Attempt, Delivery, Entry, SignedRequest
from simulator.world import Register

CATALOG = catalogs.load("viber")


def entry(kind: str, data: Any, **more: Any) -> Entry:
    return Entry(
        **{"seq": 1, "kind": kind, "at_ms": 0, "real_ms": 0.0, "scenario": "s", "data": data, "provider": "viber"}
        | more
    )


def delivery(event: str = "message/text", *outcomes: str, state: str = "delivered") -> Entry:
    request = SignedRequest(method="POST", url="http://127.0.0.1:9/", headers=(), body=b"")
    attempts = tuple(
        Attempt(
            number=number,
            due_ms=0,
            why="first",
            request=request,
            duration_ms=1.0,
            ack=Ack(status=int(outcome), headers=(), body=b"") if outcome.isdigit() else None,
            trouble=None if outcome.isdigit() else outcome,  # type: ignore[arg-type]
        )
        for number, outcome in enumerate(outcomes, 1)
    )
    record = Delivery(id="d", event_id="e", type=event, actor="u", attempts=attempts, state=state)  # type: ignore[arg-type]
    return entry("DeliveryFinished", record)


def answered(operation: str, **response: Any) -> Entry:
    call = ApiCall(id="c", provider="viber", method="POST", path="/", headers={}, operation=operation)
    return entry(
        "CallAnswered", Answered(call=call, response=ApiResponse(**response), status=200, headers=(), body=b"")
    )


def parts(*entries: Entry) -> dict[str, Part]:
    tally = Tally()
    for each in entries:
        tally(each)
    return {part.name: part for part in tally.coverage({"viber": CATALOG}).providers[0].parts}


def test_without_a_run_all_is_a_gap() -> None:
    found = parts()

    assert found["operations"].missing == tuple(CATALOG.operations)
    assert found["errors"].missing == tuple(CATALOG.errors)
    assert found["variants"].missing == tuple(name for name in CATALOG.events if "/" in name)
    assert all(part.covered == () for part in found.values())


def test_gaps_are_exactly_what_was_left_out() -> None:
    left_out = {"message/sticker", "failed", "unsubscribed"}
    found = parts(*(delivery(name, "200") for name in CATALOG.events if name not in left_out))

    assert {*found["variants"].missing, *found["event types"].missing} == left_out


def test_one_variant_is_enough_for_its_event_type() -> None:
    found = parts(delivery("message/text", "200"))

    assert "message" in found["event types"].covered
    assert found["variants"].covered == ("message/text",)


def test_what_was_never_sent_is_not_exercised() -> None:
    assert parts(delivery("message/text"))["variants"].covered == ()


def test_accepted_call_exercises_its_operation_and_a_refused_one_its_error() -> None:
    found = parts(answered("send_message"), answered("get_online", error="bad_data"))

    assert found["operations"].covered == ("send_message",)
    assert found["errors"].covered == ("bad_data",)


def test_handshake_of_an_accepted_registration_is_an_event_that_was_sent() -> None:
    effect = Register(key="k", row={"url": "u", "events": None}, handshake="webhook")

    assert "webhook" in parts(answered("set_webhook", effects=(effect,)))["event types"].covered


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (delivery("message/text", "200"), ()),
        (delivery("message/text", "500", "200"), (BY_RETRY,)),
        (delivery("message/text", "timeout", "500", state="failed"), (GIVEN_UP,)),
        (delivery("message/text", "404", state="failed"), ()),
    ],
)
def test_retry_paths_are_what_followed_a_failure(given: Entry, expected: tuple[str, ...]) -> None:
    covered = parts(given)["retry paths"].covered

    assert tuple(name for name in covered if not name.startswith("retried after")) == expected
    assert any(name.startswith("retried after") for name in covered) == bool(expected)


def test_what_an_audit_plays_again_does_not_count() -> None:
    again = Entry(
        **{name: getattr(delivery("message/text", "200"), name) for name in Entry.__slots__} | {"variant": "copies"}
    )

    assert parts(again)["variants"].covered == ()


def test_share_is_of_all_things_of_all_providers() -> None:
    one = ProviderCoverage(provider="a", parts=(Part(name="x", covered=("1",), missing=("2", "3")),))
    other = ProviderCoverage(provider="b", parts=(Part(name="x", covered=("1",), missing=()),))

    assert Coverage(providers=(one, other)).percent == 50.0
    assert Coverage(providers=()).percent == 100.0
