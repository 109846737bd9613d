from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Iterator

import pytest

from simulator import alarm
from simulator.alarm import Alarm
from simulator.clock import real_ms


@contextlib.contextmanager
def opened() -> Iterator[Alarm]:
    found = Alarm()
    found.open()
    try:
        yield found
    finally:
        found.close()


@pytest.fixture(params=["of the system", "of the loop"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "of the loop":
        monkeypatch.setattr(alarm, "_descriptor", lambda: None)
    return str(request.param)


async def test_nobody_is_woken_early(place: str) -> None:
    early: list[float] = []

    async def wait(until_ms: float) -> None:
        await clock.until(asyncio.Event(), until_ms)
        early.append(until_ms - real_ms())

    with opened() as clock:
        now = real_ms()
        await asyncio.gather(*(wait(now + 2 + number * 0.137) for number in range(100)))

    assert len(early) == 100
    assert max(early) <= 0


async def test_a_sign_wakes_at_once_and_is_taken_down(place: str) -> None:
    sign = asyncio.Event()
    with opened() as clock:
        asyncio.get_running_loop().call_soon(sign.set)
        await asyncio.wait_for(clock.until(sign, real_ms() + 3_600_000), 10)

    assert not sign.is_set()


async def test_without_a_time_only_the_sign_wakes(place: str) -> None:
    sign = asyncio.Event()
    with opened() as clock:
        waiting = asyncio.create_task(clock.until(sign, None))
        await clock.until(asyncio.Event(), real_ms() + 5)
        is_waiting = not waiting.done()
        sign.set()
        await asyncio.wait_for(waiting, 10)

    assert is_waiting


async def test_who_is_overdue_gives_others_a_turn(place: str) -> None:
    turns: list[str] = []
    asyncio.get_running_loop().call_soon(turns.append, "another")
    with opened() as clock:
        await clock.until(asyncio.Event(), real_ms() - 1)

    assert turns == ["another"]


async def test_an_earlier_time_goes_before_one_that_is_set(place: str) -> None:
    order: list[str] = []

    async def wake(name: str, until_ms: float) -> None:
        await clock.until(asyncio.Event(), until_ms)
        order.append(name)

    with opened() as clock:
        now = real_ms()
        await asyncio.gather(wake("late", now + 20), wake("soon", now + 5), wake("middle", now + 10))

    assert order == ["soon", "middle", "late"]


async def test_who_waits_no_more_is_forgotten(place: str) -> None:
    """A story that is woken a thousand times before its time leaves nothing behind."""
    sign = asyncio.Event()
    with opened() as clock:
        for _ in range(1_000):
            sign.set()
            await clock.until(sign, real_ms() + 3_600_000)

        assert len(clock._heap) <= 2 * alarm.FEW
        assert not clock._waiting


async def test_a_system_without_such_timers_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm.sys, "platform", "elsewhere")
    with opened() as clock:
        began = real_ms()
        await clock.until(asyncio.Event(), began + 3)

        assert clock._descriptor is None
        assert math.isfinite(real_ms())
