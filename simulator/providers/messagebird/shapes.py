"""Contacts, conversations and messages, as the events and the REST API show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.deferral import deferrable, plainly_deferrable
from simulator.units import iso8601
from simulator.world import Row, World

API = "https://conversations.messagebird.com/v1"
"""Where links in events lead: the real service's address, whatever the bot calls."""

ECHOED = ("source", "tag", "trackId")
"""What a call gives to a message and gets back with it."""


@plainly_deferrable
def seconds(ms: int) -> str:
    """Give a time in whole seconds: `2020-07-01T09:31:10Z`."""
    return f"{iso8601(ms)[:19]}Z"


@plainly_deferrable
def fraction(ms: int, nanos: int = 0) -> str:
    """Give a time with up to nine digits of a second, zeros at the end taken off: `2020-07-01T09:31:10.935600353Z`."""
    digits = f"{ms % 1000:03d}{nanos:06d}".rstrip("0")
    return f"{iso8601(ms)[:19]}.{digits}Z" if digits else seconds(ms)


@deferrable
def _number(digits: str) -> int:
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def contact(user: Row, options: Mapping[str, Any], href: str = "") -> dict[str, Any]:
    """Give a contact; its `msisdn` is a number, and so is its name, as text, unless the options want her own."""
    digits = str(user["phone"]).removeprefix("+")
    return {
        "id": user["contact_id"],
        "href": href,
        "msisdn": _number(digits),
        "displayName": user["name"] if options["display_name"] == "name" else digits,
        "firstName": "",
        "lastName": "",
        "customDetails": {},
        "attributes": {},
        "createdDatetime": seconds(user["created_ms"]),
        "updatedDatetime": seconds(user["created_ms"]),
    }


def conversation(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give a conversation as events show it: they count no messages."""
    return {
        "id": row["id"],
        "contactId": row["contact_id"],
        "status": row["status"],
        "createdDatetime": seconds(row["created_ms"]),
        "updatedDatetime": fraction(row["updated_ms"], row["nanos"]),
        "lastReceivedDatetime": fraction(row["received_ms"], row["nanos"])
        if row["received_ms"] is not None
        else "0001-01-01T00:00:00Z",
        "lastUsedChannelId": row["channel_id"],
        "messages": {"totalCount": 0, "href": f"{API}/conversations/{row['id']}/messages"},
    }


def message(row: Mapping[str, Any], status: str = "", updated_ms: int | None = None) -> dict[str, Any]:
    """Give a message; `from` and `to` change places with its direction."""
    is_received = row["direction"] == "received"
    status = status or row["statuses"][0][1]
    shown = {
        "id": row["id"],
        "conversationId": row["conversation_id"],
        "platform": row["platform"],
        "to": row["number"] if is_received else row["user"],
        "from": row["user"] if is_received else row["number"],
        "channelId": row["channel_id"],
        "type": row["type"],
        "content": row["content"],
        "direction": row["direction"],
        "status": status,
    }
    if status in ("failed", "rejected") and row.get("error"):
        shown["error"] = row["error"]
    shown |= {name: row[name] for name in ECHOED if row.get(name)}
    created_ms = row["created_ms"]
    shown["createdDatetime"] = seconds(created_ms) if is_received else fraction(created_ms, row["nanos"])
    shown["updatedDatetime"] = fraction(updated_ms or created_ms, row["nanos"])
    return shown


# --- as the REST API shows them --------------------------------------------------------------------------------------


def message_now(row: Mapping[str, Any], at_ms: int) -> dict[str, Any]:
    """Give a message with the status that it has at that time."""
    since_ms, status = ([each for each in row["statuses"] if each[0] <= at_ms] or row["statuses"][:1])[-1]
    return message(row, status, since_ms)


def whole(row: Mapping[str, Any], world: World, channel: Mapping[str, Any]) -> dict[str, Any]:
    """Give a conversation with its contact, its channels, and what is counted of its messages."""
    mine = [each for _, each in world.rows("messages") if each.get("conversation_id") == row["id"]]
    user = world.get("users", row["user"])
    shown = conversation(row)
    shown["messages"] = {**shown["messages"], "totalCount": len(mine)}
    if mine:
        shown["messages"]["lastMessageId"] = mine[-1]["id"]
    about = {
        "id": channel["id"],
        "name": channel["name"],
        "platformId": channel["platform"],
        "status": "active",
        "createdDatetime": seconds(0),
        "updatedDatetime": "0001-01-01T00:00:00Z",
    }
    href = f"https://rest.messagebird.com/contacts/{row['contact_id']}"
    shown["contact"] = contact(user, world.options, href) if user is not None else None
    return {**shown, "channels": [about]}


FILTERS: Mapping[str, Callable[..., Any]] = {
    "contact": contact,
    "conversation": conversation,
    "message": message,
}
