"""Ids and other drawn values of Bird's own form."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING

from simulator.ids import IdMaker, uuid_text

if TYPE_CHECKING:
    from random import Random


def random_uuid(stream: Random, now_ms: int) -> str:
    """Give a UUID of version 4, as nearly all ids are."""
    return uuid_text(stream)


def channel_uuid(stream: Random, now_ms: int) -> str:
    """Give a UUID whose version says 5, as those of channels do."""
    return uuid_text(stream, 5)


def whatsapp_reference(stream: Random, now_ms: int) -> str:
    """Give WhatsApp's own id of a message: `wamid.` and base64."""
    return f"wamid.{base64.b64encode(stream.randbytes(36)).decode('ascii')}"


def platform_reference(stream: Random, now_ms: int) -> str:
    """Give another platform's own id of a message: 32 hexadecimal digits."""
    return f"{stream.getrandbits(128):032x}"


def story_time(stream: Random, now_ms: int) -> int:
    """Give the story time itself, which an act is not told otherwise."""
    return now_ms


def between(least: int, most: int) -> IdMaker:
    """Give the maker of a whole number between these two, both included."""
    return lambda stream, now_ms: stream.randint(least, most)


IDS: Mapping[str, IdMaker] = {
    **dict.fromkeys(
        ("user", "event", "message", "conversation", "participant", "media", "subscription", "project", "interaction"),
        random_uuid,
    ),
    "channel": channel_uuid,
    "whatsapp": whatsapp_reference,
    "platform": platform_reference,
    "time": story_time,
    "social": lambda stream, now_ms: str(stream.randrange(10**16, 10**17)),
    "subscriber": lambda stream, now_ms: f"{stream.randrange(10**7):07d}",
    "lag": between(50, 250),
    "moment": between(4, 20),
    "call_s": between(5, 600),
    "begun": lambda stream, now_ms: now_ms - stream.randint(60_000, 86_400_000),
    "sent_after": between(120, 400),
    "delivered_after": between(500, 1_500),
}
