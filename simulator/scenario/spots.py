"""A spot is a node of the document with its path: what it takes to read a value and to tell what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from simulator import documents, units
from simulator.documents import Node
from simulator.errors import did_you_mean, nearest
from simulator.records import Place
from simulator.scenario.findings import Findings

T = TypeVar("T")

MOST = 1_000_000
"""No count in a scenario is greater."""


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
    not_yet: Mapping[str, str] | None = None,
    required: Collection[str] = (),
    elsewhere: Mapping[str, str] | None = None,
) -> dict[str, Spot]:
    """
    Give the value of each known key; tell of the others, and of required ones that are missing.

    `noun` names the map in messages ("a bot step"), `not_yet` holds keys of the language that are not built,
    `elsewhere` keys that belong to another place, with the sentence that says where.
    """
    if spot.node.kind != "map":
        wanted(spot, "a map", f"{noun} has: {', '.join(known)}")
        return {}
    found: dict[str, Spot] = {}
    meant: set[str] = set()
    for name, key, value in pairs(spot):
        if name in known:
            found[name] = value
        elif not_yet and name in not_yet:
            unbuilt(told_at(spot, key, name), name, not_yet[name])
        elif elsewhere and name in elsewhere:
            told_at(spot, key, name).tell("misplaced-key", f'"{name}" does not belong here', fix=elsewhere[name])
        else:
            unknown_key(told_at(spot, key, name), name, known, noun)
            meant.add(nearest(name, known) or "")
    for name in required:
        if name not in found and name not in meant:
            spot.tell("missing-key", f'"{name}" is missing', why=f"{noun} needs it", fix=f"write `{name}:`")
    return found


def told_at(spot: Spot, key: Node, name: str) -> Spot:
    """Give the spot of a key, for a finding about the key itself."""
    return Spot(key, f"{spot.at}.{name}" if spot.at else name, spot.told)


def unknown_key(spot: Spot, name: str, known: Collection[str], noun: str) -> None:
    """Tell that a key is not known, with the nearest one."""
    fix = did_you_mean(name, known, "take it out")
    spot.tell("unknown-key", f'unknown key "{name}"', why=f"{noun} has: {', '.join(known)}", fix=fix)


def unbuilt(spot: Spot, name: str, part: str) -> None:
    """Tell that a word of the language cannot be used yet."""
    why = f"the language has it, but this part is not built yet: {part}"
    spot.tell("not-yet", f'"{name}" cannot be used yet', why=why, fix="leave it out for now")


# --- values ----------------------------------------------------------------------------------------------------------


def text_of(spot: Spot | None) -> str | None:
    """Give a text, numbers and booleans as they are spelled; None where it is none, which is told."""
    if spot is None:
        return None
    if spot.is_scalar:
        return spot.node.spelling
    wanted(spot, "text")
    return None


def word_of(spot: Spot | None, words: Collection[str], *, code: str = "wrong-value", noun: str = "value") -> str | None:
    """Give one of the words; None where it is none of them, which is told with the nearest."""
    text = text_of(spot)
    if spot is None or text is None or text in words:
        return text
    names = ", ".join(words)
    fix = did_you_mean(text, words, _choice(words))
    spot.tell(
        code, f'unknown {noun} "{shortened(text)}"', why=f"there are: {names}" if names else "there are none", fix=fix
    )
    return None


def _choice(words: Collection[str]) -> str:
    if not words:
        return "leave it out"
    return f"use one of: {', '.join(words)}" if len(words) > 1 else f"write {next(iter(words))}"


def words_of(spot: Spot | None) -> list[Spot]:
    """Give the elements of a list, or the one text that stands in its place."""
    if spot is None:
        return []
    if spot.node.kind == "list":
        return list(elements(spot))
    if spot.is_scalar:
        return [spot]
    wanted(spot, "text or a list of texts")
    return []


def speech_of(spot: Spot) -> str | None:
    """Give a text that somebody says; None where YAML took some of it away, or all, which is told."""
    problem = documents.lost(spot.node, spot.at)
    if problem is not None:
        spot.tell(problem.code, problem.what, why=problem.why, fix=problem.fix)
        return None
    return text_of(spot)


def whole_of(spot: Spot | None, *, least: int = 0, most: int = MOST) -> int | None:
    """Give a whole number between the two; None where it is none, which is told."""
    if spot is None:
        return None
    value = spot.node.value
    if isinstance(value, int) and not isinstance(value, bool) and not spot.node.is_quoted:
        if least <= value <= most:
            return value
        spot.tell(
            "wrong-value", f"{value} is out of range", why=f"a whole number from {least} to {most} is wanted here"
        )
    else:
        wanted(spot, "a whole number", "write it in digits, without quotes")
    return None


def truth_of(spot: Spot | None) -> bool | None:
    """Give true or false; None where it is neither, which is told."""
    if spot is None:
        return None
    if isinstance(spot.node.value, bool):
        return spot.node.value
    wanted(spot, "true or false", "write true or false, without quotes")
    return None


def duration_of(spot: Spot | None, *, least: int = 0) -> int | None:
    """Give a duration in milliseconds; None where it is none, or less than `least`, which is told."""
    duration_ms = by_unit(spot, units.duration_ms, "a duration")
    if spot is not None and duration_ms is not None and duration_ms < least:
        spot.tell(
            "wrong-value",
            f'"{spot.node.spelling}" is too short',
            why="nothing can come in no time",
            fix="write such as 2s",
        )
        return None
    return duration_ms


def span_of(spot: Spot | None) -> tuple[int, int] | None:
    """Give a range of durations in milliseconds; None where it is none, which is told."""
    return by_unit(spot, units.span_ms, "a duration or a range of durations")


def by_unit(spot: Spot | None, read: Callable[[str], T], noun: str, *, code: str = "wrong-duration") -> T | None:
    """Give what one of the functions in `units` reads there; None where it cannot, which is told."""
    if spot is None:
        return None
    if not spot.is_scalar:
        wanted(spot, noun)
        return None
    text = spot.node.spelling
    try:
        return read(text)
    except ValueError as error:
        what, _, why = str(error).partition("; ")
        spot.tell(code, what, why=why, fix=_with_unit(text))
        return None


def _with_unit(text: str) -> str:
    bare = text.strip()
    return f"give it a unit: {bare}s, or {bare}ms" if bare.replace(".", "", 1).isdigit() else ""


def spelled(node: Node) -> Any:
    """Give the value with every number and boolean as it is spelled: for places where text belongs."""
    if node.kind == "map":
        return {key.spelling: spelled(value) for key, value in node.items}
    if node.kind == "list":
        return [spelled(element) for element in node.elements]
    return node.spelling if is_written(node) else None
