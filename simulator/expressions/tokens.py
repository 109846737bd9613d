"""Expressions cut into their smallest parts, spelled as they stand there."""

from __future__ import annotations

from jinja2 import Environment
from jinja2.exceptions import TemplateSyntaxError

from simulator.expressions import ExpressionError


def tokens(expression: str) -> list[tuple[str, str]]:
    """
    Give the parts of an expression in order, each with its kind: `name`, `string`, `operator`, `whitespace` and so on.

    One after another they are the expression.

    Raises:
        ExpressionError: it cannot be read.
    """
    try:
        found = [(kind, text) for _, kind, text in Environment().lex(f"{{{{ {expression.strip()} }}}}")]
    except TemplateSyntaxError as error:
        raise ExpressionError(str(error)) from error
    return found[2:-2]
