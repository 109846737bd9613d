"""The keys that sign: one at a time, each for so long; the one before and the one to come are published beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from simulator import catalog
from simulator.providers.canvas.metadata import utc_time

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

FIRST_PERIOD_MS = 1_714_521_600_000
"""The beginning of May 2024. Periods are counted from here, so that a time alone tells which key signs."""

PUBLIC = ("kty", "n", "e")
PLACES: Mapping[str, int] = {"previous": -1, "current": 0, "next": 1}


def period_at(ms: int, rotation_ms: int) -> int:
    """Give the number of the period in which a time lies; with a rotation of 0 there is but one."""
    return (ms - FIRST_PERIOD_MS) // rotation_ms if rotation_ms > 0 else 0


def kid(period: int, rotation_ms: int) -> str:
    """
    Give the key id of a period, which names its beginning.

    The form is unconfirmed: other key sets of Instructure have a time, a low line and something random.
    """
    return f"{utc_time(FIRST_PERIOD_MS + period * max(rotation_ms, 0))}_sim-canvas-live-events"


def published(ms: int, rotation_ms: int) -> list[dict[str, Any]]:
    """
    Give the public keys at a time: that of the period before, the one in use, the next; as JSON Web Keys.

    Source: Live Events, "Setup": the key set holds three keys, of which the middle one signs.
    """
    now = period_at(ms, rotation_ms)
    return [
        {
            **{name: material(now + place)[name] for name in PUBLIC},
            "kid": kid(now + place, rotation_ms) if rotation_ms > 0 or not place else f"unused{place:+d}",
            "alg": "RS256",
            "use": "sig",
        }
        for place in PLACES.values()
    ]


def material(period: int) -> Mapping[str, Any]:
    """Give the key pair of a period; there are five, and they take turns: only the key id is new each time."""
    keys = _keys()
    return keys[period % len(keys)]


@cache
def signing_key(number: int) -> RSAKey:
    """Give one of the key pairs, ready to sign with."""
    # Only who signs needs it, and it takes a moment to import.
    from joserfc.jwk import RSAKey

    return RSAKey.import_key(dict(_keys()[number]))


def key_of(period: int) -> RSAKey:
    """Give the key pair of a period, ready to sign with."""
    return signing_key(period % len(_keys()))


@cache
def _keys() -> tuple[Mapping[str, Any], ...]:
    path = catalog.load("canvas").folder / "keys.json"
    return tuple(json.loads(path.read_text(encoding="utf-8"))["keys"])
