"""One run, top to bottom: the mock API, the bot, one story after another; `serve` is a run without a story."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import math
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from simulator import addresses as endpoints
from simulator import catalog as catalogs
from simulator import providers
from simulator.alarm import Alarm
from simulator.calls import NAMED_ENDPOINT, Pledge
from simulator.catalog import Catalog
from simulator.clock import Nothing, pace_of, real_ms, wall_ms
from simulator.delivery import policy as policies
from simulator.delivery.fast import FastTransport
from simulator.delivery.plain import PlainTransport
from simulator.delivery.posting import Send, Transport
from simulator.delivery.resending import Resending
from simulator.garbage import Garbage
from simulator.journal import Journal
from simulator.lobby import Lobby
from simulator.mockapi import HttpAnswer, MockApi
from simulator.player import Over, Player
from simulator.provider import Provider
from simulator.records import UNREACHABLE, ApiCall, Sent, SignedRequest, StoryResult
from simulator.scenario.model import EmitStep, Scenario, judged_steps
from simulator.settings import Settings
from simulator.stage import Stage
from simulator.story import Story
from simulator.terms import Terms
from simulator.world import Put, World

SENDS_TO_A_BREATH = 16
"""
After so many attempts that are due at once, others get a turn: answers must be read while a stream goes on.

