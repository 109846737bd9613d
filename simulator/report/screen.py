"""Where lines are shown: plain in a pipe, in colour on a terminal. Nothing is wrapped, and a closed pipe is silent."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol, TextIO

from simulator.report.text import encodable, width

if TYPE_CHECKING:
    from rich.console import Console

Tone = Literal["plain", "strong", "faint", "actor", "bot", "good", "bad", "odd"]

Span = tuple[str, Tone]
"""A piece of a line, and what it means. The text says it too: meaning is never colour alone."""

MARK_COLUMN = 60
"""Where, on a terminal, the mark behind a line begins, if the line is shorter."""

_STYLES: dict[Tone, str] = {
    "plain": "",
    "strong": "bold",
    "faint": "dim",
    "actor": "cyan",
    "bot": "magenta",
    "good": "green",
    "bad": "bold red",
    "odd": "yellow",
}


class Screen(Protocol):
    """Takes lines; one may stay open, so that what comes of it can be added at its end."""

    trouble: OSError | ValueError | None
    """Why lines are no longer shown; None where they are."""
    columns: int
    """How wide it is; 0: as wide as any line, in a pipe."""

    def line(self, *spans: Span) -> None:
        """Show a whole line."""

    def begin(self, *spans: Span) -> None:
        """Show a line that stays open."""

    def finish(self, *spans: Span, alone: Sequence[Span] = ()) -> None:
        """Add this to the open line and end it; without one `alone`, if given, or this is a line of its own."""


def screen_for(stream: TextIO, *, is_terminal: bool, has_colour: bool) -> Screen:
    """Give the screen for a stream; rich is imported only where there is colour."""
    return _RichScreen(stream, is_terminal=is_terminal) if has_colour else _PlainScreen(stream, is_terminal=is_terminal)


class _Lines(ABC):
    """What both screens do: at most one line is open, and its end is written before anything else."""

    def __init__(self, stream: TextIO, *, is_terminal: bool) -> None:
        self._stream = stream
        self._is_terminal = is_terminal
        self.columns = shutil.get_terminal_size().columns if is_terminal else 0
        self._encoding = stream.encoding or "utf-8"
        self._open: list[Span] | None = None
        self.trouble: OSError | ValueError | None = None

    def line(self, *spans: Span) -> None:
        self._end()
        self._put([*spans], "\n")

    def begin(self, *spans: Span) -> None:
        self._end()
        self._open = [*spans]
        if self._is_terminal:
            self._put(self._open, "")

    def finish(self, *spans: Span, alone: Sequence[Span] = ()) -> None:
        begun = self._open
        self._open = None
        if begun is None:
            self._put([*(alone or spans)], "\n")
            return
        gap = "  "
        if self._is_terminal:
            gap = " " * max(2, MARK_COLUMN - sum(width(text) for text, _ in begun))
        self._put([*([] if self._is_terminal else begun), (gap, "plain"), *spans], "\n")

    def _end(self) -> None:
        if self._open is not None:
            # Behind a terminal's cursor the line stands already.
            self._put([] if self._is_terminal else self._open, "\n")
            self._open = None

    def _put(self, spans: list[Span], end: str) -> None:
        if self.trouble is not None:
            return
        try:
            self._write([(encodable(text, self._encoding), tone) for text, tone in spans], end)
            self._stream.flush()
        except (OSError, ValueError) as error:
            # Who read this has gone, or there is no room; the run goes on, for its exit code and its reports.
            self.trouble = error

    @abstractmethod
    def _write(self, spans: list[Span], end: str) -> None:
        """Write the spans to the stream, and what ends them."""


class _PlainScreen(_Lines):
    def _write(self, spans: list[Span], end: str) -> None:
        self._stream.write("".join(text for text, _ in spans) + end)


class _RichScreen(_Lines):
    def __init__(self, stream: TextIO, *, is_terminal: bool) -> None:
        super().__init__(stream, is_terminal=is_terminal)
        self._console = _console(stream)

    def _write(self, spans: list[Span], end: str) -> None:
        from rich.text import Text

        text = Text.assemble(*((text, _STYLES[tone]) for text, tone in spans))
        self._console.print(text, end=end, soft_wrap=True)


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    # Whether there is colour was decided before; rich would ask the environment again.
    return Console(
        file=stream,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=True,
    )
