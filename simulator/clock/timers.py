"""What is due in a story and what is out: heaps of timers, and the attempts that are open."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from simulator.clock.signals import Kind, Timer

MOST_ASIDE = 64
"""So many attempts of streams are open at most where the clock does not keep real time."""


class Timers:
    """
    The timers of one story, those of its streams apart from the others.

    A scope is a strand of the story. One that has ended is folded into the strand that it belongs to, with all that is
    still to come of it.
    """

    def __init__(self, *, most_aside: float) -> None:
        """Begin with nothing due. No attempt of a stream is taken while `most_aside` of them are open."""
        self._most_aside = most_aside
        self._seq = 0
        self._story: list[Timer] = []
        self._prompt: list[Timer] = []
        self._aside: list[Timer] = []
        self._due: Counter[tuple[int, Kind]] = Counter()
        self._held: dict[int, Timer] = {}
        self._into: dict[int, int] = {}
        self._attempted_ms: dict[int, float] = {}
        self.open: dict[int, Timer] = {}
        """The attempts without an answer, those of streams left out."""
        self.open_aside = 0
        """How many attempts of streams are without an answer."""

    def add(self, due_ms: int, kind: Kind, scope: int, what: Any, *, is_prompt: bool) -> Timer:
        """Set a timer."""
        self._seq += 1
        timer = Timer(due_ms, self._seq, kind, scope, what, is_prompt)
        if timer.is_aside:
            heapq.heappush(self._aside, timer)
            return timer
        heapq.heappush(self._story, timer)
        if is_prompt:
            heapq.heappush(self._prompt, timer)
        self._due[self.root(scope), kind] += 1
        return timer

    def take(self, now_ms: float, reach_ms: float, real_ms: float) -> Timer | None:
        """
        Take the first timer that is due by `reach_ms`; None where there is none.

        One of a stream waits while too many of them are open. What is due now need not wait for it, but nothing else
        passes it by.
        """
        first = self._story[0] if self._story else None
        aside = self._aside[0] if self._aside else None
        if aside is not None and aside.due_ms <= reach_ms and (first is None or aside < first):
            if not self.is_full:
                return self._taken_aside()
            reach_ms = now_ms
        if first is None or first.due_ms > reach_ms:
            return None
        return self._taken(real_ms)

    def put_off(self, timer: Timer, until_ms: float) -> None:
        """The attempt of this timer is made only at that real time."""
        if timer.kind in ("act", "retry"):
            root = self.root(timer.scope)
            self._attempted_ms[root] = max(until_ms, self._attempted_ms.get(root, -math.inf))

    def close(self, timer: Timer) -> None:
        """The attempt of this timer is over."""
        if timer.kind == "stream":
            self.open_aside -= 1
        else:
            del self.open[timer.seq]

    def hold(self, timer: Timer) -> None:
        """What was taken is kept back, and counts as a retry that is still to come."""
        self.close(timer)
        self._held[timer.seq] = timer
        self._count_held(timer, 1)

    def let_go(self, timer: Timer, due_ms: int) -> None:
        """What was kept back is due then."""
        del self._held[timer.seq]
        self._count_held(timer, -1)
        self.add(due_ms, timer.kind, timer.scope, timer.what, is_prompt=timer.is_prompt)

    def take_held(self, real_ms: float) -> Timer | None:
        """
        Take the first of those that are kept back, where nothing else is due at any time.

        What belongs to a stream goes when nothing of streams is due or out, everything else when nothing else is due.
        """
        is_aside_over = not self._aside and not self.open_aside
        free = [each for each in self._held.values() if (is_aside_over if each.is_aside else not self._story)]
        if not free:
            return None
        timer = min(free)
        self.let_go(timer, timer.due_ms)
        return self._taken_aside() if timer.is_aside else self._taken(real_ms)

    @property
    def is_any_aside(self) -> bool:
        """True where anything of streams is due at any time, or open."""
        return bool(self._aside) or self.open_aside > 0

    @property
    def is_any_held(self) -> bool:
        """True where something is kept back."""
        return bool(self._held)

    @property
    def last_seq(self) -> int:
        """The number of the timer that was set last."""
        return self._seq

    @property
    def is_full(self) -> bool:
        """True while no stream may send, since so many of their attempts are open."""
        return self.open_aside >= self._most_aside

    @property
    def prompt_ms(self) -> float:
        """When the first prompt timer is due; minus infinity where there is none."""
        return self._prompt[0].due_ms if self._prompt else -math.inf

    @property
    def first_ms(self) -> float:
        """When the first timer is due that may be taken; infinity where there is none."""
        story_ms = self._story[0].due_ms if self._story else math.inf
        return story_ms if self.is_full or not self._aside else min(story_ms, self._aside[0].due_ms)

    def is_due(self, scopes: Iterable[int], kinds: Iterable[Kind]) -> bool:
        """True where a timer of one of these kinds is set in one of the scopes."""
        return any(self._due[scope, kind] > 0 for scope in map(self.root, scopes) for kind in kinds)

    def attempted_ms(self, scopes: Iterable[int]) -> float:
        """Give the real time of the last attempt of an act in these scopes; minus infinity where there was none."""
        return max((self._attempted_ms.get(self.root(scope), -math.inf) for scope in scopes), default=-math.inf)

    def is_open(self, scopes: Iterable[int]) -> bool:
        """True where an attempt of an act is open in one of the scopes."""
        roots = {self.root(scope) for scope in scopes}
        return any(timer.kind != "receipt" and self.root(timer.scope) in roots for timer in self.open.values())

    def fold(self, scope: int, into: int) -> None:
        """All that is due or open in a scope belongs to the other one from now on."""
        self._into[scope] = into
        root = self.root(into)
        for kind in ("act", "retry", "receipt", "wake"):
            self._due[root, kind] += self._due.pop((scope, kind), 0)
        before_ms = self._attempted_ms.pop(scope, -math.inf)
        self._attempted_ms[root] = max(before_ms, self._attempted_ms.get(root, -math.inf))

    def root(self, scope: int) -> int:
        """Give the scope into which this one was folded, or itself."""
        while scope in self._into:
            scope = self._into[scope]
        return scope

    def _count_held(self, timer: Timer, number: int) -> None:
        if not timer.is_aside:
            self._due[self.root(timer.scope), "retry"] += number

    def _taken(self, real_ms: float) -> Timer:
        timer = heapq.heappop(self._story)
        if timer.is_prompt:
            # All are taken in one order, so that it is the first of the prompt ones.
            heapq.heappop(self._prompt)
        root = self.root(timer.scope)
        self._due[root, timer.kind] -= 1
        if timer.is_attempt:
            self.open[timer.seq] = timer
        if timer.kind in ("act", "retry"):
            self._attempted_ms[root] = real_ms
        return timer

    def _taken_aside(self) -> Timer:
        timer = heapq.heappop(self._aside)
        if timer.kind == "stream":
            self.open_aside += 1
        return timer
