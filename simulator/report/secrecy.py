"""Records without secrets, so that whatever is shown of them needs no more hiding."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from simulator.codec import DEEPEST

T = TypeVar("T")

Hide = Callable[[str], str]
"""Gives a text without the secrets in it."""

OURS = frozenset({"outcome", "code", "direction"})
"""Fields that hold one of our own words, by which reports choose; a secret that reads the same is none there."""


def without_secrets(record: T, hide: Hide) -> T:
    """Give the record with all texts and bytes in it as `hide` gives them; what is nested very deeply is left out."""
    return _shown(record, hide, DEEPEST)  # type: ignore[no-any-return]


def hidden_bytes(content: bytes, hide: Hide) -> bytes:
    """Give the bytes, whatever they are, as `hide` gives the text in them."""
    text = content.decode("utf-8", "surrogateescape")
    shown = hide(text)
    return content if shown == text else shown.encode("utf-8", "surrogateescape")


def _shown(value: Any, hide: Hide, depth: int) -> Any:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, bytes):
        return hidden_bytes(value, hide)
    if isinstance(value, Mapping | list | tuple) and not depth:
        return None
    if isinstance(value, Mapping):
        return {_shown(key, hide, 0): _shown(each, hide, depth - 1) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([_shown(each, hide, depth - 1) for each in value])
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [each.name for each in dataclasses.fields(value) if each.name not in OURS]
        return dataclasses.replace(value, **{name: _shown(getattr(value, name), hide, depth) for name in names})
    return value
