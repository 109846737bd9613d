"""Functions of plain values that may be put off: what writes many payloads calls them later, once for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])
Recorder = Callable[[Callable[..., Any], tuple[Any, ...]], Any]
"""(function, its arguments) → its result, or what stands for it."""

_RECORDER: ContextVar[Recorder | None] = ContextVar("_RECORDER", default=None)


def deferrable(function: Function) -> Function:
    """
    Give the function so that a recorder may stand in for its result.

    It takes texts and numbers by position, gives a text or a number, and hangs on nothing else.
    """

    @wraps(function)
    def run(*args: Any) -> Any:
        recorder = _RECORDER.get()
        return function(*args) if recorder is None else recorder(function, args)

    return cast("Function", run)


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Until the end of the block, the recorder is asked for what deferrable functions give."""
    token = _RECORDER.set(recorder)
    try:
        yield
    finally:
        _RECORDER.reset(token)
