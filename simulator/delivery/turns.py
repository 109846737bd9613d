"""Which deliveries go out before which: what a bad day brings out of order, what a provider keeps in order."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field

from simulator.records import ScheduledEvent


@dataclass(slots=True)
class _Overtaken:
    """A delivery that lets others pass."""

    event: ScheduledEvent
    lane: str
    left: int
    """So many of those that pass it are not known yet."""
    after: str = ""
    """The delivery behind which it goes out; empty as long as that is not known."""
    has_come: bool = False
    """It was due, and waits now."""
    free_ms: int | None = None
    """When the one before it was due, which has gone out; None where it has not."""


class Overtaking:
    """
    Which deliveries let later ones to the same endpoint pass; they are known by their ids.

    A delivery goes out after the first attempt for the n-th event that comes later in its lane. What it caused does not
    pass it: that goes out behind it. The n-th one keeps its own place, even where it should let others pass itself, so
    that of a row of such deliveries neighbours change their places.

    A lane holds what comes in one order however fast the bot is: the acts of a strand, or the events of a stream.
    """

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._waiting: defaultdict[str, dict[str, _Overtaken]] = defaultdict(dict)

    def announce(
        self, delivery_id: str, event: ScheduledEvent, endpoint: str, lane: str, behind: int, *, is_passing: bool = True
    ) -> None:
        """
        A delivery is on its way that lets so many others pass.

        Not `is_passing` are copies of an event, and what never arrives: nobody could see that they have passed.
        """
        waiting, is_last = self._waiting[endpoint], False
        for other in waiting.values() if is_passing else ():
            if other.left and other.lane == lane and other.event.id != event.id:
                other.left -= 1
                if not other.left:
                    other.after, is_last = delivery_id, True
        if behind and not is_last:
            waiting[delivery_id] = _Overtaken(event, lane, behind)

    def arrive(self, delivery_id: str, event: ScheduledEvent, endpoint: str) -> tuple[int | None, list[str]]:
        """
        Tell from when on a delivery that is due now may go out, and give those that go out before it.

        None stands for later: `went_out` of another one, or of none, will give it.
        """
        waiting = self._waiting[endpoint]
        cause = next((other_id for other_id, other in waiting.items() if _has_caused(other.event, event)), None)
        if cause is not None:
            del waiting[cause]
            waiting[delivery_id] = _Overtaken(event, "", 0, after=cause, has_come=True)
            return None, [cause]
        own = waiting.get(delivery_id)
        if own is None:
            return 0, []
        if own.free_ms is None:
            own.has_come = True
            return None, []
        del waiting[delivery_id]
        return own.free_ms, []

    def went_out(self, delivery_id: str, endpoint: str, due_ms: int) -> list[str]:
        """Give the one that goes out now that the first attempt of this one has ended; others go behind that one."""
        waiting = self._waiting.get(endpoint, {})
        behind = [other_id for other_id, other in waiting.items() if other.after == delivery_id]
        here = [other_id for other_id in behind if waiting[other_id].has_come]
        for other_id in behind:
            if other_id not in here:
                waiting[other_id].free_ms = due_ms
        for other_id in here[1:]:
            waiting[other_id].after = here[0]
        for other_id in here[:1]:
            del waiting[other_id]
        return here[:1]

    def release(self, delivery_id: str, endpoint: str) -> None:
        """Let a delivery wait no more, whatever it waited for."""
        self._waiting[endpoint].pop(delivery_id, None)


@dataclass(slots=True)
class Lines:
    """The order and the number of attempts that a provider keeps to; deliveries are known by their ids."""

    concurrency: int = 0
    """How many attempts to one endpoint may be open; 0: any number."""
    _lines: defaultdict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    _open: Counter[str] = field(default_factory=Counter)
    _queues: defaultdict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))

    def enter(self, delivery_id: str, endpoint: str, line: str) -> bool:
        """Tell whether an attempt may be made now; `line` is what the delivery keeps its order in, empty for none."""
        if line:
            queue = self._lines[line]
            if delivery_id not in queue:
                queue.append(delivery_id)
            if queue[0] != delivery_id:
                return False
        if self.concurrency and self._open[endpoint] >= self.concurrency:
            self._queues[endpoint].append(delivery_id)
            return False
        self._open[endpoint] += 1
        return True

    def leave(self, endpoint: str) -> list[str]:
        """Give who may try next, now that an attempt has ended."""
        self._open[endpoint] -= 1
        queue = self._queues[endpoint]
        return [queue.popleft()] if queue else []

    def finish(self, delivery_id: str, line: str) -> list[str]:
        """Give who is the next of a line, now that this delivery has ended."""
        if line not in self._lines:
            return []
        queue = self._lines[line]
        is_first = queue[0] == delivery_id
        if delivery_id in queue:
            queue.remove(delivery_id)
        if not queue:
            del self._lines[line]
            return []
        return [queue[0]] if is_first else []


def _has_caused(one: ScheduledEvent, other: ScheduledEvent) -> bool:
    """True where the second event follows from the first; the events of one act follow from the act."""
    if other.cause != one.id:
        return False
    number = other.id.removeprefix(f"{one.id}/")
    return not number.isdigit() and other.id != one.id
