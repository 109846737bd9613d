"""The parameters of a call as Rails reads them: query, form with brackets in its names, or JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator import forms
from simulator.multipart import is_multipart, parts
from simulator.records import ApiCall

Parameters = Mapping[str, Any]

TRUE = frozenset({"true", "1", "t", "on", "yes"})

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")


def parameters(call: ApiCall) -> dict[str, Any]:
    """
    Give name → value; `a[]` makes a list, `a[b]` an object, and of a plain name that repeats the last one counts.

    What stands in the body goes before what stands in the query; that of a GET nobody looks at.

    Raises:
        ValueError: the body says that it is a form of several parts, and is none.
    """
    found = _unfolded(call.query)
    content_type = call.headers.get("content-type", "")
    if call.method in ("GET", "HEAD"):
        return found
    if is_multipart(content_type):
        return {**found, **_unfolded(_texts(call.body, content_type))}
    fields = call.fields if isinstance(call.fields, Mapping) else {}
    is_json = "json" in content_type.casefold()
    return {**found, **(fields if is_json else _unfolded(fields))}


def _texts(body: bytes, content_type: str) -> dict[str, Any]:
    """Give the fields of a form with parts, files left out."""
    found = parts(body, content_type)
    return forms.gather((part.name, part.content.decode("utf-8", "replace")) for part in found if not part.file_name)


def _unfolded(fields: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in fields.items():
        parts = _NAME.fullmatch(name)
        if parts is None:
            found[name] = _last(value)
            continue
        path = [parts[1], *_PART.findall(parts[2])]
        is_list = len(path) > 1 and path[-1] == ""
        _put(found, path[:-1] if is_list else path, value if is_list else _last(value))
    return found


def _put(found: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        inner = found.get(part)
        found[part] = found = inner if isinstance(inner, dict) else {}
    found[path[-1]] = value


def _last(value: Any) -> Any:
    return value[-1] if isinstance(value, list) and value else value


def is_true(value: Any) -> bool:
    """Tell whether a parameter says yes."""
    return value is True or (not isinstance(value, bool) and str(value).strip().casefold() in TRUE)


def listed(value: Any) -> list[str]:
    """Give the texts of a list, or those of a text with commas between them; none where nothing is given."""
    if value is None or isinstance(value, Mapping):
        return []
    parts = value if isinstance(value, list) else str(value).split(",")
    return [str(part).strip() for part in parts if not isinstance(part, list | Mapping) and str(part).strip()]


def text(value: Any) -> str:
    """Give a parameter as text; empty where there is none, or something that is no text."""
    return "" if value is None or isinstance(value, list | Mapping | bool) else str(value)


def whole(value: Any, default: int) -> int:
    """Give a parameter as a whole number: the default where there is none, 0 where it is no number."""
    if value is None or value == "":
        return default
    found = re.match(r"\s*[+-]?\d{1,9}", text(value))
    return int(found[0]) if found else 0
