"""Many requests at one endpoint, over a transport that notes what is open."""

from __future__ import annotations

import asyncio

import pytest

from simulator.cli.volley import Shot, Volley
from simulator.records import Ack, ScheduledEvent, Sent, SignedRequest

pytestmark = pytest.mark.timeout(20)


class Bot:
    """Answers when it is let to; notes what was sent, and how many were open at a time."""

    def __init__(self, *, answers_at_once: bool = True) -> None:
        self.sent: list[str] = []
        self.open = 0
        self.most_open = 0
        self.answers = asyncio.Event()
        if answers_at_once:
            self.answers.set()

    async def send(self, request: SignedRequest, *, timeout_ms: float) -> Sent:
        self.sent.append(request.url)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        await asyncio.sleep(0)
        await self.answers.wait()
        self.open -= 1
        return Sent(ack=Ack(status=200, headers=(), body=b""), duration_ms=timeout_ms)


def make(number: int) -> tuple[ScheduledEvent, SignedRequest]:
    event = ScheduledEvent(id=str(number), provider="p", type="t", values={}, due_ms=0, cause="")
    return event, SignedRequest(method="POST", url=str(number), headers=(), body=b"")


def volley(bot: Bot, taken: list[Shot], **more) -> Volley:
    return Volley(**{"make": make, "take": taken.append, "transport": bot, "timeout_ms": 5.0, "count": 10} | more)


async def test_one_at_a_time_goes_in_order():
    bot, taken = Bot(), []

    await volley(bot, taken).at_once(1)

    assert bot.sent == [str(number) for number in range(10)]
    assert [shot.event.id for shot in taken] == bot.sent
    assert bot.most_open == 1


async def test_so_many_are_open_at_once_and_no_more():
    bot, taken = Bot(), []

    await volley(bot, taken, count=50).at_once(4)

    assert sorted(map(int, bot.sent)) == list(range(50))
    assert len(taken) == 50
    assert bot.most_open == 4


async def test_events_that_may_go_at_once_are_all_made_before_the_first_leaves():
    bot, taken, told = Bot(), [], []

    def noting(number):
        told.append((number, len(bot.sent)))
        return make(number)

    await volley(bot, taken, make=noting, count=6).at_once(3)

    assert told[:3] == [(0, 0), (1, 0), (2, 0)]
    assert all(sent in (0, 3) for _, sent in told)


async def test_copies_of_an_event_are_open_together():
    bot, taken = Bot(), []

    await volley(bot, taken, count=2, copies=3).at_once(1)

    assert bot.sent == ["0", "0", "0", "1", "1", "1"]
    assert bot.most_open == 3


async def test_rate_does_not_wait_for_answers():
    bot, taken = Bot(answers_at_once=False), []
    task = asyncio.create_task(volley(bot, taken).at_rate(1e6, most=100))
    while len(bot.sent) < 10:  # noqa: ASYNC110 - the bot has no event for that number
        await asyncio.sleep(0)

    assert taken == []
    bot.answers.set()
    late = await task
    assert len(taken) == 10
    assert late.count == 10


async def test_rate_waits_where_too_many_are_open_and_tells_that_it_was_late():
    bot, taken = Bot(answers_at_once=False), []
    task = asyncio.create_task(volley(bot, taken).at_rate(1e6, most=3))
    while len(bot.sent) < 3:  # noqa: ASYNC110 - the bot has no event for that number
        await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)

    assert len(bot.sent) == 3
    bot.answers.set()
    late = await task
    assert bot.most_open == 3
    assert late.most_ms > 0


@pytest.mark.parametrize("way", ["at_once", "at_rate"])
async def test_what_cannot_be_made_ends_it_with_that_error(way):
    def break_off(number: int) -> tuple[ScheduledEvent, SignedRequest]:
        if number == 3:
            raise LookupError("no more")
        return make(number)

    bot, taken = Bot(), []
    shot = volley(bot, taken, make=break_off)

    with pytest.raises(LookupError, match="no more"):
        await (shot.at_once(2) if way == "at_once" else shot.at_rate(1e6, 2))
    assert "9" not in bot.sent


@pytest.mark.parametrize("way", ["at_once", "at_rate"])
async def test_cancellation_ends_what_is_open(way):
    bot, taken = Bot(answers_at_once=False), []
    shot = volley(bot, taken)
    task = asyncio.create_task(shot.at_once(2) if way == "at_once" else shot.at_rate(1e6, 2))
    while len(bot.sent) < 2:  # noqa: ASYNC110 - the bot has no event for that number
        await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert taken == []
