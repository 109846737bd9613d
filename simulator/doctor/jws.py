"""Compact tokens (JWS): taken apart, and compared claim by claim where they are signed by a shared secret."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator import digests
from simulator.doctor import likeness
from simulator.doctor.culprits import Culprit

PATTERN = re.compile(rb"[A-Za-z0-9_+/-]{8,}={0,2}\.[A-Za-z0-9_+/-]+={0,2}\.[A-Za-z0-9_+/-]*={0,2}")

OF_EACH = frozenset({"jti", "iat", "nbf", "exp"})
"""Claims that are others for each token: its id and its times (RFC 7519)."""

LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Token:
    """A compact JWS, taken apart."""

    text: str
    """As it stands in the request."""
    header: Mapping[str, Any]
    payload: bytes
    signature: str

    @property
    def signed(self) -> bytes:
        """What its signature is over."""
        return self.text.rpartition(".")[0].encode("ascii")

    @property
    def claims(self) -> Mapping[str, Any]:
        """What the payload says; nothing where it is no JSON object."""
        try:
            found = json.loads(self.payload)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


def is_token(text: str) -> bool:
    """True for a text that has the form of a token."""
    return text.isascii() and PATTERN.fullmatch(text.encode("ascii")) is not None


def taken_apart(text: str) -> Token:
    """
    Give the parts of a token.

    Raises:
        ValueError: it is none; the text says why.
    """
    parts = text.split(".")
    if len(parts) != 3:
        raise ValueError(f"it has {len(parts)} parts in place of 3")
    try:
        fields = json.loads(_decoded(parts[0]))
    except (ValueError, RecursionError):
        raise ValueError("its first part is no JSON in base64") from None
    if not isinstance(fields, dict):
        raise ValueError("its first part is no JSON object")
    try:
        return Token(text, fields, _decoded(parts[1]), parts[2])
    except (ValueError, binascii.Error):
        raise ValueError("its second part is no base64") from None


def plain(text: str) -> str:
    """Give base64 as tokens have it."""
    return text.replace("=", "").replace("+", "-").replace("/", "_")


def alike(expected: str, given: str, keys: Sequence[str]) -> tuple[Culprit, ...] | None:
    """
    Give by what a given token differs in form; nothing where it says the same, signed by one of the keys.

    None where it says something else, or nobody signed it.
    """
    outer = likeness.outer(expected, given) if given != expected else ()
    if outer is not None:
        return outer
    bare = re.sub(r"\A[A-Za-z]{2,12}[ =:]+", "", given.strip())
    try:
        wanted, found = taken_apart(expected), taken_apart(bare)
    except ValueError:
        return None
    if tuple(differences(wanted, found)) or not is_signed(found, keys):
        return None
    if bare == given:
        return ()
    return (Culprit(name="prefix-added", what="given with a word before it, which does not belong there"),)


def is_signed(token: Token, keys: Sequence[str]) -> bool:
    """True where one of the keys signed it, by the one algorithm that a shared secret mostly goes with: HS256."""
    if token.header.get("alg") != "HS256":
        return False
    found = (digests.hmac_sha256(key, token.signed) for key in keys if key)
    return any(base64.urlsafe_b64encode(each).decode("ascii").rstrip("=") == plain(token.signature) for each in found)


def differences(wanted: Token, found: Token) -> Iterator[Culprit]:
    """Give what a token says otherwise than it should, in its header and its claims."""
    yield from header_differences(wanted.header, found.header)
    one, other = wanted.claims, found.claims
    for name in dict.fromkeys([*one, *other]):
        if name not in OF_EACH and one.get(name) != other.get(name):
            what = f"its claim {name}: given {_shown(other.get(name))}, wanted {_shown(one.get(name))}"
            yield Culprit(name="token-claims", what=what)


def header_differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Culprit]:
    """Give what the header of a token says otherwise than it should."""
    for name, kind in (("alg", "token-algorithm"), ("kid", "token-key")):
        if found.get(name) != wanted.get(name):
            what = f"{name}: given {_shown(found.get(name))}, wanted {_shown(wanted.get(name))}"
            yield Culprit(name=kind, what=what)
    rest = [name for name in {**found, **wanted} if found.get(name) != wanted.get(name) and name not in ("alg", "kid")]
    if rest:
        what = f"its header has another {', '.join(rest)[:LONGEST_SHOWN]} than the provider writes"
        yield Culprit(name="token-header", what=what)


def _shown(value: Any) -> str:
    text = "nothing" if value is None else json.dumps(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def _decoded(part: str) -> bytes:
    text = plain(part)
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
