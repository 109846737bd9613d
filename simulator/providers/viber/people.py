"""People, ids and the other values of Viber's own form."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from simulator.deferral import deferrable
from simulator.ids import IdMaker, Ids
from simulator.world import Row

if TYPE_CHECKING:
    from random import Random

TOKEN_EPOCH_MS = 292_057_776_128
"""Unix milliseconds at which message tokens begin to count, worked out from observed tokens and their timestamps."""

DEVICE: Mapping[str, Any] = {
    "api_version": 10,
    "primary_device_os": "Android 14",
    "viber_version": "21.4.0",
    "mcc": 268,
    "mnc": 3,
    "device_type": "Pixel 8",
}
"""A device of 2023 and later; the values themselves are made up."""

SHOWS = "shows"
"""Where the account keeps what its webhook asked for: `name` and `avatar`, each true or false."""

WITH_PICTURE = 85
"""So many of a hundred people have a picture."""


def person(profile: Mapping[str, Any], ids: Ids) -> Row:
    """
    Give a drawn profile as a row of `users`.

    `photo` is the picture that the person would have; `avatar` is the one that is shown, or None. Who has none hangs on
    the person alone, so that it is the same in every run of a seed. At first nobody is subscribed.
    """
    has_picture = zlib.crc32(str(profile["username"]).encode("utf-8", "surrogatepass")) % 100 < WITH_PICTURE
    photo = f"https://media-direct.cdn.viber.com/download_photo?dlid={_dlid(profile['avatar_key'])}&fltp=jpg&imsz=0000"
    language = str(profile["language"])
    return {
        **DEVICE,
        "id": profile.get("id") or ids.give("user"),
        "name": profile["name"],
        "avatar": profile.get("avatar", photo if has_picture else None),
        "photo": profile.get("avatar") or photo,
        "language": language if "-" in language else f"{language}-{profile['country']}",
        "country": profile["country"],
        "locale": profile["locale"],
        "phone": profile["phone"],
        "latitude": profile["latitude"],
        "longitude": profile["longitude"],
        "online_status": 0,
        "subscribed": False,
        "devices": 1,
        **{name: profile[name] for name in (*DEVICE, "online_status", "subscribed", "devices") if name in profile},
    }


def _dlid(key: object) -> str:
    return base64.urlsafe_b64encode(str(key).encode("utf-8", "surrogatepass")).decode("ascii").rstrip("=")


# --- filters ---------------------------------------------------------------------------------------------------------


def observed_person(user: Row, options: Mapping[str, Any], account: Mapping[str, Any]) -> dict[str, Any]:
    """Give a person as the service was seen to write `sender` and `user`: what is empty or not shown is left out."""
    return _without_empty(
        {
            "id": user["id"],
            "name": _shown("name", user, options, account),
            "avatar": _shown("avatar", user, options, account),
            "language": _language(user, options),
            "country": user["country"],
            "api_version": user["api_version"],
        }
    )


def documented_person(
    user: Row, options: Mapping[str, Any], account: Mapping[str, Any], avatar: str | None
) -> dict[str, Any]:
    """Give a person in the order that the documentation has, which puts the country before the language."""
    shown = observed_person({**user, "avatar": avatar}, options, account)
    order = ("id", "name", "avatar", "country", "language", "api_version")
    return {name: shown[name] for name in order if name in shown}


def early_person(
    user: Row, options: Mapping[str, Any], account: Mapping[str, Any], has_language: bool
) -> dict[str, Any]:
    """Give a person as bodies had her before 2018: no region, often no language, and devices of those years."""
    shown = observed_person(user, {**options, "language": "plain"}, account)
    early = {**shown, "api_version": min(int(shown["api_version"]), 5)}
    return early if has_language else {name: value for name, value in early.items() if name != "language"}


def as_sticker_id(value: Any, options: Mapping[str, Any]) -> Any:
    """Give a sticker's id in the type that the option `sticker_id` asks for; a text that is no number stays one."""
    if options["sticker_id"] == "string":
        return str(value)
    return _number(value) if isinstance(value, str) else value


@deferrable
def _number(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() else text


def _shown(name: str, user: Row, options: Mapping[str, Any], account: Mapping[str, Any]) -> Any:
    """Give the name or the picture, None where the bot may not see it: `shows` is what it asked for by set_webhook."""
    is_shown = {"shown": True, "missing": False}.get(options[name], account.get(SHOWS, {}).get(name, True))
    return user[name] if is_shown else None


def _language(user: Row, options: Mapping[str, Any]) -> str:
    language = str(user["language"])
    return language.partition("-")[0] if options["language"] == "plain" else language


def _without_empty(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "")}


FILTERS: Mapping[str, Callable[..., Any]] = {
    "person": observed_person,
    "documented_person": documented_person,
    "early_person": early_person,
    "as_sticker_id": as_sticker_id,
}

# --- ids -------------------------------------------------------------------------------------------------------------


def message_token(stream: Random, now_ms: int) -> int:
    """
    Give the token of a message or an event: 19 digits, which shifted right by 22 bits give its time.

    Source: worked out from tokens of the real service; their low bits lie between 2.5 and 3.6 million.
    """
    return (max(now_ms - TOKEN_EPOCH_MS, 0) << 22) | stream.randrange(2_500_000, 3_600_000)


def _sent_token(stream: Random, now_ms: int) -> int:
    """Give the token of a message that was sent a moment ago."""
    return message_token(stream, now_ms - stream.randint(200, 20_000))


def _user_id(stream: Random, now_ms: int) -> str:
    return base64.b64encode(stream.randbytes(16)).decode("ascii")


def _hostname(prefix: str, last: int) -> IdMaker:
    width = len(str(last))
    return lambda stream, now_ms: f"{prefix}{stream.randint(1, last):0{width}d}_"


IDS: Mapping[str, IdMaker] = {
    "user": _user_id,
    "event": message_token,
    "message": message_token,
    "sent": _sent_token,
    "chat_hostname": _hostname("SN-CHAT-", 20),
    "callback_hostname": _hostname("SN-CALLBACK-", 10),
    "node_hostname": lambda stream, now_ms: f"SN-{stream.randint(100, 399)}_",
    "media": lambda stream, now_ms: f"{stream.randrange(16**4):04x}/{stream.randrange(16**16):016x}",
    "signature": lambda stream, now_ms: base64.urlsafe_b64encode(stream.randbytes(24)).decode("ascii"),
    "sticker": lambda stream, now_ms: stream.randint(40_100, 46_199),
    "size": lambda stream, now_ms: stream.randint(20_000, 5_000_000),
    "seconds": lambda stream, now_ms: stream.randint(2, 90),
}
