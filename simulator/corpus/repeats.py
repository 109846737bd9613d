"""Bodies that come more than once in a corpus, found in a pass of its own whose memory does not grow with it."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from simulator.corpus.making import Workers, batches
from simulator.corpus.press import DIGEST_BYTES, Press
from simulator.corpus.recipe import Recipe
from simulator.corpus.selection import Selection
from simulator.corpus.write import Tell
from simulator.errors import InputError, Problem

BUCKETS = 128
"""Digests are kept in so many files, by their first bits, of which one at a time is read into memory."""

_NUMBER_BYTES = 8
_ENTRY_BYTES = DIGEST_BYTES + _NUMBER_BYTES

MOST = 1_000_000
"""More repeated bodies are no accident; their numbers would fill the manifest."""


def repeated(
    recipe: Recipe, credentials: Mapping[str, str], end: int, *, jobs: Workers, tell: Tell, most: int = MOST
) -> tuple[int, ...]:
    """
    Give the numbers of the payloads before `end` whose bodies came earlier in the corpus, in order.

    For each payload it takes 24 bytes in the folder for temporary files, and one of memory.

    Raises:
        OSError: there is no room for them.
        InputError: as `batches`, or there are more than `most`.
        EndpointError: as `batches`.
    """
    whole = replace(recipe, selection=Selection())
    found: list[int] = []
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder, contextlib.ExitStack() as open_files:
        paths = [Path(folder) / f"{number:02x}" for number in range(BUCKETS)]
        files = [open_files.enter_context(path.open("w+b")) for path in paths]
        number = 0
        for batch in batches(whole, credentials, 0, end, jobs, what=Press.digests):
            for start in range(0, len(batch.content), DIGEST_BYTES):
                digest = batch.content[start : start + DIGEST_BYTES]
                files[digest[0] % BUCKETS].write(digest + number.to_bytes(_NUMBER_BYTES, "big"))
                number += 1
            tell(batch.passed)
        for file in files:
            found += _again(file)
            if len(found) > most:
                raise InputError(_too_many(most))
    return tuple(sorted(found))


def _again(file: BinaryIO) -> Iterator[int]:
    """Give the numbers behind digests that stand in the file before."""
    file.seek(0)
    seen: set[bytes] = set()
    content = file.read()
    for start in range(0, len(content), _ENTRY_BYTES):
        digest = content[start : start + DIGEST_BYTES]
        if digest in seen:
            yield int.from_bytes(content[start + DIGEST_BYTES : start + _ENTRY_BYTES], "big")
        seen.add(digest)


def _too_many(most: int) -> Problem:
    return Problem(
        code="too-many-repeats",
        what=f"more than {most} payloads came before",
        where="--unique",
        why="nearly nothing is drawn in bodies of these events, or there are too many of them",
        fix="ask for fewer payloads, or for other events",
    )
