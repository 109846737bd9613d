"""What a story and the lobby share: a world, a clock, deliveries on their way out and the bot's calls coming in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from simulator.answering import Answered
from simulator.calls import Calls, Pledge
from simulator.clock import Nothing, StoryClock
from simulator.deliveries import Deliveries
from simulator.delivery.posting import Send
from simulator.journal import Journal
from simulator.records import ApiCall, Sent
from simulator.terms import Terms
from simulator.world import World


@dataclass(frozen=True, slots=True)
class Over:
    """Nothing more is to be done; a story's `result` has its verdicts."""


class Player(ABC):
    """Says what is to be done, and is told what came of attempts and what the bot calls; times are real."""

    def __init__(self, terms: Terms, world: World, clock: StoryClock, journal: Journal, *, real_ms: float) -> None:
        """Begin with nothing on its way."""
        self.terms = terms
        self.world = world
        self.clock = clock
        self.deliveries = Deliveries(terms, world, clock, self._note)
        self.calls = Calls(terms, world, clock, self.deliveries, self._note)
        self._journal = journal
        self._real_ms = real_ms

    @abstractmethod
    def next(self, real_ms: float) -> Send | Nothing | Over:
        """Say what is to be done now: an attempt to make, nothing until some time or sign, or that it is over."""

    @abstractmethod
    def stop(self, real_ms: float) -> None:
        """Close it, with no attempt out any more; what is on its way is given up."""

    def ended(self, send: Send, sent: Sent, real_ms: float, *, is_cut: bool = False) -> None:
        """An attempt has its outcome, or was cut because the run ends."""
        self._real_ms = real_ms
        self.deliveries.ended(send, sent, real_ms, is_cut=is_cut)

    def hindered(self, sent: Sent, *, number: int, wait_ms: float, real_ms: float, send: Send | None = None) -> None:
        """
        A request did not come through because the network failed; the same goes out again after so much real time.

        `send` is the attempt that it belongs to; a handshake belongs to none.
        """
        if send is not None:
            self.clock.put_off(send.timer, real_ms, wait_ms=wait_ms)
        told = {
            "delivery_id": send.posting.id if send is not None else "",
            "type": send.posting.event.type if send is not None else "handshake",
            "number": number,
            "trouble": sent.trouble,
            "detail": sent.detail,
            "wait_ms": wait_ms,
        }
        self._note("NetworkFailed", told, self.clock.now_ms(real_ms))

    def call_began(self, real_ms: float, user_id: str = "") -> bool:
        """The bot calls the API, about that person; true where nobody waits for it, as for all about streams."""
        if self.deliveries.is_aside(user_id):
            return True
        self.clock.call_began(real_ms)
        return False

    def answer(self, call: ApiCall, user_id: str, real_ms: float) -> Answered | Pledge:
        """Give the answer to a call, or what must be sent before it can be given."""
        self._real_ms = real_ms
        return self.calls.answer(call, user_id)

    def registered(self, pledge: Pledge, sent: Sent, real_ms: float) -> Answered:
        """Give the answer to a call whose handshake has its outcome."""
        self._real_ms = real_ms
        return self.calls.registered(pledge, sent)

    def call_ended(self, real_ms: float, *, is_aside: bool = False) -> None:
        """A call is answered; `is_aside` is what `call_began` gave."""
        if not is_aside:
            self.clock.call_ended(real_ms)

    def _note(self, kind: str, data: Any, at_ms: int) -> None:
        terms = self.terms
        self._journal.append(
            kind,
            data,
            at_ms=at_ms,
            scenario=terms.scenario,
            story=terms.story,
            provider=terms.provider.id,
            variant=terms.variant,
        )
