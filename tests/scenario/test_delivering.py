"""What a provider on a bad day does with the deliveries of a step."""

from __future__ import annotations

from typing import Any

from simulator.scenario.model import ActStep


def test_bad_day_is_read(steps: Any) -> None:
    plain, bad = steps(
        "  - ana: hi\n    deliver: {}\n  - ana: hi\n    deliver: {copies: 3, latency: 1s..2s, signature: wrong}\n"
    )

    assert isinstance(plain, ActStep)
    assert plain.deliver is not None
    assert isinstance(bad, ActStep)
    assert bad.deliver is not None
    assert (plain.deliver.copies, plain.deliver.latency) == (1, None)
    assert (bad.deliver.copies, bad.deliver.latency, bad.deliver.signature) == (3, (1000, 2000), "wrong")
