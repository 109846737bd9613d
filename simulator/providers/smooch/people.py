"""People, their clients, ids and the other values of Smooch's own form."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from simulator.ids import IdMaker, Ids
from simulator.providers.smooch.profiles import client_id_of, external_id_of, info_of, raw_of
from simulator.units import iso8601
from simulator.world import Row

if TYPE_CHECKING:
    from random import Random

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

DAY_MS = 24 * 3_600_000

UNDERWAY_MS = (7, 40)
"""So much before it is delivered the service has taken an event in: less than lies between two acts of a story."""

PROFILE = ("givenName", "surname", "email")
"""What a business may know about a person beside her id; it is there where it was set."""

EXTERNAL_DIGITS = 16
"""So long is the number that is drawn for who a person is elsewhere; each channel has a form of its own for it."""

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
        "country": profile["country"],
        "latitude": profile["latitude"],
        "longitude": profile["longitude"],
        "channel": profile.get("channel"),
        "phone": profile["phone"],
        **{name: profile[name] for name in ("givenName", "surname") if name in profile},
    }


def channel_of(user: Row, options: Mapping[str, Any]) -> str:
    """Give the channel on which a person writes: her own, where a story says so, else that of the options."""
    return str(user.get("channel") or options["channel"])


def on(user: Row, channel: str) -> Row:
    """Give a person as one who writes on another channel."""
    return {**user, "channel": channel}


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


def known_user(user: Row, has_conversation: bool = True) -> dict[str, Any]:
    """Give a person in the short form of v1.1."""
    return known({"_id": user["id"], "userId": user.get("userId"), "conversationStarted": has_conversation})


def brief_user(user: Row) -> dict[str, Any]:
    """Give a person in the short form that delivery events of v1 have."""
    return known({"_id": user["id"], "userId": user.get("userId")})


def rest_user(user: Row, *, has_conversation: bool, options: Mapping[str, Any]) -> dict[str, Any]:
    """Give a person as the REST API answers."""
    shown = {**_profile(user), "conversationStarted": has_conversation}
    pending = [{"active": False, "id": each["id"], "platform": each["channel"]} for each in user.get("pending", ())]
    return {**shown, "clients": _v1_clients(user, options), "pendingClients": pending}


def clients_of(user: Row, options: Mapping[str, Any]) -> tuple[Row, ...]:
    """
    Give the clients of a person, that on which she writes first; each is a row with its `channel`.

    Who was only made through the API has none, and one may have been taken away.
    """
    own = () if user.get("is_unreachable") else ({"channel": channel_of(user, options), **user["client"]},)
    return (*own, *user.get("links", ()))


def client(user: Row, options: Mapping[str, Any], account: Mapping[str, Any]) -> dict[str, Any]:
    """Give a person's client as v1.1 shows it where a webhook asks for it."""
    return linked_client({"channel": channel_of(user, options), **user["client"]}, user, account, is_primary=True)


def linked_client(link: Row, user: Row, account: Mapping[str, Any], *, is_primary: bool = False) -> dict[str, Any]:
    """Give any client of a person as v1.1 shows it."""
    channel = str(link["channel"])
    external_id = known_there(link, user)
    return known(
        {
            "_id": link["_id"],
            "id": client_id_of(channel, link["id"]),
            "platform": channel,
            "integrationId": integration_of(channel, account),
            "externalId": None if channel in SDK_CHANNELS else external_id,
            "displayName": user["name"],
            "status": "active",
            "active": True,
            "primary": is_primary,
            "lastSeen": link.get("lastSeen"),
            "linkedAt": link.get("linkedAt", user["signedUpAt"]),
            "info": info_of(channel, user),
            "raw": raw_of(channel, user, external_id),
        }
    )


def known_there(link: Row, user: Row) -> str:
    """Give the id by which a person is known on the channel of a client: the one she was linked by, else her own."""
    drawn = str(link["externalId"])
    is_drawn = len(drawn) == EXTERNAL_DIGITS and drawn.isdecimal()
    return external_id_of(str(link["channel"]), user, drawn) if is_drawn else drawn


def _v1_profile(user: Row, options: Mapping[str, Any]) -> dict[str, Any]:
    clients = _v1_clients(user, options)
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
    return known(shown)


def _v1_clients(user: Row, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        known({"active": True, "id": each["id"], "lastSeen": each.get("lastSeen"), "platform": each["channel"]})
        for each in clients_of(user, options)
    ]


def _profile(user: Row) -> dict[str, Any]:
    return known(
        {
            "_id": user["id"],
            "userId": user.get("userId"),
            **{name: user.get(name) for name in PROFILE},
            "signedUpAt": user["signedUpAt"],
            "properties": dict(user["properties"]),
            "conversationStarted": True,
        }
    )


def known(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is known: the service leaves a key out rather than write null."""
    return {name: value for name, value in fields.items() if value is not None}


FILTERS: Mapping[str, Callable[..., Any]] = {
    "app_user": app_user,
    "known_user": known_user,
    "brief_user": brief_user,
    "client": client,
    "known": known,
    "on": on,
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


def _uuid(stream: Random, now_ms: int) -> str:
    digits = stream.randbytes(16).hex()
    return "-".join((digits[:8], digits[8:12], f"4{digits[13:16]}", f"a{digits[17:20]}", digits[20:]))


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
    "external": lambda stream, now_ms: str(stream.randrange(10 ** (EXTERNAL_DIGITS - 1), 10**EXTERNAL_DIGITS)),
    "signed_up": _earlier(30, 700),
    "last_seen": _earlier(0, 3),
    "media": lambda stream, now_ms: stream.randbytes(16).hex(),
    "size": lambda stream, now_ms: stream.randint(20_000, 5_000_000),
    "secret": lambda stream, now_ms: stream.randbytes(20).hex(),
    "long_secret": _url_safe(64),
    "received": lambda stream, now_ms: now_ms - stream.randint(*UNDERWAY_MS),
    "asked": lambda stream, now_ms: now_ms - stream.randint(5_000, 60_000),
    "phone": lambda stream, now_ms: f"+1415555{stream.randrange(10_000):04d}",
    "amount": lambda stream, now_ms: stream.randint(2, 400) * 50,
    "charge": lambda stream, now_ms: "ch_" + "".join(stream.choices(LETTERS, k=24)),
    "auth_code": lambda stream, now_ms: stream.randbytes(4).hex(),
    "link_code": lambda stream, now_ms: f"lr_{stream.randbytes(16).hex()}",
    "notification": _uuid,
}
