"""The reports that a person asked for: opened before the run, closed however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from simulator.clock import wall_ms
from simulator.codec import Redactor
from simulator.errors import InputError, Problem
from simulator.journal import why_not_written
from simulator.records import Entry, StoryResult
from simulator.report.formats import FORMATS, Making, Report, make

STDOUT = "-"

IN_FOLDER = {"html": "run.html", "junit": "junit.xml", "json": "run.json"}
"""Format → the file of it in the folder of `--reports`; the journal is there too."""

JOURNAL = "journal.jsonl"


class Wanted(NamedTuple):
    """One report that is asked for."""

    format: str
    file: str
    """Where it is written; `-` is standard output, and empty where the format stands beside what people read."""


class Reports:
    """All reports of a run; they listen to its journal."""

    def __init__(self, reports: Sequence[tuple[Report, _Target]]) -> None:
        """Take them, each with what it writes to."""
        self._reports = reports

    def __call__(self, entry: Entry) -> None:
        """Tell each what the journal tells."""
        for report, _ in self._reports:
            report(entry)

    def close(self, *, error: str = "", exit_code: int = 0, problems: Sequence[Problem] = ()) -> None:
        """
        Close each, also where another cannot be written; `problems` are those that the error tells.

        Raises:
            InputError: with what could not be written.
        """
        # What is on the stack is done, from its end, also where something of it raises.
        with contextlib.ExitStack() as left:
            for report, target in reversed(self._reports):
                left.callback(target.close)
                end = partial(report.close, error=error, exit_code=exit_code, problems=problems)
                left.callback(target.last, end)
        lost = [target.problem for _, target in self._reports if target.problem is not None]
        if lost:
            raise InputError(*lost)


class _Target:
    """What a report writes to; trouble is kept until the end, since a run does not end for it."""

    def __init__(self, path: Path | None, standard: TextIO) -> None:
        self._path = path
        self.problem: Problem | None = None
        self._write: Callable[[str], object] = standard.write
        self._close: Callable[[], object] = standard.flush
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            stream = path.open("w", encoding="utf-8", newline="\n", errors="backslashreplace")
            self._write, self._close = stream.write, stream.close

    def write(self, text: str) -> None:
        if self.problem is None:
            with self._noticing():
                self._write(text)

    def last(self, end: Callable[[], None]) -> None:
        """Let the report write what is left, here or to a file of its own."""
        with self._noticing():
            end()

    def close(self) -> None:
        with self._noticing():
            self._close()

    @contextlib.contextmanager
    def _noticing(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            self.problem = self.problem or not_written(
                error, error.filename or self._path or "standard output", "make room, or name a file on another disk"
            )


def with_folder(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give what a command line says, with the reports and the journal that `--reports` asks for among those named."""
    folder: Path | None = given.get("folder")
    if folder is None:
        return given
    reports = [*given["reports"], *(Wanted(name, str(folder / file)) for name, file in IN_FOLDER.items())]
    return {**given, "reports": reports, "journal": given.get("journal") or folder / JOURNAL}


def open_reports(
    wanted: Sequence[Wanted],
    *,
    secrets: Redactor,
    versions: Mapping[str, str],
    reproduce: Callable[[StoryResult], str],
    is_error: bool = False,
) -> Reports:
    """
    Give the reports, each of which can be written; one that is asked for twice is written once.

    With `is_error` what people read goes to standard error, and so does what stands beside it.

    Raises:
        InputError: a file cannot be made; that is told before the run, not after it.
    """
    opened = []
    for each in dict.fromkeys(wanted):
        path = Path(each.file) if each.file not in ("", STDOUT) else None
        try:
            target = _Target(path, sys.stderr if is_error and not each.file else sys.stdout)
            making = Making(
                write=target.write,
                secrets=secrets,
                versions=versions,
                start_ms=wall_ms(),
                reproduce=reproduce,
                environment=os.environ,
            )
            opened.append((make(each.format, making), target))
        except BrokenPipeError:
            raise
        except OSError as error:
            fix = "name a file in a folder that may be written"
            raise InputError(not_written(error, error.filename or each.file, fix)) from error
    return Reports(opened)


def read_wanted(text: str) -> Wanted:
    """
    Give the report that `json=run.json` asks for.

    Raises:
        ValueError: the format is unknown, or there is no file.
    """
    name, separator, file = text.partition("=")
    if name not in FORMATS:
        raise ValueError(f'"{name}" is no format of a report; there are: {", ".join(FORMATS)}')
    if not file and (separator or not FORMATS[name].is_beside):
        raise ValueError(f"{name} needs a file: {name}=FILE, or {name}=- for standard output")
    return Wanted(name, file)


def not_written(error: OSError, path: object, fix: str) -> Problem:
    """Give the problem of a report for which there is no room, or no right."""
    return Problem(
        code="report-not-written",
        what="the report cannot be written",
        where="--report",
        at=str(path),
        why=why_not_written(error),
        fix=fix,
    )
