"""Conversations, messages and people as the REST API shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.providers.canvas import conversations as inbox
from simulator.providers.canvas.metadata import utc_time
from simulator.providers.canvas.people import account_of, bot_id, known
from simulator.records import ApiCall
from simulator.world import Row, World

PREVIEW = 100
"""Characters of `last_message`."""

STUDENT, TEACHER = "StudentEnrollment", "TeacherEnrollment"
"""What actors and the bot are in the course that they share."""

TEXT_IDS = "application/json+canvas-string-ids"


def conversation(
    row: Row,
    world: World,
    *,
    messages: Iterable[Row] | None = None,
    has_submissions: bool = False,
    has_contexts: bool = True,
    has_avatars: bool = True,
    has_context_name: bool = False,
    is_visible: bool | None = None,
) -> dict[str, Any]:
    """
    Give a conversation with the bot's eyes.

    Source: canvas-lms, `lib/api/v1/conversation.rb` and the API's page on conversations.
    """
    bot, seen = bot_id(world), inbox.visible(world, row)
    said = [each for each in seen if not each["generated"]]
    own = next((each for each in said if each["author_id"] == bot), None)
    last = said[0] if said and row["inbox_ms"] is not None else None
    others = [each for each in row["participants"] if each != bot] or [bot]
    return {
        "id": int(row["id"]),
        "subject": row["subject"],
        "workflow_state": row["workflow_state"],
        "last_message": _preview(last["body"]) if last else None,
        "last_message_at": utc_time(row["inbox_ms"]) if last else None,
        "last_authored_message": _preview(own["body"]) if own else None,
        "last_authored_message_at": utc_time(own["created_ms"]) if own else None,
        "message_count": len(said),
        "subscribed": row["subscribed"],
        "private": row["private"],
        "starred": row["starred"],
        "properties": _properties(said, bot),
        **({} if messages is None else {"messages": [message(each, world) for each in messages]}),
        **({"submissions": []} if has_submissions else {}),
        "audience": [int(each) for each in others],
        "audience_contexts": {"courses": {_course(world): [STUDENT] if len(others) == 1 else []}, "groups": {}},
        "avatar_url": _avatar(world, "avatar-50" if len(others) == 1 else "avatar-group-50"),
        "participants": [
            participant(each, world, has_contexts=has_contexts, has_avatars=has_avatars) for each in row["participants"]
        ],
        "visible": in_scope(row, "inbox") if is_visible is None else is_visible,
        **({"context_name": _context_name(row, world)} if has_context_name else {}),
        "context_code": row["context_code"],
    }


def message(row: Row, world: World) -> dict[str, Any]:
    """Give a message; those that it forwards stand in it."""
    forwarded = [found for found in (inbox.message(world, key) for key in row["forwarded"]) if found is not None]
    return {
        "id": int(row["id"]),
        "author_id": int(row["author_id"]),
        "created_at": utc_time(row["created_ms"]),
        "generated": row["generated"],
        "body": row["body"],
        "forwarded_messages": [message(each, world) for each in forwarded],
        "attachments": [dict(each) for each in row["attachments"]],
        "media_comment": row["media_comment"],
        "participating_user_ids": [int(each) for each in row["participants"]],
    }


def participant(user_id: str, world: World, *, has_contexts: bool = False, has_avatars: bool = False) -> dict[str, Any]:
    """Give somebody who takes part."""
    name = (known(world, user_id) or {}).get("name", f"User {user_id}")
    role = TEACHER if user_id == bot_id(world) else STUDENT
    return {
        "id": int(user_id),
        "name": name,
        "full_name": name,
        **({"common_courses": {_course(world): [role]}, "common_groups": {}} if has_contexts else {}),
        **({"avatar_url": _avatar(world, "avatar-50")} if has_avatars else {}),
    }


def in_scope(row: Row, scope: str) -> bool:
    """Tell whether a conversation is in one of the mailbox's folders; an unknown name means the inbox."""
    if not row["message_ids"]:
        return False
    match scope:
        case "unread":
            return bool(row["workflow_state"] == "unread" and row["inbox_ms"] is not None)
        case "starred":
            return bool(row["starred"])
        case "archived":
            return bool(row["workflow_state"] == "archived")
        case "sent":
            return bool(row["authored_ms"] is not None)
        case _:
            return bool(row["workflow_state"] != "archived" and row["inbox_ms"] is not None)


def with_ids_for(call: ApiCall, value: Any) -> Any:
    """Give an answer with its ids as numbers, or as text where the call asks for that."""
    return _with_text_ids(value) if TEXT_IDS in call.headers.get("accept", "") else value


def _with_text_ids(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _with_text_ids(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_text_ids(inner, name) for inner in value]
    is_id = name in ("id", "ids", "audience") or name.endswith(("_id", "_ids"))
    return str(value) if is_id and isinstance(value, int) and not isinstance(value, bool) else value


def _preview(body: str) -> str:
    return body if len(body) <= PREVIEW else f"{body[: PREVIEW - 3]}..."


def _properties(said: list[Row], bot: str) -> list[str]:
    found = {
        "last_author": bool(said) and said[0]["author_id"] == bot,
        "attachments": any(each["attachments"] for each in said),
        "media_objects": any(each["media_comment"] for each in said),
    }
    return [name for name, is_so in found.items() if is_so]


def _context_name(row: Row, world: World) -> str | None:
    course = account_of(world)["course"]
    return str(course["name"]) if row["context_code"] == f"course_{course['id']}" else None


def _course(world: World) -> str:
    return str(account_of(world)["course"]["id"])


def _avatar(world: World, name: str) -> str:
    return f"https://{account_of(world)['hostname']}/images/messages/{name}.png"
