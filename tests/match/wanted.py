"""What the tests of matching share: what is filled in, what the bot says, and both compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from simulator import match
from simulator.records import Button, Reply

VALUES: Mapping[str, Any] = {"order": "BR-1 (a+b)*", "n": 3, "odd": "<x> ~ /y/", "flag": True, "none": "any"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)

WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)


def fill(source: str) -> Any:
    return VALUES[source.removeprefix("{{").removesuffix("}}").strip()]


def say(text: str | None = None, **fields: Any) -> Reply:
    return Reply(**{"to": "u1", "kind": "text", "text": text, **fields})


def buttons(*labels: str) -> tuple[Button, ...]:
    return tuple(Button(label=label, payload=label.lower()) for label in labels)


def compare(wanted: Any, reply: Reply) -> match.Matched:
    is_fields = isinstance(wanted, Mapping) and "equals" not in wanted
    return match.differences(wanted if is_fields else {"text": wanted}, reply, fill)


def value(wanted: Any, found: Any) -> match.Matched:
    return match.match_value(wanted, found, fill)
