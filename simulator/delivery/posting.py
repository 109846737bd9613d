"""One payload on its way to one endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from simulator.clock import Kind, Timer
from simulator.faults import UNHARMED, Fate
from simulator.records import Attempt, Delivery, Payload, ScheduledEvent, Sent, SignedRequest
from simulator.world import Row


class Transport(Protocol):
    """A way to an endpoint."""

    async def send(self, request: SignedRequest, *, timeout_ms: float) -> Sent:
        """Send a request and give what came of it; nothing that the endpoint does raises."""
        ...


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
    endpoint: str = ""
    """The subscription's key."""
    fate: Fate = UNHARMED
    altered: bytes | None = None
    """What is sent in place of the body that is signed."""
    attempts: list[Attempt] = field(default_factory=list)
    state: Literal["pending", "delivered", "failed", "dropped", "refused"] = "pending"
    why: str = "first"
    """Why the next attempt is made; in the end why there is none."""
    held: Timer | None = None
    """The timer of the attempt that others must go before."""
    is_passed: bool = False
    """It let others pass, or it need not, and now keeps its place."""

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
            faults=self.fate.words,
            is_forged=self.fate.is_forged,
            is_aside=self.is_aside,
        )

    @property
    def is_aside(self) -> bool:
        """True for what tells of a stream: nobody waits for it, and it is judged as a whole."""
        return self.kind == "stream"

    @property
    def lane(self) -> str:
        """What comes in one order however fast the bot is: the acts of its strand, or the events of its stream."""
        return self.step_key if self.kind == "stream" else f"{self.kind} {self.scope}"

    @property
    def lost_answers(self) -> int:
        """How many of the bot's answers were lost so far."""
        return sum(attempt.lost == "answer" for attempt in self.attempts)


@dataclass(frozen=True, slots=True)
class Send:
    """An attempt to be made now; tell `ended` what came of it."""

    timer: Timer
    posting: Posting
    request: SignedRequest
    due_ms: int
    timeout_ms: int
