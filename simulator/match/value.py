"""Matchers for JSON values: numbers and ranges, maps by path, lists as sub-sequences, JSONPath."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from simulator import paths
from simulator.match.form import BadPatternError, filled, is_equals, is_expression, match_form, read, shown
from simulator.match.result import NOTHING, Fill, Matched, closest, differs, joined, printable, show, verdict
from simulator.match.search import query

_NUMBER = re.compile(r"-?[0-9]{1,300}(?:\.[0-9]{1,300})?(?:[eE][+-]?[0-9]{1,3})?")
_COMPARISON = re.compile(r"(>=|<=|==|!=|>|<)\s*(.+)", re.DOTALL)
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}


def match_value(wanted: Any, found: Any, fill: Fill, path: str = "") -> Matched:
    """
    Give the differences between a matcher and a JSON value, or NOTHING.

    A text is one of the text forms, `any` (there, and not null), `none` (not there, or null), `>= 3` or `1..5`; it is
    compared with a number as that is spelled. A number fits a text that spells it, since all values of a form are
    texts. The keys of a map are dotted paths, or JSONPaths from `$` on, and what it does not name does not count. A
    list is a sub-sequence, the empty list no element at all. `{equals: …}` is equal in type and in whole.
    """
    if isinstance(wanted, str):
        return _match_written(wanted.strip(), found, fill, path)
    if is_equals(wanted):
        literal = filled(wanted["equals"], fill)
        return verdict(_is_equal(literal, found), path, show(literal), found)
    if isinstance(wanted, Mapping):
        return _match_map(wanted, found, fill, path)
    if isinstance(wanted, list | tuple):
        return _match_list(wanted, found, fill, path)
    return verdict(_is_same(wanted, found), path, show(wanted), found)


def match_sequence(
    wanted: Sequence[Any], found: Sequence[Any], compare: Callable[[Any, Any, str], Matched], path: str, words: str
) -> Matched:
    """Compare in order, passing over what is not asked for; `words` are what is found, for the mismatches."""
    if not wanted:
        return Matched() if not found else differs(path, "none", words)
    results: list[Matched] = []
    position = 0
    for index, item in enumerate(wanted):
        at = f"{path}.{index}" if path else str(index)
        # The first that fits is the right one, as it leaves the most for those that follow.
        hit = _first(item, found, range(position, len(found)), compare, at)
        if hit is not None:
            position = hit[0] + 1
            results.append(hit[1])
        elif _first(item, found, range(position), compare, at) is not None:
            results.append(differs(at, describe_value(item), f"{words}, in another order"))
        else:
            half = _half(item, found[position:], compare, at)
            results.append(half or differs(at, describe_value(item), words))
    return joined(results)


def comparison(written: str) -> tuple[tuple[str, str], ...]:
    """Give signs and limits of `>= 3` or `1..5`, nothing for any other text; a limit may be an expression."""
    found = _COMPARISON.fullmatch(written)
    first, dots, last = written.partition("..")
    limits = ((found[1], found[2]),) if found else ((">=", first.strip()), ("<=", last.strip())) if dots else ()
    return limits if all(_NUMBER.fullmatch(limit) or is_expression(limit) for _, limit in limits) else ()


def as_number(value: Any) -> float | None:
    """Give the number that a value is, or spells; None where it is none."""
    if isinstance(value, str):
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            return None
        # Whole numbers stay exact: ids have more digits than a float.
        return int(text) if text.lstrip("-").isdigit() else float(text)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def describe_value(wanted: Any) -> str:
    """Give one matcher in one line."""
    if is_equals(wanted):
        return show(wanted["equals"])
    if isinstance(wanted, Mapping):
        return "{" + ", ".join(f"{key}: {describe_value(inner)}" for key, inner in wanted.items()) + "}"
    if isinstance(wanted, list | tuple):
        return "[" + ", ".join(describe_value(inner) for inner in wanted) + "]"
    if not isinstance(wanted, str):
        return show(wanted)
    written = wanted.strip()
    return printable(written) if written in ("any", "none") or comparison(written) else shown(read(written))


def _match_written(written: str, found: Any, fill: Fill, path: str) -> Matched:
    is_there = found is not NOTHING and found is not None
    if written in ("any", "none"):
        return verdict(is_there == (written == "any"), path, written, found)
    limits, number = comparison(written), as_number(found)
    if limits and number is not None:
        return _match_number(limits, number, fill, path)
    if is_expression(written):
        literal = fill(written)
        return verdict(_is_same(literal, found), path, show(literal), found)
    if not is_there or isinstance(found, Mapping | list | tuple):
        return verdict(False, path, describe_value(written), found)
    matched = match_form(written, _spelled(found), fill, path)
    if matched.is_match or isinstance(found, str):
        return matched
    return differs(path, matched.mismatches[0].wanted, show(found))


def _match_number(limits: Iterable[tuple[str, str]], number: float, fill: Fill, path: str) -> Matched:
    with_values = [(sign, filled(limit, fill)) for sign, limit in limits]
    words = " and ".join(f"{sign} {limit}" for sign, limit in with_values)
    is_match = all(_fits(number, sign, as_number(limit)) for sign, limit in with_values)
    return verdict(is_match, path, words, number)


def _fits(number: float, sign: str, limit: float | None) -> bool:
    return limit is not None and _COMPARE[sign](number, limit)


def _match_map(wanted: Mapping[str, Any], found: Any, fill: Fill, path: str) -> Matched:
    if not isinstance(found, Mapping | list | tuple):
        return verdict(False, path, describe_value(wanted), found)
    return joined(_match_entry(str(key), inner, found, fill, path) for key, inner in wanted.items())


def _match_entry(key: str, wanted: Any, found: Any, fill: Fill, path: str) -> Matched:
    inner_path = f"{path}.{key}" if path else key
    if key.startswith("$"):
        return _match_query(key, wanted, found, fill, inner_path)
    if isinstance(found, Mapping) and key in found:
        return match_value(wanted, found[key], fill, inner_path)
    try:
        return match_value(wanted, paths.get(found, key), fill, inner_path)
    except paths.UnknownPath:
        return match_value(wanted, NOTHING, fill, inner_path)


def _match_query(key: str, wanted: Any, found: Any, fill: Fill, path: str) -> Matched:
    """Compare a list with all that a JSONPath finds, anything else with each of it until one fits."""
    try:
        values = query(key, found)
    except BadPatternError as error:
        return differs(path, describe_value(wanted), f"the JSONPath cannot be used: {error}")
    if isinstance(wanted, list | tuple):
        return match_value(wanted, values, fill, path)
    return closest(match_value(wanted, value, fill, path) for value in values or [NOTHING])


def _match_list(wanted: Sequence[Any], found: Any, fill: Fill, path: str) -> Matched:
    if not isinstance(found, list | tuple):
        is_match = not wanted and (found is NOTHING or found is None)
        return verdict(is_match, path, describe_value(wanted), found)
    return match_sequence(wanted, found, lambda item, inner, at: match_value(item, inner, fill, at), path, show(found))


def _first(
    item: Any, found: Sequence[Any], places: range, compare: Callable[[Any, Any, str], Matched], at: str
) -> tuple[int, Matched] | None:
    tries = ((place, compare(item, found[place], at)) for place in places)
    return next(((place, matched) for place, matched in tries if matched.is_match), None)


def _half(item: Any, found: Sequence[Any], compare: Callable[[Any, Any, str], Matched], at: str) -> Matched | None:
    """Give how the nearest of several differs from a map, where it is right in part; None where none is."""
    if not isinstance(item, Mapping) or is_equals(item):
        return None
    nearest = min((compare(item, each, at) for each in found), key=lambda each: len(each.mismatches), default=None)
    return nearest if nearest is not None and len(nearest.mismatches) < len(item) else None


def _is_same(literal: Any, found: Any) -> bool:
    """True where a literal and a value say the same, be it as text or as number."""
    if isinstance(literal, str) and isinstance(found, str | int | float):
        return literal.strip() == _spelled(found).strip()
    if isinstance(literal, int | float) and not isinstance(literal, bool):
        number = as_number(found)
        return number is not None and number == literal
    return _is_equal(literal, found)


def _is_equal(literal: Any, found: Any) -> bool:
    if isinstance(literal, bool) or isinstance(found, bool) or literal is None:
        return literal is found
    if isinstance(literal, Mapping) and isinstance(found, Mapping):
        return literal.keys() == found.keys() and all(_is_equal(inner, found[key]) for key, inner in literal.items())
    if isinstance(literal, list | tuple) and isinstance(found, list | tuple):
        return len(literal) == len(found) and all(map(_is_equal, literal, found))
    if isinstance(literal, str) and isinstance(found, str):
        return literal.strip() == found.strip()
    return bool(literal == found)


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)
