"""How a text is cut into the parts in which an SMS goes over the air."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.deferral import deferrable

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
    return {"count": _count(text), "encoding": _encoding(text), "characters": _characters(text)}


@deferrable
def _count(text: str) -> int:
    is_gsm = _is_gsm(text)
    sizes = [2 if each in WIDE or (not is_gsm and ord(each) > 0xFFFF) else 1 for each in text]
    return _parts(sizes, GSM if is_gsm else UCS2)


@deferrable
def _encoding(text: str) -> str:
    return (GSM if _is_gsm(text) else UCS2).name


@deferrable
def _characters(text: str) -> int:
    return len(text)


def _is_gsm(text: str) -> bool:
    return all(each in PLAIN or each in WIDE for each in text)


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
