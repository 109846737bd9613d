"""JSONPaths of RFC 9535, without those whose search could grow far beyond what is searched."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from simulator.match.form import BadPatternError

_MOST_FOUND = 10_000
"""Values that one JSONPath may find."""
_MOST_DESCENTS = 2
"""So often a path may say `..`: each time multiplies what is looked at by the depth of the value."""
_MOST_WAYS = 64
"""Selectors of a path multiplied: `[a, b][c, d]` goes four ways."""
_LONGEST = 1_000


def query(path: str, value: Any) -> list[Any]:
    """
    Give what a JSONPath of RFC 9535 finds, without its functions `match` and `search`.

    Raises:
        BadPatternError: it is none, or its search could take too long.
    """
    import jsonpath

    try:
        return [node.obj for node in islice(_query(path).finditer(value), _MOST_FOUND)]
    except jsonpath.JSONPathError as error:
        raise BadPatternError(str(error).partition("\n")[0]) from None
    except RecursionError:
        raise BadPatternError("it is nested too deeply") from None
    except BadPatternError:
        raise
    except (OverflowError, ValueError):
        # The library takes `1e400`, and `1e5` as an index, for numbers, and then cannot read them.
        raise BadPatternError("a number in it cannot be read") from None


@lru_cache(maxsize=256)
def _query(path: str) -> Any:
    import jsonpath

    if len(path) > _LONGEST:
        raise BadPatternError(f"it is longer than {_LONGEST:,} characters")
    environment = jsonpath.JSONPathEnvironment(strict=True)
    for name in ("match", "search"):
        # They would run regular expressions without a time limit; that is what matchers are for.
        del environment.function_extensions[name]
    compiled = environment.compile(path)
    _refuse_costly(compiled)
    return compiled


def _refuse_costly(path: Any) -> None:
    if _descents(path) > _MOST_DESCENTS:
        raise BadPatternError("it has more than two `..`, which would take too long")
    if math.prod(len(segment.selectors) for segment in path.segments) > _MOST_WAYS:
        raise BadPatternError("it goes too many ways at a time")
    for inner in _queries_in(path):
        is_wide = inner.is_of_root and not inner.path.singular_query()
        if is_wide or _descents(inner.path) or any(_queries_in(inner.path)):
            raise BadPatternError("a filter in it searches in turn, which would take too long")


def _descents(path: Any) -> int:
    from jsonpath.segments import JSONPathRecursiveDescentSegment

    return sum(isinstance(segment, JSONPathRecursiveDescentSegment) for segment in path.segments)


@dataclass(frozen=True, slots=True)
class _Inner:
    """A path in a filter."""

    path: Any
    is_of_root: bool
    """It begins at the whole value (`$`), for each candidate anew."""


def _queries_in(path: Any) -> Iterator[_Inner]:
    """Give the paths that stand in the filters of a path."""
    from jsonpath.filter import FilterQuery, RootFilterQuery

    waiting = [each for segment in path.segments for each in segment.selectors]
    waiting = [each.expression for each in waiting if hasattr(each, "expression")]
    while waiting:
        expression = waiting.pop()
        if isinstance(expression, FilterQuery):
            yield _Inner(expression.path, isinstance(expression, RootFilterQuery))
        else:
            waiting += expression.children()
