"""A body as it was given → the bodies that it may have been when it was signed."""

from __future__ import annotations

import ast
import base64
import binascii
import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from simulator.doctor import style as styles
from simulator.doctor.style import Map, Number, Style
from simulator.doctor.variant import Variant, of

MOST_WORK_BYTES = 30_000_000
"""So much is written anew at most, so that a large body does not take minutes."""

MOST_UNPACKED_BYTES = 50_000_000

Order = Sequence[str]
"""Dotted paths of fields, in the order in which the provider writes them."""

_MARK = b"\xef\xbb\xbf"


def variants(body: bytes, orders: Sequence[Order] = ()) -> Iterator[Variant]:
    """Give what the body may have been, the likeliest first; `orders` are those of the provider's own fields."""
    seen = {body}
    for variant in _variants(body, orders):
        changed = variant.changes["body"]
        if changed not in seen:
            seen.add(changed)
            yield variant


def _variants(body: bytes, orders: Sequence[Order]) -> Iterator[Variant]:
    for edits in (_ends, _packed, _encoded):
        yield from edits(body)
    yield from _wrapped(body)
    yield from _rewritten(body, orders)
    yield from _forms(body)
    yield of("empty-body", "signed was nothing: a body of no bytes", body=b"")


# --- bytes -----------------------------------------------------------------------------------------------------------


def _ends(body: bytes) -> Iterator[Variant]:
    shorter = body.removesuffix(b"\n").removesuffix(b"\r")
    if shorter != body:
        yield of("newline-added", "given with a line end behind it that was not signed", body=shorter)
    yield of("newline-cut", "given without the line end behind it that was signed", body=body + b"\n")
    yield of("newline-cut", "given without the line end (of Windows) behind it that was signed", body=body + b"\r\n")
    if b"\r\n" in body:
        unix = body.replace(b"\r\n", b"\n")
        yield of("line-ends", "given with line ends of Windows (CRLF), signed with LF", body=unix)
    elif b"\n" in body:
        yield of(
            "line-ends", "given with LF, signed with line ends of Windows (CRLF)", body=body.replace(b"\n", b"\r\n")
        )
    yield of("white-space", "given with white space around it that was not signed", body=body.strip())
    if body.startswith(_MARK):
        yield of("byte-order-mark", "given with a byte order mark that was not signed", body=body[len(_MARK) :])
    else:
        yield of("byte-order-mark", "given without the byte order mark that was signed", body=_MARK + body)


def _encoded(body: bytes) -> Iterator[Variant]:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        for name in ("latin-1", "cp1252"):
            yield from _recoded(body, name, "utf-8")
        return
    for name in ("latin-1", "cp1252", "utf-16-le", "utf-16-be", "utf-16"):
        yield from _recoded(body, "utf-8", name)
    if not text.isascii():
        for name in ("latin-1", "cp1252"):
            twice = _recode(body, name, "utf-8")
            if twice is not None:
                what = f"signed as if its UTF-8 were {name}, written as UTF-8 once more"
                yield of("charset", what, body=twice)
        for name in ("ascii", "latin-1"):
            what = f"signed with ? in place of what {name} does not have"
            yield of("charset", what, body=text.encode(name, "replace"))
            yield of("charset", f"signed without what {name} does not have", body=text.encode(name, "ignore"))


def _recoded(body: bytes, given: str, signed: str) -> Iterator[Variant]:
    changed = _recode(body, given, signed)
    if changed is None:
        return
    what = f"given as {given}, signed as {signed}"
    if signed in ("latin-1", "cp1252") and _recode(changed, "utf-8", "utf-8") is not None:
        what = f"given as if its UTF-8 were {signed}, written as UTF-8 once more; signed as it was"
    yield of("charset", what, body=changed)


def _recode(body: bytes, given: str, signed: str) -> bytes | None:
    try:
        return body.decode(given).encode(signed)
    except UnicodeError:
        return None


def _packed(body: bytes) -> Iterator[Variant]:
    unpacked = _unpacked(body)
    if unpacked is not None:
        yield of("gzip", "given packed, signed unpacked", body=unpacked)
    if len(body) <= MOST_WORK_BYTES // 10:
        for level in (6, 9, 1):
            packed = gzip.compress(body, level, mtime=0)
            # The byte that names the system is set by the library that packed it.
            for system in (packed[9:10], b"\x03", b"\xff", b"\x00"):
                what = "given unpacked, signed packed by gzip"
                yield of("gzip", what, body=packed[:9] + system + packed[10:])
            yield of("gzip", "given unpacked, signed packed by deflate", body=zlib.compress(body, level))


def _unpacked(body: bytes) -> bytes | None:
    if not body.startswith((b"\x1f\x8b", b"\x78")):
        return None
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        found = unpacking.decompress(body, MOST_UNPACKED_BYTES)
    except zlib.error:
        return None
    return found if unpacking.eof else None


# --- something around it ---------------------------------------------------------------------------------------------


def _wrapped(body: bytes) -> Iterator[Variant]:
    text = body.decode("utf-8", "replace")
    inner = _quoted(text)
    if inner is not None:
        yield of("quoted-body", "given as a JSON text, in quotation marks; signed was what is in them", body=inner)
    if text.startswith(("b'", 'b"')):
        yield from _spelled(text)
    yield of("python-bytes", "signed was str() of the bytes, the b'…' of Python", body=repr(body).encode("ascii"))
    decoded = _unbased(body)
    if decoded is not None:
        yield of("base64-body", "given in base64, signed decoded", body=decoded)
    yield of("base64-body", "given as it is, signed in base64", body=base64.b64encode(body))
    if "\ufffd" not in text:
        yield of("quoted-body", "signed as a JSON text, in quotation marks", body=json.dumps(text).encode())


