"""When a provider gives up an endpoint as a whole, because too many deliveries to it failed."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

from simulator.catalog import Disabling
from simulator.delivery.policy import covers
from simulator.units import show_ms


class Failures:
    """How many deliveries to each endpoint were given up lately, as far as the provider counts them."""

    def __init__(self, rules: Sequence[Disabling]) -> None:
        """Begin with none."""
        self._rules = rules
        self._counted: defaultdict[tuple[str, int], deque[int]] = defaultdict(deque)

    def add(self, endpoint: str, outcome: str, due_ms: int) -> str:
        """
        Count a delivery that was given up after an attempt that was due then; give why the endpoint is disabled now.

        It stays enabled where what is given is empty.
        """
        for number, rule in enumerate(self._rules):
            if not covers(rule.outcomes, outcome):
                continue
            counted = self._counted[endpoint, number]
            counted.append(due_ms)
            while counted[0] <= due_ms - rule.within_ms:
                counted.popleft()
            if len(counted) >= rule.after:
                counted.clear()
                return (
                    f"{rule.after} deliveries were given up within {show_ms(rule.within_ms)}, each with all its retries"
                )
        return ""
