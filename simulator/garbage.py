"""When Python looks for garbage: seldom, while events must leave at their moments."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

SELDOM = 1_000
"""
So many looks at what is young come before one at everything.

Ten thousand people who wait take some ten milliseconds to look through, and Python would look several times a minute.
A thousand events a second come to such a look within five minutes, so that garbage does not grow without an end.
"""

BY_ITSELF = 2_000
"""
Fewer objects than these were set aside by nobody.

Python 3.12 does so with some hundreds that never die; whoever freezes a program has thousands.
"""


class Garbage:
    """Python's search for objects that hold each other and nothing else does: held back while anybody wants it."""

    def __init__(self) -> None:
        """Leave it as it is."""
        self._users = 0

    @contextlib.contextmanager
    def held_back(self) -> Iterator[None]:
        """
        Look once at all that is there, and inside seldom again; what was there before is not looked at there.

        Who comes while others are inside does not have it looked at once more, for that would hold them up.
        """
        if not self._users:
            self._begin()
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self._end()

    def _begin(self) -> None:
        self._before = gc.get_threshold()
        gc.collect()
        # Whoever uses this program as a library may have done so already, and wants it to stay.
        self._is_ours = gc.get_freeze_count() < BY_ITSELF
        if self._is_ours:
            gc.freeze()
        young, middle, _ = self._before
        gc.set_threshold(young, middle, SELDOM)

    def _end(self) -> None:
        gc.set_threshold(*self._before)
        if self._is_ours:
            gc.unfreeze()
