"""How many of a story there are, and how they arrive: `load:`."""

from __future__ import annotations

from typing import Any

from simulator.scenario import vocabulary as words
from simulator.scenario.model import Load
from simulator.scenario.spots import Spot, entries, wanted
from simulator.scenario.values import duration_of, rate_of, whole_of

_MOST_ACTORS = 1_000_000
_MOST_RATE_PER_S = 100_000


def load_of(spot: Spot | None) -> Load | None:
    """Give how many of the story there are; None where nothing is said of it."""
    if spot is None:
        return None
    if spot.node.kind == "map" and not spot.node.items:
        wanted(spot, "how many of the story there are", "write such as {rate: 5/s, lasting: 10m}")
        return None
    found = entries(spot, tuple(words.LOAD), noun="load", meant=words.MEANT_LOAD)
    if found and not found.keys() & {"actors", "rate"}:
        why = "actors says how many stories there are at the same time, rate how many begin"
        spot.tell("missing-key", '"rate" is missing', why=why, fix="write rate: 5/s, or actors: 100")
    read: dict[str, Any] = {
        "actors": whole_of(found.get("actors"), least=1, most=_MOST_ACTORS),
        "rate_per_s": rate_of(found.get("rate"), most=_MOST_RATE_PER_S),
        "lasting_ms": duration_of(found.get("lasting"), least=1),
        "ramp_ms": duration_of(found.get("ramp")),
    }
    load = Load(**{name: value for name, value in read.items() if value is not None})
    if load.lasting_ms is not None and load.ramp_ms > load.lasting_ms:
        why = "it would never come to its full number"
        found["ramp"].tell("wrong-value", "ramp is longer than lasting", why=why, fix="write a shorter one")
    return load
