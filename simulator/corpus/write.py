"""A corpus on its way to a stream, a file or a folder: in order, with a hash, never more than a little in memory."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from simulator.corpus.manifest import Manifest, beside
from simulator.corpus.plan import BLOCK
from simulator.corpus.press import Batch, Press
from simulator.corpus.recipe import Recipe
from simulator.errors import InputError, Problem

CHECKPOINT = 64 * BLOCK
"""After so many payloads the manifest says anew how far the corpus is."""

Tell = Callable[[int], None]
"""Told how many payloads have been written since it was last told."""


def batches(recipe: Recipe, credentials: Mapping[str, str], first: int, end: int, jobs: int = 1) -> Iterator[Batch]:
    """
    Give the payloads from one number up to another, in order, made by so many processes.

    Raises:
        InputError: a template, a credential or an option is wrong.
    """
    blocks = range(first // BLOCK, -(-end // BLOCK))
    if recipe.shape == "json" and not recipe.count:
        yield Batch(count=0, content=b"[\n]\n")
    if jobs == 1 or len(blocks) <= 1:
        press = Press(recipe, credentials)
        for block in blocks:
            yield from press.batches(block, first, end)
        return
    with ProcessPoolExecutor(min(jobs, len(blocks)), initializer=_begin, initargs=(recipe, credentials)) as pool:
        try:
            waiting: deque[Future[list[Batch]]] = deque()
            for block in blocks:
                waiting.append(pool.submit(_work, block, first, end))
                # No more are made than will soon be written, or the memory would fill.
                if len(waiting) > 2 * jobs:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_PRESS: Press | None = None
"""That of a worker."""


def _begin(recipe: Recipe, credentials: Mapping[str, str]) -> None:
    import signal

    global _PRESS  # noqa: PLW0603 - what a worker process keeps between two blocks
    # Ctrl-C reaches all processes of a terminal; the one that writes ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _PRESS = Press(recipe, credentials)


def _work(block: int, first: int, end: int) -> list[Batch]:
    assert _PRESS is not None
    return list(_PRESS.batches(block, first, end))


@dataclass(frozen=True, slots=True)
class _State:
    """How far a corpus is."""

    done: int
    size: int
    digest: Any
    """SHA-256 of what is there, which can be copied."""

    def after(self, batch: Batch) -> _State:
        digest, size = self.digest.copy(), len(batch.content)
        digest.update(batch.content)
        for name, content in batch.files:
            digest.update(name.encode() + b"\0" + content)
            size += len(content)
        return _State(self.done + batch.count, self.size + size, digest)

    def shown(self, manifest: Manifest) -> Manifest:
        return manifest.at(self.done, self.size, self.digest.hexdigest())


def _put(stream: BinaryIO, content: bytes) -> None:
    """Write all of it: a raw file may take less at once."""
    rest = memoryview(content)
    while rest:
        rest = rest[stream.write(rest) or 0 :]


def to_stream(made: Iterator[Batch], stream: BinaryIO, tell: Tell) -> None:
    """Write all batches to a stream."""
    for batch in made:
        _put(stream, batch.content)
        tell(batch.count)
    stream.flush()


def to_file(manifest: Manifest, credentials: Mapping[str, str], path: Path, *, jobs: int, tell: Tell) -> Manifest:
    """
    Write a corpus to a file, or go on where the manifest says that it is; give the manifest of what is there.

    Whatever breaks it off, whole lines are left, and a manifest that says how far it is.

    Raises:
        OSError: the system refuses.
        InputError: as `batches`.
    """
    with path.open("r+b" if manifest.written else "wb", buffering=0) as stream:
        state = _read(stream, manifest) if manifest.written else _State(0, 0, hashlib.sha256())
        made = batches(manifest.recipe, credentials, manifest.first + state.done, manifest.end, jobs)

        def put(batch: Batch) -> None:
            _put(stream, batch.content)

        try:
            return _written(manifest, made, state, put, beside(path), tell)
        except _BrokenOffError as error:
            # What was written of a batch is taken away, so that whole lines are left; then there is room to say so.
            stream.truncate(error.state.size)
            _save(error.state.shown(manifest), beside(path))
            raise error.cause from None


def to_folder(manifest: Manifest, credentials: Mapping[str, str], path: Path, *, jobs: int, tell: Tell) -> Manifest:
    """
    Write a corpus to a folder, a file for each payload; give the manifest of what is there.

    Raises:
        OSError: the system refuses.
        InputError: as `batches`.
    """
    path.mkdir(exist_ok=True)
    known: set[Path] = set()

    def put(batch: Batch) -> None:
        for name, content in batch.files:
            file = path / name
            if file.parent not in known:
                file.parent.mkdir(parents=True, exist_ok=True)
                known.add(file.parent)
            file.write_bytes(content)

    made = batches(manifest.recipe, credentials, manifest.first, manifest.end, jobs)
    try:
        return _written(manifest, made, _State(0, 0, hashlib.sha256()), put, beside(path), tell)
    except _BrokenOffError as error:
        _save(error.state.shown(manifest), beside(path))
        raise error.cause from None


class _BrokenOffError(Exception):
    """The writing came to an end before its time."""

    def __init__(self, state: _State, cause: BaseException) -> None:
        super().__init__()
        self.state = state
        self.cause = cause


def _written(
    manifest: Manifest, made: Iterator[Batch], state: _State, put: Callable[[Batch], None], path: Path, tell: Tell
) -> Manifest:
    _save(state.shown(manifest), path)
    saved = state.done
    try:
        for batch in made:
            put(batch)
            # One step, so that a signal finds it done or not done.
            state = state.after(batch)
            tell(batch.count)
            if state.done - saved >= CHECKPOINT:
                _save(state.shown(manifest), path)
                saved = state.done
    except BaseException as error:  # whatever it is, it goes on after the cleaning up
        raise _BrokenOffError(state, error) from error
    finished = state.shown(manifest)
    _save(finished, path)
    return finished


def _read(stream: BinaryIO, manifest: Manifest) -> _State:
    """
    Give the state of a file that is to be gone on with; what lies behind it is cut off.

    Raises:
        InputError: it is not what the manifest says.
    """
    stream.truncate(max(min(manifest.bytes, stream.seek(0, os.SEEK_END)), 0))
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
    if digest.hexdigest() != manifest.sha256:
        raise InputError(
            Problem(
                code="corpus-differs",
                what="the file is not what its manifest says",
                where="--resume",
                why=f"the first {manifest.bytes} bytes have another SHA-256",
                fix="write it anew by --force",
            )
        )
    return _State(manifest.written, manifest.bytes, digest)


def _save(manifest: Manifest, path: Path) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(manifest.json(), encoding="ascii")
    part.replace(path)
