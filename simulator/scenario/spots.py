"""A spot is a node of the document with its path: what it takes to read a value and to tell what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from simulator.documents import Node
from simulator.errors import nearest
from simulator.records import Place
from simulator.scenario.findings import Findings

T = TypeVar("T")

LONGEST_TEXT = 100_000
"""Characters of one text."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A node, where it stands in the document, and where findings about it go."""

    node: Node
    at: str
    told: Findings

    @property
    def place(self) -> Place:
        """File, line and column."""
        return self.node.place

    @property
    def is_scalar(self) -> bool:
        """True where something is written that can count as text: also numbers, true, false and null."""
        return is_written(self.node)

    @property
    def is_empty(self) -> bool:
        """True where nothing is written: neither map nor list nor text."""
        return self.node.kind == "null" and not is_written(self.node)

    def tell(self, code: str, what: str, *, why: str = "", fix: str = "", is_warning: bool = False) -> None:
        """Keep a finding about this spot."""
        self.told.tell(self.place, code, what, at=self.at, why=why, fix=fix, is_warning=is_warning)

    def below(self, node: Node, step: str | int) -> Spot:
        """Give the spot of a node inside this one: by its key, or by its index."""
        if isinstance(step, int):
            return Spot(node, f"{self.at}[{step}]", self.told)
        return Spot(node, f"{self.at}.{step}" if self.at else step, self.told)


def is_written(node: Node) -> bool:
    """True for a scalar that can count as text; `~` and nothing cannot."""
    return node.kind not in ("map", "list") and (node.kind != "null" or node.spelling not in ("", "~"))


def kind_of(spot: Spot) -> str:
    """Give what stands there, in words."""
    if spot.node.kind == "map":
        return "a map" if spot.node.items else "an empty map"
    if spot.node.kind == "list":
        return "a list" if spot.node.elements else "an empty list"
    if spot.is_empty:
        return "nothing"
    return f'"{shortened(spot.node.spelling)}"'


def shortened(text: str, most: int = 60) -> str:
    """Give the text in one line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def some(names: Collection[str], most: int = 12) -> str:
    """Give the names with commas; of many the first, and how many more there are."""
    shown = list(dict.fromkeys(names))
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")


def wanted(spot: Spot, what: str, fix: str = "") -> None:
    """Tell that something else is wanted here."""
    spot.tell("wrong-type", f"{what} is wanted here", why=f"found {kind_of(spot)}", fix=fix)


# --- maps and lists --------------------------------------------------------------------------------------------------


def pairs(spot: Spot) -> Iterator[tuple[str, Node, Spot]]:
    """Give key, key node and value of a map, in the order of the file."""
    for key, value in spot.node.items:
        name = key.spelling if key.kind not in ("map", "list") else ""
        yield name, key, spot.below(value, name)


def elements(spot: Spot) -> Iterator[Spot]:
    """Give the elements of a list, in order."""
    for index, node in enumerate(spot.node.elements):
        yield spot.below(node, index)


def entries(
    spot: Spot,
    known: Collection[str],
    *,
    noun: str,
    required: Collection[str] = (),
    elsewhere: Mapping[str, str] | None = None,
    meant: Mapping[str, str] | None = None,
) -> dict[str, Spot]:
    """
    Give the value of each known key; tell of the others, and of required ones that are missing.

    `noun` names the map in messages ("a bot step"), `elsewhere` holds keys that belong to another place, with the
    sentence that says where, and `meant` words of other tools, with the key that is their like here.
    """
    if spot.node.kind != "map":
        wanted(spot, "a map", f"{noun} has: {', '.join(known)}")
        return {}
    found: dict[str, Spot] = {}
    guessed: set[str] = set()
    meant = meant or {}
    for name, key, value in pairs(spot):
        if name in known:
            found[name] = value
        elif elsewhere and name in elsewhere:
            told_at(spot, key, name).tell("misplaced-key", f'"{name}" does not belong here', fix=elsewhere[name])
        else:
            guess = meant.get(name) or nearest(name, known) or ""
            unknown_key(told_at(spot, key, name), name, known, noun, guess)
            guessed.add(guess)
    for name in required:
        if name not in found and name not in guessed:
            spot.tell("missing-key", f'"{name}" is missing', why=f"{noun} needs it", fix=f"write `{name}:`")
    return found


def told_at(spot: Spot, key: Node, name: str) -> Spot:
    """Give the spot of a key, for a finding about the key itself."""
    return Spot(key, f"{spot.at}.{name}" if spot.at else name, spot.told)


def unknown_key(spot: Spot, name: str, known: Collection[str], noun: str, guess: str) -> None:
    """Tell that a key is not known, with the one that may be meant, where there is any."""
    fix = f'did you mean "{guess}"?' if guess else "take it out"
    spot.tell("unknown-key", f'unknown key "{name}"', why=f"{noun} has: {', '.join(known)}", fix=fix)


def tell_long_texts(spot: Spot) -> None:
    """Tell of each text in a document that is longer than a text may be."""
    if len(spot.node.spelling) > LONGEST_TEXT:
        what = f"this text has {len(spot.node.spelling):,} characters"
        why = f"a text has at most {LONGEST_TEXT:,}"
        spot.tell("text-too-long", what, why=why, fix="make it shorter, or send it as a file")
    for inner in (*elements(spot), *(value for _, _, value in pairs(spot))):
        tell_long_texts(inner)
