"""Expectations × what was observed → verdicts. Pure: the same observations give the same words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from simulator import match
from simulator.acks import REFUSED, ack_hint, ack_mismatches, show_ack_wanted, show_attempts, was_reached
from simulator.errors import InputError
from simulator.expectation import Expectation, Heard, Refused
from simulator.match import Fill
from simulator.records import Delivery, Outcome, Reply, Verdict
from simulator.scenario.model import AckWanted, ActStep, Always, BotStep, EmitStep, Scenario, SilenceStep, Step
from simulator.tally import Tally
from simulator.units import show_ms

PERCENTILES = (("p50", 0.50), ("p99", 0.99))
"""Name → the share of all attempts that took no longer (nearest rank)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judge:
    """Writes the verdicts of one story."""

    scenario: Scenario
    provider: str
    user_ids: Mapping[str, str] = field(default_factory=dict)
    """Actor → the provider's id of the person."""
    offered: Collection[str] | None = None
    """The fields that a reply of this provider may have; None: all."""

    def verdict(self, step: Step | Always, outcome: Outcome, **said: Any) -> Verdict:
        """Give a verdict about the step; `said` are further fields of the record."""
        return Verdict(
            scenario=self.scenario.name,
            provider=self.provider,
            step=step.text,
            at=step.at,
            place=step.place,
            outcome=outcome,
            **said,
        )

    # --- what the bot said -------------------------------------------------------------------------------------------

    def replied(
        self,
        expectation: Expectation,
        recent: Sequence[Heard],
        *,
        since_ms: float,
        now_ms: float,
        refused: Refused | None = None,
    ) -> Iterator[Verdict]:
        """
        Give a verdict for each step of an expectation that is over, met or not.

        `recent` are the replies that nobody claimed, those that came too late among them. Times are real; the step
        began at `since_ms`. `refused` is the call that the API refused last, where the bot has said nothing since.
        """
        for step in expectation.steps:
            claimed = expectation.claimed(step)
            extra = [heard for counted, heard in expectation.excess if counted is step]
            took_ms = max((claimed[-1].real_ms if claimed else now_ms) - since_ms, 0.0)
            if extra:
                yield self._too_many(step, len(claimed) + len(extra), extra[-1], took_ms)
            elif not claimed and step.is_optional and (lacking := self._lacking(step)):
                observed = f"{self.provider} has no {' and no '.join(lacking)}"
                yield self.verdict(step, "skipped", code="not-offered", expected=show_wanted(step), observed=observed)
            elif step in expectation.missing:
                yield self._missing(
                    expectation, step, recent, since_ms=since_ms, took_ms=now_ms - since_ms, refused=refused
                )
            else:
                said = "; ".join(show_reply(heard.reply) for heard in claimed) or "nothing"
                yield self.verdict(step, "passed", expected=show_wanted(step), observed=said, duration_ms=took_ms)

    def _lacking(self, step: BotStep) -> list[str]:
        return [name for name in step.wanted if self.offered is not None and name not in self.offered]

    def _too_many(self, step: BotStep, number: int, last: Heard, took_ms: float) -> Verdict:
        return self.verdict(
            step,
            "failed",
            code="too-many-replies",
            expected=show_wanted(step),
            observed=f"{number} such {'reply' if number == 1 else 'replies'}; the last: {show_reply(last.reply)}",
            nearest=last.reply,
            duration_ms=took_ms,
            hint="does the bot handle the same event twice? Compare the ids that it deduplicates by"
            if step.times
            else "",
        )

    def _missing(
        self,
        expectation: Expectation,
        step: BotStep,
        recent: Sequence[Heard],
        *,
        since_ms: float,
        took_ms: float,
        refused: Refused | None,
    ) -> Verdict:
        fail = partial(self.verdict, step, "failed", expected=show_wanted(step), duration_ms=took_ms)
        number = len(expectation.claimed(step))
        came = {0: "nothing", 1: "only one"}.get(number, f"only {number}")
        candidates = [heard for heard in recent if heard.is_speech or step.operation is not None]
        if not candidates and refused:
            so = ", as the story wants" if refused.is_arranged else ""
            observed = f"{came} within {show_ms(step.within_ms)}; a call was refused{so}: "
            return fail(
                code="no-reply",
                observed=f"{observed}{refused.operation}: {refused.answer}",
                hint="does the bot call again where the API does not take its call?"
                if refused.is_arranged
                else "the API did not take the bot's call, see what it answered",
            )
        if not candidates:
            hint = "" if number else "does the bot get the event, and does it call the mock API?"
            return fail(code="no-reply", observed=f"{came} within {show_ms(step.within_ms)}", hint=hint)
        differences, closest = expectation.nearest(step, candidates, self.user_ids)
        said = show_reply(closest.reply)
        if differences:
            return fail(code="wrong-reply", observed=said, mismatches=differences, nearest=closest.reply)
        after_ms = closest.real_ms - since_ms
        return fail(code="late-reply", observed=f"{said}, after {show_ms(round(after_ms))}", nearest=closest.reply)

    def hushed(self, step: SilenceStep, took_ms: float) -> Verdict:
        """Give the verdict about a silence that held."""
        expected = f"no reply for {show_ms(step.for_ms)} after quiet"
        return self.verdict(step, "passed", expected=expected, observed="silence", duration_ms=took_ms)

    def spoke(self, step: SilenceStep, heard: Heard, took_ms: float) -> Verdict:
        """Give the verdict about a silence that was broken."""
        return self.verdict(
            step,
            "failed",
            code="unexpected-reply",
            expected=f"no reply for {show_ms(step.for_ms)} after quiet",
            observed=show_reply(heard.reply),
            nearest=heard.reply,
            duration_ms=took_ms,
            hint="does the bot answer the same event twice, or go on by a timer of its own?",
        )

    # --- how the bot took what it was sent ---------------------------------------------------------------------------

    def delivered(self, step: ActStep, deliveries: Sequence[Delivery], success: str, fill: Fill) -> Verdict:
        """Give the verdict about an act, once all its deliveries have ended."""
        wanted = step.ack or AckWanted()
        is_forged = any(delivery.is_forged for delivery in deliveries)
        expected = show_ack_wanted(wanted, REFUSED if is_forged else success)
        if deliveries and all(delivery.state == "dropped" for delivery in deliveries):
            return self.verdict(step, "skipped", code="dropped", observed=show_attempts(deliveries[0]))
        for delivery in deliveries:
            differences = ack_mismatches(wanted, delivery, success, fill)
            if differences:
                code = _code(delivery)
                return self.verdict(
                    step,
                    "error" if code == "unreachable" else "failed",
                    code=code,
                    expected=expected,
                    observed=show_attempts(delivery),
                    mismatches=differences,
                    duration_ms=sum(attempt.duration_ms for attempt in delivery.attempts),
                    hint=ack_hint(delivery),
                )
        took_ms = max((attempt.duration_ms for delivery in deliveries for attempt in delivery.attempts), default=0.0)
        observed = (
            "; ".join(dict.fromkeys(show_attempts(delivery) for delivery in deliveries)) or "nobody subscribed to it"
        )
        return self.verdict(step, "passed", expected=expected, observed=observed, duration_ms=took_ms)

    def streamed(self, step: EmitStep, tally: Tally, success: str, *, took_ms: float = 0.0) -> Verdict:
        """Give the verdict about a stream, once all its deliveries have ended."""
        wanted, is_forged = step.ack or AckWanted(), step.deliver is not None and step.deliver.is_forged
        expected = f"each {show_ack_wanted(wanted, f'{success}, but {REFUSED} where forged' if is_forged else success)}"
        said = partial(self.verdict, step, expected=expected, duration_ms=took_ms)
        if not tally.count:
            return said("skipped", code="not-sent", observed="nothing was sent: no event came, or nobody subscribed")
        if tally.dropped == tally.count:
            return said("skipped", code="dropped", observed=f"{tally.count:,} deliveries, all of them dropped")
        if not tally.wrong:
            times = ", ".join(f"{name} {tally.took.percentile(share):.1f} ms" for name, share in PERCENTILES)
            dropped = f", {tally.dropped:,} of them dropped" if tally.dropped else ""
            return said("passed", observed=f"{tally.count:,} deliveries{dropped}, {times}")
        first = tally.first[0]
        code = _code(first)
        return said(
            "error" if code == "unreachable" else "failed",
            code=code,
            observed=f"{tally.wrong:,} of {tally.count:,} deliveries not so: {tally.in_words()}",
            mismatches=tally.differences(first),
            hint=ack_hint(first),
        )

    # --- why a story cannot go on ------------------------------------------------------------------------------------

    def wrong_input(self, step: Step, error: InputError) -> Verdict:
        """Give the verdict about a step that cannot be carried out as it is written."""
        first = error.problems[0]
        return self.verdict(step, "error", code=first.code, expected=first.why, observed=first.what, hint=first.fix)

    def nothing_to_save(self, step: Step, path: str, nearest: str | None) -> Verdict:
        """Give the verdict about a `save:` that finds nothing at its path."""
        hint = f'did you mean "{nearest}"?' if nearest else ""
        said = {"expected": f"something to save at {path}", "observed": "nothing stands there", "hint": hint}
        return self.verdict(step, "error", code="unknown-path", **said)

    def no_value(self, step: Step | Always, reason: str) -> Verdict:
        """Give the verdict about an expression that has no value."""
        return self.verdict(
            step, "error", code="expression", expected="an expression that has a value", observed=reason
        )

    def restless(self, step: Step, patience_ms: int, goes_on: str) -> Verdict:
        """Give the verdict about a quiet that never came."""
        expected = f"quiet within {show_ms(patience_ms)}"
        hint = "does the bot send without end, or answer its own receipts?"
        return self.verdict(step, "error", code="never-quiet", expected=expected, observed=goes_on, hint=hint)

    def unclaimed(self, heards: Sequence[Heard]) -> Verdict:
        """Give the verdict of `--strict` about replies that no step claimed."""
        step = self.scenario.steps[-1]
        return self.verdict(
            step,
            "failed",
            code="unclaimed-reply",
            expected="every reply claimed by a step",
            observed=f"{len(heards)} unclaimed: " + "; ".join(show_reply(heard.reply) for heard in heards[:5]),
            nearest=heards[-1].reply,
        )

    # --- what holds over the whole run -------------------------------------------------------------------------------

    def always(
        self,
        rule: Always,
        deliveries: Iterable[Delivery],
        heards: Sequence[Heard],
        fill: Fill,
        *,
        tally: Tally | None = None,
        called: Mapping[str, int] = MappingProxyType({}),
    ) -> Verdict:
        """
        Give the verdict about an invariant, at the end of the story.

        `tally` is one for this rule that has counted deliveries already, such as those of streams; `called` holds how
        often each operation was called, refused calls among them.
        """
        tally = self.tally(rule, fill) if tally is None else tally
        for delivery in deliveries:
            if not delivery.is_forged:
                tally.add(delivery)
        faults = [*self._acked(rule, tally), *self._never(rule, heards, fill, called)]
        if not faults:
            return self.verdict(rule, "passed", expected=rule.text, observed="always so")
        more = f" and {len(faults) - 3} more" if len(faults) > 3 else ""
        observed = "; ".join(faults[:3]) + more
        return self.verdict(rule, "failed", code="invariant", expected=rule.text, observed=observed)

    def tally(self, rule: Always, fill: Fill) -> Tally:
        """Give what counts deliveries for a rule, with none counted yet."""
        return Tally(rule.ack, (rule.ack.status if rule.ack else None) or "any", fill, is_rule=True)

    def _acked(self, rule: Always, tally: Tally) -> Iterator[str]:
        if tally.wrong:
            yield tally.in_words()
        for (name, share), limit_ms in zip(PERCENTILES, (rule.p50_ms, rule.p99_ms), strict=True):
            if limit_ms is not None and tally.took.percentile(share) > limit_ms:
                yield f"{name} {tally.took.percentile(share):.1f} ms, over {show_ms(limit_ms)}"
        if rule.lost is not None and tally.lost > rule.lost:
            yield f"{tally.lost:,} lost"

    def _never(self, rule: Always, heards: Sequence[Heard], fill: Fill, called: Mapping[str, int]) -> Iterator[str]:
        name, wanted = rule.never_operation, rule.never_bot
        number = called.get(name or "", 0) or sum(name == heard.reply.operation for heard in heards)
        if name is not None and number:
            yield f"a call of {name}" if number == 1 else f"{number} calls of {name}"
        for heard in heards if wanted is not None else ():
            if heard.is_speech and not match.differences(wanted or {}, heard.reply, fill).mismatches:
                yield show_reply(heard.reply)


# --- words -----------------------------------------------------------------------------------------------------------


def show_reply(reply: Reply) -> str:
    """Give in one line what the bot said, or which other call it made."""
    return f"a call of {reply.operation}" if reply.kind == "call" else match.describe_reply(reply)


def show_wanted(step: BotStep) -> str:
    """Give what a `bot:` step wants in one line."""
    parts = [match.describe(step.wanted)] if step.wanted else []
    if step.operation:
        parts.append(f"by {step.operation}")
    if step.to:
        parts.append(f"to {step.to}")
    if step.chat:
        parts.append(f"in {step.chat}")
    if step.times is not None:
        parts.append({0: "never", 1: "exactly once"}.get(step.times, f"exactly {step.times} times"))
    if step.times != 0:
        parts.append(f"within {show_ms(step.within_ms)}")
    return ", ".join(parts)


def _code(delivery: Delivery) -> str:
    """Give the code of a delivery that did not end as was wanted."""
    if delivery.attempts[-1].ack is not None:
        return "ack"
    return "no-ack" if was_reached(delivery) else "unreachable"
