from __future__ import annotations

import asyncio
import logging
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from simulator.cli.signals import cancelling, ending_like_ctrl_c
from tests.cli.conftest import ROOT
from tests.systems import NEEDS_SIGNALS


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


async def test_third_signal_breaks_off_what_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(logging.getLogger("asyncio"), "disabled", False)
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


@NEEDS_SIGNALS
def test_fourth_signal_ends_the_program_and_what_it_started(tmp_path: Path) -> None:
    program = """
import asyncio, atexit, signal
from simulator.cli.signals import cancelling

async def work():
    with cancelling():
        for _ in range(4):
            try:
                signal.raise_signal(signal.SIGINT)
            except KeyboardInterrupt:
                pass
        print("still here")

atexit.register(print, "the bot ends", flush=True)
asyncio.run(work())
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=30
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "the bot ends\n", "")


def test_polite_end_is_an_interrupt_where_there_is_no_loop() -> None:
    before = signal.getsignal(signal.SIGTERM)

    with ending_like_ctrl_c(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)

    assert signal.getsignal(signal.SIGTERM) == before


def test_ctrl_c_before_the_command_is_there_is_one_word() -> None:
    source = """
import runpy, simulator.bootstrap
def interrupted(extra=""):
    raise KeyboardInterrupt
simulator.bootstrap.ensure = interrupted
runpy.run_module("simulator", run_name="__main__")
"""

    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)

    assert done.returncode == 130
    assert done.stderr == "interrupted\n"
