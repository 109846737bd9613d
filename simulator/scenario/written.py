"""A step as it is written: in one line for people, and as the key on which its ids and drawn values hang."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

from simulator.documents import Node

INNER = ("steps", "else")
"""What holds further steps, and is no part of a step's own text."""
_WAYS = "choose"
"""Of it, the maps in its list hold further steps."""
_STRANDS = "meanwhile"
"""Of it, the lists in its list are further steps."""
_LONGEST = 300


def one_line(node: Node) -> str:
    """Give a step in one line, without the steps inside it."""
    line = ", ".join(_part(key.spelling, value) for key, value in node.items if key.spelling not in INNER)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _part(name: str, value: Node) -> str:
    if name == _STRANDS and value.kind == "list":
        return f"{name}: {len(value.elements)} strands"
    if name == _WAYS and value.kind == "list":
        ways = ", ".join("{" + one_line(way) + "}" if way.kind == "map" else flow(way) for way in value.elements)
        return f"{name}: [{ways}]"
    return f"{name}: {flow(value)}"


def flow(node: Node) -> str:
    """Give a value in one line, as YAML writes it in braces and brackets."""
    if node.kind == "map":
        return "{" + ", ".join(f"{key.spelling}: {flow(value)}" for key, value in node.items) + "}"
    if node.kind == "list":
        return "[" + ", ".join(flow(element) for element in node.elements) + "]"
    if node.is_quoted or "\n" in node.spelling:
        return json.dumps(node.spelling, ensure_ascii=False)
    return node.spelling


class Keys:
    """The keys of one file's steps: each of a step's own text, and of how many equal ones came before it."""

    def __init__(self, before: str = "") -> None:
        """Begin a file; `before` is the key of the step that includes it."""
        self._before = f"{before}/" if before else ""
        self._seen: Counter[str] = Counter()

    def next(self, node: Node) -> str:
        """Give the key of the next step of the file."""
        text = json.dumps(_canonical(node, is_step=True), ensure_ascii=True)
        digest = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
        number = self._seen[digest]
        self._seen[digest] += 1
        return f"{self._before}{digest}.{number}"


def _canonical(node: Node, *, is_step: bool = False) -> Any:
    """The value with the order of keys, quotes, comments and white space between the words of the file taken away."""
    if node.kind == "map":
        held = [
            (key.spelling, _own(key.spelling, value) if is_step else _canonical(value))
            for key, value in node.items
            if not is_step or key.spelling not in INNER
        ]
        return {"map": sorted(held, key=lambda pair: pair[0])}
    if node.kind == "list":
        return [_canonical(element) for element in node.elements]
    return node.spelling


def _own(name: str, value: Node) -> Any:
    """What belongs to the step itself: no step inside it changes its key."""
    if name == _STRANDS and value.kind == "list":
        return len(value.elements)
    if name == _WAYS and value.kind == "list":
        return [_canonical(way, is_step=True) for way in value.elements]
    return _canonical(value)
