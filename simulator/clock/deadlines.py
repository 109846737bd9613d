"""Who waits for the bot, and until when: deadlines in real time that attempts move and retries hold."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

from simulator.clock.signals import Kind
from simulator.clock.timers import Timers

Scopes = tuple[int, ...]
"""The strands of the story whose exchanges somebody waits for: one's own, and those that it is part of."""


@dataclass(slots=True)
class Deadline:
    """How long somebody waits."""

    within_ms: float
    scopes: Scopes
    since_ms: float
    is_fixed: bool
    """True for a stretch of silence: attempts do not move it and a retry does not hold it."""
    awaits_copies: bool
    """True where further copies of an act are waited for like a retry."""


class Deadlines:
    """
    All who wait, by key.

    A deadline only ever moves back, so that each stands in a heap by a time before which it cannot end; it is looked
    at again then. Where something holds it, it is looked at again as well when a timer is taken or an attempt ends.
    """

    def __init__(self, timers: Timers, *, settle_ms: float) -> None:
        """Begin with nobody waiting."""
        self._timers = timers
        self._settle_ms = settle_ms
        self._known: dict[int, Deadline] = {}
        self._heap: list[tuple[float, int]] = []
        self._held: set[int] = set()

    def set(self, key: int, deadline: Deadline) -> None:
        """Somebody waits, or waits anew, under that key."""
        self._known[key] = deadline
        heapq.heappush(self._heap, (deadline.since_ms + deadline.within_ms, key))

    def drop(self, key: int) -> None:
        """Nobody waits under that key any more."""
        self._known.pop(key, None)
        self._held.discard(key)

    def clear(self) -> None:
        """Nobody waits any more."""
        self._known.clear()
        self._heap.clear()
        self._held.clear()

    def release(self) -> None:
        """Look again at those that were held: what held them may be over."""
        for key in self._held:
            deadline = self._known[key]
            heapq.heappush(self._heap, (deadline.since_ms + deadline.within_ms, key))
        self._held.clear()

    def late(self, real_ms: float) -> int | None:
        """Give the key of one that has run out, which nobody waits under any more; None where there is none."""
        while self._heap and self._heap[0][0] <= real_ms:
            _, key = heapq.heappop(self._heap)
            deadline = self._known.get(key)
            if deadline is None:
                continue
            ends_ms, judged_ms = self._ends_ms(deadline), self._judged_ms(deadline)
            if judged_ms is not None and judged_ms <= real_ms:
                self.drop(key)
                return key
            if judged_ms is not None:
                heapq.heappush(self._heap, (judged_ms, key))
            if judged_ms != ends_ms or judged_ms is None:
                self._held.add(key)
        return None

    @property
    def next_ms(self) -> float:
        """A real time before which none runs out; infinity where none does by itself."""
        while self._heap and self._heap[0][1] not in self._known:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else math.inf

    @property
    def is_any(self) -> bool:
        """True while somebody waits for whom nothing must come first."""
        # It is asked at every moment, and where streams run there is mostly none.
        return bool(self._known) and any(not self._is_held(deadline) for deadline in self._known.values())

    def ends_ms(self, key: int) -> float | None:
        """Give when a deadline runs out, in real time; None while something holds it, or where there is none."""
        deadline = self._known.get(key)
        return self._ends_ms(deadline) if deadline is not None else None

    def _is_held(self, deadline: Deadline) -> bool:
        """True where an attempt is due that must come before the bot can be judged."""
        if deadline.is_fixed:
            return False
        kinds: tuple[Kind, ...] = ("retry", "act") if deadline.awaits_copies else ("retry",)
        return self._timers.is_due(deadline.scopes, kinds)

    def _ends_ms(self, deadline: Deadline) -> float | None:
        if deadline.is_fixed:
            return deadline.since_ms + deadline.within_ms
        if self._is_held(deadline):
            return None
        return max(deadline.since_ms, self._timers.attempted_ms(deadline.scopes)) + deadline.within_ms

    def _judged_ms(self, deadline: Deadline) -> float | None:
        """
        When its running out is told: a moment later while an attempt of its strand is open.

        An attempt that times out in the same moment leads to a retry, and no deadline runs out while a retry is due.
        """
        ends_ms = self._ends_ms(deadline)
        if ends_ms is None or deadline.is_fixed:
            return ends_ms
        return ends_ms + self._settle_ms if self._timers.is_open(deadline.scopes) else ends_ms
