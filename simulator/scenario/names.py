"""Which names the expressions of a story read, and who sets them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from simulator.errors import did_you_mean
from simulator.expressions import Sandbox
from simulator.scenario.spots import Spot, elements, pairs, shortened, some
from simulator.scenario.vocabulary import SURROUNDINGS

_MARKS = ("{{", "{%", "{#")
_EXPRESSION = re.compile(r"\{\{(?:'[^']*'|\"[^\"]*\"|[^'\"])*?\}\}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OF_VARS = re.compile(r"\bvars\.([A-Za-z_][A-Za-z0-9_]*)")
_MAY_BE_UNSET = re.compile(r"\bis\s+(not\s+)?(un)?defined\b|\|\s*(default|d)\b")
_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None"})


@dataclass(slots=True)
class _Loop:
    """The moments between which a loop's steps are read."""

    begin: int
    end: int = 0


@dataclass(frozen=True, slots=True)
class _Read:
    """One expression, and what it may see."""

    spot: Spot
    source: str
    names: frozenset[str]
    moment: int
    loops: tuple[_Loop, ...]
    within: frozenset[str]
    """Names that only the steps of this file see."""


@dataclass(slots=True)
class _Setter:
    """One name, where it was first set, and at which moments."""

    spot: Spot
    is_capture: bool
    moments: list[int] = field(default_factory=list)


