"""Steps that change what the API answers."""

from __future__ import annotations

from typing import Any

from simulator.scenario.model import ApiStep


def test_named_error_is_for_the_next_call_by_which_the_bot_speaks(steps: Any) -> None:
    (step,) = steps("  - api: {answer: rate_limited}\n")

    assert isinstance(step, ApiStep)
    assert (step.operation, step.error, step.times, step.after) == ("reply", "rate_limited", 1, 0)


def test_answer_may_be_written_out_or_only_delayed(steps: Any) -> None:
    own, late, short = steps(
        "  - api: {operation: send, answer: {status: 502, body: {a: 1}}, times: 2, after: 1}\n"
        "  - api: {answer: {delay: 400ms}}\n  - api: {answer: 2s}\n"
    )

    assert (own.operation, own.status, own.body, own.times, own.after) == ("send", 502, {"a": 1}, 2, 1)
    assert (late.delay_ms, late.error, late.status) == (400, None, None)
    assert short.delay_ms == 2000
