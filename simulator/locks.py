"""Locks on open files, by which programs of one machine keep out of each other's way."""

from __future__ import annotations

import contextlib
import sys

if sys.platform == "win32":
    import msvcrt

    def is_locked(number: int) -> bool:
        """Lock the open file of that number until it is closed; False where another has locked it. Nobody waits."""
        with contextlib.suppress(OSError):
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
            return True
        return False

else:
    import fcntl

    def is_locked(number: int) -> bool:
        """Lock the open file of that number until it is closed; False where another has locked it. Nobody waits."""
        with contextlib.suppress(OSError):
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False
