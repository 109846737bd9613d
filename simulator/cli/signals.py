"""Ctrl-C, a polite end and a closed terminal: the first signal ends the run, the second does not wait for anybody."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

PATIENCE = 2
"""After so many signals, the next one breaks off whatever is being done, and the one behind it ends the program."""

INTERRUPTED = 130


@contextlib.contextmanager
def cancelling() -> Iterator[None]:
    """
    Let each of `SIGNALS` cancel the task in which this is entered, each time anew; so a bot that it started ends too.

    A task that is cancelled while it ends something stops waiting for it. asyncio's own handler would raise inside
    of what is being done, and clean-up that waits would then go on as if nothing had come.
    """
    loop, task, count = asyncio.get_running_loop(), asyncio.current_task(), 0
    assert task is not None

    def take(number: int, frame: FrameType | None) -> None:
        nonlocal count
        count += 1
        if count > PATIENCE + 1:
            _end()
        if count > PATIENCE:
            _hush()
            raise KeyboardInterrupt
        loop.call_soon_threadsafe(task.cancel)

    before = {}
    # Only the main thread may have handlers.
    with contextlib.suppress(ValueError):
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, take)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def ending_like_ctrl_c() -> Iterator[None]:
    """Let a polite end and a closed terminal raise KeyboardInterrupt too, so that work without a loop cleans up."""
    before = {}
    # Only the main thread may have handlers.
    with contextlib.suppress(ValueError):
        for number in SIGNALS:
            if signal.getsignal(number) == signal.SIG_DFL:
                before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _hush() -> None:
    """What is broken off anywhere in a loop leaves tasks and coroutines behind, of which nobody needs to read."""
    sys.unraisablehook = lambda _: None
    logging.getLogger("asyncio").disabled = True


def _end() -> None:
    """End now, whatever holds: a loop that was broken off may wait for ever. Bots that were started end too."""
    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()
    os._exit(INTERRUPTED)
