"""What was done with the values of one payload, written down so that it can be done with those of any other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from simulator.corpus.tracing.line import PLAIN, Line, UntracedError
from simulator.corpus.tracing.names import Names
from simulator.corpus.tracing.stands import Number, Stand, Text, stands

_MARK = re.compile("\ue000([0-9]+)Zz\ue001")
_MARK_ENDS = re.compile("[\ue000\ue001]")
_SCALARS = (str, int, float, bool, type(None))


class Trace:
    """The lines of one payload, and what was decided by their values."""

    def __init__(self, names: Names) -> None:
        """Begin; `names` holds what the lines call, and grows."""
        self.names = names
        self.lines: dict[int, Line] = {}
        """Number → line, in the order in which they were noted."""
        self.switches: list[Line] = []
        """Lines whose value decided what was done afterwards, in order."""

    def line(self, source: str, value: Any, *uses: Line, of_user: bool | None = None, **marks: Any) -> Line:
        """Give the line of that expression: the same one for the same expression."""
        number = self.names.number(source)
        found = self.lines.get(number)
        if found is None:
            is_of_user = bool(uses) and all(each.is_of_user for each in uses) if of_user is None else of_user
            numbers = frozenset(each.number for each in uses)
            found = self.lines[number] = Line(
                number=number, source=source, uses=numbers, value=value, is_of_user=is_of_user, **marks
            )
        return found

    def bound(self, line: Line, most: int) -> Line:
        """Give the line with the largest that its number may be."""
        known = self.lines[line.number] = replace(line, most=most)
        return known

    def decide(self, line: Line) -> Any:
        """Give the value of a line, noting that what follows hangs on it."""
        if all(line.number != each.number for each in self.switches):
            self.switches.append(line)
        return line.value

    def mark(self) -> tuple[int, int]:
        """Give where the trace stands."""
        return len(self.lines), len(self.switches)

    def back_to(self, mark: tuple[int, int]) -> None:
        """Forget what was noted since."""
        lines, switches = mark
        for number in list(self.lines)[lines:]:
            del self.lines[number]
        del self.switches[switches:]

    def made(self, line: Line) -> Any:
        """
        Give what stands for the value of a line.

        Raises:
            UntracedError: it is no plain value.
        """
        if isinstance(line.value, str):
            return Text(self, line)
        if line.value is None or isinstance(line.value, bool):
            return self.decide(line)
        if isinstance(line.value, int | float):
            return Number(self, line)
        raise UntracedError(f"a value of the type {type(line.value).__name__}")

    def operation(self, form: str, function: Callable[..., Any], *operands: Any, is_plain: bool = False) -> Any:
        """Give what stands for `function` of the operands; `form` is its expression with a `{}` for each."""
        sources, uses, values = [], [], []
        for operand in operands:
            source, more, value = self.operand(operand)
            sources.append(source)
            uses += more
            values.append(value)
        value = function(*values)
        is_plain = is_plain and isinstance(value, str) and PLAIN.fullmatch(value) is not None
        return self.made(self.line(form.format(*sources), value, *uses, is_plain=is_plain))

    def call(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        is_plain: bool,
        written: Callable[..., str] | None = None,
    ) -> Any:
        """Give what a deferrable function gives, or what stands for it where its arguments do."""
        if not all(isinstance(each, _SCALARS) for each in arguments) or not any(map(stands, arguments)):
            return function(*arguments)
        form = f"{self.names.of(function)}({', '.join('{}' for _ in arguments)})"
        found = self.operation(form, function, *arguments, is_plain=is_plain)
        if written is not None and isinstance(found, Number):
            return Number(self, self._written(found.line, written, arguments))
        return found

    def _written(self, line: Line, written: Callable[..., str], arguments: tuple[Any, ...]) -> Line:
        """Give the line of a number with the expression for it as JSON writes it."""
        sources = (self.operand(each)[0] for each in arguments)
        encoded = f"{self.names.of(written)}({', '.join(sources)})"
        known = self.lines[line.number] = replace(line, encoded=encoded)
        return known

    def sealed(self, value: Any) -> Any:
        """Give a text that was put together so that what is done with it later is noted, too."""
        if not isinstance(value, str) or isinstance(value, Stand) or not stands(value):
            return value
        source, lines, real = self.operand(value)
        is_plain = all(
            each.is_plain if isinstance(each, Line) else PLAIN.fullmatch(each) is not None for each in self.parts(value)
        )
        return self.made(self.line(source, real, *lines, is_plain=is_plain, parts=tuple(self.parts(value))))

    def operand(self, value: Any) -> tuple[str, list[Line], Any]:
        """Give a value as source, with the lines that this uses, and what it is for the payload that was traced."""
        if isinstance(value, Stand):
            return f"v{value.line.number}", [value.line], value.line.value
        if isinstance(value, str):
            parts = list(self.parts(value))
            lines = [each for each in parts if isinstance(each, Line)]
            if not lines:
                return repr(value), [], value
            sources = (f"v{each.number}" if isinstance(each, Line) else repr(each) for each in parts)
            values = (str(each.value) if isinstance(each, Line) else each for each in parts)
            return f"({' + '.join(sources)})", lines, "".join(values)
        if value is None or isinstance(value, bool | int | float):
            return repr(value), [], value
        return self.names.of(value), [], value

    def parts(self, text: str) -> Iterator[str | Line]:
        """
        Give the pieces of a text: lines where texts of payloads stand, and what is the same in all.

        Raises:
            UntracedError: something was done with a piece as if it were the text itself.
        """
        for number, piece in enumerate(_MARK.split(text)):
            if number % 2:
                yield self.lines[int(piece)]
            elif _MARK_ENDS.search(piece):
                raise UntracedError("a text was cut or changed")
            elif piece:
                yield piece
