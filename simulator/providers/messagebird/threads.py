"""Conversations and messages as the world keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.providers.messagebird import people, shapes
from simulator.records import ApiCall
from simulator.world import Effect, Emit, Put, Row, World

CONVERSATIONS = "conversations"
MESSAGES = "messages"

FAILURE = {"code": 301, "description": "The message could not be delivered."}
"""Why a message fails. Chosen: which code stands there is unconfirmed."""


def new(user: Row, world: World, ids: Ids, *, at_ms: int) -> dict[str, Any]:
    """Give the row of a conversation in which nobody has spoken."""
    return {
        "id": ids.give("conversation", user["id"]),
        "user": user["id"],
        "contact_id": user["contact_id"],
        "status": "active",
        "channel_id": people.channel(world)["id"],
        "created_ms": at_ms,
        "updated_ms": at_ms,
        "received_ms": None,
        "nanos": ids.give("nanos"),
    }


def conversations(world: World) -> list[Row]:
    """Give all conversations, oldest first; a story may give one, which must say as much as those that came about."""
    return [row for _, row in world.rows(CONVERSATIONS) if "contact_id" in row]


def conversation(world: World, conversation_id: str) -> Row | None:
    """Give the conversation of that id, or None."""
    row = world.get(CONVERSATIONS, conversation_id)
    return row if row is not None and "contact_id" in row else None


def of_contact(world: World, user: str) -> Row | None:
    """Give the active conversation with a contact, or None: an archived one does not go on."""
    found = (row for row in conversations(world) if row["user"] == user and row["status"] == "active")
    return next(found, None)


def messages(world: World) -> list[Row]:
    """Give all messages, oldest first."""
    return [row for _, row in world.rows(MESSAGES) if "statuses" in row]


def message(world: World, message_id: str) -> Row | None:
    """Give the message of that id, or None."""
    row = world.get(MESSAGES, message_id)
    return row if row is not None and "statuses" in row else None


def known(user: Row, world: World) -> tuple[Effect, ...]:
    """Give the effect by which a contact is known from now on; none where it is."""
    return () if world.get("users", user["id"]) is not None else (Put(table="users", key=user["id"], row=user),)


def said(
    row: Mapping[str, Any], world: World, ids: Ids, *, at_ms: int, direction: str, fields: Mapping[str, Any]
) -> dict[str, Any]:
    """Give the row of a message in a conversation."""
    channel = people.channel(world)
    return {
        "id": ids.give("message"),
        "conversation_id": row["id"],
        "user": row["user"],
        "platform": channel["platform"],
        "number": channel["number"],
        "channel_id": channel["id"],
        "type": fields["type"],
        "content": fields["content"],
        "direction": direction,
        "statuses": ((at_ms, "received"),),
        "error": None,
        **{name: fields.get(name) for name in shapes.ECHOED},
        "created_ms": at_ms,
        "nanos": ids.give("nanos"),
        "is_read": False,
    }


def sending(
    call: ApiCall, world: World, ids: Ids, *, user: Row, fields: Mapping[str, Any], row: Row | None = None
) -> tuple[dict[str, Any], dict[str, Any], tuple[Effect, ...]]:
    """Give conversation, message and effects of something that the bot says; each of its statuses has an event."""
    found = row or of_contact(world, user["id"])
    thread = {**(found or new(user, world, ids, at_ms=call.at_ms)), "updated_ms": call.at_ms}
    spoken = said(thread, world, ids, at_ms=call.at_ms, direction="sent", fields=fields)
    spoken["statuses"] = _statuses(call, world, ids)
    spoken["error"] = FAILURE if spoken["statuses"][-1][1] == "failed" else None
    about = {
        "channel_id": thread["channel_id"],
        "contact": shapes.contact(user, world.options),
        "conversation": shapes.conversation(thread),
    }
    effects: list[Effect] = [
        *known(user, world),
        Put(table=CONVERSATIONS, key=thread["id"], row=thread),
        Put(table=MESSAGES, key=spoken["id"], row=spoken),
    ]
    if found is None:
        effects.append(Emit(type="conversation.created", values=about, user=user["id"]))
    for i, (at_ms, status) in enumerate(spoken["statuses"]):
        values = {**about, "message": shapes.message(spoken, status, at_ms)}
        after_ms = (at_ms - call.at_ms, at_ms - call.at_ms)
        kind = "message.updated" if i else "message.created/sent"
        effects.append(Emit(type=kind, values=values, user=user["id"], after_ms=after_ms))
    return thread, spoken, tuple(effects)


def _statuses(call: ApiCall, world: World, ids: Ids) -> tuple[tuple[int, str], ...]:
    pending = (call.at_ms, "pending")
    sent = (call.at_ms + ids.give("sent_after"), "sent")
    done_ms = call.at_ms + ids.give("delivered_after")
    match world.options["receipts"]:
        case "nothing":
            return (pending,)
        case "sent":
            return pending, sent
        case "failed":
            return pending, (done_ms, "failed")
        case _:
            return pending, sent, (done_ms, "delivered")
