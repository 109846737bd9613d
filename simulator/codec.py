"""Records ⇄ JSON, with secrets hidden: the only place that knows how what happened looks as JSON."""

from __future__ import annotations

import base64
import dataclasses
import functools
import html
import json
import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, quote_plus

from simulator.records import Attempt, SignedRequest

HIDDEN = "[redacted]"
"""What stands where a secret stood."""

DEEPEST = 200
"""So many maps and lists may stand inside each other; what lies deeper is named, not shown."""

_SHORTEST = 4
"""A secret below this length is hidden only where it is the whole value: elsewhere it would be found by accident."""

_SHORT, _MIDDLING = 256, 16_384
"""Characters of texts, and bytes, that are remembered as they are shown."""

_WIDEST = 14_000
"""Whole numbers of more bits become hexadecimal text: Python refuses to write them as decimal digits."""

_ALIGNED = 8
"""Base64 of something that holds a secret is recognised by at least so many characters."""


class Redactor:
    """Replaces secrets in texts, also where they stand URL-encoded, JSON-escaped, in base64 or in hexadecimals."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Hide these; empty ones are passed over."""
        given = [secret for secret in secrets if secret]
        # Where a bot prints one of several lines, they are told one by one.
        self._whole = frozenset([*given, *(line for secret in given for line in _lines(secret))])
        forms = {form for secret in self._whole if len(secret) >= _SHORTEST for form in _forms(secret)}
        self._forms = sorted(forms, key=lambda form: (-len(form), form))
        self._least = min(map(len, [*self._whole, *self._forms]), default=0)
        self._found = re.compile("|".join(map(re.escape, self._forms)))
        # The same texts stand in one entry after another.
        self._hidden = functools.lru_cache(maxsize=4096)(self._hide)
        self._quoted = functools.lru_cache(maxsize=4096)(lambda text: _quoted(self._hide(text)))
        self._shown = functools.lru_cache(maxsize=256)(self._show)
        self.hides_anything = bool(self._whole)
        self.hides_numbers = any(form.replace(".", "").isdigit() for form in self._whole)
        """True where a secret is made of digits, so that a number may be one."""
        self.written: dict[int, tuple[Any, str]] = {}
        """By its id, a record that was written lately, and its JSON."""
        self.forms: dict[tuple[Any, ...], str] = {}
        """Keys of a map → its JSON, with `%s` for each value."""

    def hide(self, text: str) -> str:
        """Give the text without any of the secrets."""
        if len(text) < self._least:
            return text
        return self._hidden(text) if len(text) <= _SHORT else self._hide(text)

    def quote(self, text: str) -> str:
        """Give the text as JSON, without any of the secrets."""
        return self._quoted(text) if len(text) <= _SHORT else _quoted(self._hide(text))

    def _hide(self, text: str) -> str:
        if text in self._whole:
            return HIDDEN
        for form in self._forms:
            if form in text:
                return self._found.sub(HIDDEN, text)
        return text

    def hide_bytes(self, content: bytes) -> bytes:
        """Give the bytes without any of the secrets."""
        return self._shown(content) if len(content) <= _MIDDLING else self._show(content)

    def _show(self, content: bytes) -> bytes:
        text = content.decode("utf-8", "surrogateescape")
        shown = self._hide(text)
        return content if shown is text else shown.encode("utf-8", "surrogateescape")


def to_json(value: Any, secrets: Redactor | None = None) -> Any:
    """
    Give the value as maps, lists, texts, numbers, booleans and null, fit for `json.dumps` whatever it was.

    Records become maps of their fields. Bytes become text where they are UTF-8, else `{"base64": …}`. Numbers that
    JSON does not have become text.
    """
    return _to_json(value, secrets, DEEPEST)


def dumps(value: Any, secrets: Redactor | None = None) -> str:
    """
    Give the value as one line of JSON.

    It is ASCII: control characters, halves of surrogate pairs and text that runs from right to left are escaped, so
    that neither a terminal nor an encoding can be hurt by what a bot sent. It is what `json.dumps` makes of `to_json`.
    """
    return _written(value, secrets if secrets is not None and secrets.hides_anything else None, DEEPEST)


def from_json(text: str | bytes) -> Any:
    """
    Give the value that a JSON text stands for.

    Raises:
        ValueError: it is no JSON, or nested too deeply.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def to_bytes(value: Any) -> bytes:
    """
    Give back the bytes that `to_json` showed as text or as `{"base64": …}`.

    Raises:
        ValueError: it shows no bytes.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, Mapping) and isinstance(value.get("base64"), str):
        return base64.b64decode(value["base64"], validate=True)
    raise ValueError("neither a text nor a map with base64")


