"""Time-outs of many attempts by one timer of the event loop."""

from __future__ import annotations

import asyncio
import itertools
import math
from collections.abc import Callable


class Sweep:
    """
    Ends what takes too long.

    One timer stands for all that is watched. It is set for the first that may run out, looks at the clock when it
    rings, and is not moved when something ends in time: most of it does.
    """

    def __init__(self, tick: Callable[[], float]) -> None:
        """Watch nothing; `tick` gives real milliseconds."""
        self._tick = tick
        self._watched: dict[int, tuple[float, Callable[[], None]]] = {}
        self._numbers = itertools.count()
        self._rings_ms = math.inf
        self._handle: asyncio.TimerHandle | None = None

    def watch(self, until_ms: float, expire: Callable[[], None]) -> int:
        """Give a number by which to `forget`; `expire` is called at that time, never before, unless that was done."""
        number = next(self._numbers)
        self._watched[number] = until_ms, expire
        if until_ms < self._rings_ms:
            self._set(until_ms)
        return number

    def forget(self, number: int) -> None:
        """Watch that no longer; so it is where it has expired."""
        self._watched.pop(number, None)

    def close(self) -> None:
        """Watch nothing any more."""
        self._watched.clear()
        if self._handle is not None:
            self._handle.cancel()
        self._rings_ms = math.inf

    def _set(self, at_ms: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._rings_ms = at_ms
        delay_s = max(at_ms - self._tick(), 0.0) / 1000
        self._handle = asyncio.get_running_loop().call_later(delay_s, self._ring)

    def _ring(self) -> None:
        """End what is overdue, and ring again for the first of the others; a loop may ring a little early."""
        self._rings_ms, self._handle = math.inf, None
        now_ms = self._tick()
        over = [number for number, (until_ms, _) in self._watched.items() if until_ms <= now_ms]
        for number in over:
            _, expire = self._watched.pop(number)
            expire()
        if self._watched:
            self._set(max(min(until_ms for until_ms, _ in self._watched.values()), now_ms + 1))
