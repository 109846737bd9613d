"""A long command for a shell on several lines, as a person writes it; pasted, they are the same command."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from simulator.report.failure import COMMANDS, FIELD, Spans
from simulator.report.text import width

MARK = " \\"
"""Ends a line of a command that goes on; shells of Windows have other ones, so that nothing is folded there."""

DEEPER = "  "
"""So much further in than the first line the others begin."""

_WORD = re.compile(r"""(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+""", re.DOTALL)


def folded(spans: Spans, columns: int) -> Iterator[Spans]:
    """
    Give the line, or several where it names a command that is longer than so many columns; 0: it stays as it is.

    A line is broken before an option or a pipe, and never within a value, however long that is.
    """
    is_command = len(spans) == 2 and spans[0][0].strip() in COMMANDS
    if not is_command or not columns or os.name == "nt" or sum(width(text) for text, _ in spans) <= columns:
        yield spans
        return
    (name, name_tone), (command, tone) = spans
    lines = list(_filled(_parts(command), columns - FIELD - len(DEEPER) - len(MARK)))
    for index, line in enumerate(lines):
        head = name if index == 0 else " " * FIELD + DEEPER
        yield (head, name_tone), (line + (MARK if index < len(lines) - 1 else ""), tone)


def _parts(command: str) -> Iterator[str]:
    """Give the pieces of a command between which it may be broken: each option with its value."""
    part = ""
    for word in _WORD.findall(command):
        if part and word.startswith(("-", "|")) and part != "|":
            yield part
            part = word
        else:
            part = f"{part} {word}" if part else word
    if part:
        yield part


def _filled(parts: Iterator[str], columns: int) -> Iterator[str]:
    line = ""
    for part in parts:
        if line and width(line) + 1 + width(part) > columns:
            yield line
            line = part
        else:
            line = f"{line} {part}" if line else part
    yield line
