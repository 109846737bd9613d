"""Libraries that only some corpora need: each is imported when it is, and named where it is missing."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any

from simulator.errors import InputError, Problem

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "cluster": ("dask>=2025.1", "distributed>=2025.1"),
    "parquet": ("pyarrow>=20",),
    "zstd": ("backports.zstd>=1.0",),
}
"""Extra → what it installs."""


def load(name: str, extra: str, *, where: str) -> Any:
    """
    Give a module that an extra brings; `where` is the option that asks for it.

    Raises:
        InputError: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        packages = " ".join(f'"{each}"' for each in EXTRAS[extra])
        raise InputError(
            Problem(
                code="missing-extra",
                what=f"this needs the extra `{extra}`, which is not installed",
                where=where,
                why=str(error),
                fix=f'pip --python "{sys.executable}" install {packages}',
            )
        ) from error


def zstd(*, where: str = "--compress") -> Any:
    """
    Give the module for zstd: that of Python itself from 3.14 on.

    Raises:
        InputError: it is not installed.
    """
    return load("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd", "zstd", where=where)
