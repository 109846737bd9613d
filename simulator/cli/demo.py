"""`demo`: a whole conversation with a small bot, both started here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from simulator.cli import form, names, options


@form.command("demo", exits=(0, 1, 2, 3, 4, 130))
@names.provider_if_any
@options.seed_of_file
@options.start_of_file
@options.reports
@options.verbosity
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> int:
    """
    Play a conversation with a small bot; needs nothing else.

    The bot is a program of its own beside the simulator. PROVIDER is one of those that have a demo.
    """
    from simulator.cli.screens import standard_screen

    provider_id = demonstrated(given.pop("provider"))
    if not given["quiet"]:
        # Said before the engine is imported, which is most of the time until the first word of the story.
        about = f"{provider_id}: a small bot is started, and a story is played with it"
        standard_screen(ctx, is_error=any(file == "-" for _, file in given["reports"])).line((about, "faint"))

    from simulator.cli.playing import Playing
    from simulator.cli.stories import read

    given["listen"] = ("127.0.0.1", 0)
    given["bot"] = (sys.executable, "-m", f"simulator.bots.{provider_id}")
    playing = Playing(ctx, given)
    file = story_of(provider_id)
    result = playing.play(read([str(file)], playing.variables), command=lambda result: ["demo", provider_id])
    if result == 0:
        playing.say(f"That was a bot of ours. For yours, in its folder: simulator init {provider_id}")
    return result


def demonstrated(provider_id: str | None) -> str:
    """
    Give the provider whose demo is meant.

    Raises:
        InputError: that provider does not exist, or has no demo.
    """
    from simulator import bots, catalog
    from simulator.errors import InputError, Problem

    if provider_id is not None:
        catalog.load(provider_id)
    known = [name for name in catalog.names() if story_of(name).is_file()]
    if provider_id is None and known:
        return bots.FIRST if bots.FIRST in known else known[0]
    if provider_id in known:
        return str(provider_id)
    raise InputError(
        Problem(
            code="no-demo",
            what=f'there is no demo of "{provider_id}"' if provider_id else "there is no demo",
            where="PROVIDER",
            why=f"demos: {', '.join(known) or 'none'}",
        )
    )


def story_of(provider_id: str) -> Path:
    """Give the file of a provider's demo, whether it is there or not."""
    from simulator import data

    return data.folder("scenarios") / provider_id / "demo.yaml"
