"""What a provider on a bad day does with the deliveries of a step."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.faults import ANY_WAY, EVERY, Deliver
from simulator.scenario.model import ActStep


def read(steps: Any, text: str) -> Deliver:
    (step,) = steps(f"  - ana: hi\n    deliver: {text}\n")

    assert isinstance(step, ActStep)
    assert step.deliver is not None
    return step.deliver


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{}", Deliver()),
        ("{copies: 3, latency: 1s..2s}", Deliver(copies=3, latency=(1_000, 2_000))),
        ("{latency: 50ms}", Deliver(latency=(50, 50))),
        ("{late: 30s}", Deliver(late=(30_000, 30_000))),
        ("{reorder: true}", Deliver(reorder=1)),
        ("{reorder: false}", Deliver()),
        ("{reorder: 3}", Deliver(reorder=3)),
        ("{drop: true}", Deliver(drop=EVERY)),
        ("{drop: 2}", Deliver(drop=2)),
        ("{retry: true}", Deliver(retry=1)),
        ("{retry: 4}", Deliver(retry=4)),
        ("{drop: 1, retry: 1}", Deliver(drop=1, retry=1)),
        ("{signature: wrong}", Deliver(signature="wrong")),
        ("{signature: missing}", Deliver(signature="missing")),
        ("{signature: right}", Deliver()),
        ("{tamper: true}", Deliver(tamper=ANY_WAY)),
        ("{tamper: truncated}", Deliver(tamper="truncated")),
        ("{copies: 2, tamper: text, late: 1s}", Deliver(copies=2, tamper="text", late=(1_000, 1_000))),
        ("{copies: 2, chance: 5%}", Deliver(copies=2, chance=0.05)),
        ("{drop: true, chance: 0.5}", Deliver(drop=EVERY, chance=0.5)),
    ],
)
def test_bad_day_is_read(steps: Any, text: str, wanted: Deliver) -> None:
    assert read(steps, text) == wanted


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("{copies: 0}", ["wrong-value"]),
        ("{reorder: yes}", ["wrong-type"]),
        ("{drop: -1}", ["wrong-value"]),
        ("{retry: 1000}", ["wrong-value"]),
        ("{tamper: bytes}", ["wrong-value"]),
        ("{signature: old}", ["wrong-value"]),
        ("{chance: 0%, copies: 2}", ["wrong-value"]),
        ("{chance: 5%}", ["clashing-keys"]),
        ("{drop: true, copies: 2}", ["clashing-keys"]),
        ("{drop: true, late: 1s, reorder: true}", ["clashing-keys", "clashing-keys"]),
        ("{drop: 1, tamper: text}", ["clashing-keys"]),
        ("{drop: 1, signature: missing}", ["clashing-keys"]),
        ("{retry: 1, signature: wrong}", ["clashing-keys"]),
        ("{tamper: text, signature: wrong}", ["clashing-keys"]),
        ("{lateness: 1s}", ["unknown-key"]),
    ],
)
def test_contradiction_is_told(problems: Any, text: str, codes: list[str]) -> None:
    found = problems(f"  - ana: hi\n    deliver: {text}\n")

    assert [problem.code for problem in found] == codes


def test_bot_that_cannot_notice_is_told_with_its_provider(problems: Any) -> None:
    (told,) = problems("  - ana: hi\n    deliver: {signature: expired}\n")

    assert (told.code, told.what) == ("not-offered", "Parrot does not sign the time of what it sends")


def test_stream_is_read_like_an_act(steps: Any) -> None:
    (step,) = steps("  - emit: {event: message/text, rate: 1/s, count: 3}\n    deliver: {copies: 2, chance: 50%}\n")

    assert step.deliver == Deliver(copies=2, chance=0.5)
