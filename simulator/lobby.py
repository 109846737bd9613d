"""The account between stories: answers calls and sends what they cause, with no story to tell."""

from __future__ import annotations

from typing import Any

from simulator.answering import Answered
from simulator.calls import Calls, Pledge
from simulator.clock import Due, Nothing, StoryClock
from simulator.deliveries import Deliveries, Send
from simulator.journal import Journal
from simulator.records import ApiCall, Sent
from simulator.terms import Terms
from simulator.world import World


class Lobby:
    """Where calls go that belong to no story: before the first one, and all of them while only the API is served."""

    def __init__(self, terms: Terms, world: World, journal: Journal, *, real_ms: float, pace: float) -> None:
        """Stand open."""

        def note(kind: str, data: Any, at_ms: int) -> None:
            journal.append(kind, data, at_ms=at_ms)

        self.terms = terms
        self.world = world
        self.clock = StoryClock(start_ms=terms.start_ms, real_ms=real_ms, pace=pace)
        self.deliveries = Deliveries(terms, world, self.clock, note)
        self.calls = Calls(terms, world, self.clock, self.deliveries, note)

    def next(self, real_ms: float) -> Send | Nothing:
        """Say what is to be done now."""
        while True:
            match self.clock.next(real_ms):
                case Due(timer):
                    return self.deliveries.fire(timer)
                case Nothing() as nothing:
                    return nothing
                case _:
                    # Nobody waits here; a bot that gives no rest only keeps the clock from passing over time.
                    continue

    def ended(self, send: Send, sent: Sent, real_ms: float, *, is_cut: bool = False) -> None:
        """An attempt has its outcome, or was cut because the run ends."""
        self.deliveries.ended(send, sent, real_ms, is_cut=is_cut)

    def call_began(self, real_ms: float) -> None:
        """The bot calls the API."""
        self.clock.call_began(real_ms)

    def answer(self, call: ApiCall, user_id: str, real_ms: float) -> Answered | Pledge:
        """Give the answer to a call, or what must be sent before it can be given."""
        return self.calls.answer(call, user_id)

    def registered(self, pledge: Pledge, sent: Sent, real_ms: float) -> Answered:
        """Give the answer to a call whose handshake has its outcome."""
        return self.calls.registered(pledge, sent)

    def call_ended(self, real_ms: float) -> None:
        """A call is answered."""
        self.clock.call_ended(real_ms)

    def stop(self, real_ms: float) -> None:
        """Close: what is still on its way is given up."""
        self.deliveries.abandon()
