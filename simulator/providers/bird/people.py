"""People and other participants, as conversations and as channels show them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from simulator.ids import Ids
from simulator.world import Row, World

PHONE = "phonenumber"
"""The identifier key of WhatsApp and SMS."""

PARTICIPANT_TYPES = ("contact", "user", "bot", "flow", "accessKey")

DRAWN_PHONE = re.compile(r"(\+\d{1,3}555)\d{6}")
"""The form of the numbers that are drawn for people; they belong to nobody."""


def person(profile: Mapping[str, Any], ids: Ids) -> Row:
    """
    Give a drawn profile as a row of `users`.

    `id` is the telephone number, since that is how bots name whom they write to; `contact_id` is Bird's own id. A drawn
    number gets other digits in each run, as ids do. `platform` is the channel that she writes on; empty: the one that
    the options say. `wrote_ms` is when she wrote last.
    """
    phone = str(profile.get("id") or profile["phone"])
    drawn = DRAWN_PHONE.fullmatch(phone)
    if drawn:
        phone = f"{drawn[1]}{ids.give('subscriber')}"
    return {
        "id": phone,
        "contact_id": ids.give("user"),
        "name": profile["name"],
        "phone": phone,
        "avatar": profile.get("avatar", ""),
        "locale": profile["locale"],
        "latitude": profile["latitude"],
        "longitude": profile["longitude"],
        "platform": "",
        "wrote_ms": None,
    }


def stranger(phone: str, name: str, ids: Ids) -> Row:
    """Give the row of a contact that a call of the bot creates."""
    return {
        "id": phone,
        "contact_id": ids.give("user", phone),
        "name": name or phone,
        "phone": phone,
        "avatar": "",
        "locale": "en_US",
        "latitude": 0.0,
        "longitude": 0.0,
        "platform": "",
        "wrote_ms": None,
    }


def find(world: World, wanted: Mapping[str, Any]) -> Row | None:
    """Give the contact that an object of a call names, by `id` or by `identifierValue`; None where it is not known."""
    found = world.get("users", str(wanted.get("identifierValue", "")))
    if found is not None or not wanted.get("id"):
        return found
    return next((row for _, row in world.rows("users") if row.get("contact_id") == wanted["id"]), None)


# --- how they are shown ----------------------------------------------------------------------------------------------


def participant(user: Row, options: Mapping[str, Any]) -> dict[str, Any]:
    """Give a contact as conversations show it; `platformAddressSelector` stands there only as observed."""
    contact = {"identifierKey": PHONE, "identifierValue": user["phone"]}
    if options["layout"] == "observed":
        contact["platformAddressSelector"] = f"identifiers.{PHONE}"
    contact["platformAddress"] = user["phone"]
    return {**other(user["contact_id"], "contact", user["name"], user["avatar"]), "contact": contact}


def other(participant_id: str, kind: str, name: str = "", avatar: str = "") -> dict[str, Any]:
    """Give a participant that is no contact: it has no `contact` at all."""
    return {"id": participant_id, "type": kind, "status": "active", "displayName": name, "avatarUrl": avatar}


def access_key(world: World) -> dict[str, Any]:
    """Give the bot's access key as a participant: what is sent through it has it for its sender."""
    account = world.get("account", "account") or {}
    return other(str(account.get("access_key_id", "")), "accessKey", str(account.get("access_key_name", "")))


def channel_contact(user: Row, platform: str = "") -> dict[str, Any]:
    """Give a contact as channels show it; WhatsApp tells the name of her profile."""
    shown = {"id": user["contact_id"], "identifierKey": PHONE, "identifierValue": user["phone"]}
    return {**shown, "annotations": {"name": user["name"]}} if platform == "whatsapp" else shown


def recipient(user: Row) -> dict[str, Any]:
    """Give a contact as one of the recipients of an outgoing message."""
    return {
        "type": "to",
        "id": user["contact_id"],
        "identifierKey": PHONE,
        "identifierValue": user["phone"],
        "platformAddress": user["phone"],
        "contactAnnotation": {"name": user["name"]},
    }


# --- the account's channels ------------------------------------------------------------------------------------------

PLATFORMS = ("whatsapp", "sms")


def channel_id(world: World, platform: str) -> str:
    """Give the id of the account's channel on a platform."""
    return str(world.options[f"{platform}_channel"])


def platform_of(world: World, channel: str) -> str:
    """Give the platform of a channel; empty where the account has no such channel."""
    return next((platform for platform in PLATFORMS if channel_id(world, platform) == channel), "")


def connector(world: World, platform: str) -> Mapping[str, Any]:
    """Give what the account knows of the connector behind its channel on a platform."""
    account = world.get("account", "account") or {}
    found: Mapping[str, Any] = account.get("connectors", {}).get(platform, {})
    return found


def hyphened(locale: str) -> str:
    """Give a locale as Bird writes it: `pt-BR`."""
    return locale.replace("_", "-")


FILTERS: Mapping[str, Callable[..., Any]] = {
    "participant": participant,
    "channel_contact": channel_contact,
    "recipient": recipient,
    "hyphened": hyphened,
}
