"""Courses as functions: what each payload hangs on, looked up in turn, and then its text at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from simulator.corpus.tracing import INPUTS, Course, Line, Names, Piece, Trace
from simulator.corpus.tracing.chunks import Chunks

Step = Callable[..., Any]
"""(the names of `INPUTS`) → a value."""


@dataclass(slots=True)
class Node:
    """A place on the way to a course: a question, or the end of it."""

    question: str = ""
    """The source of what is asked."""
    is_of_user: bool = False
    """What is asked hangs on the person alone."""
    ask: Step | None = None
    """None at the end."""
    ways: dict[Any, Node] = field(default_factory=dict)
    """Answer → where it goes on."""
    write: Step | None = None
    """Gives the body's text."""
    event_id: Step | None = None
    """Gives the id that is drawn for the event; None where none is."""


def writer(course: Course, chunks: Chunks) -> Step:
    """Give what writes the text of all payloads of a course; what it keeps of people goes into `chunks`."""
    trace = course.trace
    steps: list[str] = []
    shown: list[str] = []
    wanted: list[Line] = []
    for is_of_user, group in groupby(_merged(course.pieces), key=_hangs_on_nothing_else):
        pieces = list(group)
        chunk = _chunk(trace, pieces, chunks) if is_of_user else ""
        if chunk:
            steps.append(f"x{len(shown)} = {chunk}")
            shown.append(f"f'{{x{len(shown)}}}'")
        else:
            wanted += [each for each in pieces if isinstance(each, Line)]
            shown += [_shown(each) for each in pieces if each]
    body = [*_lines(trace, wanted), *steps, f"return {' '.join(shown) or repr('')}"]
    return _function(trace.names, "write", INPUTS, body)


def event_id(course: Course) -> Step | None:
    """Give what gives the event ids of all payloads of a course; None where there are none."""
    if course.event_id is None:
        return None
    source, lines, _ = course.trace.operand(course.event_id)
    steps = _steps(course.trace, [each.number for each in lines])
    return _function(course.trace.names, "event_id", INPUTS, [*steps, f"return {source}"])


def asker(line: Line, trace: Trace) -> Step:
    """Give what answers the question of a line."""
    return _function(trace.names, "ask", INPUTS, [*_steps(trace, [line.number]), f"return v{line.number}"])


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Give the pieces with texts that stand side by side made one."""
    for is_text, group in groupby(pieces, key=lambda piece: isinstance(piece, str)):
        if is_text:
            yield "".join(str(each) for each in group)
        else:
            yield from group


def _hangs_on_nothing_else(piece: Piece) -> bool:
    return isinstance(piece, str) or piece.is_of_user


def _chunk(trace: Trace, pieces: list[Piece], chunks: Chunks) -> str:
    """Give the expression for a text that is the same in all payloads about one person; empty where it is not kept."""
    lines = [each for each in pieces if isinstance(each, Line)]
    if not lines:
        return ""

    def make(kept: list[str | None]) -> str:
        place = trace.names.of(kept)
        body = [
            *_lines(trace, lines),
            f"found = {place}[u] = {' '.join(_shown(each) for each in pieces if each)}",
            "return found",
        ]
        return f"{place}[u] or {trace.names.of(_function(trace.names, 'make', ('u',), body))}(u)"

    key = tuple(each if isinstance(each, str) else (each.number, _is_encoded(each), each.encoded) for each in pieces)
    length = sum(len(each if isinstance(each, str) else str(each.value)) for each in pieces)
    return chunks.expression(key, length, make)


def _shown(piece: Piece) -> str:
    """Give a piece as a part of a literal."""
    if isinstance(piece, str):
        return repr(piece)
    return f"f'{{{_name(piece)}}}'"


def _name(line: Line) -> str:
    return f"e{line.number}" if _is_encoded(line) else f"v{line.number}"


def _is_encoded(line: Line) -> bool:
    """True for what JSON does not write as it is; it has a name of its own as it is written."""
    return not line.is_plain if isinstance(line.value, str) else bool(line.encoded)


def _lines(trace: Trace, wanted: Iterable[Line]) -> Iterator[str]:
    """Give the steps that make what is wanted, in order, and what JSON makes of it."""
    wanted = list(wanted)
    yield from _steps(trace, [number for line in wanted for number in (line.uses if line.encoded else (line.number,))])
    for line in {each.number: each for each in wanted if _is_encoded(each)}.values():
        yield f"e{line.number} = {line.encoded or f'Q(v{line.number})[1:-1]'}"


def _steps(trace: Trace, waiting: list[int]) -> Iterator[str]:
    """Give the steps that make these lines, in order."""
    needed: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number not in needed:
            needed.add(number)
            waiting += trace.lines[number].uses
    yield from (f"v{number} = {trace.lines[number].source}" for number in sorted(needed))


def _function(names: Names, name: str, inputs: tuple[str, ...], body: Iterable[str]) -> Step:
    lines = list(body)
    # Digits are made where they are asked for.
    digits = ["h = d.hex()"] if "d" in inputs and any(re.search(r"\bh\[", line) for line in lines) else []
    source = "\n    ".join([f"def {name}({', '.join(inputs)}):", *digits, *lines])
    made: dict[str, Step] = {}
    # What is run here was written by this module, from what our own code did with stand-ins.
    exec(compile(source, f"<{name}>", "exec"), names.given, made)
    return made[name]
