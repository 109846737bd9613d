"""How many deliveries went as was wanted, in constant memory: of one stream, or of a whole story."""

from __future__ import annotations

from simulator.acks import ack_mismatches, show_attempts, was_reached
from simulator.histogram import Histogram
from simulator.match import Fill
from simulator.records import Delivery, Mismatch
from simulator.scenario.model import AckWanted

MOST_TOLD = 3
"""So many deliveries that went wrong are told one by one."""


class Tally:
    """Counts deliveries that have ended."""

    def __init__(self, wanted: AckWanted | None, success: str, fill: Fill, *, is_rule: bool = False) -> None:
        """
        Begin with none.

        `wanted` is what each answer must be, with `success` where it names no status; None: any answer will do. A rule
        says what the provider's own deliveries get: what is forged is no concern of it.
        """
        self.count = 0
        self.lost = 0
        """Those that ended without success, though nothing was done to them to that end."""
        self.dropped = 0
        """Those that never reached the bot, as the story wanted it."""
        self.wrong = 0
        """Those whose last answer was not what was wanted."""
        self.first: list[Delivery] = []
        """The first few of them by their due times, in whatever order they ended."""
        self.took = Histogram()
        """Real time of each attempt."""
        self.is_reached = False
        """True once anything of it came through to the endpoint."""
        self._wanted, self._success, self._fill, self._is_rule = wanted, success, fill, is_rule

    def add(self, delivery: Delivery) -> None:
        """Count one, with all its attempts."""
        if delivery.is_forged and self._is_rule:
            return
        self.count += 1
        self.lost += delivery.state == "failed"
        self.dropped += delivery.state == "dropped"
        self.is_reached = self.is_reached or was_reached(delivery)
        for attempt in delivery.attempts:
            if attempt.lost != "request":
                self.took.add(attempt.duration_ms)
        if self._wanted is not None and self.differences(delivery):
            self.wrong += 1
            self.first = sorted([*self.first, delivery], key=_place)[:MOST_TOLD]

    def differences(self, delivery: Delivery) -> tuple[Mismatch, ...]:
        """Give what differs between the last answer to a delivery and what was wanted."""
        return ack_mismatches(self._wanted or AckWanted(status="any"), delivery, self._success, self._fill)

    def in_words(self) -> str:
        """Give the first few that went wrong, and how many more there are."""
        told = "; ".join(f"{each.type}: {show_attempts(each)}" for each in self.first)
        more = self.wrong - len(self.first)
        return told + (f" and {more:,} more" if more > 0 else "")


def _place(delivery: Delivery) -> tuple[int, str]:
    return min((attempt.due_ms for attempt in delivery.attempts), default=0), delivery.id
