"""What compiled expressions call: fields, elements, methods and texts as the sandbox gives them, or a refusal."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from simulator.expressions import methods

_PLAIN = (str, int, float, bool, type(None))


class RefusedError(RuntimeError):
    """Something that only the sandbox can do, or can tell what is wrong with."""


def refuse(*_: Any) -> NoReturn:
    """
    Give up, so that the sandbox does it.

    Raises:
        RefusedError: always.
    """
    raise RefusedError


def field(owner: Any, name: str) -> Any:
    """
    Give a field of a map.

    Raises:
        RefusedError: there is none, or it is no map.
    """
    if (type(owner) is dict or isinstance(owner, Mapping)) and name in owner:
        return owner[name]
    raise RefusedError


def whole(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the values of an event, all drawn in their order, as the sandbox leaves them when it measures them."""
    for name in event:
        event[name]
    return event


def element(owner: Any, key: Any) -> Any:
    """
    Give an element of a map, a list or a text.

    Raises:
        RefusedError: there is none, or it is something else.
    """
    if not isinstance(key, str | int) or not isinstance(owner, Mapping | list | tuple | str):
        raise RefusedError
    try:
        return owner[key]  # type: ignore[index]
    except (LookupError, TypeError) as error:
        raise RefusedError from error


def part(owner: Any, *ends: Any) -> Any:
    """
    Give a slice of a list or a text.

    Raises:
        RefusedError: it is something else.
    """
    return owner[slice(*ends)] if isinstance(owner, list | tuple | str) else refuse()


def call(owner: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """
    Give what a method gives that expressions may call.

    Raises:
        RefusedError: there is none of that name.
    """
    if isinstance(owner, str) and name in methods.OF_TEXT:
        return methods.call_on_text(owner, name, args, kwargs)
    if isinstance(owner, Mapping) and name in methods.OF_MAP and name not in owner:
        return getattr(owner, name)(*args, **kwargs)
    if isinstance(owner, list | tuple) and name in methods.OF_LIST:
        return getattr(owner, name)(*args, **kwargs)
    raise RefusedError


def text(value: Any) -> str:
    """
    Give a plain value as text.

    Raises:
        RefusedError: it is a list, a map or something else.
    """
    return value if type(value) is str else str(value) if isinstance(value, _PLAIN) else refuse()


def concat(values: Iterable[Any]) -> str:
    """
    Give what `~` makes of its parts.

    Raises:
        RefusedError: as `text`.
    """
    return "".join([text(value) for value in values])


def number(value: Any) -> Any:
    """
    Give a number that a template writes without `| json`, to be written as JSON.

    Raises:
        RefusedError: it is something else, which may be no JSON.
    """
    return value if isinstance(value, int | float) and not isinstance(value, bool) else refuse()


def new_key(key: Any, known: frozenset[str], seen: set[str]) -> str:
    """
    Give the key of an object, noting it.

    Raises:
        RefusedError: it is no text, or stands in the object already, or may.
    """
    if type(key) is not str or key in known or key in seen:
        raise RefusedError
    seen.add(key)
    return key


def _operation(function: Callable[[Any, Any], Any], sign: str) -> Callable[[Any, Any], Any]:
    return lambda left, right: methods.binary(function, sign, left, right)


OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    sign: _operation(function, sign)
    for sign, function in {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": operator.truediv,
        "//": operator.floordiv,
        "%": operator.mod,
        "**": operator.pow,
    }.items()
}
"""Sign → what gives the result, within the sandbox's limits."""
