"""How much one rendering may do: counted work, so that the same expression ends at the same place on every machine."""

from __future__ import annotations

import types
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from jinja2 import Undefined

from simulator import clock

LARGEST = 1_000_000
"""Characters of a text, elements of a list, or both together in nested ones."""
MOST_WORK = 2_000_000
"""Units of one rendering: a call is 20, an attribute 5, a character made or read is 1."""
MOST_BITS = 4_096
"""Size of a whole number; more digits Python would not write."""
WIDEST = 1_000
"""Of a padding, a field of a format, an indentation."""
LONGEST_MS = 2_000
"""Real time; the last net, below the counting."""

_BETWEEN_LOOKS = 50_000
FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, type)


_SMALL = frozenset({bool, float, type(None)})
_WHOLE = (str, bytes, range)
"""Collections that are one value."""


class LimitError(Exception):
    """An expression asks for too much, or for what it may not have; no ValueError, which filters take for theirs."""


class Budget:
    """The work that is left to one rendering."""

    __slots__ = ("_left", "_look", "_until_ms", "names", "weight")

    def __init__(self, names: Callable[[], Iterable[str]], weight: int) -> None:
        """Begin with all of it."""
        self.names = names
        """Gives what the expression can see, for messages."""
        self.weight = weight
        """Parts of the template: what a call of one of its macros may set off."""
        self._left = MOST_WORK
        self._look = MOST_WORK - _BETWEEN_LOOKS
        self._until_ms = clock.real_ms() + LONGEST_MS

    def spend(self, units: int) -> None:
        """
        Take this much away.

        Raises:
            LimitError: there is not so much left.
        """
        self._left -= units
        if self._left < 0:
            raise LimitError("it does too much work")
        if self._left < self._look:
            self._look = self._left - _BETWEEN_LOOKS
            if clock.real_ms() > self._until_ms:
                raise LimitError(f"it takes longer than {LONGEST_MS / 1000:g} s")

    def spend_size(self, value: Any) -> None:
        """
        Take away what a value is long.

        Raises:
            LimitError: it is too large, or there is not so much left.
        """
        self.spend(size(value))


_CURRENT: ContextVar[Budget] = ContextVar("_CURRENT")


def current() -> Budget:
    """Give the budget of the rendering that is going on."""
    return _CURRENT.get()


@contextmanager
def spending(budget: Budget) -> Iterator[None]:
    """Until the end of the block, this budget is the current one."""
    token = _CURRENT.set(budget)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def size(value: Any) -> int:
    """
    Give how long a value is as text, roughly, with all that is inside it.

    Raises:
        LimitError: longer than LARGEST, or what stands there is a function, or has no text of its own.
    """
    kind = type(value)
    if kind is str:
        total = len(value)
    elif kind in _SMALL:
        return 5
    elif isinstance(value, Collection) and not isinstance(value, _WHOLE):
        total = _size_inside(value)
    else:
        total = _size_of_one(value)
    if total > LARGEST:
        raise too_large()
    return total


def check(length: int) -> None:
    """
    Do nothing where a text or list of that length may be made.

    Raises:
        LimitError: it would be too long.
    """
    if length > LARGEST:
        raise too_large()


def too_large() -> LimitError:
    """Give the error for what is too large."""
    return LimitError(f"what it makes is larger than {LARGEST} characters")


def counted(values: Iterable[Any], weight: int = 0) -> Iterator[Any]:
    """Give the values one by one, each at the cost of a round of a loop."""
    budget = current()
    for value in values:
        budget.spend(20 + weight + (len(value) if isinstance(value, str | list | tuple) else 0) // 16)
        yield value


def _size_inside(value: Any) -> int:
    total = 0
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, str):
            total += len(inner)
        elif isinstance(inner, Mapping):
            total += 2 + 4 * len(inner) + sum(len(key) for key in inner if isinstance(key, str))
            waiting.extend(inner.values())
        elif isinstance(inner, Collection) and not isinstance(inner, _WHOLE):
            total += 2 + 2 * len(inner)
            waiting.extend(inner)
        else:
            total += _size_of_one(inner)
        if total > LARGEST:
            raise too_large()
    return total


def _size_of_one(value: Any) -> int:
    if isinstance(value, int):
        bits = value.bit_length()
        if bits > MOST_BITS:
            raise LimitError("a number has too many digits")
        return 1 + bits // 3
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, Iterator):
        raise LimitError("it gives values one by one; write | list or | join behind it")
    if isinstance(value, FUNCTIONS):
        raise LimitError(f"{getattr(value, '__name__', 'it')!r} is a function; write () behind it")
    if type(value).__module__.partition(".")[0] == "jinja2" and not isinstance(value, Undefined):
        raise LimitError(f"a {type(value).__name__.lower()} is no value")
    if not any("__str__" in kind.__dict__ or "__repr__" in kind.__dict__ for kind in type(value).__mro__[:-1]):
        # Python would write where it lies in memory, which is another place in each run.
        raise LimitError(f"a {type(value).__name__} is no text; name one of its fields")
    return 16
