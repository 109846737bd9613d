"""YAML text → values that know where they stand: the only place that reads YAML."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from simulator.documents.composer import DEEPEST, MOST_NODES, Composer
from simulator.documents.node import Kind, Node, lost
from simulator.documents.scalar import resolve
from simulator.documents.values import node_of
from simulator.errors import InputError, InternalError, Problem
from simulator.records import Place

LARGEST_BYTES = 1_048_576
_PAIR = re.compile(rb"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)
"""How JSON escapes a character above U+FFFF, which YAML does not know."""
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

__all__ = [
    "DEEPEST",
    "LARGEST_BYTES",
    "MOST_NODES",
    "Kind",
    "Node",
    "lost",
    "node_of",
    "parse_value",
    "read",
    "read_bytes",
    "read_file",
]


def read_file(path: Path, file: str = "", told: list[Problem] | None = None) -> Node:
    """
    Give the document in a file; `file` is its name in messages, `told` as in `read`.

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
    if path.suffix.casefold() == ".json":
        data = _PAIR.sub(_joined, data)
    return read_bytes(data, name, told)


def read_bytes(data: bytes, file: str, told: list[Problem] | None = None) -> Node:
    """
    Give the document in UTF-8 bytes; `told` as in `read`.

    Raises:
        InputError: as `read`; `not-utf8`: the bytes are no UTF-8.
    """
    _refuse_large(len(data), file)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        is_wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        problem = Problem(
            code="not-utf8",
            what="the file is not UTF-8 text",
            where=str(_place(before, len(before), file)),
            why="it begins as a file in UTF-16 does"
            if is_wide
            else f"the byte 0x{data[error.start]:02x} cannot stand here",
            fix="save the file with the encoding UTF-8",
        )
        raise InputError(problem) from error
    return read(text, file, told)


def read(text: str, file: str, told: list[Problem] | None = None) -> Node:
    """
    Give the document in a text, by YAML 1.2: only `true`, `false` and `null` are words, numbers have JSON's form.

    An empty text is null. `file` is its name in messages. What is wrong in a text that can still be read goes to `told`
    instead of being raised, where that is given: so a reader tells it together with all that it finds itself.

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
    return Composer(text, file).compose(told)


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
    kind, value = resolve(written)
    return text if kind == "text" or not written else value


def _joined(found: re.Match[bytes]) -> bytes:
    pair = b"".join(int(half, 16).to_bytes(2, "big") for half in found.groups()[1:])
    return found[1] + pair.decode("utf-16-be").encode("utf-8")


def _refuse_large(size: int, file: str) -> None:
    if size > LARGEST_BYTES:
        why = f"a file holds at most {LARGEST_BYTES} bytes"
        fix = "make several files of it; long texts and pictures stand in files of their own"
        raise InputError(Problem(code="file-too-large", what="the file is too large", where=file, why=why, fix=fix))


def _place(text: str, index: int, file: str) -> Place:
    lines = re.split(r"\r\n|[\r\n\x85\u2028\u2029]", text[:index])
    return Place(file, len(lines), len(lines[-1]) + 1)
