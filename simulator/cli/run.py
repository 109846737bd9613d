"""`run`: scenario files against a bot."""

from __future__ import annotations

from typing import Any

import click

from simulator.cli import form, names, options


@form.command("run", exits=(0, 1, 2, 3, 4, 130))
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path())
@click.option("--bot", metavar="COMMAND", help='Start the bot, such as "python bot.py", and end it afterwards.')
@click.option("--fresh-bot", is_flag=True, help="Start the bot anew for each scenario.")
@click.option(
    "--wait-for-endpoint",
    type=options.DURATION,
    metavar="DURATION",
    help="Wait so long for the bot to listen, such as 30s.",
)
@click.option(
    "--provider",
    "providers",
    metavar="ID",
    multiple=True,
    shell_complete=names.complete_provider,
    help="Play only for this provider. Repeatable.",
)
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Play only scenarios with this tag. Repeatable.")
@click.option(
    "-k",
    "--keyword",
    metavar="TEXT",
    default="",
    show_default=False,
    help="Play only scenarios with this in name, file or tags.",
)
@click.option("--pace", type=options.PACE, help="How time passes while nobody is at work: instant, real, or 10x.")
@click.option("-x", "--fail-fast", is_flag=True, help="End with the first scenario that fails.")
@options.playing
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> int:
    """
    Play scenario files against a bot and judge what it says.

    PATH is a file, or a folder with all the scenarios in it. All of them are checked before anything is sent.
    """
    from simulator.cli.playing import Playing
    from simulator.cli.stories import chosen, read

    playing = Playing(ctx, given)
    scenarios = chosen(
        read(given["paths"], playing.variables),
        tags=given["tags"],
        keyword=given["keyword"],
        provider_ids=given["providers"],
    )
    return playing.play(scenarios, command=lambda result: ["run", result.file, "--provider", result.provider])
