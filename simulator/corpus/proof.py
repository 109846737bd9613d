"""Whether a corpus is what its manifest says, and where not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from simulator import catalog as catalogs
from simulator.corpus.manifest import ENDING, Manifest
from simulator.corpus.recipe import versions
from simulator.corpus.write import Tell, batches, to_file, to_folder
from simulator.errors import InputError, Problem


def corpus_beside(path: Path) -> Path:
    """Give the path of the corpus that a manifest stands beside."""
    return path.with_name(path.name.removesuffix(ENDING))


def prove(manifest: Manifest, path: Path, credentials: Mapping[str, str], *, jobs: int, tell: Tell) -> bool:
    """
    Make a corpus again and compare it with what is there, or put it there if it is lost; tell whether it was lost.

    Raises:
        OSError: the system refuses.
        InputError: it was made by other versions and differs, or what is there is not what the manifest says.
    """
    if not path.exists():
        fresh = manifest.at(0, 0, "")
        made = (to_folder if manifest.recipe.shape == "files" else to_file)(
            fresh, credentials, path, jobs=jobs, tell=tell
        )
        if manifest.is_complete and made.sha256 != manifest.sha256:
            raise InputError(_differs(manifest, path, "what was made has another SHA-256"))
        return True
    end = manifest.first + manifest.written
    where = _difference(manifest, path, credentials, end, jobs, tell)
    if where:
        raise InputError(_differs(manifest, path, where))
    return False


def _difference(manifest: Manifest, path: Path, credentials: Mapping[str, str], end: int, jobs: int, tell: Tell) -> str:
    """Give where what is there differs from what is made again; nothing where it does not."""
    made = batches(manifest.recipe, credentials, manifest.first, end, jobs)
    number, digest = manifest.first, hashlib.sha256()
    stream: BinaryIO | None = None if manifest.recipe.shape == "files" else path.open("rb")
    try:
        for batch in made:
            for name, content in batch.files:
                digest.update(name.encode() + b"\0" + content)
                file = path / name
                if not file.is_file() or file.read_bytes() != content:
                    return f"the file {name} is another one"
            if stream is not None and stream.read(len(batch.content)) != batch.content:
                return f"it differs between the payloads {number} and {number + batch.count}, counted from 0"
            digest.update(batch.content)
            number += batch.count
            tell(batch.count)
        if stream is not None and stream.read(1):
            return "there is more in it"
    finally:
        if stream is not None:
            stream.close()
    return "" if digest.hexdigest() == manifest.sha256 else "its manifest tells of another SHA-256"


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
