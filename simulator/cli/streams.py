"""The standard streams as everything else takes them to be: open, whatever the program was started with."""

from __future__ import annotations

import contextlib
import os
import sys

_MODES = {"stdin": "r", "stdout": "w", "stderr": "w"}


def open_all() -> None:
    """Every standard stream is open afterwards; one that was closed leads to nowhere."""
    if None not in (sys.stdin, sys.stdout, sys.stderr):
        return
    # The next files to be opened would get the free numbers, and what goes to "standard output" would stand in them.
    with contextlib.suppress(OSError):
        while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
            pass
        os.close(number)
    for number, (name, mode) in enumerate(_MODES.items()):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def be_silent() -> None:
    """Let Python, which flushes once more at its end, write what nobody reads into nothing."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
