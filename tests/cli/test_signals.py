from __future__ import annotations

import asyncio
import signal
import threading

import pytest

from simulator.cli.signals import cancelling


async def test_signal_cancels_the_task_and_a_second_one_its_clean_up() -> None:
    steps: list[str] = []

    async def work() -> None:
        with cancelling():
            try:
                signal.raise_signal(signal.SIGINT)
                await asyncio.Event().wait()
            finally:
                steps.append("cleaning up")
                signal.raise_signal(signal.SIGTERM)
                try:
                    await asyncio.Event().wait()
                finally:
                    steps.append("broken off")

    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(work())

    assert steps == ["cleaning up", "broken off"]


async def test_third_signal_breaks_off_what_does_not_wait() -> None:
    with cancelling():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    # The cancellations of the first two are still on their way.
    task = asyncio.current_task()
    assert task is not None
    with pytest.raises(asyncio.CancelledError):
        await asyncio.sleep(0)
    while task.uncancel():
        pass


async def test_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)

    with cancelling():
        pass

    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_other_threads_have_no_handlers() -> None:
    done: list[bool] = []

    async def work() -> None:
        with cancelling():
            done.append(True)

    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    thread.join()

    assert done == [True]
