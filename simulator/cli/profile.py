"""`profile`: the mix that a real corpus is like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from simulator.cli import form, names, options

if TYPE_CHECKING:
    from simulator.corpus.likeness import Likeness


@form.command("profile")
@names.provider
@click.argument("file", type=options.EXISTING)
@options.env_file
def command(*, provider: str, file: Path) -> None:
    """
    Write the mix that a corpus is like, for `generate --mix`.

    FILE is JSON Lines, also compressed (.gz, .zst): a body a line, or what `generate --format requests` writes. Nothing
    of its texts is kept.
    """
    import json

    from simulator import catalog as catalogs
    from simulator.corpus import packing
    from simulator.corpus.likeness import Likeness
    from simulator.errors import InputError, Problem

    likeness, way = Likeness(catalogs.load(provider)), packing.way_of(file)
    try:
        with packing.opened(file, way) as stream:
            _see_all(stream, likeness, str(file))
    except packing.damage(way) as error:
        what, fix = f"the file cannot be read as {way}", "give one that is whole, or name it by what it is"
        raise InputError(Problem(code="broken-corpus", what=what, where=str(file), why=str(error), fix=fix)) from error
    for name, value in likeness.mix().items():
        # JSON is YAML, too; a key a line is easier to change.
        if not isinstance(value, dict):
            click.echo(f"{name}: {json.dumps(value)}")
            continue
        click.echo(f"{name}:")
        for key, inner in value.items():
            click.echo(f"  {json.dumps(key)}: {json.dumps(inner)}")
    click.echo(f"{likeness.count} payloads, and {likeness.unknown} that are like none of {provider}'s", err=True)


def _see_all(stream: BinaryIO, likeness: Likeness, file: str) -> None:
    from simulator.corpus.likeness import payload_of
    from simulator.errors import InputError, Problem

    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            likeness.see(*payload_of(line))
        except (ValueError, RecursionError) as error:
            raise InputError(
                Problem(
                    code="broken-corpus",
                    what="this line is no JSON",
                    where=f"{file}:{number}",
                    why=str(error),
                    fix="give JSON Lines: one body, or one request, a line",
                )
            ) from error
    if not likeness.count:
        raise InputError(
            Problem(
                code="broken-corpus",
                what="there is no payload of this provider in the file",
                where=file,
                why=f"{likeness.unknown} lines are like none of its events",
                fix="name the provider that sent them",
            )
        )
