"""The machine that decides when a story's time passes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from simulator.clock.deadlines import Deadline, Deadlines, Scopes
from simulator.clock.signals import Due, Kind, Late, Nothing, Quiet, Signal, Stuck, Timer
from simulator.clock.timers import MOST_ASIDE, Timers

ROUNDING_MS = 1e-6
"""What floating point may lose when stretches of time are added up."""


@dataclass(slots=True)
class _QuietWanted:
    scopes: Scopes | None
    worked_ms: float
    """What the clock's account of work showed when the wait began, or the story last came forward."""
    last_seq: int
    """The last timer that was set before the wait began."""
    patience_ms: float
    with_aside: bool


class StoryClock:
    """
    One story's time.

    It is told what happens (every method takes the real time at which it happened) and asked by `next` what to do. It
    waits for nothing itself, so that a test can drive it through years in a moment. While anybody is at work it runs
    with real time. Over time in which nobody is, it passes at the pace: as fast as real (1), n times as fast, or
    straight to what is due next (`math.inf`). What streams send is no work: nobody waits for it, nor does it wait.
    """

    def __init__(
        self, *, start_ms: int, real_ms: float, pace: float = math.inf, settle_ms: int = 50, patience_ms: int = 30_000
    ) -> None:
        """Begin at `start_ms` of story time when real time shows `real_ms`."""
        self.pace = pace
        self.settle_ms = settle_ms
        self.patience_ms = patience_ms
        self._start_ms = start_ms
        self._passed_ms = 0.0
        self._real_ms = real_ms
        self._sign_ms = real_ms
        self._sign = "the start"
        self._signs = 0
        self._timers = Timers(most_aside=MOST_ASIDE if pace == math.inf else math.inf)
        self._deadlines = Deadlines(self._timers, settle_ms=settle_ms)
        self._calls = 0
        self._quiet: dict[int, _QuietWanted] = {}
        self._worked_ms = 0.0
        self._worked_on_end_ms = 0.0

    # --- what it is told ---------------------------------------------------------------------------------------------

    def begin(self, real_ms: float) -> None:
        """The story begins only now: what was prepared meanwhile took none of its time."""
        self._real_ms = self._sign_ms = real_ms

    def schedule(self, due_ms: int, what: Any, *, kind: Kind, scope: int = 0, is_prompt: bool = False) -> Timer:
        """Set a timer; one that is overdue goes at the next `next`."""
        return self._timers.add(due_ms, kind, scope, what, is_prompt=is_prompt)

    def closed(self, timer: Timer, real_ms: float) -> None:
        """The attempt of this timer has its answer, or none and is over."""
        self._advance(real_ms)
        self._timers.close(timer)
        if not timer.is_aside:
            self._deadlines.release()
            self.note("the end of an attempt", real_ms)

    def put_off(self, timer: Timer, real_ms: float, *, wait_ms: float) -> None:
        """The attempt of this timer did not come through and is made anew after a wait, which is no time of the bot."""
        self._advance(real_ms)
        self._timers.put_off(timer, real_ms + wait_ms)

    def dismiss(self, timer: Timer) -> None:
        """What was due has led to other timers, or to nothing: it is no attempt itself."""
        self._timers.close(timer)

    def hold(self, timer: Timer) -> None:
        """What was due is kept back, like a retry that is still to come; it goes at last when nothing else is due."""
        self._timers.hold(timer)

    def let_go(self, timer: Timer, due_ms: int) -> None:
        """What was kept back is due then."""
        self._timers.let_go(timer, due_ms)

    def call_began(self, real_ms: float) -> None:
        """The bot calls the REST API."""
        self._advance(real_ms)
        self._calls += 1
        self.note("a call to the API", real_ms)

    def call_ended(self, real_ms: float) -> None:
        """A call is answered."""
        self._advance(real_ms)
        self._calls -= 1
        self.note("a call to the API", real_ms)

    def expect(
        self,
        key: int,
        *,
        within_ms: float,
        scopes: Scopes = (0,),
        real_ms: float,
        is_fixed: bool = False,
        awaits_copies: bool = False,
    ) -> None:
        """
        Somebody waits for the bot; time does not pass meanwhile, unless a retry is due.

        The deadline counts from now, or from the last attempt of these strands if that is later, and does not run out
        while a retry is due. A fixed one does neither. One that awaits copies treats them as retries, since the bot has
        answered the first.
        """
        self._advance(real_ms)
        self._deadlines.set(key, Deadline(within_ms, scopes, real_ms, is_fixed, awaits_copies))

    def met(self, key: int, real_ms: float) -> None:
        """Nobody waits under that key any more, for the bot or for quiet."""
        self._advance(real_ms)
        self._deadlines.drop(key)
        self._quiet.pop(key, None)

    def drop(self, real_ms: float) -> None:
        """Nobody waits any more, for the bot or for quiet."""
        self._advance(real_ms)
        self._deadlines.clear()
        self._quiet.clear()

    def want_quiet(
        self,
        key: int,
        *,
        scopes: Scopes | None,
        real_ms: float,
        patience_ms: float | None = None,
        with_aside: bool = False,
    ) -> None:
        """
        Somebody waits until nothing more comes of these strands' exchanges; without any, until all is settled.

        With what goes on aside, streams must have come to their end as well.
        """
        self._advance(real_ms)
        patience_ms = self.patience_ms if patience_ms is None else patience_ms
        self._quiet[key] = _QuietWanted(scopes, self._worked_ms, self._timers.last_seq, patience_ms, with_aside)

    def note(self, sign: str, real_ms: float) -> None:
        """Something was seen of the bot: all is settled again when there is nothing more of it for a while."""
        self._sign_ms = real_ms
        self._sign = sign
        self._signs += 1

    def fold(self, scope: int, into: int) -> None:
        """A strand has ended: what is still to come of it belongs to the other one."""
        self._timers.fold(scope, into)

    # --- what it is asked --------------------------------------------------------------------------------------------

    def now_ms(self, real_ms: float) -> int:
        """Give the story time."""
        self._advance(real_ms)
        return self._start_ms + int(self._passed_ms)

    def behind_ms(self, due_ms: int) -> float:
        """Give how much real time ago that was due when `next` was asked last; 0 where the clock jumps."""
        return 0.0 if self.pace == math.inf else (self._passed_ms - (due_ms - self._start_ms)) / self.pace

    def is_late(self, key: int, real_ms: float) -> bool:
        """True where what comes now comes after the deadline of that key, though it is not judged yet."""
        ends_ms = self._deadlines.ends_ms(key)
        return ends_ms is not None and real_ms > ends_ms

    def root(self, scope: int) -> int:
        """Give the strand to which what comes of that one now belongs."""
        return self._timers.root(scope)

    @property
    def open_attempts(self) -> int:
        """How many attempts are out without an answer, those of streams left out."""
        return len(self._timers.open)

    def is_settled(self, real_ms: float) -> bool:
        """True where nothing but time is missing: nobody is at work, and the bot gave no sign for a while."""
        return real_ms >= self._sign_ms + self.settle_ms and not self._is_busy()

    def next(self, real_ms: float) -> Signal:
        """Say what is to be done now. Called again after each signal but `Nothing`, until that comes."""
        self._advance(real_ms)
        if (timer := self._take(self._prompt_ms())) is not None:
            return self._due(timer)
        if (key := self._deadlines.late(real_ms)) is not None:
            return Late(key)
        if self.is_settled(real_ms):
            self._worked_on_end_ms = 0.0
            if (key := self._quiet_key()) is not None:
                del self._quiet[key]
                return Quiet(key)
            if (timer := self._timers.take_held(real_ms)) is not None:
                return self._due(timer)
            if self.pace == math.inf and (timer := self._take(math.inf)) is not None:
                return self._due(timer)
        return self._find_stuck() or Nothing(self._until_ms(real_ms))

    # --- how it is done ----------------------------------------------------------------------------------------------

    def _advance(self, real_ms: float) -> None:
        """Let story time run up to this real time: with it while somebody is at work, then at the pace."""
        if real_ms <= self._real_ms:
            return
        begins_idle_ms = math.inf if self._is_busy() else max(self._real_ms, self._sign_ms + self.settle_ms)
        worked_ms = min(real_ms, begins_idle_ms) - self._real_ms
        idle_ms = real_ms - self._real_ms - worked_ms
        self._passed_ms += worked_ms
        # On an instant clock idle time has no length: `next` jumps, and without a timer there is nowhere to go.
        self._passed_ms += idle_ms * (1 if self.pace == math.inf else self.pace)
        if self._is_trying():
            self._worked_ms += worked_ms
            self._worked_on_end_ms = 0.0 if idle_ms > 0 else self._worked_on_end_ms + worked_ms
        self._real_ms = real_ms

    def _is_busy(self) -> bool:
        return bool(self._timers.open) or self._calls > 0 or self._deadlines.is_any

    def _is_trying(self) -> bool:
        """True where patience is tried: deadlines end by themselves, and so do an act's attempts and their retries."""
        return not self._deadlines.is_any and all(timer.kind == "receipt" for timer in self._timers.open.values())

    def _prompt_ms(self) -> float:
        """Give up to when the clock passes at once: to a prompt timer, unless it keeps real time."""
        return self._timers.prompt_ms if self.pace == math.inf else -math.inf

    def _take(self, reach_ms: float) -> Timer | None:
        """Take the first timer that is due now or by that story time, to which the clock then passes."""
        now_ms = self._start_ms + math.floor(self._passed_ms + ROUNDING_MS)
        timer = self._timers.take(now_ms, max(now_ms, reach_ms), self._real_ms)
        if timer is None:
            return None
        if timer.due_ms > now_ms:
            self._passed_ms = float(timer.due_ms - self._start_ms)
        return timer

    def _due(self, timer: Timer) -> Due:
        if timer.kind in ("act", "retry"):
            self._deadlines.release()
        self._come_forward(timer)
        return Due(timer)

    def _come_forward(self, timer: Timer) -> None:
        """
        Begin patience anew where the story comes forward by what is due now.

        The bot can cause receipts without end, but not those that were on their way already; a stream goes on by
        itself.
        """
        if timer.is_aside:
            return
        if timer.kind != "receipt":
            self._worked_on_end_ms = 0.0
        for wanted in self._quiet.values():
            if timer.kind != "receipt" or timer.seq <= wanted.last_seq:
                wanted.worked_ms = self._worked_ms

    def _quiet_key(self) -> int | None:
        """Give the key of the first who waits for quiet and has it."""
        return next((key for key, wanted in self._quiet.items() if not self._is_more_to_come(wanted)), None)

    def _is_more_to_come(self, wanted: _QuietWanted) -> bool:
        kinds: tuple[Kind, ...] = ("act", "retry", "receipt")
        is_waiting = wanted.with_aside and self._timers.is_any_aside
        return is_waiting or self._timers.is_due(wanted.scopes or (), kinds)

    def _find_stuck(self) -> Stuck | None:
        for key, wanted in self._quiet.items():
            if self._worked_ms - wanted.worked_ms > wanted.patience_ms:
                del self._quiet[key]
                return Stuck(key, self._goes_on())
        if self._timers.first_ms < math.inf and self.pace > 1 and self._worked_on_end_ms > self.patience_ms:
            self._worked_on_end_ms = 0.0
            return Stuck(None, self._goes_on())
        return None

    def _goes_on(self) -> str:
        """Name what keeps the story from settling."""
        if self._timers.open:
            return f"{len(self._timers.open)} attempt(s) still without an answer"
        if self._calls:
            return f"{self._calls} call(s) to the API still in work"
        return f"the bot gives no rest: {self._signs} signs of it so far, the last was {self._sign}"

    def _until_ms(self, real_ms: float) -> float | None:
        """When `next` should be asked again if nothing comes in."""
        is_busy = self._is_busy()
        is_idle = not is_busy and real_ms >= self._sign_ms + self.settle_ms
        ends_ms = self._deadlines.next_ms
        first_ms = self._timers.first_ms
        if first_ms < math.inf:
            speed = self.pace if is_idle and self.pace != math.inf else 1
            ends_ms = min(ends_ms, real_ms + (first_ms - self._start_ms - self._passed_ms) / speed)
        if (first_ms < math.inf or self._quiet or self._timers.is_any_held) and not is_busy and not is_idle:
            ends_ms = min(ends_ms, self._sign_ms + self.settle_ms)
        if not is_idle and self._is_trying():
            left = [wanted.patience_ms - (self._worked_ms - wanted.worked_ms) for wanted in self._quiet.values()]
            if first_ms < math.inf and self.pace > 1:
                left.append(self.patience_ms - self._worked_on_end_ms)
            ends_ms = min(ends_ms, *(real_ms + max(left_ms, 0) + 1 for left_ms in left), math.inf)
        return ends_ms if ends_ms < math.inf else None
