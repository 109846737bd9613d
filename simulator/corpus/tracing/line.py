"""One step by which a payload came about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

PLAIN = re.compile(r"[A-Za-z0-9 _.:@+-]*")
"""What JSON writes as it is, in every style."""


class UntracedError(RuntimeError):
    """Something was done with a value that cannot be written down."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One step: a value and how it came about."""

    number: int
    source: str
    """A Python expression over the names of earlier lines, the inputs and the trace's own names."""
    uses: frozenset[int]
    """The lines that it needs."""
    value: Any
    """What it is for the payload that was traced."""
    is_of_user: bool = False
    """It hangs on the person alone."""
    is_plain: bool = False
    """A text of letters, digits and such that JSON writes as they are."""
    is_full: bool = False
    """A text that is never empty."""
    width: int = 0
    """How many characters the text has in all payloads; 0: not known."""
    most: int | None = None
    """The largest that the number may be, and that it is not negative; None: not known."""
    parts: tuple[str | Line, ...] = ()
    """Of what it is put together."""
    encoded: str = ""
    """An expression for the value as JSON writes it, a text without its quotes, where that is known beforehand."""
