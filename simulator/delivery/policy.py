"""What a provider does after an attempt: nothing more, another one later, or giving up. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from simulator.catalog import DeliveryPolicy
from simulator.catalog.policies import TROUBLES
from simulator.errors import InputError, Problem, did_you_mean
from simulator.match import status_matches
from simulator.records import Attempt
from simulator.units import show_ms

POLICIES = {
    "real": "as the provider delivers, retries included",
    "once": "a single attempt, whatever comes of it",
}
"""What `--policy` takes, and what each means."""

IN_WORDS = {
    "refused": "nobody listened",
    "timeout": "no answer came in time",
    "closed": "the connection was cut",
    "garbage": "the answer was not HTTP",
    "tls": "the certificate or the encryption was wrong",
    "dns": "the host is unknown",
}


_ORDER = {
    "none": "Nothing is promised about the order.",
    "actor": "What is about one actor keeps its order: each waits for the one before.",
    "endpoint": "What goes to one endpoint keeps its order: each waits for the one before.",
}


@dataclass(frozen=True, slots=True)
class Done:
    """The bot accepted it."""


@dataclass(frozen=True, slots=True)
class Retry:
    """It is tried again."""

    after_ms: int
    """
    Story time, from when the attempt before it was due.

    An answer counts as one that came at once, since due times never hang on how long the bot took; that there is none
    the provider knows only after its timeout.
    """
    why: str
    """What the attempt before it ended with: a status as text, or the trouble."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It is not tried again."""

    why: str
    """One line for people."""


def decide(
    policy: DeliveryPolicy, attempts: Sequence[Attempt], stream: random.Random | None = None
) -> Done | Retry | GiveUp:
    """
    Give what follows from the attempts made so far.

    The stream is drawn from once for each retry of a policy whose waits are spread, and never else; without a stream
    they are not.

    Raises:
        ValueError: there was no attempt.
    """
    if not attempts:
        raise ValueError("nothing was tried yet")
    last = attempts[-1]
    if is_success(policy, last.outcome):
        return Done()
    if not is_retried(policy, last.outcome):
        return GiveUp(_joined(show_outcome(last), "the provider does not try again after that", policy.giving_up))
    retries = len(attempts) - 1
    if retries >= len(policy.delays_ms):
        return GiveUp(_joined(show_outcome(last), _no_more(retries), policy.giving_up))
    waited_ms = policy.timeout_ms if last.outcome == "timeout" else 0
    return Retry(waited_ms + _spread(policy, retries, stream), last.outcome)


def is_success(policy: DeliveryPolicy, outcome: str) -> bool:
    """True where the provider takes an attempt that ended so for accepted."""
    return outcome not in TROUBLES and status_matches(policy.success, int(outcome))


def is_retried(policy: DeliveryPolicy, outcome: str) -> bool:
    """True where an attempt that ended so is followed by another one."""
    return covers(policy.retry_on, outcome) and not covers(policy.final, outcome)


def covers(words: Sequence[str], outcome: str) -> bool:
    """True where an outcome is among those that are named by statuses, their hundreds, troubles, or `any`."""
    return any(_covers(word, outcome) for word in words)


def override(policy: DeliveryPolicy, name: str) -> DeliveryPolicy:
    """
    Give the policy that holds under that name: one of `POLICIES`, or of those that the provider's folder names.

    Raises:
        InputError: there is no such name.
    """
    if name in policy.named:
        return policy.named[name].over(policy)
    if name == "real":
        return policy
    if name == "once":
        return replace(policy, delays_ms=())
    known = {**POLICIES, **{each.name: each.about for each in policy.named.values()}}
    raise InputError(
        Problem(
            code="unknown-policy",
            what=f'unknown delivery policy "{name}"',
            where="--policy",
            why="; ".join(f"{each}: {about}" for each, about in known.items()),
            fix=did_you_mean(name, known, f"use one of: {', '.join(known)}"),
        )
    )


def show_outcome(attempt: Attempt) -> str:
    """Give how an attempt ended for the provider, as a person would say it."""
    if attempt.lost == "request":
        return "it was lost on its way to the bot"
    if attempt.lost == "answer":
        return "the bot's answer was lost on its way back"
    if attempt.ack is not None:
        return f"the bot answered {attempt.ack.status}"
    said = IN_WORDS.get(str(attempt.trouble), str(attempt.trouble))
    return f"{said} ({attempt.detail})" if attempt.detail else said


def describe(policy: DeliveryPolicy) -> list[str]:
    """Give the whole policy in sentences."""
    return [
        f"A delivery succeeds with {policy.success} within {show_ms(policy.timeout_ms)}.",
        *_describe_retries(policy),
        *([f"After the last attempt {policy.giving_up}."] if policy.giving_up else []),
        _ORDER[policy.ordering],
        *([f"At most {policy.concurrency} attempts to one endpoint are open."] if policy.concurrency else []),
        *(
            f"An endpoint is disabled after {rule.after:,} deliveries within {show_ms(rule.within_ms)} that ended with "
            f"{', '.join(rule.outcomes)}."
            for rule in policy.disabling
        ),
        *(f"--policy {each.name}: {each.about}." for each in policy.named.values()),
    ]


def show_schedule(policy: DeliveryPolicy) -> str:
    """Give the retries in one line: `5s, 30s, 2m`, or `none`."""
    return ", ".join(show_ms(delay_ms) for delay_ms in policy.delays_ms) or "none"


def _describe_retries(policy: DeliveryPolicy) -> Iterator[str]:
    if not policy.delays_ms or not policy.retry_on:
        return
    after = "anything else" if "any" in policy.retry_on else ", ".join(policy.retry_on)
    but = f" but {', '.join(policy.final)}" if policy.final else ""
    how = "signed anew each time" if policy.resign else "each time the same bytes"
    spread = ", each times a factor from {:g} to {:g}".format(*policy.spread) if policy.is_spread else ""
    yield f"After {after}{but} it is tried again, {how}; retries after {show_schedule(policy)}{spread}."


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _covers(word: str, outcome: str) -> bool:
    if word in ("any", outcome):
        return True
    return outcome not in TROUBLES and word not in TROUBLES and status_matches(word, int(outcome))


def _no_more(retries: int) -> str:
    if retries == 0:
        return "no retry is to be made"
    return f"{retries} {'retry was' if retries == 1 else 'retries were'} made, and there are no more"


def _spread(policy: DeliveryPolicy, retries: int, stream: random.Random | None) -> int:
    delay_ms, (least, most) = policy.delays_ms[retries], policy.spread
    if stream is None or not policy.is_spread:
        return delay_ms
    return round(delay_ms * (least + (most - least) * stream.random()))
