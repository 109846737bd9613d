"""WhatsApp messages with something to tap: what they may hold, and the buttons in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.providers.birdplatform import checks
from simulator.providers.birdplatform.refusals import Detail
from simulator.records import Button

TYPES = ("button", "list", "cta_url", "carousel", "location_request_message", "request_contact_info")

AT = "interactive"

LIST = "list"


def faults(value: Mapping[str, Any], limits: Mapping[str, Any]) -> Iterator[Detail]:
    """Tell what is wrong with an interactive message."""
    kind = value.get("type")
    if kind not in TYPES:
        yield Detail(f"{AT}.type", f"{AT}.type must be one of {', '.join(TYPES)}")
        return
    yield from checks.text(value, "body_text", AT, limits["text" if kind == LIST else "caption"])
    yield from checks.text(value, "footer_text", AT, limits["footer"], needed=False)
    if kind == "button":
        yield from _buttons(value, AT, limits)
    elif kind == LIST:
        yield from _list(value.get(LIST), limits)
    elif kind == "cta_url":
        yield from _link(value.get("cta_url"), f"{AT}.cta_url", limits)
    elif kind == "carousel":
        yield from _cards(value, limits)


def _buttons(holder: Mapping[str, Any], at: str, limits: Mapping[str, Any]) -> Iterator[Detail]:
    wrong = list(checks.items(holder, "buttons", at, limits["buttons"]))
    yield from wrong
    for i, each in enumerate(holder["buttons"] if not wrong else ()):
        yield from _button(each, f"{at}.buttons[{i}]", limits)


def _button(button: Mapping[str, Any], at: str, limits: Mapping[str, Any]) -> Iterator[Detail]:
    if button.get("type") == "cta_url":
        yield from _link(button.get("cta_url"), f"{at}.cta_url", limits)
    elif button.get("type") != "quick_reply":
        yield Detail(f"{at}.type", f"{at}.type must be quick_reply or cta_url")
    else:
        inner = button.get("quick_reply")
        known = inner if isinstance(inner, Mapping) else {}
        yield from checks.text(known, "slug", f"{at}.quick_reply", limits["slug_of_button"])
        yield from checks.text(known, "text", f"{at}.quick_reply", limits["label"])


def _link(value: Any, at: str, limits: Mapping[str, Any]) -> Iterator[Detail]:
    known = value if isinstance(value, Mapping) else {}
    yield from checks.text(known, "text", at, limits["label"])
    yield from checks.text(known, "url", at, limits["link"])


def _list(value: Any, limits: Mapping[str, Any]) -> Iterator[Detail]:
    known, at = value if isinstance(value, Mapping) else {}, f"{AT}.list"
    yield from checks.text(known, "button_text", at, limits["label"])
    wrong = list(checks.items(known, "sections", at, limits["rows"]))
    yield from wrong
    for i, section in enumerate(known["sections"] if not wrong else ()):
        yield from _section(section, f"{at}.sections[{i}]", limits)


def _section(section: Mapping[str, Any], at: str, limits: Mapping[str, Any]) -> Iterator[Detail]:
    yield from checks.text(section, "title", at, limits["title"])
    wrong = list(checks.items(section, "rows", at, limits["rows"]))
    yield from wrong
    for i, row in enumerate(section["rows"] if not wrong else ()):
        yield from checks.text(row, "slug", f"{at}.rows[{i}]", limits["slug_of_row"])
        yield from checks.text(row, "text", f"{at}.rows[{i}]", limits["title"])
        yield from checks.text(row, "description", f"{at}.rows[{i}]", limits["description"], needed=False)


def _cards(value: Mapping[str, Any], limits: Mapping[str, Any]) -> Iterator[Detail]:
    wrong = list(checks.items(value, "cards", AT, limits["cards"]))
    yield from wrong
    if not wrong and len(value["cards"]) < limits["fewest_cards"]:
        yield Detail(f"{AT}.cards", f"{AT}.cards must have at least {limits['fewest_cards']} items")
    for i, card in enumerate(value["cards"] if not wrong else ()):
        yield from checks.text(card, "body_text", f"{AT}.cards[{i}]", limits["card_text"], needed=False)
        yield from _buttons(card, f"{AT}.cards[{i}]", limits)


def refusal(value: Mapping[str, Any], limits: Mapping[str, Any]) -> str:
    """Give the name of the error for what only the whole of a message shows; empty where all is well."""
    found = buttons(value)
    labels = [each.label for each in found]
    if len(set(labels)) < len(labels):
        return "duplicate_label"
    return "too_many_rows" if value.get("type") == LIST and len(found) > limits["rows"] else ""


# --- what can be tapped ----------------------------------------------------------------------------------------------


def buttons(value: Any) -> tuple[Button, ...]:
    """Give what can be tapped in a message that was found right, in the order in which it stands there."""
    return tuple(_found(value))


def _found(value: Any) -> Iterator[Button]:
    for button in value.get("buttons") or ():
        inner = button[button["type"]]
        is_link = button["type"] == "cta_url"
        yield Button(
            label=inner["text"], payload=inner["url" if is_link else "slug"], kind="url" if is_link else "reply"
        )
    for section in (value.get(LIST) or {}).get("sections") or ():
        yield from (Button(label=row["text"], payload=row["slug"]) for row in section["rows"])
    if value.get("type") == "cta_url":
        yield Button(label=value["cta_url"]["text"], payload=value["cta_url"]["url"], kind="url")
    for card in value.get("cards") or ():
        yield from _found(card)
