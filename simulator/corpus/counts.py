"""Expressions whose lists hold so many elements as a mix wants: more buttons, more cards."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from simulator.catalog import EventFact
from simulator.expressions import tokens as spelling

MOST = 50
"""No list may be longer."""


class _Token(NamedTuple):
    kind: str
    text: str


def lists_of(fact: EventFact) -> list[str]:
    """Give the names of the lists that an event's values write out, such as `items`."""
    found = (name for expression in fact.values.values() for name, _, _ in _lists(_tokens(expression)))
    return list(dict.fromkeys(found))


def with_counts(fact: EventFact, counts: Mapping[str, int]) -> dict[str, str]:
    """Give the values of an event with so many elements in these lists."""
    found = dict(fact.values)
    for name, count in counts.items():
        found = {key: _with_count(expression, name, count) for key, expression in found.items()}
    return found


@lru_cache(maxsize=4096)
def _with_count(expression: str, name: str, count: int) -> str:
    tokens = _tokens(expression)
    # From the last to the first, so that the places of the others stay.
    for _, begin, end in reversed([each for each in _lists(tokens) if each[0] == name]):
        elements = list(_elements(tokens[begin:end]))
        copies = (_copy(elements[each % len(elements)], each) for each in range(count))
        joined = itertools.chain.from_iterable([_Token("operator", ", "), *copy] for copy in copies)
        tokens[begin:end] = list(joined)[1:]
    return "".join(token.text for token in tokens)


@lru_cache(maxsize=4096)
def _read(expression: str) -> tuple[_Token, ...]:
    return tuple(_Token(*each) for each in spelling.tokens(expression))


def _tokens(expression: str) -> list[_Token]:
    return list(_read(expression))


def _lists(tokens: list[_Token]) -> Iterator[tuple[str, int, int]]:
    """Give each list that is the value of a key: its name, the place behind its bracket and that of its end."""
    seen = [place for place, token in enumerate(tokens) if token.kind != "whitespace"]
    for key, colon, bracket in zip(seen, seen[1:], seen[2:], strict=False):
        if tokens[key].kind == "string" and (tokens[colon].text, tokens[bracket].text) == (":", "["):
            end = _end(tokens, bracket)
            if end > bracket + 1:
                yield tokens[key].text[1:-1], bracket + 1, end


def _end(tokens: list[_Token], bracket: int) -> int:
    """Give the place of the bracket that closes another."""
    depth = 0
    for place in range(bracket, len(tokens)):
        depth += {"[": 1, "{": 1, "(": 1, "]": -1, "}": -1, ")": -1}.get(tokens[place].text, 0)
        if not depth:
            return place
    return bracket


def _elements(tokens: list[_Token]) -> Iterator[list[_Token]]:
    element: list[_Token] = []
    depth = 0
    for token in tokens:
        depth += {"[": 1, "{": 1, "(": 1, "]": -1, "}": -1, ")": -1}.get(token.text, 0)
        if token.text == "," and not depth:
            yield element
            element = []
        else:
            element.append(token)
    if any(token.kind != "whitespace" for token in element):
        yield element


def _copy(element: list[_Token], number: int) -> list[_Token]:
    """Give one of the elements; ids with a label are others in each."""
    if not number:
        return element
    found = list(element)
    for place in range(4, len(element)):
        before = "".join(token.text for token in element[place - 4 : place])
        if element[place].kind == "string" and before.startswith("ids.") and before.endswith("("):
            text = element[place].text
            found[place] = _Token("string", f"{text[:-1]}-{number + 1}{text[-1]}")
    return found
