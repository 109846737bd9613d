"""What a story comes to: its verdicts as they are reached, what is skipped at its end, and the result of it all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from simulator.hearing import Hearing
from simulator.invariants import Invariants
from simulator.judge import Judge
from simulator.records import StoryResult, Verdict
from simulator.scenario.model import Scenario, Step, judged_steps
from simulator.terms import Terms


class Ending:
    """Gathers the verdicts of one story, and has the last word about it."""

    def __init__(
        self,
        scenario: Scenario,
        terms: Terms,
        judge: Judge,
        invariants: Invariants,
        note: Callable[[Verdict], None],
        *,
        began_ms: float,
    ) -> None:
        """Begin with nothing judged; `note` writes a verdict into the journal."""
        self.verdicts: list[Verdict] = []
        self.began_ms = began_ms
        """Real time at which the story began."""
        self.aside_replies = 0
        """Replies to the people of streams, which are counted and not kept."""
        self._scenario = scenario
        self._terms = terms
        self._judge = judge
        self._invariants = invariants
        self._note = note

    def add(self, verdict: Verdict) -> None:
        """A verdict was reached."""
        self.verdicts.append(verdict)
        self._note(verdict)

    def conclude(
        self,
        hearing: Hearing,
        called: Mapping[str, int],
        *,
        why_skipped: str,
        going_on: Sequence[tuple[Step, str]],
    ) -> None:
        """
        Judge what must hold over the whole story; with a reason, what was not judged is skipped.

        `going_on` are steps that were played and never came to their end, each with what is to be said of it.
        """
        is_whole = not why_skipped
        for verdict in self._invariants.verdicts(hearing.heard, called, hearing.unclaimed, is_whole=is_whole):
            self.add(verdict)
        if why_skipped:
            self._skip([*going_on, *self._unjudged(why_skipped, {step.at for step, _ in going_on})])

    def result(self, real_ms: float, hearing: Hearing, *, deliveries: int, attempts: int, calls: int) -> StoryResult:
        """Give how the story went, as far as it has gone."""
        case = self._scenario.case
        return StoryResult(
            scenario=self._scenario.name,
            file=self._scenario.file,
            line=self._scenario.place.line,
            case=case.name if case is not None else "",
            provider=self._terms.provider.id,
            seed=self._terms.seed,
            start_ms=self._terms.start_ms,
            verdicts=tuple(self.verdicts),
            duration_ms=real_ms - self.began_ms,
            deliveries=deliveries,
            attempts=attempts,
            calls=calls,
            replies=len(hearing.speech) + self.aside_replies,
            unclaimed=len(hearing.unclaimed),
        )

    def _unjudged(self, why: str, told: set[str]) -> Iterable[tuple[Step, str]]:
        judged = {verdict.at for verdict in self.verdicts} | told
        return [(step, why) for step in judged_steps(self._scenario.steps) if step.at not in judged]

    def _skip(self, cut: Iterable[tuple[Step, str]]) -> None:
        for step, observed in cut:
            self.add(self._judge.verdict(step, "skipped", code="not-reached", observed=observed))
