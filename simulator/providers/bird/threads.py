"""Conversations as the world keeps them: their rows, what changes them, and how the REST API shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.providers.bird import bodies, people
from simulator.units import iso8601
from simulator.world import Row, World

CONVERSATIONS = "conversations"
"""The table; the key is the id. A row holds what the events' templates find as `event`, and `user`, the contact's."""

MESSAGES = "messages"
"""The table of messages of both directions; the key is the id."""


def new(
    conversation_id: str, *, user: str, channel_id: str, initiating: Mapping[str, Any], at_ms: int, **changes: Any
) -> dict[str, Any]:
    """Give the row of a conversation that nobody has spoken in."""
    return {
        "id": conversation_id,
        "user": user,
        "name": "",
        "description": "",
        "status": "active",
        "style": "default",
        "visibility": "public",
        "accessibility": "open",
        "participants": (initiating,),
        "pending_count": 0,
        "initiating": initiating,
        "channel_id": channel_id,
        "last_message": None,
        "incoming_ms": None,
        "outgoing_ms": None,
        "attributes": {},
        "created_ms": at_ms,
        "updated_ms": at_ms,
        "platform_style": "direct",
        **changes,
    }


def conversations(world: World) -> list[Row]:
    """Give all conversations, oldest first."""
    return [_whole(key, row, world) for key, row in world.rows(CONVERSATIONS)]


def conversation(world: World, conversation_id: str) -> Row | None:
    """Give the conversation of that id, or None."""
    row = world.get(CONVERSATIONS, conversation_id)
    return _whole(conversation_id, row, world) if row is not None else None


def of_contact(world: World, user: str, channel_id: str) -> Row | None:
    """Give the active conversation with a contact on a channel, or None: a closed one does not go on."""
    wanted = (user, channel_id, "active")
    found = (row for row in conversations(world) if (row["user"], row["channel_id"], row["status"]) == wanted)
    return next(found, None)


def messages(world: World) -> list[Row]:
    """Give all messages, oldest first; what a story gives as one must say as much as those that were really sent."""
    return [row for _, row in world.rows(MESSAGES) if "statuses" in row]


def message(world: World, message_id: str) -> Row | None:
    """Give the message of that id, or None."""
    row = world.get(MESSAGES, message_id)
    return row if row is not None and "statuses" in row else None


def _whole(key: str, row: Row, world: World) -> Row:
    """Give a row with all that a conversation has; a story may give one that only says with which `user` it is."""
    if "initiating" in row:
        return row
    user = world.get("users", str(row.get("user") or next(iter(row.get("participants", ())), "")))
    known = {"user": user["id"] if user is not None else "", "at_ms": row.get("created_ms", 0)}
    own = {name: value for name, value in row.items() if name not in ("id", "participants")}
    given = {**known, "channel_id": people.channel_id(world, "whatsapp"), **own}
    who = people.access_key(world)
    if user is not None:
        platform = people.platform_of(world, given["channel_id"])
        who = people.participant(user, world.options, platform, people.account_of(world))
    return new(key, **{"initiating": who, **given})


def joined(row: Mapping[str, Any], participants: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Give the row with these among its participants, contacts first; who is there already stays as it is."""
    known = list(row["participants"])
    known += [each for each in participants if each["id"] not in {one["id"] for one in known}]
    return {**row, "participants": tuple(sorted(known, key=lambda each: each["type"] != "contact"))}


def spoken(row: Mapping[str, Any], said: Mapping[str, Any], updated_ms: int) -> dict[str, Any]:
    """Give the row once a message was spoken in it."""
    is_incoming = said["direction"] == "incoming"
    last = {
        "id": said["id"],
        "type": said["body"]["type"] if said["body"] is not None else "template",
        "preview": bodies.preview(said["body"]),
        "recipients": None if is_incoming else said["recipients"],
        "status": said["statuses"][0][1],
        "sender": said["participant"],
        "created_ms": said["created_ms"],
    }
    heard = {"incoming_ms" if is_incoming else "outgoing_ms": said["created_ms"]}
    return {**joined(row, [said["participant"]]), **heard, "last_message": last, "updated_ms": updated_ms}


def event_of(row: Mapping[str, Any], status: str = "") -> dict[str, Any]:
    """Give the values of an event about a conversation as it stands, its last message having that status."""
    values = {name: value for name, value in row.items() if name != "updated_ms"}
    if status:
        values["last_message"] = {**row["last_message"], "status": status}
    return values


