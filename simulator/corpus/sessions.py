"""Conversations in a stream of events: how many events each has, and how long it takes from one to the next."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from dataclasses import dataclass

SILENCE_MS = 10 * 60_000
"""Who says nothing for so long has ended a conversation."""
MOST_OPEN = 100_000
"""So many conversations are followed at once; where there are more, the oldest are taken to have ended."""
_STEPS = 12
"""Gaps are told apart by so many steps for each doubling."""
_SHORT, _LONG = 0.05, 0.95
"""Nine of ten gaps lie between these."""


@dataclass(slots=True)
class _Open:
    last_ms: int
    spoken_ms: int | None
    """When the last event came that followed from no other."""
    count: int


class Sessions:
    """Follows the conversations of everybody at once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._turns: Counter[int] = Counter()
        self._gaps: Counter[int] = Counter()

    def see(self, person: str, at_ms: int, *, is_receipt: bool) -> None:
        """Take an event into account; receipts follow from others, and say nothing about how fast people write."""
        talk = self._open.pop(person, None)
        if talk is not None and not -SILENCE_MS <= at_ms - talk.last_ms <= SILENCE_MS:
            self._turns[talk.count] += 1
            talk = None
        if talk is None:
            self._close_one()
            talk = _Open(at_ms, None, 0)
        elif not is_receipt and talk.spoken_ms is not None and at_ms > talk.spoken_ms:
            self._gaps[round(math.log2(at_ms - talk.spoken_ms) * _STEPS)] += 1
        talk.count += 1
        talk.last_ms = max(at_ms, talk.last_ms)
        talk.spoken_ms = talk.spoken_ms if is_receipt else at_ms
        self._open[person] = talk

    def _close_one(self) -> None:
        if len(self._open) >= MOST_OPEN:
            _, oldest = self._open.popitem(last=False)
            self._turns[oldest.count] += 1

    def turns(self, most: int) -> dict[int, int]:
        """Give how many conversations had how many events, those that still go on among them."""
        found = self._turns + Counter(each.count for each in self._open.values())
        return {count: found[count] for count in sorted(found) if count <= most}

    def gap_ms(self) -> tuple[int, int] | None:
        """Give between what nine of ten gaps lie; None where there are too few to say so."""
        total = sum(self._gaps.values())
        if total < _STEPS:
            return None
        ends = [self._at(share * total) for share in (_SHORT, _LONG)]
        return ends[0], max(ends[1], ends[0] + 1)

    def _at(self, rank: float) -> int:
        done = 0
        for step in sorted(self._gaps):
            done += self._gaps[step]
            if done >= rank:
                return max(round(2 ** (step / _STEPS)), 1)
        return 1
