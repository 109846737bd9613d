"""The only place that asks the time, and the machine that decides when a story's time passes."""

from __future__ import annotations

import heapq
import math
import time
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["act", "retry", "receipt", "wake"]
"""
What a timer is for.

act: an event that an actor causes. retry: an attempt for one without which the bot cannot be judged, because those
before it failed or none was made yet. receipt: an event that a call causes, with its later attempts. wake: a strand of
the story that waits.
"""


ROUNDING_MS = 1e-6
"""What floating point may lose when stretches of time are added up."""


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


@dataclass(frozen=True, slots=True, order=True)
class Timer:
    """Something that is due; timers of one due time go in the order in which they were set."""

    due_ms: int
    seq: int
    kind: Kind = field(compare=False)
    scope: int = field(compare=False)
    """The strand of the story that it belongs to."""
    what: Any = field(compare=False)
    is_prompt: bool = field(compare=False, default=False)
    """Nothing need settle before it: the clock passes to it at once, unless it keeps real time."""

    @property
    def is_attempt(self) -> bool:
        """True where something is sent, so that it counts as open from being taken until `closed`."""
        return self.kind != "wake"


@dataclass(frozen=True, slots=True)
class Due:
    """This timer was taken from the heap; the clock shows its due time or later."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class Late:
    """The deadline of that key has run out."""

    key: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing more comes of the exchanges of that key's scope."""

    key: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """Somebody has been at work without a pause for longer than `patience`."""

    key: int | None
    """Who waits for quiet; None where the clock could not pass to the next timer."""
    goes_on: str
    """What is still going on, in words."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is to be done before that real time; None: nothing at all, until something comes in."""

    until_ms: float | None


Signal = Due | Late | Quiet | Stuck | Nothing


@dataclass(slots=True)
class _Deadline:
    within_ms: float
    scope: int
    since_ms: float
    is_fixed: bool
    """True for a stretch of silence: attempts do not move it and a retry does not hold it."""
    awaits_copies: bool
    """True where further copies of an act are waited for like a retry."""


@dataclass(slots=True)
class _QuietWanted:
    scope: int | None
    worked_ms: float
    """What the clock's account of work showed when the wait began."""
    patience_ms: float


