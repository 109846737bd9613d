"""The ways in which one JSON value is written, told apart by what differs; numbers keep their spelling."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from simulator.doctor.culprits import Culprit

DEEPEST = 200
"""So deep may maps and lists stand inside each other; deeper ones are not written again."""

SPACES = {
    "compact": "without spaces",
    "spaced": 'with a space after each "," and ":", as json.dumps writes it',
    "colon": 'with a space after each ":"',
    "indent 2": "with a field a line, indented by 2",
    "indent 4": "with a field a line, indented by 4",
    "indent tab": "with a field a line, indented by tabs",
}
TEXTS = {
    "utf-8": "text as it is",
    "lower": r"text beyond ASCII as \u escapes",
    "upper": r"text beyond ASCII as \U escapes",
}
ENDS = {"": "no line end", "\n": "a line end", "\r\n": "a line end of Windows"}

_HTML = re.compile("[<>&\u2028\u2029]")
_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|.)")


class Number(str):
    """A number as it was spelled."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """One way to write JSON."""

    spaces: str = "compact"
    text: str = "utf-8"
    has_escaped_slashes: bool = False
    has_escaped_html: bool = False
    is_sorted: bool = False
    is_rounded: bool = False
    """Whole numbers as languages write them that know no others than floating ones."""
    end: str = ""


Pairs = list[tuple[str, Any]]


def parse(body: bytes) -> Any:
    """
    Give the value of a JSON body, maps as `Map`s of pairs, numbers as they are spelled.

    Raises:
        ValueError: it is no JSON, or too deep.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=Map,
            parse_int=Number,
            parse_float=Number,
            parse_constant=Number,
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _check_depth(value, DEEPEST)
    return value


