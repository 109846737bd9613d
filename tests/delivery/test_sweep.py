"""Time-outs by one timer, on a loop and a clock that the test holds."""

from __future__ import annotations

import asyncio

import pytest

from simulator.delivery.sweep import Sweep


class Bench:
    """A clock, the timers that were set on the loop, and who has expired."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_ms = 0.0
        self.timers: list[tuple[float, object]] = []
        self.expired: list[str] = []
        self.sweep = Sweep(lambda: self.now_ms)
        monkeypatch.setattr(asyncio.get_running_loop(), "call_later", self.call_later)

    def call_later(self, delay_s: float, ring) -> asyncio.TimerHandle:
        self.timers.append((self.now_ms + delay_s * 1000, ring))
        return asyncio.TimerHandle(0, ring, (), asyncio.get_running_loop())

    def watch(self, name: str, until_ms: float) -> int:
        return self.sweep.watch(until_ms, lambda: self.expired.append(name))

    def ring(self, at_ms: float) -> None:
        self.now_ms = at_ms
        _, ring = self.timers[-1]
        ring()


@pytest.fixture
async def bench(monkeypatch):
    return Bench(monkeypatch)


async def test_what_is_overdue_expires_and_the_rest_does_not(bench):
    bench.watch("first", 100)
    bench.watch("second", 250)

    bench.ring(100)

    assert bench.expired == ["first"]
    assert [at_ms for at_ms, _ in bench.timers] == [100, 250]


async def test_later_ones_move_no_timer(bench):
    for number in range(100):
        bench.watch(str(number), 100 + number)

    assert len(bench.timers) == 1


async def test_earlier_one_moves_the_timer(bench):
    bench.watch("late", 500)
    bench.watch("early", 20)

    assert [at_ms for at_ms, _ in bench.timers] == [500, 20]


async def test_what_is_forgotten_does_not_expire(bench):
    bench.sweep.forget(bench.watch("done", 100))

    bench.ring(100)

    assert bench.expired == []
    assert len(bench.timers) == 1


async def test_timer_that_rings_early_ends_nothing(bench):
    bench.watch("first", 100)

    bench.ring(98.6)

    assert bench.expired == []
    assert bench.timers[-1][0] == pytest.approx(100)


async def test_nothing_expires_once_it_is_closed(bench):
    bench.watch("first", 100)
    bench.sweep.close()

    bench.ring(100)

    assert bench.expired == []
