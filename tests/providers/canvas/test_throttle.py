"""The leaky bucket: how it fills, what a full one says, and how it runs out."""

from __future__ import annotations

from simulator.answering import Answered

from .conftest import Instance


def call(canvas: Instance, after_ms: int = 0) -> Answered:
    """Call at the same moment as before, or so much later."""
    canvas.now_ms += after_ms - 1000
    return canvas.ask("GET", "/users/self")


def left(answered: Answered) -> float:
    return float(dict(answered.headers)["X-Rate-Limit-Remaining"])


def test_bot_in_no_hurry_always_has_room(canvas: Instance) -> None:
    found = [call(canvas) for _ in range(50)]

    assert {left(each) for each in found} == {599.9}
    assert {dict(each.headers)["X-Request-Cost"] for each in found} == {"0.1"}


def test_each_call_leaves_less_room(canvas: Instance) -> None:
    canvas = Instance(rate_limit=2)

    assert [left(call(canvas)) for _ in range(3)] == [1.9, 1.8, 1.7]


def test_full_bucket_is_told_in_plain_text() -> None:
    canvas = Instance(rate_limit=1)
    for _ in range(10):
        call(canvas)
    refused = call(canvas)

    assert (refused.status, refused.body) == (403, b"403 Forbidden (Rate Limit Exceeded)\n")
    assert dict(refused.headers)["Content-Type"] == "text/plain; charset=utf-8"
    assert left(refused) == 0.0
    assert "X-Request-Cost" not in dict(refused.headers)


def test_bucket_runs_out_with_time() -> None:
    canvas = Instance(rate_limit=1)
    for _ in range(10):
        call(canvas)

    assert left(call(canvas, after_ms=50)) == 0.4


def test_bot_that_tries_again_gets_through() -> None:
    canvas = Instance(rate_limit=1)
    statuses = [call(canvas).status for _ in range(12)]

    assert statuses == [200] * 10 + [403, 200]


def test_call_that_is_refused_for_another_reason_costs_as_well() -> None:
    canvas = Instance(rate_limit=1)
    answered = canvas.ask("GET", "/conversations/1")

    assert (answered.status, left(answered)) == (404, 0.9)


def test_public_keys_cost_nothing() -> None:
    canvas = Instance(rate_limit=1)
    statuses = {canvas.ask("GET", "/live_events/main/jwks").status for _ in range(20)}

    assert statuses == {200}
