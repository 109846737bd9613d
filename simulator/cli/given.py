"""What a person gives on the command line, read into what the rest of the house works with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem, did_you_mean

ELSEWHERE = ("file:", "@", "env:")
"""With these a credential begins that is not itself on the command line."""

LONGEST_SECRET = 65_536
"""Bytes of a credential's file; a longer one is something else."""


def credentials_of(
    pairs: Iterable[tuple[str, str]],
    variables: Mapping[str, str],
    place_of: Callable[[str], tuple[str, str]] = lambda name: ("--credential", name),
) -> dict[str, str]:
    """
    Give name → value of `--credential`.

    `file:PATH` and `@PATH` are the file's text without the line end at its end, `env:NAME` is a variable. `place_of`
    gives where a credential of that name was asked for: the option or the line of a file, and the place in it.

    Raises:
        InputError: a file cannot be read, or a variable is not set or empty; all such are in it.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for name, text in pairs:
        try:
            found[name] = _secret(text, variables)
        except InputError as error:
            where, at = place_of(name)
            problems += [replace(problem, where=where, at=at) for problem in error.problems]
    if problems:
        # What a target says once may be meant for several providers.
        raise InputError(*dict.fromkeys(problems))
    return found


def _secret(text: str, variables: Mapping[str, str]) -> str:
    path = text.removeprefix("@") if text.startswith("@") else text.removeprefix("file:")
    if path != text:
        return _file_text(path)
    variable = text.removeprefix("env:")
    if variable == text:
        return text
    # CI services give an empty text for a secret that they keep from a branch, or from a fork.
    if not variables.get(variable):
        raise InputError(
            Problem(
                code="unset-variable",
                what=f'the variable "{variable}" is {"empty" if variable in variables else "not set"}',
                fix=did_you_mean(
                    variable,
                    variables.keys() - {variable},
                    "set it, or give it by --env-file where the command has that",
                ),
            )
        )
    return variables[variable]


def _file_text(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            content = file.read(LONGEST_SECRET + 1)
        if len(content) > LONGEST_SECRET:
            raise ValueError(f"it holds more than {LONGEST_SECRET} bytes")
        return content.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        problem = Problem(code="unreadable-file", what="the file cannot be read", why=why)
        raise InputError(replace(problem, fix=f'look at the path "{path}"')) from error


def overrides_of(settings: Iterable[tuple[str, str]], merge: Path | None) -> dict[str, Any]:
    """
    Give dotted path → value of `--merge` and, after it, of `--set`.

    Values are read as YAML scalars or flow: `42`, `true`, `"42"`, `[a, b]`. What a merged file holds may be new.

    Raises:
        InputError: the file cannot be read, or holds no map.
    """
    from simulator import documents

    found: dict[str, Any] = {}
    if merge is not None:
        value = documents.read_file(merge).plain()
        if not isinstance(value, dict):
            raise InputError(
                Problem(
                    code="not-a-map",
                    what="the file to merge holds no map",
                    where=str(merge),
                    why="its keys are laid over those of the body",
                    fix="write {name: value}",
                )
            )
        found.update(_leaves(value, ()))
    for path, text in settings:
        found[path] = documents.parse_value(text)
    return found


def _leaves(value: Mapping[str, Any], above: tuple[str, ...]) -> Iterable[tuple[str, Any]]:
    """Give path → value of all that is no map itself; lists are replaced as a whole."""
    from simulator import paths

    for key, inner in value.items():
        parts = (*above, str(key))
        if isinstance(inner, dict) and inner:
            yield from _leaves(inner, parts)
        else:
            yield f"+{paths.join(parts)}", inner


def told_at(error: InputError, where: str) -> InputError:
    """Give the same error; what has no place of its own is told at `where`."""
    return InputError(*(problem if problem.where else replace(problem, where=where) for problem in error.problems))
