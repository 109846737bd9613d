"""Jinja's sandbox with limits: what an expression may see, call and make."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, Undefined, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace, missing

from simulator.errors import nearest
from simulator.expressions import filters as pricing
from simulator.expressions import methods
from simulator.expressions.budget import LimitError, counted, current
from simulator.expressions.guard import Guard

MOST_ROUNDS = 10_000
"""Numbers that one `range` gives."""

_INTERNAL = (types.ModuleType, types.FunctionType, types.MethodType, types.BuiltinFunctionType, type, Macro)
_JINJAS_OWN = ("_loop_vars", "_block_vars")
"""What compiled templates pass beside the arguments of a call."""
_TESTS_LEFT_OUT = frozenset({"filter", "test", "in", "escaped"})


class Missing(StrictUndefined):
    """A name or a field that is not there; any use of it says so, with the nearest one that is."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        name, owner = str(self._undefined_name), self._undefined_obj
        if owner is missing:
            return _with_nearest(f'there is no "{name}"', name, current().names())
        known = owner if isinstance(owner, Mapping) else _public(owner)
        fitting = (key for key in known if isinstance(key, str))
        return _with_nearest(f'{_kind(owner)} has no "{name}"', name, fitting)


class Environment(ImmutableSandboxedEnvironment):
    """Runs templates; whoever runs one opens a budget first."""

    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)

    def __init__(self, filters: Mapping[str, Callable[..., Any]], globals_: Mapping[str, Any]) -> None:
        """Begin with these filters and names beside the own ones."""
        super().__init__(
            undefined=Missing, autoescape=False, optimized=False, keep_trailing_newline=True, finalize=_as_text
        )
        self.globals = {"range": _range, "dict": dict, "namespace": Namespace, **globals_}
        self.filters = pricing.table(filters)
        for name in _TESTS_LEFT_OUT:
            del self.tests[name]

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Give a field: of a map its key before its methods, of Python's own kinds what `methods` lists."""
        current().spend(5)
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        if isinstance(obj, Undefined):
            return getattr(obj, attribute)
        if attribute.startswith("_") or isinstance(obj, _INTERNAL):
            raise SecurityError(f"`.{attribute}` of a {type(obj).__name__} is not allowed")
        if isinstance(obj, Mapping):
            if attribute in obj:
                return obj[attribute]
            return getattr(obj, attribute) if attribute in methods.OF_MAP else self.undefined(obj=obj, name=attribute)
        allowed = _allowed(obj)
        if allowed is not None and attribute not in allowed:
            return self.undefined(obj=obj, name=attribute)
        try:
            return getattr(obj, attribute)
        except AttributeError as error:
            hint = None if allowed is not None or attribute in _public(obj) else str(error)
            return self.undefined(hint if hint and not hint.startswith("'") else None, obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Give an element, or the field of that name where it is no map, list or text."""
        current().spend(5)
        if isinstance(obj, _INTERNAL):
            raise SecurityError(f"a {type(obj).__name__} has no elements")
        if not isinstance(argument, str | int):
            # Looking for a key takes as long as the key is large.
            _pay(argument)
        try:
            return obj[argument]
        except (LookupError, TypeError):
            if isinstance(argument, str) and not isinstance(obj, Mapping | str | list | tuple):
                return self.getattr(obj, argument)
            hint = f"there is no element {argument}; there are {len(obj)}" if isinstance(obj, list | tuple) else None
            return self.undefined(hint, obj=obj, name=str(argument) if isinstance(argument, str | int) else "that key")

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Give what a function gives."""
        budget = current()
        budget.spend(budget.weight + 20 if isinstance(obj, Macro) else 20)
        if isinstance(obj, type) and obj not in (dict, Namespace):
            raise SecurityError(f"{obj.__name__} cannot be called")
        inside = {name: kwargs.pop(name) for name in _JINJAS_OWN if name in kwargs}
        given = [list(counted(value)) if isinstance(value, Iterator) else value for value in args]
        for value in (*given, *kwargs.values()):
            _pay(value)
        owner = getattr(obj, "__self__", None)
        if isinstance(owner, str | list | tuple):
            budget.spend(len(owner) // 16)
        if isinstance(obj, types.BuiltinFunctionType) and isinstance(owner, str):
            result = methods.call_on_text(owner, obj.__name__, tuple(given), kwargs)
        else:
            result = super().call(context, obj, *given, **kwargs, **inside)
        _pay(result)
        return result

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Give what `left operator right` gives."""
        current().spend(20)
        result = methods.binary(self.binop_table[operator], operator, left, right)
        _pay(result)
        return result

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        guarded = Guard().visit(source)
        guarded.set_environment(self)
        return super()._generate(guarded, *args, **kwargs)


def _pay(value: Any) -> None:
    """Pay for a value that was made or is taken; what is no plain value costs nothing more."""
    if isinstance(value, Undefined):
        str(value)
    if isinstance(value, str | bytes | int | Mapping | list | tuple):
        current().spend_size(value)


@pass_context
def _as_text(_: Context, value: Any) -> str:
    """Give what `{{ value }}` writes."""
    budget = current()
    budget.spend(10)
    if isinstance(value, str):
        budget.spend_size(value)
        return value
    if not isinstance(value, Undefined):
        budget.spend_size(value)
    return str(value)


def _range(*args: int) -> range:
    """Give numbers, as Python does, but not too many."""
    numbers = range(*args)
    # A slice of it has a length even where the range itself is longer than Python can count.
    if len(numbers[: MOST_ROUNDS + 1]) > MOST_ROUNDS:
        raise LimitError(f"a range gives at most {MOST_ROUNDS} numbers")
    return numbers


def _allowed(obj: Any) -> frozenset[str] | None:
    """Give the attributes of a value that may be seen; None: all that are public."""
    if isinstance(obj, str):
        return methods.OF_TEXT
    if isinstance(obj, list | tuple):
        return methods.OF_LIST | frozenset(getattr(obj, "_fields", ()))
    is_ours = isinstance(obj, LoopContext | Namespace)
    is_foreign = type(obj).__module__.partition(".")[0] not in ("builtins", "types", "jinja2", "collections")
    return None if is_ours or is_foreign else frozenset()


def _public(obj: Any) -> list[str]:
    if isinstance(obj, _INTERNAL):
        return []
    allowed = _allowed(obj)
    return sorted(allowed) if allowed is not None else [name for name in dir(obj) if not name.startswith("_")]


def _kind(value: Any) -> str:
    kinds = ((Mapping, "a map"), (str, "a text"), (list | tuple, "a list"), (int | float, "a number"))
    return next((name for kind, name in kinds if isinstance(value, kind)), type(value).__name__)


def _with_nearest(what: str, name: str, names: Any) -> str:
    near = nearest(name, names)
    return f'{what}; did you mean "{near}"?' if near else what
