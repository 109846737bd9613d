"""Expressions of Jinja → the same in Python, as far as they are of kinds whose meaning is known here."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from jinja2 import nodes

from simulator.fake import KINDS
from simulator.render.slots import running

SCOPE = ("now", "ids", "options", "attempt", "user", "account", "present", "fake", "event")
"""The names that an event's template may ask for; every compiled function takes them in this order."""

_MAPS = frozenset({"options", "user", "account", "event", "answer"})
"""Names that are maps wherever they are known, so that a field of theirs need not be asked for with care."""

_OPERATORS: Mapping[type[nodes.BinExpr], str] = {
    nodes.Add: "+",
    nodes.Sub: "-",
    nodes.Mul: "*",
    nodes.Div: "/",
    nodes.FloorDiv: "//",
    nodes.Mod: "%",
    nodes.Pow: "**",
}
_COMPARISONS = {
    "eq": "==",
    "ne": "!=",
    "gt": ">",
    "gteq": ">=",
    "lt": "<",
    "lteq": "<=",
    "in": "in",
    "notin": "not in",
}


class NotCompiledError(ValueError):
    """A template, or an expression beside it, that only the sandbox fills; why."""


class Names:
    """The Python names by which generated code finds what it uses."""

    def __init__(
        self,
        filters: Callable[[str], Callable[..., Any] | None],
        tests: Mapping[str, Any],
        scope: tuple[str, ...] = SCOPE,
    ) -> None:
        """Begin with what all code may call; `scope` are the names that every function takes."""
        self.scope = scope
        self._filters = filters
        self._tests = tests
        self.given: dict[str, Any] = {
            name: getattr(running, name)
            for name in ("field", "element", "part", "call", "text", "concat", "number", "new_key", "refuse", "whole")
        }
        """Name → value: the globals of the code."""

    def of(self, value: Any, prefix: str = "c") -> str:
        """Give the name of a value, the same one for the same value."""
        for name, known in self.given.items():
            if known is value:
                return name
        name = f"{prefix}{len(self.given)}"
        self.given[name] = value
        return name

    def filter_(self, name: str) -> str:
        """
        Give the name of a filter.

        Raises:
            NotCompiledError: there is no such filter, or only the sandbox can run it.
        """
        if name == "string":
            return "text"
        found = self._filters(name)
        if found is None:
            raise NotCompiledError(f"the filter {name}")
        return self.of(found, "f_")

    def test(self, name: str) -> str:
        """
        Give the name of a test.

        Raises:
            NotCompiledError: as `filter_`.
        """
        found = self._tests.get(name)
        if found is None or name in ("defined", "undefined") or hasattr(found, "jinja_pass_arg"):
            raise NotCompiledError(f"the test {name}")
        return self.of(found, "t_")


def python(node: nodes.Expr, names: Names, local: frozenset[str] = frozenset()) -> str:
    """
    Give an expression as Python's source; `local` are the names that loops around it bind.

    Raises:
        NotCompiledError: it is of a kind that only the sandbox knows.
    """
    found = _WRITERS.get(type(node))
    if found is None and isinstance(node, nodes.BinExpr) and type(node) in _OPERATORS:
        found = _binary
    if found is None:
        raise NotCompiledError(f"{type(node).__name__} in an expression")
    return found(node, names, local)


def _constant(node: nodes.Const, names: Names, local: frozenset[str]) -> str:
    value = node.value
    if value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return repr(value)
    raise NotCompiledError(f"the constant {value!r}")


def _name(node: nodes.Name, names: Names, local: frozenset[str]) -> str:
    if node.name in local:
        return f"l_{node.name}"
    if node.name not in names.scope:
        raise NotCompiledError(f"the name {node.name}")
    return "whole(event)" if node.name == "event" else node.name


def _field(node: nodes.Getattr, names: Names, local: frozenset[str]) -> str:
    if node.attr.startswith("_") or _is_maker(node.node, local):
        raise NotCompiledError(f"the attribute {node.attr}")
    if isinstance(node.node, nodes.Name) and node.node.name in _MAPS and node.node.name not in local:
        # Where there is none a LookupError is raised, for which the sandbox takes over, too.
        return f"{_owner(node.node, names, local)}[{node.attr!r}]"
    return f"field({_owner(node.node, names, local)}, {node.attr!r})"


def _element(node: nodes.Getitem, names: Names, local: frozenset[str]) -> str:
    owner = _owner(node.node, names, local)
    if isinstance(node.arg, nodes.Slice):
        ends = (node.arg.start, node.arg.stop, node.arg.step)
        return f"part({owner}, {', '.join(python(end, names, local) if end else 'None' for end in ends)})"
    return f"element({owner}, {python(node.arg, names, local)})"


def _owner(node: nodes.Expr, names: Names, local: frozenset[str]) -> str:
    is_event = isinstance(node, nodes.Name) and node.name == "event" and "event" not in local
    return "event" if is_event else python(node, names, local)


