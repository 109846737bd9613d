"""To which endpoints an event goes, and which of them the provider has given up."""

from __future__ import annotations

from simulator.delivery.failing import Failures
from simulator.delivery.posting import Posting
from simulator.records import ScheduledEvent
from simulator.terms import Note, Terms
from simulator.world import Row, World


class Endpoints:
    """The endpoints of one story: those that the bot registered, or the one that a person named."""

    def __init__(self, terms: Terms, world: World, note: Note) -> None:
        """Begin with none given up."""
        self._wants = terms.provider.wants
        self._world = world
        self._note = note
        self._failures = Failures(terms.policy.disabling)
        self._disabled: dict[str, Row] = {}

    def of(self, event: ScheduledEvent, *, is_aside: bool = False) -> list[tuple[str, Row]]:
        """
        Give key and row of each endpoint that gets an event; write it down where there is none, or one is off.

        `is_aside` is true for an event of a stream.
        """
        rows = list(self._world.rows("subscriptions"))
        if self._wants is not None:
            rows = [(key, row) for key, row in rows if self._wants(row, event.type, event.values)]
        else:
            name = event.type.partition("/")[0]
            rows = [(key, row) for key, row in rows if row.get("events") is None or name in row["events"]]
        if not rows:
            self.skip(event, "nobody subscribed to it", is_aside=is_aside)
        for key, row in rows:
            if self.is_disabled(key, row):
                self.skip(event, f"the endpoint {row['url']} is disabled", is_aside=is_aside)
        return [(key, row) for key, row in rows if not self.is_disabled(key, row)]

    def skip(self, event: ScheduledEvent, why: str, *, is_aside: bool = False) -> None:
        """Write down that an event is not sent."""
        skipped = {"event_id": event.id, "type": event.type, "why": why, "is_aside": is_aside}
        self._note("EventSkipped", skipped, event.due_ms)

    def is_disabled(self, key: str, row: Row) -> bool:
        """True where nothing is sent any more; an endpoint that is registered anew is another one."""
        return self._disabled.get(key) is row

    def count(self, posting: Posting, due_ms: int) -> None:
        """Count a delivery that has ended then; the endpoint may be given up with it."""
        is_counted = posting.state == "failed" and posting.attempts and not posting.fate.is_forged
        if not is_counted or self.is_disabled(posting.endpoint, posting.subscription):
            return
        why = self._failures.add(posting.endpoint, posting.attempts[-1].outcome, due_ms)
        if why:
            self._disabled[posting.endpoint] = posting.subscription
            self._note("EndpointDisabled", {"url": posting.subscription.get("url") or "", "why": why}, due_ms)
