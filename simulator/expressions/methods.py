"""Which attributes expressions see of values of Python's own kinds, and their methods with limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from simulator.expressions.budget import MOST_BITS, WIDEST, LimitError, check, counted, size

# fmt: off
OF_TEXT = frozenset({
    "capitalize", "casefold", "center", "count", "endswith", "find", "index", "isalnum", "isalpha", "isdecimal",
    "isdigit", "islower", "isnumeric", "isspace", "istitle", "isupper", "join", "ljust", "lower", "lstrip", "partition",
    "removeprefix", "removesuffix", "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split",
    "splitlines", "startswith", "strip", "swapcase", "title", "upper", "zfill",
})
# fmt: on
OF_LIST = frozenset({"count", "index"})
OF_MAP = frozenset({"get", "items", "keys", "values"})

_WIDTHS = re.compile(r"[0-9]+|\*")
_FIELD = re.compile(r"%(?:\([^)]*\))?([^a-zA-Z%]*)")


def call_on_text(text: str, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """
    Give what a method of a text gives.

    Raises:
        LimitError: the result would be too large.
    """
    if name == "join" and len(args) == 1:
        return join(text, args[0])
    if name == "replace" and len(args) >= 2:
        return replace(text, *args, **kwargs)
    if name in ("center", "ljust", "rjust", "zfill") and args:
        check_width(args[0])
    if name in ("endswith", "startswith") and args and isinstance(args[0], list):
        args = (tuple(args[0]), *args[1:])
    return getattr(text, name)(*args, **kwargs)


def join(between: str, values: Any) -> str:
    """
    Give the texts joined into one.

    Raises:
        LimitError: it would be too large.
    """
    texts = list(counted(values))
    check(size(texts) + len(between) * len(texts))
    return between.join(texts)


def replace(text: str, old: str, new: str, count: int = -1) -> str:
    """
    Give the text with one part replaced by another.

    Raises:
        LimitError: it would be too large.
    """
    found = text.count(old) if count < 0 else min(count, text.count(old))
    check(len(text) + found * len(new))
    return text.replace(old, new, count)


def check_width(width: Any) -> None:
    """
    Do nothing where a padding may be so wide.

    Raises:
        LimitError: it may not.
    """
    if isinstance(width, int) and abs(width) > WIDEST:
        raise LimitError(f"a width is at most {WIDEST}")


def checked_format(text: str, values: Any) -> str:
    """
    Give `text % values`.

    Raises:
        LimitError: it would be too large.
    """
    for field in _FIELD.finditer(text):
        for width in _WIDTHS.findall(field[1]):
            check_width(WIDEST + 1 if width == "*" or len(width) > 9 else int(width))
    # Values may be named several times.
    check(len(text) + text.count("%") * (WIDEST + size(values)))
    return str(text % values)


def binary(function: Callable[[Any, Any], Any], sign: str, left: Any, right: Any) -> Any:
    """
    Give `left sign right`.

    Raises:
        LimitError: the result would be too large.
    """
    if sign == "%" and isinstance(left, str | bytes):
        return checked_format(left if isinstance(left, str) else str(left), right)
    if sign == "+" and isinstance(left, str | list | tuple) and isinstance(right, str | list | tuple):
        check(len(left) + len(right))
    elif sign == "*":
        _check_product(left, right)
    elif sign == "**":
        _check_power(left, right)
    return function(left, right)


def _check_product(left: Any, right: Any) -> None:
    for many, times in ((left, right), (right, left)):
        if isinstance(many, str | bytes | list | tuple) and isinstance(times, int):
            check(max(times, 0) * max(size(many), 1))
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > MOST_BITS:
        raise LimitError("a number has too many digits")


def _check_power(left: Any, right: Any) -> None:
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() * abs(right) > MOST_BITS:
        raise LimitError("a number has too many digits")
