"""Files that the bot can get from the mock API."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from simulator.errors import InputError, Problem

FOLDER = "/_media"


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedFile:
    """A file and where it is served."""

    file: Path
    path: str
    """Of the URL, decoded. It hangs on the file's name and content alone, so that a second run gives the same bytes."""
    name: str
    size: int
    """In bytes."""
    content_type: str

    @property
    def quoted_path(self) -> str:
        """The path as it stands in a URL."""
        return quote(self.path)


def shared_file(path: str | Path) -> SharedFile:
    """
    Give what is to be known of a file in order to serve it.

    Raises:
        InputError: it cannot be read.
    """
    file = Path(path)
    try:
        with file.open("rb") as opened:
            key = hashlib.file_digest(opened, lambda: hashlib.blake2b(digest_size=8)).hexdigest()
            size = opened.tell()
    except (OSError, ValueError) as error:
        raise InputError(
            Problem(
                code="unreadable-file",
                what=f'the file "{file.name}" cannot be sent',
                where=str(file),
                why=str(getattr(error, "strerror", None) or error).lower(),
                fix="name a file that lies beside the scenario",
            )
        ) from error
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return SharedFile(file=file, path=f"{FOLDER}/{key}/{file.name}", name=file.name, size=size, content_type=kind)
