"""When a request goes out again by the run's own doing, and when the bot has to answer for it."""

from __future__ import annotations

import pytest

from simulator.delivery.resending import LONGEST_WAIT_MS, MOST, Resending
from simulator.records import Ack, Sent

STAGING = "https://staging.example.com/hook"
HERE = "http://127.0.0.1:3000/hook"

REFUSED = Sent(duration_ms=1.0, trouble="refused", is_unsent=True)
RESET = Sent(duration_ms=1.0, trouble="closed", is_unanswered=True)
CUT_OFF = Sent(duration_ms=1.0, trouble="closed")
ANSWERED = Sent(duration_ms=1.0, ack=Ack(status=503, headers=(), body=b""))


def waits(resending: Resending, url: str, sent: Sent) -> list[int]:
    """Give the waits before each further sending of a request that ends so each time."""
    found: list[int] = []
    while (wait_ms := resending.wait_ms(url, sent, len(found) + 1)) is not None:
        found.append(wait_ms)
    return found


def test_request_that_never_came_through_is_sent_again_a_few_times_and_later_each_time() -> None:
    assert waits(Resending(None), STAGING, REFUSED) == [500, 1_000, 2_000]


def test_endpoint_of_this_machine_has_no_network_before_it() -> None:
    assert waits(Resending(None), HERE, REFUSED) == []


@pytest.mark.parametrize("url", [STAGING, HERE])
def test_person_says_how_often(url: str) -> None:
    assert len(waits(Resending(7), url, REFUSED)) == 7
    assert waits(Resending(0), url, REFUSED) == []


def test_no_wait_is_longer_than_some_seconds() -> None:
    assert max(waits(Resending(12), STAGING, REFUSED)) == LONGEST_WAIT_MS


@pytest.mark.parametrize(
    "sent",
    [
        ANSWERED,
        CUT_OFF,
        Sent(duration_ms=1.0, trouble="timeout"),
        Sent(duration_ms=1.0, trouble="garbage"),
        Sent(duration_ms=1.0, trouble="tls", is_unsent=True),
    ],
    ids=lambda sent: sent.trouble or "answered",
)
def test_what_the_bot_did_is_never_asked_for_again(sent: Sent) -> None:
    assert waits(Resending(None), STAGING, sent) == []


def test_reset_connection_is_the_networks_fault_until_the_endpoint_has_answered() -> None:
    resending = Resending(None)
    before = waits(resending, STAGING, RESET)
    resending.wait_ms(STAGING, ANSWERED, 1)

    assert len(before) == MOST
    assert waits(resending, STAGING, RESET) == []
    assert len(waits(resending, STAGING, REFUSED)) == MOST


def test_endpoint_that_was_waited_for_in_vain_is_waited_for_again_only_once_it_has_answered() -> None:
    resending = Resending(None)
    waits(resending, STAGING, REFUSED)
    in_vain = waits(resending, STAGING, REFUSED)
    resending.wait_ms(STAGING, ANSWERED, 1)

    assert in_vain == []
    assert len(waits(resending, STAGING, REFUSED)) == MOST


def test_endpoints_are_told_apart() -> None:
    resending = Resending(None)
    waits(resending, STAGING, REFUSED)

    assert len(waits(resending, "https://other.example.com/hook", REFUSED)) == MOST
