"""One value of a document, with its place and its spelling; and what YAML took away from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from simulator.errors import Problem
from simulator.records import Place

Kind = Literal["map", "list", "text", "number", "bool", "null"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One value of a document: a map, a list or a scalar."""

    kind: Kind
    value: Any
    """dict (keys as text, in order), list, str, int, float, bool or None. Not to be changed; see `plain`."""
    place: Place
    """Of an alias: where the value was written."""
    spelling: str = ""
    """A scalar as written, without its quotes: what counts where text belongs."""
    is_quoted: bool = False
    """Written in quotes or as a block (`|`, `>`), so that it is text whatever it says."""
    trailing_comment: str = ""
    """The comment behind a scalar on its line, from the `#`; empty if none."""
    anchor: str = ""
    items: tuple[tuple[Node, Node], ...] = ()
    """Of a map: key and value."""
    elements: tuple[Node, ...] = ()
    """Of a list."""

    def get(self, key: str) -> Node | None:
        """Give the value of a key of a map, or None."""
        return next((value for name, value in self.items if name.spelling == key), None)

    def plain(self) -> Any:
        """Give the value as fresh dicts and lists, free to be changed."""
        if self.kind == "map":
            return {key.spelling: value.plain() for key, value in self.items}
        return [element.plain() for element in self.elements] if self.kind == "list" else self.value


def lost(node: Node, at: str = "") -> Problem | None:
    """Tell what YAML took away without a sound from a scalar where text belongs; None: it says what was written."""
    if node.kind in ("map", "list") or node.is_quoted:
        return None
    if node.trailing_comment:
        whole = f"{node.spelling} {node.trailing_comment}".strip()
        return Problem(
            code="lost-comment",
            what=f'"{node.trailing_comment}" is a comment, not part of the text',
            where=str(node.place),
            at=at,
            why='in YAML " #" ends a text without quotes',
            fix=f"put it in quotes: {_quoted(whole)}; or put the comment on a line of its own",
        )
    if node.spelling in ("", "~"):
        written = f"&{node.anchor}" if node.anchor else node.spelling
        return Problem(
            code="lost-text",
            what="there is no text here",
            where=str(node.place),
            at=at,
            why=f'"{written}" means nothing at all in YAML' if written else "nothing is written",
            fix=f"put it in quotes: {_quoted(written)}" if written else 'write the text, or "" for an empty one',
        )
    return None


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text or "\\" in text else f'"{text}"'
