"""Keyboards and rich media: what the service refuses, what a person's device refuses, and the buttons she can tap."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.records import Button

ACTIONS: Mapping[str, str] = {
    "reply": "reply",
    "open-url": "url",
    "location-picker": "location",
    "share-phone": "phone",
    "none": "none",
    "buy": "none",
    "open-map": "none",
}
"""`ActionType` → what a tap gives rise to."""

CARD_ONLY = ("buy", "open-map")
"""Actions that rich media have and keyboards have not."""

ASKING = ("location-picker", "share-phone")
ASKING_VERSION = 3
"""
The lowest min_api_version of what asks the person for something.

Source: Bogdaan/viber-bot-php#60 and edanila/viber.bot#3: the answers below it, and that 3 mends them.
"""
EARLY_ACTIONS = ("reply", "open-url", "")
"""What those answers list as all that there is."""

WORDS: Mapping[str, tuple[str, ...]] = {
    # "medium" and "middle" stand in no list of the documentation, but in its own example of rich media.
    "TextSize": ("small", "regular", "large", "medium"),
    "TextVAlign": ("top", "middle", "bottom"),
    "TextHAlign": ("left", "center", "right", "middle"),
    "OpenURLType": ("internal", "external"),
}

WIDTH = 6
KEYBOARD_ROWS = 2
CARD_ROWS = 7
BUTTON_TEXT = 250
MOST_CARDS = 6

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def schema_fault(fields: Mapping[str, Any]) -> str:
    """
    Give why the service does not take the keyboard or the rich media of a message; empty where it does.

    Source: answers with status 3 that bot authors report, such as bottenderjs/messaging-apis#652 and
    edanila/viber.bot#3; they tell what a JSON Schema would.
    """
    return next(_schema_faults(fields), "")


def why_not_shown(fields: Mapping[str, Any]) -> str:
    """
    Give why the person's device cannot show the keyboard or the rich media of a message; empty where it can.

    The service answers such a message with status 0 and sends `failed` later.

    Source: developers.viber.com/docs/faq: most of a keyboard is checked on the device. Which part is, is inferred:
    sizes, whose right values hang on each other.
    """
    return next(_device_faults(fields), "")


def buttons(fields: Mapping[str, Any]) -> tuple[Button, ...]:
    """Give what can be tapped, that of the rich media before that of the keyboard."""
    return tuple(_button(each) for name, board in _boards(fields) for each in board["Buttons"])


def _boards(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if fields.get("type") == "rich_media" and fields.get("rich_media") is not None:
        yield "rich_media", fields["rich_media"]
    if fields.get("keyboard") is not None:
        yield "keyboard", fields["keyboard"]


def _button(button: Mapping[str, Any]) -> Button:
    payload = str(button.get("ActionBody") or "")
    label = html.unescape(_TAG.sub("", str(button.get("Text") or ""))).strip()
    kind = ACTIONS[button.get("ActionType") or "reply"]
    return Button(label=label or payload, payload=payload, kind=kind, is_silent=button.get("Silent") is True)


# --- the service -----------------------------------------------------------------------------------------------------


def _schema_faults(fields: Mapping[str, Any]) -> Iterator[str]:
    for name, board in _boards(fields):
        if not isinstance(board, Mapping):
            yield "instance type does not match any allowed primitive type (allowed: [object])"
            return
        yield from _missing(board, ("Type", "Buttons"))
        yield from _outside(board["Type"], (name,))
        listed = board["Buttons"]
        if not isinstance(listed, list) or not listed:
            yield "array is too short: must have at least 1 elements" if listed == [] else "Buttons is no array"
            return
        actions = [action for action in ACTIONS if name == "rich_media" or action not in CARD_ONLY]
        is_early = (fields.get("min_api_version") or 1) < ASKING_VERSION
        for button in listed:
            yield from _button_schema_faults(button, actions, is_early=is_early)


def _button_schema_faults(button: Any, actions: Sequence[str], *, is_early: bool) -> Iterator[str]:
    if not isinstance(button, Mapping):
        yield "a button is no object"
        return
    action = button.get("ActionType") or "reply"
    yield from _outside(action, EARLY_ACTIONS if is_early and action in ASKING else actions)
    if action != "none":
        yield from _missing(button, ("ActionBody",))
    text = button.get("Text")
    if text is not None and not isinstance(text, str):
        yield "Text is no string"
    elif text is not None and len(text) > BUTTON_TEXT:
        yield f"string is too long (length: {len(text)}, maximum allowed: {BUTTON_TEXT})"
    for name, words in WORDS.items():
        if button.get(name) is not None:
            yield from _outside(button[name], words)
    for name in ("Columns", "Rows", "TextOpacity"):
        if button.get(name) is not None and not _is_whole(button[name]):
            yield f"{name} is no integer"


def _missing(value: Mapping[str, Any], names: Sequence[str]) -> Iterator[str]:
    missing = [name for name in names if value.get(name) is None]
    if missing:
        yield f"object has missing required properties ({_listed(missing)})"


def _outside(value: Any, words: Sequence[str]) -> Iterator[str]:
    if value not in words:
        shown = json.dumps(value, ensure_ascii=False)[:80]
        yield f"instance value ({shown}) not found in enum (possible values: {_listed(words)})"


def _listed(words: Sequence[str]) -> str:
    return json.dumps(list(words), separators=(",", ":"))


# --- the device ------------------------------------------------------------------------------------------------------


def _device_faults(fields: Mapping[str, Any]) -> Iterator[str]:
    for name, board in _boards(fields):
        columns, rows = WIDTH, KEYBOARD_ROWS
        if name == "rich_media":
            columns, rows = board.get("ButtonsGroupColumns", WIDTH), board.get("ButtonsGroupRows", CARD_ROWS)
            yield from _beyond("ButtonsGroupColumns", columns, WIDTH)
            yield from _beyond("ButtonsGroupRows", rows, CARD_ROWS)
        for button in board["Buttons"]:
            yield from _beyond("Columns", button.get("Columns", columns), columns)
            yield from _beyond("Rows", button.get("Rows", 1), rows)
            yield from _beyond("TextOpacity", button.get("TextOpacity", 100), 100, least=0)
        if name == "rich_media" and _cards(board["Buttons"], columns, rows) > MOST_CARDS:
            yield f"more than {MOST_CARDS} cards"


def _beyond(name: str, value: Any, most: int, least: int = 1) -> Iterator[str]:
    if not _is_whole(value) or not least <= value <= most:
        yield f"{name} is not between {least} and {most}"


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _cards(listed: Sequence[Mapping[str, Any]], columns: int, rows: int) -> int:
    """So many cards the buttons fill, each of so many columns and rows."""
    cells: int = sum(button.get("Columns", columns) * button.get("Rows", 1) for button in listed)
    return -(-cells // (columns * rows))
