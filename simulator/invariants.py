"""What must hold over a whole story: counted as it goes on, and judged at its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator import match
from simulator.delivery.posting import Posting
from simulator.expectation import Heard
from simulator.expressions import ExpressionError
from simulator.judge import Judge
from simulator.match import Fill
from simulator.records import Delivery, Reply, Verdict
from simulator.scenario.model import Always, Scenario
from simulator.tally import Tally
from simulator.timeline import Timeline, has_expression

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
        counting = [rule for rule in self._rules if rule.never_bot is None and rule.never_operation is None]
        self._counting = [(rule, has_expression(_texts(rule))) for rule in counting]
        """Those about deliveries, and whether they hang on variables."""
        self._tallies: dict[str, Tally] = {}
        self._uncounted: list[Delivery] = []
        """What the named actors got, for the rules that hang on variables as they stand at the end."""
        self._told: list[Heard] = []

    def hear(self, reply: Reply, real_ms: float) -> None:
        """Look at a reply that is not kept, for what must never be said."""
        heard = Heard(index=-1, reply=reply, actor="", real_ms=real_ms)
        if len(self._told) < MOST_TOLD and any(self._is_never(rule, heard) for rule in self._rules):
            self._told.append(heard)

    def count(self, posting: Posting) -> None:
        """
        Count a delivery that has ended, so that it need not be kept.

        For a rule that hangs on variables that is done at the end, but for streams: they may be without an end.
        """
        if not self._counting or not posting.attempts or posting.fate.is_forged:
            return
        delivery = posting.record
        for rule, is_open in self._counting:
            if not is_open or posting.is_aside:
                self._add(rule, delivery)
        if any(is_open for _, is_open in self._counting) and not posting.is_aside:
            self._uncounted.append(delivery)

    def verdicts(
        self,
        heards: Sequence[Heard],
        called: Mapping[str, int],
        unclaimed: Sequence[Heard],
        *,
        is_whole: bool,
    ) -> Iterator[Verdict]:
        """
        Give the verdicts at the end of the story, about what was counted and about these replies.

        Of a part of the story only what must never be is judged, for the rest might have come right.
        """
        heards, open_rules = [*heards, *self._told], {rule.at for rule, is_open in self._counting if is_open}
        for rule in self._rules:
            if not is_whole and rule.never_bot is None and rule.never_operation is None:
                yield self._judge.verdict(rule, "skipped", code="not-reached", observed="the story did not end")
                continue
            try:
                fill = self._fill(rule)
            except ExpressionError as error:
                yield self._judge.no_value(rule, error.reason)
            else:
                uncounted = self._uncounted if rule.at in open_rules else ()
                yield self._judge.always(rule, uncounted, heards, fill, tally=self._tallies.get(rule.at), called=called)
        if is_whole and self._is_strict and unclaimed:
            yield self._judge.unclaimed(unclaimed)

    def _add(self, rule: Always, delivery: Delivery) -> None:
        try:
            tally = self._tallies.get(rule.at) or self._judge.tally(rule, self._fill(rule))
        except ExpressionError:
            # It is told at the end.
            return
        self._tallies[rule.at] = tally
        tally.add(delivery)

    def _is_never(self, rule: Always, heard: Heard) -> bool:
        if rule.never_bot is None or not heard.is_speech:
            return False
        try:
            return not match.differences(rule.never_bot, heard.reply, self._fill(rule)).mismatches
        except ExpressionError:
            return False

    def _fill(self, rule: Always) -> Fill:
        return self._timeline.filling("always", rule.never_bot, rule.ack and [rule.ack.headers, rule.ack.body])


def _texts(rule: Always) -> list[Any]:
    """Give where a rule about deliveries may have expressions."""
    return [rule.ack.headers, rule.ack.body] if rule.ack is not None else []
