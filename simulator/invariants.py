"""What must hold over a whole story: counted as it goes on, and judged at its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from simulator import match
from simulator.expectation import Heard
from simulator.expressions import ExpressionError
from simulator.judge import Judge
from simulator.match import Fill
from simulator.records import Delivery, Reply, Verdict
from simulator.scenario.model import Always, Scenario
from simulator.tally import Tally
from simulator.timeline import Timeline

MOST_TOLD = 10
"""So many replies of streams that must never be are kept to be told."""


class Invariants:
    """The rules under `always:`, and that of a strict run."""

    def __init__(self, scenario: Scenario, judge: Judge, timeline: Timeline, *, is_strict: bool) -> None:
        """Begin with nothing counted."""
        self._rules = scenario.always
        self._judge = judge
        self._timeline = timeline
        self._is_strict = is_strict
        self._tallies: dict[str, Tally] = {}
        self._told: list[Heard] = []

    def hear(self, reply: Reply, real_ms: float) -> None:
        """Look at a reply that is not kept, for what must never be said."""
        heard = Heard(index=-1, reply=reply, actor="", real_ms=real_ms)
        if len(self._told) < MOST_TOLD and any(self._is_never(rule, heard) for rule in self._rules):
            self._told.append(heard)

    def count(self, delivery: Delivery) -> None:
        """Count a delivery that has ended and is not kept."""
        for rule in self._rules:
            if rule.never_bot is None and rule.never_operation is None and not delivery.is_forged and delivery.attempts:
                try:
                    tally = self._tallies.get(rule.at) or self._judge.tally(rule, self._fill(rule))
                except ExpressionError:
                    # It is told at the end.
                    continue
                self._tallies[rule.at] = tally
                tally.add(delivery)

    def verdicts(
        self,
        deliveries: Iterable[Delivery],
        heards: Sequence[Heard],
        called: Mapping[str, int],
        unclaimed: Sequence[Heard],
        *,
        is_whole: bool,
    ) -> Iterator[Verdict]:
        """
        Give the verdicts at the end of the story, about what was counted and about these deliveries and replies.

        Of a part of the story only what must never be is judged, for the rest might have come right.
        """
        deliveries, heards = tuple(deliveries), [*heards, *self._told]
        for rule in self._rules:
            if not is_whole and rule.never_bot is None and rule.never_operation is None:
                yield self._judge.verdict(rule, "skipped", code="not-reached", observed="the story did not end")
                continue
            try:
                fill = self._fill(rule)
            except ExpressionError as error:
                yield self._judge.no_value(rule, error.reason)
            else:
                tally = self._tallies.get(rule.at)
                yield self._judge.always(rule, deliveries, heards, fill, tally=tally, called=called)
        if is_whole and self._is_strict and unclaimed:
            yield self._judge.unclaimed(unclaimed)

    def _is_never(self, rule: Always, heard: Heard) -> bool:
        if rule.never_bot is None or not heard.is_speech:
            return False
        try:
            return not match.differences(rule.never_bot, heard.reply, self._fill(rule)).mismatches
        except ExpressionError:
            return False

    def _fill(self, rule: Always) -> Fill:
        return self._timeline.filling("always", rule.never_bot, rule.ack and [rule.ack.headers, rule.ack.body])
