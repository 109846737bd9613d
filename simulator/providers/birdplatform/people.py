"""People, by the telephone numbers under which bots know them, and the numbers of the workspace itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.deferral import plainly_deferrable
from simulator.ids import Ids
from simulator.world import Row, World

DRAWN_PHONE = re.compile(r"(\+\d{1,3}555)\d{6}")
"""The form of the numbers that are drawn for people; they belong to nobody."""

PHONE = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)

SCOPED_ID = re.compile(r"[A-Z]{2}\.\d{1,40}", re.ASCII)
"""The form of an id under which WhatsApp lets a business know a person whose number it does not tell."""


def person(profile: Mapping[str, Any], ids: Ids) -> Row:
    """
    Give a drawn profile as a row of `users`.

    `id` is the telephone number, since that is how bots name whom they write to. A drawn number gets other digits in
    each run, as ids do. `channel` is where she writes; empty: where the options say. `wrote_ms` is when she wrote last
    on WhatsApp.
    """
    phone = str(profile.get("id") or profile["phone"])
    drawn = DRAWN_PHONE.fullmatch(phone)
    if drawn:
        phone = f"{drawn[1]}{ids.give('subscriber')}"
    return {
        "id": phone,
        "bsuid": ids.give("user"),
        "name": profile["name"],
        "phone": phone,
        "email": profile["email"],
        "locale": profile["locale"],
        "latitude": profile["latitude"],
        "longitude": profile["longitude"],
        "channel": "",
        "wrote_ms": None,
    }


def stranger(to: str, ids: Ids) -> Row:
    """Give the row of somebody whom the bot writes to and nobody else knows: by her number, or by a scoped id."""
    is_phone = PHONE.fullmatch(to) is not None
    return {
        "id": to,
        "bsuid": ids.give("user", to) if is_phone else to,
        "name": to,
        "phone": to if is_phone else "",
        "email": "",
        "locale": "en_US",
        "channel": "",
        "wrote_ms": None,
    }


def find(world: World, to: str) -> Row | None:
    """Give who has that number, or that scoped id; None where nobody is known by it."""
    found = world.get("users", to)
    if found is not None:
        return found
    return next((row for _, row in world.rows("users") if row.get("bsuid") == to), None)


def sender(user: Row) -> dict[str, str]:
    """Give a person as the sender of a WhatsApp message: with the name of her profile."""
    return {**receiver(user), "display_name": str(user["name"])}


def receiver(user: Row) -> dict[str, str]:
    """Give a person as whom a WhatsApp message goes to; what is not known of her is left out."""
    shown = {"phone_number": str(user["phone"]), "bsuid": str(user["bsuid"])}
    return {name: value for name, value in shown.items() if value}


def own_number(world: World, channel: str) -> str:
    """Give the workspace's number on a channel."""
    return str(world.options[f"{channel}_number"])


@plainly_deferrable
def country_of(phone: str) -> str:
    """Give the country of a number as far as it is told by these few prefixes; empty for others."""
    found = (country for prefix, country in COUNTRIES.items() if phone.startswith(prefix))
    return next(found, "")


COUNTRIES: Mapping[str, str] = {
    "+31": "NL",
    "+33": "FR",
    "+34": "ES",
    "+39": "IT",
    "+44": "GB",
    "+49": "DE",
    "+55": "BR",
    "+1": "US",
}
