"""What the REST API answers: its template filled in the sandbox or, to the same bytes, by what was compiled of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from simulator.catalog import BodyStyle
from simulator.errors import InputError
from simulator.render.encode import fragments
from simulator.render.slots import FAULTS, NotCompiledError, Program, compiled_template
from simulator.templates import Templates

SCOPE = ("answer", "call", "account", "ids", "now", "options")
"""The names that an answer's template may ask for."""


def fill_answer(templates: Templates, name: str, scope: Mapping[str, Any]) -> Any:
    """
    Give the JSON value of the answer of that name, filled in the sandbox.

    Raises:
        InputError: the template is broken.
    """
    return templates.json_of(_path(templates, name), scope)


def write_answer(templates: Templates, name: str, scope: Mapping[str, Any]) -> bytes | None:
    """Give the same value at once as bytes; None where only the sandbox can tell, or the value is null."""
    program = answer_program(templates, name)
    if isinstance(program, str):
        return None
    pieces: list[str] = []
    try:
        program.body(*[scope[each] for each in SCOPE], program.encode, pieces.append)
        body = "".join(pieces).encode("utf-8")
    except FAULTS:
        return None
    return None if body == b"null" else body


@lru_cache(maxsize=1024)
def answer_program(templates: Templates, name: str) -> Program | str:
    """Give the compiled template of an answer, or why there is none."""
    style = BodyStyle()
    try:
        return compiled_template(_path(templates, name), templates, SCOPE, fragments(style), style.separators)
    except (NotCompiledError, InputError) as error:
        # Where it is broken the sandbox tells, which reads it as well.
        return str(error)


def _path(templates: Templates, name: str) -> Path:
    return templates.catalog.folder / "api" / f"{name}.json.j2"
