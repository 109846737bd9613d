"""A corpus on its way to a stream, a file or a folder: in order, with a hash, never more than a little in memory."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from simulator.corpus import packing
from simulator.corpus.making import Workers, batches
from simulator.corpus.manifest import Manifest, beside
from simulator.corpus.plan import BLOCK
from simulator.corpus.press import Batch
from simulator.errors import InputError, Problem

CHECKPOINT = 64 * BLOCK
"""After so many payloads the manifest says anew how far the corpus is."""

_BACK = 16
"""So many batches are given up, if need be, to make room for the manifest on a full disk."""

_NUMBERED = re.compile(r"[0-9]{10,}\.json(\.gz|\.zst)?")
"""The name of a file that holds one payload."""

Tell = Callable[[int], None]
"""Told how many payloads have been passed since it was last told."""


@dataclass(frozen=True, slots=True)
class State:
    """How far a corpus is."""

    passed: int
    written: int
    size: int
    stored: int
    digest: Any
    """SHA-256 of what is there, which can be copied."""

    def after(self, batch: Batch) -> State:
        """Give it as it is behind a batch."""
        digest, size = self.digest.copy(), self.size
        for piece in batch.pieces():
            digest.update(piece)
            size += len(piece)
        # Names are part of the digest alone.
        size -= sum(len(name.encode()) + 1 for name, _ in batch.files)
        stored = self.stored + len(batch.content if batch.stored is None else batch.stored)
        return State(self.passed + batch.passed, self.written + batch.count, size, stored, digest)

    def shown(self, manifest: Manifest) -> Manifest:
        """Give the manifest that tells it."""
        return replace(
            manifest,
            passed=self.passed,
            written=self.written,
            bytes=self.size,
            stored=self.stored,
            sha256=self.digest.hexdigest(),
        )


def begun() -> State:
    """Give the state of a corpus of which nothing is there."""
    return State(0, 0, 0, 0, hashlib.sha256())


class Sink(Protocol):
    """Where a corpus goes."""

    def put(self, batch: Batch) -> None:
        """Add a batch, or fail."""

    def finish(self) -> None:
        """Leave all that was put as something that can be read."""

    def back_to(self, state: State) -> State:
        """Leave what is whole, up to that state at the most, and give the state of it."""


def to_stream(made: Iterator[Batch], stream: BinaryIO, tell: Tell) -> None:
    """Write all batches to a stream."""
    for batch in made:
        _put(stream, batch.content if batch.stored is None else batch.stored)
        tell(batch.passed)
    stream.flush()


def to_place(manifest: Manifest, credentials: Mapping[str, str], path: Path, *, jobs: Workers, tell: Tell) -> Manifest:
    """
    Write a corpus to the file or folder that its format asks for; give the manifest of what is there.

    Raises:
        OSError: the system refuses.
        InputError, EndpointError: as `batches`.
    """
    if manifest.recipe.shape == "parquet":
        from simulator.corpus.tables import to_tables

        return to_tables(manifest, credentials, path, jobs=jobs, tell=tell)
    way = to_folder if manifest.recipe.shape == "files" else to_file
    return way(manifest, credentials, path, jobs=jobs, tell=tell)


def to_file(manifest: Manifest, credentials: Mapping[str, str], path: Path, *, jobs: Workers, tell: Tell) -> Manifest:
    """
    Write a corpus to a file, or go on where the manifest says that it is; give the manifest of what is there.

    Whatever breaks it off, whole lines are left, and a manifest that says how far it is.

    Raises:
        OSError: the system refuses.
        InputError, EndpointError: as `batches`.
    """
    with path.open("r+b" if manifest.passed else "wb", buffering=0) as stream:
        state = _read(stream, manifest, path) if manifest.passed else begun()
        stream.seek(state.stored)
        made = batches(manifest.recipe, credentials, manifest.first + state.passed, manifest.end, jobs)
        return written(manifest, made, state, _File(stream), beside(path), tell)


def to_folder(manifest: Manifest, credentials: Mapping[str, str], path: Path, *, jobs: Workers, tell: Tell) -> Manifest:
    """
    Write a corpus to a folder, a file for each payload; give the manifest of what is there.

    Raises:
        OSError: the system refuses.
        InputError, EndpointError: as `batches`.
    """
    path.mkdir(exist_ok=True)
    # What is written over may have had more files; they would be taken for a part of this corpus.
    for old in numbered(path / manifest.recipe.provider):
        old.unlink()
    made = batches(manifest.recipe, credentials, manifest.first, manifest.end, jobs)
    return written(manifest, made, begun(), _Folder(path, manifest.recipe.compress), beside(path), tell)


def numbered(path: Path) -> Iterator[Path]:
    """Give the files below a folder that hold one payload each."""
    for folder, _, names in os.walk(path):
        yield from (Path(folder, name) for name in names if _NUMBERED.fullmatch(name))


class _File:
    """One file, in which each batch stands behind the one before."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def put(self, batch: Batch) -> None:
        _put(self._stream, batch.content if batch.stored is None else batch.stored)

    def finish(self) -> None:
        """All is there."""

    def back_to(self, state: State) -> State:
        self._stream.truncate(state.stored)
        return state


