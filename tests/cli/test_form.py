from __future__ import annotations

import click
import pytest

from simulator.cli import form
from simulator.cli.program import COMMANDS, program
from tests.cli.conftest import Simulate


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_lists_exit_codes_and_environment(simulate: Simulate, name: str) -> None:
    done = simulate(name, "--help")

    assert done.code == 0
    assert "Exit codes:" in done.lines
    assert f"SIMULATOR_{name.upper()}_OPTION" in done.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_tells_what_each_of_its_exit_codes_means(simulate: Simulate, name: str) -> None:
    command = program.get_command(click.Context(program), name)
    assert isinstance(command, form.Command)

    lines = simulate(name, "--help").lines
    listed = lines[lines.index("Exit codes:") + 1 : lines.index("Environment:")]

    assert {0, 2, 3} <= set(command.exits)
    assert [line.split(maxsplit=1) for line in listed if line] == [
        [str(code), form.EXIT_CODES[code]] for code in command.exits
    ]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_help_and_a_variable_of_its_own(name: str) -> None:
    command = program.get_command(click.Context(program), name)
    assert command is not None
    options = [param for param in command.params if isinstance(param, click.Option)]

    assert all(option.help for option in options)
    assert len({option.envvar for option in options}) == len(options)


def test_variable_is_named_after_command_and_option() -> None:
    assert form.variable_of("run", click.Option(["-x", "--fail-fast"])) == "SIMULATOR_RUN_FAIL_FAST"


def test_manner_is_understood_before_and_after_the_command(simulate: Simulate) -> None:
    before = simulate("--color", "never", "list")
    after = simulate("list", "--color", "never")

    assert before.code == after.code == 0


def test_option_is_read_from_the_environment(simulate: Simulate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMULATOR_RENDER_SEED", "9")
    monkeypatch.setenv("SIMULATOR_RENDER_SET", "message.text=one silent=true")
    by_environment = simulate("render", "viber", "message/text")
    monkeypatch.undo()

    words = ["--seed", "9", "--set", "message.text=one", "--set", "silent=true"]
    assert by_environment.raw == simulate("render", "viber", "message/text", *words).raw
