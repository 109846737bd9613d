"""docs/commands.md says what the program's own help says: the same commands, options and exit codes, word for word."""

from __future__ import annotations

import re
from functools import cache

import click
import pytest

from simulator.cli.form import EXIT_CODES, Command
from simulator.cli.program import COMMANDS, program
from tests.cli.conftest import ROOT

EVERYWHERE = {"--color", "--debug"}


@cache
def sections() -> dict[str, str]:
    """Give the page by its headings of the second level."""
    parts = re.split(r"^## (.+)$", (ROOT / "docs" / "commands.md").read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def command(name: str) -> Command:
    found = program.get_command(click.Context(program), name)
    assert isinstance(found, Command)
    return found


def row(option: click.Option, context: click.Context) -> str:
    """Give an option as it stands in the page."""
    words, about = option.get_help_record(context) or ("", "")
    about = re.sub(r"\s+", " ", about).replace("|", "\\|")
    return f"| `{words.replace('|', chr(92) + '|')}` | {about} |"


def rows(name: str) -> list[str]:
    found = command(name)
    context = click.Context(found, info_name=name, show_default=True)
    options = [param for param in found.params if isinstance(param, click.Option)]
    return [row(option, context) for option in options if option.opts[-1] not in EVERYWHERE]


def test_page_has_a_section_for_each_command() -> None:
    assert [name for name in sections() if name in COMMANDS] == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_section_has_the_usage_and_the_first_line_of_the_help(name: str) -> None:
    usage = command(name).collect_usage_pieces(click.Context(command(name)))

    assert f"    simulator {name} {' '.join(usage)}" in sections()[name]
    assert COMMANDS[name] in sections()[name]


@pytest.mark.parametrize("name", COMMANDS)
def test_section_has_the_options_of_the_help_and_no_others(name: str) -> None:
    written = [line for line in sections()[name].splitlines() if line.startswith("| `-")]

    assert written == rows(name), "\n".join(rows(name))


@pytest.mark.parametrize("name", COMMANDS)
def test_section_has_the_exit_codes(name: str) -> None:
    codes = ", ".join(str(code) for code in command(name).exits)

    assert f"Exit codes: {codes}." in sections()[name]


def test_page_says_what_each_exit_code_means() -> None:
    for code, about in EXIT_CODES.items():
        assert f"| {code} | {about} |" in sections()["Exit codes"]


def test_options_of_all_commands_are_said_once() -> None:
    context = click.Context(program)
    for option in program.params:
        if isinstance(option, click.Option):
            assert row(option, context) in sections()["Everywhere"]
