"""How long the texts of a corpus are and in which scripts they are written: by shares, exact in every pool."""

from __future__ import annotations

import itertools
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from simulator.fake import POOL_SIZE
from simulator.fake.writing import SCRIPTS, written
from simulator.seeds import stream

T = TypeVar("T")

KINDS = frozenset({"sentence", "paragraph", "text"})
"""Faker's kinds of text that people may have written."""

Range = tuple[int, int, float]
"""Least and most characters of a text, both included, and a weight beside those of the others."""

LENGTHS: tuple[Range, ...] = ((1, 20, 25.0), (21, 60, 45.0), (61, 160, 25.0), (161, 600, 5.0))
"""How long messages are where a mix speaks of their scripts alone; chosen."""
LONGEST = 100_000
ENDINGS = (0, 4, 12, 40)
"""So many characters the second part of a text may have: the most that are no more than half of it."""
_STEP = 1645
"""Odd, so that its multiples are all places of a pool: the scripts are spread over the lengths."""
_OWN_SCRIPTS = {"ar": "right-to-left", "fa": "right-to-left", "he": "right-to-left", "ja": "cjk", "zh": "cjk"}
"""Language → what a plain text in it is written in, where that is one of the scripts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Writing:
    """The lengths and scripts of texts."""

    lengths: tuple[Range, ...] = LENGTHS
    scripts: tuple[tuple[str, float], ...] = ()
    """Scripts with their shares of all texts; the others are plain."""


class Manner:
    """One writing in one locale: first parts of texts by number, and second parts for each kind of first ones."""

    def __init__(self, writing: Writing, seed: int, locale: str) -> None:
        """Begin with no text made."""
        self._seed = seed
        self._locale = locale
        draw = stream(seed, "lengths")
        ranges = _by_shares(writing.lengths, [weight for *_, weight in writing.lengths])
        shares = [*writing.scripts, ("plain", max(1.0 - sum(share for _, share in writing.scripts), 0.0))]
        scripts = _by_shares([name for name, _ in shares], [share for _, share in shares])
        self._lengths = [_drawn(least, most, draw.getrandbits(32)) for least, most, _ in ranges]
        self._scripts = [scripts[place * _STEP % POOL_SIZE] for place in range(POOL_SIZE)]
        self.kinds = tuple(map(self._kind, range(POOL_SIZE)))
        """Number of the first part → the kind of second part that belongs to it."""

    def _kind(self, number: int) -> int:
        size = bisect_right(ENDINGS, self._lengths[number] // 2) - 1
        return _NAMES.index(self._scripts[number]) * len(ENDINGS) + size

    def beginning(self, number: int) -> str:
        """Give the first part of a text."""
        script, rest = self._scripts[number], ENDINGS[self.kinds[number] % len(ENDINGS)]
        blank = " " if rest and script != "cjk" else ""
        length = self._lengths[number] - rest - len(blank)
        return written(self._seed, self._locale, script, length, "beginning", number) + blank

    def ending(self, number: int) -> str:
        """Give the second part of a text; those of all kinds stand one behind the other, a pool of each."""
        kind, place = divmod(number, POOL_SIZE)
        script, size = divmod(kind, len(ENDINGS))
        found = written(self._seed, self._locale, _NAMES[script], ENDINGS[size], "ending", place)
        return found[:1].lower() + found[1:] if len(found[:1].lower()) == 1 else found


_NAMES = tuple(SCRIPTS)


@lru_cache(maxsize=64)
def manner(writing: Writing, seed: int, locale: str) -> Manner:
    """Give a writing in a locale, the same one for the same."""
    return Manner(writing, seed, locale)


def _by_shares(values: Sequence[T], weights: Sequence[float]) -> list[T]:
    """Give a value for each place of a pool, each as often as its weight says."""
    ends = list(itertools.accumulate(weights))
    places = ((place + 0.5) / POOL_SIZE * ends[-1] for place in range(POOL_SIZE))
    return [values[min(bisect_right(ends, place), len(ends) - 1)] for place in places]


def _drawn(least: int, most: int, drawn: int) -> int:
    """Give a length between these two by 32 drawn bits: as many from 10 to 19 as from 20 to 39, and so on."""
    begin = max(least, 1)
    octaves = max((most // begin).bit_length(), 1)
    octave, drawn = drawn % octaves, drawn // octaves
    first = least if not octave else begin << octave
    last = min((begin << octave + 1) - 1, most)
    return first + drawn % (last - first + 1)


def script_of(text: str, language: str = "") -> str:
    """Give the script of `SCRIPTS` that a text is in; it is plain where that is the script of the language."""
    if text.isascii():
        return "plain"
    found = next((name for name, tells in _SIGNS.items() if any(map(tells, text))), "plain")
    return "plain" if _OWN_SCRIPTS.get(language) == found else found


def _is_emoji(character: str) -> bool:
    code = ord(character)
    return 0x1F000 <= code < 0x1FB00 or 0x2600 <= code < 0x2800 or code in (0xFE0F, 0x20E3)


_SIGNS: Mapping[str, Callable[[str], bool]] = {
    "emoji": _is_emoji,
    "right-to-left": lambda character: unicodedata.bidirectional(character) in ("R", "AL"),
    "cjk": lambda character: unicodedata.east_asian_width(character) in ("W", "F"),
    "combining": lambda character: unicodedata.category(character) == "Mn",
}
"""Script → whether a character shows it; the first that one shows is told."""
