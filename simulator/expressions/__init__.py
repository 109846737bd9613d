"""Jinja2 expressions in a sandbox: nothing outside the scope is seen, nothing runs for ever or fills the memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, Literal, cast

from jinja2 import Template as Compiled
from jinja2 import TemplateError, TemplateSyntaxError, Undefined, meta, nodes
from jinja2.parser import Parser

from simulator.errors import did_you_mean
from simulator.expressions.budget import FUNCTIONS, Budget, LimitError, counted, size, spending
from simulator.expressions.environment import Environment
from simulator.expressions.filters import unpriced
from simulator.expressions.guard import weight

LONGEST_SOURCE = 100_000
"""Characters of a template."""
_LONGEST_KEPT = 10_000
_RESULT = "value_of_the_expression"
_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    SyntaxError,
    TemplateError,
    TypeError,
    ValueError,
    LimitError,
)
"""What running an expression that somebody wrote may raise; RecursionError is among them."""
_STATEMENT_TOKENS = frozenset({"block_begin", "comment_begin", "raw_begin"})

Kind = Literal["template", "text", "value", "expression"]
"""How a source is read; a value is a text that keeps its type where it is one expression alone."""
Scope = Mapping[str, Any]
"""Names → values: plain ones, maps, and objects whose public attributes are meant to be seen."""
__all__ = ["ExpressionError", "Sandbox", "Scope", "Template"]


class ExpressionError(ValueError):
    """An expression that cannot be read or has no value."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        """Keep the reason, in one line, and the line of the template where it has several."""
        super().__init__(reason)
        self.reason = reason
        self.line = line


class Template:
    """A template that was read, ready to be filled."""

    def __init__(self, compiled: Compiled, name: str, parts: int, *, is_value: bool = False) -> None:
        """Keep what was compiled."""
        self.name = name
        self._compiled = compiled
        self._parts = parts
        self._is_value = is_value

    def render(self, scope: Scope) -> str:
        """
        Give the text.

        Raises:
            ExpressionError: an expression in it has no value, or asks for too much.
        """
        return str(self.fill(scope))

    def fill(self, scope: Scope) -> Any:
        """Give the text, or the value where it is made of one expression and nothing else; errors as `render`."""
        with spending(Budget(lambda: [*scope, *self._compiled.globals], self._parts)):
            try:
                context = self._compiled.new_context(dict(scope))
                text = "".join(self._compiled.root_render_func(context))
                return _result(context.vars[_RESULT]) if self._is_value else text
            except ExpressionError:
                raise
            except _FAULTS as error:
                raise ExpressionError(_reason(error), self._line(error)) from error

    def _line(self, error: BaseException) -> int | None:
        """Give the line of the template in which an error was raised."""
        line, step = None, error.__traceback__
        while step is not None:
            if step.tb_frame.f_globals.get("__jinja_template__") is self._compiled:
                line = self._compiled.get_corresponding_lineno(step.tb_lineno)
            step = step.tb_next
        return line


class Sandbox:
    """Reads and fills templates; what was read once is kept."""

    def __init__(
        self,
        filters: Mapping[str, Callable[..., Any]] = MappingProxyType({}),
        globals: Mapping[str, Any] = MappingProxyType({}),  # noqa: A002 - Jinja's word for it
    ) -> None:
        """Begin with filters and names that every expression sees, beside `range`, `dict` and `namespace`."""
        self._environment = Environment(filters, globals)
        self._own = filters
        self._kept = lru_cache(maxsize=1024)(self._compile)

    def template(self, source: str, name: str = "") -> Template:
        """
        Give the template, which may hold `{% if %}`, `{% for %}`, `{% set %}`, `{% macro %}` and `{% with %}`.

        Raises:
            ExpressionError: it cannot be read.
        """
        return self._read("template", source, name)

    def render(self, source: str, scope: Scope) -> str:
        """
        Give a text with its `{{ expressions }}` filled in; it may hold nothing else of Jinja's.

        Raises:
            ExpressionError: an expression cannot be read, has no value, or asks for too much.
        """
        return self._read("text", source, "").render(scope) if _has_marks(source) else source

    def evaluate(self, expression: str, scope: Scope) -> Any:
        """
        Give the value of a bare expression, such as `count + 1`.

        Raises:
            ExpressionError: it cannot be read, has no value, or asks for too much.
        """
        return self._read("expression", expression, "").fill(scope)

    def fill(self, value: Any, scope: Scope) -> Any:
        """
        Give a value with the expressions in all its texts filled in; one that is a text by itself keeps its type.

        The keys of maps stay as they are.

        Raises:
            ExpressionError: as `render`.
        """
        if isinstance(value, str):
            return self._read("value", value, "").fill(scope) if _has_marks(value) else value
        if isinstance(value, Mapping):
            return {key: self.fill(item, scope) for key, item in value.items()}
        return [self.fill(item, scope) for item in value] if isinstance(value, list | tuple) else value

    def names(self, source: str) -> frozenset[str]:
        """
        Give the names that a text or template takes from its scope.

        Raises:
            ExpressionError: it cannot be read.
        """
        try:
            tree = self._environment.parse(source)
            is_binding = any(not isinstance(each, nodes.Output | nodes.If) for each in tree.find_all(nodes.Stmt))
            # Where nothing binds a name, to look at the names alone is ten times as fast.
            found = meta.find_undeclared_variables(tree) if is_binding else _names(tree)
        except _FAULTS as error:
            raise self._unreadable(error) from error
        return frozenset(found) - self._environment.globals.keys()

    def tree(self, source: str, *, is_expression: bool = False) -> nodes.Node:
        """
        Give a template, or a bare expression, as Jinja's parser reads it.

        Raises:
            ExpressionError: it cannot be read.
        """
        try:
            return self._parsed_expression(source) if is_expression else self._environment.parse(source)
        except _FAULTS as error:
            raise self._unreadable(error) from error

    def free_filter(self, name: str) -> Callable[..., Any] | None:
        """Give a filter for where nothing is counted: one of the caller's own, or one whose result is no larger."""
        found = self._own.get(name) or unpriced(name)
        wanted = getattr(found, "jinja_pass_arg", None)
        if found is None or wanted is None:
            return found
        return partial(found, self._environment) if wanted.name == "environment" else None

    @property
    def tests(self) -> Mapping[str, Callable[..., Any]]:
        """The tests by name."""
        return cast("Mapping[str, Callable[..., Any]]", self._environment.tests)

    def problems(self, source: str, *, is_template: bool = False) -> str | None:
        """Give why a text, or a template, cannot be read; None where it can."""
        try:
            self._read("template" if is_template else "text", source, "")
        except ExpressionError as error:
            return error.reason
        return None

    def _read(self, kind: Kind, source: str, name: str) -> Template:
        return (self._kept if len(source) <= _LONGEST_KEPT else self._compile)(kind, source, name)

    def _compile(self, kind: Kind, source: str, name: str) -> Template:
        if len(source) > LONGEST_SOURCE:
            raise ExpressionError(f"it is longer than {LONGEST_SOURCE} characters")
        try:
            if kind == "expression":
                lone: nodes.Expr | None = self._parsed_expression(source)
            else:
                tree = self._parsed(source, kind)
                lone = _lone(tree) if kind == "value" else None
            if lone is not None:
                tree = _giving(lone)
            # Counted before compiling, which adds its own parts.
            parts = weight(tree)
            compiled = self._environment.from_string(tree)
        except _FAULTS as error:
            raise self._unreadable(error) from error
        return Template(compiled, name, parts, is_value=lone is not None)

    def _parsed(self, source: str, kind: Kind) -> nodes.Template:
        if kind == "template":
            return self._environment.parse(source)
        for line, token, _ in self._environment.lex(source):
            if token in _STATEMENT_TOKENS:
                raise TemplateSyntaxError("a text takes {{ expressions }} only; {% and {# are written {{ '{%' }}", line)
        tree = self._environment.parse(source.strip() if kind == "value" else source)
        # A text around the expression keeps its white space.
        return tree if kind == "text" or _lone(tree) is not None else self._environment.parse(source)

    def _parsed_expression(self, source: str) -> nodes.Expr:
        parser = Parser(self._environment, source, state="variable")
        expression = parser.parse_expression()
        if not parser.stream.eos:
            raise TemplateSyntaxError(
                f'"{parser.stream.current.value}" stands behind the expression', parser.stream.current.lineno
            )
        return expression

    def _unreadable(self, error: Exception) -> ExpressionError:
        reason = _reason(error)
        for kind, known in (("filter", self._environment.filters), ("test", self._environment.tests)):
            found = re.match(rf"No {kind} named '(\w+)'", reason)
            if found is not None:
                near = did_you_mean(found[1], (name for name in known if " " not in name))
                reason = f"there is no {kind} {found[1]}" + (f"; {near}" if near else "")
        return ExpressionError(reason, error.lineno if isinstance(error, TemplateSyntaxError) else None)


