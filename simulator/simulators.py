"""A simulator in the hands of code that waits: each call returns when it is done."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from simulator.backstage import Backstage, VerdictError
from simulator.errors import SimulatorError
from simulator.records import Delivery, Reply
from simulator.rig import Part, Rig, act_of, bot_of, first_of, words_of
from simulator.session import Outcome

T = TypeVar("T")


class Actor:
    """Somebody who writes to the bot."""

    def __init__(self, service: Service, name: str, row: Mapping[str, Any]) -> None:
        """Stand for the actor of that name."""
        self.name = name
        self.row = row
        """The person as the provider knows her: `id`, `name`, …"""
        self._service = service

    def says(self, text: str, **beside: Any) -> tuple[Delivery, ...]:
        """
        Give what was sent, once the bot has taken it; `deliver`, `ack` and the rest stand beside as in a file.

        Raises:
            VerdictError: the bot did not take it.
            InputError: something of it is wrong.
        """
        __tracebackhide__ = True
        return self.does(text=text, **beside)

    def taps(self, label: str, **beside: Any) -> tuple[Delivery, ...]:
        """Give what was sent for a tap on a button that the bot has offered; raises as `says`."""
        __tracebackhide__ = True
        return self.does(tap=label, **beside)

    def does(self, **words: Any) -> tuple[Delivery, ...]:
        """Give what was sent for any act: `opens="chat"`, `image="cat.png"`, `event="…", with_={…}`; as `says`."""
        __tracebackhide__ = True
        return self._service.play(act_of(self.name, words)).deliveries


class Service(Part):
    """One provider, as it is played for the bot."""

    def actor(self, name: str, /, **profile: Any) -> Actor:
        """
        Give the actor of that name; what is not said of her is drawn.

        Raises:
            InputError: the name or the profile is none, or no bot is connected.
        """
        __tracebackhide__ = True
        return Actor(self, name, _wait(self.backstage, self.joined(name, profile)))

    def play(self, step: Mapping[str, Any]) -> Outcome:
        """
        Give what came of any step of the scenario language, written as a map.

        Raises:
            VerdictError: it failed.
            InputError: it is no step.
        """
        __tracebackhide__ = True
        return _wait(self.backstage, self.step(step))

    def reply(self, text: str | None = None, /, **wanted: Any) -> Reply:
        """
        Give the reply that the bot makes; `wanted` is what may stand in a `bot:` step, with the same matchers.

        Raises:
            VerdictError: it did not come in time, or was another one.
            InputError: something that is wanted is wrong.
        """
        __tracebackhide__ = True
        return first_of(self.play(bot_of(text, wanted)))

    def replies(self, text: str | None = None, /, **wanted: Any) -> tuple[Reply, ...]:
        """Give all replies that fit, with `times=2` or `optional=True`; raises as `reply`."""
        __tracebackhide__ = True
        return self.play(bot_of(text, wanted)).replies

    def silence(self, lasting: str = "500ms") -> None:
        """Return once the bot has been quiet, and has said nothing more for so long; raises as `reply`."""
        __tracebackhide__ = True
        self.play({"silence": lasting})

    def wait(self, lasting: str) -> None:
        """Let so much time of the story pass, which takes none where nobody is at work."""
        __tracebackhide__ = True
        self.play({"wait": lasting})

    @property
    def variables(self) -> dict[str, Any]:
        """What was captured and saved so far."""
        return _wait(self.backstage, self.variables_now())


class Simulator(Rig):
    """A simulator from `with` to its end; whatever is asked of it returns when it is done."""

    def __enter__(self) -> Self:
        """
        Listen.

        Raises:
            InputError: the port is taken.
        """
        self.backstage.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it; raises where something failed of which nobody was told."""
        self.backstage.close(has_failed=error is not None)

    def connect(self, bot: Any, path: str = "/") -> str:
        """
        Let events go to a bot, and give its endpoint: an address, or an ASGI, WSGI or aiohttp app in this process.

        Raises:
            InputError: it is neither, or an actor has been asked for already.
            EndpointError: the app says that it cannot start.
        """
        __tracebackhide__ = True
        return _plainly(lambda: self.backstage.connect(bot, path))

    def launch(self, command: str | Sequence[str], path: str = "/") -> str:
        """
        Start a bot's program at a free port, and give its endpoint.

        Raises:
            InputError: there is no such program, or an actor has been asked for already.
            EndpointError: it ended at once, or does not listen after 30 s.
        """
        __tracebackhide__ = True
        words = words_of(command)
        return _plainly(lambda: self.backstage.launch(words, path))

    def __getattr__(self, name: str) -> Service:
        __tracebackhide__ = True
        if name.startswith("_"):
            raise AttributeError(name)
        return Service(self, self.checked(name))

    def reply(self, text: str | None = None, /, **wanted: Any) -> Reply:
        """Give a reply of the only provider that is used; as that of `Service`."""
        __tracebackhide__ = True
        return Service(self, self.only("reply(…)")).reply(text, **wanted)

    def replies(self, text: str | None = None, /, **wanted: Any) -> tuple[Reply, ...]:
        """Give the replies of the only provider that is used; as those of `Service`."""
        __tracebackhide__ = True
        return Service(self, self.only("replies(…)")).replies(text, **wanted)

    def silence(self, lasting: str = "500ms") -> None:
        """Return once the bot has said nothing for so long; as that of `Service`."""
        __tracebackhide__ = True
        Service(self, self.only("silence(…)")).silence(lasting)

    def wait(self, lasting: str) -> None:
        """Let so much time of the story pass; as that of `Service`."""
        __tracebackhide__ = True
        Service(self, self.only("wait(…)")).wait(lasting)


def _wait(backstage: Backstage, work: Coroutine[Any, Any, T]) -> T:
    __tracebackhide__ = True
    future = _plainly(lambda: backstage.submit(work))
    try:
        return _plainly(future.result)
    except BaseException:
        future.cancel()
        raise


def _plainly(do: Callable[[], T]) -> T:
    __tracebackhide__ = True
    try:
        return do()
    except (SimulatorError, VerdictError) as error:
        # What led to it is the line that called; the way through our threads says nothing to its reader.
        raise error.with_traceback(None) from None
