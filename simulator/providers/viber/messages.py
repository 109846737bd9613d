"""What a bot sends, checked against Viber's rules and limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from simulator.providers.viber import boards
from simulator.providers.viber.refusals import Fault

Fields = Mapping[str, Any]
Limits = Mapping[str, Any]


PICTURES = (".jpeg", ".jpg", ".png", ".gif")
PROGRAMS = (
    "action apk app bat bin cmd com command cpl csh exe gadget inf ins inx ipa isu job jse ksh lnk msc msi msp mst osx "
    "out paf pif prg ps1 reg rgs run sct shb shs u3p vb vbe vbs vbscript workflow ws wsf"
)
"""Endings that a file may not have."""

PAYMENT_VERSION = 10
"""The lowest min_api_version of a payment."""

PAYMENT_TYPES = ("GooglePay", "ApplePay")


def first_fault(fields: Fields, limits: Limits, *, has_sender: bool = True) -> Fault | None:
    """
    Give why a message is refused, or None.

    `has_sender` is False for a welcome message, which may leave its sender out: the Node SDK does.
    """
    return next(_faults(fields, limits, has_sender), None)


def _faults(fields: Fields, limits: Limits, has_sender: bool) -> Iterator[Fault]:
    kind = fields.get("type")
    if has_sender or fields.get("sender") is not None:
        yield from _sender_faults(fields.get("sender"), limits)
    yield from _whole("min_api_version", fields.get("min_api_version"), least=1)
    tracking_data = fields.get("tracking_data")
    if tracking_data is not None:
        yield from _text("tracking_data", tracking_data, limits["tracking_data"])
    if boards.schema_fault(fields):
        yield Fault("bad_keyboard", boards.schema_fault(fields))
    if kind is None:
        if fields.get("keyboard") is None:
            yield Fault("missing_data", "there is neither type nor keyboard")
        return
    if not isinstance(kind, str) or kind not in CHECKS:
        yield Fault("bad_data", f"there is no message type {kind!r}")
        return
    yield from CHECKS[kind](fields, limits)


def _sender_faults(sender: Any, limits: Limits) -> Iterator[Fault]:
    if sender is None:
        yield Fault("missing_data", "sender.name is missing")
    elif not isinstance(sender, Mapping):
        yield Fault("bad_data", "sender is no object")
    else:
        yield from _text("sender.name", sender.get("name"), limits["sender_name"])
        # The official SDK for Python sends an empty one where the bot has none.
        if sender.get("avatar"):
            yield from _url("sender.avatar", sender["avatar"], limits["url"])


def _text(name: str, value: Any, most: int | None = None) -> Iterator[Fault]:
    if value is None:
        yield Fault("missing_data", f"{name} is missing")
    elif not isinstance(value, str):
        yield Fault("bad_data", f"{name} is no text")
    elif most is not None and len(value) > most:
        yield Fault("bad_data", f"{name} is longer than {most} characters")


def _url(name: str, value: Any, most: int, endings: tuple[str, ...] = ()) -> Iterator[Fault]:
    yield from _text(name, value, most)
    if isinstance(value, str):
        path = url_path(value)
        if path is None:
            yield Fault("bad_data", f"{name} is no URL")
        elif endings and not path.lower().endswith(endings):
            yield Fault("bad_data", f"{name} does not end in {' or '.join(endings)}")


def _whole(name: str, value: Any, *, least: int, most: int | None = None, is_required: bool = False) -> Iterator[Fault]:
    if value is None:
        if is_required:
            yield Fault("missing_data", f"{name} is missing")
    elif isinstance(value, bool) or not isinstance(value, int):
        yield Fault("bad_data", f"{name} is no whole number")
    elif value < least or (most is not None and value > most):
        yield Fault("bad_data", f"{name} is below {least}" if value < least else f"{name} is above {most}")


def _coordinate(name: str, value: Any, most: float) -> Iterator[Fault]:
    number = coordinate(value)
    if value is None:
        yield Fault("missing_data", f"{name} is missing")
    elif number is None:
        yield Fault("bad_data", f"{name} is no number")
    elif not -most <= number <= most:
        yield Fault("bad_data", f"{name} is not between -{most:g} and {most:g}")


def coordinate(value: Any) -> float | None:
    """
    Give the number of a coordinate, which may be written as a text; None where it is no number.

    Source: Viber/creators-hub, docs/bots-api, "Location message": the example has texts; the SDKs send numbers, and
    messaging-api-viber sends texts.
    """
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]+([.][0-9]+)?", value):
        return float(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def url_path(text: str) -> str | None:
    """Give the path of an absolute http or https URL, or None where it is none."""
    try:
        parts = urlsplit(text)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return None
    return parts.path if is_url else None


def _text_faults(fields: Fields, limits: Limits) -> Iterator[Fault]:
    yield from _text("text", fields.get("text"), limits["text"])


def _picture_faults(fields: Fields, limits: Limits) -> Iterator[Fault]:
    # The documentation wants a text, if an empty one; the Node SDK sends null for none, so that null must pass.
    if fields.get("text") is not None:
        yield from _text("text", fields["text"], limits["caption"])
    yield from _url("media", fields.get("media"), limits["url"], PICTURES)
    yield from _thumbnail_faults(fields, limits)


def _video_faults(fields: Fields, limits: Limits) -> Iterator[Fault]:
    yield from _url("media", fields.get("media"), limits["url"], (".mp4",))
    yield from _whole("size", fields.get("size"), least=0, most=limits["video_bytes"], is_required=True)
    yield from _whole("duration", fields.get("duration"), least=0, most=limits["video_s"])
    yield from _thumbnail_faults(fields, limits)


def _thumbnail_faults(fields: Fields, limits: Limits) -> Iterator[Fault]:
    if fields.get("thumbnail") is not None:
        yield from _url("thumbnail", fields["thumbnail"], limits["url"])


def _file_faults(fields: Fields, limits: Limits) -> Iterator[Fault]:
    yield from _url("media", fields.get("media"), limits["url"])
    yield from _whole("size", fields.get("size"), least=0, most=limits["file_bytes"], is_required=True)
    name = fields.get("file_name")
    yield from _text("file_name", name, limits["file_name"])
    if isinstance(name, str):
        stem, dot, ending = name.rpartition(".")
        if not (stem and dot and ending):
            yield Fault("bad_data", "file_name has no extension")
        elif ending.lower() in PROGRAMS.split():
            yield Fault("bad_data", f"a file may not end in .{ending.lower()}")


def _contact_faults(fields: Fields, limits: Limits) -> Iterator[Fault]:
    contact = fields.get("contact")
    if not isinstance(contact, Mapping):
        yield _no_object("contact", contact)
        return
    yield from _text("contact.name", contact.get("name"), limits["contact_name"])
    yield from _text("contact.phone_number", contact.get("phone_number"), limits["phone_number"])


def _location_faults(fields: Fields, limits: Limits) -> Iterator[Fault]:
    location = fields.get("location")
    if not isinstance(location, Mapping):
        yield _no_object("location", location)
        return
    yield from _coordinate("location.lat", location.get("lat"), 90)
    yield from _coordinate("location.lon", location.get("lon"), 180)


def _url_faults(fields: Fields, limits: Limits) -> Iterator[Fault]:
    yield from _url("media", fields.get("media"), limits["url"])


def _sticker_faults(fields: Fields, limits: Limits) -> Iterator[Fault]:
    sticker_id = fields.get("sticker_id")
    if sticker_id is None:
        yield Fault("missing_data", "sticker_id is missing")
    elif isinstance(sticker_id, bool) or not re.fullmatch(r"\d{1,18}", str(sticker_id)):
        yield Fault("bad_data", "sticker_id is no whole number")


def _rich_media_faults(fields: Fields, limits: Limits) -> Iterator[Fault]:
    if fields.get("rich_media") is None:
        yield Fault("missing_data", "rich_media is missing")


def _payment_faults(fields: Fields, limits: Limits) -> Iterator[Fault]:
    payment = fields.get("payment")
    if not isinstance(payment, Mapping):
        yield _no_object("payment", payment)
        return
    if (fields.get("min_api_version") or 1) < PAYMENT_VERSION:
        yield Fault("incompatible_with_version", f"a payment needs min_api_version {PAYMENT_VERSION}")
    for name in ("type", "total_price", "currency_code", "payment_parameters"):
        if payment.get(name) is None:
            yield Fault("missing_data", f"payment.{name} is missing")
    if payment.get("type") not in PAYMENT_TYPES:
        yield Fault("bad_data", f"payment.type is none of {', '.join(PAYMENT_TYPES)}")
    parameters = payment.get("payment_parameters")
    if not isinstance(parameters, list) or not all(isinstance(each, Mapping) and "key" in each for each in parameters):
        yield Fault("bad_data", "payment.payment_parameters is no list of keys and values")


def _no_object(name: str, value: Any) -> Fault:
    return Fault("missing_data", f"{name} is missing") if value is None else Fault("bad_data", f"{name} is no object")


CHECKS: Mapping[str, Callable[[Fields, Limits], Iterator[Fault]]] = {
    "text": _text_faults,
    "picture": _picture_faults,
    "video": _video_faults,
    "file": _file_faults,
    "contact": _contact_faults,
    "location": _location_faults,
    "url": _url_faults,
    "sticker": _sticker_faults,
    "rich_media": _rich_media_faults,
    "payment": _payment_faults,
}
