"""An event loop in a thread of its own: what runs there goes on whatever the rest of the program does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

LEAVING_S = 5.0
"""So long the thread is waited for; one that blocks is left alone, and ends with the program."""


class LoopThread:
    """A thread that runs nothing but its event loop, from `start` to `stop`."""

    def __init__(self, name: str) -> None:
        """Prepare; the name is that of the thread."""
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._is_running = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop, once it was started."""
        if self._loop is None:
            raise RuntimeError("the thread was not started")
        return self._loop

    def start(self) -> None:
        """Start it; the loop runs when this returns."""
        self._thread.start()
        self._is_running.wait()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Let the loop do this, and give what its outcome will be; to cancel that cancels the work."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def stop(self) -> None:
        """Cancel what is still at work there and end the thread; so it is when it was ended before."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(LEAVING_S)

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            self._loop.call_soon(self._is_running.set)
            self._loop.run_forever()