class Map:
    """A JSON object: its pairs in their order, also where a key comes twice."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: Pairs) -> None:
        """Keep them."""
        self.pairs = pairs


def write(value: Any, style: Style) -> bytes:
    """Give the bytes of a value that `parse` gave, in that style."""
    separators = {"compact": (",", ":"), "spaced": (", ", ": "), "colon": (",", ": ")}
    comma, colon = separators.get(style.spaces, (",", ": "))
    indent = {"indent 2": "  ", "indent 4": "    ", "indent tab": "\t"}.get(style.spaces, "")
    parts: list[str] = []
    _write(value, _Hand(_speller(style), comma, colon, indent, style), "\n", parts.append)
    return ("".join(parts) + style.end).encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class _Hand:
    """What writing one value needs."""

    spell: Callable[[str], str]
    comma: str
    colon: str
    indent: str
    style: Style


def _write(value: Any, hand: _Hand, line: str, put: Callable[[str], Any]) -> None:
    if isinstance(value, Map):
        pairs = sorted(value.pairs, key=lambda pair: pair[0]) if hand.style.is_sorted else value.pairs
        _write_all([(hand.spell(key) + hand.colon, each) for key, each in pairs], "{}", hand, line, put)
    elif isinstance(value, list):
        _write_all([("", each) for each in value], "[]", hand, line, put)
    elif isinstance(value, Number):
        put(_rounded(value) if hand.style.is_rounded else value)
    elif isinstance(value, str):
        put(hand.spell(value))
    else:
        put({None: "null", True: "true", False: "false"}[value])


def _write_all(items: Pairs, marks: str, hand: _Hand, line: str, put: Callable[[str], Any]) -> None:
    inner = line + hand.indent if hand.indent and items else ""
    put(marks[0])
    for index, (lead, each) in enumerate(items):
        put((hand.comma if index else "") + inner + lead)
        _write(each, hand, inner, put)
    put((line if inner else "") + marks[1])


def _speller(style: Style) -> Callable[[str], str]:
    """Give what writes a text as that style does."""

    def spell(text: str) -> str:
        shown = json.dumps(text, ensure_ascii=style.text != "utf-8")
        if style.has_escaped_slashes:
            shown = shown.replace("/", "\\/")
        if style.has_escaped_html:
            shown = _HTML.sub(lambda found: f"\\u{ord(found[0]):04x}", shown)
        return _ESCAPE.sub(_upper, shown) if style.text == "upper" else shown

    return spell


def _upper(escape: re.Match[str]) -> str:
    text = escape[0]
    return f"\\u{text[2:].upper()}" if len(text) == len("\\u0000") else text


def _rounded(number: str) -> str:
    """Give a number as JavaScript writes it."""
    try:
        value = float(number)
    except ValueError:
        return number
    if not math.isfinite(value) or abs(value) >= 1e21 or abs(value) < 1e-6:
        return number
    # The digits that are shown are the fewest that mean the number; what is beyond them is zeros.
    digits = repr(value)
    if "e" in digits:
        mantissa, _, exponent = digits.partition("e")
        whole, _, part = mantissa.partition(".")
        return (whole + part).ljust(int(exponent) + len(whole), "0") if int(exponent) > 0 else number
    return digits.removesuffix(".0")


def _check_depth(value: Any, most: int) -> None:
    if most == 0:
        raise ValueError("nested too deeply")
    inner = [each for _, each in value.pairs] if isinstance(value, Map) else value if isinstance(value, list) else ()
    for each in inner:
        _check_depth(each, most - 1)


# --- what differs ----------------------------------------------------------------------------------------------------

AXES: Mapping[str, tuple[Any, ...]] = {
    "spaces": tuple(SPACES),
    "text": tuple(TEXTS),
    "has_escaped_slashes": (False, True),
    "end": tuple(ENDS),
    "is_sorted": (False, True),
    "has_escaped_html": (False, True),
    "is_rounded": (False, True),
}


def style_of(body: bytes, value: Any) -> Style | None:
    """Give the simplest style in which the value is written just so; None for one of no known style."""
    end = next((each for each in ("\r\n", "\n") if body.endswith(each.encode())), "")
    for changed in _changes(Style(end=end), most=3, without=("end", "is_sorted", "is_rounded")):
        if write(value, changed) == body:
            return changed
    return None


def others(style: Style) -> Iterator[Style]:
    """Give the styles that differ, those first that differ in little."""
    yield from itertools.islice(_changes(style, most=4), 1, None)


def _changes(style: Style, *, most: int, without: tuple[str, ...] = ()) -> Iterator[Style]:
    names = [name for name in AXES if name not in without]
    for count in range(most + 1):
        for chosen in itertools.combinations(names, count):
            choices = [[each for each in AXES[name] if each != getattr(style, name)] for name in chosen]
            for values in itertools.product(*choices):
                yield replace(style, **dict(zip(chosen, values, strict=True)))


def differences(given: Style | None, signed: Style) -> tuple[Culprit, ...]:
    """Give what differs between the style of the given body and that of the signed one."""
    if given is None:
        what = f"given in a way of its own, signed {SPACES[signed.spaces]}"
        return (Culprit(name="json-spaces", what=what),)
    return tuple(
        _difference(each.name, getattr(given, each.name), getattr(signed, each.name))
        for each in fields(Style)
        if getattr(given, each.name) != getattr(signed, each.name)
    )


def _difference(axis: str, given: Any, signed: Any) -> Culprit:
    if axis == "spaces":
        return Culprit(name="json-spaces", what=f"given {SPACES[given]}; signed {SPACES[signed]}")
    if axis == "text":
        is_case = "utf-8" not in (given, signed)
        name = "json-escape-case" if is_case else "json-escapes"
        return Culprit(name=name, what=f"given with {TEXTS[given]}; signed with {TEXTS[signed]}")
    if axis == "end":
        name = "newline-cut" if not given else "newline-added" if not signed else "line-ends"
        return Culprit(name=name, what=f"given with {ENDS[given]} behind it; signed with {ENDS[signed]}")
    if axis == "is_sorted":
        what = "signed with its keys in alphabetical order, and not in the order in which they are given"
        return Culprit(name="json-order", what=what)
    if axis == "is_rounded":
        what = "signed with large numbers rounded, as JavaScript reads them"
        return Culprit(name="json-numbers", what=what)
    name, what = {
        "has_escaped_slashes": ("json-slashes", "slashes as \\/"),
        "has_escaped_html": ("json-html", "<, > and & as escapes"),
    }[axis]
    return Culprit(
        name=name, what=f"{'given' if given else 'signed'} with {what}, {'signed' if given else 'given'} without"
    )
