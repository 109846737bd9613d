"""What a `bot:` step asks for × a reply."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from simulator.match.form import is_equals, match_text
from simulator.match.result import NOTHING, Fill, Matched, closest, differs, joined, printable, show
from simulator.match.value import describe_value, match_sequence, match_value
from simulator.records import Button, Reply

TEXT_FIELDS = frozenset({"text", "kind", "operation"})
BUTTON_LISTS = frozenset({"buttons", "keyboard"})
BUTTON_FIELDS = ("label", "payload", "kind", "silent")
_INNER_TEXTS = frozenset({"cards", "contact"})
"""Kinds in which a text is looked for: each text of the native call counts."""
_CHANGES = frozenset({"edits", "deletes", "reacts"})
"""Kinds that are about a message which was there before."""


def differences(wanted: Mapping[str, Any], reply: Reply, fill: Fill) -> Matched:
    """
    Give the differences between what a `bot:` step asks for and a reply.

    - `text`, `kind`, `operation`: a text matcher. A text is also the caption of an image.
    - `buttons`, `keyboard`: labels, or maps of `label`, `payload`, `kind`, `silent`, as a sub-sequence of the buttons;
      `any` is one at least, `none` or the empty list no button at all.
    - `raw`: dotted path, or JSONPath from `$` on → matcher, over the fields of the native call.
    - every other name is a kind (`image`, `typing`, …) and the reply must be of it. `any` and `true` ask for no more;
      `none` and `false` mean any other kind. A text is compared with the URL, the last part of its path, the caption
      and the field of that name, until one fits; a map with the fields of the native call, `url` and `text` beside
      them; `location` with `lat` and `lon`. In `cards` and `contact`, and for a list, the texts must stand anywhere
      inside, in that order. `edits`, `deletes` and `reacts` are compared with the text and the id of the message that
      they are about, `reacts` with the reaction too.

    Whatever `fill` raises passes through.
    """
    return joined(_match_field(name, matcher, reply, fill) for name, matcher in wanted.items())


def describe(wanted: Any) -> str:
    """Give in one line what a `bot:` step asks for, as a person reads it: `"Hi Ana" + buttons [A, B]`."""
    if not isinstance(wanted, Mapping) or is_equals(wanted):
        return describe_value(wanted)
    return " + ".join(_describe_field(name, matcher) for name, matcher in wanted.items()) or "any reply"


def describe_reply(reply: Reply) -> str:
    """Give in one line what the bot said, in the same way as `describe`."""
    if reply.kind in _CHANGES:
        return _describe_change(reply)
    parts = [] if reply.kind == "text" and reply.text is not None else [reply.kind]
    parts += [show(said) for said in (reply.media, reply.text) if said is not None]
    line = " ".join(parts)
    return f"{line} + {_buttons(reply.buttons)}" if reply.buttons else line


def _describe_change(reply: Reply) -> str:
    before = show(reply.about) if reply.about is not None else f"the message {reply.message_id}".rstrip()
    if reply.kind == "edits":
        return f"edits {before}" + (f", now {show(reply.text)}" if reply.text is not None else "")
    return f"reacts {show(reply.text or '')} to {before}" if reply.kind == "reacts" else f"deletes {before}"


def _match_field(name: str, wanted: Any, reply: Reply, fill: Fill) -> Matched:
    if name == "text":
        matched = match_text(wanted, NOTHING if reply.text is None else reply.text, fill, name)
        if reply.text is None and not matched.is_match:
            return differs(name, matched.mismatches[0].wanted, describe_reply(reply))
        return matched
    if name in TEXT_FIELDS:
        return match_text(wanted, reply.kind if name == "kind" else reply.operation, fill, name)
    if name == "raw":
        return match_value(wanted, reply.raw, fill, name)
    if name in BUTTON_LISTS:
        return _match_buttons(name, wanted, reply.buttons, fill)
    return _match_kind(name, wanted, reply, fill)


def _match_buttons(name: str, wanted: Any, buttons: Sequence[Button], fill: Fill) -> Matched:
    there = _buttons(buttons)
    if wanted is True or wanted == "any":
        return Matched() if buttons else differs(name, "any buttons", there)
    if wanted is False or wanted in ("none", []):
        return differs(name, "no buttons", there) if buttons else Matched()
    items = wanted if isinstance(wanted, list | tuple) else [wanted]
    return match_sequence(items, buttons, lambda item, one, at: _match_button(item, one, fill, at), name, there)


def _match_button(wanted: Any, button: Button, fill: Fill, path: str) -> Matched:
    if not isinstance(wanted, Mapping) or is_equals(wanted):
        return match_text(wanted, button.label, fill, path)
    texts = {"label": button.label, "payload": button.payload, "kind": button.kind}
    return joined(
        match_value(inner, button.is_silent, fill, f"{path}.{key}")
        if key == "silent"
        else match_text(inner, texts.get(key, NOTHING), fill, f"{path}.{key}")
        for key, inner in wanted.items()
    )


def _match_kind(name: str, wanted: Any, reply: Reply, fill: Fill) -> Matched:
    if wanted is False or wanted == "none":
        return differs(name, f"no {name}", describe_reply(reply)) if reply.kind == name else Matched()
    if reply.kind != name:
        return differs(name, _describe_field(name, wanted), describe_reply(reply))
    if wanted is True or wanted == "any":
        return Matched()
    if name == "location":
        return match_value(wanted, reply.location if reply.location is not None else NOTHING, fill, name)
    if isinstance(wanted, Mapping) and not is_equals(wanted):
        return match_value(wanted, _content(name, reply), fill, name)
    if name in _INNER_TEXTS or isinstance(wanted, list | tuple):
        items = wanted if isinstance(wanted, list | tuple) else [wanted]
        inside = list(_texts(_content(name, reply)))
        words = show(inside)
        return match_sequence(items, inside, lambda item, text, at: match_text(item, text, fill, at), name, words)
    names: list[Any] = list(_names(name, reply))
    return closest(match_text(wanted, text, fill, name) for text in names or [NOTHING])


def _content(name: str, reply: Reply) -> Any:
    """Give the native call's field of that name, or all its fields, with `url` and `text` beside them."""
    fields = reply.raw if isinstance(reply.raw, Mapping) else {}
    inner = fields.get(name, fields)
    if not isinstance(inner, Mapping):
        return inner
    beside = {"url": reply.media, "text": reply.text, "caption": reply.text}
    return {**{key: text for key, text in beside.items() if text is not None}, **inner}


