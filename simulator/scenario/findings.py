"""What was found wrong or doubtful in scenario files, kept until all of it can be told at once."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.errors import Problem
from simulator.records import Place

MOST_PROBLEMS = 200
"""Of a scenario with more, the first are told."""


class TooManyProblemsError(Exception):
    """So much is wrong that nothing more is looked for."""


class Findings:
    """The problems and the warnings of one scenario and of the files that it includes."""

    def __init__(self) -> None:
        self._problems: dict[Problem, Place] = {}
        self._warnings: dict[Problem, Place] = {}
        self._files: dict[str, int] = {}
        self._told: set[tuple[str, str, str]] = set()
        self._spent: set[str] = set()

    def tell(
        self,
        place: Place,
        code: str,
        what: str,
        *,
        at: str = "",
        why: str = "",
        fix: str = "",
        is_warning: bool = False,
    ) -> None:
        """
        Keep one finding; the same one by another way, as in a file that is included twice, counts once.

        Raises:
            TooManyProblemsError: there are so many that the file is not worth reading on.
        """
        mark = (code, str(place), what)
        if mark not in self._told and str(place) not in self._spent:
            self._told.add(mark)
            kept = self._warnings if is_warning else self._problems
            kept[Problem(code=code, what=what, where=str(place), at=at, why=why, fix=fix)] = place
            if len(self._problems) >= MOST_PROBLEMS:
                raise TooManyProblemsError

    def has_told_at(self, place: Place) -> bool:
        """True where something was told of that very place."""
        return str(place) in self._spent or any(where == str(place) for _, where, _ in self._told)

    def take_over(self, problems: Iterable[Problem], file: str) -> None:
        """Keep the problems of a file as YAML; where one stands, nothing more is told: it would say the same."""
        for problem in problems:
            line, column = _line_and_column(problem.where)
            self._problems[problem] = Place(file, line, column)
            self._spent.add(problem.where)

    def begin(self, file: str) -> None:
        """Problems of this file come after those of the files that were begun before it."""
        self._files.setdefault(file, len(self._files))

    @property
    def has_problems(self) -> bool:
        """True once a problem was told of; warnings are none."""
        return bool(self._problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, by place; or the first, and that there are more."""
        found = self._sorted(self._problems)
        if len(found) < MOST_PROBLEMS:
            return found
        what, fix = f"these are the first {len(found)} problems", "mend these first; many may come of one slip"
        return (*found, Problem(code="too-many-problems", what=what, where=next(iter(self._files), ""), fix=fix))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """All warnings, by place."""
        return self._sorted(self._warnings)

    def _sorted(self, kept: dict[Problem, Place]) -> tuple[Problem, ...]:
        def order(problem: Problem) -> tuple[int, int, int]:
            place = kept[problem]
            return (self._files.get(place.file, len(self._files)), place.line, place.column)

        return tuple(sorted(kept, key=order))


def _line_and_column(where: str) -> tuple[int, int]:
    """`file:line:column` → line and column; 1 and 1 where there are none."""
    parts = where.rsplit(":", 2)
    if len(parts) == 3 and parts[1].isdigit() and parts[2].isdigit():
        return int(parts[1]), int(parts[2])
    return 1, 1
