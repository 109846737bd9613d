"""How far counted work is: a bar on a terminal, a line now and then in CI, and nothing elsewhere."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TextIO

from simulator.clock import real_ms

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE_MS = 1_000
"""Work that takes no longer shows nothing."""
LINE_MS = 10_000
"""From one line in CI to the next."""

Tell = Callable[[int], None]
"""Told of so many more that are done."""


@contextlib.contextmanager
def headway(
    count: int,
    what: str,
    *,
    stream: TextIO | None = None,
    environment: Mapping[str, str] = os.environ,
    now_ms: Callable[[], float] = real_ms,
) -> Iterator[Tell]:
    """Give what is to be told of each step of work that has `count` of them; `what` is said beside it."""
    from simulator.cli.output import is_terminal

    into = stream or sys.stderr
    if is_terminal(into):
        bar = _Bar(count, what, into, now_ms)
        try:
            yield bar.tell
        finally:
            bar.close()
    elif environment.get("CI", "").casefold() not in ("", "0", "false"):
        yield _Lines(count, what, into, now_ms).tell
    else:
        yield lambda _: None


class _Bar:
    """A bar that appears when the work has taken a while."""

    def __init__(self, count: int, what: str, stream: TextIO, now_ms: Callable[[], float]) -> None:
        self._count, self._what, self._stream = count, what, stream
        self._now_ms = now_ms
        self._begun_ms = now_ms()
        self._done = 0
        self._shown: Progress | None = None

    def tell(self, step: int) -> None:
        self._done += step
        if self._shown is not None:
            self._shown.update(self._shown.task_ids[0], completed=self._done)
        elif self._now_ms() - self._begun_ms >= PATIENCE_MS:
            self._shown = self._begun()

    def _begun(self) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
        bar = Progress(*columns, TimeRemainingColumn(), console=Console(file=self._stream), transient=True)
        bar.add_task(self._what, total=self._count, completed=self._done)
        bar.start()
        return bar

    def close(self) -> None:
        if self._shown is not None:
            self._shown.stop()


class _Lines:
    """A line every ten seconds."""

    def __init__(self, count: int, what: str, stream: TextIO, now_ms: Callable[[], float]) -> None:
        self._count, self._what, self._stream = count, what, stream
        self._now_ms = now_ms
        self._begun_ms = self._last_ms = now_ms()
        self._done = 0

    def tell(self, step: int) -> None:
        self._done += step
        now_ms = self._now_ms()
        if now_ms - self._last_ms < LINE_MS:
            return
        self._last_ms = now_ms
        rate = self._done * 1000 / (now_ms - self._begun_ms)
        # Who does not read it any more does not stop the work.
        with contextlib.suppress(OSError):
            self._stream.write(f"{self._what}: {self._done} of {self._count}, {rate:.0f} a second\n")
            self._stream.flush()
