"""What the strands of a story wait for from the bot: replies, that it says nothing, or that nothing more comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator import paths
from simulator.clock import StoryClock
from simulator.expectation import Heard, Refused
from simulator.judge import Judge
from simulator.records import Verdict
from simulator.scenario.model import Step
from simulator.strand import Strand, Strands
from simulator.timeline import Expect, Hush

LISTENING_SHARE = 0.2
LONGEST_LISTENING_MS = 1_000
"""A reply that did not come in time is listened for so much longer: this share of its time, and no more than that."""

Values = Callable[[], Mapping[str, Any]]
"""Gives the variables that replies set."""


class Listening:
    """Offers what the bot says to the strands that wait, and judges what they got."""

    def __init__(
        self, strands: Strands, clock: StoryClock, judge: Judge, refused: Callable[[], Refused | None]
    ) -> None:
        """Begin with nobody waiting. `refused` gives the call that the API refused last."""
        self.on_verdict: Callable[[Verdict], None] = lambda verdict: None
        """Told of each verdict with which the story may go on."""
        self.on_met: Callable[[Strand, Step, Values], None] = lambda strand, step, values: None
        """Told of a strand that has what its step waited for."""
        self.on_missed: Callable[[Strand | None, Verdict | None], None] = lambda strand, verdict: None
        """Told that the story cannot go on: the strand whose step is judged by `judge`, or the verdict."""
        self._strands = strands
        self._clock = clock
        self._judge = judge
        self._refused = refused
        self._lingering: tuple[Strand, int] | None = None

    def expect(self, strand: Strand, wish: Expect, real_ms: float) -> None:
        """A strand waits for replies; those that came already may be what it wants."""
        strand.hearing.expect(wish.steps, wish.fill, real_ms)
        self._check(strand, real_ms)

    def hush(self, strand: Strand, wish: Hush, real_ms: float) -> None:
        """A strand wants that the bot says nothing, from now on and for a time after quiet."""
        strand.hearing.judged()
        noise = [heard for heard in strand.hearing.recent if heard.is_speech]
        if noise:
            self.on_missed(None, self._judge.spoke(wish.step, noise[0], 0.0))
        else:
            self.want_quiet(strand, real_ms)

    def want_quiet(self, strand: Strand, real_ms: float, *, with_aside: bool = False) -> None:
        """A strand waits until nothing more comes of its exchanges; with what goes on aside, of streams neither."""
        strand.quiet_key = self._strands.key(strand.scope)
        self._clock.want_quiet(strand.quiet_key, scopes=strand.scopes, real_ms=real_ms, with_aside=with_aside)

    def hear(self, heard: Heard, real_ms: float) -> None:
        """Offer what the bot said: the first strand claims it that can; else nobody may have wanted silence."""
        listeners = self._strands.listeners(heard.actor)
        taker = next((strand for strand in listeners if strand.hearing.offer(heard, real_ms)), None)
        if taker is not None:
            self._check(taker, real_ms)
            return
        hushed = next((strand for strand in listeners if isinstance(strand.wanted, Hush)), None)
        if hushed is not None and isinstance(hushed.wanted, Hush) and heard.is_speech:
            self.on_missed(None, self._judge.spoke(hushed.wanted.step, heard, real_ms - hushed.since_ms))

    def late(self, strand: Strand, key: int, real_ms: float) -> None:
        """A deadline of this strand has run out: that of a reply, or the end of a silence."""
        if isinstance(strand.wanted, Hush):
            step = strand.wanted.step
            self.on_verdict(self._judge.hushed(step, real_ms - strand.since_ms))
            strand.timeline.reach(strand.timeline.cursor_ms + step.for_ms)
            self._strands.forget_keys(strand)
            self.on_met(strand, step, dict)
        elif strand.hearing.expectation is not None:
            strand.hearing.late(key)
            self._check(strand, real_ms)

    def quiet(self, strand: Strand, real_ms: float) -> None:
        """Nothing more comes of this strand's exchanges: a silence begins to count, and exact numbers can be judged."""
        if isinstance(strand.wanted, Hush):
            key = self._strands.key(strand.scope)
            within_ms = strand.wanted.step.for_ms
            self._clock.expect(key, within_ms=within_ms, scopes=strand.scopes, real_ms=real_ms, is_fixed=True)
        else:
            self.judge(strand, real_ms)

    def judge(self, strand: Strand, real_ms: float) -> None:
        """Judge the step that waited for the bot."""
        hearing = strand.hearing
        recent = hearing.recent
        expectation = hearing.let_go(real_ms)
        self._clock.met(strand.quiet_key, real_ms)
        self._strands.forget_keys(strand)
        if expectation is None:
            return
        for verdict in self._judge.replied(
            expectation, recent, since_ms=strand.since_ms, now_ms=real_ms, refused=self._refused()
        ):
            self.on_verdict(verdict)
        self.on_met(strand, expectation.steps[0], lambda: hearing.variables(expectation, paths.get))

    def linger(self, strand: Strand, real_ms: float) -> None:
        """Listen for a while to what comes too late, unless there is something to tell already."""
        expectation = strand.hearing.expectation
        if expectation is None or self._has_spoken(strand):
            return
        within_ms = max((step.within_ms for step in expectation.missing), default=0)
        listening_ms = min(within_ms * LISTENING_SHARE, LONGEST_LISTENING_MS)
        key = self._strands.key(strand.scope)
        self._lingering = strand, key
        self._clock.expect(key, within_ms=listening_ms, real_ms=real_ms, is_fixed=True)

    def hear_late(self, real_ms: float) -> None:
        """The bot said something after all; where it tells more, there is no need to listen on."""
        if self._lingering is not None and self._has_spoken(self._lingering[0]):
            self._clock.met(self._lingering[1], real_ms)

    def _has_spoken(self, strand: Strand) -> bool:
        return any(heard.is_speech for heard in strand.hearing.recent)

    def _check(self, strand: Strand, real_ms: float) -> None:
        match strand.hearing.state(real_ms):
            case "met":
                self.judge(strand, real_ms)
            case "failed":
                self.on_missed(strand, None)
            case "wants quiet" if not strand.quiet_key:
                self.want_quiet(strand, real_ms)