Where the clock keeps real time that is after each one, so that it leaves before the next one is made.
"""


class Engine:
    """Holds what a whole run shares: the transports, the mock API, and a stage for each provider."""

    def __init__(self, settings: Settings, journal: Journal, provider_ids: Sequence[str]) -> None:
        """Prepare; nothing listens before `async with engine.open()`."""
        self.settings = settings
        self.journal = journal
        self.start_ms = settings.start_ms if settings.start_ms is not None else wall_ms()
        self.was_reached = False
        self.resends = 0
        """How often a request was sent again, since the network between had failed."""
        self._resending = Resending(settings.resends)
        self._endpoints: dict[str, str] = {}
        """Provider → where events go that belong to no story."""
        self._credentials = catalogs.by_provider(
            settings.credentials, provider_ids, lambda name: catalogs.load(name).credentials, kind="credential"
        )
        self._options = catalogs.by_provider(
            settings.options, provider_ids, lambda name: catalogs.load(name).options, kind="option"
        )
        self.stages = {provider_id: self._stage(provider_id) for provider_id in dict.fromkeys(provider_ids)}
        self._signs: dict[int, asyncio.Event] = {}
        self._alarm = Alarm()
        self._garbage = Garbage()
        self._transport = PlainTransport(tick=real_ms, ca=settings.ca, insecure=settings.is_insecure)
        # A stream has no answer to wait for, so that connections may be used again.
        self._keeping = FastTransport(tick=real_ms, keep_alive=True, ca=settings.ca, insecure=settings.is_insecure)
        self._apps: dict[str, Transport] = {}
        self._fault: BaseException | None = None
        self._mockapi = MockApi(
            self._answer,
            host=settings.host,
            port=settings.port,
            providers={stage.catalog.id: stage.catalog.api_base for stage in self.stages.values()},
            allowed_hosts=settings.hosts,
            on_fault=self._fail,
            on_stray=self._note_stray,
        )

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Engine]:
        """Listen, and be able to send; the stages answer calls from now on, and a fault of theirs ends the body."""
        async with self._transport, self._keeping, self._mockapi:
            self._alarm.open()
            try:
                async with asyncio.TaskGroup() as group:
                    lobbies = [group.create_task(self.play(stage.lobby)) for stage in self.stages.values()]
                    try:
                        yield self
                    finally:
                        for lobby in lobbies:
                            lobby.cancel()
            except BaseExceptionGroup as errors:
                raise (self._fault or errors.exceptions[0]) from None
            finally:
                self._alarm.close()

    @property
    def base_url(self) -> str:
        """Where the mock API is."""
        return self._mockapi.base_url

    def environment(self, endpoint: str) -> dict[str, str]:
        """Give the variables that a bot of this run may read."""
        values = {"SIMULATOR_API_URL": self.base_url, "SIMULATOR_ENDPOINT": endpoint}
        for stage in self.stages.values():
            values.update(stage.catalog.environment(self.base_url, dict(stage.lobby.world.credentials)))
        return values

    def subscribe(self, endpoint: str, provider_id: str = "") -> None:
        """Send the events of a provider, or of all, to this endpoint as long as the bot registers none itself."""
        for stage in [self.stages[provider_id]] if provider_id else self.stages.values():
            self._endpoints[stage.catalog.id] = endpoint
            if endpoint and {key for key, _ in stage.lobby.world.rows("subscriptions")} <= {NAMED_ENDPOINT}:
                row = {"url": endpoint, "events": None}
                stage.lobby.world.apply(Put(table="subscriptions", key=NAMED_ENDPOINT, row=row))

    def story(
        self,
        scenario: Scenario,
        provider_id: str,
        endpoint: str,
        *,
        number: int = 1,
        start_ms: int | None = None,
        variant: str = "",
        kind: type[Story] = Story,
    ) -> Story:
        """
        Give a scenario as it is about to be played on a provider.

        `number` is its place in the run, `kind` the class that plays it. Without `start_ms` it begins when the settings
        or the file say, or else now.

        Raises:
            InputError: a credential or an option is not one of the provider's.
        """
        stage, settings = self.stages[provider_id], self.settings
        options = {name: value for name, value in scenario.options.items() if name in stage.catalog.options}
        world = World(
            credentials={
                **stage.lobby.world.credentials,
                **scenario.credentials.get(provider_id, {}),
                **self._credentials[provider_id],
            },
            options=catalogs.options_with(stage.catalog, {**options, **self._options[provider_id]}),
            limits=stage.catalog.limits,
            beside=stage.lobby.world,
            # Where a story gives its subscriptions, they are all that there is, and none of them outlives it.
            apart=scenario.given.keys() & {"subscriptions"},
        )
        if start_ms is None:
            start_ms = settings.start_ms if settings.start_ms is not None else scenario.clock.start_ms
        terms = self._terms(
            stage.provider,
            stage.catalog,
            world,
            endpoint=endpoint,
            scenario=scenario.name,
            story=number,
            variant=variant,
            seed=settings.seed if settings.seed is not None else scenario.seed,
            start_ms=start_ms if start_ms is not None else wall_ms(),
        )
        if settings.pace:
            scenario = replace(scenario, clock=replace(scenario.clock, pace=settings.pace))
        return kind(
            scenario,
            terms,
            world,
            self.journal,
            real_ms=real_ms(),
            is_strict=settings.is_strict,
            share=self._mockapi.share,
        )

    async def perform(self, story: Story) -> StoryResult:
        """Play a story to its end, or until cancelled, and give how it went."""
        stage = self.stages[story.terms.provider.id]
        stage.enter(story)
        try:
            with self._garbage.held_back() if _is_timed(story) else contextlib.nullcontext():
                await self.play(story)
        finally:
            stage.leave(story)
        return story.result(real_ms())

    async def play(self, player: Player) -> None:
        """Do what a player says, as soon as it is to be done, until it is over; it is stopped then."""
        sign = self._signs[id(player)] = asyncio.Event()
        tasks: set[asyncio.Task[None]] = set()
        sends, most = 0, SENDS_TO_A_BREATH if player.clock.pace == math.inf else 1
        try:
            while True:
                match player.next(real_ms()):
                    case Over():
                        await asyncio.sleep(0)  # A task cancelled before it has begun would tell of no attempt.
                        return
                    case Send() as send:
                        task = asyncio.create_task(self._send(player, send, sign))
                        tasks.add(task)
                        task.add_done_callback(tasks.discard)
                        task.add_done_callback(self._sent)
                        sends += 1
                        if sends % most == 0:
                            await asyncio.sleep(0)
                    case Nothing(until_ms):
                        await self._alarm.until(sign, until_ms)
                if self._fault is not None:
                    raise self._fault
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            player.stop(real_ms())
            del self._signs[id(player)]

    async def post(
        self, player: Player, request: SignedRequest, timeout_ms: float, *, send: Send | None = None
    ) -> Sent:
        """
        Send one request for a player and give what came of it; what the network lost is sent again, a few times.

        `send` is the attempt that it belongs to. Those of a stream go over connections that may be used again.
        """
        over = self._keeping if send is not None and send.timer.is_aside else self._transport
        transport = self._apps.get(urlsplit(request.url).netloc, over) if self._apps else over
        for number in itertools.count(1):
            sent = await transport.send(request, timeout_ms=timeout_ms)
            wait_ms = self._resending.wait_ms(request.url, sent, number)
            if wait_ms is None:
                break
            self.resends += 1
            player.hindered(sent, number=number, wait_ms=wait_ms, real_ms=real_ms(), send=send)
            await asyncio.sleep(wait_ms / 1000)
        self.was_reached = self.was_reached or sent.trouble not in UNREACHABLE
        return sent

    def mount(self, place: str, app: Transport) -> None:
        """From now on, what goes to that `host:port` is sent by this transport, to an app in this process."""
        self._apps[place] = app

    def wake(self, player: Player) -> None:
        """Let a player be asked at once what is to be done: it was told something."""
        self._signs.get(id(player), asyncio.Event()).set()

    # --- how it is done ----------------------------------------------------------------------------------------------

    async def _send(self, player: Player, send: Send, sign: asyncio.Event) -> None:
        begun_ms = real_ms()
        try:
            sent = await self.post(player, send.request, send.timeout_ms, send=send)
            player.ended(send, sent, real_ms())
        except asyncio.CancelledError:
            sent = Sent(trouble="closed", detail="the run ended first", duration_ms=real_ms() - begun_ms)
            player.ended(send, sent, real_ms(), is_cut=True)
            raise
        finally:
            sign.set()

    def _sent(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)

    async def _answer(self, call: ApiCall) -> HttpAnswer:
        """Answer one call of the bot: by the story whose actor it names, else by the lobby."""
        player, user_id = self.stages[call.provider].find(call)
        is_aside = player.call_began(real_ms(), user_id)
        try:
            outcome = player.answer(call, user_id, real_ms())
            if isinstance(outcome, Pledge):
                sent = await self.post(player, outcome.request, outcome.timeout_ms)
                outcome = player.registered(outcome, sent, real_ms())
            delay_ms = player.calls.delay_ms(call.id)
            if delay_ms:
                # What the bot said is heard by now, and the story goes on with it.
                self.wake(player)
                await asyncio.sleep(delay_ms / 1000)
        finally:
            player.call_ended(real_ms(), is_aside=is_aside)
            self.wake(player)
        return HttpAnswer(status=outcome.status, headers=outcome.headers, body=outcome.body)

    def _fail(self, error: BaseException) -> None:
        """End the run with this, wherever it came up."""
        self._fault = self._fault or error
        for sign in self._signs.values():
            sign.set()

    def _note_stray(self, method: str, path: str, why: str) -> None:
        self.journal.append("CallStrayed", {"method": method, "path": path, "why": why}, at_ms=wall_ms())

    def _target(self, registered: str, endpoint: str) -> str:
        """Give where events go whose bot registered that URL, or nothing where nobody named a place for them."""
        return _target(registered, endpoint, self.settings.hosts)

    def _stage(self, provider_id: str) -> Stage:
        provider, catalog, settings = providers.load(provider_id), catalogs.load(provider_id), self.settings
        world = World(
            credentials=catalogs.credentials_with(catalog, self._credentials[provider_id]),
            options=catalogs.options_with(catalog, self._options[provider_id]),
            limits=catalog.limits,
        )
        world.apply(Put(table="account", key="account", row=catalog.account))
        terms = self._terms(provider, catalog, world, seed=settings.seed or 0, start_ms=self.start_ms)
        pace = pace_of(settings.pace or "instant")
        return Stage(provider, catalog, Lobby(terms, world, self.journal, real_ms=real_ms(), pace=pace))

    def _terms(
        self,
        provider: Provider,
        catalog: Catalog,
        world: World,
        *,
        seed: int,
        start_ms: int,
        endpoint: str | None = None,
        scenario: str = "",
        story: int = 0,
        variant: str = "",
    ) -> Terms:
        """Give the terms of a story, or of the lobby, whose endpoint is that of the story now played."""
        settings = self.settings
        return Terms(
            provider=provider,
            catalog=catalog,
            policy=policies.override(catalog.policy_under(world.options), settings.policy),
            seed=seed,
            start_ms=start_ms,
            scenario=scenario,
            story=story,
            variant=variant,
            target=lambda registered: self._target(
                registered, self._endpoints.get(provider.id, "") if endpoint is None else endpoint
            ),
            stamp_ms=(lambda due_ms: wall_ms()) if settings.stamp == "wall" else (lambda due_ms: due_ms),
            is_marked=settings.is_marked,
        )


def _is_timed(story: Story) -> bool:
    """True where events leave by the clock, whatever the bot does."""
    is_streaming = any(isinstance(step, EmitStep) for step in judged_steps(story.scenario.steps))
    return is_streaming and story.clock.pace != math.inf


@functools.lru_cache(maxsize=256)
def _target(registered: str, endpoint: str, hosts: frozenset[str]) -> str:
    # The same few addresses are asked for at every attempt.
    return endpoints.target(registered, endpoint or None, hosts) or ""
