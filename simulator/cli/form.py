"""What all commands are like: how one is declared, the options that each has, its exit codes in its help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import click

from simulator.cli.defaults import take_project

EXIT_CODES = {
    0: "all went well",
    1: "a verdict failed",
    2: "wrong input: a file, an option, an unknown name, nothing selected",
    3: "our own fault",
    4: "the endpoint could not be reached",
    130: "interrupted; what was done so far is reported",
}

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@dataclass(slots=True)
class Manner:
    """How this start of the program behaves, whatever the command."""

    color: str = "auto"
    """auto, always or never."""
    is_debug: bool = False


class Command(click.Command):
    """A command with the options that all have, and its exit codes under its help."""

    def __init__(self, *args: Any, exits: Sequence[int] = (0, 2, 3), **attributes: Any) -> None:
        """Declare it; `exits` are the exit codes that it may end with."""
        super().__init__(*args, **attributes)
        self.exits = tuple(exits)
        self.params += manner_options()
        for param in self.params:
            if isinstance(param, click.Option):
                param.envvar = variable_of(self.name or "", param)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, over the project file's defaults; what the parser finds wrong names this command."""
        try:
            # Who asks for help may do so because of what the file says.
            if not ctx.resilient_parsing and set(ctx.help_option_names).isdisjoint(args):
                take_project(ctx)
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the exit codes, and how options are given by the environment."""
        write_exit_codes(self.exits, formatter)
        with formatter.section("Environment"):
            name = f"SIMULATOR_{(self.name or '').upper()}_OPTION"
            formatter.write_text(f"Each option can be given as {name}; the command line goes before it.")


def command(name: str, **attributes: Any) -> Callable[[Callable[..., Any]], Command]:
    """Give the decorator that makes a function the command of that name."""
    return click.command(name, cls=Command, context_settings={"show_default": True}, **attributes)


def variable_of(command_name: str, param: click.Option) -> str:
    """Give the variable of the environment that stands for an option: `SIMULATOR_RUN_FAIL_FAST`."""
    longest = max(param.opts, key=len).lstrip("-")
    return f"SIMULATOR_{command_name}_{longest}".replace("-", "_").upper()


def write_exit_codes(codes: Sequence[int], formatter: click.HelpFormatter) -> None:
    """Write what each exit code means."""
    with formatter.section("Exit codes"):
        formatter.write_dl([(str(code), EXIT_CODES[code]) for code in codes])


def manner_options() -> list[click.Parameter]:
    """Give the options that say how the program behaves: before the command and after it."""
    return [
        click.Option(
            ["--color"],
            type=click.Choice(["auto", "always", "never"]),
            expose_value=False,
            callback=_set_color,
            is_eager=True,
            help="When to use colour; auto looks at the terminal, NO_COLOR and FORCE_COLOR.",
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            callback=_set_debug,
            is_eager=True,
            help="Show the traceback where the fault is ours.",
        ),
    ]


def _set_color(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None and isinstance(ctx.obj, Manner):
        ctx.obj.color = value


def _set_debug(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and isinstance(ctx.obj, Manner):
        ctx.obj.is_debug = True
