"""What stands at one spot, read as a text, a number, a duration, …; what is wrong with it is told."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from simulator import documents, units
from simulator.documents import Node
from simulator.errors import did_you_mean
from simulator.scenario.spots import Spot, elements, is_written, shortened, wanted

T = TypeVar("T")

MOST = 1_000_000
"""No count in a scenario is greater."""

MOST_REAL_MS = 86_400_000
"""Nobody waits longer than a day of real time for anything that one step is about."""


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
            "wrong-value", f"{value} is out of range", why=f"a whole number from {least:,} to {most:,} is wanted here"
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


def number_of(spot: Spot | None, *, above: float, most: float) -> float | None:
    """Give a number above one and not above the other; None where it is none, which is told."""
    if spot is None:
        return None
    value = spot.node.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        wanted(spot, "a number", "write it in digits, without quotes")
    elif above < value <= most:
        return float(value)
    else:
        what = f"{spot.node.spelling} is out of range"
        spot.tell("wrong-value", what, why=f"a number above {above:g} and at most {most:,.10g} is wanted here")
    return None


def duration_of(spot: Spot | None, *, least: int = 0, most: int | None = None) -> int | None:
    """Give a duration in milliseconds; None where it is none, or less or more than it may be, which is told."""
    duration_ms = by_unit(spot, units.duration_ms, "a duration")
    if spot is None or duration_ms is None:
        return None
    if duration_ms < least:
        why = "nothing can come in no time"
        spot.tell("wrong-value", f'"{shortened(spot.node.spelling)}" is too short', why=why, fix="write such as 2s")
    elif most is not None and duration_ms > most:
        why = f"this is real time, and at most {units.show_ms(most)}"
        spot.tell("wrong-value", f'"{shortened(spot.node.spelling)}" is too long', why=why, fix="write such as 10s")
    else:
        return duration_ms
    return None


def deadline_of(spot: Spot | None, *, least: int = 0) -> int | None:
    """Give a duration of real time, in milliseconds; as `duration_of`, and at most a day."""
    return duration_of(spot, least=least, most=MOST_REAL_MS)


def share_of(spot: Spot | None, *, above: float = -1.0) -> float | None:
    """Give a share from 0 to 1, and above that; None where it is none, which is told."""
    share = by_unit(spot, units.share, "a share", code="wrong-value", example="60%")
    if spot is not None and share is not None and share <= above:
        spot.tell("wrong-value", f"{shortened(spot.node.spelling)} is never", fix="leave it out, or write such as 60%")
        return None
    return share


def rate_of(spot: Spot | None, *, most: float) -> float | None:
    """Give how many a second; None where that cannot be read, or is more than `most`, which is told."""
    rate = by_unit(spot, units.rate_per_s, "a rate", code="wrong-value", example="20/s")
    if spot is not None and rate is not None and rate > most:
        what = f"{shortened(spot.node.spelling)} is too fast"
        spot.tell("wrong-value", what, why=f"at most {most:,.10g} a second", fix="write a lower one")
        return None
    return rate


def span_of(spot: Spot | None) -> tuple[int, int] | None:
    """Give a range of durations in milliseconds; None where it is none, which is told."""
    if spot is not None and spot.node.kind == "list":
        ends = "..".join(each.spelling for each in spot.node.elements[:2]) or "2s..5s"
        wanted(spot, "a duration or a range of durations", f"write a range as {shortened(ends)}")
        return None
    return by_unit(spot, units.span_ms, "a duration or a range of durations")


def by_unit(
    spot: Spot | None, read: Callable[[str], T], noun: str, *, code: str = "wrong-duration", example: str = "2s"
) -> T | None:
    """Give what one of the functions in `units` reads there; None where it cannot, which is told."""
    if spot is None:
        return None
    if not spot.is_scalar:
        wanted(spot, noun, f"write it such as {example}")
        return None
    text = spot.node.spelling
    try:
        return read(text)
    except ValueError as error:
        what, _, why = str(error).partition("; ")
        spot.tell(code, what, why=why, fix=_with_unit(text, code) or f"write it such as {example}")
        return None


def _with_unit(text: str, code: str) -> str:
    bare = text.strip()
    is_bare = code == "wrong-duration" and bare.replace(".", "", 1).isdigit() and len(bare) < 10
    return f"give it a unit: {bare}s, or {bare}ms" if is_bare else ""


def spelled(node: Node) -> Any:
    """Give the value with every number and boolean as it is spelled: for places where text belongs."""
    if node.kind == "map":
        return {key.spelling: spelled(value) for key, value in node.items}
    if node.kind == "list":
        return [spelled(element) for element in node.elements]
    return node.spelling if is_written(node) else None
