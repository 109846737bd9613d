"""What a provider on a bad day does with the deliveries of a step: `deliver:`."""

from __future__ import annotations

from typing import Any

from simulator.scenario import vocabulary as words
from simulator.scenario.model import Deliver
from simulator.scenario.spots import Spot, entries, span_of, whole_of, word_of

_MOST_COPIES = 1_000


def deliver_of(spot: Spot | None) -> Deliver | None:
    """Give what happens to the deliveries of a step; None where nothing is said."""
    if spot is None:
        return None
    found = entries(spot, tuple(words.DELIVER), noun="deliver", not_yet=words.NOT_YET["deliver"])
    read: dict[str, Any] = {
        "copies": whole_of(found.get("copies"), least=1, most=_MOST_COPIES),
        "latency": span_of(found.get("latency")),
        "signature": word_of(found.get("signature"), ("right", "wrong", "missing"), noun="signature"),
    }
    return Deliver(**{name: value for name, value in read.items() if value is not None})
