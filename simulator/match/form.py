"""The forms of a text matcher: `plain`, `~close`, `/regex/`, with `<captures>` and `{{ expressions }}`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import regex  # type: ignore[import-untyped]

from simulator.match.result import NOTHING, Fill, Matched, differs, printable, show, verdict

REGEX_LIMIT_S = 0.25
"""Real time that one regular expression may search."""
_LONGEST_PATTERN = 100_000
_MOST_REPEATS = 100_000
"""The product of all fixed repeat counts of a pattern, since each repetition is written out in memory."""

_QUOTED = r"""'(?:\\.|[^'\\])*+'|"(?:\\.|[^"\\])*+\""""
_EXPRESSION = regex.compile(
    rf"""
    \{{\{{ (?: {_QUOTED} | (?&braces) | [^'"{{}}] )*+ \}}\}}
    (?(DEFINE) (?P<braces> \{{ (?: {_QUOTED} | (?&braces) | [^'"{{}}] )*+ \}} ))
    """,
    regex.VERBOSE | regex.DOTALL,
)
_CAPTURE = re.compile(r"<([A-Za-z_][A-Za-z0-9_]*)>")
_REGEX = re.compile(r"/(.*)/(i?)", re.DOTALL)
_REPEAT = re.compile(r"\{([0-9]+)(?:,[0-9]*)?\}")
_RECURSION = re.compile(r"\(\?(?:R|[+-]?[0-9]|&|P>)")


class BadPatternError(ValueError):
    """A regular expression or JSONPath that cannot be used; its text says why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a text matcher."""

    kind: Literal["literal", "expression", "capture"]
    text: str
    """The literal, the expression with its braces, or the name of the capture."""


@dataclass(frozen=True, slots=True)
class Form:
    """A text matcher as read, its expressions not filled in."""

    kind: Literal["plain", "close", "regex"]
    pieces: tuple[Piece, ...]
    is_folded: bool = False
    """True where letter case does not count."""


@lru_cache(maxsize=4096)
def read(written: str) -> Form:
    """Give the form of a text matcher without white space around it; a regular expression without its end is plain."""
    regular = _REGEX.fullmatch(written)
    if regular is not None:
        return Form("regex", tuple(pieces_of(regular[1], has_captures=False)), bool(regular[2]))
    if written.startswith("~"):
        return Form("close", tuple(pieces_of(written[1:], has_captures=True)), is_folded=True)
    return Form("plain", tuple(pieces_of(written, has_captures=True)))


def pieces_of(text: str, *, has_captures: bool) -> Iterator[Piece]:
    """Give the literals, expressions and, where it may have any, captures of a text, in order."""
    position = 0
    for expression in _expressions(text):
        yield from _literals(text[position : expression.start()], has_captures=has_captures)
        yield Piece("expression", expression[0])
        position = expression.end()
    yield from _literals(text[position:], has_captures=has_captures)


def is_expression(text: str) -> bool:
    """True where a text is one expression and nothing else."""
    return _EXPRESSION.fullmatch(text) is not None


def is_equals(wanted: Any) -> bool:
    """True for `{equals: …}`, the literal."""
    return isinstance(wanted, Mapping) and wanted.keys() == {"equals"}


