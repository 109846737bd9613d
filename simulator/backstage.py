"""A run that code drives: the engine in a thread of its own, a session for each provider, and the bot."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from simulator import addresses
from simulator.clock import real_ms
from simulator.codec import Redactor
from simulator.engine import Engine
from simulator.errors import PUBLIC, InputError, Problem, hiding
from simulator.hosting import Startable, hosted
from simulator.journal import Journal, LineWriter
from simulator.ports import Claim, free_claim
from simulator.process import BotProcess
from simulator.records import Place, StoryResult, Verdict
from simulator.report.told import failures_of
from simulator.report.transcript import Transcript
from simulator.scenario.coded import Coded
from simulator.session import Outcome, Session
from simulator.settings import Settings, secrets_of
from simulator.threads import LoopThread

T = TypeVar("T")

PATIENCE = "5s"
"""How long the end waits at most for a bot that gives no rest."""


class VerdictError(AssertionError):
    """The bot did not do what was asked of it; the text tells what was wanted and found, and the talk up to it."""

    __module__ = PUBLIC

    def __init__(self, verdicts: Sequence[Verdict], text: str) -> None:
        """Hold the verdicts, and say it in that text."""
        super().__init__(text)
        self.verdicts = tuple(verdicts)

    def __reduce__(self) -> tuple[type[VerdictError], tuple[tuple[Verdict, ...], str]]:
        return type(self), (self.verdicts, str(self))


@dataclasses.dataclass(slots=True)
class _Playing:
    """One session, and what is told of it."""

    coded: Coded
    story: Session
    transcript: Transcript
    turn: asyncio.Lock
    task: asyncio.Task[StoryResult]
    told: set[int] = dataclasses.field(default_factory=set)
    """The verdicts of which somebody knows, by their places in the session."""


class Backstage:
    """What runs behind a simulator that code holds in its hands, from `start` to `close`."""

    def __init__(
        self, settings: Settings, provider_ids: Sequence[str], head: Mapping[str, Any], journal: Path | None, name: str
    ) -> None:
        """
        Prepare; nothing listens before `start`. `head` is the top of a scenario, of which each provider has its own.

        Raises:
            InputError: there is no such provider, credential or option; or the journal cannot be written.
        """
        self._secrets = Redactor(secrets_of(settings, provider_ids=provider_ids))
        begun_ms = real_ms()
        writer = LineWriter(journal, self._secrets) if journal is not None else None
        self._journal = Journal(lambda: real_ms() - begun_ms, writer=writer)
        self.engine = Engine(settings, self._journal, provider_ids)
        self.endpoint = addresses.parse(settings.endpoint, where="endpoint") if settings.endpoint else ""
        self._is_connected = False
        self._head = {"scenario": name, "clock": {"patience": PATIENCE}, **head}
        self._thread = LoopThread("simulator")
        self._playing: dict[str, _Playing] = {}
        self._bot: BotProcess | None = None
        self._app: Startable | None = None
        self._claims: list[Claim] = []
        self._is_open: Future[None] = Future()
        self._main: Future[None] | None = None
        self._closing = asyncio.Event()
        self._error: BaseException | None = None

    # --- from whatever thread ----------------------------------------------------------------------------------------

    def start(self) -> None:
        """
        Listen; the mock API answers from now on.

        Raises:
            InputError: the port is taken.
        """
        self._thread.start()
        self._main = self._thread.submit(self._run())
        try:
            self._is_open.result()
        except BaseException:
            self.close(has_failed=True)
            raise

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Let the engine's thread do this; to cancel what is given back gives it up."""
        if self._main is not None and not self._main.done():
            return self._thread.submit(work)
        work.close()
        if self._main is not None:
            self._main.result()
        raise InputError(Problem(code="not-open", what="the simulator is not open", fix="use it inside of `with`"))

    def close(self, *, has_failed: bool) -> None:
        """
        End the sessions, the bot and the mock API; so it is when it was closed before.

        Without a failure before, sessions end when nothing more comes of them.

        Raises:
            VerdictError: something failed of which nobody was told yet.
            SimulatorError: the run could not go on.
        """
        left: list[str] = []
        try:
            if self._main is not None and not self._main.done():
                left = self._thread.submit(self._end(has_failed=has_failed)).result()
                self._main.result()
        except CancelledError:
            pass
        finally:
            if self._main is not None:
                self._thread.stop()
            if self._app is not None:
                self._app.stop()
            for claim in self._claims:
                claim.release()
            self._journal.close()
        if left and not has_failed:
            raise VerdictError((), "\n\n".join(left))

    def connect(self, bot: Any, path: str) -> str:
        """
        Let events go to a bot from now on, and give its endpoint.

        A text is its address. Anything else is an app in this process, which is started: ASGI, WSGI or aiohttp.

        Raises:
            InputError: it is neither, or a session has begun already.
            EndpointError: the app says that it cannot start.
        """
        self._refuse_begun()
        url = addresses.parse(bot, where="connect") if isinstance(bot, str) else self._host(bot, path)
        self.submit(self._subscribe(url)).result()
        return url

    def launch(self, command: tuple[str, ...], path: str, *, folder: str = "") -> str:
        """
        Start the bot's program, with what it has to know in its environment, and give its endpoint.

        It runs in `folder`, in the working directory if that is empty.

        Raises:
            InputError: there is no such program, or a session has begun already.
            EndpointError: it ended at once, or does not listen after 30 s.
        """
        self._refuse_begun()
        url = _url(self._claimed_port(), path)
        with self._starting():
            self.submit(self._start_bot(command, url, folder)).result()
        return url

    def _host(self, app: Any, path: str) -> str:
        port = self._claimed_port()
        url = _url(port, path)
        found = hosted(app, port)
        before, self._app = self._app, None
        if before is not None:
            before.stop()
        if found.transport is not None:
            self.engine.mount(urlsplit(url).netloc, found.transport)
        # While it starts, the app may already ask the mock API to register its own address.
        self.submit(self._subscribe(url)).result()
        with self._starting():
            found.app.start()
        self._app = found.app
        return url

    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        """Let a bot start; where it does not, nobody is connected, and why not is told without secrets."""
        try:
            with hiding(self._secrets.hide):
                yield
        except BaseException:
            self.endpoint = ""
            raise

    def _claimed_port(self) -> int:
        self._claims.append(free_claim())
        return self._claims[-1].port

    def _refuse_begun(self) -> None:
        if self._playing:
            why = "actors have been made, whose events go to another endpoint"
            fix = "connect the bot before the first actor is asked for"
            raise InputError(Problem(code="session-begun", what="the bot cannot be changed any more", why=why, fix=fix))

    # --- on the engine's thread --------------------------------------------------------------------------------------

    async def play(self, provider_id: str, written: Mapping[str, Any], place: Place) -> Outcome:
        """
        Play a step, written as a map as in a file, and give what came of it.

        Raises:
            InputError: the step is none.
            VerdictError: it failed.
        """
        __tracebackhide__ = True
        playing = self._session(provider_id, place)
        async with playing.turn:
            steps = playing.coded.step(written, place)
            outcome = await self._played(playing, steps[0])
        failed = [verdict for verdict in outcome.verdicts if verdict.outcome in ("failed", "error")]
        if failed:
            raise VerdictError(failed, self._text(playing, failed))
        if outcome.is_cut:
            raise self._error or InputError(_over(place))
        return outcome

    async def join(self, provider_id: str, name: str, profile: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
        """
        Give the actor of that name as the provider knows her; she is new where nobody has that name.

        Raises:
            InputError: the name or the profile is none, or she is there with another profile.
        """
        playing = self._session(provider_id, place)
        story = playing.story
        if name not in playing.coded.actors:
            playing.coded.join(name, profile, place)
            user_id = story.cast.join(name)
            story.ids = story.world.keys()
            self.engine.stages[provider_id].owners[user_id] = story
        elif profile:
            what, why = f'"{name}" is there already', "who she is was said before"
            fix = "say it where she is first asked for"
            raise InputError(Problem(code="clashing-keys", what=what, where=str(place), why=why, fix=fix))
        return story.world.get("users", story.cast.user_ids[name]) or {}

    async def variables(self, provider_id: str, place: Place) -> dict[str, Any]:
        """Give what was set, saved and captured so far."""
        return dict(self._session(provider_id, place).story.variables)

    def _session(self, provider_id: str, place: Place) -> _Playing:
        """Give the session of a provider, which begins when it is first asked for."""
        if provider_id in self._playing:
            return self._playing[provider_id]
        number = len(self._playing) + 1
        coded = Coded(self._head, self.engine.stages[provider_id].catalog, place)
        endpoint = self._endpoint_of(provider_id, place)
        story = self.engine.story(coded.scenario, provider_id, endpoint, number=number, kind=Session)
        assert isinstance(story, Session)
        transcript = Transcript(hide=self._secrets.hide, is_bot_ours=self._bot is not None or self._app is not None)
        self._journal.subscribe(transcript.of_story(number))
        task = asyncio.get_running_loop().create_task(self.engine.perform(story))
        task.add_done_callback(self._ended)
        playing = _Playing(coded, story, transcript, asyncio.Lock(), task)
        self._playing[provider_id] = playing
        return playing

    def _endpoint_of(self, provider_id: str, place: Place) -> str:
        """Give where the events of a provider go: to the bot that was connected, or else where the settings say."""
        named = "" if self._is_connected else self.engine.settings.endpoints.get(provider_id, "")
        endpoint = named or self.endpoint
        if not endpoint:
            raise InputError(_nobody(place))
        return addresses.parse(endpoint, where="endpoint")

    async def _played(self, playing: _Playing, step: Any) -> Outcome:
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def tell(outcome: Outcome) -> None:
            if not done.done():
                done.set_result(outcome)

        story = playing.story
        try:
            story.play(step, playing.coded.at, tell)
            self.engine.wake(story)
            outcome = await done
        except asyncio.CancelledError:
            story.give_up()
            self.engine.wake(story)
            raise
        told = {id(verdict) for verdict in outcome.verdicts}
        playing.told.update(index for index, verdict in enumerate(story.verdicts) if id(verdict) in told)
        return outcome

    async def _subscribe(self, url: str) -> None:
        self.endpoint, self._is_connected = url, True
        self.engine.subscribe(url)

    async def _start_bot(self, command: tuple[str, ...], url: str, folder: str) -> None:
        if self._bot is not None:
            await self._bot.stop()
        self._bot = BotProcess(
            command,
            endpoint=url,
            environment=self.engine.environment(url),
            journal=self._journal,
            folder=folder,
            starting_ms=self.engine.settings.bot_starting_ms,
        )
        # It may register its own address while it starts.
        await self._subscribe(url)
        await self._bot.start()

    async def _run(self) -> None:
        try:
            async with self.engine.open():
                if self.endpoint:
                    self.engine.subscribe(self.endpoint)
                self._is_open.set_result(None)
                await self._closing.wait()
        except BaseException as error:
            if not self._is_open.done():
                self._is_open.set_exception(error)
                return
            raise
        finally:
            for playing in self._playing.values():
                playing.task.cancel()
            if self._bot is not None:
                await self._bot.stop()

    async def _end(self, *, has_failed: bool) -> list[str]:
        """End the sessions, and give what is still to be told of their failures."""
        left = []
        for playing in self._playing.values():
            if has_failed:
                playing.task.cancel()
            else:
                playing.story.close()
                self.engine.wake(playing.story)
            with contextlib.suppress(asyncio.CancelledError):
                await playing.task
            failed = [
                verdict
                for index, verdict in enumerate(playing.story.verdicts)
                if index not in playing.told and verdict.outcome in ("failed", "error")
            ]
            if failed:
                left.append(self._text(playing, failed))
        self._closing.set()
        return left

    def _ended(self, task: asyncio.Task[StoryResult]) -> None:
        """Let the whole run end where a session could not go on."""
        if not task.cancelled() and task.exception() is not None:
            self._error = self._error or task.exception()
            self._closing.set()

    def _text(self, playing: _Playing, verdicts: Sequence[Verdict]) -> str:
        """Give what is to be said about these failures, with the conversation up to them."""
        story = playing.transcript.told(playing.story.result(real_ms()), only=verdicts)
        # What is called without a socket cannot be written to from outside.
        request = story.request if self._app is None else None
        return failures_of(dataclasses.replace(story, request=request))


def _url(port: int, path: str) -> str:
    return f"http://127.0.0.1:{port}/{path.removeprefix('/')}"


def _nobody(place: Place) -> Problem:
    return Problem(
        code="no-endpoint",
        what="no bot is connected",
        where=str(place),
        why="events need somebody who takes them",
        fix='before the first actor: connect(":3000/hook"), connect(app), or launch("python bot.py")',
    )


def _over(place: Place) -> Problem:
    return Problem(
        code="session-over",
        what="the session is over",
        where=str(place),
        why="it was closed, or one of several strands has failed",
        fix="begin another one",
    )
