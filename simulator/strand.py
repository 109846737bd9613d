"""What goes on by itself in a story: the story as a whole, and each strand of a `meanwhile`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from simulator.clock import StoryClock
from simulator.hearing import Hearing
from simulator.scenario.model import (
    ActStep,
    AnyStep,
    BotStep,
    ChooseStep,
    IfStep,
    IncludeStep,
    MeanwhileStep,
    RepeatStep,
    Step,
    TogetherStep,
)
from simulator.timeline import Part, Timeline, Wanted


@dataclass(slots=True, eq=False)
class Strand:
    """One pass through some steps: how far it has come, what it wants now, and what it hears of the bot."""

    timeline: Timeline
    hearing: Hearing
    scope: int = 0
    """Its number, by which the clock knows what belongs to it; 0 for the story as a whole."""
    place: tuple[int, ...] = ()
    """Where it stands in the file beside other strands."""
    parent: Strand | None = None
    """The strand of which it is a part."""
    wanted: Wanted | None = None
    since_ms: float = 0.0
    """The real time at which that was wanted."""
    quiet_key: int = 0
    """Under which it waits for quiet; 0 where it does not."""
    running: int = 0
    """How many strands of its own go on beside each other."""
    over: list[Strand] = field(default_factory=list)
    """Those of its own that are over while others are not."""
    keys: list[int] = field(default_factory=list)
    """Under which the clock knows of it."""

    @property
    def scopes(self) -> tuple[int, ...]:
        """Its own number, and those of the strands that it is part of."""
        return (self.scope,) if self.parent is None else (self.scope, *self.parent.scopes)


class Strands:
    """All strands of one story that are not over."""

    def __init__(self, timeline: Timeline, clock: StoryClock, user_ids: Mapping[str, str]) -> None:
        """Begin with the story as a whole, and nothing of it played."""
        self._clock = clock
        self._new_key = itertools.count(1).__next__
        self._new_scope = itertools.count(1).__next__
        self._waiting: dict[int, int] = {}
        """Key that the clock knows → the strand that waits, by its number."""
        self.whole = Strand(timeline, Hearing(clock, user_ids, partial(self.key, 0)))
        self._live = {0: self.whole}

    def part(self, parent: Strand, wish: Part) -> list[Strand]:
        """Let strands begin side by side, and give them; what they belong to goes on when they are over."""
        begun: list[Strand] = []
        for steps, timeline in zip(wish.step.strands, wish.strands, strict=True):
            scope = self._new_scope()
            scopes, audience = (scope, *parent.scopes), audience_of(steps)
            hearing = parent.hearing.beside(partial(self.key, scope), scopes=scopes, audience=audience)
            begun.append(Strand(timeline, hearing, scope, (*parent.place, len(begun)), parent))
        self._live.update((strand.scope, strand) for strand in begun)
        parent.running = len(begun)
        return begun

    def ended(self, strand: Strand, parent: Strand) -> list[Strand]:
        """
        A strand has come to its end: give it and its neighbours once all of them have, none as long as others go on.

        What is still to come of them belongs to what they were part of from then on, and not before: that one hears all
        of them, and they must not hear each other.
        """
        del self._live[strand.scope]
        parent.over.append(strand)
        if len(parent.over) < parent.running:
            return []
        ended, parent.over, parent.running = parent.over, [], 0
        for each in ended:
            self._clock.fold(each.scope, parent.scope)
            parent.hearing.rejoin(each.hearing)
        return ended

    def listeners(self, actor: str) -> list[Strand]:
        """
        Give the strands in the order in which a reply to that actor is offered to them.

        Those come first that listen to the fewest actors, so that a strand of one person has what is said to her; the
        others follow in the order of the file.
        """
        every = ((each, each.hearing.audience) for each in self._live.values())
        found = [(each, audience) for each, audience in every if audience is None or not actor or actor in audience]
        found.sort(key=lambda pair: (pair[1] is None, len(pair[1] or ()), pair[0].place))
        return [each for each, _ in found]

    def first_step(self) -> Step | None:
        """Give the step at which the first of them stands that wants something."""
        ordered = sorted(self._live.values(), key=lambda each: each.place)
        return next((each.wanted.step for each in ordered if each.wanted is not None and not each.running), None)

    # --- under which keys the clock knows of them --------------------------------------------------------------------

    def key(self, scope: int) -> int:
        """Give a new key under which the clock knows that this strand waits."""
        key = self._new_key()
        self._waiting[key] = scope
        self._live[scope].keys.append(key)
        return key

    def of_key(self, key: int | None) -> Strand | None:
        """Give the strand that waited under that key, and does no more; None where nobody does."""
        return self._live.get(self._waiting.pop(-1 if key is None else key, -1))

    def forget_keys(self, strand: Strand) -> None:
        """This strand waits no more."""
        strand.quiet_key = 0
        for key in strand.keys:
            self._waiting.pop(key, None)
        strand.keys.clear()


def audience_of(steps: Sequence[AnyStep]) -> frozenset[str] | None:
    """
    Give the actors of some steps: who acts in them, or is spoken to by name; None where there are none.

    A strand hears what the bot says to these, or to nobody; one without actors hears all.
    """
    return frozenset(_names(steps)) or None


def _names(steps: Sequence[AnyStep]) -> Iterator[str]:
    for step in steps:
        match step:
            case ActStep(actor=actor):
                yield actor
            case BotStep(to=str(actor)):
                yield actor
            case IfStep():
                yield from _names([*step.steps, *step.otherwise])
            case ChooseStep():
                yield from _names([inner for choice in step.choices for inner in choice.steps])
            case MeanwhileStep():
                yield from _names([inner for strand in step.strands for inner in strand])
            case RepeatStep() | IncludeStep() | TogetherStep():
                yield from _names(step.steps)
