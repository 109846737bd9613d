"""What a WhatsApp message of the bot may hold: exactly one kind of content, each with its own limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulator.providers.birdplatform import checks, interactive
from simulator.providers.birdplatform.refusals import Detail

Check = Callable[[Any, Mapping[str, Any]], Iterator[Detail]]

KINDS = (
    "template",
    "text",
    "image",
    "video",
    "audio",
    "sticker",
    "document",
    "location",
    "interactive",
    "contact_cards",
)
"""The fields of which a message has exactly one."""


def kind_of(fields: Mapping[str, Any]) -> str:
    """Give which kind of content a message has; empty where it has none."""
    return next((kind for kind in KINDS if fields.get(kind) is not None), "")


def faults(fields: Mapping[str, Any], limits: Mapping[str, Any]) -> Iterator[Detail]:
    """Tell what is wrong with the content of a message."""
    given = [kind for kind in KINDS if fields.get(kind) is not None]
    if len(given) != 1:
        yield Detail(given[1] if given else "text", f"exactly one of {', '.join(KINDS)} is required")
        return
    kind = given[0]
    if kind != "contact_cards" and not isinstance(fields[kind], Mapping):
        yield Detail(kind, f"{kind} must be an object")
        return
    yield from CHECKS[kind](fields[kind], limits)


def _template(value: Any, limits: Mapping[str, Any]) -> Iterator[Detail]:
    if (value.get("id") is None) == (value.get("slug") is None):
        yield Detail("template", "exactly one of template.id and template.slug is required")
    yield from checks.text(value, "id", "template", needed=False)
    yield from checks.text(value, "slug", "template", limits["slug"], needed=False)
    yield from checks.text(value, "language", "template", limits["language"], needed=False)
    if value.get("components") is not None and not isinstance(value["components"], list):
        yield Detail("template.components", "template.components must be a list")


def _text(value: Any, limits: Mapping[str, Any]) -> Iterator[Detail]:
    yield from checks.text(value, "body", "text", limits["text"])


def _captioned(kind: str) -> Check:
    def check(value: Any, limits: Mapping[str, Any]) -> Iterator[Detail]:
        yield from checks.url(value, kind)
        yield from checks.text(value, "caption", kind, limits["caption"], needed=False)

    return check


def _plain(kind: str) -> Check:
    def check(value: Any, limits: Mapping[str, Any]) -> Iterator[Detail]:
        yield from checks.url(value, kind)

    return check


def _document(value: Any, limits: Mapping[str, Any]) -> Iterator[Detail]:
    yield from _captioned("document")(value, limits)
    yield from checks.text(value, "filename", "document", limits["filename"], needed=False)


def _location(value: Any, limits: Mapping[str, Any]) -> Iterator[Detail]:
    yield from checks.number(value, "latitude", "location", 90)
    yield from checks.number(value, "longitude", "location", 180)
    for name in ("name", "address"):
        yield from checks.text(value, name, "location", limits["place"], needed=False)


def _cards(value: Any, limits: Mapping[str, Any]) -> Iterator[Detail]:
    wrong = list(checks.items({"contact_cards": value}, "contact_cards", "", limits["contact_cards"]))
    yield from wrong
    for i, card in enumerate(value if not wrong else ()):
        name, at = card.get("name"), f"contact_cards[{i}].name"
        known = name if isinstance(name, Mapping) else {}
        yield from checks.text(known, "formatted_name", at)
        if not any(part != "formatted_name" and given for part, given in known.items()):
            yield Detail(at, f"{at} needs one part more than formatted_name")


CHECKS: Mapping[str, Check] = {
    "template": _template,
    "text": _text,
    "image": _captioned("image"),
    "video": _captioned("video"),
    "audio": _plain("audio"),
    "sticker": _plain("sticker"),
    "document": _document,
    "location": _location,
    "interactive": interactive.faults,
    "contact_cards": _cards,
}


# --- what it says ----------------------------------------------------------------------------------------------------


def words(kind: str, content: Any) -> str | None:
    """Give what a message says in words: its text, its caption, the body of what can be tapped; None for none."""
    if not isinstance(content, Mapping):
        return None
    field = {"text": "body", "interactive": "body_text"}.get(kind, "caption")
    found = content.get(field)
    return found if isinstance(found, str) and found else None


def media(kind: str, content: Any) -> str | None:
    """Give the address of a picture, a video, a sound, a sticker or a document; None for others."""
    found = content.get("url") if kind in ("image", "video", "audio", "sticker", "document") else None
    return found if isinstance(found, str) else None


def shown(kind: str, content: Any) -> Any:
    """Give a content as messages are read: without what only the sending of it needs."""
    if kind == "text":
        return {"body": content["body"]}
    if kind == "template":
        named = {name: content[name] for name in ("bid_multiplier",) if content.get(name) is not None}
        return {
            "slug": content.get("slug") or "template",
            "category": "utility",
            "language": content.get("language") or "en",
            **named,
            "components": content.get("components") or [],
        }
    return content
