"""A simulator that is awaited, against a bot in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from simulator import AsyncSimulator, VerdictError

from .echo import asgi


@pytest.fixture
async def sim() -> AsyncIterator[AsyncSimulator]:
    async with AsyncSimulator("viber") as rig:
        await rig.connect(asgi(rig), "/hook")
        yield rig


async def test_a_reply_is_what_the_bot_said(sim: AsyncSimulator) -> None:
    await sim.viber.actor("ana").says("hi")

    reply = await sim.reply(text="~hello")

    assert reply.text == "hello hi"


async def test_a_wrong_reply_is_told_at_the_line_of_the_test(sim: AsyncSimulator) -> None:
    await sim.viber.actor("ana").says("hi")

    with pytest.raises(VerdictError) as caught:
        await sim.reply("hullo", within="50ms")

    assert "test_asyncsimulators.py:" in str(caught.value)


async def test_who_does_not_wait_any_longer_can_go_on(sim: AsyncSimulator) -> None:
    ana = sim.viber.actor("ana")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await sim.reply("nobody has said a word")
    await ana.says("hi")

    assert (await sim.reply("hello <word>")).text == "hello hi"
    assert await sim.viber.variables() == {"word": "hi"}


async def test_calls_at_the_same_time_are_played_one_after_another(sim: AsyncSimulator) -> None:
    await asyncio.gather(*(sim.viber.actor(name).says(name) for name in ("ana", "ben", "cleo")))

    said = {(await sim.reply(f"hello {name}")).text for name in ("ana", "ben", "cleo")}

    assert said == {"hello ana", "hello ben", "hello cleo"}


async def test_other_acts_and_steps_are_there_too(sim: AsyncSimulator) -> None:
    ana = sim.viber.actor("ana", name="Ana")
    await ana.says("hush")
    await sim.silence("10ms")
    await sim.wait("6h")

    assert (await ana.row())["name"] == "Ana"
    assert await sim.viber.replies(optional=True) == ()
