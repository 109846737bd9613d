"""Steps that begin a stream of events."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario.model import EmitStep


def test_stream_at_a_rate(steps: Any) -> None:
    (step,) = steps(
        "  - emit: {event: opened, rate: 90/m, lasting: 50m, arrivals: poisson, actors: 400, with: {user.id: x}}\n"
        "    ack: 200\n"
        "    deliver: {copies: 2}\n"
    )

    assert isinstance(step, EmitStep)
    assert (step.event, step.rate_per_s, step.lasting_ms, step.arrivals) == ("opened", 1.5, 3_000_000, "poisson")
    assert (step.actors, step.overrides) == (400, {"user.id": "x"})
    assert step.ack is not None
    assert step.ack.status == "200"
    assert step.deliver is not None


def test_stream_in_a_rhythm(steps: Any) -> None:
    every, cron = steps(
        "  - emit: {event: opened, every: 10s..20s, count: 5, burst: 3, actors: [ana, ben]}\n"
        '  - emit: {event: opened, cron: "0 9 * * mon-fri", zone: Europe/London, lasting: 30d}\n'
    )

    assert (every.every, every.count, every.burst, every.actors) == ((10_000, 20_000), 5, 3, ("ana", "ben"))
    assert (cron.cron, cron.zone, cron.lasting_ms) == ("0 9 * * mon-fri", "Europe/London", 2_592_000_000)


def test_stream_after_another(steps: Any) -> None:
    (step,) = steps("  - emit: {event: seen, after: opened, lag: 1m..20m, chance: 60%}\n")

    assert (step.after, step.lag, step.chance) == ("opened", (60_000, 1_200_000), 0.6)


def test_one_moment_needs_nothing_but_the_event(steps: Any) -> None:
    (step,) = steps("  - emit: {event: opened, burst: 100}\n")

    assert (step.burst, step.rate_per_s, step.count) == (100, None, None)


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        ("{event: opened, rate: 20/s}", "missing-key"),
        ("{event: opened, rate: 20/s, every: 1s, count: 1}", "clashing-keys"),
        ("{event: opened, cron: '* * * * *', after: seen}", "clashing-keys"),
        ("{event: opened, count: 5}", "misplaced-key"),
        ("{event: opened, lag: 5s}", "misplaced-key"),
        ("{event: opened, arrivals: poisson}", "misplaced-key"),
        ("{event: opened, zone: UTC}", "misplaced-key"),
        ("{event: opened, after: opened}", "endless-stream"),
        ("{event: opened, every: 0, count: 3}", "wrong-value"),
        ("{event: opened, every: 0..1s, count: 3}", "wrong-value"),
        ("{event: opened, rate: 1000000/s, count: 3}", "wrong-value"),
        ("{event: opened, rate: 20, count: 3}", "wrong-value"),
        ("{event: opened, rate: 1000/s, lasting: 1000d}", "wrong-value"),
        ("{event: opened, chance: 0}", "wrong-value"),
        ("{event: opened, chance: 120%}", "wrong-value"),
        ("{event: opened, actors: [bob]}", "unknown-actor"),
        ("{event: opened, actors: []}", "wrong-type"),
        ("{event: opened, actors: 0}", "wrong-value"),
        ("{event: opend}", "unknown-event-type"),
        ("{event: opened, with: {user.idd: 1}}", "unknown-path"),
        ("{rate: 1/s, count: 1}", "missing-key"),
        ("opened", "wrong-type"),
        ("{}", "missing-key"),
    ],
)
def test_odd_stream_is_told(problems: Any, stream: str, code: str) -> None:
    assert [each.code for each in problems(f"  - emit: {stream}\n")] == [code]


def test_streams_that_cause_each_other_are_told_at_the_last(problems: Any) -> None:
    (problem,) = problems(
        "  - emit: {event: seen, after: opened}\n"
        "  - emit: {event: message/text, after: seen}\n"
        "  - emit: {event: opened, after: message/text}\n"
    )

    assert (problem.code, problem.at) == ("endless-stream", "steps[2].emit.after")


def test_one_event_may_cause_two(steps: Any) -> None:
    found = steps("  - emit: {event: seen, after: opened}\n  - emit: {event: message/text, after: opened}\n")

    assert len(found) == 2
