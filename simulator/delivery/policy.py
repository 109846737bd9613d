"""What a provider does after an attempt: nothing more, another one later, or giving up. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import get_args

from simulator.catalog import DeliveryPolicy
from simulator.errors import InputError, Problem, did_you_mean
from simulator.match import status_matches
from simulator.records import Attempt, Trouble
from simulator.units import show_ms

POLICIES = {
    "real": "as the provider delivers, retries included",
    "once": "a single attempt, whatever comes of it",
}
"""What `--policy` takes, and what each means."""

TROUBLES: tuple[str, ...] = get_args(Trouble)

IN_WORDS = {
    "refused": "nobody listened",
    "timeout": "no answer came in time",
    "closed": "the connection was cut",
    "garbage": "the answer was not HTTP",
    "tls": "the certificate or the encryption was wrong",
    "dns": "the host is unknown",
}


@dataclass(frozen=True, slots=True)
class Done:
    """The bot accepted it."""


@dataclass(frozen=True, slots=True)
class Retry:
    """It is tried again."""

    after_ms: int
    """Story time, from when the attempt before it was due."""
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

    The stream is drawn from once for each retry of a policy with jitter, and never else; without a stream there is no
    jitter.

    Raises:
        ValueError: there was no attempt.
    """
    if not attempts:
        raise ValueError("nothing was tried yet")
    last = attempts[-1]
    if is_success(policy, last.outcome):
        return Done()
    if not is_retried(policy, last.outcome):
        return GiveUp(f"{show_outcome(last)}; the provider does not try again after that")
    retries = len(attempts) - 1
    if retries >= len(policy.delays_ms):
        return GiveUp(f"{show_outcome(last)}; {_no_more(retries)}")
    return Retry(_with_jitter(policy.delays_ms[retries], policy.jitter, stream), last.outcome)


def is_success(policy: DeliveryPolicy, outcome: str) -> bool:
    """True where the provider takes an attempt that ended so for accepted."""
    return outcome not in TROUBLES and status_matches(policy.success, int(outcome))


def is_retried(policy: DeliveryPolicy, outcome: str) -> bool:
    """True where an attempt that ended so is followed by another one."""
    return any(_covers(word, outcome) for word in policy.retry_on)


def override(policy: DeliveryPolicy, name: str) -> DeliveryPolicy:
    """
    Give the policy that holds under that name of `POLICIES`.

    Raises:
        InputError: there is no such name.
    """
    if name == "real":
        return policy
    if name == "once":
        return replace(policy, delays_ms=())
    raise InputError(
        Problem(
            code="unknown-policy",
            what=f'unknown delivery policy "{name}"',
            where="--policy",
            why="; ".join(f"{known}: {about}" for known, about in POLICIES.items()),
            fix=did_you_mean(name, POLICIES, f"use one of: {', '.join(POLICIES)}"),
        )
    )


def show_outcome(attempt: Attempt) -> str:
    """Give how an attempt ended, as a person would say it."""
    if attempt.ack is not None:
        return f"the bot answered {attempt.ack.status}"
    said = IN_WORDS.get(str(attempt.trouble), str(attempt.trouble))
    return f"{said} ({attempt.detail})" if attempt.detail else said


def show_schedule(policy: DeliveryPolicy) -> str:
    """Give the retries in one line: `5s, 30s, 2m`, or `none`."""
    return ", ".join(show_ms(delay_ms) for delay_ms in policy.delays_ms) or "none"


def _covers(word: str, outcome: str) -> bool:
    if word in ("any", outcome):
        return True
    return outcome not in TROUBLES and word not in TROUBLES and status_matches(word, int(outcome))


def _no_more(retries: int) -> str:
    if retries == 0:
        return "no retry is to be made"
    return f"{retries} {'retry was' if retries == 1 else 'retries were'} made, and there are no more"


def _with_jitter(delay_ms: int, share: float, stream: random.Random | None) -> int:
    if not share or stream is None:
        return delay_ms
    return max(0, round(delay_ms * (1 + share * (2 * stream.random() - 1))))
