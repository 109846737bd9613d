"""How a text is cut into the parts in which an SMS goes over the air."""

from __future__ import annotations

from typing import Any, NamedTuple

PLAIN = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The alphabet whose characters take one septet each. Source: GSM 03.38, section 6.2.1."""

WIDE = frozenset("^{}\\[]~|€\f")
"""What takes two. Source: GSM 03.38, section 6.2.1.1."""


class Alphabet(NamedTuple):
    """How much of an alphabet fits into a message."""

    name: str
    alone: int
    """Units of a message that is one part."""
    joined: int
    """Units of each part of several."""


GSM = Alphabet("GSM_7BIT", 160, 153)
UCS2 = Alphabet("UCS2", 70, 67)


def of(text: str) -> dict[str, Any]:
    """Give how many parts a text takes, in which alphabet, and of how many characters it is."""
    is_gsm = all(each in PLAIN or each in WIDE for each in text)
    sizes = [2 if each in WIDE or (not is_gsm and ord(each) > 0xFFFF) else 1 for each in text]
    alphabet = GSM if is_gsm else UCS2
    return {"count": _parts(sizes, alphabet), "encoding": alphabet.name, "characters": len(text)}


def _parts(sizes: list[int], alphabet: Alphabet) -> int:
    """Give the number of parts; a character of two units is never cut in two."""
    if sum(sizes) <= alphabet.alone:
        return 1
    parts, room = 1, alphabet.joined
    for size in sizes:
        if size > room:
            parts, room = parts + 1, alphabet.joined
        room -= size
    return parts
