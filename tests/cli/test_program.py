from __future__ import annotations

import inspect
import re
from pathlib import Path

import click
import pytest

import simulator
from simulator.cli.program import COMMANDS, program
from tests.cli.conftest import Simulate, imported_by

FOLDER = Path(simulator.__file__).parent / "cli"


def command(name: str) -> click.Command:
    found = program.get_command(click.Context(program), name)
    assert found is not None
    return found


def test_every_command_is_listed() -> None:
    declaring = re.compile(r'^@form\.command\("([a-z]+)"', re.MULTILINE)
    declared = {name for path in FOLDER.glob("*.py") for name in declaring.findall(path.read_text("utf-8"))}

    assert declared == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_line_in_the_list_is_the_first_of_the_help(name: str) -> None:
    assert command(name).name == name
    assert inspect.cleandoc(command(name).help or "").splitlines()[0] == COMMANDS[name]


def test_help_lists_commands_and_exit_codes(simulate: Simulate) -> None:
    done = simulate("--help")

    assert done.code == 0
    for name in COMMANDS:
        assert any(line.startswith(f"  {name} ") for line in done.lines)
    assert any(line.startswith("  130  interrupted") for line in done.lines)


def test_help_imports_no_command() -> None:
    found = imported_by("--help")

    assert not {f"simulator.cli.{name}" for name in COMMANDS} & found
    assert not {"yaml", "jinja2", "faker", "asyncio", "pydantic", "rich"} & found


def test_unknown_command_is_told_with_the_nearest(simulate: Simulate) -> None:
    done = simulate("rendr")

    assert done.code == 2
    assert done.err == 'simulator: unknown command "rendr"   [unknown-command]\n  fix:  did you mean "render"?\n'
