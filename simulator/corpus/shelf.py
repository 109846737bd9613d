"""Payloads of one event type that wait to be written, packed so that they take little room."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator

from simulator.corpus.press import Placed

PART = 128
"""So many are packed together: as Python objects each takes many times the room of its bytes."""

Pack = Callable[[bytes], bytes]


class Shelf:
    """What waits, in order."""

    def __init__(self, pack: Pack, unpack: Pack) -> None:
        """Begin with nothing; what one of the two makes of some bytes the other makes those bytes of."""
        self._pack = pack
        self._unpack = unpack
        self._packed: list[bytes] = []
        self._loose: list[Placed] = []
        self.count = 0
        """So many wait."""
        self.size = 0
        """So many bytes their bodies have."""

    def add(self, row: Placed) -> None:
        """Put one behind those that wait."""
        self._loose.append(row)
        self.count += 1
        self.size += len(row.body)
        if len(self._loose) == PART:
            self._packed.append(self._pack(pickle.dumps(self._loose, pickle.HIGHEST_PROTOCOL)))
            self._loose = []

    def parts(self) -> Iterator[list[Placed]]:
        """Give all, some at a time."""
        for each in self._packed:
            yield pickle.loads(self._unpack(each))
        if self._loose:
            yield self._loose

    def before(self, number: int) -> Shelf:
        """Give a shelf with those before the payload of that number."""
        kept = Shelf(self._pack, self._unpack)
        for row in (row for part in self.parts() for row in part if row.number < number):
            kept.add(row)
        return kept
