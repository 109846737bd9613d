"""What happened, one entry after another: told to whoever listens, and written to a file line by line."""

from __future__ import annotations

import os
import stat
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from simulator import codec
from simulator.codec import Redactor
from simulator.errors import InputError, Problem
from simulator.locks import is_locked
from simulator.records import Entry

Listener = Callable[[Entry], None]

LONGEST_LINE_BYTES = 100_000_000
"""No entry is longer; a longer line is something else, and is not read into memory."""

EARLIEST_MS, LATEST_MS = -62_135_596_800_000, 253_402_300_799_999
"""The times of the years 1 to 9999, in Unix milliseconds."""


class Journal:
    """Entries are only ever appended; the file on disk, the page and the reports all show these."""

    def __init__(
        self, clock_ms: Callable[[], float], *, writer: LineWriter | None = None, is_kept: bool = False
    ) -> None:
        """
        Begin empty. `clock_ms` gives the real time since the run began.

        A writer gets every entry and is closed with the journal. Entries stay in memory only where `is_kept` asks for
        it, so that a run of a million events needs no more of it than a short one; who needs them listens.
        """
        self._clock_ms = clock_ms
        self._entries: list[Entry] | None = [] if is_kept else None
        self._writer = writer
        self._listeners: list[Listener] = [] if writer is None else [writer.write]
        self._untold: deque[Entry] = deque()
        self._is_telling = False
        self._count = 0

    @property
    def entries(self) -> Sequence[Entry]:
        """
        All entries, oldest first. It grows: copy it to keep what it is now.

        Raises:
            LookupError: the journal keeps none.
        """
        if self._entries is None:
            raise LookupError("this journal keeps no entries; make it with is_kept=True, or subscribe")
        return self._entries

    @property
    def count(self) -> int:
        """How many entries there have been, in memory or not; the `seq` of the last one."""
        return self._count

    def append(
        self,
        kind: str,
        data: Any,
        *,
        at_ms: int,
        scenario: str = "",
        story: int = 0,
        provider: str = "",
        variant: str = "",
    ) -> Entry:
        """
        Give the new entry, once it is written and told; what it belongs to is said as in `Entry`.

        A listener that appends in its turn does not come between: everybody hears the entries in their order.

        Raises:
            InputError: the file cannot be written any more. It is raised once; later entries are told without a file.
        """
        self._count += 1
        entry = Entry(
            seq=self._count,
            kind=kind,
            at_ms=at_ms,
            real_ms=self._clock_ms(),
            scenario=scenario,
            data=data,
            story=story,
            provider=provider,
            variant=variant,
        )
        if self._entries is not None:
            self._entries.append(entry)
        self._untold.append(entry)
        if not self._is_telling:
            self._tell()
        return entry

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Give what ends the subscription; until then the listener gets every new entry."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def close(self) -> None:
        """Close the file, if there is one; so it is when it was closed before."""
        if self._writer is not None:
            self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _tell(self) -> None:
        failure: InputError | None = None
        self._is_telling = True
        try:
            while self._untold:
                entry = self._untold.popleft()
                for listener in tuple(self._listeners):
                    try:
                        listener(entry)
                    except InputError as error:
                        # Everybody else hears of the entry all the same.
                        failure = failure or error
        finally:
            self._is_telling = False
        if failure is not None:
            raise failure


class LineWriter:
    """A file of JSON Lines: each entry is a whole line on disk as soon as it has happened."""

    def __init__(self, path: str | Path, secrets: Redactor | None = None, *, file: IO[bytes] | None = None) -> None:
        """
        Begin the file anew, or write on a stream that is open and stays so.

        Raises:
            InputError: it cannot be opened, or another run writes it.
        """
        self._path = Path(path)
        self._secrets = secrets
        self._size_bytes = 0
        self._is_open, self._is_ours = True, file is None
        try:
            self._file = file if file is not None else self._begun()
        except OSError as error:
            raise InputError(self._problem(error, "name a file in a folder that may be written")) from error

    def write(self, entry: Entry) -> None:
        """
        Add the entry as one line.

        Raises:
            InputError: the disk is full, or the file is gone. The file then ends with the last whole line, and later
                calls do nothing.
        """
        if not self._is_open:
            return
        line = codec.dumps(entry, self._secrets).encode("ascii") + b"\n"
        try:
            self._write_whole(line)
        except BrokenPipeError:
            # Nobody reads on; the run goes on for its verdicts.
            self.close()
        except OSError as error:
            self._cut()
            self.close()
            raise InputError(self._problem(error, "make room, or name a file on another disk")) from error

    def close(self) -> None:
        """Close the file; so it is when it was closed before."""
        if self._is_open:
            self._is_open = False
            if self._is_ours:
                self._file.close()

    def _begun(self) -> IO[bytes]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("ab", buffering=0)
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            # Where a lock would keep others from reading what is written, there is none.
            if sys.platform != "win32" and not is_locked(file.fileno()):
                file.close()
                raise InputError(_taken(self._path))
            file.truncate(0)
        return file

    def _write_whole(self, line: bytes) -> None:
        done = 0
        while done < len(line):
            done += self._file.write(line[done:])
        self._file.flush()
        self._size_bytes += len(line)

    def _cut(self) -> None:
        if not self._is_ours:
            return
        try:
            os.truncate(self._file.fileno(), self._size_bytes)
        except OSError:
            # A pipe cannot be cut; whoever reads it passes over a line without an end.
            return

    def _problem(self, error: OSError, fix: str) -> Problem:
        return Problem(
            code="journal-not-written",
            what="the journal cannot be written",
            where=str(self._path),
            why=why_not_written(error),
            fix=fix,
        )


