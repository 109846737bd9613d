"""Expectations × what was observed → verdicts. Pure: the same observations give the same words."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from simulator import match
from simulator.errors import InputError
from simulator.expectation import Expectation, Heard
from simulator.match import Fill
from simulator.records import UNREACHABLE, Ack, Attempt, Delivery, Mismatch, Outcome, Reply, Verdict
from simulator.scenario.model import AckWanted, ActStep, Always, BotStep, Scenario, SilenceStep, Step
from simulator.units import show_ms

LONGEST_COMPARED = 300
"""Characters of a text that count when the nearest reply is looked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judge:
    """Writes the verdicts of one story."""

    scenario: Scenario
    provider: str
    user_ids: Mapping[str, str] = field(default_factory=dict)
    """Actor → the provider's id of the person."""

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
        self, expectation: Expectation, recent: Sequence[Heard], *, since_ms: float, now_ms: float, refused: str = ""
    ) -> Iterator[Verdict]:
        """
        Give a verdict for each step of an expectation that is over, met or not.

        `recent` are the replies that nobody claimed, those that came too late among them. Times are real; the step
        began at `since_ms`. `refused` is the last call that the API refused.
        """
        for step in expectation.steps:
            claimed = expectation.claimed(step)
            extra = [heard for counted, heard in expectation.excess if counted is step]
            took_ms = max((claimed[-1].real_ms if claimed else now_ms) - since_ms, 0.0)
            if extra:
                yield self._too_many(step, len(claimed) + len(extra), extra[-1], took_ms)
            elif step in expectation.missing:
                yield self._missing(
                    expectation, step, recent, since_ms=since_ms, took_ms=now_ms - since_ms, refused=refused
                )
            else:
                said = "; ".join(show_reply(heard.reply) for heard in claimed) or "nothing"
                yield self.verdict(step, "passed", expected=show_wanted(step), observed=said, duration_ms=took_ms)

    def _too_many(self, step: BotStep, number: int, last: Heard, took_ms: float) -> Verdict:
        return self.verdict(
            step,
            "failed",
            code="too-many-replies",
            expected=show_wanted(step),
            observed=f"{number} such replies; the last: {show_reply(last.reply)}",
            nearest=last.reply,
            duration_ms=took_ms,
            hint="does the bot handle the same event twice? Compare the ids that it deduplicates by",
        )

    def _missing(
        self,
        expectation: Expectation,
        step: BotStep,
        recent: Sequence[Heard],
        *,
        since_ms: float,
        took_ms: float,
        refused: str,
    ) -> Verdict:
        fail = partial(self.verdict, step, "failed", expected=show_wanted(step), duration_ms=took_ms)
        number = len(expectation.claimed(step))
        came = {0: "nothing", 1: "only one"}.get(number, f"only {number}")
        candidates = [heard for heard in recent if heard.is_speech or step.operation is not None]
        if not candidates and refused:
            observed = f"{came} within {show_ms(step.within_ms)}; a call was refused: {refused}"
            return fail(
                code="no-reply", observed=observed, hint="the API did not take the bot's call, see what it answered"
            )
        if not candidates:
            hint = "" if number else "does the bot get the event, and does it call the mock API?"
            return fail(code="no-reply", observed=f"{came} within {show_ms(step.within_ms)}", hint=hint)
        scored = [(expectation.mismatches(step, heard, self.user_ids).mismatches, heard) for heard in candidates]
        differences, closest = min(scored, key=lambda pair: (len(pair[0]), _unlike(step, pair[1].reply)))
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
        expected = show_ack_wanted(wanted, success)
        for delivery in deliveries:
            differences = ack_mismatches(wanted, delivery, success, fill)
            if differences:
                last = delivery.attempts[-1]
                code = "ack" if last.ack is not None else "unreachable" if last.trouble in UNREACHABLE else "no-ack"
                return self.verdict(
                    step,
                    "error" if code == "unreachable" else "failed",
                    code=code,
                    expected=expected,
                    observed=show_attempts(delivery),
                    mismatches=differences,
                    duration_ms=sum(attempt.duration_ms for attempt in delivery.attempts),
                    hint=_ack_hint(last),
                )
        took_ms = max((attempt.duration_ms for delivery in deliveries for attempt in delivery.attempts), default=0.0)
        observed = (
            "; ".join(dict.fromkeys(show_attempts(delivery) for delivery in deliveries)) or "nobody subscribed to it"
        )
        return self.verdict(step, "passed", expected=expected, observed=observed, duration_ms=took_ms)

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

    def always(self, rule: Always, deliveries: Sequence[Delivery], heards: Sequence[Heard], fill: Fill) -> Verdict:
        """Give the verdict about an invariant, at the end of the story."""
        expected, faults = rule.text, []
        if rule.ack is not None:
            faults += [
                f"{delivery.type}: {show_attempts(delivery)}"
                for delivery in deliveries
                if ack_mismatches(rule.ack, delivery, rule.ack.status or "any", fill)
            ]
        times_ms = sorted(attempt.duration_ms for delivery in deliveries for attempt in delivery.attempts)
        for name, share, limit_ms in (("p50", 0.50, rule.p50_ms), ("p99", 0.99, rule.p99_ms)):
            if limit_ms is not None and times_ms and percentile(times_ms, share) > limit_ms:
                faults.append(f"{name} {percentile(times_ms, share):.1f} ms, over {show_ms(limit_ms)}")
        lost = sum(delivery.state != "delivered" for delivery in deliveries)
        if rule.lost is not None and lost > rule.lost:
            faults.append(f"{lost} lost")
        for heard in heards:
            if rule.never_operation is not None and heard.reply.operation == rule.never_operation:
                faults.append(f"a call of {heard.reply.operation}")
            if (
                rule.never_bot is not None
                and heard.is_speech
                and not match.differences(rule.never_bot, heard.reply, fill).mismatches
            ):
                faults.append(show_reply(heard.reply))
        if not faults:
            return self.verdict(rule, "passed", expected=expected, observed="always so")
        more = f" and {len(faults) - 3} more" if len(faults) > 3 else ""
        return self.verdict(rule, "failed", code="invariant", expected=expected, observed="; ".join(faults[:3]) + more)


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
    if step.times is not None:
        parts.append({0: "never", 1: "exactly once"}.get(step.times, f"exactly {step.times} times"))
    if step.times != 0:
        parts.append(f"within {show_ms(step.within_ms)}")
    return ", ".join(parts)


