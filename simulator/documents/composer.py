"""libyaml's events → nodes, with all that is wrong told at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NoReturn

import yaml

from simulator.documents.node import Kind, Node, lost
from simulator.documents.scalar import resolve
from simulator.errors import InputError, Problem, did_you_mean
from simulator.records import Place

MOST_NODES = 100_000
"""Maps, lists and scalars of a file, counted again for each alias that stands for them."""
DEEPEST = 64
"""Maps and lists inside each other."""
_MOST_PROBLEMS = 50
"""Of a file with more, the first are told."""

Event = Any
"""One of libyaml's events. Their type says that marks may be missing, which they never are here."""
Mark = Any

_COMMENT = re.compile(r"[ \t]+(#[^\r\n\x85\u2028\u2029]*)")
_CORE_TAGS = {"text": "tag:yaml.org,2002:str", "map": "tag:yaml.org,2002:map", "list": "tag:yaml.org,2002:seq"}

_QUOTE_FIRST = 'put the text in quotes: one that begins with "{}" means something else in YAML'
_QUOTE_IN_FLOW = "put the text in quotes: inside { } and [ ] one that holds any of , [ ] { } : # needs them"
_ADVICE = (
    ("block sequence entries are not allowed", _QUOTE_FIRST.format("- ")),
    ("mapping keys are not allowed", _QUOTE_FIRST.format("? ")),
    ("scanning a block scalar", 'put the text in quotes: one that begins with "|" or ">" means something else in YAML'),
    ("scanning an alias", _QUOTE_FIRST.format("*")),
    ("scanning an anchor", _QUOTE_FIRST.format("&")),
    ("a tag", _QUOTE_FIRST.format("!")),
    ("unexpected end of stream", "close the quotes that were opened here"),
    ("Unicode character escape", 'write a character above U+FFFF as itself, or with eight digits: "\\U0001F600"'),
    ("unknown escape", 'in double quotes a backslash is written "\\\\"; single quotes take it as it is'),
    ("flow", _QUOTE_IN_FLOW),
    ("mapping values are not allowed", 'put the text in quotes if it holds ": "; else look at the indentation'),
    ("could not find expected ':'", "write `key: value`, or indent the line to go on with the text above"),
    ("did not find expected", "begin all keys of a map in one column, and leave nothing behind closing quotes"),
)


@dataclass(slots=True)
class _Open:
    """A map or a list that is being read."""

    kind: Literal["map", "list"]
    place: Place
    anchor: str
    is_flow: bool
    children: list[Node] = field(default_factory=list)
    count: int = 1
    key_end: int = 0


@dataclass(slots=True)
class _Anchored:
    """What an anchor stands for."""

    node: Node | None
    """None: not read to its end."""
    count: int
    place: Place
    is_used: bool = False


