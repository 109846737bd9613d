"""How far a run is, told while it shows nothing else: on a terminal in one line that goes away, in CI now and then."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from simulator.cli.output import is_terminal
from simulator.clock import real_ms
from simulator.report.text import encodable, shortened
from simulator.units import show_ms

if TYPE_CHECKING:
    from simulator.records import Entry
    from simulator.report.screen import Screen, Span

PATIENCE_MS = 1_000
"""On a terminal, so long nothing must have been shown before the progress is."""

PAUSE_MS = 10_000
"""In CI, a line is written each time that so long has passed."""

TICK_S = 0.25

CLEARED = "\r\x1b[K"
"""Takes away the line in which a terminal's cursor stands."""


class Counts:
    """Listens to a journal for how far the run is."""

    def __init__(self) -> None:
        """Have heard nothing."""
        self._stories = self._ended = self._failed = self._attempts = self._replies = 0
        self._audit = ""

    def __call__(self, entry: Entry) -> None:
        """Take in what the entry tells."""
        match entry.kind:
            case "RunStarted":
                self._stories = entry.data["stories"]
            case "AttemptFinished":
                self._attempts += 1
            case "ReplySeen":
                self._replies += 1
            case "StoryStarted" if entry.variant:
                self._audit = f"the audit plays story {entry.story} with {entry.variant}"
            case "StoryFinished" if not entry.variant:
                self._ended += 1
                self._failed += entry.data.outcome in ("failed", "error")

    def line(self, passed_ms: float) -> str:
        """Give how far it is, that long after its beginning."""
        parts = [
            show_ms(passed_ms // 1000 * 1000),
            f"{self._ended} of {self._stories} {'story' if self._stories == 1 else 'stories'}",
            f"{self._failed} failed" if self._failed else "",
            f"{self._attempts} sent",
            f"{self._replies} {'reply' if self._replies == 1 else 'replies'}",
            self._audit,
        ]
        return f"… {' · '.join(part for part in parts if part)}"


class Progress:
    """Tells how far a run is, and keeps out of the way of what else is shown."""

    def __init__(
        self,
        screen: Screen,
        stream: TextIO | None,
        *,
        is_passing: bool = True,
        clock_ms: Callable[[], float] = real_ms,
    ) -> None:
        """
        Write to `stream`, and nothing where there is none.

        What passes goes away before the screen shows something; what does not is a line of its own each time.
        """
        self.counts = Counts()
        self.trouble = screen.trouble
        self.columns = screen.columns
        self._screen = screen
        self._stream = stream
        self._is_passing = is_passing
        self._clock_ms = clock_ms
        self._is_open = self._is_shown = False
        self._began_ms = self._last_ms = clock_ms()

    # --- as a screen -------------------------------------------------------------------------------------------------

    def line(self, *spans: Span) -> None:
        """Show a whole line."""
        self._make_way(is_open=False)
        self._screen.line(*spans)
        self.trouble = self._screen.trouble

    def begin(self, *spans: Span) -> None:
        """Show a line that stays open."""
        self._make_way(is_open=True)
        self._screen.begin(*spans)
        self.trouble = self._screen.trouble

    def finish(self, *spans: Span, alone: Sequence[Span] = ()) -> None:
        """Add this to the open line and end it; without one `alone`, if given, or this is a line of its own."""
        self._make_way(is_open=False)
        self._screen.finish(*spans, alone=alone)
        self.trouble = self._screen.trouble

    # --- how far it is -----------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def told(self) -> AsyncIterator[None]:
        """Tell it from time to time, until the body has ended."""
        if self._stream is None:
            yield
            return
        self._began_ms = self._last_ms = self._clock_ms()
        ticking = asyncio.create_task(self._ticking())
        try:
            yield
        finally:
            ticking.cancel()
            self._clear()

    def tick(self) -> None:
        """Tell it, if it is time."""
        now_ms = self._clock_ms()
        text = self.counts.line(now_ms - self._began_ms)
        if not self._is_passing and now_ms - self._last_ms >= PAUSE_MS:
            self._last_ms = now_ms
            self._write(f"{text}\n")
        elif self._is_passing and not self._is_open and (self._is_shown or now_ms - self._last_ms >= PATIENCE_MS):
            self._is_shown = True
            self._write(CLEARED + shortened(text, (self.columns or shutil.get_terminal_size().columns) - 1))

    async def _ticking(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self.tick()

    def _make_way(self, *, is_open: bool) -> None:
        self._is_open = is_open
        if self._is_passing:
            self._last_ms = self._clock_ms()
            self._clear()

    def _clear(self) -> None:
        if self._is_shown:
            self._is_shown = False
            self._write(CLEARED)

    def _write(self, text: str) -> None:
        if self._stream is None:
            return
        # Nobody reads it any more; the run goes on.
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(encodable(text, self._stream.encoding or "utf-8"))
            self._stream.flush()


def progress_over(
    screen: Screen, environment: Mapping[str, str], *, is_quiet: bool, clock_ms: Callable[[], float] = real_ms
) -> Progress:
    """Give what tells the progress beside this screen: on a terminal, in CI unless it is to be quiet, else nowhere."""
    if is_terminal(sys.stderr):
        return Progress(screen, sys.stderr, clock_ms=clock_ms)
    stream = sys.stderr if environment.get("CI") and not is_quiet else None
    return Progress(screen, stream, is_passing=False, clock_ms=clock_ms)