def _taken(path: Path) -> Problem:
    return Problem(
        code="journal-taken",
        what="another run writes this journal",
        where=str(path),
        why="what both of them write would be of no use",
        fix="wait for that run, or name another file",
    )


def why_not_written(error: OSError) -> str:
    """Give the reason in words that fit what was wanted: a folder, where something else has its name."""
    if isinstance(error, FileExistsError | NotADirectoryError):
        return "a part of its path is a file, not a folder"
    return error.strerror or str(error)


def read(path: str | Path) -> Iterator[Mapping[str, Any]]:
    """
    Give the entries of a JSON Lines file as maps, one after another.

    A last line without its end is passed over: the run that wrote it was cut off.

    Raises:
        InputError: there is no such file, or a line of it is no entry.
    """
    try:
        with Path(path).open("rb") as file:
            yield from read_lines(whole_lines(file), str(path))
    except OSError as error:
        raise InputError(
            Problem(
                code="unreadable-file",
                what="the journal cannot be read",
                where=str(path),
                why=error.strerror or str(error),
                fix="name a file that a run wrote",
            )
        ) from error


def whole_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Give the lines of a file; of one that is longer than any entry only so much that this can be told."""
    while line := file.readline(LONGEST_LINE_BYTES + 1):
        if len(line) > LONGEST_LINE_BYTES:
            piece = line
            while piece and not piece.endswith(b"\n"):
                piece = file.readline(LONGEST_LINE_BYTES)
            # What has no end at all was cut off, as the last line of any file may be.
            line = line if not piece or line.endswith(b"\n") else line + b"\n"
        yield line


def read_lines(lines: Iterable[bytes], where: str) -> Iterator[Mapping[str, Any]]:
    """
    Give the entries that these lines are, as `read`; `where` is how messages call what they come from.

    Raises:
        InputError: a line is no entry.
    """
    for number, line in enumerate(lines, start=1):
        if line.endswith(b"\n") and line.strip():
            yield _entry(line, f"{where}:{number}:1")


def _entry(line: bytes, where: str) -> Mapping[str, Any]:
    try:
        if len(line) > LONGEST_LINE_BYTES:
            raise ValueError(f"it is longer than {LONGEST_LINE_BYTES} bytes")
        found = codec.from_json(line)
        _check(found)
    except ValueError as error:
        raise InputError(
            Problem(
                code="broken-journal",
                what="this line is no journal entry",
                where=where,
                why=str(error),
                fix="name a file that a run wrote, or take the line out",
            )
        ) from error
    entry: Mapping[str, Any] = found
    return entry


def _check(entry: Any) -> None:
    """
    Return where this is an entry, whatever it tells.

    Raises:
        ValueError: it lacks something, or has it in another form.
    """
    if not isinstance(entry, dict) or "seq" not in entry or "kind" not in entry:
        raise ValueError("it is no map with `seq` and `kind`")
    at_ms, story = entry.get("at_ms", 0), entry.get("story", 0)
    if not isinstance(entry["kind"], str) or not isinstance(entry.get("scenario", ""), str):
        raise ValueError("its `kind` and its `scenario` are not texts")
    if not all(isinstance(each, int) for each in (entry["seq"], at_ms, story)):
        raise ValueError("its `seq`, `at_ms` and `story` are not whole numbers")
    if not EARLIEST_MS <= at_ms <= LATEST_MS:
        raise ValueError("its `at_ms` lies outside the years 1 to 9999")
