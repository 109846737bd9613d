"""What can be said about matchers before anything was observed: their mistakes, and what they capture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.errors import did_you_mean
from simulator.match.form import BadPatternError, is_equals, pattern_of, read
from simulator.match.reply import BUTTON_FIELDS, BUTTON_LISTS, TEXT_FIELDS
from simulator.match.search import query
from simulator.match.value import as_number, comparison

Found = tuple[str, str, str]
"""The path inside the matcher, the code, the message."""

_LONGEST_REGEX = 2_000


def problems_of(wanted: Any) -> list[Found]:
    """
    Give path, code and message of all that is wrong with a `bot:` step: its text, or the map of its fields.

    The codes are `unfinished-regex`, `bad-regex`, `unfinished-expression`, `empty-matcher`, `unknown-matcher`,
    `bad-range` and `bad-json-path`. Whether a provider has the field is not looked at.
    """
    if not isinstance(wanted, Mapping) or is_equals(wanted):
        return list(_of_text(wanted, ""))
    return [problem for name, matcher in wanted.items() for problem in _of_field(str(name), matcher)]


def value_problems(wanted: Any, path: str = "") -> list[Found]:
    """Give path, code and message of all that is wrong with a matcher for a JSON value; codes as `problems_of`."""
    return list(_of_value(wanted, path))


def captures_of(wanted: Any) -> frozenset[str]:
    """Give the names of all captures in a matcher, or in a map or list of them."""
    if isinstance(wanted, str):
        return _captures_of_text(wanted.strip())
    if isinstance(wanted, Mapping):
        return frozenset() if is_equals(wanted) else captures_of(list(wanted.values()))
    if isinstance(wanted, list | tuple):
        return frozenset().union(*(captures_of(inner) for inner in wanted))
    return frozenset()


def _captures_of_text(written: str) -> frozenset[str]:
    form = read(written)
    if form.kind != "regex":
        return frozenset(piece.text for piece in form.pieces if piece.kind == "capture")
    try:
        return frozenset(pattern_of(form).groupindex)
    except BadPatternError:
        return frozenset()


def _of_field(name: str, wanted: Any) -> Iterator[Found]:
    if wanted is None:
        yield name, "empty-matcher", f"it asks for nothing; `{name}: any` asks for any {name}"
    elif name in TEXT_FIELDS:
        yield from _of_text(wanted, name)
    elif name in BUTTON_LISTS and isinstance(wanted, list | tuple):
        for index, item in enumerate(wanted):
            yield from _of_button(item, f"{name}.{index}")
    elif name in BUTTON_LISTS:
        yield from _of_button(wanted, name, is_alone=True)
    elif name == "raw" and isinstance(wanted, Mapping | list | tuple) and not wanted:
        yield name, "empty-matcher", "it asks for nothing; write dotted path → matcher"
    elif name == "location" and not isinstance(wanted, Mapping | bool) and wanted not in ("any", "none"):
        yield name, "unknown-matcher", "a location is `any`, `none` or a map of lat and lon"
    else:
        yield from _of_value(wanted, name)


def _of_button(wanted: Any, path: str, *, is_alone: bool = False) -> Iterator[Found]:
    if not isinstance(wanted, Mapping) or is_equals(wanted):
        yield from _of_text(wanted, path) if is_alone else _of_element(wanted, path, is_text=True)
        return
    for key, inner in wanted.items():
        if key not in BUTTON_FIELDS:
            help_ = did_you_mean(str(key), BUTTON_FIELDS, f"it has {', '.join(BUTTON_FIELDS)}")
            yield f"{path}.{key}", "unknown-matcher", f'a button has no "{key}"; {help_}'
        elif key != "silent":
            yield from _of_text(inner, f"{path}.{key}")


def _of_element(wanted: Any, path: str, *, is_text: bool = False) -> Iterator[Found]:
    if isinstance(wanted, str) and wanted.strip() == "none":
        yield path, "unknown-matcher", "an element cannot be missing; the text is written {equals: none}"
    else:
        yield from _of_text(wanted, path) if is_text else _of_value(wanted, path)


def _of_text(wanted: Any, path: str) -> Iterator[Found]:
    if wanted is None:
        yield path, "empty-matcher", "there is no text to compare with"
    elif isinstance(wanted, str):
        yield from _of_form(wanted.strip(), path)
    elif not is_equals(wanted) and not isinstance(wanted, int | float):
        yield path, "unknown-matcher", "a text belongs here, or {equals: …}"


def _of_form(written: str, path: str) -> Iterator[Found]:
    form = read(written)
    literal = "".join(piece.text for piece in form.pieces if piece.kind == "literal")
    if form.kind == "regex":
        yield from _of_regex(written, path)
    elif written.startswith("/"):
        yield (
            path,
            "unfinished-regex",
            "a regular expression ends with / or /i; a text that begins with / is written {equals: …}",
        )
    elif "{{" in literal:
        yield path, "unfinished-expression", "an expression that begins with {{ ends with }}"
    if form.kind != "plain" and not literal.strip() and all(piece.kind == "literal" for piece in form.pieces):
        yield path, "empty-matcher", f'"{written}" fits every text; `any` says so'


def _of_regex(written: str, path: str) -> Iterator[Found]:
    try:
        if len(written) > _LONGEST_REGEX:
            raise BadPatternError(f"it is longer than {_LONGEST_REGEX} characters")
        pattern_of(read(written))
    except BadPatternError as error:
        yield path, "bad-regex", f"the regular expression cannot be used: {error}"


def _of_value(wanted: Any, path: str) -> Iterator[Found]:
    if isinstance(wanted, str):
        yield from _of_form(wanted.strip(), path)
        limits = [number for _, limit in comparison(wanted.strip()) if (number := as_number(limit)) is not None]
        if limits != sorted(limits):
            yield path, "bad-range", f'"{wanted}" runs backwards; the smaller number comes first'
    elif isinstance(wanted, Mapping) and not is_equals(wanted):
        for key, inner in wanted.items():
            inner_path = f"{path}.{key}" if path else str(key)
            if str(key).startswith("$"):
                yield from _of_query(str(key), inner_path)
            elif not str(key).strip():
                yield inner_path, "unknown-matcher", "the path is empty; write one such as message.text"
            yield from _of_value(inner, inner_path)
    elif isinstance(wanted, list | tuple):
        for index, inner in enumerate(wanted):
            yield from _of_element(inner, f"{path}.{index}" if path else str(index))


def _of_query(key: str, path: str) -> Iterator[Found]:
    try:
        query(key, {})
    except BadPatternError as error:
        yield path, "bad-json-path", f"the JSONPath cannot be used: {error}"