def _quoted(text: str) -> bytes | None:
    if not text.strip().startswith('"'):
        return None
    try:
        inner = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return inner.encode("utf-8", "surrogatepass") if isinstance(inner, str) else None


def _spelled(text: str) -> Iterator[Variant]:
    try:
        inner = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return
    if isinstance(inner, bytes):
        yield of("python-bytes", "given is str() of the bytes, the b'…' of Python; signed were the bytes", body=inner)


def _unbased(body: bytes) -> bytes | None:
    if not re.fullmatch(rb"[A-Za-z0-9+/\r\n]{4,}={0,2}\s*", body):
        return None
    try:
        return base64.b64decode(b"".join(body.split()), validate=True)
    except (ValueError, binascii.Error):
        return None


# --- JSON and forms --------------------------------------------------------------------------------------------------


def _rewritten(body: bytes, orders: Sequence[Order]) -> Iterator[Variant]:
    """Give the same JSON in other styles, as long as that does not take too long."""
    text = body.removeprefix(_MARK)
    try:
        value = styles.parse(text)
    except ValueError:
        return
    if not isinstance(value, Map | list):
        return
    given = styles.style_of(text, value)
    yield from _styled(value, given, (), MOST_WORK_BYTES)
    if isinstance(value, Map):
        yield of("python-dict", "signed was str() of the parsed body", body=_python(value).encode("utf-8", "replace"))
        yield from _reordered(value, given, orders)


def _styled(value: Any, given: Style | None, before: tuple[Any, ...], work_bytes: int) -> Iterator[Variant]:
    base = given or Style()
    for style in [base, *styles.others(base)] if given is None or before else styles.others(base):
        written = styles.write(value, style)
        work_bytes -= len(written)
        if work_bytes < 0:
            return
        found = () if style == given else styles.differences(given, style)
        yield Variant(culprits=(*before, *found), changes={"body": written})


def _reordered(value: Map, given: Style | None, orders: Sequence[Order]) -> Iterator[Variant]:
    """Give the value with its keys as the provider's events have them: an order that was lost cannot be seen in it."""
    tops = {key for key, _ in value.pairs}
    seen: set[tuple[str, ...]] = set()
    [before] = (of("json-order", "given with its keys in another order than the provider writes them").culprits,)
    for order in orders:
        if not tops <= {path.partition(".")[0] for path in order} or tuple(order) in seen:
            continue
        seen.add(tuple(order))
        place = {path: index for index, path in enumerate(order)}
        yield from _styled(_in_order(value, place, ""), given, before, MOST_WORK_BYTES // 100)


def _in_order(value: Any, place: dict[str, int], path: str) -> Any:
    if isinstance(value, list):
        return [_in_order(each, place, f"{path}0.") for each in value]
    if not isinstance(value, Map):
        return value
    pairs = sorted(value.pairs, key=lambda pair: place.get(f"{path}{pair[0]}", len(place)))
    return Map([(key, _in_order(each, place, f"{path}{key}.")) for key, each in pairs])


def _python(value: Any) -> str:
    """Give how Python shows a parsed body."""
    if isinstance(value, Map):
        return "{" + ", ".join(f"{key!r}: {_python(each)}" for key, each in dict(value.pairs).items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_python(each) for each in value) + "]"
    return str(value) if isinstance(value, Number) else repr(value)


def _forms(body: bytes) -> Iterator[Variant]:
    text = body.decode("utf-8", "replace")
    try:
        value = styles.parse(body)
    except ValueError:
        value = None
    if isinstance(value, Map):
        pairs = [(key, _field(each)) for key, each in value.pairs]
        yield from _as_forms(pairs, "given as JSON, signed as a form")
        yield from _as_forms([("payload", text)], "given as JSON, signed as the field payload of a form")
    elif re.fullmatch(r"[^\s{}<>]+=\S*", text):
        pairs = parse_qsl(text, keep_blank_values=True)
        found = Map([*pairs])
        for style in (Style(), Style(spaces="spaced"), Style(spaces="spaced", text="lower")):
            yield of("form", "given as a form, signed as JSON", body=styles.write(found, style))
        for name, inner in pairs:
            if inner.startswith("{"):
                yield of("form", f"given as a form, signed was its field {name}", body=inner.encode())
        yield from _as_forms(pairs, "given as a form that was written again, signed with other escapes")


def _as_forms(pairs: Sequence[tuple[str, str]], what: str) -> Iterator[Variant]:
    quoting: tuple[Callable[..., str], ...] = (_plus, quote)
    for each in quoting:
        for chosen in (list(pairs), sorted(pairs)):
            text = urlencode(chosen, quote_via=each, errors="surrogatepass")
            yield of("form", what, body=text.encode("ascii"))


def _plus(text: str | bytes, safe: str = "", encoding: str | None = None, errors: str | None = None) -> str:
    from urllib.parse import quote_plus

    return quote_plus(text, safe, encoding, errors) if isinstance(text, str) else quote_plus(text, safe)


def _field(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    return styles.write(value, Style()).decode("utf-8", "surrogatepass")
