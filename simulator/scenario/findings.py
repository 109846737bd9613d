"""What was found wrong or doubtful in scenario files, kept until all of it can be told at once."""

from __future__ import annotations

from simulator.errors import InputError, Problem
from simulator.records import Place


class Findings:
    """The problems and the warnings of one scenario and of the files that it includes."""

    def __init__(self) -> None:
        self._problems: dict[Problem, Place] = {}
        self._warnings: dict[Problem, Place] = {}
        self._files: dict[str, int] = {}
        self._told: set[tuple[str, str, str]] = set()

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
        """Keep one finding; the same one by another way, as in a file that is included twice, counts once."""
        mark = (code, str(place), what)
        if mark not in self._told:
            self._told.add(mark)
            kept = self._warnings if is_warning else self._problems
            kept[Problem(code=code, what=what, where=str(place), at=at, why=why, fix=fix)] = place

    def take_over(self, error: InputError, file: str) -> None:
        """Keep the problems of a file that could not be read at all."""
        for problem in error.problems:
            line, column = _line_and_column(problem.where)
            self._problems[problem] = Place(file, line, column)

    def begin(self, file: str) -> None:
        """Problems of this file come after those of the files that were begun before it."""
        self._files.setdefault(file, len(self._files))

    @property
    def has_problems(self) -> bool:
        """True once a problem was told of; warnings are none."""
        return bool(self._problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, by place."""
        return self._sorted(self._problems)

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
