"""What a scalar without quotes means, by YAML 1.2 and by JSON's form of numbers."""

from __future__ import annotations

import math
import re
from typing import Any

from simulator.documents.node import Kind

_WORDS: dict[str, tuple[Kind, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), ("null", None)),
    **dict.fromkeys(("true", "True", "TRUE"), ("bool", True)),
    **dict.fromkeys(("false", "False", "FALSE"), ("bool", False)),
}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_LONGEST_NUMBER = 400


def resolve(spelling: str, *, is_text: bool = False) -> tuple[Kind, Any]:
    """Give kind and value; `is_text` where quotes or a tag say so."""
    if is_text:
        return "text", spelling
    if spelling in _WORDS:
        return _WORDS[spelling]
    found = _NUMBER.fullmatch(spelling) if len(spelling) <= _LONGEST_NUMBER else None
    if found is None:
        return "text", spelling
    if not found[1] and not found[2]:
        return "number", int(spelling)
    number = float(spelling)
    # JSON has no infinity, so what is too large for a float stays as it is written.
    return ("number", number) if math.isfinite(number) else ("text", spelling)