class StoryClock:
    """
    One story's time.

    It is told what happens (every method takes the real time at which it happened) and asked by `next` what to do. It
    waits for nothing itself, so that a test can drive it through years in a moment. While anybody is at work it runs
    with real time. Over time in which nobody is, it passes at the pace: as fast as real (1), n times as fast, or
    straight to what is due next (`math.inf`).
    """

    def __init__(
        self, *, start_ms: int, real_ms: float, pace: float = math.inf, settle_ms: int = 50, patience_ms: int = 30_000
    ) -> None:
        """Begin at `start_ms` of story time when real time shows `real_ms`."""
        self.pace = pace
        self.settle_ms = settle_ms
        self.patience_ms = patience_ms
        self._story_ms = float(start_ms)
        self._real_ms = real_ms
        self._sign_ms = real_ms
        self._sign = "the start"
        self._signs = 0
        self._heap: list[Timer] = []
        self._seq = 0
        self._prompt: list[Timer] = []
        self._pending: dict[tuple[int, Kind], int] = {}
        self._open: dict[int, Timer] = {}
        self._calls = 0
        self._last_attempt_ms: dict[int, float] = {}
        self._deadlines: dict[int, _Deadline] = {}
        self._quiet: dict[int, _QuietWanted] = {}
        self._worked_ms = 0.0
        self._worked_on_end_ms = 0.0

    # --- what it is told ---------------------------------------------------------------------------------------------

    def schedule(self, due_ms: int, what: Any, *, kind: Kind, scope: int = 0, is_prompt: bool = False) -> Timer:
        """Set a timer; one that is overdue goes at the next `next`."""
        self._seq += 1
        timer = Timer(due_ms, self._seq, kind, scope, what, is_prompt)
        heapq.heappush(self._heap, timer)
        if is_prompt:
            heapq.heappush(self._prompt, timer)
        self._pending[scope, kind] = self._pending.get((scope, kind), 0) + 1
        return timer

    def closed(self, timer: Timer, real_ms: float) -> None:
        """The attempt of this timer has its answer, or none and is over."""
        self._advance(real_ms)
        del self._open[timer.seq]
        self._note("the end of an attempt", real_ms)

    def dismiss(self, timer: Timer) -> None:
        """The timer of an act has led to timers of its own, and is no attempt itself."""
        del self._open[timer.seq]

    def call_began(self, real_ms: float) -> None:
        """The bot calls the REST API."""
        self._advance(real_ms)
        self._calls += 1
        self._note("a call to the API", real_ms)

    def call_ended(self, real_ms: float) -> None:
        """A call is answered."""
        self._advance(real_ms)
        self._calls -= 1
        self._note("a call to the API", real_ms)

    def expect(
        self,
        key: int,
        *,
        within_ms: float,
        scope: int,
        real_ms: float,
        is_fixed: bool = False,
        awaits_copies: bool = False,
    ) -> None:
        """
        Somebody waits for the bot; time does not pass meanwhile, unless a retry is due.

        The deadline counts from now, or from the scope's last attempt if that is later, and does not run out while a
        retry is due. A fixed one does neither. One that awaits copies treats them as retries, since the bot has
        answered the first.
        """
        self._advance(real_ms)
        self._deadlines[key] = _Deadline(within_ms, scope, real_ms, is_fixed, awaits_copies)

    def met(self, key: int, real_ms: float) -> None:
        """Nobody waits under that key any more, for the bot or for quiet."""
        self._advance(real_ms)
        self._deadlines.pop(key, None)
        self._quiet.pop(key, None)

    def drop(self, real_ms: float) -> None:
        """Nobody waits any more, for the bot or for quiet."""
        self._advance(real_ms)
        self._deadlines.clear()
        self._quiet.clear()

    def want_quiet(self, key: int, *, scope: int | None, real_ms: float, patience_ms: float | None = None) -> None:
        """Somebody waits until nothing more comes of the scope's exchanges; without a scope, until all is settled."""
        self._advance(real_ms)
        self._quiet[key] = _QuietWanted(
            scope, self._worked_ms, self.patience_ms if patience_ms is None else patience_ms
        )

    # --- what it is asked --------------------------------------------------------------------------------------------

    def now_ms(self, real_ms: float) -> int:
        """Give the story time."""
        self._advance(real_ms)
        return int(self._story_ms)

    def is_late(self, key: int, real_ms: float) -> bool:
        """True where what comes now comes after the deadline of that key, though it is not judged yet."""
        deadline = self._deadlines.get(key)
        ends_ms = self._ends_ms(deadline) if deadline is not None else None
        return ends_ms is not None and real_ms > ends_ms

    @property
    def open_attempts(self) -> int:
        """How many attempts are out without an answer."""
        return len(self._open)

    def is_settled(self, real_ms: float) -> bool:
        """True where nothing but time is missing: nobody is at work, and the bot gave no sign for a while."""
        return not self._is_busy() and real_ms >= self._sign_ms + self.settle_ms

    def next(self, real_ms: float) -> Signal:
        """Say what is to be done now. Called again after each signal but `Nothing`, until that comes."""
        self._advance(real_ms)
        timer = self._take()
        if timer is not None:
            return self._taken(timer, real_ms)
        for key, deadline in self._deadlines.items():
            ends_ms = self._judged_ms(deadline)
            if ends_ms is not None and real_ms >= ends_ms:
                del self._deadlines[key]
                return Late(key)
        if self.is_settled(real_ms):
            self._worked_on_end_ms = 0.0
            for key, wanted in self._quiet.items():
                if not self._is_more_to_come(wanted.scope):
                    del self._quiet[key]
                    return Quiet(key)
            if self._heap and self.pace == math.inf:
                self._story_ms = max(self._story_ms, float(self._heap[0].due_ms))
                return self._taken(self._pop(), real_ms)
        return self._find_stuck() or Nothing(self._until_ms(real_ms))

    # --- how it is done ----------------------------------------------------------------------------------------------

    def _advance(self, real_ms: float) -> None:
        """Let story time run up to this real time: with it while somebody is at work, then at the pace."""
        if real_ms <= self._real_ms:
            return
        begins_idle_ms = math.inf if self._is_busy() else max(self._real_ms, self._sign_ms + self.settle_ms)
        worked_ms = min(real_ms, begins_idle_ms) - self._real_ms
        idle_ms = real_ms - self._real_ms - worked_ms
        self._story_ms += worked_ms
        # On an instant clock idle time has no length: `next` jumps, and without a timer there is nowhere to go.
        self._story_ms += idle_ms * (1 if self.pace == math.inf else self.pace)
        if self._is_trying():
            self._worked_ms += worked_ms
            self._worked_on_end_ms = 0.0 if idle_ms > 0 else self._worked_on_end_ms + worked_ms
        self._real_ms = real_ms

    def _note(self, sign: str, real_ms: float) -> None:
        self._sign_ms = real_ms
        self._sign = sign
        self._signs += 1

    def _is_busy(self) -> bool:
        return bool(self._open) or self._calls > 0 or self._is_waiting_for_bot()

    def _is_waiting_for_bot(self) -> bool:
        return any(not self._is_held(deadline) for deadline in self._deadlines.values())

    def _is_trying(self) -> bool:
        """True where patience is tried: deadlines end by themselves, and so do an act's attempts and their retries."""
        return not self._is_waiting_for_bot() and not any(timer.kind != "receipt" for timer in self._open.values())

    def _is_held(self, deadline: _Deadline) -> bool:
        """True where an attempt is due that must come before the bot can be judged."""
        if deadline.is_fixed:
            return False
        kinds: tuple[Kind, ...] = ("retry", "act") if deadline.awaits_copies else ("retry",)
        return any(self._pending.get((deadline.scope, kind), 0) for kind in kinds)

    def _is_more_to_come(self, scope: int | None) -> bool:
        return scope is not None and any(self._pending.get((scope, kind), 0) for kind in ("act", "retry", "receipt"))

    def _ends_ms(self, deadline: _Deadline) -> float | None:
        """When it runs out, in real time; None while a retry is due."""
        if deadline.is_fixed:
            return deadline.since_ms + deadline.within_ms
        if self._is_held(deadline):
            return None
        return max(deadline.since_ms, self._last_attempt_ms.get(deadline.scope, -math.inf)) + deadline.within_ms

    def _judged_ms(self, deadline: _Deadline) -> float | None:
        """
        When its running out is told: a moment later while an attempt of the scope is open.

        An attempt that times out in the same moment leads to a retry, and no deadline runs out while a retry is due.
        """
        ends_ms = self._ends_ms(deadline)
        if ends_ms is None or deadline.is_fixed:
            return ends_ms
        is_open = any(timer.scope == deadline.scope and timer.kind in ("act", "retry") for timer in self._open.values())
        return ends_ms + self.settle_ms if is_open else ends_ms

    def _take(self) -> Timer | None:
        """Take the first timer if it is due, or if a prompt one stands at it or behind it."""
        if not self._heap:
            return None
        first = self._heap[0]
        if self.pace == math.inf and self._prompt and first.due_ms <= self._prompt[0].due_ms:
            self._story_ms = max(self._story_ms, float(first.due_ms))
        return self._pop() if first.due_ms <= self._story_ms + ROUNDING_MS else None

    def _pop(self) -> Timer:
        timer = heapq.heappop(self._heap)
        if timer.is_prompt:
            self._prompt.remove(timer)
            heapq.heapify(self._prompt)
        self._pending[timer.scope, timer.kind] -= 1
        return timer

    def _taken(self, timer: Timer, real_ms: float) -> Due:
        if timer.is_attempt:
            self._open[timer.seq] = timer
        if timer.kind in ("act", "retry"):
            self._last_attempt_ms[timer.scope] = real_ms
        if timer.kind != "receipt":
            # The bot can cause receipts without end; whatever else comes due is progress of the story.
            self._worked_on_end_ms = 0.0
        return Due(timer)

    def _find_stuck(self) -> Stuck | None:
        for key, wanted in self._quiet.items():
            if self._worked_ms - wanted.worked_ms > wanted.patience_ms:
                del self._quiet[key]
                return Stuck(key, self._goes_on())
        if self._heap and self.pace > 1 and self._worked_on_end_ms > self.patience_ms:
            self._worked_on_end_ms = 0.0
            return Stuck(None, self._goes_on())
        return None

    def _goes_on(self) -> str:
        """Name what keeps the story from settling."""
        if self._open:
            return f"{len(self._open)} attempt(s) still without an answer"
        if self._calls:
            return f"{self._calls} call(s) to the API still in work"
        return f"the bot gives no rest: {self._signs} signs of it so far, the last was {self._sign}"

    def _until_ms(self, real_ms: float) -> float | None:
        """When `next` should be asked again if nothing comes in."""
        ends = [ends_ms for deadline in self._deadlines.values() if (ends_ms := self._judged_ms(deadline)) is not None]
        is_idle = self.is_settled(real_ms)
        if self._heap:
            speed = self.pace if is_idle and self.pace != math.inf else 1
            ends.append(real_ms + (self._heap[0].due_ms - self._story_ms) / speed)
        if (self._heap or self._quiet) and not self._is_busy() and not is_idle:
            ends.append(self._sign_ms + self.settle_ms)
        if not is_idle and self._is_trying():
            left = [wanted.patience_ms - (self._worked_ms - wanted.worked_ms) for wanted in self._quiet.values()]
            if self._heap and self.pace > 1:
                left.append(self.patience_ms - self._worked_on_end_ms)
            ends.extend(real_ms + max(left_ms, 0) + 1 for left_ms in left)
        return min(ends) if ends else None
