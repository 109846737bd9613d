"""What actors do in one story: each waits until she is free, and is judged when its deliveries have ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simulator import paths
from simulator.acks import json_or_text
from simulator.cast import SPEAKING_VERBS, CannotAct, Cast
from simulator.clock import StoryClock
from simulator.deliveries import Deliveries
from simulator.delivery.posting import Posting
from simulator.errors import InputError
from simulator.judge import Judge
from simulator.records import ScheduledEvent, Verdict
from simulator.strand import Strand
from simulator.terms import Note
from simulator.timeline import TURN_MS, Speak


@dataclass(slots=True, eq=False)
class Act:
    """Something that an actor does, and what is sent of it."""

    speak: Speak
    strand: Strand
    postings: list[Posting] = field(default_factory=list)


class Acts:
    """The acts of one story that are not judged yet."""

    def __init__(self, cast: Cast, clock: StoryClock, deliveries: Deliveries, judge: Judge, note: Note) -> None:
        """Begin with none."""
        self._cast = cast
        self._clock = clock
        self._deliveries = deliveries
        self._judge = judge
        self._note = note
        self._waiting: list[Act] = []
        self._underway: dict[str, Act] = {}

    def want(self, strand: Strand, speak: Speak) -> None:
        """Let an actor do this as soon as `go_on` finds her free."""
        self._waiting.append(Act(speak, strand))

    def go_on(self) -> None:
        """Let those speak whose last deliveries were answered or failed by now; the clock tells when they are due."""
        if self._waiting:
            self._waiting = [act for act in self._waiting if not self._is_free(act)]

    def perform(self, act: Act) -> tuple[list[ScheduledEvent], Verdict | None]:
        """
        Set on its way what an act that is due gives rise to, and give its events.

        There is a verdict already where nothing was sent, or where the actor cannot do it, or not as it is written: it
        failed or is an error then.
        """
        speak, step = act.speak, act.speak.step
        if step.verb in SPEAKING_VERBS:
            act.strand.hearing.spoken()
        acted = {"actor": step.actor, "verb": step.verb, "value": speak.value, "step": step.text, "at": step.at}
        acted |= {"place": str(step.place), "delivered": step.deliver.in_words if step.deliver else ""}
        self._note("ActorActed", acted, speak.due_ms)
        try:
            events = self._send(act)
        except CannotAct as error:
            said = {"code": error.code, "expected": error.expected, "observed": error.observed}
            return [], self._judge.verdict(step, "failed", **said)
        except InputError as error:
            del self._underway[speak.key]
            return [], self._judge.wrong_input(step, error)
        if act.postings:
            return events, None
        why = "not sent: nobody subscribed to it" if events else "not sent: no event comes of it"
        return events, self._judge.verdict(step, "skipped", code="not-sent", observed=why)

    def ended(self, posting: Posting, success: str) -> Verdict | None:
        """Give the verdict about the act whose last delivery this was; None where there are others."""
        act = self._underway.get(posting.step_key)
        if act is None or any(each.state == "pending" for each in act.postings):
            return None
        del self._underway[posting.step_key]
        records = [each.record for each in act.postings]
        return self._judge.delivered(act.speak.step, records, success, act.speak.fill)

    @property
    def sent(self) -> Sequence[Act]:
        """Those of which something is still on its way."""
        return [act for act in self._underway.values() if act.postings]

    def saved(self, act: Act) -> Mapping[str, Any]:
        """
        Give what `save:` takes from the body of the event that an act is about.

        Raises:
            UnknownPath: nothing stands there.
        """
        step = act.speak.step
        if not step.save or not act.postings:
            return {}
        about = self._cast.subject(step, [posting.event for posting in act.postings])
        payload = next(posting.payload for posting in act.postings if posting.event is about)
        body = json_or_text(payload.body.decode("utf-8", "replace"))
        return {name: paths.get(body, path) for name, path in step.save.items()}

    def _send(self, act: Act) -> list[ScheduledEvent]:
        speak, scope = act.speak, act.strand.scope
        events = self._cast.events(speak)
        for event in events:
            act.postings += self._deliveries.emit(
                event, kind="act", scope=scope, step_key=speak.key, deliver=speak.step.deliver
            )
        return events

    def _is_free(self, act: Act) -> bool:
        """Let the act be due, later than was wanted where what came before took so long to be given up."""
        user_id, strand = self._cast.user_ids[act.speak.step.actor], act.strand
        if not self._deliveries.is_done(user_id, strand.scopes):
            return False
        tried_ms = self._deliveries.tried_ms(user_id, strand.scopes)
        if tried_ms >= act.speak.due_ms:
            act.speak = replace(act.speak, due_ms=tried_ms + TURN_MS)
            strand.timeline.spoken(act.speak.due_ms)
        self._underway[act.speak.key] = act
        self._clock.schedule(act.speak.due_ms, act, kind="act", scope=strand.scope, is_prompt=True)
        return True
