"""What a story's clock says, and the timers that it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["act", "retry", "receipt", "wake", "moment", "stream"]
"""
What a timer is for.

act: an event that an actor causes. retry: an attempt for one without which the bot cannot be judged, because those
before it failed or none was made yet. receipt: an event that a call causes, with its later attempts. wake: a strand of
the story that waits. moment: a stream of events comes to its next one. stream: an attempt for an event of a stream.
"""


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that is due; timers of one due time go in the order in which they were set."""

    due_ms: int
    seq: int
    kind: Kind
    scope: int
    """The strand of the story that it belongs to."""
    what: Any
    is_prompt: bool = False
    """Nothing need settle before it: the clock passes to it at once, unless it keeps real time."""

    def __lt__(self, other: Timer) -> bool:
        return (self.due_ms, self.seq) < (other.due_ms, other.seq)

    @property
    def is_attempt(self) -> bool:
        """True where something is sent, so that it counts as open from being taken until `closed`."""
        return self.kind not in ("wake", "moment")

    @property
    def is_aside(self) -> bool:
        """True for what belongs to a stream: nothing waits for it."""
        return self.kind in ("moment", "stream")


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
    """Nothing more comes of the exchanges of that key's strand."""

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
