"""What a provider digests while it signs: the canonical bytes, heard where they are digested."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any

from simulator import digests


@dataclass(frozen=True, kw_only=True, slots=True)
class Digested:
    """One message, and whether a key went with it."""

    message: bytes
    digest: bytes
    """Where it is given as bytes; else empty."""
    is_keyed: bool


@contextlib.contextmanager
def listening() -> Iterator[list[Digested]]:
    """
    Give a list that grows by whatever `digests` makes a digest of in the meantime.

    The functions do what they always do; whoever calls one from elsewhere at this moment is heard too, and not hurt.
    """
    heard: list[Digested] = []
    namespace = vars(digests)
    before = {name: namespace[name] for name in _functions()}
    namespace.update({name: _heard(function, heard) for name, function in before.items()})
    try:
        yield heard
    finally:
        namespace.update(before)


def message(heard: list[Digested]) -> bytes | None:
    """Give the message that was signed: the last one that a key went with; None where there was none."""
    return next((each.message for each in reversed(heard) if each.is_keyed), None)


@cache
def _functions() -> tuple[str, ...]:
    """Give the names of the functions that make a digest of a message."""
    return tuple(
        name
        for name, each in vars(digests).items()
        if inspect.isfunction(each) and not name.startswith("_") and "message" in inspect.signature(each).parameters
    )


def _heard(function: Callable[..., Any], heard: list[Digested]) -> Callable[..., Any]:
    signature = inspect.signature(function)

    @wraps(function)
    def told(*args: Any, **named: Any) -> Any:
        found = function(*args, **named)
        message = signature.bind(*args, **named).arguments["message"]
        digest = found if isinstance(found, bytes) else b""
        heard.append(Digested(message=bytes(message), digest=digest, is_keyed="key" in signature.parameters))
        return found

    return told
