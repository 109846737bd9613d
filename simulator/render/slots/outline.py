"""A template as the JSON that it writes: its static text minified once, what is filled in at known places."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import cast

from jinja2 import nodes

from simulator.render.slots.expression import NotCompiledError

_TOKEN = re.compile(
    r"""[ \t\r\n]+ | "(?:[^"\\]|\\.)*" | [{}\[\],:] | -?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)? | true|false|null""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Text:
    """What is the same in every payload."""

    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """An expression where a value stands."""

    expression: nodes.Expr


@dataclass(frozen=True, slots=True)
class Key:
    """An expression where a key stands; of two objects none has the same number."""

    expression: nodes.Expr
    number: int
    known: set[str]
    """Keys that the object has, or may have, beside it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An `if`."""

    test: nodes.Expr
    then: list[Part]
    otherwise: list[Part]


@dataclass(frozen=True, slots=True)
class Loop:
    """A `for`."""

    names: tuple[str, ...]
    over: nodes.Expr
    body: list[Part]


@dataclass(frozen=True, slots=True)
class Name:
    """A `set`."""

    name: str
    expression: nodes.Expr


_Settled = tuple[tuple[nodes.Expr, bool], ...]
_MOST_SETTLED = 3

Part = Text | Value | Key | Choice | Loop | Name


