"""The entries of stories that are played side by side, told one story after another."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from typing import IO

from simulator.journal import Listener
from simulator.records import Entry

KEPT_ENTRIES = 2_000
"""So many entries of a story that has to wait are held in memory; the others wait in a file."""


MOST_AT_ONCE = 5_000
"""So many entries are told at once while stories are still played: that takes a fraction of a second."""


class InOrder:
    """
    Tells a listener one story after another, in the order of the suite, though several are played side by side.

    The first that has not ended is told as it happens, those behind it are held until it has. What belongs to no story
    is told at once; what an audit plays again is not told, since its findings are. Where one of those that were held is
    so long that telling it would keep the others waiting, it and all behind it are told when the run is over.
    """

    def __init__(self, listener: Listener) -> None:
        """Hold nothing yet."""
        self._listener = listener
        self._turn = 1
        self._held: dict[int, Held] = {}
        self._ended: set[int] = set()
        self._has_stopped = False

    def __call__(self, entry: Entry) -> None:
        """Tell the entry, or hold it until its story's turn comes."""
        if entry.variant:
            return
        if entry.kind == "RunFinished":
            self.finish()
        if entry.story == 0 or (entry.story == self._turn and not self._has_stopped):
            self._listener(entry)
        else:
            self._held.setdefault(entry.story, Held()).add(entry)
        if entry.kind == "StoryFinished":
            self._ended.add(entry.story)
            self._go_on()

    def finish(self) -> None:
        """Tell all that is held: nothing more will come of a story."""
        for story in sorted(self._held):
            self._release(story)

    def _go_on(self) -> None:
        while self._turn in self._ended and not self._has_stopped:
            self._ended.remove(self._turn)
            self._turn += 1
            held = self._held.get(self._turn)
            self._has_stopped = held is not None and len(held) > MOST_AT_ONCE
            if not self._has_stopped:
                self._release(self._turn)

    def _release(self, story: int) -> None:
        if story in self._held:
            for entry in self._held.pop(story).take():
                self._listener(entry)


class Held:
    """The entries of one story that waits, a few in memory and the rest in a file; only that many bytes are needed."""

    def __init__(self) -> None:
        """Hold nothing."""
        self._entries: list[Entry | int] = []
        """Each entry, or where in the file it begins."""
        self._file: IO[bytes] | None = None
        self._size_bytes = 0

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self._entries)

    def add(self, entry: Entry) -> None:
        """Hold the entry behind the others."""
        content = self._written(entry) if len(self._entries) >= KEPT_ENTRIES else None
        self._entries.append(entry if content is None else self._put_aside(entry, content))

    def take(self) -> Iterator[Entry]:
        """Give all of them in their order, and hold nothing any more."""
        entries, self._entries = self._entries, []
        for each in entries:
            if isinstance(each, Entry):
                yield each
            elif self._file is not None:
                self._file.seek(each)
                # Nobody else has written there: the file has no name.
                yield pickle.load(self._file)
        if self._file is not None:
            self._file.close()
            self._file, self._size_bytes = None, 0

    def _put_aside(self, entry: Entry, content: bytes) -> Entry | int:
        """Give where in the file the entry is now, or the entry where the disk takes no more."""
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="simulator-", buffering=0)  # noqa: SIM115 - `take` closes it
            place = self._file.seek(self._size_bytes)
            if self._file.write(content) < len(content):
                return entry
        except OSError:
            return entry
        self._size_bytes += len(content)
        return place

    @staticmethod
    def _written(entry: Entry) -> bytes | None:
        """Give the entry as bytes; None for what can only be in memory, as the effects of calls are."""
        try:
            return pickle.dumps(entry, pickle.HIGHEST_PROTOCOL)
        except (TypeError, AttributeError, pickle.PicklingError):
            return None
