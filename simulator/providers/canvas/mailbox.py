"""What a bot does with its mailbox: look into it, mark, tidy up. None of it causes an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.canvas import conversations as inbox
from simulator.providers.canvas import shapes
from simulator.providers.canvas.answers import answered, asked_for, missing
from simulator.providers.canvas.pages import page
from simulator.providers.canvas.parameters import Parameters, is_true, listed, parameters, text
from simulator.providers.canvas.people import account_of, local_id
from simulator.providers.canvas.refusals import refuse
from simulator.records import ApiCall
from simulator.world import Row, World

STATES = ("read", "unread", "archived")


def list_conversations(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give a page of the conversations in one folder, those with the latest messages first."""
    asked = parameters(call)
    if text(asked.get("filter_mode") or "or") not in ("or", "and"):
        return refuse(call, "filter_mode_invalid", "")
    rows = [row for row in _latest_first(world, asked) if _passes(row, asked, world)]
    some, headers = page(rows, call, asked, int(world.options["largest_page"]))
    has_avatars = "participant_avatars" in listed(asked.get("include"))
    shown: Any = [
        shapes.conversation(
            row, world, has_contexts=False, has_avatars=has_avatars, has_context_name=True, is_visible=True
        )
        for row in some
    ]
    if is_true(asked.get("include_all_conversation_ids")):
        shown = {"conversations": shown, "conversation_ids": [int(row["id"]) for row in rows]}
    return answered(call, ids, shown, headers=headers)


def get_conversation(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give a conversation with all its messages, newest first; it is read then, unless the call says otherwise."""
    row = asked_for(call, world)
    if row is None:
        return missing(call)
    is_newly_read = row["workflow_state"] == "unread" and is_true(parameters(call).get("auto_mark_as_read", True))
    row = {**row, "workflow_state": "read"} if is_newly_read else row
    shown = shapes.conversation(
        row, world, messages=inbox.visible(world, row), has_submissions=True, has_context_name=True
    )
    return answered(call, ids, shown, *((inbox.put(row),) if is_newly_read else ()))


def update_conversation(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Mark a conversation as read, unread or archived, star it, subscribe to it."""
    row = asked_for(call, world)
    if row is None:
        return missing(call)
    wanted = parameters(call).get("conversation")
    if not isinstance(wanted, Mapping) or not wanted:
        return refuse(call, "conversation_missing", "")
    state = wanted.get("workflow_state", row["workflow_state"])
    if state not in STATES:
        return refuse(call, "workflow_state_invalid", "")
    changed = {**row, "workflow_state": state}
    if "starred" in wanted:
        changed["starred"] = is_true(wanted["starred"])
    if "subscribed" in wanted and not row["private"]:
        changed["subscribed"] = is_true(wanted["subscribed"])
    return answered(call, ids, shapes.conversation(changed, world), inbox.put(changed))


def delete_conversation(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Delete the bot's own view of a conversation; the others keep theirs."""
    row = asked_for(call, world)
    if row is None:
        return missing(call)
    changed = emptied(row)
    return answered(call, ids, shapes.conversation(changed, world, is_visible=False), inbox.put(changed))


def emptied(row: Row) -> dict[str, Any]:
    """Give a conversation of whose messages the bot has kept none."""
    return {**row, "message_ids": (), "inbox_ms": None, "authored_ms": None, "workflow_state": "read"}


def remove_messages(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Delete messages from the bot's own view."""
    row = asked_for(call, world)
    if row is None:
        return missing(call)
    gone = {local_id(each, account_of(world)) for each in listed(parameters(call).get("remove"))}
    kept = tuple(key for key in row["message_ids"] if key not in gone)
    changed = {**row, "message_ids": kept, "inbox_ms": row["inbox_ms"] if kept else None}
    return answered(call, ids, shapes.conversation(changed, world), inbox.put(changed))


def mark_all_as_read(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Mark all conversations as read."""
    unread = (row for row in _all(world) if row["workflow_state"] == "unread")
    return answered(call, ids, {}, *(inbox.put({**row, "workflow_state": "read"}) for row in unread))


def get_unread_count(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Tell how many conversations are unread, as a text."""
    count = sum(shapes.in_scope(row, "unread") for row in _all(world))
    return answered(call, ids, {"unread_count": str(count)})


def _all(world: World) -> Iterable[Row]:
    found = (inbox.conversation(world, key) for key, _ in world.rows(inbox.CONVERSATIONS))
    return [row for row in found if row is not None]


def _latest_first(world: World, asked: Parameters) -> list[Row]:
    scope = text(asked.get("scope"))
    order = "authored_ms" if scope == "sent" else "inbox_ms"
    rows = [row for row in _all(world) if shapes.in_scope(row, scope)]
    return sorted(rows, key=lambda row: (row[order] or row["updated_ms"], int(row["id"])), reverse=True)


def _passes(row: Row, asked: Parameters, world: World) -> bool:
    wanted = [each for each in listed(asked.get("filter")) if each]
    if not wanted:
        return True
    people = {f"user_{each}" for each in row["participants"]}
    found = [_code(each, world) in people or each == row["context_code"] for each in wanted]
    return all(found) if asked.get("filter_mode") == "and" else any(found)


def _code(written: str, world: World) -> str:
    kind, _, number = written.rpartition("_")
    return f"{kind}_{local_id(number, account_of(world)) or number}"
