"""The JSON Schema of a project file: a table for each command, with what its options may be, and the targets."""

from __future__ import annotations

from typing import Any

import click

from simulator.cli.defaults import params_by_key
from simulator.cli.program import COMMANDS, program
from simulator.project import SHARED_FILE, TARGET_KEYS, TARGETS
from simulator.schema.draft import DRAFT

_SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}
_TEXTS: dict[str, Any] = {"type": "object", "additionalProperties": _SCALAR}
_BY_PROVIDER: dict[str, Any] = {"type": "object", "additionalProperties": {"anyOf": [_SCALAR, _TEXTS]}}
_SECRET: dict[str, Any] = {"type": "string", "pattern": r"^(\$\{[A-Za-z_][A-Za-z0-9_]*\}|file:.+)$"}
_TARGET: dict[str, dict[str, Any]] = {
    "endpoint": {"anyOf": [{"type": "string"}, _TEXTS]},
    "credentials": {
        "type": "object",
        "additionalProperties": {"anyOf": [_SECRET, {"type": "object", "additionalProperties": _SECRET}]},
    },
    "options": _BY_PROVIDER,
    "policy": {"type": "string"},
    "allow_hosts": {"type": "array", "items": {"type": "string"}},
    "pace": {"type": "string"},
}


def project_schema() -> dict[str, Any]:
    """Give the JSON Schema of a project file, from the commands' own options."""
    context = click.Context(program)
    tables = {name: _table(name, program.get_command(context, name)) for name in COMMANDS}
    properties = {name: _TARGET[name] | {"description": about} for name, about in TARGET_KEYS.items()}
    target = {"type": "object", "properties": properties, "additionalProperties": False}
    tables[TARGETS] = {
        "description": "Places where a bot runs, by the names that --target takes.",
        "type": "object",
        "additionalProperties": target,
    }
    return {
        "$schema": DRAFT,
        "title": "Project of the webhook simulator",
        "description": f"simulator.toml, or the table [tool.simulator] of {SHARED_FILE}.",
        "type": "object",
        "properties": tables,
        "additionalProperties": False,
    }


def _table(name: str, command: click.Command | None) -> dict[str, Any]:
    params = params_by_key(command) if command is not None else {}
    return {
        "description": f"What the options of `simulator {name}` are where the command line does not say.",
        "type": "object",
        "properties": {key: _value(param) for key, param in params.items()},
        "additionalProperties": False,
    }


def _value(param: click.Parameter) -> dict[str, Any]:
    about = {"description": param.help} if isinstance(param, click.Option) and param.help else {}
    return about | _shape(param)


def _shape(param: click.Parameter) -> dict[str, Any]:
    if getattr(param, "is_flag", False):
        return {"type": "boolean"}
    if getattr(param, "count", False):
        return {"type": ["integer", "boolean"]}
    if getattr(param, "multiple", False) or param.nargs == -1:
        return {"anyOf": [{"type": "array", "items": _SCALAR}, _SCALAR, _BY_PROVIDER]}
    if isinstance(param.type, click.Choice):
        return {"enum": list(param.type.choices)}
    return _SCALAR
