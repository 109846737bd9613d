"""The command line that plays just one story of a run again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click
from click.core import ParameterSource

from simulator.cli.defaults import values_of
from simulator.cli.given import ELSEWHERE
from simulator.cli.options import ENV_FILE
from simulator.project import variable_for
from simulator.records import StoryResult
from simulator.report.curl import shell_line
from simulator.units import iso8601

NOT_AGAIN = frozenset(
    {
        "--audit",
        "--case",
        "--color",
        "--coverage",
        "--debug",
        "--fail-fast",
        "--fail-under",
        "--jobs",
        "--journal",
        "--keyword",
        "--last-failed",
        "--provider",
        "--quiet",
        "--repeat",
        "--report",
        "--reports",
        "--seed",
        "--shuffle",
        "--shuffle-seed",
        "--start",
        "--tag",
        "--verbose",
        "--watch",
    }
)
"""Options that the command for playing one story again has in its own way, or not at all."""

Command = Callable[[StoryResult], Sequence[str]]
"""A story → the words after `simulator` that choose just this one."""


def again(ctx: click.Context, result: StoryResult, command: Command) -> str:
    """
    Give the command line that plays just this story again, with the options that the first one had.

    What a file says that will be read again, of the project or of `--env-file`, need not be said.
    """
    words = ["simulator", *command(result), "--seed", str(result.seed), "--start", iso8601(result.start_ms)]
    for param in ctx.command.params:
        is_given = ctx.get_parameter_source(str(param.name)) in (
            ParameterSource.COMMANDLINE,
            ParameterSource.ENVIRONMENT,
        )
        if isinstance(param, click.Option) and is_given and param.opts[-1] not in NOT_AGAIN:
            value = ctx.params.get(str(param.name), ctx.meta.get(ENV_FILE))
            words += _words_of(param, [_without_secret(*each) for each in value or ()] if _is_secret(param) else value)
    return shell_line(words)


def _words_of(param: click.Option, value: Any) -> list[str]:
    name = param.opts[-1]
    if param.is_flag:
        return [name] if value else []
    return [word for each in values_of(param, value) for word in (name, each)]


def _is_secret(param: click.Parameter) -> bool:
    return param.name == "credentials"


def _without_secret(name: str, text: str) -> tuple[str, str]:
    """Give where a credential is found again: as it was said, or the variable that is to be set for what was typed."""
    is_elsewhere = text.startswith(ELSEWHERE)
    return name, text if is_elsewhere else f"env:{variable_for(name)}"
