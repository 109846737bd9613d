"""The two streams: standard output for data, standard error for everything else; and whether there is colour."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from simulator.report.text import encodable, visible, width

if TYPE_CHECKING:
    from simulator.codec import Redactor
    from simulator.journal import LineWriter


def say(text: str = "") -> None:
    """Write a line of data to standard output."""
    sys.stdout.write(encodable(text, sys.stdout.encoding or "utf-8") + "\n")


def say_json(value: Any) -> None:
    """Write one JSON document to standard output."""
    import json

    sys.stdout.write(json.dumps(value, ensure_ascii=True, allow_nan=False, indent=1) + "\n")


def say_bytes(content: bytes) -> None:
    """Write these very bytes to standard output, and nothing else."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def line_writer(path: Path | None, secrets: Redactor) -> LineWriter | None:
    """
    Give what writes a journal to that file, or to standard output where it is `-`; None where there is to be none.

    Raises:
        InputError: the file cannot be opened.
    """
    if path is None:
        return None
    from simulator.journal import LineWriter

    return LineWriter(path, secrets, file=sys.stdout.buffer if str(path) == "-" else None)


def note(text: str) -> None:
    """Write a line for people to standard error, where anybody can still read it."""
    with contextlib.suppress(OSError):
        sys.stderr.write(encodable(text, sys.stderr.encoding or "utf-8") + "\n")


def table(rows: Sequence[Sequence[str]], indent: str = "") -> None:
    """Write rows in columns; the last column is as long as it is."""
    shown = [[visible(cell) for cell in row] for row in rows]
    widths = [max((width(row[index]) for row in shown), default=0) for index in range(max(map(len, shown), default=0))]
    for row in shown:
        cells = [cell + " " * (widths[index] - width(cell)) for index, cell in enumerate(row)]
        say((indent + "  ".join(cells)).rstrip())


def is_terminal(stream: TextIO) -> bool:
    """True where a person looks at the stream, at a place that knows how to show it."""
    try:
        return stream.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:
        return False


def has_colour(color: str, stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Give whether to use colour: `--color` goes before NO_COLOR, that before FORCE_COLOR, that before the terminal."""
    if color in ("always", "never"):
        return color == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return is_terminal(stream)