class Composer:
    """Makes nodes of the events of libyaml, which, unlike its own nodes, can be counted while they come."""

    def __init__(self, text: str, file: str) -> None:
        """Begin with a text that holds readable characters only, and the name of its file for messages."""
        self._text = text
        self._file = file
        self._problems: list[tuple[Place, Problem]] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored] = {}
        self._scalars: list[tuple[str, _Anchored]] = []
        self._count = 0
        self._last: Node | None = None
        self._root: Node | None = None

    def compose(self, told: list[Problem] | None = None) -> Node:
        """
        Give the document; null where the text is empty.

        What is wrong in a text that can still be read goes to `told`, where that is given.

        Raises:
            InputError: with all that is wrong, as far as the text could be read.
        """
        for event in self._events():
            if isinstance(event, yaml.DocumentStartEvent) and self._root is not None:
                why, fix = "a file holds one", "take the line --- away, or make a file of each"
                self._fail("several-documents", "a second document begins here", event.start_mark, why, fix)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._begin(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._end()
        for name, anchored in self._scalars:
            if not anchored.is_used:
                why = f'nothing refers to it, so that "&{name}" is lost'
                self._note("lost-text", f'"&{name}" is an anchor', anchored.place, why, _QUOTE_FIRST.format("&"))
        if self._problems and told is None:
            raise self._error()
        if told is not None:
            told += self._error().problems
        return self._root or Node(kind="null", value=None, place=Place(self._file, 1, 1))

    def _events(self) -> Iterator[Event]:
        try:
            yield from yaml.parse(self._text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as error:
            self._fail_as_scanned(error)
        except yaml.YAMLError as error:
            self._fail("broken-yaml", str(error).partition("\n")[0], None)

    def _begin(self, event: Event) -> None:
        index = event.start_mark.index
        if self._text.startswith("{{", index):
            written = self._text[index:].partition("\n")[0].partition("}}")[0][:40]
            fix = f'put it in quotes: "{written}}}}}"'
            self._fail("broken-yaml", "an expression stands here without quotes", event.start_mark, fix=fix)
        if len(self._open) >= DEEPEST:
            what = f"more than {DEEPEST} maps and lists stand inside each other"
            self._fail("too-deep", what, event.start_mark, fix="take the inner ones out")
        kind: Literal["map", "list"] = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
        self._check_tag(event.tag, kind, event.start_mark)
        place = self._at(event.start_mark)
        self._grow(1, event.start_mark)
        self._open.append(_Open(kind, place, event.anchor or "", bool(event.flow_style)))
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(None, 0, place)

    def _end(self) -> None:
        ended = self._open.pop()
        children = ended.children
        if ended.kind == "list":
            node = Node(
                kind="list",
                value=[child.value for child in children],
                place=ended.place,
                anchor=ended.anchor,
                elements=tuple(children),
            )
        else:
            items = tuple(zip(children[::2], children[1::2], strict=True))
            value = {key.spelling: inner.value for key, inner in items}
            node = Node(kind="map", value=value, place=ended.place, anchor=ended.anchor, items=items)
            self._check_keys(items)
        if ended.anchor:
            self._anchors[ended.anchor] = _Anchored(node, ended.count, ended.place)
        self._add(node, ended.count)

    def _scalar(self, event: Event) -> None:
        is_quoted = bool(event.style)
        end = event.end_mark.index
        is_text = is_quoted or event.tag == _CORE_TAGS["text"]
        kind, value = resolve(event.value, is_text=is_text)
        self._check_tag(event.tag, kind, event.start_mark)
        comment = _COMMENT.match(self._text, end) if event.style not in ("|", ">") else None
        node = Node(
            kind=kind,
            value=value,
            place=self._at(event.start_mark),
            spelling=event.value,
            is_quoted=is_quoted,
            trailing_comment=comment[1] if comment else "",
            anchor=event.anchor or "",
        )
        if event.anchor:
            anchored = self._anchors[event.anchor] = _Anchored(node, 1, node.place)
            self._scalars.append((event.anchor, anchored))
        self._check_pair(node, event.start_mark.index)
        self._grow(1, event.start_mark)
        self._add(node, 1)
        self._last = node
        if self._open:
            self._open[-1].key_end = end

    def _alias(self, event: Event) -> None:
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            fix = did_you_mean(event.anchor, self._anchors, _QUOTE_FIRST.format("*"))
            why = "in YAML a star refers to an anchor above it"
            self._fail("unknown-anchor", f'no anchor is called "&{event.anchor}"', event.start_mark, why, fix)
        if anchored.node is None:
            what = f'"*{event.anchor}" stands inside "&{event.anchor}", which it refers to'
            self._fail("circular-anchor", what, event.start_mark, fix="write out what is meant")
        anchored.is_used = True
        self._grow(anchored.count, event.start_mark)
        self._add(anchored.node, anchored.count)

    def _add(self, node: Node, count: int) -> None:
        if self._open:
            self._open[-1].children.append(node)
            self._open[-1].count += count
        else:
            self._root = node

    def _grow(self, count: int, mark: Mark) -> None:
        self._count += count
        if self._count > MOST_NODES:
            why = "an alias counts as all that it stands for"
            what = f"the file holds more than {MOST_NODES:,} values"
            self._fail("too-many-nodes", what, mark, why, fix="make several files of it, or use fewer aliases")

    def _check_pair(self, node: Node, index: int) -> None:
        """Note a key in braces that has neither colon nor value, as the second half of `{text: a, b}` would be."""
        above = self._open[-1] if self._open else None
        if above is None or above.kind != "map" or not above.is_flow or len(above.children) % 2 == 0:
            return
        key = above.children[-1]
        has_colon = self._text[above.key_end : index].lstrip().startswith(":")
        if node.spelling or node.is_quoted or node.anchor or has_colon or key.kind in ("map", "list"):
            return
        fix = "put a space behind the colon" if ":" in key.spelling and not key.is_quoted else _QUOTE_IN_FLOW
        self._note("lost-text", f'"{key.spelling}" stands in braces without a value', key.place, fix=fix)

    def _check_keys(self, items: tuple[tuple[Node, Node], ...]) -> None:
        first: dict[str, Node] = {}
        for key, _ in items:
            if key.kind in ("map", "list"):
                self._note("bad-key", f"a {key.kind} stands where a key belongs", key.place, fix="a key is text")
            elif not key.spelling and not key.is_quoted:
                self._note("bad-key", "a key is missing before the colon", key.place, fix="a key is text")
            elif key.spelling == "<<" and not key.is_quoted:
                why = "YAML 1.2 has no merge keys"
                self._note("merge-key", '"<<" is not supported', key.place, why, "write out the keys that are meant")
            elif key.spelling in first:
                why = f"it stands first at {first[key.spelling].place}"
                self._note("duplicate-key", f'the key "{key.spelling}" stands here twice', key.place, why, "keep one")
            else:
                first[key.spelling] = key

    def _check_tag(self, tag: str | None, kind: Kind, mark: Mark) -> None:
        if tag is None or tag == _CORE_TAGS.get(kind):
            return
        shown = tag.replace("tag:yaml.org,2002:", "!!")
        fix = f"take it away, or {_QUOTE_FIRST.format('!')}"
        self._note("foreign-tag", f'the tag "{shown}" is not supported', self._at(mark), fix=fix)

    def _at(self, mark: Mark) -> Place:
        return Place(self._file, mark.line + 1, mark.column + 1)

    def _note(self, code: str, what: str, place: Place, why: str = "", fix: str = "") -> None:
        self._problems.append((place, Problem(code=code, what=what, where=str(place), why=why, fix=fix)))
        if len(self._problems) >= _MOST_PROBLEMS:
            raise self._error()

    def _fail(self, code: str, what: str, mark: Mark, why: str = "", fix: str = "") -> NoReturn:
        self._note(code, what, self._at(mark) if mark else Place(self._file, 1, 1), why, fix)
        raise self._error()

    def _error(self) -> InputError:
        in_order = sorted(self._problems, key=lambda found: (found[0].line, found[0].column))
        return InputError(*(problem for _, problem in in_order))

    def _look_for_swallowed(self, context: str) -> None:
        """Raise where a comment took away the bracket that closes a map or a list, as `{text: order #42}` does."""
        last = self._last
        if last is None or "flow" not in context:
            return
        problem = lost(replace(last, trailing_comment=last.trailing_comment.rstrip(" ]}")))
        if problem is not None and last.trailing_comment:
            self._problems.append((last.place, problem))
            raise self._error()

    def _fail_as_scanned(self, error: yaml.MarkedYAMLError) -> NoReturn:
        what, context = str(error.problem), str(error.context or "")
        mark: Mark = error.problem_mark or error.context_mark
        begun: Mark = error.context_mark
        self._look_for_swallowed(context)
        if what.startswith("found character"):
            found = self._text[mark.index : mark.index + 1]
            what = "a tab stands in the indentation" if found == "\t" else f'"{found}" cannot begin a text'
            fix = "indent with spaces" if found == "\t" else _QUOTE_FIRST.format(found)
            self._fail("broken-yaml", what, mark, fix=fix)
        fix = next((advice for words, advice in _ADVICE if words in what or words in context), "")
        if begun is not None and mark.index >= len(self._text.rstrip()):
            # Seen at the end of the file only, but wrong since where the context says.
            mark = begun
        why = f"{context} that begins at line {begun.line + 1}" if context and begun else context
        self._fail("broken-yaml", what, mark, why, fix)
