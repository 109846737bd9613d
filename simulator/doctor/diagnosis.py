"""What the doctor found: valid or not, both signatures, what was to be signed, and why it does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from simulator.doctor.culprits import Culprit


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """One place where a signature stands."""

    spot: str
    """`header X-Signature`, `query sig`, or `body` where the whole of it is a token."""
    expected: str
    """What the provider would have written."""
    given: str | None
    """What came; None where it is missing."""
    is_right: bool
    """They are the same, or differ only in what each request has of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """Whether a request is signed as the provider signs."""

    outcome: Literal["valid", "unsigned", "invalid"]
    """Unsigned: the provider signs nothing with these settings, so there is nothing to be wrong."""
    signatures: tuple[Signature, ...] = ()
    canonical: bytes | None = None
    """What was to be signed, made from the request as it was given; None where nothing is digested."""
    inner: tuple[tuple[bytes, str], ...] = ()
    """Pieces of the canonical bytes that are digests themselves, and what they are digests of."""
    signed: bytes | None = None
    """What was signed in truth, where that was found and is something else."""
    culprits: tuple[Culprit, ...] = ()
    """Why it does not fit; empty where nothing that was tried explains it."""
    notes: tuple[str, ...] = ()
    tried: int = 0
    """How many things were tried."""

    @property
    def is_valid(self) -> bool:
        """True where nothing is wrong with it."""
        return self.outcome != "invalid"