def _to_json(value: Any, secrets: Redactor | None, depth: int) -> Any:
    kind = type(value)
    # Most of all that is written is one of these.
    if kind is str:
        return secrets.hide(value) if secrets is not None else value
    if value is None or kind is bool:
        return value
    if kind is int or kind is float:
        return _number(value, secrets)
    if kind is tuple and depth:
        return [_to_json(each, secrets, depth - 1) for each in value]
    if kind not in _FIELDS:
        _FIELDS[kind] = _fields(kind)
    names = _FIELDS[kind]
    if names is not None and depth:
        return {name: _to_json(getattr(value, name), secrets, depth - 1) for name in names}
    return _other_to_json(value, secrets, depth)


def _other_to_json(value: Any, secrets: Redactor | None, depth: int) -> Any:
    if isinstance(value, str):
        return secrets.hide(value) if secrets is not None else str(value)
    if isinstance(value, int | float):
        return _number(value, secrets)
    if isinstance(value, bytes | bytearray | memoryview):
        return _bytes(bytes(value), secrets)
    if depth == 0:
        return f"[nested deeper than {DEEPEST}]"
    if isinstance(value, Mapping):
        return {str(_to_json(key, secrets, 1)): _to_json(each, secrets, depth - 1) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_to_json(each, secrets, depth - 1) for each in value), key=str)
    if isinstance(value, list | tuple):
        return [_to_json(each, secrets, depth - 1) for each in value]
    if isinstance(value, PurePath):
        return _to_json(value.as_posix(), secrets, depth)
    return _to_json(str(value), secrets, depth)


_FIELDS: dict[type, tuple[str, ...] | None] = {}
"""Each kind of value that was written so far → the names of its fields; None for what is no record."""


def _fields(kind: type) -> tuple[str, ...] | None:
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else None


def _number(value: float, secrets: Redactor | None) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and value.bit_length() > _WIDEST:
        return f"{value:#x}"
    if secrets is not None and secrets.hides_numbers:
        text = str(value)
        shown = secrets.hide(text)
        return value if shown == text else shown
    return value


def _bytes(content: bytes, secrets: Redactor | None) -> Any:
    shown = secrets.hide_bytes(content) if secrets is not None else content
    try:
        return shown.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(shown).decode("ascii")}


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


# --- the same as text, without the maps and lists between ------------------------------------------------------------

_quoted = json.encoder.encode_basestring_ascii

_UNCHANGING = frozenset({SignedRequest, Attempt})
"""Records that are immutable through and through, and that several entries in a row tell of."""

_REMEMBERED, _LONGEST_REMEMBERED = 128, 16_384
"""So many of their texts are kept, of at most so many characters."""

_KNOWN_FORMS, _LONGEST_FORM = 1024, 4096
"""So many forms of maps are kept, of at most so many characters: maps with the same keys come again and again."""

_plainly_written: dict[int, tuple[Any, str]] = {}
_plain_forms: dict[tuple[Any, ...], str] = {}

Writing = Callable[[Any, Redactor | None, int], str]

_SHAPES: dict[type, Writing | None] = {}
"""Each kind of value that was written so far → what writes a record of it; None for what is no record."""


def _written(value: Any, secrets: Redactor | None, depth: int) -> str:
    kind = type(value)
    if kind is str:
        return _quoted(value) if secrets is None else secrets.quote(value)
    if value is None or kind is bool:
        return "null" if value is None else "true" if value else "false"
    if (kind is int or kind is float) and (secrets is None or not secrets.hides_numbers):
        if kind is float and math.isfinite(value):
            return repr(value)
        if kind is int and value.bit_length() <= _WIDEST:
            return repr(value)
    if kind is bytes:
        shown = _bytes(value, secrets)
        return _quoted(shown) if type(shown) is str else _dumped(shown)
    if (kind is tuple or kind is list) and depth:
        return f"[{','.join(_all_written(value, secrets, depth - 1))}]"
    if (kind is dict or kind is MappingProxyType) and depth:
        return _map_written(value, secrets, depth - 1)
    shape = _SHAPES[kind] if kind in _SHAPES else _learned(kind)
    if shape is None or not depth:
        return _dumped(_to_json(value, secrets, depth))
    return _remembered(value, shape, secrets, depth) if kind in _UNCHANGING else shape(value, secrets, depth - 1)


def _all_written(values: Iterable[Any], secrets: Redactor | None, depth: int) -> list[str]:
    """Give the text of each; most are texts themselves, for which a call is saved."""
    if secrets is None:
        return [_quoted(each) if type(each) is str else _written(each, None, depth) for each in values]
    quote = secrets.quote
    return [quote(each) if type(each) is str else _written(each, secrets, depth) for each in values]


