"""What generated code finds by name, and the numbers of its steps: the same in all functions of one corpus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Names:
    """
    The globals of all functions that are generated for one corpus, and the numbers of the steps in them.

    The same object has the same name in all of them, and the same step the same number. What two courses have in common
    is therefore found by comparing numbers, and can be kept once.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        """Begin with what is known under names of its own."""
        self.given: dict[str, Any] = dict(given)
        """Name → value."""
        self._names = {id(value): name for name, value in given.items()}
        self._numbers: dict[str, int] = {}

    def of(self, value: Any) -> str:
        """Give the name of a value that is the same for all payloads."""
        name = self._names.get(id(value))
        if name is None:
            # What has a name stays, so that its identity is not given to something else.
            name = self._names[id(value)] = f"c{len(self.given)}"
            self.given[name] = value
        return name

    def number(self, source: str) -> int:
        """Give the number of the step of that expression: larger than those of the steps that it names."""
        return self._numbers.setdefault(source, len(self._numbers))
