"""`env`: the variables that point a bot at the mock API."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Mapping

import click

from simulator.cli import form, names, options

Quote = Callable[[str, str], str]


def _quoted_for_cmd(name: str, value: str) -> str:
    return f'set "{name}={value.replace("%", "%%")}"'


def _quoted_for_powershell(name: str, value: str) -> str:
    return f"$env:{name} = '{value.replace(chr(39), chr(39) * 2)}'"


def _quoted_for_dotenv(name: str, value: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_@%+=:,./-]*", value):
        return f"{name}={value}"
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{escaped}'"


SHELLS: Mapping[str, tuple[Quote, str]] = {
    "sh": (lambda name, value: f"export {name}={shlex.quote(value)}", "#"),
    "powershell": (_quoted_for_powershell, "#"),
    "cmd": (_quoted_for_cmd, "rem"),
    "dotenv": (_quoted_for_dotenv, "#"),
}
"""Shell → how it sets a variable, and how its comments begin."""


@form.command("env")
@names.provider
@click.option(
    "--shell",
    type=click.Choice(list(SHELLS)),
    help="For which shell; sh if not given, powershell on Windows.",
)
@options.listen
@options.credential
@options.env_file
@options.as_json
@click.pass_context
def command(
    ctx: click.Context,
    *,
    provider: str,
    shell: str | None,
    listen: tuple[str, int],
    credentials: tuple[tuple[str, str], ...],
    as_json: bool,
) -> None:
    """
    Print the variables that point a bot at the mock API.

    Where an SDK has the provider's address built in, the line that changes it stands in a comment. In a shell:
    eval "$(simulator env PROVIDER)".
    """
    from simulator import catalog
    from simulator.cli import given
    from simulator.cli.output import say, say_json
    from simulator.errors import InputError, Problem

    facts = catalog.load(provider)
    secrets = catalog.credentials_with(facts, given.credentials_of(credentials, options.variables(ctx)), "--credential")
    host, port = listen
    if port == 0:
        raise InputError(
            Problem(
                code="bad-value",
                what="the port that will be free is not known before",
                where="--listen",
                why="a bot is told the address before anything listens there",
                fix="name the port, and give it to run or serve as well; --bot tells a bot by itself",
            )
        )
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    found = facts.environment(base, secrets)
    if as_json:
        lines = [{"sdk": each.sdk, "line": each.line, "about": each.about} for each in facts.sdk_lines]
        say_json({"provider": provider, "variables": found, "sdk_lines": lines})
        return
    setting, remark = SHELLS[shell or ("powershell" if os.name == "nt" else "sh")]
    about = {each.name: each.about for each in facts.env}
    for name, value in found.items():
        say(f"{remark} {about[name]}")
        say(setting(name, value))
    for each in facts.sdk_lines:
        say(f"{remark} {each.sdk}, {each.about}:")
        say(f"{remark}   {each.line}")
