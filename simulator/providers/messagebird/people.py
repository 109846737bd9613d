"""People, by the telephone numbers under which bots know them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.world import Row, World

DRAWN_PHONE = re.compile(r"(\+\d{1,3}555)\d{6}")
"""The form of the numbers that are drawn for people; they belong to nobody."""

PHONE = re.compile(r"\+?[1-9]\d{6,14}", re.ASCII)


def person(profile: Mapping[str, Any], ids: Ids) -> Row:
    """
    Give a drawn profile as a row of `users`.

    `id` is the telephone number, with a plus; `contact_id` is MessageBird's own. A drawn number gets other digits in
    each run, as ids do.
    """
    phone = str(profile.get("id") or profile["phone"])
    drawn = DRAWN_PHONE.fullmatch(phone)
    if drawn:
        phone = f"{drawn[1]}{ids.give('subscriber')}"
    return {
        **_contact(phone, str(profile["name"]), ids.give("user"), ids.give("time") - ids.give("age")),
        "locale": profile["locale"],
        "latitude": profile["latitude"],
        "longitude": profile["longitude"],
    }


def stranger(phone: str, ids: Ids, at_ms: int) -> Row:
    """Give the row of a contact that a call of the bot creates."""
    return {**_contact(phone, phone, ids.give("contact", phone), at_ms), "locale": "en_US"}


def _contact(phone: str, name: str, contact_id: str, created_ms: int) -> dict[str, Any]:
    return {"id": phone, "contact_id": contact_id, "name": name, "phone": phone, "created_ms": created_ms}


def number(given: Any) -> str:
    """Give a telephone number in E.164 with its plus; empty where it is none."""
    text = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    return f"+{text.removeprefix('+')}" if PHONE.fullmatch(text) else ""


def channel(world: World) -> dict[str, Any]:
    """Give the account's channel: its id, its platform, its own number."""
    account = world.get("account", "account") or {}
    return {
        "id": world.options["channel"],
        "platform": world.options["platform"],
        "number": account.get("number", ""),
        "name": account.get("name", ""),
    }
