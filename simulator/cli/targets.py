"""The target of a project file that `--target` names: what it says where the command line does not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.defaults import project_of
from simulator.errors import InputError, Problem

if TYPE_CHECKING:
    from simulator.project import Target


def target_of(ctx: click.Context, name: str | None) -> Target | None:
    """
    Give the target of that name; None where none is named.

    Raises:
        InputError: there is no project file, or no such target in it.
    """
    if not name:
        return None
    project = project_of(ctx)
    if project is not None:
        return project.target(name)
    raise InputError(
        Problem(
            code="unknown-target",
            what=f'unknown target "{name}"',
            where="--target",
            why="targets stand in a project file, and there is none from here upwards",
            fix=f"write a simulator.toml with a table [targets.{name}]",
        )
    )


def credentials_under(target: Target | None, named: Mapping[str, str], chosen: Collection[str] = ()) -> dict[str, str]:
    """Give what the command line names over what the target has for the providers that are chosen; without any, all."""
    return _under(target.credentials if target is not None else {}, named, "credentials", chosen)


def options_under(target: Target | None, named: Mapping[str, Any], chosen: Collection[str] = ()) -> dict[str, Any]:
    """Give the options, as `credentials_under`."""
    return _under(target.options if target is not None else {}, named, "options", chosen)


def place_of_credential(
    ctx: click.Context, target: Target | None, named: Collection[str], name: str
) -> tuple[str, str]:
    """Give where a credential was asked for, and as what: a line of the project file and its key, or the option."""
    project = project_of(ctx)
    if target is None or project is None or name in named:
        return "--credential", name
    said = name if name in target.credentials else name.rpartition(".")[2]
    keys = ("targets", target.name, "credentials", *said.split("."))
    return project.place(*keys), ".".join(keys)


def told(ctx: click.Context, target: Target) -> Iterator[str]:
    """Give a line for each thing that the target says: what it is, and where it stands; no secret is in it."""
    project = project_of(ctx)
    assert project is not None
    place = partial(project.place, "targets", target.name)
    for name, url in target.endpoints.items():
        yield f"--endpoint {name and name + '='}{url} ({place('endpoint', name)})"
    for name, source in target.credentials.items():
        yield f"--credential {name}=…, from {source} ({place('credentials', *name.split('.'))})"
    for name, value in target.options.items():
        yield f"--option {name}={value} ({place('options', *name.split('.'))})"
    if target.policy:
        yield f"--policy {target.policy} ({place('policy')})"
    for host in target.allow_hosts:
        yield f"--allow-host {host} ({place('allow_hosts')})"
    if target.pace:
        yield f"--pace {target.pace} ({place('pace')})"


def _under(said: Mapping[str, str], named: Mapping[str, str], kind: str, chosen: Collection[str]) -> dict[str, str]:
    """
    Give what is named over what a target says; of that only what is for a provider that is chosen.

    A target is for all that run there. What it says without a provider is for each that has it, so that a run of some
    of them passes over what the others have.
    """
    found: dict[str, str] = {}
    for name, value in sorted(said.items(), key=lambda item: "." in item[0]):
        provider_id, _, own = name.rpartition(".")
        having = [provider_id] if provider_id else _having(own, kind)
        if own not in named:
            found |= {f"{each}.{own}": value for each in having if not chosen or each in chosen}
            # Nobody has it: that is told where it is used.
            found |= {} if having else {own: value}
    return found | dict(named)


def _having(name: str, kind: str) -> list[str]:
    from simulator import catalog

    return [each for each in catalog.names() if name in getattr(catalog.load(each), kind)]
