"""What a channel knows of a person by itself: her id there, the profile it gives, and what of it is of one form."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from simulator.deferral import deferrable
from simulator.world import Row

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/73.0.3683.86 Safari/537.36"
SDK_VERSION: Mapping[str, str] = {"web": "4.17.10", "ios": "6.13.0", "android": "6.9.0"}


def external_id_of(channel: str, user: Row, drawn: str) -> str:
    """Give the id that a person has on a channel, in the form of that channel; `drawn` is a number of 16 digits."""
    match channel:
        case "twilio":
            return str(user["phone"])
        case "whatsapp" | "messagebird":
            return str(user["phone"]).removeprefix("+")
        case "mailgun":
            return str(user.get("email") or user.get("userId") or f"{user['id']}@example.com")
        case "telegram":
            return drawn[-9:].lstrip("0")
        case "line":
            return f"U{_digits(drawn)}"
        case "viber":
            return _letters(drawn)
        case "wechat":
            return f"o{_letters(drawn).replace('+', '-').replace('/', '_').rstrip('=')}"
    return drawn


@deferrable
def _digits(drawn: str) -> str:
    return hashlib.md5(drawn.encode("ascii"), usedforsecurity=False).hexdigest()


@deferrable
def _letters(drawn: str) -> str:
    return base64.b64encode(hashlib.md5(drawn.encode("ascii"), usedforsecurity=False).digest()).decode("ascii")


def client_id_of(channel: str, drawn: str) -> str:
    """Give the id of a client in v1.1: that of a device in capital letters, that of a browser without hyphens."""
    if channel == "web":
        return drawn.replace("-", "").lower()
    return drawn if channel in ("ios", "android") else drawn.lower()


def raw_of(channel: str, user: Row, external_id: str) -> dict[str, Any]:
    """
    Give a person's profile as the channel itself tells it; each has another.

    Source: curiouslychris/smooch-docs, "Raw client info"; the values are made up.
    """
    made = RAW.get(channel)
    return {} if made is None else made(user, external_id)


def info_of(channel: str, user: Row) -> dict[str, Any]:
    """Give what is told of a client in the same words for all channels: flat, and never complete."""
    if channel == "web":
        page = _browser(user)
        return {**page, "vendor": "Google Inc."}
    if channel in ("ios", "android"):
        device = _device(channel)
        return {name: device[name] for name in DEVICE_INFO}
    if channel in ("twilio", "messagebird", "whatsapp"):
        return {"phoneNumber": user["phone"], "country": user["country"]}
    shown = {"avatarUrl": user["avatar"], "locale": user["locale"]}
    return {**shown, "timezone": _hours(user), "isPaymentEnabled": False} if channel == "messenger" else shown


DEVICE_INFO = ("appName", "carrier", "devicePlatform", "os", "osVersion", "radioAccessTechnology", "wifi")


def _hours(user: Row) -> int:
    """The difference to UTC in whole hours that the sun would have it."""
    return _whole_hours(user["longitude"])


@deferrable
def _whole_hours(longitude: float) -> int:
    return round(float(longitude) / 15)


def _messenger(user: Row, external_id: str) -> dict[str, Any]:
    return {
        "first_name": user["first_name"],
        "last_name": user["last_name"],
        "profile_pic": user["avatar"],
        "locale": user["locale"],
        "timezone": _hours(user),
        "is_payment_enabled": False,
    }


def _viber(user: Row, external_id: str) -> dict[str, Any]:
    return {
        "id": external_id,
        "name": user["name"],
        "avatar": user["avatar"],
        "country": user["country"],
        "language": user["language"],
        "primary_device_os": "Android 9",
        "api_version": 7,
        "viber_version": "10.3.0",
        "mcc": 268,
        "mnc": 3,
        "device_type": "Pixel 3",
    }


def _telegram(user: Row, external_id: str) -> dict[str, Any]:
    # The one id of a channel that is a number.
    return {
        "id": int(external_id),
        "first_name": user["first_name"],
        "last_name": user["last_name"],
        "language_code": user["language"],
        "profile_photos": {"total_count": 0, "photos": []},
    }


def _line(user: Row, external_id: str) -> dict[str, Any]:
    return {"displayName": user["name"], "userId": external_id, "pictureUrl": user["avatar"]}


def _wechat(user: Row, external_id: str) -> dict[str, Any]:
    known = {"subscribe": 1, "openid": external_id, "nickname": user["name"], "sex": 0, "language": user["locale"]}
    return {**known, "country": user["country"], "headimgurl": user["avatar"]}


def _twitter(user: Row, external_id: str) -> dict[str, Any]:
    known = {"id": int(external_id), "id_str": external_id, "name": user["name"], "lang": user["language"]}
    return {**known, "profile_image_url_https": user["avatar"], "verified": False}


def _twilio(user: Row, external_id: str) -> dict[str, Any]:
    return {"From": external_id, "FromCountry": user["country"]}


def _messagebird(user: Row, external_id: str) -> dict[str, Any]:
    href = f"https://rest.messagebird.com/lookup/{external_id}"
    return {"href": href, "countryCode": user["country"], "phoneNumber": int(external_id), "type": "mobile"}


def _whatsapp(user: Row, external_id: str) -> dict[str, Any]:
    return {"from": external_id, "profile": {"name": user["name"]}}


def _mailgun(user: Row, external_id: str) -> dict[str, Any]:
    return {"from": f"{user['name']} <{external_id}>", "Reply-To": external_id}


def _browser(user: Row, external_id: str = "") -> dict[str, Any]:
    return {
        "currentTitle": "Flower shop",
        "currentUrl": "https://shop.example.com/",
        "browserLanguage": str(user["locale"]).replace("_", "-"),
        "referrer": "",
        "userAgent": BROWSER,
        "URL": "shop.example.com",
        "sdkVersion": SDK_VERSION["web"],
    }


def _device(channel: str) -> dict[str, Any]:
    own: Mapping[str, Any] = {
        "ios": {"appId": "com.example.shop", "devicePlatform": "iPhone11,8", "os": "iOS", "osVersion": "12.2"},
        "android": {"appId": "com.example.shop", "devicePlatform": "Google Pixel 3", "os": "Android", "osVersion": "9"},
    }
    shared = {"appName": "Shop", "carrier": "3", "wifi": True, "radioAccessTechnology": "LTE"}
    return {**own[channel], **shared, "sdkVersion": SDK_VERSION[channel]}


RAW: Mapping[str, Callable[[Row, str], dict[str, Any]]] = {
    "messenger": _messenger,
    "viber": _viber,
    "telegram": _telegram,
    "line": _line,
    "wechat": _wechat,
    "twitter": _twitter,
    "twilio": _twilio,
    "messagebird": _messagebird,
    "whatsapp": _whatsapp,
    "mailgun": _mailgun,
    "web": _browser,
    "ios": lambda user, external_id: _device("ios"),
    "android": lambda user, external_id: _device("android"),
}
"""Channel → what makes its profile of a person."""
