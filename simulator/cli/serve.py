"""`serve`: the mock API alone, until stopped."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from simulator.cli import form, names, options

if TYPE_CHECKING:
    from simulator.engine import Engine
    from simulator.records import Entry
    from simulator.report.screen import Screen

INTERRUPTED = 130

TOLD_IN_JSON = frozenset({"CallAnswered", "CallStrayed", "AttemptFinished", "HandshakeFinished", "RegistrationRefused"})
"""Kinds of the entries that are printed with `--json`."""


@form.command("serve", exits=(0, 2, 3, 130))
@click.argument("providers", metavar="[PROVIDER]...", nargs=-1, shell_complete=names.complete_provider)
@options.endpoint
@options.target
@options.delivering
@options.seed
@options.start_now
@click.option("--journal", type=options.FILE, metavar="FILE", help="Write all that happens as JSON Lines.")
@options.loop
@options.env_file
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON Lines: a first one when ready, then one for each call."
)
@options.verbosity_with("Show only where it is, and what was refused or failed.")
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> int:
    """
    Serve the mock API alone, until stopped.

    Without PROVIDER, that of all providers. The first line says where it is. Two people are known, to whom a bot can
    write; `fire` writes to a bot in the name of the first. Receipts go to --endpoint, or where the bot registers.
    """
    from simulator import catalog
    from simulator.cli.loops import runner
    from simulator.cli.output import line_writer, note
    from simulator.cli.screens import standard_screen
    from simulator.cli.settings import idle, settings_of, with_endpoints_by_provider
    from simulator.clock import real_ms
    from simulator.codec import Redactor
    from simulator.engine import Engine
    from simulator.journal import Journal
    from simulator.settings import secrets_of

    # With nobody who plays, time passes as it does.
    settings = replace(settings_of(ctx, given), pace="real")
    provider_ids = given["providers"] or catalog.names()
    named = with_endpoints_by_provider(settings.endpoints, provider_ids)
    endpoints = {name: named.get(name, settings.endpoint) for name in provider_ids}
    secrets = Redactor(secrets_of(settings, provider_ids=provider_ids))
    begun_ms = real_ms()
    path = given["journal"]
    with Journal(lambda: real_ms() - begun_ms, writer=line_writer(path, secrets)) as journal:
        server = Engine(settings, journal, provider_ids)
        verbosity = -1 if given["quiet"] else given["verbose"]
        screen = standard_screen(ctx, is_error=str(path) == "-")
        teller = Teller(screen, secrets, verbosity=verbosity, as_json=given["as_json"])
        journal.subscribe(teller)
        for text in idle(ctx, given, provider_ids):
            note(f"! {text}")
        try:
            with runner(given["loop"]) as running:
                running.run(serve(server, endpoints, teller))
        except (KeyboardInterrupt, asyncio.CancelledError):
            return INTERRUPTED
    return 0


async def serve(server: Engine, endpoints: Mapping[str, str], teller: Teller) -> None:
    """Serve until told to end by SIGTERM, or cancelled; what each bot causes goes to its provider's endpoint."""
    from simulator.cli.sample import NAMES, introduce
    from simulator.cli.signals import cancelling

    told = asyncio.Event()
    people: dict[str, list[dict[str, Any]]] = {}
    for provider_id, stage in server.stages.items():
        rows = introduce(stage.lobby.world, stage.provider, server.settings.seed or 0, have_written=True)
        people[provider_id] = [{"actor": name, "id": row["id"]} for name, row in zip(NAMES, rows, strict=True)]
    with cancelling():
        # Windows has no such handlers, and neither has a thread that is not the main one.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
        async with server.open():
            for provider_id, endpoint in endpoints.items():
                server.subscribe(endpoint, provider_id)
            teller.ready(server, people)
            await told.wait()


class Teller:
    """Prints that the API is ready, and every call."""

    def __init__(self, screen: Screen, secrets: Any, *, verbosity: int, as_json: bool) -> None:
        """Print on `screen`."""
        from simulator.report.conversation import Conversation

        self._screen = screen
        self._secrets = secrets
        self._verbosity = verbosity
        self._as_json = as_json
        self._conversation = Conversation(hide=secrets.hide, most=verbosity + 1)

    def ready(self, server: Engine, people: dict[str, list[dict[str, Any]]]) -> None:
        """Tell the address, and who is known."""
        found: dict[str, dict[str, Any]] = {
            provider_id: {
                "api": server.base_url + stage.catalog.api_base,
                "variables": stage.catalog.environment(server.base_url, dict(stage.lobby.world.credentials)),
                "actors": people[provider_id],
            }
            for provider_id, stage in server.stages.items()
        }
        if self._as_json:
            self._print({"ready": True, "address": server.base_url, "providers": found})
            return
        self._screen.line((f"ready {server.base_url}", "strong"))
        for provider_id, known in found.items():
            self._screen.line((f"{provider_id}: {known['api']}", "plain"))
            for each in known["actors"]:
                self._screen.line((f"  {each['actor']} is {each['id']}", "faint"))

    def __call__(self, entry: Entry) -> None:
        """Tell a call, or what is sent because of one."""
        if self._as_json:
            if entry.kind in TOLD_IN_JSON:
                self._print(entry)
        elif entry.kind == "CallAnswered" and self._verbosity >= 0:
            self._screen.line(*_call_line(entry, self._secrets.hide))
        elif entry.kind != "CallReceived" or self._verbosity > 0:
            for each in self._conversation.take(entry):
                self._screen.line((each.text, each.tone))

    def _print(self, value: Any) -> None:
        from simulator import codec

        self._screen.line((codec.dumps(value, self._secrets), "plain"))


def _call_line(entry: Entry, hide: Any) -> tuple[Any, ...]:
    from simulator.report.text import shortened, visible

    answered = entry.data
    call, body = answered.call, visible(answered.body.decode("utf-8", "backslashreplace"))
    tone = "odd" if answered.response.error else "plain"
    # Secrets go first: half of one, where the body is cut, would not be known again.
    said = f"{call.method} {hide(visible(call.path))}  {answered.status} {shortened(hide(body), 300)}"
    return ((("! " if answered.response.error else "") + said, tone),)