class _Folder:
    """A tree of files, one for each payload."""

    def __init__(self, path: Path, compress: str) -> None:
        self._path = path
        self._ending = packing.ENDINGS.get(compress, "")
        self._pack = packing.packer(compress) if compress else bytes
        self._known: set[Path] = set()
        self._last: list[Path] = []

    def put(self, batch: Batch) -> None:
        self._last = []
        for name, content in batch.files:
            file = self._path / f"{name}{self._ending}"
            if file.parent not in self._known:
                file.parent.mkdir(parents=True, exist_ok=True)
                self._known.add(file.parent)
            self._last.append(file)
            file.write_bytes(self._pack(content))
        self._last = []

    def finish(self) -> None:
        """All is there."""

    def back_to(self, state: State) -> State:
        for file in self._last:
            file.unlink(missing_ok=True)
        self._last = []
        return state


def written(manifest: Manifest, made: Iterator[Batch], state: State, sink: Sink, path: Path, tell: Tell) -> Manifest:
    """
    Write all batches; give the manifest of what is there, which stands at that path, too.

    Whatever breaks it off, what is there is whole, and the manifest says how far it is.

    Raises:
        OSError: the system refuses.
        InputError, EndpointError: as `batches`.
    """
    recent = deque([state], maxlen=_BACK)
    _save(state.shown(manifest), path)
    saved = state.passed
    try:
        for batch in made:
            sink.put(batch)
            # One step, so that a signal finds it done or not done.
            recent.append(recent[-1].after(batch))
            tell(batch.passed)
            if recent[-1].passed - saved >= CHECKPOINT:
                _save(recent[-1].shown(manifest), path)
                saved = recent[-1].passed
        sink.finish()
    except BaseException:  # whatever it is, it goes on after the cleaning up
        _leave(manifest, recent, sink, path)
        raise
    finished = recent[-1].shown(manifest)
    _save(finished, path)
    return finished


def _leave(manifest: Manifest, recent: deque[State], sink: Sink, path: Path) -> None:
    """Take away what is not whole, and more where the manifest would not find room; say how far the corpus is."""
    while recent:
        with contextlib.suppress(OSError):
            _save(sink.back_to(recent.pop()).shown(manifest), path)
            return


def _put(stream: BinaryIO, content: bytes) -> None:
    """Write all of it: a raw file may take less at once."""
    rest = memoryview(content)
    while rest:
        rest = rest[stream.write(rest) or 0 :]


def _read(stream: BinaryIO, manifest: Manifest, path: Path) -> State:
    """
    Give the state of a file that is to be gone on with; what lies behind it is cut off.

    Raises:
        InputError: it is not what the manifest says.
    """
    stream.truncate(max(min(manifest.stored, stream.seek(0, os.SEEK_END)), 0))
    digest, compress = hashlib.sha256(), manifest.recipe.compress
    try:
        with packing.opened(path, compress) as content:
            while chunk := content.read(1 << 20):
                digest.update(chunk)
    except packing.damage(compress) as error:
        raise InputError(_differs(f"it cannot be read: {error}")) from error
    if digest.hexdigest() != manifest.sha256:
        raise InputError(_differs(f"the first {manifest.bytes} bytes have another SHA-256"))
    return State(manifest.passed, manifest.written, manifest.bytes, manifest.stored, digest)


def _differs(why: str) -> Problem:
    return Problem(
        code="corpus-differs",
        what="the file is not what its manifest says",
        where="--resume",
        why=why,
        fix="write it anew by --force",
    )


def _save(manifest: Manifest, path: Path) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(manifest.json(), encoding="ascii")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
