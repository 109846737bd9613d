"""What the commands do, for Python: each function is one command, and gives values in place of printing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulator import addresses, arguments, catalog, doctor, providers, suite
from simulator.arguments import told_in_python
from simulator.cli import stories
from simulator.cli.options import START
from simulator.cli.sample import ENDPOINT, Sample, unknown_event
from simulator.cli.settings import bot_words
from simulator.clock import real_ms, wall_ms
from simulator.codec import Redactor
from simulator.corpus import mix as mixes
from simulator.corpus.feed import Feed
from simulator.corpus.recipe import Recipe
from simulator.delivery.plain import PlainTransport
from simulator.doctor import Captured, Diagnosis
from simulator.errors import InputError, Problem, hiding
from simulator.journal import Journal, LineWriter
from simulator.ports import free_claim
from simulator.records import Entry, Payload, RunResult, Sent, SignedRequest
from simulator.scenario.model import Scenario
from simulator.schema import event_schema, events_schema, scenario_schema
from simulator.settings import Settings, secrets_of


@told_in_python()
def check(*paths: str | Path) -> list[Scenario]:
    """
    Give the scenarios of files and folders.

    Raises:
        InputError: with all problems of all files.
    """
    return stories.read([str(path) for path in paths], os.environ)


@told_in_python()
def run(
    *paths: str | Path,
    endpoint: str = "",
    bot: str | Sequence[str] = "",
    providers: Collection[str] = (),
    tags: Collection[str] = (),
    keyword: str = "",
    journal: str | Path | None = None,
    on_entry: Callable[[Entry], None] = lambda entry: None,
    settings: Settings | None = None,
) -> RunResult:
    """
    Play scenario files against a bot and give all verdicts.

    `bot` is the command that starts it, at a free port where no endpoint is named; then the mock API has a free one
    too. `settings` hold what the other arguments do not say. It runs an event loop: in `async def` write `await
    asyncio.to_thread(run, …)`.

    Raises:
        InputError: a file is wrong, nothing is selected, no endpoint is named, the port is taken, or an event loop runs
            in this thread.
        EndpointError: the bot's program does not start.
    """
    _refuse_loop("run")
    scenarios = stories.chosen(check(*paths), tags=tags, keyword=keyword, provider_ids=providers)
    command = bot_words(bot) if bot else ()
    chosen = settings or Settings(port=0 if command else Settings().port)
    chosen = replace(chosen, endpoint=endpoint or chosen.endpoint, bot=command or chosen.bot)
    arguments.pace(chosen.pace)
    with ExitStack() as open_things:
        if chosen.bot and not chosen.endpoint:
            claim = open_things.enter_context(free_claim())
            free = f"http://127.0.0.1:{claim.port}/"
            scenarios = [each if each.endpoint else replace(each, endpoint=free) for each in scenarios]
        begun_ms = real_ms()
        secrets = Redactor(secrets_of(chosen, scenarios))
        open_things.enter_context(hiding(secrets.hide))
        writer = LineWriter(journal, secrets) if journal is not None else None
        book = open_things.enter_context(Journal(lambda: real_ms() - begun_ms, writer=writer))
        book.subscribe(on_entry)
        return asyncio.run(suite.run(scenarios, chosen, book))


@told_in_python()
def payload(
    provider: str,
    event: str,
    *,
    seed: int = 0,
    start: str = START,
    overrides: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Payload:
    """
    Give the payload of one event: the same seed and start give the same bytes.

    `overrides` are dotted path → value, laid over the body.

    Raises:
        InputError: there is no such provider, event, option or path.
    """
    sample = Sample(provider, seed=seed, start_ms=arguments.start_ms(start), options=options)
    return sample.payload(sample.event(event, overrides=overrides or {}))


@told_in_python()
def request(
    provider: str,
    event: str,
    *,
    endpoint: str = ENDPOINT,
    seed: int = 0,
    start: str = START,
    overrides: Mapping[str, Any] | None = None,
    credentials: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> SignedRequest:
    """
    Give the signed request that carries one event, as it would be sent at its start.

    Raises:
        InputError: as `payload`; or there is no such credential.
    """
    start_ms = arguments.start_ms(start)
    sample = Sample(provider, seed=seed, start_ms=start_ms, credentials=credentials, options=options)
    made = sample.payload(sample.event(event, overrides=overrides or {}))
    return sample.request(made, url=addresses.parse(endpoint, where="endpoint"), due_ms=start_ms, stamp_ms=start_ms)


@told_in_python()
def fire(
    provider: str,
    event: str,
    endpoint: str,
    *,
    seed: int = 0,
    overrides: Mapping[str, Any] | None = None,
    credentials: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Sent:
    """
    Send one event now, signed, and give the bot's answer, or the trouble in its place.

    Raises:
        InputError: as `request`; or an event loop runs in this thread.
    """
    _refuse_loop("fire")
    now_ms = wall_ms()
    sample = Sample(provider, seed=seed, start_ms=now_ms, credentials=credentials, options=options)
    made = sample.payload(sample.event(event, overrides=overrides or {}))
    signed = sample.request(made, url=addresses.parse(endpoint, where="endpoint"), due_ms=now_ms, stamp_ms=now_ms)

    async def send() -> Sent:
        policy = sample.catalog.policy_under(sample.world.options)
        async with PlainTransport(tick=real_ms) as transport:
            return await transport.send(signed, timeout_ms=policy.timeout_ms)

    return asyncio.run(send())


@told_in_python()
def generate(
    provider: str,
    *events: str,
    count: int,
    seed: int = 0,
    start: str = START,
    options: Mapping[str, Any] | None = None,
) -> Feed:
    """
    Give the bodies of a corpus one by one, without events mixed as a bot usually receives them.

    Body number i is the same whatever the count is. `.payloads()` are whole records, `.batches()` the bytes of a file.

    Raises:
        InputError: there is no such provider, event or option; or fewer than none are asked for.
    """
    if count < 0:
        raise InputError(Problem(code="bad-value", what=f"{count} is no number of payloads", where="count"))
    facts = catalog.load(provider)
    mix = mixes.only(facts, events) if events else mixes.usual(facts)
    recipe = Recipe(
        provider=provider, mix=mix, seed=seed, start_ms=arguments.start_ms(start), count=count, options=options or {}
    )
    return Feed(recipe, {})


@told_in_python()
def verify(
    provider: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    url: str = "",
    credentials: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Diagnosis:
    """
    Give whether a request is signed as the provider signs, and why not.

    `url` is the one that was registered, with its query.

    Raises:
        InputError: there is no such provider, credential or option.
    """
    facts = catalog.load(provider)
    return doctor.examine(
        Captured(headers=tuple(headers.items()), body=body, url=url),
        provider=providers.load(provider),
        catalog=facts,
        credentials=catalog.credentials_with(facts, credentials or {}),
        options=catalog.options_with(facts, options or {}),
    )


@told_in_python()
def schema_of(provider: str = "", event: str = "") -> dict[str, Any]:
    """
    Give the JSON Schema of a scenario file; of all events of a provider; or of one of them.

    Raises:
        InputError: there is no such provider or event.
    """
    if not provider:
        return scenario_schema(stories.Catalogs())
    facts = catalog.load(provider)
    if not event:
        return events_schema(facts)
    if event not in facts.events:
        raise InputError(unknown_event(event, facts))
    return event_schema(facts.events[event], facts)


def _refuse_loop(name: str) -> None:
    """Raise InputError where an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise InputError(
        Problem(
            code="loop-runs",
            what=f"{name}(…) cannot be called where an event loop runs",
            why="it waits until all is done, so that nothing else in this thread could go on meanwhile",
            fix=f"await asyncio.to_thread(simulator.{name}, …)",
        )
    )
