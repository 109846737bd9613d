"""`journal`: what a run wrote with `--journal`, searched and exported."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import click

from simulator.cli import form, options


@form.command("journal", exits=(0, 2, 3))
@click.argument(
    "file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False, readable=False, allow_dash=True)
)
@click.option("--kind", "kinds", metavar="KIND", multiple=True, help="Only entries of this kind. Repeatable.")
@click.option("--scenario", metavar="TEXT", help="Only entries of stories with this in their name.")
@click.option("--story", type=options.whole(0), metavar="N", help="Only entries of this story of the run; 0: of none.")
@click.option("--actor", metavar="TEXT", help="Only entries that name this actor, or her id.")
@click.option(
    "--canonical", is_flag=True, help="Only what hangs on seed and start, in an order that hangs on them too."
)
@options.as_json
def command(
    *,
    file: Path,
    kinds: tuple[str, ...],
    scenario: str | None,
    story: int | None,
    actor: str | None,
    canonical: bool,
    as_json: bool,
) -> int:
    """
    Search and export what a run wrote with --journal.

    Without a filter it shows all entries, a line each. FILE may be - for standard input. The canonical journal is the
    same bytes whenever a suite is played with the same seed and start, side by side or not, however fast the bot is.
    """
    with _opened(file) as stream:
        if canonical:
            _refuse_filters(kinds, scenario, actor)
            _print_canonical(stream, str(file), story)
        else:
            wanted = Wanted(frozenset(kinds), scenario or "", story, actor or "")
            _print_entries(stream, str(file), wanted, as_json=as_json)
        _tell_cut(stream)
    return 0


class Wanted:
    """Which entries are wanted; what is empty asks for nothing."""

    def __init__(self, kinds: frozenset[str], scenario: str, story: int | None, actor: str) -> None:
        """Ask for these."""
        self._kinds = {kind.casefold() for kind in kinds}
        self._scenario = scenario.casefold()
        self._story = story
        self._actor = actor
        self._ids: set[str] = {actor} if actor else set()

    def fits(self, entry: Mapping[str, Any]) -> bool:
        """True where the entry is one of them; what it tells of the actor's id is remembered for those behind it."""
        self._learn(entry)
        return (
            (not self._kinds or str(entry["kind"]).casefold() in self._kinds)
            and self._scenario in str(entry.get("scenario", "")).casefold()
            and (self._story is None or entry.get("story", 0) == self._story)
            and (not self._ids or not self._ids.isdisjoint(_texts(entry.get("data"))))
        )

    def _learn(self, entry: Mapping[str, Any]) -> None:
        data = entry.get("data")
        if self._actor and entry["kind"] == "ReplySeen" and isinstance(data, dict) and data.get("actor") == self._actor:
            reply = data.get("reply")
            if isinstance(reply, dict):
                self._ids.add(str(reply.get("to")))


def _print_entries(stream: IO[bytes], where: str, wanted: Wanted, *, as_json: bool) -> None:
    from simulator import codec, journal
    from simulator.cli.output import say
    from simulator.report.text import shortened, visible
    from simulator.units import iso8601

    count, has_any, kinds = 0, False, set()
    for entry in journal.read_lines(journal.whole_lines(stream), where):
        count += 1
        kinds.add(str(entry["kind"]))
        if not wanted.fits(entry):
            continue
        has_any = True
        if as_json:
            say(codec.dumps(entry))
            continue
        place = f"{entry.get('story', 0):>3}  {iso8601(entry['at_ms'])}  {entry['kind']:<17} "
        say(place + shortened(visible(codec.dumps(entry.get("data"))), LONGEST_DATA))
    if not has_any:
        _tell_none(count, kinds)


def _tell_none(count: int, kinds: Iterable[str]) -> None:
    """Say that nothing was shown, and of what kinds the entries are."""
    from simulator.cli.output import note
    from simulator.report.text import shortened, visible

    known = shortened(visible(", ".join(sorted(kinds))), LONGEST_DATA)
    note(f"none of {count} entries fits; their kinds are: {known}" if count else "the journal holds no entry")


def _print_canonical(stream: IO[bytes], where: str, story: int | None) -> None:
    from simulator import canonical
    from simulator.cli.output import say

    beginning = f'{{"story":{story},'
    for line in canonical.lines(stream, where):
        if story is None or line.startswith(beginning):
            say(line)


KEPT_BYTES = 10_000_000
"""So much of standard input is kept in memory before it goes into a file."""

LONGEST_DATA = 300
"""Characters of what an entry holds, where people read; `--json` has all of it."""


def _opened(file: Path) -> IO[bytes]:
    """
    Give the file, from which one can read twice; standard input is kept in a file for that.

    Raises:
        InputError: it cannot be opened.
    """
    import shutil
    import sys
    import tempfile

    from simulator.errors import InputError, Problem

    if str(file) == "-":
        kept: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=KEPT_BYTES)  # noqa: SIM115 - the caller closes it
        shutil.copyfileobj(sys.stdin.buffer, kept)
        kept.seek(0)
        return kept
    try:
        return file.open("rb")
    except OSError as error:
        raise InputError(
            Problem(
                code="unreadable-file",
                what="the journal cannot be read",
                where=str(file),
                why=error.strerror or str(error),
                fix="name a file that a run wrote: simulator run PATH --journal FILE",
            )
        ) from error


def _tell_cut(stream: IO[bytes]) -> None:
    """Say so where the last line was passed over."""
    from simulator.cli.output import note

    if stream.seek(0, os.SEEK_END):
        stream.seek(-1, os.SEEK_END)
        if stream.read(1) != b"\n":
            note("! the last line has no end, since the run that wrote it was cut off; it is passed over")


def _refuse_filters(kinds: tuple[str, ...], scenario: str | None, actor: str | None) -> None:
    if kinds or scenario or actor:
        raise click.UsageError("the canonical journal is whole, or that of one --story; leave the other filters out")


def _texts(value: Any) -> Iterator[str]:
    """Give every text in a value, and every segment of those that are paths."""
    if isinstance(value, str):
        yield value
        yield from value.split("/") if "/" in value and len(value) < LONGEST_DATA else ()
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
