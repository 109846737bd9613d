"""Conversations and their messages as the instance keeps them, seen with the bot's eyes; and what happens to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.providers.canvas.people import bot_id
from simulator.world import Put, Row, World

CONVERSATIONS = "conversations"
MESSAGES = "messages"

GIVEN_MS = 1_715_678_812_000
"""When a message was written of which a story says no time."""


def conversation(world: World, key: str) -> Row | None:
    """
    Give a conversation, or None.

    `participants` are local ids, the bot's among them. `message_ids`, oldest first, are those that the bot has not
    deleted. `inbox_ms` is the time of the last message as the inbox shows it, None where nobody has answered yet;
    `authored_ms` that of the bot's own last one. A story may give part of the row; the rest is what follows from it.
    """
    row = world.get(CONVERSATIONS, key)
    if row is None:
        return None
    if "message_ids" in row:
        return row
    bot = bot_id(world)
    people = tuple(dict.fromkeys(str(each) for each in (*row.get("participants", ()), bot)))
    messages = [found for found in (message(world, name) for name in _given_ids(world, key)) if found]
    fresh = new_conversation(key, people, is_private=bool(row.get("private", len(people) <= 2)), now_ms=GIVEN_MS)
    for each in messages:
        fresh = with_message(fresh, each, bot)
    return {**fresh, **row, "participants": people}


def message(world: World, key: str) -> Row | None:
    """Give a message, or None; `participants` are those who can see it."""
    row = world.get(MESSAGES, key)
    if row is None or "forwarded" in row:
        return row
    about = {"author_id": str(row.get("author_id", bot_id(world))), "body": str(row.get("body", ""))}
    fresh = new_message(key, str(row.get("conversation_id", "")), now_ms=GIVEN_MS, people=(), **about)
    return {**fresh, **row, **about}


def new_conversation(
    key: str, people: Sequence[str], *, is_private: bool, now_ms: int, subject: str | None = None
) -> dict[str, Any]:
    """Give a conversation in which nobody has said a word."""
    return {
        "id": key,
        "subject": subject,
        "private": is_private,
        "participants": tuple(people),
        "message_ids": (),
        "workflow_state": "read",
        "starred": False,
        "subscribed": True,
        "inbox_ms": None,
        "authored_ms": None,
        "updated_ms": now_ms,
        "context_code": None,
    }


def new_message(
    key: str, conversation_id: str, *, author_id: str, body: str, now_ms: int, people: Sequence[str], **more: Any
) -> dict[str, Any]:
    """Give a message that is plain text unless more is said."""
    plain = {"generated": False, "attachments": (), "media_comment": None, "forwarded": ()}
    about = {"author_id": author_id, "body": body, "created_ms": now_ms, "participants": tuple(people)}
    return {"id": key, "conversation_id": conversation_id, **about, **plain, **more}


def with_message(row: Row, added: Row, bot: str, *, is_for_sender: bool = True) -> dict[str, Any]:
    """
    Give a conversation to which somebody has added a message.

    What others write makes it unread, unless the bot has unsubscribed. The bot's own first message of a new
    conversation does not put it into the bot's own inbox.
    """
    now_ms = added["created_ms"]
    found = {**row, "message_ids": (*row["message_ids"], added["id"]), "updated_ms": now_ms}
    if added["author_id"] != bot:
        is_flagged = row["subscribed"] or row["private"]
        return {**found, "inbox_ms": now_ms, "workflow_state": "unread" if is_flagged else row["workflow_state"]}
    return {**found, "authored_ms": now_ms, "inbox_ms": now_ms if is_for_sender else row["inbox_ms"]}


def private_with(world: World, user_id: str) -> Row | None:
    """Give the private conversation of the bot with a person, or None where there is none yet."""
    wanted = {user_id, bot_id(world)}
    for key, _ in world.rows(CONVERSATIONS):
        row = conversation(world, key)
        if row is not None and row["private"] and set(row["participants"]) == wanted:
            return row
    return None


def unused(world: World, table: str, drawn: str, *, after: str = "") -> str:
    """Give an id that no row has: the drawn one, or the next; those of one conversation are counted up."""
    number = max(int(drawn), int(after or 0) + 1)
    while world.get(table, str(number)) is not None:
        number += 1
    return str(number)


def last_id(row: Row) -> str:
    """Give the id of a conversation's last message; empty where there is none."""
    return str(row["message_ids"][-1]) if row["message_ids"] else ""


def visible(world: World, row: Row) -> list[Row]:
    """Give the messages that the bot sees, newest first."""
    found = (message(world, str(key)) for key in reversed(row["message_ids"]))
    return [each for each in found if each is not None]


def put(row: Row) -> Put:
    """Give the effect by which a conversation is as the row says."""
    return Put(table=CONVERSATIONS, key=row["id"], row=row)


def put_message(row: Row) -> Put:
    """Give the effect by which a message is there."""
    return Put(table=MESSAGES, key=row["id"], row=row)


def _given_ids(world: World, key: str) -> list[str]:
    return [name for name, row in world.rows(MESSAGES) if str(row.get("conversation_id")) == key]


# --- the events about them -------------------------------------------------------------------------------------------


def created(row: Row, request: Row | None, path: str = "/conversations") -> tuple[str, Mapping[str, Any]]:
    """Give the event of a new conversation: its type and its values."""
    return "conversation_created", _about(row, request, path)


def forwarded(row: Row, request: Row | None, path: str = "") -> tuple[str, Mapping[str, Any]]:
    """Give the event of people who were added to a conversation."""
    return "conversation_forwarded", _about(row, request, path or f"/conversations/{row['id']}/add_message")


def message_created(added: Row, request: Row | None, path: str = "") -> tuple[str, Mapping[str, Any]]:
    """Give the event of a message; it holds neither text nor recipients."""
    values = {
        "conversation_id": added["conversation_id"],
        "message_id": added["id"],
        "author_id": added["author_id"],
        "created_ms": added["created_ms"],
        "path": path or f"/conversations/{added['conversation_id']}/add_message",
        "request": request,
    }
    return "conversation_message_created", values


def _about(row: Row, request: Row | None, path: str) -> Mapping[str, Any]:
    return {"conversation_id": row["id"], "updated_ms": row["updated_ms"], "path": path, "request": request}
