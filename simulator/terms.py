"""What one story's traffic is like: fixed before it begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.catalog import Catalog, DeliveryPolicy
from simulator.provider import Provider

Note = Callable[[str, Any, int], None]
"""Append an entry to the journal: its kind, what it is about, its story time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What one story's traffic is like: fixed before it begins."""

    provider: Provider
    catalog: Catalog
    policy: DeliveryPolicy
    seed: int
    start_ms: int
    scenario: str = ""
    story: int = 0
    """Its number in the run, counted from 1; 0 for the account between stories."""
    variant: str = ""
    """What an audit imposes on it; empty for a story as it is written."""
    target: Callable[[str], str] = lambda registered: registered
    """Registered URL → where its events go: there, or to the endpoint that a person named; empty: nowhere."""
    stamp_ms: Callable[[int], int] = lambda due_ms: due_ms
    """Due time → what signed timestamps show."""
    is_marked: bool = True
    """Requests carry the header that marks them as simulated."""