def show_attempts(delivery: Delivery) -> str:
    """Give how a delivery went, in one line."""
    last = delivery.attempts[-1]
    if last.ack is not None:
        said = f"{last.ack.status} in {last.duration_ms:.0f} ms"
    else:
        said = {
            "refused": "connection refused",
            "timeout": f"no answer in {last.duration_ms:.0f} ms",
            "closed": "connection closed without an answer",
            "garbage": "an answer that is not HTTP",
            "tls": "TLS failed",
            "dns": "unknown host",
        }[last.trouble or "closed"]
    return said if len(delivery.attempts) == 1 else f"{said}, after {len(delivery.attempts)} attempts"


def show_ack_wanted(wanted: AckWanted, success: str) -> str:
    """Give what an answer to a delivery must be, in one line."""
    parts = [f"answered {wanted.status or success}"]
    if wanted.within_ms is not None:
        parts.append(f"within {show_ms(wanted.within_ms)}")
    if wanted.headers:
        parts.append(f"headers {match.describe(wanted.headers)}")
    if wanted.body is not None:
        parts.append(f"body {match.describe({'body': wanted.body})}")
    return ", ".join(parts)


def ack_mismatches(wanted: AckWanted, delivery: Delivery, success: str, fill: Fill) -> tuple[Mismatch, ...]:
    """Give what differs between the answer that was wanted and the last one of a delivery."""
    last = delivery.attempts[-1]
    status = wanted.status or success
    if last.ack is None:
        return (Mismatch(path="ack", wanted=status, found=last.detail or str(last.trouble)),)
    differences: list[Mismatch] = []
    if not match.status_matches(status, last.ack.status):
        differences.append(Mismatch(path="ack.status", wanted=status, found=str(last.ack.status)))
    if wanted.within_ms is not None and last.duration_ms > wanted.within_ms:
        differences.append(
            Mismatch(path="ack.within", wanted=show_ms(wanted.within_ms), found=f"{last.duration_ms:.0f} ms")
        )
    headers = {name.lower(): value for name, value in last.ack.headers}
    for name, matcher in wanted.headers.items():
        differences += match.match_value(matcher, headers.get(name.lower()), fill, f"ack.headers.{name}").mismatches
    if wanted.body is not None:
        differences += match.match_value(wanted.body, _ack_body(last.ack, wanted.body), fill, "ack.body").mismatches
    return tuple(differences)


def _ack_body(ack: Ack, wanted: Any) -> Any:
    """Give the body as JSON where the matcher looks into it, else as text."""
    text = ack.body.decode("utf-8", "replace")
    return json_or_text(text) if isinstance(wanted, Mapping) else text


def json_or_text(text: str) -> Any:
    """Give the JSON value that a text holds, or the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _ack_hint(last: Attempt) -> str:
    if last.ack is not None and last.ack.status in (401, 403):
        return "the bot refused the signature: does it know the same credential, and does it check the raw body?"
    if last.trouble == "refused":
        url = last.request.url.partition("?")[0]
        return f"nobody listens at {url}; start the bot, or name its address with --endpoint"
    return ""


def _unlike(step: BotStep, reply: Reply) -> float:
    """Give how little the reply's text is like what the step wants: 0 the same, 1 nothing alike."""
    wanted, found = str(step.wanted.get("text", ""))[:LONGEST_COMPARED], (reply.text or "")[:LONGEST_COMPARED]
    return 1 - difflib.SequenceMatcher(None, wanted, found, autojunk=False).ratio()


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """Give the value that this share of the values does not exceed (nearest rank); 0.0 where there are none."""
    return sorted_values[max(0, math.ceil(len(sorted_values) * share) - 1)] if sorted_values else 0.0
