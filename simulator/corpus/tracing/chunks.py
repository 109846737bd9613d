"""Pieces of bodies that hang on one person alone: made once for each of the crowd, as far as there is room."""

from __future__ import annotations

from collections.abc import Callable, Hashable

ROOM = 48_000_000
"""So many characters of them are kept, if all of the crowd come up."""


class Chunks:
    """What gives such pieces, the same for all event types that have one in common."""

    def __init__(self, crowd: int) -> None:
        """Begin with none."""
        self._crowd = crowd
        self._left = ROOM
        self._known: dict[Hashable, str] = {}

    def expression(self, key: Hashable, length: int, make: Callable[[list[str | None]], str]) -> str:
        """
        Give the expression of a piece of about that length, which is told from others by its key.

        `make` gives it, for a list in which the piece of each person is kept. It is empty where there is no room.
        """
        if key not in self._known:
            size = (length + 64) * self._crowd
            if size > self._left:
                return ""
            self._left -= size
            self._known[key] = make([None] * self._crowd)
        return self._known[key]
