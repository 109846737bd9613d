"""The account between stories: answers calls and sends what they cause, with no story to tell."""

from __future__ import annotations

from simulator.clock import Due, Nothing, StoryClock
from simulator.delivery.posting import Send
from simulator.journal import Journal
from simulator.player import Player
from simulator.records import ApiCall
from simulator.terms import Terms
from simulator.world import World

MOST_SAID = 100
"""So many calls that tell no story are spoken of; a bot may call a new path each time."""


class Lobby(Player):
    """Where calls go that belong to no story: before the first one, and all of them while only the API is served."""

    def __init__(self, terms: Terms, world: World, journal: Journal, *, real_ms: float, pace: float) -> None:
        """Stand open."""
        clock = StoryClock(start_ms=terms.start_ms, real_ms=real_ms, pace=pace)
        super().__init__(terms, world, clock, journal, real_ms=real_ms)
        self._passed_over: set[tuple[str, str]] = set()

    def next(self, real_ms: float) -> Send | Nothing:
        """Say what is to be done now."""
        while True:
            match self.clock.next(real_ms):
                case Due(timer):
                    send = self.deliveries.fire(timer)
                    if send is not None:
                        return send
                case Nothing() as nothing:
                    return nothing
                case _:
                    # Nobody waits here; a bot that gives no rest only keeps the clock from passing over time.
                    continue

    def pass_over(self, call: ApiCall, playing: int) -> None:
        """Say, once for each operation, that a call tells none of the stories that play apart, and comes here."""
        said = (call.method, call.path)
        if said in self._passed_over or len(self._passed_over) >= MOST_SAID:
            return
        self._passed_over.add(said)
        self._note("CallUnclaimed", {"method": call.method, "path": call.path, "playing": playing}, self.terms.start_ms)

    def stop(self, real_ms: float) -> None:
        """Close: what is still on its way is given up."""
        self.deliveries.abandon()