def _map_written(value: Mapping[Any, Any], secrets: Redactor | None, depth: int) -> str:
    keys = tuple(value)
    known = secrets.forms if secrets is not None else _plain_forms
    form = known.get(keys)
    if form is None:
        names = [_key(key, secrets) for key in keys]
        if len(set(names)) < len(names):
            # Where two names become one, the later one counts, at the place of the first.
            fields = dict(zip(names, value.values(), strict=True))
            return f"{{{','.join([f'{name}:{_written(each, secrets, depth)}' for name, each in fields.items()])}}}"
        form = _form(names)
        if len(form) <= _LONGEST_FORM and all(type(key) is str for key in keys):
            known[keys] = form
            if len(known) > _KNOWN_FORMS:
                known.pop(next(iter(known)), None)
    return form % tuple(_all_written(value.values(), secrets, depth))


def _remembered(value: Any, write: Writing, secrets: Redactor | None, depth: int) -> str:
    """Give the text of an immutable record, which may have been made a moment ago."""
    if depth < DEEPEST // 2:
        return write(value, secrets, depth - 1)
    known = secrets.written if secrets is not None else _plainly_written
    found = known.get(id(value))
    if found is not None:
        return found[1]
    text = write(value, secrets, depth - 1)
    if len(text) <= _LONGEST_REMEMBERED:
        # The record is kept with it: as long as it is, no other can have its id.
        known[id(value)] = value, text
        if len(known) > _REMEMBERED:
            known.pop(next(iter(known)), None)
    return text


def _learned(kind: type) -> Writing | None:
    """Give what writes the fields of a kind of record; None for what is no record."""
    _SHAPES[kind] = _writing(names) if (names := _fields(kind)) else None
    return _SHAPES[kind]


def _writing(names: tuple[str, ...]) -> Writing:
    first, *others = names
    # The second name lets `attrgetter` give a tuple where there is but one.
    get = operator.attrgetter(first, *others or names)
    form = _form([f'"{name}"' for name in names])

    def write(value: Any, secrets: Redactor | None, depth: int) -> str:
        return form % tuple(_all_written(get(value)[: len(names)], secrets, depth))

    return write


def _form(names: Iterable[str]) -> str:
    """Give an object with these names, which are JSON already, and `%s` for each value."""
    return "{" + ",".join([f"{name.replace('%', '%%')}:%s" for name in names]) + "}"


def _key(key: Any, secrets: Redactor | None) -> str:
    if type(key) is str:
        return secrets.quote(key) if secrets is not None else _quoted(key)
    return _quoted(str(_to_json(key, secrets, 1)))


_dumped: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode


# --- in what forms a secret may stand --------------------------------------------------------------------------------


def _forms(secret: str) -> Iterable[str]:
    """Give the secret and what encoders make of it."""
    content = secret.encode("utf-8", "surrogatepass")
    quoted = {quote(content, safe=""), quote(content, safe="/"), quote_plus(content)}
    plain, unicode = json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]
    # Go and .NET write as numbers what would mean something in a page.
    of_go = re.sub("[<>&]", lambda found: f"\\u{ord(found[0]):04x}", unicode)
    of_net = re.sub("[<>&+'`]", lambda found: f"\\u{ord(found[0]):04X}", plain.replace('\\"', "\\u0022"))
    escaped = {plain, unicode, of_go, of_net}
    yield secret
    yield from _shown_forms(secret)
    for text in quoted:
        yield text
        yield re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), text)
    for text in escaped:
        yield text
        yield text.replace("/", "\\/")
        yield re.sub(r"\\u[0-9a-f]{4}", lambda found: f"\\u{found[0][2:].upper()}", text)
    yield content.hex()
    yield content.hex().upper()
    yield from _base64_forms(content)


def _lines(secret: str) -> Iterable[str]:
    """Give the lines of a secret that has several, but for those that say what it is."""
    lines = secret.splitlines()
    return (line for line in lines if len(line) >= _ALIGNED and not line.startswith("--")) if len(lines) > 1 else ()


def _shown_forms(secret: str) -> Iterable[str]:
    """Give how programs show a text to people and to shells: Python's repr, quotes of a shell, escapes of a screen."""
    yield repr(secret)[1:-1]
    yield "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in secret)
    page = html.escape(secret)
    yield from (page, html.escape(secret, quote=False), page.replace("&quot;", "&#34;").replace("&#x27;", "&#39;"))
    yield secret.replace("'", "'\"'\"'")
    yield secret.replace("'", "'\\''")
    yield secret.replace('"', '\\"')


def _base64_forms(content: bytes) -> Iterable[str]:
    """Give what of the secret is to be seen in the base64 of any text that holds it, in both alphabets."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + content).decode("ascii")
        first = -(-before * 4 // 3)
        last = (before + len(content)) * 4 // 3
        seen = encoded[first:last]
        for text in {seen, seen.replace("+", "-").replace("/", "_"), quote(seen, safe="")}:
            if len(seen) >= _ALIGNED:
                yield text
    whole = base64.b64encode(content).decode("ascii")
    if len(whole) >= _ALIGNED:
        yield whole
        yield whole.replace("+", "-").replace("/", "_")