def _names(tree: nodes.Template) -> set[str]:
    return {each.name for each in tree.find_all(nodes.Name)}


def _has_marks(text: str) -> bool:
    return "{{" in text or "{%" in text or "{#" in text


def _lone(tree: nodes.Template) -> nodes.Expr | None:
    """Give the one expression that a template is made of; None where there is more or less."""
    written = tree.body[0].nodes if len(tree.body) == 1 and isinstance(tree.body[0], nodes.Output) else []
    return written[0] if len(written) == 1 and not isinstance(written[0], nodes.TemplateData) else None


def _giving(expression: nodes.Expr) -> nodes.Template:
    """Give the template that keeps the value of an expression under `_RESULT`."""
    line = expression.lineno
    target = nodes.Name(_RESULT, "store", lineno=line)
    return nodes.Template([nodes.Assign(target, expression, lineno=line)], lineno=1)


def _result(value: Any) -> Any:
    """Give a value that can be kept: what comes one by one as a list, undefined ones and functions not at all."""
    if isinstance(value, Undefined):
        return str(value)
    if isinstance(value, Iterator):
        return list(counted(value))
    if isinstance(value, FUNCTIONS):
        size(value)
    return value


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError | SyntaxError):
        # Python's own parser refuses what Jinja made of it.
        return "it is nested too deeply, or calls itself without an end"
    if isinstance(error, MemoryError):
        return "it takes too much memory"
    said = str(error.message or "") if isinstance(error, TemplateError) else str(error)
    if "end of print statement" in said and "end of template" in said:
        return "an expression that begins with {{ does not end with }}"
    if "'end of print statement'" in said or "'end of template'" in said:
        return "the expression is empty or not finished"
    if isinstance(error, KeyError) or not said:
        said = f"{type(error).__name__} {said}".strip()
    return " ".join(said.split())[:300]