def _call(node: nodes.Call, names: Names, local: frozenset[str]) -> str:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise NotCompiledError("a call with * or **")
    given = [python(each, names, local) for each in node.args]
    given += [f"{each.key}={python(each.value, names, local)}" for each in node.kwargs]
    called = node.node
    if isinstance(called, nodes.Name) and called.name == "present" and called.name not in local:
        return f"{python(called, names, local)}({', '.join(given)})"
    if not isinstance(called, nodes.Getattr) or called.attr.startswith("_"):
        raise NotCompiledError("a call of something that is no method")
    if not _is_maker(called.node, local):
        return f"call({', '.join([python(called.node, names, local), repr(called.attr), *given])})"
    if called.node.name == "fake" and called.attr not in KINDS:
        raise NotCompiledError(f"fake.{called.attr}")
    maker = python(called.node, names, local)
    if maker == "ids" and not node.kwargs and len(given) < 2:
        return f"ids.give({', '.join([repr(called.attr), *(f'str({label})' for label in given)])})"
    return f"{maker}.{called.attr}({', '.join(given)})"


def _is_maker(node: nodes.Expr, local: frozenset[str]) -> TypeGuard[nodes.Name]:
    return isinstance(node, nodes.Name) and node.name in ("ids", "fake") and node.name not in local


def _filtered(node: nodes.Filter, names: Names, local: frozenset[str]) -> str:
    if node.node is None or node.dyn_args is not None or node.dyn_kwargs is not None:
        raise NotCompiledError("a filter with * or **")
    given = [python(each, names, local) for each in (node.node, *node.args)]
    given += [f"{each.key}={python(each.value, names, local)}" for each in node.kwargs]
    return f"{names.filter_(node.name)}({', '.join(given)})"


def _tested(node: nodes.Test, names: Names, local: frozenset[str]) -> str:
    if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
        raise NotCompiledError("a test with named values")
    given = [python(each, names, local) for each in (node.node, *node.args)]
    if node.name == "none" and len(given) == 1:
        return f"({given[0]} is None)"
    return f"{names.test(node.name)}({', '.join(given)})"


def _compared(node: nodes.Compare, names: Names, local: frozenset[str]) -> str:
    parts = [python(node.expr, names, local)]
    for operand in node.ops:
        parts += [_COMPARISONS[operand.op], python(operand.expr, names, local)]
    return f"({' '.join(parts)})"


def _chosen(node: nodes.CondExpr, names: Names, local: frozenset[str]) -> str:
    otherwise = python(node.expr2, names, local) if node.expr2 is not None else "refuse()"
    return f"({python(node.expr1, names, local)} if {python(node.test, names, local)} else {otherwise})"


def _binary(node: nodes.BinExpr, names: Names, local: frozenset[str]) -> str:
    sign = _OPERATORS[type(node)]
    given = f"{python(node.left, names, local)}, {python(node.right, names, local)}"
    return f"{names.of(running.OPERATIONS[sign], 'o_')}({given})"


def _both(node: nodes.And, names: Names, local: frozenset[str]) -> str:
    return f"({python(node.left, names, local)} and {python(node.right, names, local)})"


def _either(node: nodes.Or, names: Names, local: frozenset[str]) -> str:
    return f"({python(node.left, names, local)} or {python(node.right, names, local)})"


def _not(node: nodes.Not, names: Names, local: frozenset[str]) -> str:
    return f"(not {python(node.node, names, local)})"


def _negative(node: nodes.Neg, names: Names, local: frozenset[str]) -> str:
    return f"(-{python(node.node, names, local)})"


def _joined(node: nodes.Concat, names: Names, local: frozenset[str]) -> str:
    return f"concat(({', '.join(python(each, names, local) for each in node.nodes)},))"


def _list(node: nodes.List | nodes.Tuple, names: Names, local: frozenset[str]) -> str:
    # The sandbox makes tuples lists, too.
    return f"[{', '.join(python(each, names, local) for each in node.items)}]"


def _map(node: nodes.Dict, names: Names, local: frozenset[str]) -> str:
    pairs = (f"{python(each.key, names, local)}: {python(each.value, names, local)}" for each in node.items)
    return f"{{{', '.join(pairs)}}}"


_WRITERS: Mapping[type[nodes.Node], Callable[[Any, Names, frozenset[str]], str]] = {
    nodes.Const: _constant,
    nodes.Name: _name,
    nodes.Getattr: _field,
    nodes.Getitem: _element,
    nodes.Call: _call,
    nodes.Filter: _filtered,
    nodes.Test: _tested,
    nodes.Compare: _compared,
    nodes.CondExpr: _chosen,
    nodes.And: _both,
    nodes.Or: _either,
    nodes.Not: _not,
    nodes.Neg: _negative,
    nodes.Concat: _joined,
    nodes.List: _list,
    nodes.Tuple: _list,
    nodes.Dict: _map,
}
