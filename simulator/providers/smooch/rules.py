"""What a bot sends, checked against Smooch's rules and limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from simulator.providers.smooch.refusals import Fault

Fields = Mapping[str, Any]
Limits = Mapping[str, Any]

ROLES = ("appUser", "appMaker")

NEEDED: Mapping[str, tuple[str, ...]] = {
    "link": ("text", "uri"),
    "postback": ("text", "payload"),
    "reply": ("text", "payload"),
    "buy": ("text",),
    "locationRequest": ("text",),
    "share": (),
    "webview": ("text", "uri", "fallback"),
}
"""Type of an action → the texts that it must have."""

OF_ITEMS = ("link", "postback", "share")
"""Actions that an item may have."""

BESIDE_REPLIES = ("reply", "locationRequest")

NAMES = ("name", "email", "avatarUrl", "altText", "mediaType", "payload")
"""What must be text wherever it is given."""


def message_fault(fields: Any, version: str, limits: Limits) -> Fault | None:
    """Give why a message is refused, or None."""
    if not isinstance(fields, Mapping):
        return Fault("bad_request", "the body is missing")
    return _first(_message_faults(fields, version, limits))


def flat_fault(name: str, value: Any) -> str:
    """Give why metadata or properties are refused, empty where they are not: flat, of texts, numbers and booleans."""
    if not isinstance(value, Mapping):
        return f"{name} is no object"
    wrong = next((key for key, inner in value.items() if not isinstance(inner, str | int | float | None)), None)
    return "" if wrong is None else f"{name}.{wrong} is no text, number or boolean"


def is_url(text: Any) -> bool:
    """True for an absolute http or https URL."""
    try:
        parts = urlsplit(text) if isinstance(text, str) else None
        return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _first(faults: Iterator[str]) -> Fault | None:
    detail = next(faults, "")
    return Fault("bad_request", detail) if detail else None


def _message_faults(fields: Fields, version: str, limits: Limits) -> Iterator[str]:
    role, kind = fields.get("role"), fields.get("type")
    if role not in ROLES:
        yield "role is neither appUser nor appMaker"
    checks = KINDS if version == "v1" else {**KINDS, "form": _form_faults}
    if not isinstance(kind, str) or kind not in checks:
        yield f"type is none of {', '.join(checks)}"
        return
    if role == "appUser" and kind not in ("text", "image", "file", "location"):
        yield f"a person cannot send a {kind}"
    yield from (f"{name} is no text" for name in NAMES if not isinstance(fields.get(name), str | None))
    if fields.get("metadata") is not None:
        yield from _metadata_faults(fields["metadata"], limits)
    if fields.get("actions") is not None:
        yield from _actions_faults("actions", fields["actions"])
        if fields["actions"] and role == "appUser":
            yield "only the business may send actions"
    yield from checks[kind](fields, limits)


def _metadata_faults(metadata: Any, limits: Limits) -> Iterator[str]:
    yield from filter(None, [flat_fault("metadata", metadata)])
    size = len(json.dumps(metadata, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
    if size > limits["metadata_bytes"]:
        yield f"metadata is longer than {limits['metadata_bytes']} bytes"


# --- by type ---------------------------------------------------------------------------------------------------------


def _text_faults(fields: Fields, limits: Limits) -> Iterator[str]:
    text = fields.get("text")
    if text is None and not fields.get("actions"):
        yield "text is missing"
    elif not isinstance(text, str | None):
        yield "text is no text"
    elif text == "" and not fields.get("actions"):
        yield "text is empty"
    elif text is not None and len(text) > limits["text"]:
        yield f"text is longer than {limits['text']} characters"


def _media_faults(fields: Fields, limits: Limits) -> Iterator[str]:
    if fields.get("mediaUrl") is None:
        yield "mediaUrl is missing"
    elif not is_url(fields["mediaUrl"]):
        yield "mediaUrl is no URL"
    yield from _caption_faults(fields, limits)


def _caption_faults(fields: Fields, limits: Limits) -> Iterator[str]:
    if fields.get("text"):
        yield from _text_faults(fields, limits)


def _location_faults(fields: Fields, limits: Limits) -> Iterator[str]:
    place = fields.get("coordinates")
    if not isinstance(place, Mapping):
        yield "coordinates is missing" if place is None else "coordinates is no object"
        return
    for name, most in (("lat", 90), ("long", 180)):
        value = place.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
            yield f"coordinates.{name} is no number between -{most} and {most}"


def _items_faults(fields: Fields, limits: Limits) -> Iterator[str]:
    items = fields.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= limits["items"]:
        yield f"items is no list of 1 to {limits['items']}"
        return
    for number, item in enumerate(items):
        name = f"items.{number}"
        if not isinstance(item, Mapping):
            yield f"{name} is no object"
            return
        if not isinstance(item.get("title"), str) or not item["title"]:
            yield f"{name}.title is missing"
        if not isinstance(item.get("description"), str | None):
            yield f"{name}.description is no text"
        if item.get("mediaUrl") is not None and not is_url(item["mediaUrl"]):
            yield f"{name}.mediaUrl is no URL"
        actions = item.get("actions")
        if not isinstance(actions, list) or not 1 <= len(actions) <= limits["item_actions"]:
            yield f"{name}.actions is no list of 1 to {limits['item_actions']}"
        yield from _actions_faults(f"{name}.actions", actions, OF_ITEMS)
    yield from _caption_faults(fields, limits)


def _form_faults(fields: Fields, limits: Limits) -> Iterator[str]:
    listed = fields.get("fields")
    if not isinstance(listed, list) or not listed or not all(isinstance(field, Mapping) for field in listed):
        yield "fields is no list of fields"
        return
    names = [field.get("name") for field in listed]
    if not all(isinstance(name, str) and name for name in names) or len(set(names)) < len(names):
        yield "each field needs a name of its own"
    for field in listed:
        if field.get("type") not in ("text", "email", "select") or not isinstance(field.get("label"), str):
            yield f"the field {field['name']} needs a type and a label"
        for name in ("minSize", "maxSize", "selectSize"):
            size = field.get(name)
            if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 0):
                yield f"{name} of {field['name']} is no whole number"
        options = field.get("options")
        if field["type"] == "select" and not (isinstance(options, list) and 1 <= len(options) <= limits["options"]):
            yield f"the field {field['name']} needs 1 to {limits['options']} options"
        if options is not None and not (isinstance(options, list) and all(map(_is_option, options))):
            yield f"an option of {field['name']} has no name"


def _is_option(option: Any) -> bool:
    return isinstance(option, Mapping) and isinstance(option.get("name"), str)


KINDS: Mapping[str, Callable[[Fields, Limits], Iterator[str]]] = {
    "text": _text_faults,
    "image": _media_faults,
    "file": _media_faults,
    "carousel": _items_faults,
    "list": _items_faults,
    "location": _location_faults,
}
"""Type of a message → what is looked at; v1.1 has forms beside these."""

# --- actions ---------------------------------------------------------------------------------------------------------


def _actions_faults(name: str, actions: Any, allowed: tuple[str, ...] = tuple(NEEDED)) -> Iterator[str]:
    if not isinstance(actions, list) or not all(isinstance(action, Mapping) for action in actions):
        yield f"{name} is no list of actions"
        return
    for number, action in enumerate(actions):
        yield from _action_faults(f"{name}.{number}", action, allowed)
    kinds = {action["type"] for action in actions}
    if "reply" in kinds and not kinds <= set(BESIDE_REPLIES):
        yield f"{name}: reply goes with reply and locationRequest alone"


def _action_faults(name: str, action: Mapping[str, Any], allowed: tuple[str, ...]) -> Iterator[str]:
    kind = action.get("type")
    if not isinstance(kind, str) or kind not in allowed:
        yield f"{name}.type is none of {', '.join(allowed)}"
        return
    for key in NEEDED[kind]:
        if not isinstance(action.get(key), str) or not action[key]:
            yield f"{name}.{key} is missing"
    amount = action.get("amount")
    if kind == "buy" and (isinstance(amount, bool) or not isinstance(amount, int)):
        yield f"{name}.amount is no whole number"
    if action.get("metadata") is not None:
        yield from filter(None, [flat_fault(f"{name}.metadata", action["metadata"])])
