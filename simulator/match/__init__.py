"""
Wanted × observed → the differences; none of them is a match.

A matcher is read before its expressions are filled in, so that what an expression gives is always literal.
"""

from __future__ import annotations

from simulator.match.form import REGEX_LIMIT_S, BadPatternError
from simulator.match.problem import captures_of, problems_of, value_problems
from simulator.match.reply import describe, describe_reply, differences
from simulator.match.result import NOTHING, Fill, Matched, show
from simulator.match.status import is_status, status_matches
from simulator.match.value import describe_value, match_value

__all__ = [
    "NOTHING",
    "REGEX_LIMIT_S",
    "BadPatternError",
    "Fill",
    "Matched",
    "captures_of",
    "describe",
    "describe_reply",
    "describe_value",
    "differences",
    "is_status",
    "match_value",
    "problems_of",
    "show",
    "status_matches",
    "value_problems",
]
