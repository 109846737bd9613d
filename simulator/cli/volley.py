"""Many requests at one endpoint: one after another, some at once, or so many a second."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.alarm import Alarm
from simulator.clock import real_ms
from simulator.errors import first_of
from simulator.histogram import Histogram

if TYPE_CHECKING:
    from simulator.delivery.posting import Transport
    from simulator.records import ScheduledEvent, Sent, SignedRequest

Made = tuple["ScheduledEvent", "SignedRequest"]


@dataclass(frozen=True, slots=True)
class Shot:
    """One request and what came of it."""

    event: ScheduledEvent
    request: SignedRequest
    sent: Sent


@dataclass(frozen=True, kw_only=True, slots=True)
class Volley:
    """What is sent, and who is told of each answer as it comes."""

    make: Callable[[int], Made]
    """The event of that number, counted from 0, and its request."""
    take: Callable[[Shot], None]
    transport: Transport
    timeout_ms: float
    count: int
    copies: int = 1
    """So many of each event are sent at once."""

    async def at_once(self, most: int) -> None:
        """
        Send all, at most so many events at a time; the next one goes out when one of them has its answers.

        Whatever `make` and `take` raise ends it.
        """
        numbers = iter(range(self.count))

        async def work() -> None:
            for number in numbers:
                event, request = self.make(number)
                # Who else has an answer makes the next event first, too: so they leave one right behind the other, and
                # whoever receives them need not be woken for each.
                await asyncio.sleep(0)
                await self._shoot(event, request)

        async with _together() as group:
            for _ in range(min(most, self.count)):
                group.create_task(work())

    async def at_rate(self, rate_per_s: float, most: int) -> Histogram:
        """
        Send so many a second whether answers come or not, as long as no more than `most` events wait for theirs.

        Give how late they left, in milliseconds: where that is much, the bot was not asked as often as was wanted.
        """
        late, room, sign, alarm = Histogram(), asyncio.Semaphore(most), asyncio.Event(), Alarm()

        async def shoot(event: ScheduledEvent, request: SignedRequest) -> None:
            try:
                await self._shoot(event, request)
            finally:
                room.release()

        alarm.open()
        try:
            async with _together() as group:
                begun_ms = real_ms()
                for number in range(self.count):
                    due_ms = begun_ms + number * 1000 / rate_per_s
                    await room.acquire()
                    while (now_ms := real_ms()) < due_ms:
                        await alarm.until(sign, due_ms)
                    event, request = self.make(number)
                    late.add(max(now_ms - due_ms, 0.0))
                    group.create_task(shoot(event, request))
                    # Where all is overdue, answers must be read all the same.
                    await asyncio.sleep(0)
        finally:
            alarm.close()
        return late

    async def _shoot(self, event: ScheduledEvent, request: SignedRequest) -> None:
        if self.copies == 1:
            await self._send(event, request)
        else:
            async with _together() as group:
                for _ in range(self.copies):
                    group.create_task(self._send(event, request))

    async def _send(self, event: ScheduledEvent, request: SignedRequest) -> None:
        sent = await self.transport.send(request, timeout_ms=self.timeout_ms)
        self.take(Shot(event, request, sent))


@contextlib.asynccontextmanager
async def _together() -> AsyncIterator[asyncio.TaskGroup]:
    """Wait at the end for all that was begun. The first error of one ends the others, and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as errors:
        raise first_of(errors) from None
