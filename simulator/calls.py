"""The bot's calls to the provider's API in one story: answered, and what they set off. No I/O: it is told what came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from simulator import answering
from simulator.answering import Answered
from simulator.clock import StoryClock
from simulator.deliveries import Deliveries
from simulator.delivery import policy as policies
from simulator.delivery.posting import Posting
from simulator.expectation import Refused
from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.records import Ack, ApiCall, Attempt, Reply, ScheduledEvent, Sent, SignedRequest
from simulator.scenario.model import ApiStep
from simulator.seeds import stream
from simulator.terms import Note, Terms
from simulator.world import Emit, Put, Register, Remove, World

NAMED_ENDPOINT = ""
"""The key of the subscription that stands for the endpoint a person named, as long as the bot registers none itself."""


LONGEST_ANSWER = 200
"""Characters of a refusal that are told beside a missing reply."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pledge:
    """An answer that hangs on a handshake: send the request first, then tell `registered` what came of it."""

    answered: Answered
    effect: Register
    request: SignedRequest
    timeout_ms: int


@dataclass(slots=True)
class Fault:
    """What an `api:` step arranged, and how much of it is left."""

    step: ApiStep
    body: Any
    skip: int
    left: int


class Calls:
    """What the bot calls in one story."""

    def __init__(self, terms: Terms, world: World, clock: StoryClock, deliveries: Deliveries, note: Note) -> None:
        """Begin with none; what a delivery's answer stands for is answered too."""
        self.terms = terms
        self.faults: list[Fault] = []
        self.refused: Refused | None = None
        """The call that was refused last, where the bot has said nothing since."""
        self.count = 0
        self.operations: Counter[str] = Counter()
        """How often each was called, refused calls among them."""
        self.on_reply: Callable[[Reply], None] = lambda reply: None
        """Told of each accepted call: what the bot said by it, or a reply of the kind `call`."""
        self._world = world
        self._clock = clock
        self._deliveries = deliveries
        self._note = note
        self._numbers: Counter[str] = Counter()
        self._called_ms: dict[str, int] = {}
        self._delays_ms: dict[str, int] = {}
        self._taken: set[str] = set()
        """The events whose answer was taken for what the bot says in it."""
        deliveries.on_accepted = self._read_ack

    def answer(self, call: ApiCall, user_id: str = "") -> Answered | Pledge:
        """
        Answer a call and apply its effects.

        `user_id` is the person whom the call names, where that is known. A `Pledge` is applied only once its handshake
        was made.
        """
        self.count += 1
        call = replace(call, at_ms=self._stamp(user_id), provider=self.terms.provider.id)
        self._note("CallReceived", call, call.at_ms)
        ids = self._ids(call, user_id)
        fault = self._fault(call)
        if fault is not None and fault.step.delay_ms is not None:
            self._delays_ms[call.id] = fault.step.delay_ms
        if fault is not None and fault.step.delay_ms is None:
            answered = self._spoiled(call, fault, ids)
        else:
            answered = answering.answer(
                call, provider=self.terms.provider, catalog=self.terms.catalog, world=self._world, ids=ids
            )
        if self._deliveries.is_aside(user_id):
            answered = replace(answered, is_aside=True)
        self.operations[answered.call.operation] += 1
        register = next((effect for effect in answered.response.effects if isinstance(effect, Register)), None)
        if register is not None and register.handshake:
            return self._pledge(answered, register)
        self._settle(answered)
        return answered

    def registered(self, pledge: Pledge, sent: Sent) -> Answered:
        """Give the answer to a call that registers a URL, now that the bot was asked there."""
        attempt = Attempt(
            number=1,
            due_ms=pledge.answered.call.at_ms,
            why="handshake",
            request=pledge.request,
            duration_ms=sent.duration_ms,
            ack=sent.ack,
            trouble=sent.trouble,
            detail=sent.detail,
        )
        self._note("HandshakeFinished", attempt, attempt.due_ms)
        if policies.is_success(self.terms.policy, attempt.outcome):
            self._settle(pledge.answered)
            return pledge.answered
        return self._otherwise(pledge)

    def close(self, at_ms: int) -> None:
        """Tell of each answer that the story arranged and that no call has got."""
        for fault in self.faults:
            step = fault.step
            if fault.left == step.times:
                let_pass = f"; {step.after - fault.skip} of the {step.after} before it came" if step.after else ""
                self._note("FaultSkipped", {"type": step.text, "why": f"no call got this answer{let_pass}"}, at_ms)

    def delay_ms(self, call_id: str) -> int:
        """Give how much later, in real time, an `api:` step wants this call answered."""
        return self._delays_ms.pop(call_id, 0)

    def _otherwise(self, pledge: Pledge) -> Answered:
        call = pledge.answered.call
        response: ApiResponse = pledge.effect.otherwise
        refused = self._rendered(call, response, self._ids(call, ""))
        self._settle(refused)
        return refused

    def _rendered(self, call: ApiCall, response: ApiResponse, ids: Ids) -> Answered:
        status, headers, body = answering.render_response(
            response, call=call, provider=self.terms.provider, catalog=self.terms.catalog, world=self._world, ids=ids
        )
        return Answered(call=call, response=response, status=status, headers=headers, body=body)

    def _read_ack(self, posting: Posting, ack: Ack, real_ms: float) -> None:
        """
        Answer the calls that stand in the bot's HTTP answer, like any other.

        A provider takes one answer to an event, however often it was delivered: a bot that gives the same one to each
        copy has said it once.
        """
        read_ack = self.terms.provider.read_ack
        user_id = posting.event.actor
        found = read_ack(posting.event, ack, self._world.get("users", user_id) or {}) if read_ack is not None else ()
        if found and posting.event.id in self._taken:
            why = "what stands in the answer is not taken again: another copy was answered before"
            self._note("AnswerPassedOver", {"delivery_id": posting.id, "why": why}, posting.event.due_ms)
            return
        if found:
            self._taken.add(posting.event.id)
        for call in found:
            is_aside = self._deliveries.is_aside(user_id)
            if not is_aside:
                self._clock.call_began(real_ms)
            self.answer(replace(call, id=call.id or self._name("ack", posting.id)), user_id)
            if not is_aside:
                self._clock.call_ended(real_ms)

    def _stamp(self, user_id: str) -> int:
        """Give a call's story time: its conversation's last event, and a millisecond more for each call."""
        last_ms = max(self._deliveries.acted_ms(user_id), self._called_ms.get(user_id, 0))
        self._called_ms[user_id] = last_ms + 1
        return last_ms + 1

    def _ids(self, call: ApiCall, user_id: str) -> Ids:
        # Many a call draws nothing, and to begin a stream takes as long as to find out what is called.
        draw = partial(stream, self.terms.seed, self.terms.start_ms, self._name("call", user_id))
        return Ids(self.terms.provider.ids, draw, call.at_ms)

    def _name(self, kind: str, about: str) -> str:
        """Give an id that hangs on what it is about, and on how many of its kind came before it."""
        self._numbers[f"{kind}/{about}"] += 1
        return f"{kind}/{about}/{self._numbers[f'{kind}/{about}']}"

    def _pledge(self, answered: Answered, register: Register) -> Answered | Pledge:
        event = ScheduledEvent(
            id=self._name("handshake", register.key),
            provider=self.terms.provider.id,
            type=register.handshake,
            values=register.row,
            due_ms=answered.call.at_ms,
            cause=answered.call.id,
        )
        write = self._deliveries.writer
        request = write.signed(write.rendered(event), register.row, event.due_ms)
        pledge = Pledge(answered=answered, effect=register, request=request, timeout_ms=self.terms.policy.timeout_ms)
        if request.url.startswith("http"):
            return pledge
        why = "it is not on this machine, its host is not allowed, and no endpoint is named"
        self._note("RegistrationRefused", {"url": register.row["url"], "why": why}, event.due_ms)
        return self._otherwise(pledge)

    def _settle(self, answered: Answered) -> None:
        """Apply the effects of an answer and hear what the bot said by the call."""
        call, response = answered.call, answered.response
        for effect in response.effects:
            self._apply(effect, call)
        self._note("CallAnswered", answered, call.at_ms)
        if response.error:
            if not answered.is_aside:
                self.refused = _refused(answered)
            return
        replies = self.terms.provider.replies(call, response)
        if replies and not answered.is_aside:
            self.refused = None
        for reply in replies or (
            Reply(to="", kind="call", raw=call.fields, call_id=call.id, operation=call.operation),
        ):
            self.on_reply(reply)

    def _apply(self, effect: Any, call: ApiCall) -> None:
        match effect:
            case Register():
                self._world.apply(Remove(table="subscriptions", key=NAMED_ENDPOINT))
                self._world.apply(Put(table="subscriptions", key=effect.key, row=effect.row))
            case Put() | Remove():
                self._world.apply(effect)
                if effect.table == "subscriptions":
                    self._world.apply(Remove(table="subscriptions", key=NAMED_ENDPOINT))
            case Emit():
                name = self._name(effect.type, effect.user or call.operation)
                lag_ms = stream(self.terms.seed, "lag", name).randint(*effect.after_ms)
                event = ScheduledEvent(
                    id=name,
                    provider=self.terms.provider.id,
                    type=effect.type,
                    values=effect.values,
                    due_ms=call.at_ms + lag_ms,
                    cause=call.id,
                    actor=effect.user,
                )
                self._deliveries.expect(event)

    def _fault(self, call: ApiCall) -> Fault | None:
        """Give the fault that is arranged for this call and count it down."""
        if not self.faults:
            return None
        operation = answering.operation_of(call, self.terms.provider)
        named = replace(call, operation=operation)
        for fault in self.faults:
            if fault.left <= 0 or not self._is_meant(fault, named):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.left -= 1
            return fault
        return None

    def _is_meant(self, fault: Fault, call: ApiCall) -> bool:
        if fault.step.operation == "reply":
            fact = self.terms.catalog.operations.get(call.operation)
            return fact is not None and fact.is_reply
        return fault.step.operation == call.operation

    def _spoiled(self, call: ApiCall, fault: Fault, ids: Ids) -> Answered:
        named = replace(call, operation=answering.operation_of(call, self.terms.provider))
        step, terms = fault.step, self.terms
        response = answering.fault_response(
            named,
            provider=terms.provider,
            catalog=terms.catalog,
            error=step.error or "",
            status=step.status,
            body=fault.body,
        )
        return replace(self._rendered(named, response, ids), is_arranged=True)


def _refused(answered: Answered) -> Refused:
    call = answered.call
    answer = answered.body.decode("utf-8", "replace")[:LONGEST_ANSWER]
    name = call.operation or f"{call.method} {call.path}"
    return Refused(operation=name, answer=answer, is_arranged=answered.is_arranged)
