"""The options that several commands share, and the forms of their values."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator import units
from simulator.cli.defaults import add

PORT = 7716
"""Where the mock API listens unless told otherwise: the same from run to run, so that a bot's settings hold."""

LISTEN = f"127.0.0.1:{PORT}"

START = "2026-01-05T09:00:00Z"
"""When time begins for what sends nothing."""

SEED = 1
"""The seed of what has no scenario file."""

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

# --- forms of values -------------------------------------------------------------------------------------------------


if TYPE_CHECKING:
    from simulator.cli.reports import Wanted

    _ParamType = click.ParamType[Any]
else:
    _ParamType = click.ParamType


class Form(_ParamType):
    """A value as a person writes it, read by a function that raises ValueError with what would be right."""

    def __init__(self, name: str, read: Callable[[str], Any]) -> None:
        """Show `name` in the help."""
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Give the value that is meant."""
        if not isinstance(value, str):
            return value
        try:
            return self._read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def read_pair(text: str) -> tuple[str, str]:
    """
    Give name and value of `NAME=VALUE`.

    Raises:
        ValueError: there is no name, or no `=`.
    """
    name, equals, value = text.partition("=")
    if not name.strip() or not equals:
        raise ValueError(f'"{text}" is no pair; one is written as NAME=VALUE')
    return name.strip(), value


def read_setting(text: str) -> tuple[str, str]:
    """
    Give path and value of `PATH=VALUE`.

    Raises:
        ValueError: there is no path, or no `=`.
    """
    path, value = read_pair(text)
    if path == "+":
        raise ValueError(f'"{text}" names no field; a new one is written as +PATH=VALUE')
    return path, value


def read_credential(text: str) -> tuple[str, str]:
    """
    Give name and value of `NAME=VALUE`, of which a message shows nothing.

    Raises:
        ValueError: there is no name, or no `=`.
    """
    try:
        return read_pair(text)
    except ValueError:
        raise ValueError("there is no NAME= before the value; one is written as NAME=VALUE") from None


def read_endpoint(text: str) -> tuple[str, str]:
    """
    Give name and address of `NAME=URL`; the name is empty where an address stands alone.

    Raises:
        ValueError: there is no address.
    """
    found = re.fullmatch(r"(?:([A-Za-z][A-Za-z0-9_-]*)=)?(.+)", text.strip())
    if found is None:
        raise ValueError("it is empty; write :3000/hook, or NAME=:3000/hook")
    return found[1] or "", found[2]


def whole(least: int, most: int = 10**18 - 1) -> Form:
    """Give the form of a whole number that is at least and at most so large."""
    wanted = f"from {least} to {most:,}" if most < 10**18 - 1 else f"from {least} on, with at most 18 digits"

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,18}", text.strip()) or not least <= int(text) <= most:
            raise ValueError(f'"{text}" is no whole number {wanted}')
        return int(text)

    return Form("N", read)


def read_listen(text: str) -> tuple[str, int]:
    """
    Give host and port of `HOST:PORT`, `:PORT` or `PORT`; the host is this machine's loopback unless named.

    Raises:
        ValueError: the port is no number up to 65535.
    """
    host, _, port = text.strip().rpartition(":")
    if not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65_535:
        raise ValueError(
            f'"{text}" is no address to listen at; one is written as {LISTEN}, :{PORT}, or :0 for any free port'
        )
    return host.strip("[]") or "127.0.0.1", int(port)


def read_pace(text: str) -> str:
    """
    Give the pace as it is written: `real`, `instant`, or how many times as fast.

    Raises:
        ValueError: it is none of these.
    """
    given = text.strip()
    if given in ("real", "instant") or (re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?x", given) and float(given[:-1]) > 0):
        return given
    raise ValueError(f'"{text}" is no pace; one is instant, real, or a factor such as 10x')


def read_report(text: str) -> Wanted:
    """
    Give format and file of a report: `json=run.json`; the file `-` is standard output.

    Raises:
        ValueError: the format is unknown, or it needs a file and none is named.
    """
    from simulator.cli.reports import read_wanted

    return read_wanted(text)


PAIR = Form("NAME=VALUE", read_pair)
CREDENTIAL = Form("NAME=VALUE", read_credential)
SETTING = Form("PATH=VALUE", read_setting)
DURATION = Form("DURATION", units.duration_ms)
TIME = Form("TIME", units.instant_ms)
RATE = Form("RATE", units.rate_per_s)
LISTENING = Form("ADDRESS", read_listen)
PACE = Form("PACE", read_pace)
REPORT = Form("FORMAT[=FILE]", read_report)
ENDPOINT = Form("[NAME=]URL", read_endpoint)
FILE = click.Path(path_type=Path, readable=False)
READ = click.Path(readable=False)
"""What is read by those who tell more of what is wrong with it."""
EXISTING = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True)

# --- options ---------------------------------------------------------------------------------------------------------


def both(*decorators: Decorator) -> Decorator:
    """Give one decorator for several; in the help they stand in this order."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for each in reversed(decorators):
            function = each(function)
        return function

    return decorate


