"""`profile`: the mix that a real corpus is like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from simulator.cli import form, names, options

if TYPE_CHECKING:
    from simulator.corpus.likeness import Likeness

TOLD = 10
"""So many broken lines are told one by one."""
LONGEST_BYTES = 16 * 1_048_576
"""What is longer than this is no payload."""


@form.command("profile")
@names.provider
@click.argument("file", type=options.EXISTING)
@options.env_file
def command(*, provider: str, file: Path) -> None:
    """
    Write the mix that a corpus is like, for `generate --mix`.

    FILE is JSON Lines, also compressed (.gz, .zst): a body a line, or what `generate --format requests` writes. Nothing
    of its texts is kept. Lines that are no JSON are told, counted and passed over.
    """
    import json

    from simulator import catalog as catalogs
    from simulator.corpus import packing
    from simulator.corpus.likeness import Likeness
    from simulator.errors import InputError, Problem

    likeness, way = Likeness(catalogs.load(provider)), packing.way_of(file)
    try:
        with packing.opened(file, way) as stream:
            broken = _see_all(stream, likeness, str(file))
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
    told = f"{likeness.count} payloads, and {likeness.unknown} that are like none of {provider}'s"
    click.echo(f"{told}; {broken} lines are no JSON" if broken else told, err=True)


def _see_all(stream: BinaryIO, likeness: Likeness, file: str) -> int:
    """Look at all lines; tell those that are no JSON, the first of them one by one, and give how many there are."""
    from simulator.corpus.likeness import payload_of
    from simulator.errors import InputError, Problem

    broken = 0
    for number, line in enumerate(iter(lambda: _line(stream), b""), 1):
        if not line.strip():
            continue
        try:
            likeness.see(*payload_of(line))
        except (ValueError, RecursionError) as error:
            broken += 1
            if broken <= TOLD:
                click.echo(f"{file}:{number}: this line is no JSON and is passed over: {error}", err=True)
    if not likeness.count:
        raise InputError(
            Problem(
                code="broken-corpus",
                what="there is no payload of this provider in the file",
                where=file,
                why=f"{likeness.unknown} lines are like none of its events, and {broken} are no JSON",
                fix="give JSON Lines: one body, or one request, a line; and name the provider that sent them",
            )
        )
    return broken


def _line(stream: BinaryIO) -> bytes:
    """Give the next line; of one that is longer than any payload its beginning, so that no file fills the memory."""
    line = stream.readline(LONGEST_BYTES)
    rest = line
    while rest and len(rest) == LONGEST_BYTES and not rest.endswith(b"\n"):
        rest = stream.readline(LONGEST_BYTES)
    return line
