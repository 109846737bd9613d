"""A body of several parts, as forms with files are sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One field of a form, or one file."""

    name: str
    content: bytes
    file_name: str = ""
    content_type: str = ""


def is_multipart(content_type: str) -> bool:
    """True for the content type of a form with files."""
    return content_type.partition(";")[0].strip().casefold() == "multipart/form-data"


def parse(body: bytes, content_type: str) -> Mapping[str, Part]:
    """
    Give the parts of a form by their names; of several with one name the last.

    Raises:
        ValueError: it is no such form, or is cut; the text says why.
    """
    return {part.name: part for part in parts(body, content_type)}


def parts(body: bytes, content_type: str) -> tuple[Part, ...]:
    """
    Give the parts of a form, in their order.

    Raises:
        ValueError: it is no such form, or is cut; the text says why.

    Source: RFC 7578, and RFC 2046 section 5.1.
    """
    found = re.search(r'boundary=(?:"([^"]+)"|([^;\s]+))', content_type, re.IGNORECASE)
    if not is_multipart(content_type) or found is None:
        raise ValueError("the content type is not multipart/form-data with a boundary")
    line = b"--" + (found[1] or found[2]).encode("utf-8", "surrogateescape")
    # The first boundary has no line before it.
    pieces = (b"\r\n" + body).split(b"\r\n" + line)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise ValueError("the last part of the body has no end")
    return tuple(_part(piece) for piece in pieces[1:-1])


def _part(piece: bytes) -> Part:
    head, gap, content = piece.partition(b"\r\n\r\n")
    headers = {}
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        headers[name.strip().casefold()] = value.strip()
    disposition = headers.get("content-disposition", "")
    name = _parameter(disposition, "name")
    if not gap or not name:
        raise ValueError("a part of the body has no name")
    return Part(
        name=name,
        content=content,
        file_name=_parameter(disposition, "filename"),
        content_type=headers.get("content-type", ""),
    )


def _parameter(disposition: str, name: str) -> str:
    found = re.search(rf';\s*{name}=(?:"((?:[^"\\]|\\.)*)"|([^;]*))', disposition, re.IGNORECASE)
    if found is None:
        return ""
    return re.sub(r"\\(.)", r"\1", found[1]) if found[1] is not None else found[2].strip()
