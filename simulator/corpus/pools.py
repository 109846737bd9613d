"""Values drawn once and kept, with their text as JSON writes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.fake import POOL_SIZE


class Pool:
    """The entries of one kind; each is made when it is first asked for."""

    def __init__(self, entry: Callable[[int], Any], encode: Callable[[Any], str], size: int = POOL_SIZE) -> None:
        """Begin with none of so many; `entry` makes one by its number, `encode` writes it as JSON."""
        self.values: list[Any] = [None] * size
        self.codes: list[str | None] = [None] * size
        """The texts as JSON writes them, without quotes."""
        self._entry = entry
        self._encode = encode
        # Bound once, so that generated code finds them under one name.
        self.value = self._value
        self.code = self._code

    def _value(self, number: int) -> Any:
        if self.values[number] is None:
            self.values[number] = self._entry(number)
        return self.values[number]

    def _code(self, number: int) -> str:
        found = self.codes[number] = self._encode(self._value(number))[1:-1]
        return found


class Pools:
    """The pools of one corpus."""

    def __init__(self, encode: Callable[[Any], str]) -> None:
        """Begin with none; `encode` writes a value as JSON."""
        self._encode = encode
        self._known: dict[tuple[Any, ...], Pool] = {}

    def of(self, key: tuple[Any, ...], entry: Callable[[int], Any], size: int = POOL_SIZE) -> Pool:
        """Give the pool of that key, which has so many values; `entry` makes one of it by its number."""
        if key not in self._known:
            self._known[key] = Pool(entry, self._encode, size)
        return self._known[key]
