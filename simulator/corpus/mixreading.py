"""What the keys of a mix file have in common: weights, names of events, and the problems that are told of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from simulator.catalog import Catalog
from simulator.corpus.mix import matches, unknown_event
from simulator.documents import Node
from simulator.errors import Problem, did_you_mean

T = TypeVar("T")


class Reading:
    """Collects what is wrong in a file while it is read."""

    def __init__(self, catalog: Catalog) -> None:
        """Begin with nothing wrong."""
        self.catalog = catalog
        self.problems: list[Problem] = []

    def tell(self, node: Node, code: str, what: str, why: str, fix: str) -> None:
        """Note what is wrong where that node stands."""
        self.problems.append(Problem(code=code, what=what, where=str(node.place), why=why, fix=fix))

    def items(self, node: Node) -> tuple[tuple[Node, Node], ...]:
        """Give the keys and values of a map; that it is none is told."""
        if node.kind != "map":
            self.tell(
                node, "wrong-type", "a map is wanted here", f"found: {node.kind}", "write names with values: {a: 1}"
            )
        return node.items

    def elements(self, node: Node) -> tuple[Node, ...]:
        """Give the elements of a list; that it is none is told."""
        if node.kind != "list":
            self.tell(node, "wrong-type", "a list is wanted here", f"found: {node.kind}", "put it in brackets: [a, b]")
        return node.elements

    def known(self, node: Node, names: Sequence[str], code: str = "unknown-key") -> Iterator[tuple[Node, Node]]:
        """Give the keys and values of a map; keys of other names are told."""
        self.unknown(node, names, code, 'unknown key "{}"')
        return ((key, value) for key, value in node.items if key.spelling in names)

    def unknown(self, node: Node, names: Sequence[str], code: str, what: str) -> None:
        """Tell of keys that have none of the names."""
        for key, _ in self.items(node):
            if key.spelling not in names:
                known = ", ".join(names) or "none"
                fix = did_you_mean(key.spelling, names, "use one of them" if names else "leave it out")
                self.tell(key, code, what.format(key.spelling), f"known: {known}", fix)

    def taken(self, node: Node, take: Callable[[str], T], otherwise: T) -> T:
        """Give what a text stands for; where `take` refuses it, that is told."""
        try:
            return take(node.spelling)
        except ValueError as error:
            self.tell(node, "bad-mix", "this cannot stand here", str(error), "see docs/corpora.md, Mixes")
            return otherwise

    def weight(self, node: Node) -> float:
        """Give a weight: a number that is not negative."""
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
            why = f"found: {node.spelling if node.kind not in ('map', 'list') else node.kind}"
            self.tell(node, "bad-mix", "a weight is wanted here", why, "write a number that is not negative")
            return 1.0
        return float(value)

    def some(self, node: Node, weights: dict[T, float]) -> dict[T, float]:
        """Give those with a weight above 0; that there are none is told."""
        found = {name: weight for name, weight in weights.items() if weight > 0}
        if not found and not self.problems:
            why = "what has the weight 0 never comes"
            self.tell(node, "bad-mix", "nothing has a weight here", why, "give one of them a weight above 0")
        return found

    def weights(self, node: Node) -> dict[str, float]:
        """Give names with their weights, those above 0."""
        return self.some(node, {key.spelling: self.weight(value) for key, value in self.items(node)})

    def numbers(self, node: Node, most: int) -> dict[int, float]:
        """Give whole numbers from 1 to `most` with their weights, those above 0."""
        found: dict[int, float] = {}
        for key, value in self.items(node):
            if key.spelling.isdecimal() and len(key.spelling) < 7 and 0 < int(key.spelling) <= most:
                found[int(key.spelling)] = self.weight(value)
            else:
                why = f"found: {key.spelling}; a whole number from 1 to {most} is wanted"
                self.tell(key, "bad-mix", "this is no number of them", why, "write it as {1: 3, 2: 1}")
        return self.some(node, found)

    def event(self, node: Node) -> str:
        """Give the name of an event type; that there is none of that name is told."""
        if node.spelling not in self.catalog.events:
            self.problems.append(unknown_event(node.spelling, self.catalog, where=str(node.place)))
        return node.spelling

    def patterns(self, node: Node) -> tuple[str, ...]:
        """Give a list of event types, in which `*` stands for anything; those that fit nothing are told."""
        for each in self.elements(node):
            if not any(matches(event, (each.spelling,)) for event in self.catalog.events):
                self.problems.append(unknown_event(each.spelling, self.catalog, where=str(each.place)))
        return tuple(each.spelling for each in node.elements)
