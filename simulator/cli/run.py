"""`run`: scenario files against a bot."""

from __future__ import annotations

from typing import Any

import click

from simulator.cli import form, names, options


@form.command("run", exits=(0, 1, 2, 3, 4, 130))
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=options.READ)
@click.option("--bot", metavar="COMMAND", help='Start the bot, such as "python bot.py", and end it afterwards.')
@click.option("--fresh-bot", is_flag=True, help="Start the bot anew for each scenario.")
@click.option(
    "--wait-for-endpoint",
    type=options.DURATION,
    metavar="DURATION",
    help="Wait so long for the bot to listen, such as 60s; one that is started has 30s otherwise.",
)
@click.option(
    "--resend",
    type=options.whole(0),
    help="Send so often again what the network lost; if not given, 3 times where the bot is not on this machine.",
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
    help="Play only scenarios with this in name, file, tags or case.",
)
@click.option("--case", "cases", metavar="NAME", multiple=True, help="Play only this row of a table. Repeatable.")
@click.option("--last-failed", is_flag=True, help="Play only what failed the last time; all, if nothing did.")
@click.option("-j", "--jobs", type=options.whole(1), default=1, help="Play so many stories side by side.")
@click.option("--repeat", type=options.whole(1), default=1, help="Play all of it so often.")
@click.option("--shuffle", is_flag=True, help="Play in an order that is drawn anew each time.")
@click.option("--shuffle-seed", type=options.whole(0), help="Play in the order that this number gives.")
@click.option("--watch", is_flag=True, help="Play again when a file of the scenarios changes, until Ctrl-C.")
@click.option("--pace", type=options.PACE, help="How time passes while nobody is at work: instant, real, or 10x.")
@click.option("-x", "--fail-fast", is_flag=True, help="End with the first scenario that fails.")
@click.option("--coverage", is_flag=True, help="Tell what the scenarios exercised of each provider, and the gaps.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Fail where less of the providers was exercised; counts as --coverage.",
)
@click.option(
    "--audit",
    type=click.Choice(["idempotency"]),
    help="Play what passed again with events twice, late and out of order, and compare what the bot says.",
)
@options.playing
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> int:
    """
    Play scenario files against a bot and judge what it says.

    PATH is a file, or a folder with all the scenarios in it; without one it is what the project file names. All of
    them are checked before anything is sent.
    """
    from simulator.cli import watching
    from simulator.cli.selection import Selection

    selection = Selection(ctx, given)
    return watching.watch(selection) if given["watch"] else selection.play()
