"""Whether a corpus is what its manifest says, and where not."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from simulator import catalog as catalogs
from simulator.corpus import packing
from simulator.corpus.making import Workers, batches
from simulator.corpus.manifest import ENDING, Manifest
from simulator.corpus.press import Batch
from simulator.corpus.recipe import versions
from simulator.corpus.write import Tell, numbered, to_place
from simulator.errors import InputError, Problem


def corpus_beside(path: Path) -> Path:
    """Give the path of the corpus that a manifest stands beside."""
    return path.with_name(path.name.removesuffix(ENDING))


def prove(manifest: Manifest, path: Path, credentials: Mapping[str, str], *, jobs: Workers = 1, tell: Tell) -> bool:
    """
    Make a corpus again and compare it with what is there, or put it there if it is lost; tell whether it was lost.

    Raises:
        OSError: the system refuses.
        InputError: it was made by other versions and differs, or what is there is not what the manifest says.
        EndpointError: as `batches`.
    """
    if not path.exists():
        made = to_place(manifest.fresh(), credentials, path, jobs=jobs, tell=tell)
        if manifest.is_complete and made.sha256 != manifest.sha256:
            raise InputError(_differs(manifest, path, "what was made has another SHA-256"))
        return True
    where = _difference(manifest, path, credentials, jobs, tell)
    if where:
        raise InputError(_differs(manifest, path, where))
    return False


Compare = Callable[[Batch], str]
"""A batch as it is made again → where what is there differs from it; nothing where it does not."""


def _difference(manifest: Manifest, path: Path, credentials: Mapping[str, str], jobs: Workers, tell: Tell) -> str:
    """Give where what is there differs from what is made again; nothing where it does not."""
    recipe, end = manifest.recipe, manifest.first + manifest.passed
    number, digest = manifest.first, hashlib.sha256()
    try:
        with _compared(manifest, path) as (compare, finish):
            for batch in batches(recipe, credentials, manifest.first, end, jobs):
                if where := compare(batch):
                    return (
                        where
                        if batch.files
                        else f"{where} between the payloads {number} and {number + batch.passed}, counted from 0"
                    )
                for piece in batch.pieces():
                    digest.update(piece)
                number += batch.passed
                tell(batch.passed)
            if where := finish():
                return where
    except packing.damage(recipe.compress) as error:
        return f"it cannot be read: {error}"
    return "" if digest.hexdigest() == manifest.sha256 else "its manifest tells of another SHA-256"


@contextlib.contextmanager
def _compared(manifest: Manifest, path: Path) -> Iterator[tuple[Compare, Callable[[], str]]]:
    """Give what compares a batch with what is there, and what tells what is there beyond them all."""
    recipe = manifest.recipe
    if recipe.shape == "parquet":
        from simulator.corpus.tables import compared

        with compared(recipe, path) as pair:
            yield pair
    elif recipe.shape == "files":
        yield _files_of(path, recipe.compress), lambda: _further(manifest, path)
    else:
        with packing.opened(path, recipe.compress) as stream:

            def compare(batch: Batch) -> str:
                return "" if stream.read(len(batch.content)) == batch.content else "it differs"

            yield compare, lambda: "there is more in it" if stream.read(1) else ""


def _files_of(path: Path, compress: str) -> Compare:
    ending = packing.ENDINGS.get(compress, "")

    def compare(batch: Batch) -> str:
        for name, content in batch.files:
            file = path / f"{name}{ending}"
            if not file.is_file():
                return f"the file {name}{ending} is not there"
            with packing.opened(file, compress) as stream:
                if stream.read() != content:
                    return f"the file {name}{ending} is another one"
        return ""

    return compare


def _further(manifest: Manifest, path: Path) -> str:
    """Give what there is beyond the files that were compared, all of which are there."""
    if not manifest.is_complete:
        # Whoever was broken off may have written a few that the manifest does not tell of.
        return ""
    more = sum(1 for _ in numbered(path / manifest.recipe.provider)) - manifest.written
    return f"there is more in it: {more} of the files" if more else ""


def _differs(manifest: Manifest, path: Path, why: str) -> Problem:
    now = versions(catalogs.load(manifest.recipe.provider))
    other = [
        f"{name} {made}, here {now.get(name)}" for name, made in manifest.versions.items() if made != now.get(name)
    ]
    return Problem(
        code="corpus-differs",
        what="the corpus is not what its manifest says",
        where=str(path),
        why=why + (f"; it was made by other versions: {', '.join(other)}" if other else ""),
        fix="use those versions, or make it anew by --force" if other else "make it anew by --force",
    )
