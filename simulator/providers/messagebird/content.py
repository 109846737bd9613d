"""What messages hold: one key, named after their type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.providers.messagebird.refusals import Fault, invalid, missing
from simulator.records import Button

TYPES = (
    "text",
    "image",
    "video",
    "audio",
    "file",
    "location",
    "event",
    "rich",
    "menu",
    "buttons",
    "link",
    "hsm",
    "interactive",
    "whatsappSticker",
    "whatsappOrder",
    "whatsappText",
    "externalAttachment",
    "email",
)
"""What `type` may be. Source: MessageBird's SDKs."""

LINKS: Mapping[str, str] = {"image": "url", "video": "url", "audio": "url", "file": "url", "whatsappSticker": "link"}
"""Type → the field of its content that must hold an address."""

KINDS: Mapping[str, str] = {"whatsappSticker": "sticker", "hsm": "template", "interactive": "text", "email": "text"}


def fault_of(fields: Mapping[str, Any]) -> Fault | None:
    """Give what is wrong with `type` and `content`, if anything is."""
    kind, content = fields.get("type"), fields.get("content")
    if not kind:
        return missing("type")
    if kind not in TYPES:
        return invalid("type")
    if not isinstance(content, Mapping) or content.get(kind) is None:
        return missing("content") if content is None else missing(f"content.{kind}")
    inner = content[kind]
    if kind == "text":
        return None if isinstance(inner, str) and inner else invalid("content.text")
    if not isinstance(inner, Mapping):
        return invalid(f"content.{kind}")
    if kind in LINKS and not (isinstance(inner.get(LINKS[kind]), str) and inner[LINKS[kind]]):
        return missing(f"content.{kind}.{LINKS[kind]}")
    if kind == "location":
        return _place_fault(inner)
    return None


def _place_fault(place: Mapping[str, Any]) -> Fault | None:
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = place.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
            return invalid(f"content.location.{name}")
    return None


def words(kind: str, content: Mapping[str, Any]) -> str | None:
    """Give what a message says in words: its text, or the caption of its media; None where it has none."""
    inner = content.get(kind)
    if isinstance(inner, str):
        return inner
    if not isinstance(inner, Mapping):
        return None
    body = inner.get("body")
    found = body.get("text") if isinstance(body, Mapping) else inner.get("caption") or inner.get("text")
    return found if isinstance(found, str) and found else None


def media(kind: str, content: Mapping[str, Any]) -> str | None:
    """Give the address of a picture, a video, a sound, a file or a sticker; None for others."""
    inner = content.get(kind)
    found = inner.get(LINKS[kind]) if kind in LINKS and isinstance(inner, Mapping) else None
    return found if isinstance(found, str) else None


def buttons(kind: str, content: Mapping[str, Any]) -> tuple[Button, ...]:
    """Give what can be tapped: in interactive messages, whatever has a title and an id."""
    return tuple(_buttons(content.get("interactive"))) if kind == "interactive" else ()


def _buttons(value: Any) -> Iterator[Button]:
    if isinstance(value, list):
        for each in value:
            yield from _buttons(each)
    elif isinstance(value, Mapping):
        title, payload = value.get("title"), value.get("id")
        if isinstance(title, str) and isinstance(payload, str):
            yield Button(label=title, payload=payload)
            return
        for each in value.values():
            yield from _buttons(each)
