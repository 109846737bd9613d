"""The only place that asks the time, and the machine that decides when a story's time passes."""

from __future__ import annotations

import math
import time

from simulator.clock.signals import Due, Kind, Late, Nothing, Quiet, Signal, Stuck, Timer
from simulator.clock.story import StoryClock

__all__ = [
    "Due",
    "Kind",
    "Late",
    "Nothing",
    "Quiet",
    "Signal",
    "StoryClock",
    "Stuck",
    "Timer",
    "pace_of",
    "real_ms",
    "wall_ms",
]


def wall_ms() -> int:
    """Give the time of day: Unix milliseconds."""
    return time.time_ns() // 1_000_000


def real_ms() -> float:
    """Give milliseconds since some moment; never runs backwards."""
    return time.monotonic_ns() / 1e6


def pace_of(text: str) -> float:
    """
    Give a pace as a factor: 1 for `real`, infinity for `instant`, 10 for `10x`.

    Raises:
        ValueError: it is none of these.
    """
    known = {"real": 1.0, "instant": math.inf}
    pace = known[text] if text in known else float(text.removesuffix("x"))
    if not pace > 0:
        raise ValueError(f"{text!r} is no pace")
    return pace
