"""Functions of plain values that may be put off: what writes many payloads calls them later, once for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])
Recorder = Callable[[Callable[..., Any], tuple[Any, ...], bool, Callable[..., str] | None], Any]
"""
(function, its arguments, whether its texts are plain, what gives its number as JSON writes it) → its result, or what
stands for it.
"""

_RECORDER: ContextVar[Recorder | None] = ContextVar("_RECORDER", default=None)


def deferrable(function: Function) -> Function:
    """
    Give the function so that a recorder may stand in for its result.

    It takes texts and numbers by position, gives a text or a number, and hangs on nothing else.
    """
    return _deferrable(function, is_plain=False)


def plainly_deferrable(function: Function) -> Function:
    """Give the function so, one whose texts hold letters, digits, blanks and `_.:@+-` alone: JSON writes them as is."""
    return _deferrable(function, is_plain=True)


def deferrable_as(written: Callable[..., str]) -> Callable[[Function], Function]:
    """Give what gives a function so, whose number `written` gives from the same arguments as JSON writes it."""
    return lambda function: _deferrable(function, is_plain=False, written=written)


def _deferrable(function: Function, *, is_plain: bool, written: Callable[..., str] | None = None) -> Function:
    @wraps(function)
    def run(*args: Any) -> Any:
        recorder = _RECORDER.get()
        return function(*args) if recorder is None else recorder(function, args, is_plain, written)

    return cast("Function", run)


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Until the end of the block, the recorder is asked for what deferrable functions give."""
    token = _RECORDER.set(recorder)
    try:
        yield
    finally:
        _RECORDER.reset(token)