credential = click.option(
    "--credential",
    "credentials",
    type=CREDENTIAL,
    multiple=True,
    help="A credential of the provider, or PROVIDER.NAME=VALUE of one of several; VALUE may be file:PATH, @PATH or "
    "env:VARIABLE. Repeatable.",
)
option = click.option(
    "--option",
    "switches",
    type=PAIR,
    multiple=True,
    help="A switch of the provider, see `show`, or PROVIDER.NAME=VALUE of one of several. Repeatable.",
)
endpoint = click.option("--endpoint", metavar="URL", help="Where the bot listens, such as :3000/hook.")
endpoints = click.option(
    "--endpoint",
    type=ENDPOINT,
    multiple=True,
    help="Where the bot listens, such as :3000/hook; NAME= is a provider, where each has its own. Repeatable.",
)
target = click.option("--target", metavar="NAME", help="A target of the project file: endpoint, credentials and more.")
no_mark = click.option("--no-mark", is_flag=True, help="Leave out the header that marks requests as simulated.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
listen = click.option(
    "--listen", type=LISTENING, default=LISTEN, help="Where the mock API listens; :0 is any free port."
)
env_file = click.option(
    "--env-file",
    type=EXISTING,
    is_eager=True,
    expose_value=False,
    callback=lambda ctx, param, value: _take_env_file(ctx, value),
    help="Variables to read beside the environment, which goes before them.",
)
tls = both(
    click.option("--ca", type=EXISTING, metavar="FILE", help="Certificates to trust beside the system's."),
    click.option("--insecure", is_flag=True, help="Do not check the endpoint's certificate."),
)
loop = click.option(
    "--loop",
    type=click.Choice(["auto", "asyncio", "uvloop"]),
    default="auto",
    help="The event loop; auto is uvloop for `fire` at rates where it is installed, and else asyncio.",
)


def verbosity_with(quiet: str) -> Decorator:
    """Give `-q`, which shows that little, and `-v`."""
    return both(
        click.option("-q", "--quiet", is_flag=True, help=quiet),
        click.option(
            "-v", "--verbose", count=True, show_default=False, help="Show what is sent and received; -vv with bodies."
        ),
    )


verbosity = verbosity_with("Show only failures and the last line.")
overrides = both(
    click.option(
        "--set",
        "settings",
        type=SETTING,
        multiple=True,
        help="Change a field of the body by its dotted path; +PATH adds a new one. Repeatable.",
    ),
    click.option("--merge", type=EXISTING, metavar="FILE", help="JSON or YAML to lay over the body."),
)
seed = click.option("--seed", type=whole(0), default=SEED, help="What all drawn values hang on.")
seed_of_file = click.option(
    "--seed", type=whole(0), help="What all drawn values hang on; the file's own, if not given."
)
reports = both(
    click.option(
        "--report",
        "reports",
        type=REPORT,
        multiple=True,
        help="Write a report: json, jsonl, junit, tap or html=FILE, - for standard output; or github. Repeatable.",
    ),
    click.option(
        "--reports",
        "folder",
        type=FILE,
        metavar="FOLDER",
        help="Write run.html, junit.xml, run.json and journal.jsonl into this folder.",
    ),
    click.option("--journal", type=FILE, metavar="FILE", help="Write all that happens as JSON Lines."),
)


def start(default: str, about: str) -> Decorator:
    """Give the option `--start`."""
    return click.option("--start", "start_ms", type=TIME, default=default or None, help=about)


fixed_start = start(START, "When it happens; the same seed and start give the same bytes.")
start_now = start("", "When it happens; now, if not given. The same seed and start give the same bytes.")
start_of_file = start(
    "", "When the story begins; the file's own, or else now. The same seed and start give the same bytes."
)

delivering = both(
    credential,
    option,
    click.option(
        "--policy",
        default="real",
        metavar="NAME",
        help="How failed deliveries are tried again: real, once, or a name of the provider's.",
    ),
    click.option("--stamp", type=click.Choice(["wall", "due"]), default="wall", help="What signed timestamps show."),
    click.option(
        "--allow-host",
        "hosts",
        metavar="NAME",
        multiple=True,
        help="A host outside this machine that the bot may register. Repeatable.",
    ),
    no_mark,
    tls,
    listen,
)
playing = both(
    endpoints,
    target,
    delivering,
    seed_of_file,
    start_of_file,
    click.option("--strict", is_flag=True, help="A reply that no step asked for is a failure."),
    reports,
    loop,
    env_file,
    verbosity,
)


# --- variables -------------------------------------------------------------------------------------------------------

_VARIABLES = "simulator.cli.variables"

ENV_FILE = "simulator.cli.env_file"
"""Under this name the context knows the file of `--env-file`."""


def variables(ctx: click.Context) -> dict[str, str]:
    """Give the environment of this process, with what `--env-file` adds to it."""
    import os

    return {**ctx.meta.get(_VARIABLES, {}), **os.environ}


def _env_file_of(ctx: click.Context) -> click.Parameter | None:
    return next((param for param in ctx.command.params if "--env-file" in param.opts), None)


def _odd_lines(path: Path) -> list[int]:
    """Give the numbers of the lines that hold no variable; of a pipe, which can be read once only, none."""
    from dotenv.parser import parse_stream

    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as file:
        return [each.original.line for each in parse_stream(file) if each.error]


def _take_env_file(ctx: click.Context, path: Path | None) -> None:
    """Keep the file's variables; those that name options of this command become their defaults."""
    if path is None or ctx.resilient_parsing:
        return
    from dotenv import dotenv_values

    from simulator.cli.output import note

    # What it says of a line that it cannot read names no file; we say it ourselves.
    logging.getLogger("dotenv").addHandler(logging.NullHandler())
    try:
        found = {name: value for name, value in dotenv_values(path).items() if value is not None}
        odd = _odd_lines(path)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise click.BadParameter(f'"{path}" cannot be read: {why}', ctx=ctx, param=_env_file_of(ctx)) from error
    for number in odd:
        note(f"! {path}:{number}: this is no NAME=VALUE, and is passed over")
    ctx.meta[_VARIABLES], ctx.meta[ENV_FILE] = found, path
    named = {
        str(param.name): (param, param.envvar)
        for param in ctx.command.params
        if isinstance(param.envvar, str) and param.envvar in found
    }
    values = {
        name: found[variable].split() if getattr(param, "multiple", False) else found[variable]
        for name, (param, variable) in named.items()
    }
    add(ctx, values, {name: f"{variable} in {path}" for name, (_, variable) in named.items()})
