"""What options are where the command line does not say: from `--env-file` or the project file; and whence each is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from simulator.errors import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    from simulator.project import Project

_PROJECT = "simulator.cli.project"
_PLACES = "simulator.cli.places"

COMMAND_LINE = "command line"

NOT_IN_A_FILE = frozenset({"help", "color", "debug"})
"""Options that say how the program behaves, whatever the project."""


def project_of(ctx: click.Context) -> Project | None:
    """
    Give the project whose file lies nearest, from the working directory upwards; None where there is none.

    Raises:
        InputError: the file is wrong, or that directory is gone.
    """
    if _PROJECT not in ctx.meta:
        from simulator import project

        file = project.find(_here())
        ctx.meta[_PROJECT] = project.read(file, _command_names()) if file is not None else None
    found: Project | None = ctx.meta[_PROJECT]
    return found


def _here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        problem = Problem(
            code="unreadable-file",
            what="the folder in which this was started is there no more",
            why=error.strerror or str(error),
            fix="change into a folder that is there",
        )
        raise InputError(problem) from error


def take_project(ctx: click.Context) -> None:
    """
    Let the project file's values for this command be the defaults of its options.

    The tables of the other commands are looked through as well: what is wrong there is told now, and not on the day
    when somebody uses them.

    Raises:
        InputError: a key is no option of its command, or holds what no option can; all such are in it.
    """
    found = project_of(ctx)
    if found is None:
        return
    own = ctx.command.name or ""
    problems: list[Problem] = []
    for name in found.commands:
        command = ctx.command if name == own else _command(name)
        defaults, wrong = _table(found, name, params_by_key(command))
        problems += wrong
        if name == own:
            add(ctx, defaults, {param: found.place(name, key) for key, param in _names(params_by_key(command)).items()})
    if problems:
        raise InputError(*problems)


def _table(found: Project, name: str, params: Mapping[str, click.Parameter]) -> tuple[dict[str, Any], list[Problem]]:
    """Give option → value of the table for a command, and what is wrong in it."""
    defaults: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in found.commands[name].items():
        where = found.place(name, key)
        if key not in params:
            why = f"simulator {name} has: {', '.join(params)}"
            fix = did_you_mean(key, params, f"see: simulator {name} --help")
            problems.append(
                Problem(code="unknown-key", what=f'unknown option "{key}"', where=where, at=name, why=why, fix=fix)
            )
            continue
        try:
            defaults[str(params[key].name)] = _default(params[key], value, found.folder)
        except ValueError as error:
            at = f"{name}.{key}"
            problems.append(Problem(code="wrong-type", what=str(error), where=where, at=at, fix=_shape(params[key])))
    return defaults, problems


def add(ctx: click.Context, defaults: Mapping[str, Any], places: Mapping[str, str]) -> None:
    """Let these be the defaults of options by their names, over those that were added before; `places` are theirs."""
    ctx.default_map = {**(ctx.default_map or {}), **defaults}
    known = ctx.meta.setdefault(_PLACES, {})
    known.update({name: places[name] for name in defaults})


def place_of(ctx: click.Context, param: click.Parameter) -> str:
    """Give where the value of an option was written; empty where it is the built-in default."""
    source = ctx.get_parameter_source(str(param.name))
    if source is ParameterSource.COMMANDLINE:
        return COMMAND_LINE
    if source is ParameterSource.ENVIRONMENT:
        return str(param.envvar)
    if source is ParameterSource.DEFAULT_MAP:
        return str(ctx.meta.get(_PLACES, {}).get(str(param.name), ""))
    return ""


def folder_of(ctx: click.Context, name: str) -> str:
    """Give the folder of the project file where that is what says an option; empty where somebody else does."""
    from simulator.project import shown

    found = project_of(ctx)
    place = ctx.meta.get(_PLACES, {}).get(name)
    is_default = ctx.get_parameter_source(name) is ParameterSource.DEFAULT_MAP
    if found is None or not is_default or place != found.place(ctx.command.name or "", name):
        return ""
    return shown(found.folder)


def told(ctx: click.Context) -> Iterator[str]:
    """Give a line for each option that somebody set: its value and where it came from."""
    for param in ctx.command.params:
        place = place_of(ctx, param)
        if place and isinstance(param, click.Option) and param.expose_value:
            value = ctx.params.get(str(param.name))
            is_secret = param.name == "credentials"
            shown = [f"{name}=…" for name, _ in value or ()] if is_secret else values_of(param, value)
            yield " ".join([param.opts[-1], *shown, f"({place})"])


def values_of(param: click.Option, value: Any) -> list[str]:
    """Give the values of an option as they are written on a command line; none for a flag."""
    if param.is_flag:
        return []
    return [_written(param.opts[-1], each) for each in (value if param.multiple else [value])]


def _written(name: str, value: Any) -> str:
    if name == "--listen":
        return f"{value[0]}:{value[1]}"
    if name == "--wait-for-endpoint":
        return f"{value}ms"
    return "=".join(each for each in value if each) if isinstance(value, tuple) else str(value)


def params_by_key(command: click.Command) -> dict[str, click.Parameter]:
    """Give what a project file may set of a command: an option's longest name without dashes, an argument's own."""
    found: dict[str, click.Parameter] = {}
    for param in command.params:
        if isinstance(param, click.Option):
            key = max(param.opts, key=len).lstrip("-")
            if key not in NOT_IN_A_FILE:
                found[key] = param
        elif param.nargs == -1:
            found[str(param.name)] = param
    return found


def _names(params: Mapping[str, click.Parameter]) -> dict[str, str]:
    return {key: str(param.name) for key, param in params.items()}


def _command(name: str) -> click.Command:
    from simulator.cli.program import program

    command = program.get_command(click.Context(program), name)
    assert command is not None
    return command


def _command_names() -> list[str]:
    from simulator.cli.program import COMMANDS

    return list(COMMANDS)


def _default(param: click.Parameter, value: Any, folder: Path) -> Any:
    """
    Give a value of the file as click takes it; relative paths begin at the file's folder.

    Raises:
        ValueError: it is of another kind than the option.
    """
    from simulator.project import flat

    if getattr(param, "multiple", False) or param.nargs == -1:
        if isinstance(value, dict):
            value = [f"{name}={_scalar(each)}" for name, each in flat(value).items()]
        return [_placed(param, _scalar(each), folder) for each in (value if isinstance(value, list) else [value])]
    if isinstance(value, dict | list):
        raise ValueError("this option takes one value")
    if getattr(param, "is_flag", False) and not isinstance(value, bool):
        raise ValueError("this option is true or false")
    if getattr(param, "count", False):
        if not isinstance(value, int):
            raise ValueError("this option is a number, or true")
        return int(value)
    return _placed(param, _scalar(value), folder)


def _scalar(value: Any) -> str:
    from simulator.project import written

    if isinstance(value, dict | list):
        raise ValueError("this option takes a text or a number")
    return written(value)


def _placed(param: click.Parameter, text: str, folder: Path) -> str:
    from simulator.project import shown

    if param.name == "reports":
        kind, equals, file = text.partition("=")
        return f"{kind}{equals}{shown(folder / file)}" if file not in ("", "-") else text
    is_path = isinstance(param.type, click.Path) and text != "-"
    return shown(folder / text) if is_path else text


def _shape(param: click.Parameter) -> str:
    key = max(param.opts, key=len).lstrip("-")
    if getattr(param, "is_flag", False):
        return f"write {key} = true"
    if getattr(param, "multiple", False) or param.nargs == -1:
        return f'write {key} = ["…"]'
    return f'write {key} = "…"'
