"""Text from outside, made harmless to show: nothing in it moves a cursor, changes a colour or runs backwards."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls, line and paragraph separators, marks that turn the direction, halves of surrogate pairs.
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")

# What XML 1.0 forbids, and what changes how the rest of a line is read.
_NOT_IN_XML = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

_ASCII = str.maketrans(
    {"✓": "+", "✗": "x", "›": ">", "‹": "<", "…": "...", "·": "-", "“": '"', "”": '"', "│": "|", "’": "'"}
)


def visible(text: str) -> str:
    r"""Give the text in one line, with `\n`, `\x1b` and the like written out where such a character stood."""
    return _HARMFUL.sub(_escaped, text)


def visible_lines(text: str) -> str:
    """Give the text as `visible` does, but with its line ends as they are."""
    return "\n".join(visible(line) for line in text.split("\n"))


def xml_safe(text: str) -> str:
    """Give the text with what no XML document may hold written out; line ends and tabs stay."""
    return _NOT_IN_XML.sub(_escaped, text)


def shortened(text: str, most: int) -> str:
    """Give the text, cut to so many characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def encodable(text: str, encoding: str) -> str:
    """Give the text in characters that the encoding has: our own marks as ASCII, the rest written out."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.translate(_ASCII)
        return plain.encode(encoding, "backslashreplace").decode(encoding)
    return text


def width(text: str) -> int:
    """Give how many columns a text takes on a terminal, as far as Unicode tells."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def _escaped(found: re.Match[str]) -> str:
    letter = found[0]
    if letter in _SHORT:
        return _SHORT[letter]
    number = ord(letter)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
