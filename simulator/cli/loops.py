"""The event loop that a command runs on: asyncio's own, or uvloop where it is installed and wanted."""

from __future__ import annotations

import asyncio
import importlib
import sys
from typing import Any

from simulator.errors import InputError, Problem


def runner(name: str, *, is_much: bool = False) -> asyncio.Runner:
    """
    Give what runs a coroutine on that loop; `auto` is uvloop where much is to be done and it is installed.

    Raises:
        InputError: uvloop is asked for by name, and not installed.
    """
    if name == "asyncio" or (name == "auto" and not is_much):
        return asyncio.Runner()
    uvloop = _uvloop()
    if uvloop is not None:
        return asyncio.Runner(loop_factory=uvloop.new_event_loop)
    if name == "auto":
        return asyncio.Runner()
    is_windows = sys.platform == "win32"
    raise InputError(
        Problem(
            code="missing-extra",
            what="this needs uvloop, which is not installed",
            where="--loop",
            why="it does not run on Windows" if is_windows else "it comes with the extra `speed`",
            fix="leave --loop out" if is_windows else f'pip --python "{sys.executable}" install "uvloop>=0.22.1"',
        )
    )


def _uvloop() -> Any:
    try:
        return importlib.import_module("uvloop")
    except ImportError:
        return None
