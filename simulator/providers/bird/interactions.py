"""What a person does with a message of the bot: she reads it, opens it, follows a link in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.provider import Occurrence
from simulator.providers.bird import bodies, people, threads
from simulator.records import Button
from simulator.world import Put, Row, World

UNREADABLE = ("sms", "applemessages")
"""Platforms that do not tell whether a message was read."""


def reads(user: Row, platform: str, world: World) -> tuple[Occurrence, ...] | None:
    """
    Give a `read` of the bot's last message on a platform, or `opened` for an e-mail.

    There is nothing where she has read it, or where there is none; None where the platform does not tell.
    """
    if platform in UNREADABLE:
        return None
    unread = [
        row
        for row in threads.messages(world)
        if row.get("user") == user["id"]
        and row.get("direction") == "outgoing"
        and row.get("platform") == platform
        and not row.get("is_read")
    ]
    if not unread:
        return ()
    read = tuple(Put(table=threads.MESSAGES, key=row["id"], row={**row, "is_read": True}) for row in unread)
    event, kind, details = f"{platform}.interaction", "read", ""
    if platform == "email":
        event, kind, details = "email.interaction/opened", "opened", "initial_open"
    return (_interaction(unread[-1], user, platform, world, event=event, kind=kind, details=details, effects=read),)


def follows(button: Button, user: Row, platform: str, world: World) -> tuple[Occurrence, ...]:
    """Give a `clicked` for a link in an e-mail or a text message; from elsewhere nobody hears of it."""
    row = offering(button, user, world)
    if platform not in ("email", "sms") or button.kind != "url" or row is None:
        return ()
    event = "email.interaction/clicked" if platform == "email" else "sms.interaction"
    link = {"link": button.payload}
    return (_interaction(row, user, platform, world, event=event, kind="clicked", details="click", metadata=link),)


def offering(button: Button | None, user: Row, world: World) -> Row | None:
    """Give the message of the bot that a button stands on: the latest that has it."""
    for row in reversed(threads.messages(world)) if button is not None else ():
        offered = bodies.buttons(row["body"]) if row.get("direction") == "outgoing" and row.get("body") else ()
        if row.get("user") == user["id"] and button in offered:
            return row
    return None


def _interaction(
    row: Row,
    user: Row,
    platform: str,
    world: World,
    *,
    event: str,
    kind: str,
    details: str = "",
    metadata: Mapping[str, Any] | None = None,
    effects: tuple[Put, ...] = (),
) -> Occurrence:
    values = {
        "message_id": row["id"],
        "channel_id": row["channel_id"],
        "interaction_type": kind,
        "details": details,
        "metadata": metadata or {},
        "contact": people.channel_contact(user, platform, people.account_of(world)),
        "reference": row["reference"],
    }
    return Occurrence(type=event, values=values, effects=effects)
