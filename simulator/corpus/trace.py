"""What was done with the values of one payload, written down so that it can be done with those of any other."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

_MARK = re.compile("\ue000([0-9]+)Zz\ue001")
_MARK_ENDS = re.compile("[\ue000\ue001]")

_PLAIN = re.compile(r"[A-Za-z0-9 _.:@+-]*")
"""What JSON writes as it is, in every style."""
_SCALARS = (str, int, float, bool, type(None))


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
    """An expression for the text as JSON writes it, without its quotes, where that is known beforehand."""


class Trace:
    """The lines of one payload, and what was decided by their values."""

    def __init__(self, names: dict[str, Any]) -> None:
        """Begin; `names` holds what the lines call, and grows."""
        self.names = names
        self.lines: list[Line] = []
        self.switches: list[Line] = []
        """Lines whose value decided what was done afterwards, in order."""
        self._known: dict[str, Line] = {}

    def line(self, source: str, value: Any, *uses: Line, of_user: bool | None = None, **marks: Any) -> Line:
        """Give the line of that expression: the same one for the same expression."""
        found = self._known.get(source)
        if found is None:
            is_of_user = bool(uses) and all(each.is_of_user for each in uses) if of_user is None else of_user
            numbers = frozenset(each.number for each in uses)
            found = Line(
                number=len(self.lines), source=source, uses=numbers, value=value, is_of_user=is_of_user, **marks
            )
            self.lines.append(found)
            self._known[source] = found
        return found

    def bound(self, line: Line, most: int) -> Line:
        """Give the line with the largest that its number may be."""
        self.lines[line.number] = self._known[line.source] = known = replace(line, most=most)
        return known

    def name(self, value: Any) -> str:
        """Give the name under which the lines find a value that is the same for all payloads."""
        for name, known in self.names.items():
            if known is value:
                return name
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

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
        for line in self.lines[lines:]:
            del self._known[line.source]
        del self.lines[lines:], self.switches[switches:]

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

    def operation(self, form: str, function: Callable[..., Any], *operands: Any) -> Any:
        """Give what stands for `function` of the operands; `form` is its expression with a `{}` for each."""
        sources, uses, values = [], [], []
        for operand in operands:
            source, more, value = self.operand(operand)
            sources.append(source)
            uses += more
            values.append(value)
        return self.made(self.line(form.format(*sources), function(*values), *uses))

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Give what a deferrable function gives, or what stands for it where its arguments do."""
        if not all(isinstance(each, _SCALARS) for each in arguments) or not any(map(stands, arguments)):
            return function(*arguments)
        form = f"{self.name(function)}({', '.join('{}' for _ in arguments)})"
        return self.operation(form, function, *arguments)

    def sealed(self, value: Any) -> Any:
        """Give a text that was put together so that what is done with it later is noted, too."""
        if not isinstance(value, str) or isinstance(value, Stand) or not stands(value):
            return value
        source, lines, real = self.operand(value)
        is_plain = all(
            each.is_plain if isinstance(each, Line) else _PLAIN.fullmatch(each) is not None
            for each in self.parts(value)
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
        return self.name(value), [], value

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


class Stand:
    """Something that stands for a value."""

    trace: Trace
    line: Line


def stands(value: Any) -> bool:
    """Tell whether a value, or a part of a text, stands for one of the payload."""
    return isinstance(value, Stand) or (isinstance(value, str) and "\ue000" in value)


# fmt: off
_METHODS = frozenset({
    "capitalize", "casefold", "count", "endswith", "find", "index", "isalnum", "isalpha", "isascii", "isdecimal",
    "isdigit", "islower", "isnumeric", "isspace", "isupper", "ljust", "lower", "lstrip", "removeprefix", "removesuffix",
    "replace", "rfind", "rindex", "rjust", "rstrip", "startswith", "strip", "swapcase", "title", "upper", "zfill",
})
# fmt: on


# fmt: off
_REFUSED = frozenset({
    "center", "encode", "expandtabs", "format", "format_map", "isidentifier", "isprintable", "istitle", "join",
    "maketrans", "rsplit", "split", "splitlines", "translate",
})
# fmt: on


class Text(Stand, str):  # noqa: SLOT000 - it has fields of its own
    """Stands for a text; in what is made of it by joining, a mark stands for it."""

    def __new__(cls, trace: Trace, line: Line) -> Self:
        """Give it."""
        made = super().__new__(cls, f"\ue000{line.number}Zz\ue001")
        made.trace, made.line = trace, line
        return made

    def __getattribute__(self, name: str) -> Any:
        if name in _METHODS:
            return lambda *given: self._of(name, *given)
        if name in ("partition", "rpartition"):
            return lambda by: self._divided(name, by)
        if name in _REFUSED:
            raise UntracedError(f"str.{name}")
        return super().__getattribute__(name)

    def _of(self, name: str, *given: Any) -> Any:
        form = f"{{}}.{name}({', '.join('{}' for _ in given)})"
        return self.trace.operation(form, getattr(str, name), self, *given)

    def _divided(self, name: str, by: str) -> tuple[Any, ...]:
        source, lines, value = self.trace.operand(self)
        found = getattr(str(value), name)(by)
        forms = (f"{source}.{name}({by!r})[{number}]" for number in range(3))
        return tuple(self.trace.made(self.trace.line(form, found[n], *lines)) for n, form in enumerate(forms))

    def __str__(self) -> str:
        return self

    def __format__(self, form: str) -> str:
        return self if not form else str(self.trace.operation("format({}, {})", format, self, form))

    def __getitem__(self, key: Any) -> Any:
        source, lines, _ = self.trace.operand(self)
        key_source = f"slice({key.start!r}, {key.stop!r}, {key.step!r})" if isinstance(key, slice) else repr(key)
        if any(stands(each) for each in ((key.start, key.stop, key.step) if isinstance(key, slice) else (key,))):
            raise UntracedError("a text cut where a value says it")
        short = f"{key.start if key.start is not None else ''}:{key.stop if key.stop is not None else ''}"
        written = short if isinstance(key, slice) and key.step is None else key_source
        rest = self._behind(key)
        if rest is not None:
            return rest
        found = self.line.value[key]
        return self.trace.made(self.trace.line(f"{source}[{written}]", found, *lines, is_plain=self.line.is_plain))

    def _behind(self, key: Any) -> Any:
        """Give the text from where one of its parts begins, if that is what is asked for."""
        start = key.start if isinstance(key, slice) and key.stop is None and key.step is None else None
        for number, part in enumerate(self.line.parts if start else ()):
            width = part.width if isinstance(part, Line) else len(part)
            start = (start or 0) - width
            if not width or start < 0:
                return None
            if not start:
                rest = "".join(
                    each if isinstance(each, str) else Text(self.trace, each) for each in self.line.parts[number + 1 :]
                )
                return self.trace.sealed(rest)
        return None

    def __len__(self) -> int:
        return int(self.trace.decide(self.trace.line(f"len(v{self.line.number})", len(self.line.value), self.line)))

    def __bool__(self) -> bool:
        return self.line.is_full or bool(self.trace.operation("({} != '')", lambda text: text != "", self))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str):
            return False
        return bool(self.trace.operation("({} == {})", lambda one, two: one == two, self, other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        # What is found under it hangs on the text itself.
        return hash(self.trace.decide(self.line))

    def __contains__(self, other: object) -> bool:
        return bool(self.trace.operation("({} in {})", lambda one, two: one in two, other, self))

    def _refuse(self, *_: Any) -> Any:
        raise UntracedError("a text was taken apart")

    __iter__ = __lt__ = __gt__ = __le__ = __ge__ = __mod__ = __mul__ = __rmul__ = _refuse


class Number(Stand):
    """Stands for a number."""

    def __init__(self, trace: Trace, line: Line) -> None:
        """Stand for the value of that line."""
        self.trace, self.line = trace, line

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return type(self.line.value)

    def _of(self, form: str, function: Callable[..., Any], *operands: Any) -> Any:
        return self.trace.operation(form, function, *operands)

    def __str__(self) -> str:
        return self._as_text("str({})")

    __repr__ = __str__

    def __format__(self, form: str) -> str:
        return (
            self._as_text(f"format({{}}, {form!r})" if "'" in form else f"f'{{{{{{}}:{form}}}}}'", form)
            if form
            else self._as_text("str({})")
        )

    def _as_text(self, source: str, form: str = "") -> str:
        written = source.format(f"v{self.line.number}")
        value = format(self.line.value, form)
        is_plain = isinstance(self.line.value, int) and _PLAIN.fullmatch(value) is not None
        digits = re.fullmatch(r"0([0-9]+)x", form)
        is_bound = digits is not None and self.line.most is not None and self.line.most < 16 ** int(digits[1])
        width = int(digits[1]) if digits is not None and is_bound else 0
        line = self.trace.line(written, value, self.line, is_plain=is_plain, is_full=True, width=width)
        return str(self.trace.made(line))

    def __bool__(self) -> bool:
        return bool(self._of("({} != 0)", lambda number: number != 0, self))

    def __hash__(self) -> int:
        return hash(self.trace.decide(self.line))

    def __index__(self) -> int:
        if not isinstance(self.line.value, int):
            raise TypeError("a float is no index")
        return int(self.trace.decide(self.line))

    def __int__(self) -> Any:
        return self.trace.decide(self.line)

    def __float__(self) -> Any:
        return self.trace.decide(self.line)

    def __round__(self, places: int | None = None) -> Any:
        return self._of("round({}, {})", round, self, places)

    def bit_length(self) -> int:
        """Give how many bits it takes here: what limits ask for."""
        return int(self.line.value).bit_length()


def _masked(self: Number, mask: Any) -> Any:
    found = self._of("({} & {})", operator.and_, self, mask)
    if isinstance(found, Number) and type(mask) is int and mask >= 0:
        return Number(self.trace, self.trace.bound(found.line, mask))
    return found


def _method(sign: str, function: Callable[[Any, Any], Any], *, is_turned: bool = False) -> Callable[[Any, Any], Any]:
    form = f"({{}} {sign} {{}})"
    if is_turned:
        return lambda self, other: self._of(form, function, other, self)
    return lambda self, other: self._of(form, function, self, other)


_OPERATORS = {
    "add": ("+", operator.add),
    "sub": ("-", operator.sub),
    "mul": ("*", operator.mul),
    "truediv": ("/", operator.truediv),
    "floordiv": ("//", operator.floordiv),
    "mod": ("%", operator.mod),
    "and": ("&", operator.and_),
    "or": ("|", operator.or_),
    "xor": ("^", operator.xor),
    "lshift": ("<<", operator.lshift),
    "rshift": (">>", operator.rshift),
}
_COMPARISONS = {
    "eq": ("==", operator.eq),
    "ne": ("!=", operator.ne),
    "lt": ("<", operator.lt),
    "le": ("<=", operator.le),
    "gt": (">", operator.gt),
    "ge": (">=", operator.ge),
}
for _name, (_sign, _function) in _OPERATORS.items():
    setattr(Number, f"__{_name}__", _method(_sign, _function))
    setattr(Number, f"__r{_name}__", _method(_sign, _function, is_turned=True))
setattr(Number, "__and__", _masked)  # noqa: B010 - beside the others
for _name, (_sign, _function) in _COMPARISONS.items():
    setattr(Number, f"__{_name}__", _method(_sign, _function))
