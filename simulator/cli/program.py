"""The program `simulator`: knows the name of each command, and imports one when it is used."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import click
from click.shell_completion import CompletionItem

from simulator.cli.form import CONTEXT, EXIT_CODES, Manner, manner_options, write_exit_codes

COMMANDS: Mapping[str, str] = {
    "demo": "Play a conversation with a small bot; needs nothing else.",
    "init": "Write a first scenario, a project file and CI jobs.",
    "run": "Play scenario files against a bot and judge what it says.",
    "fire": "Send one event now, signed.",
    "render": "Write the payload of one event, and send nothing.",
    "generate": "Write a corpus of many payloads.",
    "profile": "Write the mix that a corpus is like, for `generate --mix`.",
    "check": "Tell all problems of scenario files, and send nothing.",
    "list": "List providers, events, operations or scenarios.",
    "show": "Show what is known about a provider or one of its events.",
    "env": "Print the variables that point a bot at the mock API.",
    "serve": "Serve the mock API alone, until stopped.",
    "verify": "Tell whether a request is signed as the provider signs, and why not.",
    "journal": "Search and export what a run wrote with --journal.",
    "schema": "Print the JSON Schema of a scenario file, of the project file or of an event.",
    "completion": "Print the script by which a shell completes commands.",
}
"""Name → the first line of its help: `--help` shows them without importing a command."""


class Program(click.Group):
    """The commands by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names in the order in which a person meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give the command of that name, its module now imported."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"simulator.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Give the command that is meant; an unknown one is told with the nearest."""
        if args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            raise click.exceptions.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each command does."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the exit codes of all commands."""
        write_exit_codes(list(EXIT_CODES), formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Give the commands that begin so, without importing them."""
        found = [CompletionItem(name, help=about) for name, about in COMMANDS.items() if name.startswith(incomplete)]
        return found or click.Command.shell_complete(self, ctx, incomplete)


def _print_versions(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from simulator.cli.output import say
        from simulator.cli.versions import versions_line

        say(versions_line())
        ctx.exit(0)


program = Program(
    "simulator",
    help="Plays a messaging provider for the bot you are writing: signed webhooks, a mock API and a verdict.",
    context_settings=CONTEXT,
    params=[
        *manner_options(),
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_print_versions,
            help="Print the versions of all that output may hang on.",
        ),
    ],
)

COMPLETION = "_SIMULATOR_COMPLETE"
"""The variable by which a shell asks for completions."""


def start(words: list[str], manner: Manner) -> int:
    """
    Do what the words say and give the exit code.

    click's own `main` is passed by: it prints on Ctrl-C, and ends the process where a pipe was closed.
    """
    try:
        with program.make_context("simulator", words, obj=manner) as ctx:
            code = program.invoke(ctx)
    except click.exceptions.Exit as end:
        return end.exit_code
    return code if isinstance(code, int) else 0


def complete(instruction: str) -> int:
    """Print what a shell that asks for completions gets; give the exit code."""
    from click.shell_completion import shell_complete

    return shell_complete(program, {}, "simulator", COMPLETION, instruction)
