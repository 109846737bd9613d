"""The payloads of one story on their way to the bot. No I/O: it says what to send, and is told what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Literal

from simulator import faults
from simulator.clock import Kind, StoryClock, Timer
from simulator.delivery import policy as policies
from simulator.delivery.endpoints import Endpoints
from simulator.delivery.posting import Posting, Send
from simulator.delivery.turns import Lines, Overtaking
from simulator.delivery.writing import Writer
from simulator.faults import Deliver
from simulator.records import Ack, Attempt, Payload, ScheduledEvent, Sent, SignedRequest
from simulator.seeds import stream
from simulator.terms import Note, Terms
from simulator.world import World


class Deliveries:
    """What one story sends, by its clock and to whoever subscribed in its world."""

    def __init__(self, terms: Terms, world: World, clock: StoryClock, note: Note) -> None:
        """Begin with nothing on its way."""
        self.terms = terms
        self.writer = Writer(terms, world)
        self.count = 0
        """How many were begun."""
        self.attempts = 0
        """How many attempts were made."""
        self.on_accepted: Callable[[Posting, Ack, float], None] = lambda posting, ack, real_ms: None
        """Told of an attempt that went well, and when it ended, before the clock knows that it is over."""
        self.on_end: Callable[[Posting], None] = lambda posting: None
        """Told when a delivery was accepted or given up."""
        self.is_aside: Callable[[str], bool] = lambda user_id: False
        """True for the people of streams: nobody waits for what is sent about them."""
        self._clock = clock
        self._note = note
        self._acted_ms: dict[str, int] = {}
        self._strands: dict[str, int] = {}
        """Person → the strand of the story in which she acted last."""
        self._latest_ms = terms.start_ms
        self._tried_ms: dict[tuple[str, int], int] = {}
        """Person and strand → the due time of the last attempt for what she did there; for nobody, of all attempts."""
        self._underway: Counter[tuple[str, int]] = Counter()
        self._pending: dict[str, Posting] = {}
        self._overtaking = Overtaking()
        self._lines = Lines(terms.policy.concurrency)
        self._endpoints = Endpoints(terms, world, note)
        self._is_closed = False

    def is_done(self, user_id: str, scopes: Iterable[int] = (0,)) -> bool:
        """True where all that this person did in these strands was accepted or given up, or lets others pass."""
        return all(self._underway[user_id, self._clock.root(scope)] == 0 for scope in scopes)

    def tried_ms(self, user_id: str = "", scopes: Iterable[int] = (0,)) -> int:
        """
        Give the due time of the last attempt for what this person did in these strands; 0 where there was none.

        Without a person, of the last attempt for anything of these strands.
        """
        return max((self._tried_ms.get((user_id, self._clock.root(scope)), 0) for scope in scopes), default=0)

    def fold(self, scope: int, into: int) -> None:
        """A strand has ended, and the clock knows: what is still to come of it belongs to the other one."""
        for user_id, its in [key for key in self._tried_ms if key[1] == scope]:
            tried_ms = self._tried_ms.pop((user_id, its))
            self._tried_ms[user_id, into] = max(tried_ms, self._tried_ms.get((user_id, into), 0))
        for user_id, its in [key for key in self._underway if key[1] == scope]:
            self._underway[user_id, into] += self._underway.pop((user_id, its))

    def acted_ms(self, user_id: str) -> int:
        """Give the due time of what this person did last, or of what anybody did, if she did nothing yet."""
        return self._acted_ms.get(user_id, self._latest_ms)

    # --- what is to be sent ------------------------------------------------------------------------------------------

    def emit(
        self,
        event: ScheduledEvent,
        *,
        kind: Kind,
        scope: int = 0,
        step_key: str = "",
        deliver: Deliver | None = None,
    ) -> list[Posting]:
        """
        Render an event and set it on its way to everyone who subscribed to it; nobody may have.

        A delivery is told to `on_end` when it has ended, and not kept here any longer.

        Raises:
            InputError: an override names an unknown path, a template is broken, a credential is missing, or a request
                shall be forged in a way that no bot could notice.
        """
        payload = self.writer.rendered(event)
        self._note("PayloadRendered", payload, event.due_ms)
        if kind == "act":
            self._acted_ms[event.actor] = self._latest_ms = max(self._latest_ms, event.due_ms)
            self._strands[event.actor] = scope
        elif kind == "stream":
            self._acted_ms[event.actor] = max(self._acted_ms.get(event.actor, 0), event.due_ms)
        postings = self._posted(event, payload, deliver, kind=kind, scope=scope, step_key=step_key)
        self.count += len(postings)
        self._pending.update((posting.id, posting) for posting in postings)
        if kind == "act":
            self._underway[event.actor, self._clock.root(scope)] += len(postings)
        first_ms = min((posting.fate.offset_ms for posting in postings), default=0)
        for posting in postings:
            offset_ms = posting.fate.offset_ms
            # Nobody can answer what has not been sent at all: the first copy is waited for like a retry.
            is_owed = kind == "act" and 0 < offset_ms == first_ms
            self._clock.schedule(event.due_ms + offset_ms, posting, kind="retry" if is_owed else kind, scope=scope)
        return postings

    def expect(self, event: ScheduledEvent) -> None:
        """Let an event that a call causes be rendered and sent when it is due, as the world stands then."""
        if self._is_closed:
            self._endpoints.skip(event, "the story has ended")
        else:
            kind: Kind = "stream" if self.is_aside(event.actor) else "receipt"
            self._clock.schedule(event.due_ms, event, kind=kind, scope=self._strands.get(event.actor, 0))

    def _posted(
        self, event: ScheduledEvent, payload: Payload, deliver: Deliver | None, *, kind: Kind, scope: int, step_key: str
    ) -> list[Posting]:
        """Give the deliveries of an event, and write down what a bad day does to them."""
        fates = faults.fates(event, deliver, self.terms.seed)
        postings: list[Posting] = []
        for key, row in self._endpoints.of(event, is_aside=kind == "stream"):
            for fate in fates:
                altered, told = self.writer.harmed(event, payload, row, fate)
                posting = Posting(
                    id=f"{event.id}/{len(postings) + 1}",
                    event=event,
                    payload=payload,
                    subscription=row,
                    kind=kind,
                    scope=scope,
                    step_key=step_key,
                    endpoint=key,
                    fate=told,
                    altered=altered,
                )
                postings.append(posting)
                is_passing = not (told.is_copy or told.is_dropped)
                self._overtaking.announce(posting.id, event, key, posting.lane, told.behind, is_passing=is_passing)
                if told.words:
                    harm_done = {"delivery_id": posting.id, "type": event.type, "faults": told.words}
                    self._note("FaultApplied", harm_done, event.due_ms)
        return postings

    # --- what is sent now --------------------------------------------------------------------------------------------

    def fire(self, timer: Timer) -> Send | None:
        """Give the attempt that this timer stands for; None where nothing is sent now, which the clock knows then."""
        if isinstance(timer.what, ScheduledEvent):
            self.emit(timer.what, kind=timer.kind, scope=timer.scope)
            self._clock.dismiss(timer)
            return None
        posting: Posting = timer.what
        if self._is_over(posting, timer) or not self._may_go(posting, timer):
            return None
        request = self._request(posting, timer.due_ms)
        self.attempts += 1
        if posting.kind != "stream":
            self._tried(posting, timer.due_ms)
        number, kind = len(posting.attempts) + 1, posting.event.type
        started = {"delivery_id": posting.id, "type": kind, "number": number, "why": posting.why, "request": request}
        self._note("AttemptStarted", {**started, "is_aside": posting.is_aside}, timer.due_ms)
        send = Send(timer, posting, request, timer.due_ms, self.terms.policy.timeout_ms)
        if number > posting.fate.lost:
            return send
        self._take(send, Sent(trouble="timeout", detail="lost on its way to the bot", duration_ms=0.0), lost="request")
        self._clock.dismiss(timer)
        self._close(send)
        return None

    def ended(self, send: Send, sent: Sent, real_ms: float, *, is_cut: bool = False) -> None:
        """
        Take in what came of an attempt: the delivery is done, given up, or tried again when the policy says.

        An attempt that was cut because the run ends says nothing about the bot, and nothing follows from it.
        """
        posting = send.posting
        self._take(send, sent, lost="answer" if self._is_unheard(posting, sent) else "", is_cut=is_cut)
        if posting.state == "delivered" and sent.ack is not None:
            self.on_accepted(posting, sent.ack, real_ms)
        self._clock.closed(send.timer, real_ms)
        self._close(send)

    def _tried(self, posting: Posting, due_ms: int) -> None:
        scope = self._clock.root(posting.scope)
        for user_id in ("", posting.event.actor) if posting.kind == "act" else ("",):
            self._tried_ms[user_id, scope] = max(self._tried_ms.get((user_id, scope), 0), due_ms)

    def _busy(self, posting: Posting, number: int) -> None:
        """The person who caused this waits for so many deliveries more."""
        if posting.kind == "act":
            self._underway[posting.event.actor, self._clock.root(posting.scope)] += number

    def _request(self, posting: Posting, due_ms: int) -> SignedRequest:
        if posting.attempts and not self.terms.policy.resign:
            return posting.attempts[0].request
        return self.writer.signed(
            posting.payload,
            posting.subscription,
            due_ms,
            attempt=len(posting.attempts) + 1,
            last_outcome=posting.attempts[-1].outcome if posting.attempts else "",
            signature=posting.fate.signature,
            altered=posting.altered,
        )

    def _take(
        self, send: Send, sent: Sent, *, lost: Literal["", "request", "answer"] = "", is_cut: bool = False
    ) -> None:
        """Write down what came of an attempt, and decide what follows."""
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
            lost=lost,
        )
        posting.attempts.append(attempt)
        finished = {"delivery_id": posting.id, "type": posting.event.type, "attempt": attempt}
        self._note("AttemptFinished", finished, send.due_ms)
        if is_cut:
            return
        if posting.fate.is_forged:
            self._judge_forged(posting, attempt)
        else:
            self._decide(posting, send.due_ms)

    def _close(self, send: Send) -> None:
        """Let go whoever waited for this attempt, and tell of the delivery's end."""
        posting = send.posting
        if len(posting.attempts) == 1:
            self._let_go(self._overtaking.went_out(posting.id, posting.endpoint, send.due_ms), send.due_ms)
        if not posting.fate.is_forged:
            self._let_go(self._lines.leave(posting.endpoint), 0)
        if posting.state != "pending":
            self._finish(posting, send.due_ms)

    def _finish(self, posting: Posting, due_ms: int) -> None:
        self._pending.pop(posting.id, None)
        self._busy(posting, -1)
        self._note("DeliveryFinished", posting.record, due_ms)
        self._endpoints.count(posting, due_ms)
        self._let_go(self._lines.finish(posting.id, self._line(posting)), 0)
        self.on_end(posting)

    def _decide(self, posting: Posting, due_ms: int) -> None:
        """Let follow what the policy says of an attempt that was due then."""
        policy, number = self.terms.policy, len(posting.attempts)
        draw = stream(self.terms.seed, "retry", posting.id, number) if policy.is_spread else None
        match policies.decide(policy, tuple(posting.attempts), draw):
            case policies.Retry(after_ms=after_ms, why=why):
                posting.why = why
                kind: Kind = "retry" if posting.kind == "act" else posting.kind
                self._clock.schedule(due_ms + after_ms, posting, kind=kind, scope=posting.scope)
            case policies.GiveUp(why=why):
                has_arrived = any(attempt.lost != "request" for attempt in posting.attempts)
                posting.state, posting.why = "failed" if has_arrived else "dropped", why
            case policies.Done():
                posting.state, posting.why = "delivered", ""

    def _judge_forged(self, posting: Posting, attempt: Attempt) -> None:
        """A forger makes one attempt, whatever comes of it."""
        if policies.is_success(self.terms.policy, attempt.outcome):
            posting.state, posting.why = "delivered", ""
        elif attempt.ack is not None:
            posting.state, posting.why = "refused", f"{policies.show_outcome(attempt)} to a forged request"
        else:
            posting.state, posting.why = "failed", f"{policies.show_outcome(attempt)}; a forger tries once"

    def _is_unheard(self, posting: Posting, sent: Sent) -> bool:
        """True where the bot's answer is lost; it never is where the provider would not try again."""
        if sent.ack is None or posting.lost_answers >= posting.fate.unheard:
            return False
        policy = self.terms.policy
        if len(posting.attempts) < len(policy.delays_ms) and policies.is_retried(policy, "timeout"):
            return True
        why = "the provider makes no further attempt, so the bot's answer is not lost"
        skipped = {"delivery_id": posting.id, "type": posting.event.type, "why": why}
        self._note("FaultSkipped", {**skipped, "is_aside": posting.is_aside}, posting.event.due_ms)
        return False

    # --- who goes before whom ----------------------------------------------------------------------------------------

    def _is_over(self, posting: Posting, timer: Timer) -> bool:
        """True where no attempt is made any more; the delivery has ended then."""
        if posting.fate.is_dropped:
            posting.state, posting.why = "dropped", "it was lost on its way to the bot, and every attempt with it"
        elif self._endpoints.is_disabled(posting.endpoint, posting.subscription):
            posting.state, posting.why = "failed", "the endpoint was disabled"
        else:
            return False
        self._clock.dismiss(timer)
        self._let_go(self._overtaking.went_out(posting.id, posting.endpoint, timer.due_ms), timer.due_ms)
        self._finish(posting, timer.due_ms)
        return True

    def _may_go(self, posting: Posting, timer: Timer) -> bool:
        """True where the attempt is made now; else it is kept back until others have gone."""
        if posting.held is not None:
            # Nothing else is due any more, so the clock has let it go.
            posting.held = None
            self._overtaking.release(posting.id, posting.endpoint)
            self._pass(posting)
        if not posting.is_passed:
            free_ms, before = self._overtaking.arrive(posting.id, posting.event, posting.endpoint)
            self._let_go(before, timer.due_ms)
            if free_ms is None:
                self._busy(posting, -1)
                return self._hold(posting, timer)
            posting.is_passed = True
            if free_ms > timer.due_ms:
                self._clock.hold(timer)
                self._clock.let_go(timer, free_ms)
                return False
        if posting.fate.is_forged or self._lines.enter(posting.id, posting.endpoint, self._line(posting)):
            return True
        return self._hold(posting, timer)

    def _pass(self, posting: Posting) -> None:
        """The delivery has let others pass, and its actor waits for it again."""
        if not posting.is_passed:
            self._busy(posting, 1)
            posting.is_passed = True

    def _hold(self, posting: Posting, timer: Timer) -> Literal[False]:
        posting.held = timer
        self._clock.hold(timer)
        return False

    def _let_go(self, delivery_ids: Iterable[str], due_ms: int) -> None:
        """Make due what was kept back; not before it was due itself."""
        for delivery_id in delivery_ids:
            posting = self._pending.get(delivery_id)
            if posting is not None and posting.held is not None:
                timer, posting.held = posting.held, None
                self._pass(posting)
                self._clock.let_go(timer, max(timer.due_ms, due_ms))

    def _line(self, posting: Posting) -> str:
        """Give what the delivery keeps its order in; empty for none."""
        match self.terms.policy.ordering:
            case "endpoint":
                return posting.endpoint or "/"
            case "actor":
                return f"{posting.endpoint}/{posting.event.actor}"
            case _:
                return ""

    # --- the end -----------------------------------------------------------------------------------------------------

    def abandon(self) -> None:
        """Give up what is still on its way and has no attempt out, because the story is over; the journal has it."""
        self._is_closed = True
        for posting in list(self._pending.values()):
            posting.state, posting.why = "failed", "the story ended first"
            self._note("DeliveryFinished", posting.record, posting.event.due_ms)
        self._pending.clear()
