"""What a command line says about a run, as the engine takes it; what it does not say may come from a target."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from simulator import addresses, catalog
from simulator.cli import options
from simulator.cli.defaults import folder_of
from simulator.cli.given import credentials_of
from simulator.cli.targets import credentials_under, options_under, place_of_credential, target_of
from simulator.clock import wall_ms
from simulator.errors import InputError, Problem, did_you_mean
from simulator.scenario.model import Scenario
from simulator.settings import STARTING_MS, Settings

if TYPE_CHECKING:
    from simulator.project import Target


PYTHONS = ("python", "python3", "py")

STRENGTHS = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT, ParameterSource.DEFAULT_MAP)
"""Where a value may be said, what counts most first."""


def settings_of(ctx: click.Context, given: Mapping[str, Any]) -> Settings:
    """
    Give the settings of a run.

    Raises:
        InputError: something of them is wrong.
    """
    if given.get("fresh_bot") and given.get("jobs", 1) > 1:
        raise click.UsageError("--fresh-bot starts one bot after another at one address, so that --jobs must be 1", ctx)
    target = target_of(ctx, given.get("target"))
    chosen = given.get("providers") or ()
    named = dict(given.get("credentials", ()))
    credentials = credentials_under(target, named, chosen)
    place_of = partial(place_of_credential, ctx, target, named)
    host, port = given["listen"]
    return Settings(
        **_endpoints(given.get("endpoint"), target),
        credentials=credentials_of(credentials.items(), options.variables(ctx), place_of),
        options=options_under(target, dict(given.get("switches", ())), chosen),
        seed=given["seed"],
        start_ms=given["start_ms"],
        pace=given.get("pace") or (target.pace if target else ""),
        stamp=given.get("stamp", "wall"),
        policy=_policy(ctx, given, target),
        is_strict=given.get("strict", False),
        is_fail_fast=given.get("fail_fast", False),
        jobs=given.get("jobs", 1),
        repeat=given.get("repeat", 1),
        shuffle_seed=shuffle_seed(given),
        is_covered=given.get("coverage", False) or given.get("fail_under") is not None,
        host=host,
        port=port,
        hosts=frozenset([*given.get("hosts", ()), *(target.allow_hosts if target else ())]),
        ca=given.get("ca"),
        is_insecure=given.get("insecure", False),
        is_marked=not given.get("no_mark", False),
        resends=given.get("resend"),
        bot=bot_words(given.get("bot")) if _is_started(ctx, target) else (),
        bot_folder=folder_of(ctx, "bot"),
        bot_starting_ms=given.get("wait_for_endpoint") or STARTING_MS,
        is_fresh_bot=given.get("fresh_bot", False),
    )


def idle(ctx: click.Context, given: Mapping[str, Any], provider_ids: Collection[str]) -> Iterator[str]:
    """
    Give a sentence for each thing that the command line has for a provider which is not played.

    What a project file or the environment has is for all runs, so that nothing is said of it.
    """
    for option, flag in (("endpoint", "--endpoint"), ("credentials", "--credential"), ("switches", "--option")):
        pairs = given.get(option) or ()
        if isinstance(pairs, str) or ctx.get_parameter_source(option) is not ParameterSource.COMMANDLINE:
            continue
        for name, _ in pairs:
            meant = name if option == "endpoint" else name.rpartition(".")[0]
            if meant in catalog.names() and meant not in provider_ids:
                yield f"{flag} {name}=… counts for nothing: {meant} is not played"


def endpoints_of(scenario: Scenario, settings: Settings) -> Iterator[str]:
    """Give where the events of a story go, as far as it is known before."""
    for provider_id in scenario.providers:
        named = scenario.endpoint.get(provider_id) if isinstance(scenario.endpoint, Mapping) else scenario.endpoint
        url = settings.endpoints.get(provider_id) or settings.endpoint or named
        if url:
            yield url


def with_endpoints_by_provider(settings: Mapping[str, str], provider_ids: Iterable[str]) -> dict[str, str]:
    """
    Give provider → endpoint, where names are providers, or endpoints that a provider has.

    Raises:
        InputError: a name is neither.
    """
    found: dict[str, str] = {}
    names = {provider_id: provider_id for provider_id in catalog.names()}
    for provider_id in provider_ids:
        names |= {name: provider_id for name in catalog.load(provider_id).endpoints if name not in names}
    for name, url in settings.items():
        if name not in names:
            raise InputError(
                Problem(
                    code="unknown-endpoint",
                    what=f'unknown endpoint "{name}"',
                    where="--endpoint",
                    at=f"{name}={url}",
                    why=f"it is a provider or one of its endpoints: {', '.join(names)}",
                    fix=did_you_mean(name, names, "use one of them, or the address alone"),
                )
            )
        found[names[name]] = url
    return found


def bot_words(bot: str | Sequence[str] | None) -> tuple[str, ...]:
    """
    Give the words of a command as a shell of this system takes it apart; none where no bot is to be started.

    Raises:
        InputError: a quote is not closed, or there is no word.
    """
    words = words_of(bot) if isinstance(bot, str) else list(bot or ())
    # A bot of ours is a module of this program's own interpreter, which need not be the one that is found by name.
    if words[:1] and Path(words[0]).name in PYTHONS and " ".join(words[1:3]).startswith("-m simulator."):
        words[0] = sys.executable
    return tuple(words)


def words_of(command: str) -> list[str]:
    """
    Give the words of a command as a shell of this system takes it apart.

    Raises:
        InputError: a quote is not closed, or there is no word.
    """
    try:
        words = shlex.split(command, posix=os.name != "nt")
    except ValueError as error:
        raise InputError(
            Problem(
                code="bad-value",
                what="the command cannot be read",
                where="--bot",
                at=command,
                why=str(error),
                fix='close every quotation, such as --bot "python bot.py"',
            )
        ) from error
    if not words:
        raise InputError(
            Problem(code="bad-value", what="the command is empty", where="--bot", fix='write: --bot "python bot.py"')
        )
    return [word.strip('"') for word in words] if os.name == "nt" else words


def shuffle_seed(given: Mapping[str, Any]) -> int | None:
    """Give what the order of the stories is drawn from: as given, or the wall clock; None: they stand as they are."""
    if given.get("shuffle_seed") is not None:
        return int(given["shuffle_seed"])
    return wall_ms() % 2**32 if given.get("shuffle") else None


def _endpoints(named: Any, target: Target | None) -> dict[str, Any]:
    """Give the endpoints: those of the command line, one without a name before all of the target's."""
    pairs = [("", named)] if isinstance(named, str) else list(named or ())
    urls = {name: addresses.parse(url, where="--endpoint") for name, url in pairs}
    if target is not None and "" not in urls:
        where = f"target {target.name}"
        urls = {**{name: addresses.parse(url, where=where) for name, url in target.endpoints.items()}, **urls}
    return {"endpoint": urls.pop("", ""), "endpoints": urls}


def _is_started(ctx: click.Context, target: Target | None) -> bool:
    """False where an endpoint is named more expressly than a bot's command: then the bot listens there already."""
    naming = ["endpoint", *(["target"] if target is not None and target.endpoints else [])]
    return _strength(ctx, "bot") <= min(_strength(ctx, name) for name in naming)


def _strength(ctx: click.Context, name: str) -> int:
    source = ctx.get_parameter_source(name)
    return STRENGTHS.index(source) if source in STRENGTHS else len(STRENGTHS)


def _policy(ctx: click.Context, given: Mapping[str, Any], target: Target | None) -> str:
    is_default = ctx.get_parameter_source("policy") in (None, ParameterSource.DEFAULT)
    return target.policy if target and target.policy and is_default else given.get("policy", "real")
