"""Values with something odd in any place, for calls that must never be an error of ours."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

ODD: tuple[Any, ...] = (
    *(None, "", "x", "é☃", "\ud800", "https://[::1", 0, -1, 1.5, 10**400, True),
    *([], {}, [None], [{}], ["x"], {"a": "b"}, [[]], "x" * 5_000),
)


def spoiled(value: Any) -> Iterator[Any]:
    """Give the value with something odd in place of each part of it, and without each part of it."""
    yield from ODD
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        without = copy.copy(value)
        del without[key]
        yield without
        for inner in spoiled(value[key]):
            changed = copy.copy(value)
            changed[key] = inner
            yield changed