def _names(name: str, reply: Reply) -> Iterator[str]:
    """Give the texts by which a person would name an image, a file, a sticker; or the message that is changed."""
    if name in _CHANGES:
        yield from (text for text in (reply.about, reply.message_id) if text)
        if name == "edits":
            return  # What it says from now on is its `text`.
    if reply.media is not None:
        yield reply.media
        yield unquote(re.split(r"[?#]", reply.media, maxsplit=1)[0].rsplit("/", 1)[-1])
    if reply.text is not None:
        yield reply.text
    fields = reply.raw if isinstance(reply.raw, Mapping) else {}
    yield from (str(fields[key]) for key in (name, f"{name}_id") if isinstance(fields.get(key), str | int | float))


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, str):
            yield inner
        elif isinstance(inner, Mapping):
            waiting.extend(reversed(list(inner.values())))
        elif isinstance(inner, list | tuple):
            waiting.extend(reversed(inner))


def _describe_field(name: str, wanted: Any) -> str:
    if wanted is True or wanted == "any":
        return "any text" if name == "text" else name
    if wanted is False or wanted in ("none", []):
        return f"no {name}"
    if name == "text":
        return describe_value(wanted)
    if name == "raw" and isinstance(wanted, Mapping) and not is_equals(wanted):
        return "raw " + ", ".join(f"{key} = {describe_value(inner)}" for key, inner in wanted.items())
    if name in BUTTON_LISTS and isinstance(wanted, list | tuple):
        labels = (printable(item) if isinstance(item, str) else describe_value(item) for item in wanted)
        return f"{name} [{', '.join(labels)}]"
    return f"{name} {describe_value(wanted)}"


def _buttons(buttons: Iterable[Button]) -> str:
    labels = [printable(button.label) for button in buttons]
    return f"buttons [{', '.join(labels)}]" if labels else "no buttons"