@dataclass(frozen=True, kw_only=True, slots=True)
class _Level:
    """An object or a list that is open."""

    is_object: bool
    number: int
    depth: int
    """Loops around it."""
    keys: frozenset[str] = frozenset()
    known: set[str] = field(default_factory=set)
    """All keys that were ever seen in it, whatever branch they stand in; shared by all states."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _State:
    """Where in the JSON the writing stands."""

    levels: tuple[_Level, ...] = ()
    wanted: str = "value"
    """value, first value, key, first key, colon, next (a comma or the end), end or nothing."""


def outline(tree: nodes.Template, encode: Callable[[object], str], separators: tuple[str, str]) -> list[Part]:
    """
    Give the parts of a template; `encode` writes a scalar as the provider does.

    Raises:
        NotCompiledError: it cannot be said beforehand what JSON comes out.
    """
    writer = _Writer(encode, separators)
    parts, state = writer.body(tree.body, _State(), 0)
    if state.wanted != "nothing":
        raise NotCompiledError("the JSON does not end")
    return parts


class _Writer:
    def __init__(self, encode: Callable[[object], str], separators: tuple[str, str]) -> None:
        self._encode = encode
        self._between, self._after_key = separators
        self._numbers = itertools.count()

    def body(
        self, written: Iterable[nodes.Node], state: _State, depth: int, settled: _Settled = ()
    ) -> tuple[list[Part], _State]:
        """Give the parts of some nodes; `settled` are tests of which it is known how they end."""
        parts: list[Part] = []
        waiting = list(written)
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, nodes.Output):
                for each in node.nodes:
                    more, state = self._output(each, state, depth)
                    parts += more
            elif isinstance(node, nodes.If):
                known = next((outcome for test, outcome in settled if test == node.test), None)
                if known is not None:
                    waiting = [*(node.body if known else _otherwise(node)), *waiting]
                    continue
                choice, state, is_last = self._choice(node, state, depth, settled, waiting)
                parts.append(choice)
                if is_last:
                    break
            elif isinstance(node, nodes.For):
                loop, state = self._loop(node, state, depth, settled)
                parts.append(loop)
            elif isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name) and not depth:
                parts.append(Name(node.target.name, cast("nodes.Expr", node.node)))
            else:
                raise NotCompiledError(f"{type(node).__name__} in a template")
        return _merged(parts), state

    def _output(self, node: nodes.Expr, state: _State, depth: int) -> tuple[list[Part], _State]:
        if isinstance(node, nodes.TemplateData):
            return self._text(node.data, state, depth)
        if state.wanted in ("value", "first value"):
            return [Value(node)], _after_value(state)
        if state.wanted in ("key", "first key"):
            level = state.levels[-1]
            if level.depth:
                raise NotCompiledError("an object made in a loop whose keys are expressions")
            return [Key(node, level.number, level.known)], replace(state, wanted="colon")
        raise NotCompiledError("an expression where JSON has no value")

    def _choice(
        self, node: nodes.If, state: _State, depth: int, settled: _Settled, rest: list[nodes.Node]
    ) -> tuple[Choice, _State, bool]:
        """Give an `if`, where it ends, and whether what is left of the template is in its branches."""
        test = cast("nodes.Expr", node.test)
        then, after = self.body(node.body, state, depth, settled)
        other, after_other = self.body(_otherwise(node), state, depth, settled)
        merged = _either(after, after_other)
        if merged is not None:
            return Choice(test, then, other), merged, False
        if not _is_steady(test) or len(settled) >= _MOST_SETTLED:
            raise NotCompiledError("an if whose branches end at different places of the JSON")
        # Such as what opens an envelope; the same test is asked again where it is closed.
        then, after = self.body([*node.body, *rest], state, depth, (*settled, (test, True)))
        other, after_other = self.body([*_otherwise(node), *rest], state, depth, (*settled, (test, False)))
        merged = _either(after, after_other)
        if merged is None:
            raise NotCompiledError("an if whose branches end at different places of the JSON")
        return Choice(test, then, other), merged, True

    def _loop(self, node: nodes.For, state: _State, depth: int, settled: _Settled) -> tuple[Loop, _State]:
        if node.test is not None or node.else_ or node.recursive:
            raise NotCompiledError("a for with an if, an else or itself inside")
        targets = node.target.items if isinstance(node.target, nodes.Tuple) else [node.target]
        names = tuple(each.name for each in targets if isinstance(each, nodes.Name))
        if len(names) < len(targets):
            raise NotCompiledError("a for with nested names")
        body, after = self.body(node.body, state, depth + 1, settled)
        if after != state:
            raise NotCompiledError("a for that ends at another place of the JSON than it begins")
        return Loop(names, cast("nodes.Expr", node.iter), body), state

    def _text(self, text: str, state: _State, depth: int) -> tuple[list[Part], _State]:
        written, position = [], 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None:
                raise NotCompiledError("a text with an expression inside its quotes, or something else that is no JSON")
            position = found.end()
            token = found[0]
            if not token.isspace():
                piece, state = self._token(token, state, depth)
                written.append(piece)
        return [Text("".join(written))] if written else [], state

    def _token(self, token: str, state: _State, depth: int) -> tuple[str, _State]:
        if token in ("{", "["):
            _expect(state, "value", "first value")
            level = _Level(is_object=token == "{", number=next(self._numbers), depth=depth)
            wanted = "first key" if level.is_object else "first value"
            return token, _State(levels=(*state.levels, level), wanted=wanted)
        if token in ("}", "]"):
            _expect(state, "next", "end", "first key" if token == "}" else "first value")
            if state.levels[-1].is_object != (token == "}"):
                raise NotCompiledError("brackets that do not fit")
            return token, _after_value(replace(state, levels=state.levels[:-1]))
        if token == ",":
            _expect(state, "next")
            return self._between, replace(state, wanted="key" if state.levels[-1].is_object else "value")
        if token == ":":
            _expect(state, "colon")
            return self._after_key, replace(state, wanted="value")
        return self._scalar(token, state, depth)

    def _scalar(self, token: str, state: _State, depth: int) -> tuple[str, _State]:
        try:
            value = json.loads(token)
        except ValueError as error:
            raise NotCompiledError("a text that is no JSON") from error
        if state.wanted not in ("key", "first key"):
            _expect(state, "value", "first value")
            return self._encode(value), _after_value(state)
        level = state.levels[-1]
        if not isinstance(value, str) or value in level.keys or level.depth < depth:
            raise NotCompiledError(f"the key {token}, which may stand twice or is no text")
        level.known.add(value)
        more = replace(level, keys=level.keys | {value})
        return self._encode(value), _State(levels=(*state.levels[:-1], more), wanted="colon")


def _either(one: _State, two: _State) -> _State | None:
    """Give where the writing stands behind one branch or the other; None where that is not one place."""
    wanted = {one.wanted, two.wanted}
    if wanted in ({"key", "first key"}, {"value", "first value"}):
        # What may stand first may follow a comma as well.
        wanted = {"key" if "key" in wanted else "value"}
    elif len(wanted) > 1 and wanted <= {"next", "end", "first key", "first value"}:
        wanted = {"end"}
    if len(wanted) > 1 or [level.number for level in one.levels] != [level.number for level in two.levels]:
        return None
    levels = tuple(replace(a, keys=a.keys | b.keys) for a, b in zip(one.levels, two.levels, strict=True))
    return _State(levels=levels, wanted=wanted.pop())


def _otherwise(node: nodes.If) -> list[nodes.Node]:
    """Give what stands behind `else`, where an `elif` is an `if` of its own."""
    if not node.elif_:
        return node.else_
    first, *rest = node.elif_
    return [nodes.If(first.test, first.body, rest, node.else_, lineno=first.lineno)]


def _is_steady(test: nodes.Expr) -> bool:
    """Tell whether a test ends in the same way wherever it is asked in one payload."""
    kinds = (nodes.Name, nodes.Getattr, nodes.Const, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not)
    names = {name.name for name in [test, *test.find_all(nodes.Name)] if isinstance(name, nodes.Name)}
    return names <= {"options", "account", "event"} and all(
        isinstance(each, kinds) for each in [test, *test.find_all(nodes.Node)]
    )


def _after_value(state: _State) -> _State:
    return replace(state, wanted="next" if state.levels else "nothing")


def _expect(state: _State, *wanted: str) -> None:
    if state.wanted not in wanted:
        raise NotCompiledError(f"JSON that has something else where it wants: {state.wanted}")


def _merged(parts: list[Part]) -> list[Part]:
    """Give the parts with texts that stand side by side made one."""
    found: list[Part] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, Text) and isinstance(last, Text):
            found[-1] = Text(last.text + part.text)
        else:
            found.append(part)
    return found
