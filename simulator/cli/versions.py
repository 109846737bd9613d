"""The versions of all that output may hang on."""

from __future__ import annotations

import importlib
import sys

import simulator


def versions_line() -> str:
    """Give our version, Python's, SQLite's, libyaml's, and the event loop in one line."""
    from sqlite3 import sqlite_version

    python = ".".join(map(str, sys.version_info[:3]))
    libyaml = f"libyaml {_libyaml_version()}"
    return f"simulator {simulator.__version__}, Python {python}, SQLite {sqlite_version}, {libyaml}, loop asyncio"


def _libyaml_version() -> str:
    # Nothing is read here; by way of `documents`, which alone reads YAML, this would take twice as long.
    try:
        return str(importlib.import_module("yaml._yaml").get_version_string())
    except ImportError:
        return "none"
