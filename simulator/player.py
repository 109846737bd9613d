"""What a story and the lobby share: a world, a clock, deliveries on their way out and the bot's calls coming in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from simulator.answering import Answered
from simulator.calls import Calls, Pledge
from simulator.clock import Nothing, StoryClock
from simulator.deliveries import Deliveries, Send
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

    def call_began(self, real_ms: float) -> None:
        """The bot calls the API."""
        self.clock.call_began(real_ms)

    def answer(self, call: ApiCall, user_id: str, real_ms: float) -> Answered | Pledge:
        """Give the answer to a call, or what must be sent before it can be given."""
        self._real_ms = real_ms
        return self.calls.answer(call, user_id)

    def registered(self, pledge: Pledge, sent: Sent, real_ms: float) -> Answered:
        """Give the answer to a call whose handshake has its outcome."""
        self._real_ms = real_ms
        return self.calls.registered(pledge, sent)

    def call_ended(self, real_ms: float) -> None:
        """A call is answered."""
        self.clock.call_ended(real_ms)

    def _note(self, kind: str, data: Any, at_ms: int) -> None:
        self._journal.append(kind, data, at_ms=at_ms, scenario=self.terms.scenario)
