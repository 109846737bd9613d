"""The templates of one provider: read and compiled once, filled as often as wanted; broken ones are told by line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from simulator.catalog import Catalog
from simulator.errors import InputError, Problem
from simulator.expressions import ExpressionError, Sandbox, Template
from simulator.provider import Provider
from simulator.units import iso8601

if TYPE_CHECKING:
    from jinja2 import nodes

Scope = Mapping[str, Any]


as_json: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
"""Give the value as JSON, to stand in a template where a value of JSON stands."""


def unix_s(ms: int) -> int:
    """Give a time in Unix milliseconds as whole Unix seconds."""
    return ms // 1000


FILTERS: Mapping[str, Callable[..., Any]] = {"json": as_json, "unix_s": unix_s, "iso8601": iso8601}
"""What templates of every provider may use, beside the filters of their own."""


class Templates:
    """What fills the files of one provider's folder."""

    def __init__(self, catalog: Catalog, provider: Provider) -> None:
        """Begin with nothing read."""
        self.catalog = catalog
        self.provider = provider
        self._top = catalog.folder.parent.parent
        self._sandbox = Sandbox(filters={**FILTERS, **provider.filters})
        self._compiled: dict[Path, Template] = {}

    def json_of(self, path: Path, scope: Scope) -> Any:
        """
        Give the JSON value that the template at `path` makes in this scope.

        Raises:
            InputError: it cannot be read, something in it has no value, or what comes out is no JSON.
        """
        template = self._template(path)
        try:
            text = template.render(scope)
        except ExpressionError as error:
            raise self._broken(path, "the template cannot be filled", error.reason, line=error.line) from error
        try:
            return json.loads(text, object_pairs_hook=_map, parse_constant=_refuse_constant)
        except ValueError as error:
            raise self._broken(path, "what the template makes is no JSON", _near(text, error)) from error

    def value_of(self, expression: str, scope: Scope, *, path: Path, name: str) -> Any:
        """
        Give the value of the expression that stands for `name` beside the template at `path`.

        Raises:
            InputError: it has none.
        """
        try:
            return self._sandbox.evaluate(expression, scope)
        except ExpressionError as error:
            file = path.with_name(path.name.removesuffix(".json.j2") + ".yaml")
            raise self._broken(file, "the expression has no value", error.reason, at=f"values.{name}") from error

    def names_in(self, path: Path) -> frozenset[str]:
        """
        Give the names that the template at `path` asks its scope for.

        Raises:
            InputError: it cannot be read.
        """
        try:
            return self._sandbox.names(self._read(path))
        except ExpressionError as error:
            raise self._broken(path, "the template cannot be read", error.reason, line=error.line) from error

    def names_in_value(self, expression: str) -> frozenset[str]:
        """Give the names that an expression asks its scope for; none where it is broken, which `value_of` tells."""
        try:
            return self._sandbox.names(f"{{{{ {expression} }}}}")
        except ExpressionError:
            return frozenset()

    def tree_of(self, path: Path) -> nodes.Template:
        """
        Give the template at `path` as Jinja's parser reads it.

        Raises:
            InputError: it cannot be read.
        """
        try:
            return cast("nodes.Template", self._sandbox.tree(self._read(path)))
        except ExpressionError as error:
            raise self._broken(path, "the template cannot be read", error.reason, line=error.line) from error

    def tree_of_value(self, expression: str) -> nodes.Expr:
        """
        Give an expression as Jinja's parser reads it.

        Raises:
            ExpressionError: it cannot be read.
        """
        return cast("nodes.Expr", self._sandbox.tree(expression, is_expression=True))

    def filter_named(self, name: str) -> Callable[..., Any] | None:
        """Give a filter that compiled templates may call; None where the sandbox alone can."""
        return self._sandbox.free_filter(name)

    @property
    def tests(self) -> Mapping[str, Callable[..., Any]]:
        """Jinja's tests by name."""
        return self._sandbox.tests

    def _template(self, path: Path) -> Template:
        found = self._compiled.get(path)
        if found is None:
            try:
                found = self._sandbox.template(self._read(path), self._label(path))
            except ExpressionError as error:
                raise self._broken(path, "the template cannot be read", error.reason, line=error.line) from error
            self._compiled[path] = found
        return found

    def _read(self, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise self._broken(path, "the template cannot be read", str(error)) from error

    def _label(self, path: Path) -> str:
        return path.relative_to(self._top).as_posix()

    def _broken(self, path: Path, what: str, why: str, *, line: int | None = None, at: str = "") -> InputError:
        where = self._label(path) if line is None else f"{self._label(path)}:{line}"
        return InputError(
            Problem(code="broken-template", what=what, where=where, at=at, why=why, fix="put the file right")
        )


_KNOWN: dict[tuple[int, int], Templates] = {}


def of(catalog: Catalog, provider: Provider) -> Templates:
    """Give the templates of that catalog and provider, the same object at every use, so that it can stand for both."""
    # Both are kept in what is found for them, so that no other object can have the same id.
    key = (id(catalog), id(provider))
    if key not in _KNOWN:
        _KNOWN[key] = Templates(catalog, provider)
    return _KNOWN[key]


def _map(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _near(text: str, error: ValueError) -> str:
    """Give the error in one line, with the part of the text at which it was found."""
    if not isinstance(error, json.JSONDecodeError):
        return str(error)
    near = " ".join(text[max(error.pos - 30, 0) : error.pos + 30].split())
    return f"{error.msg}, near: {near}"
