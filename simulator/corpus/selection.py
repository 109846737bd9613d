"""Which payloads of a corpus are written, where not all are: one part of a split, and none that came before."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from simulator import units
from simulator.corpus.plan import BLOCK, Row
from simulator.seeds import derive

_SPAN = 2**128
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ENDINGS = (".gz", ".zst", ".jsonl", ".json", ".har", ".parquet")
_NEARLY = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of a corpus that is split by conversation."""

    name: str
    low: float
    high: float
    """It has the conversations whose draw, from 0 to 1, is not below `low` and below `high`."""

    def has(self, seed: int, talk: int) -> bool:
        """Tell whether a conversation is in it: that hangs on seed and conversation alone."""
        return self.low <= derive(seed, "split", talk) / _SPAN < self.high

    def path(self, out: Path) -> Path:
        """Give where this part of a corpus lies: `corpus.train.jsonl` for `corpus.jsonl`."""
        stem, endings = out.name, ""
        while found := next((each for each in _ENDINGS if stem.endswith(each) and stem != each), ""):
            stem, endings = stem.removesuffix(found), found + endings
        return out.with_name(f"{stem}.{self.name}{endings}")


def parts(text: str) -> tuple[Part, ...]:
    """
    Give the parts that `train=0.8,test=0.2` tells.

    Raises:
        ValueError: it is no such text, a name comes twice, or together they are not all.
    """
    pairs = [each.partition("=") for each in text.split(",")]
    names = [name.strip() for name, _, _ in pairs]
    if not all(_NAME.fullmatch(name) for name in names) or len(set(names)) < len(names):
        raise ValueError("a split is written as train=0.8,test=0.2, each name of its own, of letters, digits, - and _")
    ends = list(itertools.accumulate(units.share(share) for _, _, share in pairs))
    if abs(ends[-1] - 1) > _NEARLY:
        raise ValueError(f"the parts of a split are together 1, or 100%; these are {ends[-1]:g}")
    ends[-1] = 1.0
    lows = [0.0, *ends]
    return tuple(Part(name=name, low=low, high=high) for name, low, high in zip(names, lows, ends, strict=False))


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """What is written of a corpus."""

    part: Part | None = None
    """None: all of them."""
    repeated: tuple[int, ...] = ()
    """Numbers of the payloads that are left out, since their bodies came before."""


class Sieve:
    """Tells of each payload of a corpus whether it is written."""

    def __init__(self, selection: Selection, seed: int) -> None:
        """Begin with no conversation seen."""
        self.is_open = selection == Selection()
        """True where all are."""
        self._part = selection.part
        self._seed = seed
        self._repeated = frozenset(selection.repeated)
        self._talks: dict[int, bool] = {}

    def keeps(self, number: int, row: Row) -> bool:
        """Tell it."""
        if self._part is None:
            return number not in self._repeated
        talk = row[3]
        is_in = self._talks.get(talk)
        if is_in is None:
            # A conversation ends within its block, so that few have to be remembered.
            if len(self._talks) > 2 * BLOCK:
                self._talks.clear()
            is_in = self._talks[talk] = self._part.has(self._seed, talk)
        return is_in and number not in self._repeated
