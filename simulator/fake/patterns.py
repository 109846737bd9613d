"""Texts after a pattern, and what is hardly ever the same twice: Faker's methods of these names, without a pool."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from simulator.ids import uuid_text

if TYPE_CHECKING:
    from random import Random

_DIGITS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "#": tuple("0123456789"),
        "%": tuple("123456789"),
        "$": tuple("23456789"),
        "!": (*"0123456789", ""),
        "@": (*"123456789", ""),
    }
)
"""Character of a pattern → what may stand in its place."""


def numerify(draw: Random, text: str = "###") -> str:
    """Give the text with a digit for each `#`, one above 0 for `%`, above 1 for `$`, perhaps one for `!` and `@`."""
    return _filled(draw, text, _DIGITS)


def lexify(draw: Random, text: str = "????", letters: str = string.ascii_letters) -> str:
    """Give the text with a letter for each `?`."""
    return _filled(draw, text, {"?": tuple(letters)})


def bothify(draw: Random, text: str = "## ??", letters: str = string.ascii_letters) -> str:
    """Give the text with digits as `numerify` and letters as `lexify` put them."""
    return _filled(draw, text, {**_DIGITS, "?": tuple(letters)})


def hexify(draw: Random, text: str = "^^^^", *, upper: bool = False) -> str:
    """Give the text with a hexadecimal digit for each `^`."""
    return _filled(draw, text, {"^": tuple("0123456789ABCDEF" if upper else "0123456789abcdef")})


def uuid4(draw: Random) -> str:
    """Give a UUID of version 4."""
    return uuid_text(draw)


def _hexadecimal(digits: int) -> Callable[[Random], str]:
    return lambda draw: f"{draw.getrandbits(4 * digits):0{digits}x}"


PATTERNS: Mapping[str, Callable[..., str]] = {
    "numerify": numerify,
    "lexify": lexify,
    "bothify": bothify,
    "hexify": hexify,
    "uuid4": uuid4,
    "md5": _hexadecimal(32),
    "sha1": _hexadecimal(40),
    "sha256": _hexadecimal(64),
}
"""Name → maker; each takes a random stream before its own arguments."""


def _filled(draw: Random, text: Any, letters: Mapping[str, tuple[str, ...]]) -> str:
    if not isinstance(text, str):
        raise TypeError("a pattern is a text")
    marks = f"[{re.escape(''.join(letters))}]"
    return re.sub(marks, lambda mark: draw.choice(letters[mark[0]]), text)
