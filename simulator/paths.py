"""A field of a JSON value by its dotted path: read it, change it in a copy, find the nearest one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from simulator import errors

Part = str | int

_DEEPEST = 100
"""Parts of a path; deeper values could not be written as JSON again."""
_MOST_COMPARED = 2_000
"""Paths that are looked at for the nearest one."""


class UnknownPath(KeyError):  # noqa: N818 - the words of scenario files and messages
    """A value has nothing at that path."""

    def __init__(self, path: str, value: Any) -> None:
        super().__init__(path)
        self.path = path
        self._value = value

    @property
    def nearest(self) -> str | None:
        """The existing path that is most like it, or None."""
        return nearest(self.path, self._value)

    def __str__(self) -> str:
        return f'there is no field "{self.path}"'


def split(path: str) -> tuple[Part, ...]:
    r"""
    Give the parts of a path: `messages.0.text` → `("messages", 0, "text")`; the empty path is the value itself.

    `\.` is a dot of the key, and a backslash takes the meaning from any other character as well; alone, it is the path
    of the empty key. Numbers without leading zeros are indexes of lists, and keys where a map stands.
    """
    parts: list[Part] = []
    key, is_plain = "", True
    letters = iter(path)
    for letter in letters:
        if letter == ".":
            parts.append(_part(key, is_plain))
            key, is_plain = "", True
        elif letter == "\\":
            key, is_plain = key + next(letters, ""), False
        else:
            key += letter
    return (*parts, _part(key, is_plain)) if path else ()


def join(parts: Sequence[Part]) -> str:
    """Give the path of these parts: what `split` takes apart again."""
    if list(parts) == [""]:
        return "\\"
    return ".".join(_escaped(part, is_first=index == 0) for index, part in enumerate(parts))


def get(value: Any, path: str) -> Any:
    """
    Give what stands at that path.

    Raises:
        UnknownPath: nothing does; it is a KeyError.
    """
    found = value
    for part in split(path):
        try:
            found = found[_key(found, part)]
        except (KeyError, IndexError):
            raise UnknownPath(path, value) from None
    return found


def put(value: Any, path: str, new: Any, *, may_be_new: bool = False) -> Any:
    """
    Give a copy of the value in which `new` stands at that path; the value itself stays as it was.

    With `may_be_new` a missing key is added, the maps and lists on the way to it too; a list grows by one at its end.

    Raises:
        UnknownPath: nothing stands there, or nothing can.
    """
    parts = split(path)
    if len(parts) > _DEEPEST:
        raise UnknownPath(path, value)
    above: list[tuple[Any, Part]] = []
    found = value
    for index, part in enumerate(parts):
        try:
            key = _key(found, part)
            above.append((found, key))
            found = found[key]
        except (KeyError, IndexError):
            if not may_be_new or not _can_take(found, part):
                raise UnknownPath(path, value) from None
            found = [] if parts[index + 1 : index + 2] == (0,) else {}
    for holder, key in reversed(above):
        new = _changed(holder, key, new)
    return new


def every(value: Any) -> Iterator[str]:
    """Give the paths of all that is inside a value, maps and lists before what they hold, in the order of the value."""
    waiting: list[tuple[tuple[Part, ...], Any]] = [((), value)]
    while waiting:
        parts, found = waiting.pop()
        if parts:
            yield join(parts)
        if isinstance(found, Mapping):
            waiting.extend(((*parts, str(key)), inner) for key, inner in reversed(list(found.items())))
        elif isinstance(found, list | tuple):
            waiting.extend(((*parts, index), found[index]) for index in reversed(range(len(found))))


def nearest(path: str, value: Any) -> str | None:
    """Give the existing path most like `path`: one that ends in it, or else the most alike by letters; or None."""
    there = list(islice(every(value), _MOST_COMPARED))
    wanted = path.casefold()
    endings = [known for known in there if known.casefold().endswith(f".{wanted}")]
    if endings:
        return min(endings, key=len)
    return errors.nearest(path, there)


def _part(key: str, is_plain: bool) -> Part:
    is_index = is_plain and key.isascii() and key.isdigit() and (key == "0" or key[0] != "0") and len(key) <= 9
    return int(key) if is_index else key


def _escaped(part: Part, *, is_first: bool) -> str:
    if isinstance(part, int):
        return str(part)
    text = part.replace("\\", "\\\\").replace(".", "\\.")
    # A leading plus would mark a new path.
    return f"\\{text}" if is_first and text.startswith("+") else text


def _key(holder: Any, part: Part) -> Any:
    if isinstance(holder, Mapping):
        return str(part)
    if isinstance(holder, list | tuple) and isinstance(part, int):
        return part
    raise KeyError(part)


def _can_take(holder: Any, part: Part) -> bool:
    if isinstance(holder, list | tuple):
        return part == len(holder)
    return isinstance(holder, Mapping)


def _changed(holder: Any, key: Part, new: Any) -> Any:
    if isinstance(holder, Mapping):
        return {**holder, key: new}
    copy = list(holder)
    if key == len(copy):
        return [*copy, new]
    copy[int(key)] = new
    return copy
