"""People, their clients, ids and the other values of Smooch's own form."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from simulator.ids import IdMaker, Ids
from simulator.units import iso8601
from simulator.world import Row

if TYPE_CHECKING:
    from random import Random

DAY_MS = 24 * 3_600_000

UNDERWAY_MS = (7, 40)
"""So much before it is delivered the service has taken an event in: less than lies between two acts of a story."""

PROFILE = ("givenName", "surname", "email")
"""What a business may know about a person beside her id; it is there where it was set."""

SDK_CHANNELS = ("web", "ios", "android")
"""Channels of Smooch's own clients: they know no message ids of a channel, and no delivery events come from them."""


def person(profile: Mapping[str, Any], ids: Ids) -> Row:
    """
    Give a drawn profile as a row of `users`.

    `name` is what her channel shows of her. Of what a business may know about her, only the `userId` is set, as in the
    documentation's examples; a story may give the rest.
    """
    return {
        "id": profile.get("id") or ids.give("user"),
        "name": profile["name"],
        "userId": profile.get("userId", profile["email"]),
        "properties": dict(profile.get("properties") or {}),
        "signedUpAt": ids.give("signed_up"),
        "conversation_id": ids.give("conversation"),
        "client": {
            "_id": ids.give("client_object"),
            "id": ids.give("client"),
            "externalId": ids.give("external"),
            "lastSeen": ids.give("last_seen"),
        },
        "first_name": profile["first_name"],
        "last_name": profile["last_name"],
        "avatar": f"https://media.example.net/{profile['avatar_key']}.jpg",
        "locale": profile["locale"],
        "language": profile["language"],
        "latitude": profile["latitude"],
        "longitude": profile["longitude"],
        "channel": profile.get("channel"),
        **{name: profile[name] for name in ("givenName", "surname") if name in profile},
    }


def channel_of(user: Row, options: Mapping[str, Any]) -> str:
    """Give the channel on which a person writes: her own, where a story says so, else that of the options."""
    return str(user.get("channel") or options["channel"])


def integration_of(channel: str, account: Mapping[str, Any]) -> str | None:
    """Give the id of the integration by which a channel is tied to the app."""
    found = account.get("integrations", {}).get(channel)
    return None if found is None else str(found)


# --- filters ---------------------------------------------------------------------------------------------------------


def app_user(user: Row, version: str, is_full: bool, options: Mapping[str, Any]) -> dict[str, Any]:
    """Give a person as messages, postbacks and `conversation:start` show her: whole in v1, else as the webhook asks."""
    if version == "v1":
        return _v1_profile(user, options)
    return _profile(user) if is_full else known_user(user)


def known_user(user: Row) -> dict[str, Any]:
    """Give a person in the short form of v1.1."""
    return _without_none({"_id": user["id"], "userId": user.get("userId"), "conversationStarted": True})


def brief_user(user: Row) -> dict[str, Any]:
    """Give a person in the short form that delivery events of v1 have."""
    return _without_none({"_id": user["id"], "userId": user.get("userId")})


def rest_user(user: Row, *, has_conversation: bool, options: Mapping[str, Any]) -> dict[str, Any]:
    """Give a person as the REST API answers."""
    shown = {**_profile(user), "conversationStarted": has_conversation}
    return {**shown, "clients": [_v1_client(user, options)], "pendingClients": []}


def client(user: Row, options: Mapping[str, Any], account: Mapping[str, Any]) -> dict[str, Any]:
    """Give a person's client as v1.1 shows it where a webhook asks for it."""
    channel, known = channel_of(user, options), user["client"]
    return _without_none(
        {
            "_id": known["_id"],
            "id": known["id"].lower(),
            "platform": channel,
            "integrationId": integration_of(channel, account),
            "externalId": None if channel in SDK_CHANNELS else known["externalId"],
            "displayName": user["name"],
            "status": "active",
            "active": True,
            "primary": True,
            "lastSeen": known["lastSeen"],
            "linkedAt": user["signedUpAt"],
            "info": {"avatarUrl": user["avatar"], "locale": user["locale"]},
            "raw": _raw(user) if channel == "messenger" else None,
        }
    )


