"""What a person said about the runs of pytest, as `simulator run` would have read it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from typing import Any

import click
import pytest
from click.core import ParameterSource

from simulator.cli import options
from simulator.cli.program import program
from simulator.cli.settings import settings_of, with_endpoints_by_provider
from simulator.errors import SimulatorError, reworded
from simulator.pytest_plugin import OPTIONS, said
from simulator.report.curl import shell_line
from simulator.settings import Settings

OF_PYTEST = {
    "keyword": "-k",
    "tags": "-m",
    "cases": "-k",
    "last_failed": "--lf",
    "fail_fast": "-x",
    "jobs": "-n of pytest-xdist",
    "repeat": "",
    "shuffle": "",
    "shuffle_seed": "",
    "watch": "",
    "reports": "--junitxml",
    "folder": "--junitxml",
    "journal": "",
    "loop": "",
    "coverage": "",
    "fail_under": "",
    "audit": "",
    "verbose": "-v",
    "quiet": "-q",
    "wait_for_endpoint": "",
}
"""Options of `run` that do nothing here, and what of pytest does the same."""

_OF_RUN = re.compile(rf"(?<![\w-])--({'|'.join(name for name in OPTIONS if name != 'args')})(?![\w-])")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person said."""

    settings: Settings
    provider_ids: tuple[str, ...]
    """Empty for all."""
    variables: dict[str, str]
    """The environment, with what `--env-file` adds to it."""


def asked(config: pytest.Config) -> Asked:
    """
    Give what was said on the command line, in the ini file and in the project file, in that order of weight.

    Raises:
        pytest.UsageError: something of it is wrong.
    """
    words = [word for name in OPTIONS if name != "args" for word in _words(name, said(config, name))]
    try:
        words += shlex.split(said(config, "args"))
    except ValueError as error:
        raise pytest.UsageError(f"simulator: --simulator-args: {error}") from error
    try:
        with click.Context(program, info_name="simulator") as parent:
            command = program.get_command(parent, "run")
            assert command is not None
            ctx = command.make_context("run", [*words, "--", "FILES"], parent=parent)
        found = _read(ctx, ctx.params)
    except (SimulatorError, click.UsageError) as error:
        text = error.format_message() if isinstance(error, click.UsageError) else told_in_pytest(error)
        raise pytest.UsageError(f"simulator: {text}") from error
    folder = _bot_folder(config, found.settings.bot_folder)
    return replace(found, settings=replace(found.settings, bot_folder=folder))


def told_in_pytest(error: Exception) -> str:
    """Give what an error says, with the names that options of `run` have for pytest."""
    return str(reworded(error, _in_pytest) if isinstance(error, SimulatorError) else error)


def _in_pytest(text: str) -> str:
    return _OF_RUN.sub(r"--simulator-\1", text)


def typed_again(config: pytest.Config, nodeid: str) -> str:
    """Give the command that plays one story again, with what was said on the command line."""
    given = ((f"--simulator-{name}", config.getoption(f"simulator_{name}")) for name in OPTIONS)
    # One word for each: a value may begin with a hyphen.
    return shell_line(["pytest", nodeid, *(f"{name}={value}" for name, value in given if value)])


def _read(ctx: click.Context, given: dict[str, Any]) -> Asked:
    for name, instead in OF_PYTEST.items():
        if name in given and ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            fix = f"; pytest has {instead}" if instead else ""
            raise click.UsageError(f"--{name.replace('_', '-')} is not for tests of pytest{fix}", ctx)
    settings = settings_of(ctx, given)
    is_default = ctx.get_parameter_source("listen") in (None, ParameterSource.DEFAULT)
    if is_default and not (settings.endpoint or settings.endpoints):
        # A bot that is started here learns the port from us.
        settings = replace(settings, port=0)
    found = with_endpoints_by_provider(settings.endpoints, given["providers"])
    return Asked(replace(settings, endpoints=found), tuple(given["providers"]), options.variables(ctx))


def _bot_folder(config: pytest.Config, otherwise: str) -> str:
    """Give where the bot's command runs: beside the ini file where that names it, as beside a project file."""
    is_of_the_ini = not config.getoption("simulator_bot") and bool(config.getini("simulator_bot"))
    return str(config.inipath.parent) if is_of_the_ini and config.inipath is not None else otherwise


def _words(name: str, text: str) -> list[str]:
    return [f"--{name}", text] if text else []
