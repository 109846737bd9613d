"""What one story hears of the bot: every accepted call in order, and the step that now waits for some of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from simulator.clock import StoryClock
from simulator.expectation import Expectation, Heard
from simulator.match import Fill
from simulator.records import Reply
from simulator.scenario.model import BotStep

State = Literal["none", "waiting", "wants quiet", "met", "failed"]
"""
Of the step that waits.

none: no step waits. waiting: replies are missing. wants quiet: none is missing, and only quiet can tell whether there
are too many. met: it is over. failed: there were too many, or no time is left for those that are missing.
"""


class Hearing:
    """The bot's replies in one story, and what became of them."""

    def __init__(
        self,
        clock: StoryClock,
        user_ids: Mapping[str, str],
        new_key: Callable[[], int],
        *,
        scopes: tuple[int, ...] = (0,),
        audience: frozenset[str] | None = None,
    ) -> None:
        """
        Begin with silence. `new_key` makes the keys under which the clock knows deadlines.

        `scopes` are the strands whose exchanges are listened to; `audience` are the actors to whom the bot must speak
        to be heard, all where it is None.
        """
        self.heard: list[Heard] = []
        self.audience = audience
        self.expectation: Expectation | None = None
        self._clock = clock
        self._user_ids = user_ids
        self._new_key = new_key
        self._scopes = scopes
        self._claimed: set[int] = set()
        self._deadlines: dict[int, BotStep] = {}
        self._late: list[BotStep] = []
        self._counted: Counter[int] = Counter()
        self._floor = 0
        self._is_new_turn = False

    @property
    def speech(self) -> list[Heard]:
        """All replies, without calls that say nothing to anybody."""
        return [heard for heard in self.heard if heard.is_speech]

    @property
    def unclaimed(self) -> list[Heard]:
        """The replies that no step has claimed."""
        return [heard for heard in self.speech if heard.index not in self._claimed]

    @property
    def claimed(self) -> list[Heard]:
        """The replies and other calls that steps have claimed."""
        return [heard for heard in self.heard if heard.index in self._claimed]

    @property
    def recent(self) -> list[Heard]:
        """What can still be claimed: all since the latest claim, or since an actor spoke after a judged step."""
        return [heard for heard in self.heard[self._floor :] if heard.index not in self._claimed and self.hears(heard)]

    def hears(self, heard: Heard) -> bool:
        """True where the bot spoke to somebody who is listened to here, or to nobody of the story."""
        return self.audience is None or not heard.actor or heard.actor in self.audience

    def beside(
        self, new_key: Callable[[], int], *, scopes: tuple[int, ...], audience: frozenset[str] | None
    ) -> Hearing:
        """Give that of a strand which begins now: it hears the same bot, and claims what nobody else has claimed."""
        other = Hearing(self._clock, self._user_ids, new_key, scopes=scopes, audience=audience)
        other.heard, other._claimed = self.heard, self._claimed
        other._floor, other._is_new_turn = self._floor, self._is_new_turn
        return other

    def rejoin(self, other: Hearing) -> None:
        """A strand is over: what it could not claim any more cannot be claimed here either."""
        self._floor = max(self._floor, other._floor)
        self._is_new_turn = self._is_new_turn or other._is_new_turn

    def take(self, reply: Reply, actor: str, real_ms: float, chat: str = "") -> Heard:
        """Give what was heard, once it is kept; `chat` is the name of its conversation, else its id stands for it."""
        chat = chat or reply.chat
        heard = Heard(index=len(self.heard), reply=reply, actor=actor, real_ms=real_ms, chat=chat)
        self.heard.append(heard)
        return heard

    def judged(self) -> None:
        """A step about the bot has begun: the next act that speaks begins a new turn."""
        self._is_new_turn = True

    def spoken(self) -> None:
        """An actor has spoken: after a judged step, what the bot said before it can no longer be claimed."""
        if self._is_new_turn:
            self._floor, self._is_new_turn = len(self.heard), False

    # --- the step that waits -----------------------------------------------------------------------------------------

    def expect(self, steps: Sequence[BotStep], fill: Fill, real_ms: float) -> None:
        """Let a step wait; what can be claimed is offered to it at once."""
        self.judged()
        self.expectation = Expectation(steps, fill)
        for heard in self.recent:
            self._claim(heard)
        for step in self.expectation.open:
            if step.within_ms:
                key = self._new_key()
                self._deadlines[key] = step
                self._clock.expect(key, within_ms=step.within_ms, scopes=self._scopes, real_ms=real_ms)

    def offer(self, heard: Heard, real_ms: float) -> bool:
        """
        Let the step that waits claim this, but for what only such a step wants whose time is over, judged or not.

        True where it was claimed.
        """
        if self.expectation is None:
            return False
        late = [step for key, step in self._deadlines.items() if self._clock.is_late(key, real_ms)]
        return self._claim(heard, [*self._late, *late])

    def late(self, key: int) -> None:
        """The deadline of that key has run out; the others of the step that waits have their whole time."""
        self._late.append(self._deadlines.pop(key))

    def state(self, real_ms: float) -> State:
        """Say how the step stands, and let go of the deadlines that are met."""
        expectation = self.expectation
        if expectation is None:
            return "none"
        still_open = expectation.open
        for key, step in list(self._deadlines.items()):
            if step not in still_open:
                self._clock.met(key, real_ms)
                del self._deadlines[key]
            elif len(expectation.claimed(step)) > self._counted[key]:
                # It got one of several: the others may come with further copies of what it answers.
                self._counted[key] = len(expectation.claimed(step))
                self._clock.expect(
                    key, within_ms=step.within_ms, scopes=self._scopes, real_ms=real_ms, awaits_copies=True
                )
        if self._deadlines:
            return "waiting"
        if expectation.missing or expectation.excess:
            return "failed"
        return "wants quiet" if expectation.needs_quiet else "met"

    def let_go(self, real_ms: float) -> Expectation | None:
        """Give the step that waited; none waits any more, and the clock knows of no deadline."""
        for key in self._deadlines:
            self._clock.met(key, real_ms)
        self._deadlines, self._late = {}, []
        expectation, self.expectation = self.expectation, None
        if expectation is not None:
            self._floor = max(self._floor, expectation.last_index + 1)
        return expectation

    def variables(self, expectation: Expectation, saved: Callable[[Any, str], Any]) -> dict[str, Any]:
        """Give what the claimed replies set; `saved` looks up a dotted path in a native call."""
        return expectation.variables(
            self._user_ids,
            lambda step, heard: {name: saved(heard.reply.raw, path) for name, path in step.save.items()},
        )

    def _claim(self, heard: Heard, too_late_for: Sequence[BotStep] = ()) -> bool:
        assert self.expectation is not None
        is_claimed = self.expectation.take(heard, self._user_ids, too_late_for=too_late_for)
        if is_claimed:
            self._claimed.add(heard.index)
        return is_claimed
