"""One thing tried: what is signed otherwise, and what that would explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.doctor.culprits import Culprit


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """Changes of what is signed; where the signature then fits, these are the culprits."""

    culprits: tuple[Culprit, ...]
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Fields of `ToSign`."""


def of(name: str, what: str, **changes: Any) -> Variant:
    """Give the variant with one culprit."""
    return Variant(culprits=(Culprit(name=name, what=what),), changes=changes)
