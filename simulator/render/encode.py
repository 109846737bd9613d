"""A body as a JSON value → the bytes that go over the wire, in the style of one provider."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any
from urllib.parse import quote_plus, urlencode

from simulator.catalog import BodyStyle
from simulator.errors import InputError, Problem

_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|.)")
_HALF = re.compile("[\ud800-\udfff]")


def encode(value: Any, style: BodyStyle) -> bytes:
    """
    Give the bytes of a body: JSON, an object of form fields, or a form whose one field `payload` holds the JSON.

    Whole numbers keep all their digits. Half of a surrogate pair, which has no bytes of its own, is written as an
    escape.

    Raises:
        InputError: the value is none that JSON knows, or no object where a form is wanted.
    """
    if style.kind == "form":
        return _form(value).encode("ascii") + _end(style)
    return body_of(_json(value, style), style)


def body_of(text: str, style: BodyStyle) -> bytes:
    """Give the bytes of a body that is JSON: of a text that was put together from `fragments`."""
    if style.kind == "form in payload":
        text = f"payload={quote_plus(_bytes(text, style))}"
    return _bytes(text, style) + _end(style)


def fragments(style: BodyStyle) -> Callable[[Any], str]:
    """
    Give what writes a value as a part of a body in that style.

    It raises as `encode` does.
    """
    whole = partial(_json, style=style)
    is_plain = style.escapes != "upper" and not style.escape_slashes
    text_of = (encode_basestring_ascii if style.ascii else encode_basestring) if is_plain else whole

    def fragment(value: Any) -> str:
        kind = type(value)
        return text_of(value) if kind is str else str(value) if kind is int else whole(value)

    return fragment


def _json(value: Any, style: BodyStyle) -> str:
    try:
        text = _encoder(style.ascii, *style.separators).encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(_problem("the body cannot be written as JSON", str(error))) from error
    if style.escapes == "upper":
        text = _ESCAPE.sub(_upper, text)
    if style.escape_slashes:
        # Outside of texts JSON has no slashes.
        text = text.replace("/", "\\/")
    return text


@cache
def _encoder(is_ascii: bool, between: str, after_key: str) -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=is_ascii, allow_nan=False, separators=(between, after_key))


def _bytes(text: str, style: BodyStyle) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        form = "\\u{:04X}" if style.escapes == "upper" else "\\u{:04x}"
        return _HALF.sub(lambda half: form.format(ord(half[0])), text).encode("utf-8")


def _upper(escape: re.Match[str]) -> str:
    text = escape[0]
    return f"\\u{text[2:].upper()}" if len(text) == len("\\u0000") else text


def _form(value: Any) -> str:
    if not isinstance(value, Mapping):
        raise InputError(_problem("the body is no object of form fields", f"it is of the kind {type(value).__name__}"))
    pairs = [
        (str(name), _field(each))
        for name, field in value.items()
        for each in (field if isinstance(field, list | tuple) else [field])
        if each is not None
    ]
    return urlencode(pairs, errors="surrogatepass")


def _field(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def _end(style: BodyStyle) -> bytes:
    return b"\n" if style.trailing_newline else b""


def _problem(what: str, why: str) -> Problem:
    return Problem(
        code="unsendable-body", what=what, why=why, fix="look at what `with:`, `raw:` or `--set` puts into it"
    )
