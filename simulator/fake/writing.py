"""Texts of a wanted length, in a script that programs get wrong: emoji, right to left, without blanks, with marks."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping

from simulator.fake.pools import POOL_SIZE, entry
from simulator.seeds import stream

EMOJI = (
    *("😀", "😂", "❤️", "🙏", "👍🏽", "🎉", "🔥", "🤷🏻‍♀️", "👩🏽‍🚀", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇳🇱", "1️⃣", "🫠"),
    *("☕", "🚲", "🥑", "👀", "💯", "😭"),
)
"""Of one character and of several, with skin tones, joiners, flags and keycaps among them."""
MARKS = "\u0301\u0300\u0308\u0323\u0327\u0303\u0331\u0336"
"""Accents, dots and strokes that are set on the letter before them."""

_RIGHT_TO_LEFT = ("he_IL", "ar_AA", "fa_IR")
_WITHOUT_BLANKS = ("zh_CN", "ja_JP", "zh_TW")
_HANGUL = (0xAC00, 0xD7A3)

Words = Iterator[str]


def written(seed: int, locale: str, script: str, length: int, *names: int | str) -> str:
    """
    Give a text of so many characters, drawn by the names.

    `script` is one of `SCRIPTS`; a plain text is in the language of the locale.

    Raises:
        InputError: there is no such locale.
    """
    draw = stream(seed, "written", locale, script, length, *names)
    pieces: list[str] = []
    size = 0
    for piece in SCRIPTS[script](seed, locale, draw):
        if size > length:
            break
        pieces.append(piece)
        size += len(piece) + 1
    return _shown(_cut(" ".join(pieces), length), script, draw) if length else ""


def _cut(text: str, length: int) -> str:
    """Give so much of the beginning of a text, with a shorter word at its end where one would be cut."""
    kept = text[:length]
    if text[length : length + 1] in ("", " ", "."):
        return kept
    head, _, part = kept.rpartition(" ")
    fitting = next((word for word in text.split() if len(word) == len(part) and word.isalpha()), part)
    return f"{head} {fitting.lower()}" if head else kept


def _shown(text: str, script: str, draw: random.Random) -> str:
    """Give a text that shows its script: what does so may have been cut off."""
    if script == "emoji":
        last = draw.choice([each for each in EMOJI if len(each) <= len(text)])
        return text[: len(text) - len(last)] + last
    if script == "combining" and len(text) > 1:
        return text[:-1] + draw.choice(MARKS)
    return f"{text[:-1]}." if text.endswith(" ") else text


def _plain(seed: int, locale: str, draw: random.Random) -> Words:
    while True:
        yield str(entry(seed, locale, "sentence", draw.randrange(POOL_SIZE)))


def _with_emoji(seed: int, locale: str, draw: random.Random) -> Words:
    for words in _plain(seed, locale, draw):
        yield words
        yield draw.choice(EMOJI)


def _right_to_left(seed: int, locale: str, draw: random.Random) -> Words:
    return _plain(seed, draw.choice(_RIGHT_TO_LEFT), draw)


def _without_blanks(seed: int, locale: str, draw: random.Random) -> Words:
    language = draw.choice((*_WITHOUT_BLANKS, ""))
    # Faker has no Korean words.
    return _plain(seed, language, draw) if language else _hangul(draw)


def _hangul(draw: random.Random) -> Words:
    while True:
        yield "".join(chr(draw.randint(*_HANGUL)) for _ in range(draw.randint(2, 5)))


def _combining(seed: int, locale: str, draw: random.Random) -> Words:
    for words in _plain(seed, locale, draw):
        yield "".join(each + draw.choice(MARKS) if each.isalpha() and draw.random() < 0.5 else each for each in words)


SCRIPTS: Mapping[str, Callable[[int, str, random.Random], Words]] = {
    "plain": _plain,
    "emoji": _with_emoji,
    "right-to-left": _right_to_left,
    "cjk": _without_blanks,
    "combining": _combining,
}
"""Name of a script → (seed, locale, draw) → pieces of text without end."""
