"""Values of code → the nodes that a document with them would have."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from simulator.documents.node import Node
from simulator.errors import InputError, Problem
from simulator.records import Place


def node_of(value: Any, place: Place, at: str = "") -> Node:
    """
    Give the node that stands for a value of code, written at that place; its texts are texts, whatever they say.

    Raises:
        InputError: it is no map, list, text, number, truth or None, or holds what is none.
    """
    match value:
        case Mapping():
            items = tuple(
                (_text(str(key), place), node_of(inner, place, _below(at, key))) for key, inner in value.items()
            )
            plain = {key.spelling: inner.value for key, inner in items}
            return Node(kind="map", value=plain, place=place, items=items)
        case list() | tuple():
            elements = tuple(node_of(inner, place, f"{at}[{index}]") for index, inner in enumerate(value))
            return Node(kind="list", value=[inner.value for inner in elements], place=place, elements=elements)
        case str():
            return _text(value, place)
        case None:
            return Node(kind="null", value=None, place=place, spelling="null")
        case bool():
            return Node(kind="bool", value=value, place=place, spelling=json.dumps(value))
        case int() | float() if math.isfinite(value):
            return Node(kind="number", value=value, place=place, spelling=json.dumps(value))
    raise InputError(
        Problem(
            code="wrong-type",
            what=f"a {type(value).__name__} cannot stand in a step",
            where=str(place),
            at=at,
            why="steps hold maps, lists, texts, numbers, true, false and null",
            fix="give one of these, such as str(…)",
        )
    )


def _text(text: str, place: Place) -> Node:
    return Node(kind="text", value=text, place=place, spelling=text, is_quoted=True)


def _below(at: str, key: Any) -> str:
    return f"{at}.{key}" if at else str(key)
