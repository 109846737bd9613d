"""The ways to a person: which channels can be linked or notified, by what she is found there, how she came in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.providers.smooch.people import SDK_CHANNELS, known
from simulator.world import Row

LINKABLE = ("messenger", "twilio", "mailgun", "whatsapp", "messagebird")
"""Channels to which a business can link a person."""

OTHER_LINKABLE = "twilio"
OTHER_NOTIFIABLE = "whatsapp"
OTHER_TYPEABLE = "web"

REFERRING = ("messenger", "wechat")
"""Channels that tell what the way in carried."""

WITHOUT_START = ("twilio", "messagebird", "mailgun", "twitter")
"""Channels on which a person begins by writing; there is no sign before it."""

WITHOUT_RECEIPTS = ("line", "wechat", *WITHOUT_START)
"""
Channels that do not tell when a person reads.

Source: the grid of channel capabilities in curiouslychris/smooch-docs, September 2017; WhatsApp came later.
"""


def linkable(channel: str) -> str:
    """Give the channel, or one that can be linked where this one cannot."""
    return channel if channel in LINKABLE else OTHER_LINKABLE


def notifiable(channel: str) -> str:
    """Give the channel, or one that takes notifications where this is a client of Smooch's own."""
    return OTHER_NOTIFIABLE if channel in SDK_CHANNELS else channel


def typeable(channel: str) -> str:
    """Give the channel, or one that tells of typing where this one does not: only Smooch's own clients do."""
    return channel if channel in SDK_CHANNELS else OTHER_TYPEABLE


def criteria(given: Mapping[str, Any], channel: str, phone: str, user: Row) -> dict[str, Any]:
    """Give by what a caller finds a person on a channel: an address or a telephone number, and what is `given`."""
    if channel == "mailgun":
        address = user.get("email") or user.get("userId") or f"{user['id']}@example.com"
        return known({"address": address, "subject": "New message", **given})
    return known({"phoneNumber": phone, **given})


def referral(code: str, channel: str, ad_id: str | None = None) -> dict[str, Any]:
    """
    Give what the way in carried: a code, and on Messenger what kind of way it was.

    Source: the documentation of September 2017, "conversation:referral".
    """
    if channel != "messenger":
        return {"code": code}
    details = {"source": "MESSENGER_CODE" if ad_id is None else "ADS", "type": "OPEN_THREAD", "adId": ad_id}
    return {"code": code, "details": known(details)}


FILTERS: Mapping[str, Callable[..., Any]] = {
    "linkable": linkable,
    "notifiable": notifiable,
    "typeable": typeable,
    "criteria": criteria,
    "referral": referral,
}
