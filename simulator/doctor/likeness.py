"""Two signatures as text: the same, the same in another form, or different."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

from simulator.doctor.culprits import Culprit

LENGTHS = frozenset({16, 20, 28, 32, 48, 64})
"""Bytes of a digest."""

SHORTEST_CUT = 8
"""So many characters of a signature are at least there where it was cut."""

_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{21,128}={0,2}")
_HEX = re.compile(r"([0-9a-f]{2})+|([0-9A-F]{2})+")
_HEX_OF_ANY_CASE = re.compile(r"([0-9a-fA-F]{2})+")
_VERSIONED = re.compile(r"v\d+[,=]")
_QUOTES = " \t\r\n\"'"


class Reading(NamedTuple):
    """A piece of a text, read as a digest."""

    digest: bytes
    form: str
    """hex, HEX, base64, base64url, base64 of hex."""
    is_padded: bool
    frame: tuple[str, str]
    """What stands before it and behind it."""


def alike(expected: str, given: str) -> tuple[Culprit, ...] | None:
    """
    Give by what the given signature differs though it is the same; nothing where it is written the same too.

    None where it is another signature. Of several signatures in one header, as while a key is changed, one is enough.
    """
    if _is_among(expected, given):
        return ()
    around = outer(expected, given)
    if around is not None:
        return around
    for wanted in _readings(expected):
        for found in _readings(given):
            if wanted.digest == found.digest:
                return tuple(_differences(wanted, found))
    return _cut(expected, given)


def same_secret(expected: str, given: str) -> tuple[Culprit, ...] | None:
    """Give by what a shared secret differs though it is the same; None where it is another."""
    if expected == given:
        return ()
    around = outer(expected, given)
    if around is not None:
        return around
    if given.endswith(expected):
        added = given.removesuffix(expected)
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*[ =:]+", added):
            return (Culprit(name="prefix-added", what=f'given with "{added}" before it, which does not belong there'),)
    if expected.casefold() == given.casefold():
        return (Culprit(name="signature-case", what="given in another case than it is"),)
    return None


def _is_among(expected: str, given: str) -> bool:
    """True where it is the signature, or one of several: only those that name their version come so."""
    return expected == given or (_VERSIONED.match(expected) is not None and expected in re.split(r",?\s+", given))


def outer(expected: str, given: str) -> tuple[Culprit, ...] | None:
    """Give what is wrong around a signature that is the same; None where that does not make it the same."""
    if _is_among(expected, given.strip(_QUOTES)):
        what = "given with white space or quotation marks around it"
        return (Culprit(name="signature-white-space", what=what),)
    if " " in given and _is_among(expected, given.strip().replace(" ", "+")):
        return (Culprit(name="plus-as-space", what="given with a space where it has a plus sign"),)
    return None


def _readings(text: str) -> Iterator[Reading]:
    for token in _TOKEN.finditer(text):
        frame = (text[: token.start()], text[token.end() :])
        for digest, form in _digests(token[0]):
            yield Reading(digest, form, token[0].endswith("="), frame)


def _digests(text: str) -> Iterator[tuple[bytes, str]]:
    if _HEX_OF_ANY_CASE.fullmatch(text) and len(text) // 2 in LENGTHS:
        form = "hex" if _HEX.fullmatch(text) and text == text.lower() else "HEX"
        yield bytes.fromhex(text), form
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        decoded = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error):
        return
    if len(decoded) in LENGTHS:
        yield decoded, "base64url" if "-" in text or "_" in text else "base64"
    inner = decoded.decode("latin-1")
    if _HEX_OF_ANY_CASE.fullmatch(inner) and len(inner) // 2 in LENGTHS:
        yield bytes.fromhex(inner), "base64 of hex"


def _differences(wanted: Reading, found: Reading) -> Iterator[Culprit]:
    forms = {wanted.form, found.form}
    said = f"given in {_named(found.form)}, wanted in {_named(wanted.form)}"
    if "base64 of hex" in forms and len(forms) > 1:
        yield Culprit(name="base64-of-hex", what=said)
    elif forms == {"hex", "HEX"}:
        yield Culprit(name="hex-case", what=said)
    elif forms == {"base64", "base64url"}:
        yield Culprit(name="base64-alphabet", what=said)
    elif len(forms) > 1:
        yield Culprit(name="hex-base64", what=said)
    if wanted.is_padded != found.is_padded and not forms & {"hex", "HEX"}:
        yield Culprit(
            name="base64-padding", what="given without the = at its end" if wanted.is_padded else "given with ="
        )
    yield from _frame_differences(wanted.frame, found.frame)


def _frame_differences(wanted: tuple[str, str], found: tuple[str, str]) -> Iterator[Culprit]:
    before, behind = wanted[0].strip(_QUOTES), wanted[1].strip(_QUOTES)
    given_before, given_behind = found[0].strip(_QUOTES), found[1].strip(_QUOTES)
    if (before, behind) == (given_before, given_behind):
        return
    if before and not given_before:
        yield Culprit(name="prefix-missing", what=f'given without "{before}" before it')
    elif given_before and not before:
        yield Culprit(name="prefix-added", what=f'given with "{given_before}" before it, which does not belong there')
    else:
        yield Culprit(name="prefix-other", what="given with something else around it than the provider writes")


def _named(form: str) -> str:
    return {
        "hex": "lower-case hexadecimals",
        "HEX": "upper-case hexadecimals",
        "base64": "base64",
        "base64url": "base64 for URLs",
        "base64 of hex": "base64 of its hexadecimals",
    }[form]


def _cut(expected: str, given: str) -> tuple[Culprit, ...] | None:
    inner = given.strip(_QUOTES)
    if SHORTEST_CUT <= len(inner) < len(expected) and (expected.startswith(inner) or expected.endswith(inner)):
        what = f"given are {len(inner)} of its {len(expected)} characters"
        return (Culprit(name="signature-cut", what=what),)
    return None
