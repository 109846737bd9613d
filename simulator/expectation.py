"""What a `bot:` or `together:` step waits for, and which of the bot's replies are claimed for it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator import match
from simulator.match import Fill, Matched
from simulator.records import Mismatch, Reply
from simulator.scenario.model import BotStep

LONGEST_COMPARED = 300
"""Characters of a text that count when the nearest reply is looked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """One accepted call of the bot, in the order in which they came."""

    index: int
    reply: Reply
    """For a call that says nothing to anybody: a reply of the kind `call`."""
    actor: str
    """Whom it reached, by name; empty for nobody of the story."""
    real_ms: float
    chat: str = ""
    """The conversation in which it was said, by its name in `given`, else by the provider's id; empty for none."""

    @property
    def is_speech(self) -> bool:
        """True for a reply, false for any other call."""
        return self.reply.kind != "call"


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A call of the bot that the API did not take."""

    operation: str
    """Its name, or method and path where there is none."""
    answer: str
    is_arranged: bool = False
    """An `api:` step of the story wanted it so."""


class Expectation:
    """
    What one `bot:` or `together:` step waits for, and what was claimed for it.

    A reply goes to a step that it matches and that still wants one; where none does, an earlier reply moves over if it
    also matches elsewhere, so that under `together:` the order of the steps does not matter.
    """

    def __init__(self, steps: Sequence[BotStep], fill: Fill) -> None:
        """Begin with nothing claimed."""
        self.steps = tuple(steps)
        self._fill = fill
        self._wanted = [1 if step.times is None else step.times for step in self.steps]
        self._held: list[list[Heard]] = [[] for _ in self.steps]
        self._fits: dict[int, list[int]] = {}
        self.excess: list[tuple[BotStep, Heard]] = []
        """Replies beyond what a `times:` allows."""

    def take(self, heard: Heard, user_ids: Mapping[str, str], *, too_late_for: Sequence[BotStep] = ()) -> bool:
        """Claim this if a step wants it for which it is not too late; true where it was, also as one too many."""
        fitting = [
            i
            for i, step in enumerate(self.steps)
            if step not in too_late_for and not self.mismatches(step, heard, user_ids).mismatches
        ]
        self._fits[heard.index] = fitting
        if self._place(heard, set()):
            return True
        counted = next((self.steps[i] for i in fitting if self.steps[i].times is not None), None)
        if counted is not None:
            self.excess.append((counted, heard))
        return counted is not None

    def mismatches(self, step: BotStep, heard: Heard, user_ids: Mapping[str, str]) -> Matched:
        """Give what differs between the step and this reply, and what the step captures from it."""
        elsewhere = next(_elsewhere(step, heard, user_ids), None)
        if elsewhere is not None:
            return Matched(mismatches=(elsewhere,), captures={})
        return match.differences(step.wanted, heard.reply, self._fill)

    def nearest(
        self, step: BotStep, heards: Iterable[Heard], user_ids: Mapping[str, str]
    ) -> tuple[tuple[Mismatch, ...], Heard]:
        """Give the reply that is closest to the step, and all that differs: the fewest differences, then the text."""

        def differences(heard: Heard) -> tuple[Mismatch, ...]:
            said = match.differences(step.wanted, heard.reply, self._fill).mismatches
            return (*_elsewhere(step, heard, user_ids), *said)

        found = [(differences(heard), heard) for heard in heards]
        return min(found, key=lambda pair: (len(pair[0]), _unlike(pair[0])))

    def claimed(self, step: BotStep) -> list[Heard]:
        """Give the replies that were claimed for the step, in order."""
        held = (heard for each, held in zip(self.steps, self._held, strict=True) if each is step for heard in held)
        return sorted(held, key=lambda heard: heard.index)

    @property
    def last_index(self) -> int:
        """The index of the latest claimed reply; -1 where there is none."""
        taken = [heard.index for held in self._held for heard in held]
        return max(taken + [heard.index for _, heard in self.excess], default=-1)

    @property
    def missing(self) -> list[BotStep]:
        """The steps that must still get a reply."""
        return [step for i, step in enumerate(self.steps) if self._has_room(i) and not step.is_optional]

    @property
    def open(self) -> list[BotStep]:
        """The steps that can still get a reply, optional ones among them."""
        return [step for i, step in enumerate(self.steps) if self._has_room(i)]

    @property
    def needs_quiet(self) -> bool:
        """True where only quiet can tell: an exact number, or an optional reply that may take as long as it likes."""
        return any(
            step.times is not None or (step.is_optional and not step.within_ms and self._has_room(i))
            for i, step in enumerate(self.steps)
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

    def _has_room(self, number: int) -> bool:
        return len(self._held[number]) < self._wanted[number]

    def _place(self, heard: Heard, seen: set[int]) -> bool:
        """Give it to a step, for which those that hold one may pass theirs on; `seen` are the steps asked before."""
        for number in self._fits[heard.index]:
            if number in seen:
                continue
            seen.add(number)
            held = self._held[number]
            if self._has_room(number):
                held.append(heard)
                return True
            for place, holder in enumerate(held):
                if self._place(holder, seen):
                    held[place] = heard
                    return True
        return False


def _elsewhere(step: BotStep, heard: Heard, user_ids: Mapping[str, str]) -> Iterator[Mismatch]:
    """Give how the reply is another one than is meant, whatever it says: by its operation, to somebody, somewhere."""
    operation = heard.reply.operation
    if step.operation is not None and step.operation != operation:
        yield Mismatch(path="operation", wanted=step.operation, found=operation)
    elif step.operation is None and not heard.is_speech:
        yield Mismatch(path="operation", wanted="a reply", found=operation)
    if step.to is not None and user_ids.get(step.to) != heard.reply.to:
        yield Mismatch(path="to", wanted=step.to, found=heard.actor or heard.reply.to)
    if step.chat is not None and step.chat != heard.chat:
        yield Mismatch(path="in", wanted=step.chat, found=heard.chat or "a private conversation")


def _unlike(mismatches: Sequence[Mismatch]) -> float:
    """Give how little a reply's text is like what is wanted, by their differences: 0 the same, 1 nothing alike."""
    text = next((each for each in mismatches if each.path == "text"), None)
    if text is None:
        return 0.0
    wanted, found = text.wanted[:LONGEST_COMPARED], text.found[:LONGEST_COMPARED]
    return 1 - difflib.SequenceMatcher(None, wanted, found, autojunk=False).ratio()
