"""A simulator in the hands of code that awaits: `simulators` says what each call does."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from simulator.backstage import Backstage, VerdictError
from simulator.errors import SimulatorError
from simulator.records import Delivery, Reply
from simulator.rig import Part, Rig, act_of, bot_of, first_of, words_of
from simulator.session import Outcome

T = TypeVar("T")


class AsyncActor:
    """Somebody who writes to the bot; `Actor` says what each method does."""

    def __init__(self, service: AsyncService, name: str, profile: Mapping[str, Any]) -> None:
        """Stand for the actor of that name, who is there from her first act on."""
        self.name = name
        self._service = service
        self._profile: Mapping[str, Any] = profile

    async def says(self, text: str, **beside: Any) -> tuple[Delivery, ...]:
        """Give what was sent, once the bot has taken it."""
        __tracebackhide__ = True
        return await self.does(text=text, **beside)

    async def taps(self, label: str, **beside: Any) -> tuple[Delivery, ...]:
        """Give what was sent for a tap on a button that the bot has offered."""
        __tracebackhide__ = True
        return await self.does(tap=label, **beside)

    async def does(self, **words: Any) -> tuple[Delivery, ...]:
        """Give what was sent for any act."""
        __tracebackhide__ = True
        await self.row()
        return (await self._service.play(act_of(self.name, words))).deliveries

    async def row(self) -> Mapping[str, Any]:
        """Give the person as the provider knows her: `id`, `name` and all the rest."""
        __tracebackhide__ = True
        profile, self._profile = self._profile, {}
        return await _awaited(self._service.backstage, self._service.joined(self.name, profile))


class AsyncService(Part):
    """One provider, as it is played for the bot; `Service` says what each method does."""

    def actor(self, name: str, /, **profile: Any) -> AsyncActor:
        """Give the actor of that name; what is not said of her is drawn."""
        return AsyncActor(self, name, profile)

    async def play(self, step: Mapping[str, Any]) -> Outcome:
        """Give what came of any step of the scenario language, written as a map."""
        __tracebackhide__ = True
        return await _awaited(self.backstage, self.step(step))

    async def reply(self, text: str | None = None, /, **wanted: Any) -> Reply:
        """Give the reply that the bot makes."""
        __tracebackhide__ = True
        return first_of(await self.play(bot_of(text, wanted)))

    async def replies(self, text: str | None = None, /, **wanted: Any) -> tuple[Reply, ...]:
        """Give all replies that fit, with `times=2` or `optional=True`."""
        __tracebackhide__ = True
        return (await self.play(bot_of(text, wanted))).replies

    async def silence(self, lasting: str = "500ms") -> None:
        """Return once the bot has been quiet, and has said nothing more for so long."""
        __tracebackhide__ = True
        await self.play({"silence": lasting})

    async def wait(self, lasting: str) -> None:
        """Let so much time of the story pass, which takes none where nobody is at work."""
        __tracebackhide__ = True
        await self.play({"wait": lasting})

    async def variables(self) -> dict[str, Any]:
        """Give what was captured and saved so far."""
        return await _awaited(self.backstage, self.variables_now())


class AsyncSimulator(Rig):
    """A simulator from `async with` to its end; `Simulator` says what each method does."""

    async def __aenter__(self) -> Self:
        """Listen."""
        await asyncio.to_thread(self.backstage.start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it; raises where something failed of which nobody was told."""
        await asyncio.to_thread(self.backstage.close, has_failed=error is not None)

    async def connect(self, bot: Any, path: str = "/") -> str:
        """Let events go to a bot, and give its endpoint: an address, or an app in this process."""
        __tracebackhide__ = True
        return await _plainly(asyncio.to_thread(self.backstage.connect, bot, path))

    async def launch(self, command: str | Sequence[str], path: str = "/") -> str:
        """Start a bot's program at a free port, and give its endpoint."""
        __tracebackhide__ = True
        words = words_of(command)
        return await _plainly(asyncio.to_thread(self.backstage.launch, words, path))

    def __getattr__(self, name: str) -> AsyncService:
        __tracebackhide__ = True
        if name.startswith("_"):
            raise AttributeError(name)
        return AsyncService(self, self.checked(name))

    async def reply(self, text: str | None = None, /, **wanted: Any) -> Reply:
        """Give a reply of the only provider that is used."""
        __tracebackhide__ = True
        return await AsyncService(self, self.only("reply(…)")).reply(text, **wanted)

    async def replies(self, text: str | None = None, /, **wanted: Any) -> tuple[Reply, ...]:
        """Give the replies of the only provider that is used."""
        __tracebackhide__ = True
        return await AsyncService(self, self.only("replies(…)")).replies(text, **wanted)

    async def silence(self, lasting: str = "500ms") -> None:
        """Return once the bot has said nothing for so long."""
        __tracebackhide__ = True
        await AsyncService(self, self.only("silence(…)")).silence(lasting)

    async def wait(self, lasting: str) -> None:
        """Let so much time of the story pass."""
        __tracebackhide__ = True
        await AsyncService(self, self.only("wait(…)")).wait(lasting)


async def _awaited(backstage: Backstage, work: Coroutine[Any, Any, T]) -> T:
    __tracebackhide__ = True

    async def submitted() -> T:
        return await asyncio.wrap_future(backstage.submit(work))

    return await _plainly(submitted())


async def _plainly(work: Coroutine[Any, Any, T]) -> T:
    __tracebackhide__ = True
    try:
        return await work
    except (SimulatorError, VerdictError) as error:
        # What led to it is the line that called; the way through our threads says nothing to its reader.
        raise error.with_traceback(None) from None
