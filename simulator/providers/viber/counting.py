"""How often something was done of late, for limits that are counted over time."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.records import ApiCall
from simulator.world import Put, World

USAGE = "usage"
"""The table; a row holds `at_ms`, the story times at which something was done."""

HOUR_MS = 3_600_000


def recent(times: Sequence[int], call: ApiCall, within_ms: int) -> tuple[int, ...]:
    """Give those of the times that lie within so much before the call."""
    return tuple(at_ms for at_ms in times if at_ms > call.at_ms - within_ms)


def count(what: str, call: ApiCall, world: World, within_ms: int) -> int:
    """Tell how often it was done within so much before the call."""
    return len(_times(what, call, world, within_ms))


def counted(what: str, call: ApiCall, world: World, within_ms: int) -> Put:
    """Give the effect that counts the call too, and forgets what is too long ago."""
    return Put(table=USAGE, key=what, row={"at_ms": (*_times(what, call, world, within_ms), call.at_ms)})


def _times(what: str, call: ApiCall, world: World, within_ms: int) -> tuple[int, ...]:
    return recent((world.get(USAGE, what) or {}).get("at_ms", ()), call, within_ms)