def _v1_profile(user: Row, options: Mapping[str, Any]) -> dict[str, Any]:
    clients = [_v1_client(user, options)]
    shown = {
        "_id": user["id"],
        "userId": user.get("userId"),
        **{name: user.get(name) for name in PROFILE},
        "properties": dict(user["properties"]),
        "signedUpAt": user["signedUpAt"],
    }
    if options["app_user"] == "complete":
        shown |= {"conversationStarted": True, "clients": clients, "devices": clients, "pendingClients": []}
    else:
        shown |= {"clients": clients}
    return _without_none(shown)


def _v1_client(user: Row, options: Mapping[str, Any]) -> dict[str, Any]:
    known = user["client"]
    platform = channel_of(user, options)
    return {"active": True, "id": known["id"], "lastSeen": known["lastSeen"], "platform": platform}


def _profile(user: Row) -> dict[str, Any]:
    return _without_none(
        {
            "_id": user["id"],
            "userId": user.get("userId"),
            **{name: user.get(name) for name in PROFILE},
            "signedUpAt": user["signedUpAt"],
            "properties": dict(user["properties"]),
            "conversationStarted": True,
        }
    )


def _raw(user: Row) -> dict[str, Any]:
    return {
        "first_name": user["first_name"],
        "last_name": user["last_name"],
        "profile_pic": user["avatar"],
        "locale": user["locale"],
    }


def _without_none(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


FILTERS: Mapping[str, Callable[..., Any]] = {
    "app_user": app_user,
    "known_user": known_user,
    "brief_user": brief_user,
    "client": client,
}

# --- ids -------------------------------------------------------------------------------------------------------------


def object_id(stream: Random, now_ms: int) -> str:
    """
    Give an id as the store makes them: 24 hexadecimal digits, of which the first 8 are the time in Unix seconds.

    Source: the ids and times of the documentation's examples agree: 5887c223… and 1485292067.
    """
    return f"{now_ms // 1000 & 0xFFFF_FFFF:08x}{stream.randbytes(8).hex()}"


def _random_id(stream: Random, now_ms: int) -> str:
    """Give an id as people and conversations have them, in which there is no time."""
    return stream.randbytes(12).hex()


def _earlier(days: int, most_days: int) -> IdMaker:
    return lambda stream, now_ms: iso8601(now_ms - stream.randint(days * DAY_MS, most_days * DAY_MS))


def _client_id(stream: Random, now_ms: int) -> str:
    digits = stream.randbytes(16).hex().upper()
    return "-".join((digits[:8], digits[8:12], f"4{digits[13:16]}", f"A{digits[17:20]}", digits[20:]))


def _url_safe(count: int) -> IdMaker:
    return lambda stream, now_ms: base64.urlsafe_b64encode(stream.randbytes(count)).decode("ascii").rstrip("=")


IDS: Mapping[str, IdMaker] = {
    "user": _random_id,
    "event": object_id,
    "message": object_id,
    "webhook": object_id,
    "conversation": _random_id,
    "client": _client_id,
    "client_object": object_id,
    "external": lambda stream, now_ms: str(stream.randrange(10**15, 10**16)),
    "signed_up": _earlier(30, 700),
    "last_seen": _earlier(0, 3),
    "media": lambda stream, now_ms: stream.randbytes(16).hex(),
    "size": lambda stream, now_ms: stream.randint(20_000, 5_000_000),
    "secret": lambda stream, now_ms: stream.randbytes(20).hex(),
    "long_secret": _url_safe(64),
    "received": lambda stream, now_ms: now_ms - stream.randint(*UNDERWAY_MS),
}