def status_at(said: Mapping[str, Any], at_ms: int) -> tuple[int, str]:
    """Give since when a message has the status that it has at that time, and which it is."""
    first, *later = said["statuses"]
    past = [first, *(each for each in later if each[0] <= at_ms)]
    since_ms, status = past[-1]
    return since_ms, status


# --- as the REST API shows them --------------------------------------------------------------------------------------


def shown(row: Mapping[str, Any], world: World, at_ms: int) -> dict[str, Any]:
    """Give a conversation as the REST API shows it: as the events do, and when each side spoke last."""
    named = ("id", "name", "description", "status", "style", "visibility", "accessibility")
    is_observed = world.options["layout"] == "observed"
    found = {name: row[name] for name in named if name != "style" or is_observed}
    found["featuredParticipants"] = list(row["participants"])
    found["activeParticipantCount"] = len(row["participants"])
    found["pendingParticipantCount"] = row["pending_count"]
    found["initiatingParticipant"] = row["initiating"]
    if row["channel_id"]:
        found["channelId"] = row["channel_id"]
    if row["last_message"] is not None:
        found["lastMessage"] = _last(row["last_message"], world, at_ms)
    for name, since in (("lastMessageIncomingAt", "incoming_ms"), ("lastMessageOutgoingAt", "outgoing_ms")):
        if row.get(since) is not None:
            found[name] = iso8601(row[since])
    if row["attributes"]:
        found["attributes"] = dict(row["attributes"])
    times = {"createdAt": iso8601(row["created_ms"]), "updatedAt": iso8601(row["updated_ms"])}
    return {**found, **times, "platformStyle": row["platform_style"]}


def _last(last: Mapping[str, Any], world: World, at_ms: int) -> dict[str, Any]:
    found = message(world, last["id"])
    status = status_at(found, at_ms)[1] if found is not None else last["status"]
    named = {name: last[name] for name in ("id", "type")}
    preview = {} if hides_preview(last, world.options) else {"preview": {"text": last["preview"]}}
    rest = {"recipients": last["recipients"], "status": status, "sender": last["sender"]}
    return {**named, **preview, **rest, "createdAt": iso8601(last["created_ms"])}


def hides_preview(last: Mapping[str, Any], options: Mapping[str, Any]) -> bool:
    """True for media without a caption where the options say that such a message has no preview."""
    return not last["preview"] and options["media_preview"] == "missing"


def message_shown(said: Mapping[str, Any], at_ms: int) -> dict[str, Any]:
    """Give a message as the conversations API shows it: its sender is a participant."""
    sender = {name: value for name, value in said["participant"].items() if name != "contact"}
    content = {name: said[name] for name in ("body", "template") if said[name] is not None}
    return {
        "id": said["id"],
        "conversationId": said["conversation_id"],
        "sender": sender,
        **content,
        **({"recipients": said["recipients"]} if said["recipients"] else {}),
        "status": status_at(said, at_ms)[1],
        "meta": said["meta"],
        **({"reference": said["reference"]} if said["reference"] else {}),
        "createdAt": iso8601(said["created_ms"]),
    }


def channel_message_shown(said: Mapping[str, Any], at_ms: int) -> dict[str, Any]:
    """Give a message as the channels API shows it: its sender is a contact or the connector."""
    is_incoming = said["direction"] == "incoming"
    since_ms, status = status_at(said, at_ms)
    reference = said["platform_reference"]
    found = {
        "id": said["id"],
        "channelId": said["channel_id"],
        "sender": {"contact": said["contact"]} if is_incoming else {"connector": said["connector"]},
        "receiver": {"connector": said["connector"]} if is_incoming else {"contacts": [said["contact"]]},
        **{name: said[name] for name in ("body", "template") if said[name] is not None},
        "meta": said["meta"],
        "reference": said["reference"],
    }
    if said["reply_to"] is not None:
        found["replyTo"] = said["reply_to"]
    found["parts"] = [] if status == "accepted" else [{"platformReference": reference}]
    found |= {"status": status, "reason": said["failure"].get("reason", "") if _has_failed(status) else ""}
    if _has_failed(status):
        found["failure"] = {"description": said["failure"].get("description", "")}
    stamp = iso8601(since_ms)
    times = {"lastStatusAt": stamp, "createdAt": iso8601(said["created_ms"]), "updatedAt": stamp}
    return {**found, "direction": said["direction"], **times}


def _has_failed(status: str) -> bool:
    return status in ("sending_failed", "delivery_failed", "rejected")
