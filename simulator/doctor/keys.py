"""The key as it was given → what it may have been made into before something was signed with it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

from simulator.doctor.variant import Variant, of


def variants(credentials: Mapping[str, str], names: Sequence[str], defaults: Mapping[str, str]) -> Iterator[Variant]:
    """
    Give other keys to try; `names` are the credentials that sign, `defaults` what is taken where none is given.

    Bytes that are no text stand as text by `surrogateescape`, as the environment gives them.
    """
    for name in names:
        key = credentials[name]
        seen = {key, ""}
        for culprit, what, changed in (*_treated(key), *_exchanged(name, credentials, defaults)):
            if changed not in seen:
                seen.add(changed)
                yield of(culprit, f"signed with {name} {what}", credentials={**credentials, name: changed})


def _treated(key: str) -> Iterator[tuple[str, str, str]]:
    yield "key-white-space", "without the white space around it", key.strip()
    yield "key-newline", "with a line end behind it", key.strip() + "\n"
    yield "key-newline", "with a line end of Windows behind it", key.strip() + "\r\n"
    yield "key-white-space", "with a space behind it", key + " "
    yield "key-quotes", "without the quotation marks around it", key.strip().strip("'\"")
    yield "key-quotes", "in quotation marks", f'"{key}"'
    yield "key-quotes", "in quotation marks", f"'{key}'"
    bare = re.sub(r"\A(Bearer |[A-Za-z]{2,8}[_=:])", "", key)
    prefix = key.removesuffix(bare)
    for text, said in ((key, ""), (bare, f', without "{prefix}",')) if prefix else ((key, ""),):
        yield from _decoded(text, said)
    if prefix:
        yield "key-prefix", f'without "{prefix}"', bare
    raw = key.encode("utf-8", "surrogateescape")
    yield "key-base64", "encoded as base64", base64.b64encode(raw).decode("ascii")
    yield "key-hex", "encoded as hexadecimals", raw.hex()
    yield "key-case", "in lower case", key.lower()
    yield "key-case", "in upper case", key.upper()
    yield "key-hyphens", "without its hyphens", key.replace("-", "")
    yield "key-prefix", "with its percent escapes decoded", unquote(key)


def _decoded(text: str, said: str) -> Iterator[tuple[str, str, str]]:
    plain = text.strip().rstrip("=").replace("-", "+").replace("_", "/")
    try:
        found = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error):
        found = b""
    yield "key-base64", f"{said} decoded from base64".strip(), found.decode("utf-8", "surrogateescape")
    # A decoder that is not strict passes over what is no base64, such as hyphens.
    loose = re.sub(r"[^A-Za-z0-9+/]", "", text)
    found = base64.b64decode(loose[: len(loose) // 4 * 4] if len(loose) % 4 == 1 else loose + "=" * (-len(loose) % 4))
    yield "key-base64", f"{said} decoded from base64".strip(), found.decode("utf-8", "surrogateescape")
    for digits in (text.strip(), text.strip().replace("-", "")):
        if re.fullmatch(r"([0-9a-fA-F]{2})+", digits):
            key = bytes.fromhex(digits).decode("utf-8", "surrogateescape")
            yield "key-hex", f"{said} decoded from hexadecimals".strip(), key


def _exchanged(
    name: str, credentials: Mapping[str, str], defaults: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    yield "key-default", "as the simulator has it by default, not with the given one", defaults.get(name, "")
    for other, value in {**defaults, **credentials}.items():
        if other != name:
            yield "key-other", f"exchanged for {other}", value
            yield "key-other", f"exchanged for the default of {other}", defaults.get(other, "")
