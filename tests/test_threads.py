"""An event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError

import pytest

from simulator.threads import LoopThread


@pytest.fixture
def thread() -> LoopThread:
    return LoopThread("loop of a test")


def test_work_is_done_in_the_thread(thread: LoopThread) -> None:
    async def where() -> str:
        return threading.current_thread().name

    thread.start()
    name = thread.submit(where()).result()
    thread.stop()

    assert name == "loop of a test"


def test_an_error_reaches_whoever_waits(thread: LoopThread) -> None:
    async def fail() -> None:
        raise ValueError("no")

    thread.start()
    with pytest.raises(ValueError, match="no"):
        thread.submit(fail()).result()
    thread.stop()


def test_stopping_cancels_what_is_still_at_work(thread: LoopThread) -> None:
    thread.start()
    waiting = thread.submit(asyncio.sleep(3600))
    thread.stop()

    with pytest.raises(CancelledError):
        waiting.result(timeout=5)


def test_stopping_twice_is_stopping_once(thread: LoopThread) -> None:
    thread.start()
    thread.stop()

    thread.stop()

    assert not thread._thread.is_alive()


def test_a_thread_that_was_not_started_has_no_loop(thread: LoopThread) -> None:
    with pytest.raises(RuntimeError):
        thread.loop  # noqa: B018
