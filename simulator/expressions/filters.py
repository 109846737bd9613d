"""The filters of expressions: a list of Jinja's, some of our own in place of theirs, each at a cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

from jinja2 import Undefined
from jinja2.filters import FILTERS

from simulator.expressions.budget import Budget, check, counted, current, size
from simulator.expressions.methods import check_width, checked_format, join, replace

COUNTED = " counted"
"""Names with a blank cannot be written in a template: these are put in by `guard`."""
JOINED = " joined"
SIZED = " sized"
SLICED = " sliced"

# fmt: off
_JINJAS = frozenset({
    "abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "groupby", "int", "items", "last",
    "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse", "select", "selectattr", "sort",
    "string", "title", "trim", "truncate", "unique", "upper", "urlencode", "wordcount",
})
# fmt: on
_BOUNDED = frozenset(
    {
        "abs",
        "capitalize",
        "count",
        "float",
        "int",
        "length",
        "lower",
        "max",
        "min",
        "replace",
        "round",
        "string",
        "title",
        "trim",
        "upper",
    }
)
"""Filters that give one value, no larger than what they are given or than `methods` allows."""
_TAKE_UNDEFINED = frozenset({"d", "default"})


def table(own: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Give the filters by name; what the caller brings counts before Jinja's."""
    kept = {name: FILTERS[name] for name in _JINJAS}
    allowed = {**kept, **_OURS, **own}
    priced = {name: _priced(filter_, may_be_undefined=name in _TAKE_UNDEFINED) for name, filter_ in allowed.items()}
    return {**priced, **_HIDDEN}


def unpriced(name: str) -> Callable[..., Any] | None:
    """Give one of Jinja's filters for where nothing is counted; None where it is safe at a cost alone."""
    return _OURS.get(name, FILTERS[name]) if name in _BOUNDED else None


def _priced(filter_: Callable[..., Any], *, may_be_undefined: bool) -> Callable[..., Any]:
    """Give the filter so that its values and its result are paid for; undefined values go no further."""
    # Some take the context or the environment before the value.
    first = 1 if getattr(filter_, "jinja_pass_arg", None) is not None else 0

    @wraps(filter_)
    def run(*args: Any, **kwargs: Any) -> Any:
        budget = current()
        budget.spend(20)
        given = [_paid(value, budget) for value in args[first:]]
        for value in (*given[1 if may_be_undefined else 0 :], *kwargs.values()):
            if isinstance(value, Undefined):
                # Any use of it raises the error that names it.
                str(value)
        for value in kwargs.values():
            budget.spend_size(value)
        return _paid(filter_(*args[:first], *given, **kwargs), budget)

    return run


def _paid(value: Any, budget: Budget) -> Any:
    if type(value) is str:
        budget.spend_size(value)
    elif isinstance(value, Iterator):
        return counted(value)
    elif not isinstance(value, Undefined):
        budget.spend_size(value)
    return value


def _join(values: Any, between: str = "") -> str:
    return join(str(between), (str(value) for value in values))


def _center(value: Any, width: int = 80) -> str:
    check_width(width)
    return str(value).center(width)


def _indent(value: Any, width: int = 4) -> str:
    check_width(width)
    return replace(str(value), "\n", "\n" + " " * width)


def _format(value: Any, *args: Any, **kwargs: Any) -> str:
    return checked_format(str(value), kwargs or args)


def _replace(value: Any, old: Any, new: Any, count: int = -1) -> str:
    return replace(str(value), str(old), str(new), count)


def _round(value: Any, precision: int = 0) -> Any:
    check_width(precision)
    return round(value, precision) if precision else float(round(value))


def _sum(values: Any, start: float = 0) -> Any:
    total = start
    for value in values:
        if not isinstance(value, int | float):
            raise TypeError("only numbers can be summed up")
        total += value
    return total


def _count(values: Any, weight: int) -> Iterator[Any]:
    if isinstance(values, Undefined):
        str(values)
    return counted(values, weight)


def _concat(values: list[Any]) -> str:
    """Give what `~` makes of its parts."""
    texts = [str(value) for value in values if size(value) >= 0]
    budget = current()
    budget.spend(20)
    budget.spend_size(texts)
    return "".join(texts)


def _sized(value: Any) -> Any:
    """Give the value, paid for by its length: comparing two may take that long."""
    if isinstance(value, str | bytes):
        current().spend(5 + len(value) // 16)
    elif isinstance(value, list | tuple | Mapping):
        current().spend_size(value)
    else:
        current().spend(5)
    return value


def _slice(value: Any, *parts: Any) -> Any:
    found = value[slice(*parts)]
    check(len(found))
    current().spend(20 + len(found) // 4)
    return found


_OURS: Mapping[str, Callable[..., Any]] = {
    "join": _join,
    "center": _center,
    "indent": _indent,
    "format": _format,
    "replace": _replace,
    "round": _round,
    "sum": _sum,
}
_HIDDEN: Mapping[str, Callable[..., Any]] = {COUNTED: _count, JOINED: _concat, SIZED: _sized, SLICED: _slice}
