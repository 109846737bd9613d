"""A template, and the expressions beside one of an event, as Python functions, which write a body's text in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import nodes

from simulator.catalog import EventFact
from simulator.errors import InputError
from simulator.expressions import ExpressionError
from simulator.render.slots.expression import Names, NotCompiledError, python
from simulator.render.slots.outline import Choice, Key, Loop, Name, Part, Text, Value, outline
from simulator.render.slots.running import RefusedError
from simulator.templates import Templates

FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    InputError,
    LookupError,
    MemoryError,
    RefusedError,
    RuntimeError,
    TypeError,
    ValueError,
    ExpressionError,
)
"""What a compiled function may raise: the sandbox then does the work again, or tells what is wrong."""

_INDENT = "    "

Encode = Callable[[Any], str]
"""A JSON value → its text in the provider's style."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """The functions of one template."""

    source: str
    """The code of all of them, to be read by people."""
    body: Callable[..., None]
    """(the names of its scope, encode, put) → nothing; it puts pieces of text."""
    values: Mapping[str, Callable[..., Any]]
    """Name → (the names of `SCOPE`) → the value that stands for it in `event`."""
    encode: Encode
    """By which texts, keys and values were written that are the same in every body, and the others are to be."""


def compiled(fact: EventFact, templates: Templates, encode: Encode, separators: tuple[str, str]) -> Program:
    """
    Give the program of an event type, which writes its JSON with these separators, scalars as `encode` does.

    Raises:
        NotCompiledError: it holds something that only the sandbox can fill.
        InputError: the template cannot be read.
    """
    names = Names(templates.filter_named, templates.tests)
    parts = outline(templates.tree_of(fact.template), encode, separators)
    return _made(fact.type, dict(_values(fact, templates, names)), parts, names, encode)


def compiled_template(
    path: Path, templates: Templates, scope: tuple[str, ...], encode: Encode, separators: tuple[str, str]
) -> Program:
    """
    Give the program of any other template, which takes the names of `scope` in place of those of `SCOPE`.

    Raises:
        NotCompiledError: as `compiled`.
        InputError: as `compiled`.
    """
    names = Names(templates.filter_named, templates.tests, scope)
    return _made(path.name, {}, outline(templates.tree_of(path), encode, separators), names, encode)


def _made(label: str, functions: dict[str, str], parts: list[Part], names: Names, encode: Encode) -> Program:
    """Give the program of these functions, which give values, and of the one that writes the parts."""
    source = "\n\n".join([*functions.values(), "\n".join(_body(parts, names))]) + "\n"
    made: dict[str, Any] = dict(names.given)
    # What is run here was written above, from a tree of known nodes; texts of the template stand in it as literals.
    exec(compile(source, f"<{label}>", "exec"), made)
    values = {name.removeprefix("v_"): made[name] for name in functions}
    return Program(source=source, body=made["body"], values=values, encode=encode)


def _values(fact: EventFact, templates: Templates, names: Names) -> Iterator[tuple[str, str]]:
    for name, expression in fact.values.items():
        if not name.isidentifier():
            raise NotCompiledError(f"a value that is called {name}")
        try:
            written = python(templates.tree_of_value(expression), names)
        except (NotCompiledError, ExpressionError) as error:
            raise NotCompiledError(f"{error}, in the value {name}") from error
        yield f"v_{name}", f"def v_{name}({', '.join(names.scope)}):\n{_INDENT}return {written}"


def _body(parts: list[Part], names: Names) -> Iterator[str]:
    yield f"def body({', '.join(names.scope)}, encode, put):"
    for number in sorted(set(_objects(parts))):
        yield f"{_INDENT}seen{number} = set()"
    yield from _lines(parts, names, frozenset(), 1)


def _lines(parts: list[Part], names: Names, local: frozenset[str], depth: int) -> Iterator[str]:
    indent = depth * _INDENT
    if not parts:
        yield f"{indent}pass"
    for part in parts:
        if isinstance(part, Text):
            yield f"{indent}put({part.text!r})"
        elif isinstance(part, Value):
            yield f"{indent}put({_written(part.expression, names, local)})"
        elif isinstance(part, Key):
            key = python(_jsoned(part.expression), names, local)
            known = names.of(frozenset(part.known), "k_")
            yield f"{indent}put(encode(new_key({key}, {known}, seen{part.number})))"
        elif isinstance(part, Choice):
            yield f"{indent}if {python(part.test, names, local)}:"
            yield from _lines(part.then, names, local, depth + 1)
            if part.otherwise:
                yield f"{indent}else:"
                yield from _lines(part.otherwise, names, local, depth + 1)
        elif isinstance(part, Name):
            yield f"{indent}l_{part.name} = {python(part.expression, names, local)}"
            local |= {part.name}
        else:
            targets = ", ".join(f"l_{name}" for name in part.names)
            yield f"{indent}for {targets} in {python(part.over, names, local)}:"
            yield from _lines(part.body, names, local | {*part.names}, depth + 1)


def _written(expression: nodes.Expr, names: Names, local: frozenset[str]) -> str:
    if _is_jsoned(expression):
        return f"encode({python(_jsoned(expression), names, local)})"
    return f"encode(number({python(expression, names, local)}))"


def _is_jsoned(expression: nodes.Expr) -> bool:
    return isinstance(expression, nodes.Filter) and expression.name == "json" and not expression.args


def _jsoned(expression: nodes.Expr) -> nodes.Expr:
    if isinstance(expression, nodes.Filter) and _is_jsoned(expression) and expression.node is not None:
        return expression.node
    raise NotCompiledError("a key without | json")


def _objects(parts: list[Part]) -> Iterator[int]:
    """Give the numbers of the objects in which keys are expressions."""
    for part in parts:
        if isinstance(part, Key):
            yield part.number
        elif isinstance(part, Choice):
            yield from _objects([*part.then, *part.otherwise])
        elif isinstance(part, Loop):
            yield from _objects(part.body)
