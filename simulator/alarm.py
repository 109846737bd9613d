"""Wakes whoever waits for a real time: never early, and on Linux to a small part of a millisecond."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import functools
import heapq
import itertools
import math
import os
import struct
import sys

from simulator.clock import real_ms

_MONOTONIC = 1
_NONBLOCKING_AND_CLOSED_ON_EXEC = 0o2004000
_AT_THAT_TIME = 1
"""The constants of Linux: CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC, TFD_TIMER_ABSTIME."""

_NS_PER_S = 1_000_000_000

FEW = 64
"""So many who wait no more may stand in the heap."""


class Alarm:
    """
    One timer for all who wait.

    The timers of an event loop are rounded to whole milliseconds, and some loops fire them early. Where the system has
    file descriptors that become readable at a time, one of them wakes the loop; elsewhere the loop's own timer does.
    Whoever is woken looks at the clock again.
    """

    def __init__(self) -> None:
        """Prepare; nothing rings before `open`."""
        self._heap: list[tuple[float, int]] = []
        self._waiting: dict[int, asyncio.Event] = {}
        self._numbers = itertools.count()
        self._descriptor: int | None = None
        self._set_ms = math.inf
        self._handle: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """Open it on the loop that runs."""
        self._descriptor = _descriptor()
        if self._descriptor is not None:
            try:
                asyncio.get_running_loop().add_reader(self._descriptor, self._ring)
            except NotImplementedError:
                os.close(self._descriptor)
                self._descriptor = None

    def close(self) -> None:
        """Close it; who still waits is not woken any more."""
        if self._handle is not None:
            self._handle.cancel()
        if self._descriptor is not None:
            asyncio.get_running_loop().remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None

    async def until(self, sign: asyncio.Event, until_ms: float | None) -> None:
        """Wait for the sign, which is then taken down; at that real time the alarm gives it."""
        number = next(self._numbers)
        if until_ms is not None and until_ms <= real_ms():
            # Others get their turn, also where all is overdue.
            await asyncio.sleep(0)
        elif until_ms is None:
            await sign.wait()
        else:
            self._waiting[number] = sign
            heapq.heappush(self._heap, (until_ms, number))
            self._set()
            try:
                await sign.wait()
            finally:
                self._waiting.pop(number, None)
                self._forget()
        sign.clear()

    def _forget(self) -> None:
        """Take out of the heap who waits no more, as soon as they are most of it."""
        if len(self._heap) > 2 * len(self._waiting) + FEW:
            self._heap = [each for each in self._heap if each[1] in self._waiting]
            heapq.heapify(self._heap)

    def _set(self) -> None:
        """Let it ring when the first of all wants it."""
        while self._heap and self._heap[0][1] not in self._waiting:
            heapq.heappop(self._heap)
        first_ms = self._heap[0][0] if self._heap else math.inf
        if first_ms >= self._set_ms:
            return
        self._set_ms = first_ms
        if self._descriptor is not None:
            _arm(self._descriptor, first_ms)
            return
        if self._handle is not None:
            self._handle.cancel()
        loop = asyncio.get_running_loop()
        self._handle = loop.call_later(max(first_ms - real_ms(), 0.0) / 1000, self._ring)

    def _ring(self) -> None:
        """Give the sign to all whose time has come."""
        if self._descriptor is not None:
            with contextlib.suppress(BlockingIOError):
                os.read(self._descriptor, 8)
        self._set_ms = math.inf
        now_ms = real_ms()
        while self._heap and self._heap[0][0] <= now_ms:
            sign = self._waiting.pop(heapq.heappop(self._heap)[1], None)
            if sign is not None:
                sign.set()
        self._set()


@functools.cache
def _libc() -> ctypes.CDLL:
    # Python has had these calls of its own since 3.13 only.
    return ctypes.CDLL(None)


def _descriptor() -> int | None:
    """Give a file descriptor that becomes readable at a time; None where the system has none."""
    if sys.platform != "linux":
        return None
    try:
        found: int = _libc().timerfd_create(_MONOTONIC, _NONBLOCKING_AND_CLOSED_ON_EXEC)
    except (OSError, AttributeError):
        return None
    return found if found >= 0 else None


def _arm(descriptor: int, at_ms: float) -> None:
    """Let the descriptor become readable once at that real time, rounded up to a nanosecond."""
    seconds, nanoseconds = divmod(math.ceil(at_ms * 1e6), _NS_PER_S)
    # A time of nothing would switch it off.
    once = struct.pack("qqqq", 0, 0, seconds, max(nanoseconds, 1))
    _libc().timerfd_settime(descriptor, _AT_THAT_TIME, once, None)
