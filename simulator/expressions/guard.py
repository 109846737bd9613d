"""Looks through a parsed template: refuses what has no place in it, and puts prices where Jinja leaves no hook."""

from __future__ import annotations

from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.visitor import NodeTransformer

from simulator.expressions.filters import COUNTED, JOINED, SIZED, SLICED

_EXPRESSIONS = (
    nodes.Name,
    nodes.NSRef,
    nodes.Literal,
    nodes.TemplateData,
    nodes.Pair,
    nodes.Keyword,
    nodes.CondExpr,
    nodes.Filter,
    nodes.Test,
    nodes.Call,
    nodes.Getitem,
    nodes.Getattr,
    nodes.Slice,
    nodes.Concat,
    nodes.Compare,
    nodes.Operand,
    nodes.BinExpr,
    nodes.UnaryExpr,
)
_STATEMENTS = (nodes.Template, nodes.Output, nodes.If, nodes.For, nodes.Assign, nodes.Macro, nodes.With)


class Guard(NodeTransformer):
    """Gives each node as it may be run."""

    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> Any:
        """
        Give the node, changed where it costs.

        Raises:
            TemplateSyntaxError: it has no place in a template.
        """
        if not isinstance(node, _EXPRESSIONS + _STATEMENTS):
            raise TemplateSyntaxError(f"`{type(node).__name__.lower()}` is not allowed", node.lineno)
        return super().visit(node, *args, **kwargs)

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802 - the visitor's names are those of the nodes
        """Refuse what Jinja keeps for itself."""
        if node.name.startswith("__") or node.name == "self":
            raise TemplateSyntaxError(f"the name `{node.name}` is not allowed", node.lineno)
        return node

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802
        """Refuse what is private."""
        if node.attr.startswith("_"):
            what = f"`.{node.attr}` is not allowed; a key of a map is read as ['{node.attr}']"
            raise TemplateSyntaxError(what, node.lineno)
        return self.generic_visit(node)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        """Let each round cost what stands in it."""
        if node.recursive:
            raise TemplateSyntaxError("`recursive` is not allowed", node.lineno)
        cost = nodes.Const(weight(node), lineno=node.lineno)
        self.generic_visit(node)
        node.iter = _filtered(node.iter, COUNTED, cost)
        return node

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        """Make it a list, which cannot be a key: Python looks up deep tuples without a limit of depth."""
        self.generic_visit(node)
        return nodes.List(node.items, lineno=node.lineno) if node.ctx == "load" else node

    def visit_Mod(self, node: nodes.Mod) -> nodes.Node:  # noqa: N802
        """Leave the values of a format as they are."""
        values = node.right
        self.generic_visit(node)
        if isinstance(values, nodes.Tuple) and isinstance(node.right, nodes.List):
            node.right = nodes.Tuple(node.right.items, "load", lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        """Let `~` cost what it makes."""
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes, lineno=node.lineno), JOINED)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        """Let a comparison cost what it reads."""
        self.generic_visit(node)
        node.expr = _filtered(node.expr, SIZED)
        for operand in node.ops:
            operand.expr = _filtered(operand.expr, SIZED)
        return node

    def visit_Test(self, node: nodes.Test) -> nodes.Node:  # noqa: N802
        """Let a test cost what it reads."""
        self.generic_visit(node)
        node.node = _filtered(node.node, SIZED)
        return node

    def visit_Pair(self, node: nodes.Pair) -> nodes.Node:  # noqa: N802
        """Let a key cost its length."""
        self.generic_visit(node)
        node.key = _filtered(node.key, SIZED)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        """Let a slice cost what it copies."""
        self.generic_visit(node)
        if not isinstance(node.arg, nodes.Slice):
            return node
        ends = (node.arg.start, node.arg.stop, node.arg.step)
        return _filtered(node.node, SLICED, *(end or nodes.Const(None, lineno=node.lineno) for end in ends))


def weight(node: nodes.Node) -> int:
    """Give how much stands in a node: its parts, and the characters that it writes as they are."""
    return sum(len(part.data) if isinstance(part, nodes.TemplateData) else 1 for part in node.find_all(nodes.Node))


def _filtered(node: nodes.Node, name: str, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, list(args), [], None, None, lineno=node.lineno)
