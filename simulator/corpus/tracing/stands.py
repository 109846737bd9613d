"""Stand-ins for texts and numbers, which write down what is done with them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from simulator.corpus.tracing.line import PLAIN, Line, UntracedError

if TYPE_CHECKING:
    from simulator.corpus.tracing.trace import Trace


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
        if not isinstance(other, str) or (self.line.is_full and other == ""):
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
        is_plain = isinstance(self.line.value, int) and PLAIN.fullmatch(value) is not None
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
