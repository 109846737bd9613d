"""Bodies of messages: what the service refuses, what of them is shown in a list, and the buttons in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.records import Button

TYPES = (
    "text",
    "image",
    "file",
    "html",
    "location",
    "list",
    "carousel",
    "template",
    "gif",
    "event",
    "action",
    "authentication",
    "section",
)
"""What `body.type` may be; the last five are unconfirmed."""

ACTIONS: Mapping[str, tuple[str, str]] = {
    "reply": ("id", "reply"),
    "postback": ("payload", "reply"),
    "link": ("url", "url"),
}
"""Type of an action → the field that holds what a tap sends or opens, and what a tap gives rise to."""

PREVIEW = 140
"""Characters of a message that a list of conversations shows. Source: reports of integrations."""

MEDIA_KINDS = ("image", "audio", "video")


# --- what the service refuses ----------------------------------------------------------------------------------------


def content_faults(fields: Mapping[str, Any], platform: str, limits: Mapping[str, Any]) -> Iterator[str]:
    """Give what is wrong with `body` and `template`, of which a message has exactly one."""
    body, template = fields.get("body"), fields.get("template")
    if (body is None) == (template is None):
        yield "exactly one of body and template is required"
    elif body is not None:
        yield from body_faults(body, platform, limits)
    elif not isinstance(template, Mapping):
        yield "template must be an object"
    else:
        yield from (f"template.{name} is required" for name in ("projectId", "version") if not template.get(name))


def body_faults(body: Any, platform: str, limits: Mapping[str, Any]) -> Iterator[str]:
    """Give what is wrong with a body."""
    if not isinstance(body, Mapping):
        yield "body must be an object"
        return
    kind = body.get("type")
    if kind not in TYPES:
        yield f"body.type must be one of {', '.join(TYPES[:8])}"
        return
    content = body.get(str(kind))
    if not isinstance(content, Mapping):
        yield f"body.{kind} is required"
        return
    if kind == "text" and not (isinstance(content.get("text"), str) and content["text"]):
        yield "body.text.text is required"
    if kind in ("image", "file"):
        yield from _media_faults(str(kind), content)
    if kind == "location":
        yield from _location_faults(content)
    yield from _action_faults(str(kind), content, platform, limits)


def _media_faults(kind: str, content: Mapping[str, Any]) -> Iterator[str]:
    items = content.get(f"{kind}s")
    if not isinstance(items, list) or not items:
        yield f"body.{kind}.{kind}s must have at least one item"
        return
    needed = ("mediaUrl", "contentType") if kind == "file" else ("mediaUrl",)
    for i, item in enumerate(items):
        for name in needed:
            if not isinstance(item, Mapping) or not isinstance(item.get(name), str) or not item[name]:
                yield f"body.{kind}.{kind}s[{i}].{name} is required"


def _location_faults(content: Mapping[str, Any]) -> Iterator[str]:
    coordinates = content.get("coordinates")
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = coordinates.get(name) if isinstance(coordinates, Mapping) else None
        if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
            yield f"body.location.coordinates.{name} must be a number between -{most} and {most}"


def _action_faults(kind: str, content: Mapping[str, Any], platform: str, limits: Mapping[str, Any]) -> Iterator[str]:
    actions = content.get("actions")
    if actions is None:
        return
    if not isinstance(actions, list):
        yield f"body.{kind}.actions must be an array"
        return
    most = limits["whatsapp_actions"]
    if platform == "whatsapp" and len(actions) > most:
        yield f"body.{kind}.actions must have at most {most} items"
    for i, action in enumerate(actions):
        name = action.get("type") if isinstance(action, Mapping) else None
        inner = action.get(str(name)) if isinstance(action, Mapping) else None
        if not isinstance(name, str) or not isinstance(inner, Mapping):
            yield f"body.{kind}.actions[{i}] needs a type and an object of that name"
        elif name in ACTIONS:
            wanted = ("text", ACTIONS[name][0])
            missing = [each for each in wanted if not isinstance(inner.get(each), str)]
            yield from (f"body.{kind}.actions[{i}].{name}.{each} is required" for each in missing)


# --- what they show --------------------------------------------------------------------------------------------------


def words(body: Mapping[str, Any]) -> str | None:
    """Give what a body says in words: its text, or the caption of its media; None where it has none."""
    content = body.get(str(body.get("type")))
    text = content.get("text", content.get("title")) if isinstance(content, Mapping) else None
    return text if isinstance(text, str) and text else None


def preview(body: Mapping[str, Any] | None) -> str:
    """Give the snippet that a conversation shows of its last message; empty for media without a caption."""
    return (words(body) or "")[:PREVIEW] if body is not None else ""


def kind_of(body: Mapping[str, Any]) -> str:
    """Give the kind of what is said, in the words of every provider: sounds and videos are files here."""
    kind = str(body.get("type"))
    if kind == "file":
        content_type = str(first_item(body).get("contentType", ""))
        if content_type == "image/webp":
            return "sticker"
        family = content_type.partition("/")[0]
        return family if family in MEDIA_KINDS else "file"
    return {"carousel": "cards", "html": "text", "list": "text"}.get(kind, kind)


def first_item(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the first picture or file of a body; empty where it has none."""
    kind = str(body.get("type"))
    content = body.get(kind)
    items = content.get(f"{kind}s") if isinstance(content, Mapping) else None
    return items[0] if isinstance(items, list) and items and isinstance(items[0], Mapping) else {}


def buttons(body: Mapping[str, Any]) -> tuple[Button, ...]:
    """Give what can be tapped, in the order in which it stands in the body."""
    return tuple(_buttons(body.get(str(body.get("type")))))


def _buttons(value: Any) -> Iterator[Button]:
    if isinstance(value, list):
        for each in value:
            yield from _buttons(each)
    elif isinstance(value, Mapping):
        name = str(value.get("type", ""))
        inner = value.get(name)
        if name in ACTIONS and isinstance(inner, Mapping):
            payload, kind = ACTIONS[name]
            label = str(inner.get("text", ""))
            yield Button(label=label, payload=str(inner.get(payload, label)), kind=kind)
            return
        for each in value.values():
            yield from _buttons(each)
