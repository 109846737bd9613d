"""How each provider delivers, as its documentation says it: what follows from which outcome, and when."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import catalog
from simulator.delivery.policy import Done, GiveUp, Retry, decide, override
from simulator.records import Ack, Attempt, SignedRequest
from simulator.seeds import stream

REQUEST = SignedRequest(method="POST", url="http://127.0.0.1/", headers=(), body=b"")
TROUBLES = ("refused", "timeout", "closed", "garbage", "tls", "dns")

S, MIN, H = 1_000, 60_000, 3_600_000


def ended(*outcomes: Any) -> tuple[Attempt, ...]:
    """Give attempts that ended so, one after another."""
    return tuple(
        Attempt(
            number=number,
            due_ms=0,
            why="first",
            request=REQUEST,
            duration_ms=1.0,
            ack=Ack(status=outcome, headers=(), body=b"") if isinstance(outcome, int) else None,
            trouble=None if isinstance(outcome, int) else outcome,
        )
        for number, outcome in enumerate(outcomes, 1)
    )


def waits(provider: str, outcome: Any, *, name: str = "real", seed: int = 1) -> list[int]:
    """Give the waits before all retries of a delivery whose attempts all end so."""
    policy = override(catalog.load(provider).policy, name)
    found: list[int] = []
    while isinstance(then := decide(policy, ended(*[outcome] * (len(found) + 1)), stream(seed, len(found))), Retry):
        found.append(then.after_ms)
    return found


@pytest.mark.parametrize(
    ("provider", "accepted"),
    [
        ("smooch", [200, 201, 202, 204, 299]),
        ("viber", [200]),
        ("canvas", [200, 201, 202, 204, 299]),
        ("bird", [200, 201, 202, 204, 299]),
        ("messagebird", [200, 201, 202, 204, 299]),
        ("birdplatform", [200, 201, 202, 204, 299]),
    ],
)
def test_success_is_what_the_documentation_calls_so(provider: str, accepted: list[int]) -> None:
    policy = catalog.load(provider).policy
    statuses = [100, 200, 201, 202, 204, 299, 301, 302, 304, 400, 401, 404, 410, 429, 500, 503]

    assert [status for status in statuses if decide(policy, ended(status)) == Done()] == accepted


@pytest.mark.parametrize(
    ("provider", "timeout_ms"),
    [
        ("smooch", 20 * S),
        ("viber", 5 * S),
        ("canvas", 15 * S),
        ("bird", 30 * S),
        ("messagebird", 15 * S),
        ("birdplatform", 15 * S),
    ],
)
def test_answer_is_waited_for_as_long_as_it_is_known(provider: str, timeout_ms: int) -> None:
    assert catalog.load(provider).policy.timeout_ms == timeout_ms


@pytest.mark.parametrize(
    ("provider", "final"),
    [
        ("smooch", {400, 401, 403, 404, 406}),
        ("viber", set()),
        ("canvas", set()),
        ("bird", set()),
        ("messagebird", set()),
        ("birdplatform", set()),
    ],
)
def test_all_is_tried_again_but_what_is_final(provider: str, final: set[int]) -> None:
    policy = catalog.load(provider).policy
    statuses = [status for status in range(100, 600) if decide(policy, ended(status)) != Done()]

    assert {status for status in statuses if isinstance(decide(policy, ended(status)), GiveUp)} == final
    assert all(isinstance(decide(policy, ended(trouble)), Retry) for trouble in TROUBLES)


@pytest.mark.parametrize(
    ("provider", "name", "schedule"),
    [
        ("smooch", "real", [1 * S, 2 * S, 4 * S, 8 * S, 16 * S]),
        ("smooch", "once", []),
        ("viber", "real", [5 * S, 30 * S, 2 * MIN, 10 * MIN, 30 * MIN]),
        ("bird", "real", [10 * S, 30 * S, *(n * MIN for n in (1, 2, 5, 10, 20, 40)), *[H] * 6]),
        ("bird", "day", [10 * S, 30 * S, *(n * MIN for n in (1, 2, 5, 10, 20, 40)), *[H] * 21]),
        ("messagebird", "real", [1 * MIN, 2 * MIN, 4 * MIN, 8 * MIN]),
        ("birdplatform", "real", [5 * S, 5 * MIN, 30 * MIN, 2 * H, 5 * H, 10 * H, 10 * H]),
    ],
)
def test_retries_come_when_the_page_says(provider: str, name: str, schedule: list[int]) -> None:
    assert waits(provider, 503, name=name) == schedule


@pytest.mark.parametrize("provider", catalog.names())
def test_retry_after_no_answer_counts_from_the_timeout(provider: str) -> None:
    timeout_ms = catalog.load(provider).policy.timeout_ms

    assert waits(provider, "timeout") == [timeout_ms + wait_ms for wait_ms in waits(provider, "refused")]


@pytest.mark.parametrize("seed", range(50))
def test_canvas_makes_three_retries_within_ten_to_twenty_minutes(seed: int) -> None:
    first, second, third = waits("canvas", 500, seed=seed)

    assert 45 * S <= first <= 90 * S
    assert 135 * S <= second <= 270 * S
    assert 405 * S <= third <= 810 * S
    assert 9.75 * MIN <= first + second + third <= 19.5 * MIN


def test_bird_tries_for_eight_hours() -> None:
    assert 7 * H <= sum(waits("bird", 500)) <= 8 * H


def test_bird_tries_more_than_26_times_where_it_does_so_for_a_day() -> None:
    schedule = waits("bird", 500, name="day")

    assert len(schedule) + 1 > 26
    assert 21 * H <= sum(schedule) <= 24 * H


def test_viber_tries_several_times_for_an_hour() -> None:
    assert 30 * MIN <= sum(waits("viber", 500)) <= 60 * MIN


def test_smooch_waited_for_five_seconds_before_2017() -> None:
    policy = catalog.load("smooch").policy

    assert override(policy, "until-2017").timeout_ms == 5 * S


@pytest.mark.parametrize(("outcome", "after"), [("timeout", 9_500), ("500", 28_000), ("404", 28_000), ("tls", 28_000)])
def test_canvas_deactivates_a_subscription_after_so_many_failures_of_a_kind(outcome: str, after: int) -> None:
    rules = catalog.load("canvas").policy.disabling
    words = {"500": "5xx", "404": "4xx"}.get(outcome, outcome)

    assert [(rule.after, rule.within_ms) for rule in rules if words in rule.outcomes] == [(after, 24 * H)]


@pytest.mark.parametrize(
    ("provider", "is_resigned"),
    [
        ("smooch", False),
        ("viber", False),
        ("canvas", False),
        ("bird", False),
        ("messagebird", True),
        ("birdplatform", True),
    ],
)
def test_retry_is_the_first_request_again_where_the_signature_outlives_it(provider: str, is_resigned: bool) -> None:
    assert catalog.load(provider).policy.resign is is_resigned


@pytest.mark.parametrize("provider", catalog.names())
def test_nobody_promises_an_order(provider: str) -> None:
    policy = catalog.load(provider).policy

    assert (policy.ordering, policy.concurrency) == ("none", 0)
