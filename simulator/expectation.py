"""What a `bot:` or `together:` step waits for, and which of the bot's replies are claimed for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator import match
from simulator.match import Fill, Matched
from simulator.records import Mismatch, Reply
from simulator.scenario.model import BotStep


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """One accepted call of the bot, in the order in which they came."""

    index: int
    reply: Reply
    """For a call that says nothing to anybody: a reply of the kind `call`."""
    actor: str
    """Whom it reached, by name; empty for nobody of the story."""
    real_ms: float

    @property
    def is_speech(self) -> bool:
        """True for a reply, false for any other call."""
        return self.reply.kind != "call"


class Expectation:
    """
    What one `bot:` or `together:` step waits for, and what was claimed for it.

    Every step has a slot for each reply that it wants. A reply goes into a slot of a step that it matches; where those
    are taken, an earlier reply moves over if it also matches elsewhere, so that under `together:` the order of the
    steps does not matter.
    """

    def __init__(self, steps: Sequence[BotStep], fill: Fill) -> None:
        """Begin with nothing claimed."""
        self.steps = tuple(steps)
        self._fill = fill
        self._slots = [i for i, step in enumerate(self.steps) for _ in range(1 if step.times is None else step.times)]
        self._filled: list[Heard | None] = [None] * len(self._slots)
        self._fits: dict[int, list[int]] = {}
        self.excess: list[tuple[BotStep, Heard]] = []
        """Replies beyond what a `times:` allows."""

    def take(self, heard: Heard, user_ids: Mapping[str, str]) -> bool:
        """Claim this if a slot is to be had for it; true where it was, also as one too many."""
        fitting = [i for i, step in enumerate(self.steps) if not self.mismatches(step, heard, user_ids).mismatches]
        self._fits[heard.index] = fitting
        if self._place(heard, set()):
            return True
        counted = next((self.steps[i] for i in fitting if self.steps[i].times is not None), None)
        if counted is not None:
            self.excess.append((counted, heard))
        return counted is not None

    def mismatches(self, step: BotStep, heard: Heard, user_ids: Mapping[str, str]) -> Matched:
        """Give what differs between the step and this reply, and what the step captures from it."""
        if step.operation is not None and step.operation != heard.reply.operation:
            found = heard.reply.operation
            return Matched(mismatches=(Mismatch(path="operation", wanted=step.operation, found=found),), captures={})
        if step.operation is None and not heard.is_speech:
            return Matched(
                mismatches=(Mismatch(path="operation", wanted="a reply", found=heard.reply.operation),), captures={}
            )
        if step.to is not None and user_ids.get(step.to) != heard.reply.to:
            return Matched(
                mismatches=(Mismatch(path="to", wanted=step.to, found=heard.actor or heard.reply.to),), captures={}
            )
        return match.differences(step.wanted, heard.reply, self._fill)

    def claimed(self, step: BotStep) -> list[Heard]:
        """Give the replies that were claimed for the step, in order."""
        slots = zip(self._slots, self._filled, strict=True)
        return sorted((h for i, h in slots if h is not None and self.steps[i] is step), key=lambda h: h.index)

    @property
    def last_index(self) -> int:
        """The index of the latest claimed reply; -1 where there is none."""
        taken = [heard.index for heard in self._filled if heard is not None]
        return max(taken + [heard.index for _, heard in self.excess], default=-1)

    @property
    def missing(self) -> list[BotStep]:
        """The steps that must still get a reply."""
        short = {i for i, heard in zip(self._slots, self._filled, strict=True) if heard is None}
        return [step for i, step in enumerate(self.steps) if i in short and not step.is_optional]

    @property
    def needs_quiet(self) -> bool:
        """True where only quiet can tell whether it is met: an exact number, or an optional reply that is not there."""
        open_slots = {i for i, heard in zip(self._slots, self._filled, strict=True) if heard is None}
        return any(
            step.times is not None or (step.is_optional and i in open_slots) for i, step in enumerate(self.steps)
        )

    def variables(
        self, user_ids: Mapping[str, str], saved: Callable[[BotStep, Heard], Mapping[str, Any]]
    ) -> dict[str, Any]:
        """Give what the claimed replies set: captures first, then `save`."""
        values: dict[str, Any] = {}
        for step in self.steps:
            for heard in self.claimed(step):
                values.update(self.mismatches(step, heard, user_ids).captures)
                values.update(saved(step, heard))
        return values

    def _place(self, heard: Heard, seen: set[int]) -> bool:
        for slot, step_index in enumerate(self._slots):
            if slot in seen or step_index not in self._fits[heard.index]:
                continue
            seen.add(slot)
            holder = self._filled[slot]
            if holder is None or self._place(holder, seen):
                self._filled[slot] = heard
                return True
        return False