def filled(value: Any, fill: Fill) -> Any:
    """Give a literal with its expressions filled in; one that stands alone keeps its type."""
    if isinstance(value, Mapping):
        return {key: filled(inner, fill) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [filled(inner, fill) for inner in value]
    if not isinstance(value, str):
        return value
    if is_expression(value.strip()):
        return fill(value.strip())
    return "".join(piece.text for piece in _with_values(pieces_of(value, has_captures=False), fill))


def match_text(wanted: Any, found: Any, fill: Fill, path: str) -> Matched:
    """
    Compare where text belongs: `any` and `none` (there or not), a form, or `{equals: …}`; `42` is how it is spelled.

    `found` is a text, or NOTHING.
    """
    if isinstance(wanted, bool):
        wanted = "any" if wanted else "none"
    if is_equals(wanted):
        literal = str(filled(wanted["equals"], fill)).strip()
        return verdict(isinstance(found, str) and found.strip() == literal, path, show(literal), found)
    written = str(wanted).strip()
    if written in ("any", "none"):
        words = "any text" if written == "any" else "no text"
        return verdict((found is not NOTHING) == (written == "any"), path, words, found)
    if not isinstance(found, str):
        return verdict(False, path, shown(read(written)), found)
    return match_form(written, found, fill, path)


def match_form(written: str, found: str, fill: Fill, path: str) -> Matched:
    """Compare one of the forms with a text; white space at both ends of a plain or a close one does not count."""
    form = read(written)
    pieces = _stripped(_with_values(form.pieces, fill), form)
    words = shown(form, pieces)
    if form.kind == "regex" or any(piece.kind == "capture" for piece in pieces):
        return _search(form, pieces, found, path, words)
    literal = "".join(piece.text for piece in pieces)
    is_match = _folded(literal) in _folded(found) if form.kind == "close" else literal.strip() == found.strip()
    return verdict(is_match, path, words, found)


def shown(form: Form, pieces: Iterable[Piece] | None = None) -> str:
    """Give a form as a person would write it."""
    there = form.pieces if pieces is None else pieces
    text = "".join(f"<{piece.text}>" if piece.kind == "capture" else piece.text for piece in there)
    if form.kind == "regex":
        return printable(f"/{text}/{'i' if form.is_folded else ''}")
    return printable(f"~{text}") if form.kind == "close" else show(text)


def pattern_of(form: Form, pieces: Iterable[Piece] | None = None) -> Any:
    """
    Give the compiled regular expression of a form that has one or holds captures, what is filled in taken literally.

    Raises:
        BadPatternError: it cannot be used.
    """
    there = list(form.pieces if pieces is None else pieces)
    if form.kind == "regex":
        written = "".join(piece.text if piece.kind == "literal" else regex.escape(piece.text) for piece in there)
        return _compiled(written, form.is_folded)
    return _compiled(_capturing(there, is_close=form.kind == "close"), form.is_folded)


def _search(form: Form, pieces: list[Piece], found: str, path: str, words: str) -> Matched:
    try:
        pattern = pattern_of(form, pieces)
        if form.kind == "regex":
            hit = pattern.search(found, timeout=REGEX_LIMIT_S)
        else:
            look = pattern.fullmatch if form.kind == "plain" else pattern.search
            hit = look(found.strip(), timeout=REGEX_LIMIT_S)
    except TimeoutError:
        return differs(path, words, f"no end of the search within {REGEX_LIMIT_S:g} s in {show(found)}")
    except BadPatternError as error:
        return differs(path, words, f"the pattern cannot be used: {error}")
    if hit is None:
        return verdict(False, path, words, found)
    return Matched(captures={name: text for name, text in hit.groupdict().items() if text is not None})


def _capturing(pieces: list[Piece], *, is_close: bool) -> str:
    """Give the pattern of a text with captures: each holds one character at least, the last one all to the end."""
    pattern, seen = "", set()
    for index, piece in enumerate(pieces):
        if piece.kind != "capture":
            parts = re.split(r"(\s+)", piece.text) if is_close else [piece.text]
            pattern += "".join(r"\s+" if number % 2 else regex.escape(part) for number, part in enumerate(parts))
        elif piece.text in seen:
            pattern += f"(?P={piece.text})"
        else:
            seen.add(piece.text)
            pattern += f"(?P<{piece.text}>(?s:.{'+' if index == len(pieces) - 1 else '+?'}))"
    return pattern


@lru_cache(maxsize=1024)
def _compiled(pattern: str, is_folded: bool) -> Any:
    if len(pattern) > _LONGEST_PATTERN or _repeats(pattern) > _MOST_REPEATS:
        raise BadPatternError("it is too large")
    if _RECURSION.search(pattern):
        # Its memory grows by hundreds of megabytes before the time limit ends it.
        raise BadPatternError("it calls itself")
    try:
        return regex.compile(pattern, regex.VERSION0 | (regex.IGNORECASE | regex.FULLCASE if is_folded else 0))
    except regex.error as error:
        raise BadPatternError(str(error)) from None
    except (RecursionError, MemoryError, OverflowError):
        raise BadPatternError("it is too large") from None


def _repeats(pattern: str) -> int:
    counts = 1
    for found in _REPEAT.finditer(pattern):
        counts = min(counts * max(1, int(found[1][:9])), _MOST_REPEATS + 1)
    return counts


def _expressions(text: str) -> Iterator[Any]:
    position = text.find("{{")
    while position >= 0:
        found = _EXPRESSION.match(text, position)
        if found is None:
            # Trying each later brace as well would take quadratic time, and nothing there is meant.
            return
        yield found
        position = text.find("{{", found.end())


def _literals(text: str, *, has_captures: bool) -> Iterator[Piece]:
    for index, part in enumerate(_CAPTURE.split(text) if has_captures else [text]):
        if index % 2:
            yield Piece("capture", part)
        elif part:
            yield Piece("literal", part)


def _with_values(pieces: Iterable[Piece], fill: Fill) -> list[Piece]:
    return [Piece("expression", str(fill(piece.text))) if piece.kind == "expression" else piece for piece in pieces]


def _stripped(pieces: list[Piece], form: Form) -> list[Piece]:
    if form.kind == "regex" or not pieces:
        return pieces
    if pieces[0].kind != "capture":
        pieces[0] = Piece(pieces[0].kind, pieces[0].text.lstrip())
    if pieces[-1].kind != "capture":
        pieces[-1] = Piece(pieces[-1].kind, pieces[-1].text.rstrip())
    return pieces


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
