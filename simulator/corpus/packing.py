"""Compression of a corpus: members one behind another, each whole in itself, so that they can be made apart."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, cast

from simulator.corpus import extras

ENDINGS: Mapping[str, str] = {"gzip": ".gz", "zstd": ".zst"}
"""Way of compressing → how the name of such a file ends."""

_GZIP_LEVEL = 6
_ZSTD_LEVEL = 3


def way_of(path: Path) -> str:
    """Give the way of compressing that the end of a file's name tells; empty where it tells none."""
    return next((way for way, ending in ENDINGS.items() if path.name.endswith(ending)), "")


def packer(way: str) -> Callable[[bytes], bytes]:
    """
    Give what makes one member of some bytes; the same bytes give the same member.

    Raises:
        InputError: the library for it is not installed.
    """
    if way == "gzip":
        return _gzipped
    zstd = extras.zstd()
    return lambda content: cast("bytes", zstd.compress(content, _ZSTD_LEVEL))


def _gzipped(content: bytes) -> bytes:
    # Not gzip.compress: what it writes about time and system hangs on the version of Python.
    into = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=_GZIP_LEVEL, fileobj=into, mtime=0) as stream:
        stream.write(content)
    return into.getvalue()


def opened(path: Path, way: str) -> BinaryIO:
    """
    Open a file to read what was compressed in that way; as it is, where the way is empty.

    Raises:
        OSError: the system refuses.
        InputError: the library for it is not installed.
    """
    if way == "gzip":
        return cast("BinaryIO", gzip.open(path, "rb"))
    return cast("BinaryIO", extras.zstd().open(path, "rb")) if way == "zstd" else path.open("rb")


def damage(way: str) -> tuple[type[Exception], ...]:
    """
    Give the errors by which a broken file shows when it is read.

    Raises:
        InputError: the library for it is not installed.
    """
    found: tuple[type[Exception], ...] = (EOFError, zlib.error, gzip.BadGzipFile)
    return (*found, extras.zstd().ZstdError) if way == "zstd" else found
