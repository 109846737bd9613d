"""Streams of events in one story: what is due next, who it is about, and what came of all of it."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from simulator.clock import StoryClock, Timer
from simulator.crowd import Crowd, Link
from simulator.deliveries import Deliveries
from simulator.delivery.posting import Posting
from simulator.errors import InputError
from simulator.expressions import ExpressionError
from simulator.histogram import Histogram
from simulator.judge import Judge
from simulator.records import UNREACHABLE, ScheduledEvent, Verdict
from simulator.scenario.model import AckWanted, EmitStep
from simulator.schedule import Plan, due_times
from simulator.seeds import derive
from simulator.seeds import stream as random_stream
from simulator.tally import Tally
from simulator.terms import Note, Terms
from simulator.timeline import Begin

Fill = Callable[[Any, str, int], Any]
"""(value, key, story time) → the value with its expressions filled in."""


@dataclass(slots=True, eq=False)
class Stream:
    """One stream on its way."""

    step: EmitStep
    key: str
    tally: Tally
    began_ms: float
    """In real time."""
    due: Iterator[int] | None = None
    """When its further events are due; None where it has no more, or follows others."""
    number: int = 0
    """How many events it has had, or would have had but for its chance."""
    events: int = 0
    """How many events it has had."""
    to_come: int = 0
    """Events that are due, and deliveries on their way."""
    late: Histogram = field(default_factory=Histogram)
    """By how much the simulator itself was late, in real time, where the clock keeps it."""

    @property
    def is_over(self) -> bool:
        """True where nothing more is to come of it, unless it follows others."""
        return self.due is None and self.to_come == 0

    def summary(self) -> dict[str, Any]:
        """Give what came of it, for the journal: durations in real milliseconds."""
        return {
            "key": self.key,
            "at": self.step.at,
            "type": self.step.event,
            "events": self.events,
            "deliveries": self.tally.count,
            "wrong": self.tally.wrong,
            "lost": self.tally.lost,
            "took_ms": _told(self.tally.took),
            "late_ms": _told(self.late),
        }

    @property
    def is_unreachable(self) -> bool:
        """True where the endpoint was never reached, so that there is no use in going on."""
        return self.tally.count > 0 and not self.tally.is_reached


class Streams:
    """All streams of one story; they go on beside its steps."""

    def __init__(
        self,
        terms: Terms,
        clock: StoryClock,
        deliveries: Deliveries,
        crowd: Crowd,
        judge: Judge,
        *,
        fill: Fill,
        note: Note,
    ) -> None:
        """Begin with none."""
        self._judge = judge
        self._note = note
        self._terms = terms
        self._clock = clock
        self._deliveries = deliveries
        self._crowd = crowd
        self._fill = fill
        self._playing: dict[str, Stream] = {}
        self.count = 0
        """How many were begun."""
        self.on_verdict: Callable[[Verdict], None] = lambda verdict: None
        """Told of the verdict about a stream whose deliveries have all ended, unless it follows others."""
        self.on_failure: Callable[[Verdict], None] = lambda verdict: None
        """Told why the story cannot go on: an event cannot be made as it is written, or reaches nobody."""

    def prepare(self, steps: Iterable[EmitStep]) -> None:
        """Read what these streams need, so that their first events are as quick as the others."""
        for step in steps:
            if self._clock.pace != math.inf:
                self._crowd.draw(step)
            event = self._event(step, step.key, 0, self._terms.start_ms, None)
            # What is wrong with it is told when it comes.
            with contextlib.suppress(InputError):
                self._deliveries.writer.rendered(replace(event, overrides={}))

    @property
    def is_over(self) -> bool:
        """True where nothing more is to come of any of them."""
        return all(stream.is_over for stream in self._playing.values())

    @property
    def steps(self) -> Sequence[EmitStep]:
        """Those of the streams that have not ended, and of those that follow others."""
        return tuple(stream.step for stream in self._playing.values())

    def begin(self, wish: Begin, real_ms: float) -> None:
        """Let a stream begin."""
        tally = Tally(wish.step.ack or AckWanted(), self._terms.policy.success, wish.fill)
        stream = Stream(wish.step, wish.key, tally, real_ms)
        self._playing[stream.key] = stream
        self.count += 1
        if stream.step.after is None:
            draw = partial(random_stream, self._terms.seed, stream.key)
            stream.due = due_times(_plan(stream.step, wish.at_ms), draw)
            self._schedule_next(stream)

    def come(self, timer: Timer, real_ms: float) -> None:
        """A moment of a stream has come: its event is set on its way, and what follows it is due at its own time."""
        stream, link = timer.what
        stream.late.add(self._clock.behind_ms(timer.due_ms))
        stream.to_come -= 1
        event_id = f"{stream.key}/{stream.number if link is None else link.cause}"
        number, stream.number = stream.number, stream.number + 1
        if self._happens(stream.step, event_id):
            try:
                self._send(stream, event_id, number, timer.due_ms, link)
            except ExpressionError as error:
                self._break_off(stream, self._judge.no_value(stream.step, error.reason))
            except InputError as error:
                self._break_off(stream, self._judge.wrong_input(stream.step, error))
        if link is None:
            # Only now, so that of many at one moment each goes out before the next one is made.
            self._schedule_next(stream)
        self._end_if_over(stream, real_ms)

    def occurred(self, events: Sequence[ScheduledEvent], postings: Sequence[Posting]) -> None:
        """
        Something happened: streams that follow events of that type get one more, with what it has of them.

        Raises:
            InputError: an event that nobody subscribed to cannot be rendered as it is written.
        """
        for stream in self._playing.values():
            if stream.step.after is None or (stream.step.count is not None and stream.number >= stream.step.count):
                continue
            cause = next((event for event in events if _is_of(event.type, stream.step.after)), None)
            if cause is None:
                continue
            payload = next((each.payload for each in postings if each.event is cause), None)
            link = self._crowd.link(cause, payload or self._deliveries.writer.rendered(cause), stream.step.event)
            self._schedule(stream, cause.due_ms + self._lag_ms(stream, cause.id), link)

    def close(self, real_ms: float) -> None:
        """The story is over: judge the streams that follow others."""
        for stream in tuple(self._playing.values()):
            self._end(stream, real_ms)

    def ended(self, posting: Posting, real_ms: float) -> None:
        """A delivery of a stream was accepted or given up."""
        stream = self._playing.get(posting.step_key)
        if stream is None:
            return
        stream.to_come -= 1
        record = posting.record
        stream.tally.add(record)
        if stream.is_unreachable and record.attempts and record.attempts[-1].trouble in UNREACHABLE:
            self._end(stream, real_ms)
        else:
            self._end_if_over(stream, real_ms)

    def _end_if_over(self, stream: Stream, real_ms: float) -> None:
        if stream.is_over and stream.step.after is None and stream.key in self._playing:
            self._end(stream, real_ms)

    def _end(self, stream: Stream, real_ms: float) -> None:
        del self._playing[stream.key]
        self._note("StreamFinished", stream.summary(), self._clock.now_ms(real_ms))
        success, took_ms = self._terms.policy.success, real_ms - stream.began_ms
        verdict = self._judge.streamed(stream.step, stream.tally, success, took_ms=took_ms)
        if verdict.code == "unreachable":
            self.on_failure(verdict)
        else:
            self.on_verdict(verdict)

    def _break_off(self, stream: Stream, verdict: Verdict) -> None:
        del self._playing[stream.key]
        self.on_failure(verdict)

    def _schedule_next(self, stream: Stream) -> None:
        due_ms = next(stream.due, None) if stream.due is not None else None
        if due_ms is None:
            stream.due = None
        else:
            self._schedule(stream, due_ms, None)

    def _schedule(self, stream: Stream, due_ms: int, link: Link | None) -> None:
        stream.to_come += 1
        self._clock.schedule(due_ms, (stream, link), kind="moment")

    def _happens(self, step: EmitStep, event_id: str) -> bool:
        return step.chance >= 1 or derive(self._terms.seed, "chance", event_id) < step.chance * 2**128

    def _lag_ms(self, stream: Stream, cause: str) -> int:
        shortest_ms, longest_ms = stream.step.lag
        return shortest_ms + derive(self._terms.seed, "lag", stream.key, cause) % (longest_ms - shortest_ms + 1)

    def _send(self, stream: Stream, event_id: str, number: int, due_ms: int, link: Link | None) -> None:
        step = stream.step
        event = self._event(step, event_id, number, due_ms, link)
        if step.overrides:
            event = replace(event, overrides=self._fill(step.overrides, event_id, due_ms))
        events = self._crowd.events(event, link)
        stream.events += 1
        postings: list[Posting] = []
        for each in events:
            postings += self._deliveries.emit(each, kind="stream", step_key=stream.key, deliver=step.deliver)
        stream.to_come += len(postings)
        self.occurred(events, postings)

    def _event(self, step: EmitStep, event_id: str, number: int, due_ms: int, link: Link | None) -> ScheduledEvent:
        return ScheduledEvent(
            id=event_id,
            provider=self._terms.provider.id,
            type=step.event,
            values={},
            due_ms=due_ms,
            cause=link.cause if link is not None else event_id.rpartition("/")[0],
            actor=link.actor if link is not None else self._crowd.speaker(step, event_id, number),
        )


def _plan(step: EmitStep, at_ms: int) -> Plan:
    return Plan(
        start_ms=at_ms,
        rate_per_s=step.rate_per_s,
        arrivals=step.arrivals,
        every=step.every,
        cron=step.cron,
        zone=step.zone,
        burst=step.burst,
        lasting_ms=step.lasting_ms,
        count=step.count,
    )


def _told(found: Histogram) -> dict[str, float]:
    return {
        # Without what floating point adds, and the sign of nothing.
        "least": round(found.least_ms, 6) + 0.0,
        "p50": found.percentile(0.5),
        "p99": found.percentile(0.99),
        "most": found.most_ms,
    }


def _is_of(event_type: str, wanted: str) -> bool:
    return event_type == wanted or event_type.partition("/")[0] == wanted
