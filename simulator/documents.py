"""YAML text → values that know where they stand: the only place that reads YAML."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NoReturn

import yaml

from simulator.errors import InputError, InternalError, Problem, did_you_mean
from simulator.records import Place

LARGEST_BYTES = 1_048_576
MOST_NODES = 100_000
"""Maps, lists and scalars of a file, counted again for each alias that stands for them."""
DEEPEST = 64
"""Maps and lists inside each other."""
_MOST_PROBLEMS = 50
"""Of a file with more, the first are told."""

Kind = Literal["map", "list", "text", "number", "bool", "null"]
Event = Any
"""One of libyaml's events. Their type says that marks may be missing, which they never are here."""
Mark = Any

_WORDS: dict[str, tuple[Kind, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), ("null", None)),
    **dict.fromkeys(("true", "True", "TRUE"), ("bool", True)),
    **dict.fromkeys(("false", "False", "FALSE"), ("bool", False)),
}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_LONGEST_NUMBER = 400
_COMMENT = re.compile(r"[ \t]+(#[^\r\n\x85\u2028\u2029]*)")
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
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


def read_file(path: Path, file: str = "") -> Node:
    """
    Give the document in a file; `file` is its name in messages.

    Raises:
        InputError: as `read_bytes`; `unreadable-file`: it cannot be opened.
    """
    name = file or str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            Problem(code="unreadable-file", what="the file cannot be read", where=name, why=reason)
        ) from error
    return read_bytes(data, name)


def read_bytes(data: bytes, file: str) -> Node:
    """
    Give the document in UTF-8 bytes.

    Raises:
        InputError: as `read`; `not-utf8`: the bytes are no UTF-8.
    """
    _refuse_large(len(data), file)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        problem = Problem(
            code="not-utf8",
            what="the file is not UTF-8 text",
            where=str(_place(before, len(before), file)),
            why=f"the byte 0x{data[error.start]:02x} cannot stand here",
            fix="save the file with the encoding UTF-8",
        )
        raise InputError(problem) from error
    return read(text, file)


def read(text: str, file: str) -> Node:
    """
    Give the document in a text, by YAML 1.2: only `true`, `false` and `null` are words, numbers have JSON's form.

    An empty text is null. `file` is its name in messages.

    Raises:
        InputError: with all problems found, of the codes `broken-yaml`, `several-documents`, `duplicate-key`,
            `bad-key`, `merge-key`, `foreign-tag`, `unknown-anchor`, `circular-anchor`, `lost-text`, `lost-comment`,
            `file-too-large`, `too-many-nodes` and `too-deep`.
        InternalError: `no-libyaml`.
    """
    if not yaml.__with_libyaml__:
        problem = Problem(
            code="no-libyaml",
            what="PyYAML was installed without libyaml",
            fix="install PyYAML from a wheel, or libyaml with its headers first",
        )
        raise InternalError(problem)
    text = text.removeprefix("\ufeff")
    _refuse_large(len(text.encode("utf-8", "surrogatepass")), file)
    strange = _UNREADABLE.search(text)
    if strange:
        code = ord(strange[0])
        problem = Problem(
            code="broken-yaml",
            what=f"the character U+{code:04X} cannot stand in a YAML file",
            where=str(_place(text, strange.start(), file)),
            fix="leave it out" if 0xD800 <= code <= 0xDFFF else f'write it as "\\u{code:04x}" in double quotes',
        )
        raise InputError(problem)
    return _Composer(text, file).compose()


def parse_value(text: str) -> Any:
    """
    Give what a text such as `42`, `true`, `"42"`, `[a, b]` or `{a: 1}` stands for; what does not parse is text.

    Nothing is cut from a text without quotes: `order #42` is itself, and the empty text is text.
    """
    written = text.strip()
    if written[:1] in ("{", "[", '"', "'"):
        try:
            return read(written, "").plain()
        except InputError:
            return text
    kind, value = _resolve(written)
    return text if kind == "text" or not written else value


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


class _Composer:
    """Makes nodes of the events of libyaml, which, unlike its own nodes, can be counted while they come."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._problems: list[tuple[Place, Problem]] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored] = {}
        self._scalars: list[tuple[str, _Anchored]] = []
        self._count = 0
        self._last: Node | None = None
        self._root: Node | None = None

    def compose(self) -> Node:
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
        if self._problems:
            raise self._error()
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
            self._fail("too-deep", f"more than {DEEPEST} maps and lists stand inside each other", event.start_mark)
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
        kind, value = _resolve(event.value, is_text=is_text)
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
            self._fail("too-many-nodes", f"the file holds more than {MOST_NODES} values", mark, why)

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


def _resolve(spelling: str, *, is_text: bool = False) -> tuple[Kind, Any]:
    if is_text:
        return "text", spelling
    if spelling in _WORDS:
        return _WORDS[spelling]
    found = _NUMBER.fullmatch(spelling) if len(spelling) <= _LONGEST_NUMBER else None
    if found is None:
        return "text", spelling
    if not found[1] and not found[2]:
        return "number", int(spelling)
    number = float(spelling)
    # JSON has no infinity, so what is too large for a float stays as it is written.
    return ("number", number) if math.isfinite(number) else ("text", spelling)


def _refuse_large(size: int, file: str) -> None:
    if size > LARGEST_BYTES:
        why = f"a file holds at most {LARGEST_BYTES} bytes"
        raise InputError(Problem(code="file-too-large", what="the file is too large", where=file, why=why))


def _place(text: str, index: int, file: str) -> Place:
    lines = re.split(r"\r\n|[\r\n\x85\u2028\u2029]", text[:index])
    return Place(file, len(lines), len(lines[-1]) + 1)


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text or "\\" in text else f'"{text}"'