class Names:
    """
    All that sets and reads a name, in the order of the story.

    A name counts as set for what comes after it. In a loop it counts for all of it: the second round follows the first.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        """Begin with the names that every expression sees."""
        self._sandbox = sandbox
        self._moment = 0
        self._setters: dict[str, _Setter] = {}
        self._reads: list[_Read] = []
        self._loops: tuple[_Loop, ...] = ()
        self._within: frozenset[str] = frozenset()

    def set(self, name: str, spot: Spot, *, is_capture: bool = False) -> None:
        """From here on the name is set."""
        setter = self._setters.setdefault(name, _Setter(spot, is_capture))
        setter.is_capture = setter.is_capture and is_capture
        setter.moments.append(self._next())

    @contextmanager
    def loop(self) -> Iterator[None]:
        """What is read until the end of the block stands in a loop."""
        loop = _Loop(self._next())
        before, self._loops = self._loops, (*self._loops, loop)
        yield
        self._loops = before
        loop.end = self._next()

    @contextmanager
    def seeing(self, names: Collection[str]) -> Iterator[None]:
        """Until the end of the block these names are set too."""
        before, self._within = self._within, self._within | frozenset(names)
        yield
        self._within = before

    def declare(self, spot: Spot) -> bool:
        """Tell if the key there cannot be the name of a variable; true where it can."""
        name = spot.node.spelling
        if not _VARIABLE.fullmatch(name):
            spot.tell(
                "bad-name",
                f'"{shortened(name)}" cannot be a name',
                why="a name has letters, digits and underscores, no digit first",
            )
        elif name in SURROUNDINGS or name in _KEYWORDS:
            what = "sees something else by that name" if name in SURROUNDINGS else "has a meaning for that word"
            spot.tell("reserved-name", f'"{name}" is taken', why=f"every expression {what}", fix="choose another name")
        else:
            return True
        return False

    def variables(self, spot: Spot) -> dict[str, Spot]:
        """Give name → value of a map of variables; names that cannot be are told."""
        return {name: value for name, key, value in pairs(spot) if self.declare(Spot(key, value.at, spot.told))}

    def read_all(self, spot: Spot, *, is_matcher: bool = False) -> None:
        """Note the expressions in every text of a value, or of a matcher, where only {{ }} means something."""
        if spot.is_scalar:
            self._read_text(spot, is_matcher=is_matcher)
        for inner in (*elements(spot), *(value for _, _, value in pairs(spot))):
            self.read_all(inner, is_matcher=is_matcher)

    def _read_text(self, spot: Spot, *, is_matcher: bool) -> None:
        source = spot.node.spelling
        is_regex = is_matcher and source.strip().startswith("/")
        if source.count("{{") > source.count("}}") and not is_regex:
            fix = "write }} behind it" if spot.node.is_quoted else "put the whole text in quotes"
            what = f'"{shortened(source)}" has an expression without its end'
            spot.tell("unfinished-expression", what, why="{{ wants }} in the same text", fix=fix)
        elif is_matcher:
            for expression in _EXPRESSION.findall(source):
                self._read(spot, expression, expression)
        elif any(mark in source for mark in _MARKS):
            self._read(spot, source, source)

    def read_test(self, spot: Spot) -> str | None:
        """Give a bare expression, noted; None where it is none, which is told."""
        source = spot.node.spelling.strip() if spot.is_scalar else ""
        if not source:
            spot.tell(
                "wrong-type", "an expression is wanted here", fix="""write it in quotes: "status == 'delivered'\""""
            )
        elif source.startswith("{{") and source.endswith("}}"):
            fix = f"write {source[2:-2].strip()}"
            spot.tell(
                "broken-expression",
                "this is an expression already, without {{ }}",
                why=f"found {shortened(source)}",
                fix=fix,
            )
        else:
            self._read(spot, "{{ (" + source + "\n) }}", source)
            return source
        return None

    def doubt_bare(self, spot: Spot) -> None:
        """Warn where a text looks like an expression over names that are set."""
        source = spot.node.spelling if spot.is_scalar else ""
        if "{{" in source or not re.search(r"[-+*/%|.~]|\b(and|or|not|in|if)\b", source):
            return
        wrapped = "{{ (" + source + "\n) }}"
        if self._sandbox.problems(wrapped) is not None:
            return
        names = self._sandbox.names(wrapped)
        if names and names <= self._setters.keys() | set(SURROUNDINGS) | self._within:
            fix = f'write "{{{{ {source} }}}}" if it is an expression'
            spot.tell("bare-expression", f'"{shortened(source)}" is taken as text', fix=fix, is_warning=True)

    def _read(self, spot: Spot, template: str, source: str) -> None:
        reason = self._sandbox.problems(template)
        if reason is not None:
            # Without the round brackets the reason does not speak of them.
            reason = self._sandbox.problems(f"{{{{ {source} }}}}") or reason if template != source else reason
            why, _, fix = reason.partition("; ")
            what = (
                f'"{shortened(source)}" is no expression'
                if template != source
                else f'"{shortened(source)}" cannot be filled in'
            )
            if not fix and "not allowed" not in why:
                fix = f"write it such as {'{{ count + 1 }}' if template == source else 'count > 1'}"
            spot.tell("broken-expression", what, why=why, fix=fix)
            return
        names = self._sandbox.names(template)
        self._reads.append(_Read(spot, source, names, self._next(), self._loops, self._within))

    def _next(self) -> int:
        self._moment += 1
        return self._moment

    # --- what is told when all is read -------------------------------------------------------------------------------

    def tell(self) -> None:
        """Tell of every name that is read and not set; warn of captures that nothing reads."""
        for read in self._reads:
            wanted = (read.names - frozenset(SURROUNDINGS)) | frozenset(_OF_VARS.findall(read.source))
            for name in sorted(wanted - read.within):
                self._tell_unknown(name, read)
        self._warn_unread()

    def _tell_unknown(self, name: str, read: _Read) -> None:
        setter = self._setters.get(name)
        seen = (*SURROUNDINGS, *sorted({*self._setters, *read.within}))
        if setter is None:
            fix = did_you_mean(name, seen, f"set it under vars:, or capture it in a bot step with <{name}>")
            read.spot.tell("unknown-name", f'unknown name "{name}"', why=f"expressions here see: {some(seen)}", fix=fix)
        elif not _MAY_BE_UNSET.search(read.source) and not any(_is_before(moment, read) for moment in setter.moments):
            why = f"it is first set at {setter.spot.place}, after this"
            fix = f"give it a first value under vars:, or write {name} | default('')"
            read.spot.tell("unknown-name", f'"{name}" is not set yet', why=why, fix=fix)

    def _warn_unread(self) -> None:
        read = {name for each in self._reads for name in each.names | set(_OF_VARS.findall(each.source))}
        for name, setter in self._setters.items():
            # A leading underscore says that nothing is meant to read it.
            if setter.is_capture and name not in read and not name.startswith("_"):
                why = f"it takes whatever the bot says there, up to what follows <{name}>"
                fix = f'for anything at all write <_{name}>; as it stands it is {{equals: "<{name}>"}}'
                setter.spot.tell(
                    "unread-capture", f"nothing reads the capture <{name}>", why=why, fix=fix, is_warning=True
                )


def _is_before(moment: int, read: _Read) -> bool:
    return moment < read.moment or any(loop.begin <= moment <= loop.end for loop in read.loops)
