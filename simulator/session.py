"""A story whose steps come from code, one call after another, as long as somebody gives them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from simulator.acts import Act
from simulator.clock import Nothing
from simulator.delivery.posting import Posting, Send
from simulator.hearing import Hearing
from simulator.player import Over
from simulator.records import Delivery, Reply, Verdict
from simulator.scenario.model import AnyStep
from simulator.story import Story
from simulator.timeline import Rest, Timeline, Wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of one call."""

    verdicts: tuple[Verdict, ...] = ()
    replies: tuple[Reply, ...] = ()
    """What the bot said, or which other calls it made, as far as the steps asked for it."""
    deliveries: tuple[Delivery, ...] = ()
    """What was sent for the actors' acts; empty where nobody subscribed to it."""
    is_cut: bool = False
    """True where the session ended first."""


class Script(Timeline):
    """Steps that are handed in while the story is played; where there are none, it rests."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Begin with none."""
        super().__init__(*given, **named)
        self._handed: deque[AnyStep] = deque()
        self._is_closed = False
        self._last: AnyStep = self._scenario.steps[-1]
        self._steps = self._taken()

    def hand(self, step: AnyStep) -> None:
        """Let this step follow."""
        self._handed.append(step)

    def close(self) -> None:
        """Let no more steps follow."""
        self._is_closed = True

    def _taken(self) -> Generator[Wanted, Any, None]:
        while True:
            while self._handed:
                self._last = self._handed.popleft()
                yield from self._play((self._last,), "")
            if self._is_closed:
                return
            yield Rest(step=self._last)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Call:
    """The call that is being played, and how much there was before it."""

    at: str
    on_done: Callable[[Outcome], None]
    claimed: frozenset[int]
    sent: list[Posting] = field(default_factory=list)
    """What actors have set on its way since."""


class Session(Story):
    """
    Plays the steps that code hands it; a step that fails does not end it.

    One call is played at a time. It is done when its steps are over, and what was sent for them was accepted or given
    up. Only where one strand of several has failed, nobody could say where to go on: that ends the session.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        """Stand before the first call."""
        super().__init__(*given, **named, script=Script)
        self._call: _Call | None = None

    @property
    def is_over(self) -> bool:
        """True where no further step can be played."""
        return self._phase not in ("before", "playing", "aftermath")

    @property
    def variables(self) -> dict[str, Any]:
        """What was set, saved and captured so far."""
        return self._script.variables

    def play(self, step: AnyStep, at: str, on_done: Callable[[Outcome], None]) -> None:
        """Play a step as soon as `next` is asked; `at` is where it stands, and `on_done` is told what came of it."""
        if self.is_over:
            on_done(Outcome(is_cut=True))
            return
        claimed = frozenset(heard.index for heard in self._hearing.claimed)
        self._call = _Call(at=at, on_done=on_done, claimed=claimed)
        self._script.hand(step)
        self._resume()

    def give_up(self) -> None:
        """Nobody waits for the call any more: the next one can be played."""
        if self._call is not None and not self.is_over:
            self._call = None
            self._let_go()

    def close(self) -> None:
        """Let no more calls follow: it ends when nothing more comes of those that were played."""
        self._script.close()
        self._resume()

    def next(self, real_ms: float) -> Send | Nothing | Over:
        """Say what is to be done now, once whoever waits for the call knows that it is done."""
        wanted = super().next(real_ms)
        is_done = isinstance(self._whole.wanted, Rest) and not self._ready and not self._acts.sent
        if self.is_over or (is_done and self._phase == "playing"):
            self._tell()
        return wanted

    def stop(self, real_ms: float) -> None:
        """Close it, as any story; who still waits for a call is told that nothing comes of it."""
        super().stop(real_ms)
        self._tell()

    # --- how it is done ----------------------------------------------------------------------------------------------

    @property
    def _script(self) -> Script:
        timeline = self._whole.timeline
        assert isinstance(timeline, Script)
        return timeline

    @property
    def _hearing(self) -> Hearing:
        return self._whole.hearing

    def _finish(self, why_skipped: str) -> None:
        """Where a step has failed go on with the next call, unless several strands stood beside each other."""
        if why_skipped == "not reached" and self._phase in ("playing", "aftermath") and not self._whole.running:
            self._phase, self._failing = "playing", None
            self._let_go()
        else:
            super()._finish(why_skipped)

    def _perform(self, act: Act) -> None:
        """Set on its way what the act gives rise to, for the call that waits."""
        super()._perform(act)
        if self._call is not None:
            self._call.sent.extend(act.postings)

    def _let_go(self) -> None:
        """Forget the step that was being played, and what it waited for."""
        self._hearing.let_go(self._real_ms)
        self.clock.drop(self._real_ms)
        self._strands.forget_keys(self._whole)
        if not isinstance(self._whole.wanted, Rest) and not self._ready and self._whole.wanted is not None:
            self._go_on(self._whole, {})

    def _resume(self) -> None:
        """Let the script take what was handed in, where it rests."""
        if isinstance(self._whole.wanted, Rest) and not self._ready:
            self._go_on(self._whole)

    def _tell(self) -> None:
        call, self._call = self._call, None
        if call is None:
            return
        heard = [heard for heard in self._hearing.claimed if heard.index not in call.claimed]
        verdicts = tuple(verdict for verdict in self.verdicts if verdict.at.startswith(call.at))
        call.on_done(
            Outcome(
                verdicts=verdicts,
                replies=tuple(each.reply for each in heard),
                deliveries=tuple(posting.record for posting in call.sent),
                is_cut=self.is_over and not verdicts,
            )
        )
