"""People and other participants, as conversations and as channels show them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from simulator.ids import Ids
from simulator.world import Row, World

PHONE = "phonenumber"
"""The identifier key of WhatsApp and SMS."""

EMAIL = "emailaddress"

PARTICIPANT_TYPES = ("contact", "user", "bot", "flow", "accessKey")

DRAWN_PHONE = re.compile(r"(\+\d{1,3}555)\d{6}")
"""The form of the numbers that are drawn for people; they belong to nobody."""


def person(profile: Mapping[str, Any], ids: Ids) -> Row:
    """
    Give a drawn profile as a row of `users`.

    `id` is the telephone number, since that is how bots name whom they write to; `contact_id` is Bird's own id. A drawn
    number gets other digits in each run, as ids do. `email` and `social_id` are her addresses on other channels.
    `platform` is the channel that she writes on; empty: the one that the options say. `wrote_ms` is when she wrote
    last.
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
        "email": profile["email"],
        "social_id": ids.give("social"),
        "avatar": profile.get("avatar", ""),
        "locale": profile["locale"],
        "latitude": profile["latitude"],
        "longitude": profile["longitude"],
        "platform": "",
        "wrote_ms": None,
    }


def stranger(value: str, name: str, ids: Ids, key: str = PHONE) -> Row:
    """Give the row of a contact that a call of the bot creates, known by one address alone."""
    return {
        "id": value,
        "contact_id": ids.give("user", value),
        "name": name or value,
        "phone": value if key == PHONE else "",
        "email": value if key == EMAIL else "",
        "social_id": value if key not in (PHONE, EMAIL) else "",
        "avatar": "",
        "locale": "en_US",
        "latitude": 0.0,
        "longitude": 0.0,
        "platform": "",
        "wrote_ms": None,
    }


def find(world: World, wanted: Mapping[str, Any]) -> Row | None:
    """Give the contact that an object of a call names, by `id` or by `identifierValue`; None where it is not known."""
    value = str(wanted.get("identifierValue") or "")
    found = world.get("users", value)
    if found is not None:
        return found
    for _, row in world.rows("users"):
        if value and value in (row.get("email"), row.get("social_id")):
            return row
        if wanted.get("id") and row.get("contact_id") == wanted["id"]:
            return row
    return None


# --- how they are shown ----------------------------------------------------------------------------------------------


class Address(NamedTuple):
    """How a contact is known on a platform."""

    key: str
    value: str


def address(user: Row, platform: str = "", account: Mapping[str, Any] | None = None) -> Address:
    """Give how a person is known on a platform: by her number, her e-mail address, or her id on a page or in an app."""
    key = str((account or {}).get("connectors", {}).get(platform, {}).get("key", PHONE))
    name = {PHONE: "phone", EMAIL: "email"}.get(key, "social_id")
    return Address(key, str(user.get(name) or user["id"]))


def participant(
    user: Row, options: Mapping[str, Any], platform: str = "", account: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Give a contact as conversations show it; `platformAddressSelector` stands there only as observed."""
    key, value = address(user, platform, account)
    contact = {"identifierKey": key, "identifierValue": value}
    if options["layout"] == "observed":
        contact["platformAddressSelector"] = f"identifiers.{key}"
    contact["platformAddress"] = value
    return {**other(user["contact_id"], "contact", user["name"], user["avatar"]), "contact": contact}


def other(participant_id: str, kind: str, name: str = "", avatar: str = "") -> dict[str, Any]:
    """Give a participant that is no contact: it has no `contact` at all."""
    return {"id": participant_id, "type": kind, "status": "active", "displayName": name, "avatarUrl": avatar}


def access_key(world: World) -> dict[str, Any]:
    """Give the bot's access key as a participant: what is sent through it has it for its sender."""
    account = account_of(world)
    return other(str(account.get("access_key_id", "")), "accessKey", str(account.get("access_key_name", "")))


def channel_contact(
    user: Row, platform: str = "", account: Mapping[str, Any] | None = None, *, is_named: bool = False
) -> dict[str, Any]:
    """Give a contact as channels show it, with the name of her profile where that is asked for."""
    key, value = address(user, platform, account)
    shown = {"id": user["contact_id"], "identifierKey": key, "identifierValue": value}
    return {**shown, "annotations": {"name": user["name"]}} if is_named else shown


def sender(user: Row, platform: str, account: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give a contact as the sender of a message; all but text messages tell the name of her profile."""
    return channel_contact(user, platform, account, is_named=platform != "sms")


def recipient(user: Row, platform: str = "", account: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give a contact as one of the recipients of an outgoing message."""
    key, value = address(user, platform, account)
    return {
        "type": "to",
        "id": user["contact_id"],
        "identifierKey": key,
        "identifierValue": value,
        "platformAddress": value,
        "contactAnnotation": {"name": user["name"]},
    }


# --- the account's channels ------------------------------------------------------------------------------------------

NAMED_CHANNELS = ("whatsapp", "sms")
"""The platforms whose channel has an option of its own; that of the others stands beside their connector."""


def account_of(world: World) -> Mapping[str, Any]:
    """Give what the workspace's account is made of."""
    return world.get("account", "account") or {}


def platforms(world: World) -> tuple[str, ...]:
    """Give the platforms on which the workspace has a channel."""
    return tuple(account_of(world).get("connectors", {}))


def channel_id(world: World, platform: str) -> str:
    """Give the id of the account's channel on a platform; empty where it has none."""
    if platform in NAMED_CHANNELS:
        return str(world.options[f"{platform}_channel"])
    return str(connector(world, platform).get("channel", ""))


def platform_of(world: World, channel: str) -> str:
    """Give the platform of a channel; empty where the account has no such channel."""
    found = (platform for platform in platforms(world) if channel and channel_id(world, platform) == channel)
    return next(found, "")


def connector(world: World, platform: str) -> Mapping[str, Any]:
    """Give what the account knows of the connector behind its channel on a platform."""
    found: Mapping[str, Any] = account_of(world).get("connectors", {}).get(platform, {})
    return found


def hyphened(locale: str) -> str:
    """Give a locale as Bird writes it: `pt-BR`."""
    return locale.replace("_", "-")


def event_name(event: str, options: Mapping[str, Any]) -> str:
    """Give the name of an event as it is sent: the option `event_names` may begin it otherwise."""
    platform, _, kind = event.partition(".")
    return f"{_other_names(options).get(platform, platform)}.{kind}"


def documented_name(event: str, options: Mapping[str, Any]) -> str:
    """Give the name under which an event stands in the catalogue, for one that a bot gives."""
    platform, _, kind = event.partition(".")
    found = (ours for ours, theirs in _other_names(options).items() if theirs == platform)
    return f"{next(found, platform)}.{kind}" if kind else event


def _other_names(options: Mapping[str, Any]) -> dict[str, str]:
    pairs = (each.partition("=") for each in str(options["event_names"]).replace(",", " ").split())
    return {ours: theirs for ours, _, theirs in pairs if theirs}


FILTERS: Mapping[str, Callable[..., Any]] = {
    "participant": participant,
    "channel_contact": channel_contact,
    "sender": sender,
    "event_name": event_name,
    "recipient": recipient,
    "hyphened": hyphened,
}
