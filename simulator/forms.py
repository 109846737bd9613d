"""The fields of a form or a query string: names and values, one after another, as a map."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl


def parse(text: str) -> dict[str, Any]:
    """Give the fields of a form as it is sent; see `gather`."""
    return gather(parse_qsl(text, keep_blank_values=True, errors="replace"))


def gather(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Give the fields; one that comes more than once, or whose name ends in `[]`, is a list."""
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name not in fields:
            fields[name] = [value] if name.endswith("[]") else value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    return fields
