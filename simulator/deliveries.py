"""The payloads of one story on their way to the bot. No I/O: it says what to send, and is told what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from typing import Literal

from simulator import faults, signing
from simulator.clock import Kind, StoryClock, Timer
from simulator.delivery import policy as policies
from simulator.records import Ack, Attempt, Delivery, Payload, ScheduledEvent, Sent, SignedRequest
from simulator.render import render
from simulator.scenario.model import Deliver
from simulator.seeds import stream
from simulator.terms import Note, Terms
from simulator.world import Row, World


@dataclass(slots=True)
class Posting:
    """One payload on its way to one subscription."""

    id: str
    event: ScheduledEvent
    payload: Payload
    subscription: Row
    kind: Kind
    scope: int
    step_key: str = ""
    signature: Literal["right", "wrong", "missing"] = "right"
    attempts: list[Attempt] = field(default_factory=list)
    state: Literal["pending", "delivered", "failed"] = "pending"
    why: str = "first"
    """Why the next attempt is made; in the end why there is none."""

    @property
    def record(self) -> Delivery:
        """The delivery as it stands."""
        return Delivery(
            id=self.id,
            event_id=self.event.id,
            type=self.event.type,
            actor=self.event.actor,
            attempts=tuple(self.attempts),
            state=self.state,
            why="" if self.state == "pending" else self.why,
        )


@dataclass(frozen=True, slots=True)
class Send:
    """An attempt to be made now; tell `ended` what came of it."""

    timer: Timer
    posting: Posting
    request: SignedRequest
    due_ms: int
    timeout_ms: int


class Deliveries:
    """What one story sends, by its clock and to whoever subscribed in its world."""

    def __init__(self, terms: Terms, world: World, clock: StoryClock, note: Note) -> None:
        """Begin with nothing on its way."""
        self.terms = terms
        self.postings: list[Posting] = []
        self.on_accepted: Callable[[Posting, Ack, float], None] = lambda posting, ack, real_ms: None
        """Told of an attempt that went well, and when it ended, before the clock knows that it is over."""
        self.on_end: Callable[[Posting], None] = lambda posting: None
        """Told when a delivery was accepted or given up."""
        self._world = world
        self._clock = clock
        self._note = note
        self._acted_ms: dict[str, int] = {}
        self._tried_ms: dict[str, int] = {}
        self._latest_ms = terms.start_ms
        self.fired_ms = terms.start_ms
        """The latest due time of an attempt that was made."""
        self._numbers: Counter[str] = Counter()
        self._underway: Counter[str] = Counter()
        self._is_closed = False

    def is_done(self, user_id: str) -> bool:
        """True where all that this person did was accepted or given up."""
        return self._underway[user_id] == 0

    def tried_ms(self, user_id: str) -> int:
        """Give the due time of the last attempt for what this person did; 0 where there was none."""
        return self._tried_ms.get(user_id, 0)

    def acted_ms(self, user_id: str) -> int:
        """Give the due time of what this person did last, or of what anybody did, if she did nothing yet."""
        return self._acted_ms.get(user_id, self._latest_ms)

    def emit(
        self, event: ScheduledEvent, *, kind: Kind, scope: int = 0, step_key: str = "", deliver: Deliver | None = None
    ) -> list[Posting]:
        """
        Render an event and set it on its way to everyone who subscribed to it; nobody may have.

        Raises:
            InputError: an override names an unknown path, a template is broken, a credential is missing.
        """
        payload = self.rendered(event)
        self._note("PayloadRendered", payload, event.due_ms)
        if kind == "act":
            self._acted_ms[event.actor] = self._latest_ms = max(self._latest_ms, event.due_ms)
        offsets = faults.copies(event, deliver, stream(self.terms.seed, "latency", event.id)) if deliver else (0,)
        postings = [
            Posting(
                id=self._name(event.id),
                event=event,
                payload=payload,
                subscription=row,
                kind=kind,
                scope=scope,
                step_key=step_key,
                signature=deliver.signature if deliver else "right",
            )
            for row in self._subscriptions(event)
            for _ in offsets
        ]
        for posting, offset_ms in zip(postings, cycle(offsets), strict=False):
            # Nobody can answer what has not been sent at all: the first copy is waited for like a retry.
            is_owed = kind == "act" and 0 < offset_ms == min(offsets)
            self._clock.schedule(event.due_ms + offset_ms, posting, kind="retry" if is_owed else kind, scope=scope)
        if not postings:
            skipped = {"event_id": event.id, "type": event.type, "why": "nobody subscribed to it"}
            self._note("EventSkipped", skipped, event.due_ms)
        self.postings += postings
        if kind == "act":
            self._underway[event.actor] += len(postings)
        return postings

    def rendered(self, event: ScheduledEvent) -> Payload:
        """
        Give the payload of an event as the world stands.

        Raises:
            InputError: an override names an unknown path, or a template is broken.
        """
        terms = self.terms
        return render(
            event,
            catalog=terms.catalog,
            provider=terms.provider,
            world=self._world,
            seed=terms.seed,
            start_ms=terms.start_ms,
        )

    def expect(self, event: ScheduledEvent) -> None:
        """Let an event that a call causes be rendered and sent when it is due, as the world stands then."""
        if self._is_closed:
            skipped = {"event_id": event.id, "type": event.type, "why": "the story has ended"}
            self._note("EventSkipped", skipped, event.due_ms)
        else:
            self._clock.schedule(event.due_ms, event, kind="receipt")

    def fire(self, timer: Timer) -> Send | None:
        """Give the attempt that this timer stands for; None where it was an event, whose attempts are due now."""
        if isinstance(timer.what, ScheduledEvent):
            self.emit(timer.what, kind=timer.kind, scope=timer.scope)
            self._clock.dismiss(timer)
            return None
        posting: Posting = timer.what
        if posting.attempts and not self.terms.policy.resign:
            request = posting.attempts[0].request
        else:
            request = self.signed(
                posting.payload,
                posting.subscription,
                timer.due_ms,
                attempt=len(posting.attempts) + 1,
                last_outcome=posting.attempts[-1].outcome if posting.attempts else "",
                signature=posting.signature,
            )
        self.fired_ms = max(self.fired_ms, timer.due_ms)
        if posting.kind == "act":
            actor = posting.event.actor
            self._tried_ms[actor] = max(self._tried_ms.get(actor, 0), timer.due_ms)
        number, kind = len(posting.attempts) + 1, posting.event.type
        started = {"delivery_id": posting.id, "type": kind, "number": number, "why": posting.why, "request": request}
        self._note("AttemptStarted", started, timer.due_ms)
        return Send(timer, posting, request, timer.due_ms, self.terms.policy.timeout_ms)

    def ended(self, send: Send, sent: Sent, real_ms: float, *, is_cut: bool = False) -> None:
        """
        Take in what came of an attempt: the delivery is done, given up, or tried again when the policy says.

        An attempt that was cut because the run ends says nothing about the bot, and nothing follows from it.
        """
        posting = send.posting
        attempt = Attempt(
            number=len(posting.attempts) + 1,
            due_ms=send.due_ms,
            why=posting.why,
            request=send.request,
            duration_ms=sent.duration_ms,
            ack=sent.ack,
            trouble=sent.trouble,
            detail=sent.detail,
        )
        posting.attempts.append(attempt)
        finished = {"delivery_id": posting.id, "type": posting.event.type, "attempt": attempt}
        self._note("AttemptFinished", finished, send.due_ms)
        if not is_cut:
            self._decide(posting, send.due_ms)
        if posting.state == "delivered" and attempt.ack is not None:
            self.on_accepted(posting, attempt.ack, real_ms)
        self._clock.closed(send.timer, real_ms)
        if posting.state != "pending":
            self._underway[posting.event.actor] -= posting.kind == "act"
            self._note("DeliveryFinished", posting.record, send.due_ms)
            self.on_end(posting)

    def _decide(self, posting: Posting, due_ms: int) -> None:
        """Let follow what the policy says of an attempt that was due then."""
        policy = self.terms.policy
        draw = stream(self.terms.seed, "retry", posting.id, len(posting.attempts)) if policy.jitter else None
        match policies.decide(policy, tuple(posting.attempts), draw):
            case policies.Retry(after_ms=after_ms, why=why):
                posting.why = why
                kind: Kind = "receipt" if posting.kind == "receipt" else "retry"
                self._clock.schedule(due_ms + after_ms, posting, kind=kind, scope=posting.scope)
            case policies.GiveUp(why=why):
                posting.state, posting.why = "failed", why
            case policies.Done():
                posting.state, posting.why = "delivered", ""

    def abandon(self) -> None:
        """Give up what is still on its way and has no attempt out, because the story is over; the journal has it."""
        self._is_closed = True
        for posting in list(self.postings):
            if posting.state == "pending":
                posting.state, posting.why = "failed", "the story ended first"
                self._note("DeliveryFinished", posting.record, posting.event.due_ms)

    def signed(
        self,
        payload: Payload,
        subscription: Row,
        due_ms: int,
        *,
        attempt: int = 1,
        last_outcome: str = "",
        signature: Literal["right", "wrong", "missing"] = "right",
    ) -> SignedRequest:
        """
        Give the request that carries a payload to a subscription; its URL is empty where it may go nowhere.

        Raises:
            InputError: a credential is missing, or cannot stand in a request.
        """
        terms, registered = self.terms, str(subscription["url"])
        return signing.sign_request(
            payload,
            url=terms.target(registered),
            registered_url=registered,
            provider=terms.provider,
            credentials={**self._world.credentials, **subscription.get("credentials", {})},
            options=self._world.options,
            stamp_ms=terms.stamp_ms(due_ms),
            attempt=attempt,
            last_outcome=last_outcome,
            marked=terms.is_marked,
            due_ms=due_ms,
            signature=signature,
        )

    def _subscriptions(self, event: ScheduledEvent) -> list[Row]:
        wants = self.terms.provider.wants
        rows = [row for _, row in self._world.rows("subscriptions")]
        if wants is not None:
            return [row for row in rows if wants(row, event.type, event.values)]
        name = event.type.partition("/")[0]
        return [row for row in rows if row["events"] is None or name in row["events"]]

    def _name(self, event_id: str) -> str:
        self._numbers[event_id] += 1
        return f"{event_id}/{self._numbers[event_id]}"
