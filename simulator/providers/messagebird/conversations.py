"""Conversations and messages of the REST API: begun, spoken in, archived, listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.messagebird import content, people, shapes, threads
from simulator.providers.messagebird.refusals import Fault, fields_of, invalid, missing, refused
from simulator.records import ApiCall
from simulator.world import Emit, Put, Row, World

STATUSES = ("active", "archived")
MOST_ROWS = 100
DEFAULT_ROWS = 10


def start_conversation(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Say something to a person, in the active conversation with her or in a new one."""
    fields = fields_of(call)
    fault = _receiver_fault(fields, "channelId", world) or content.fault_of(fields)
    if fault is not None:
        return refused(call, fault)
    user = _user(fields["to"], call, world, ids)
    row, said, effects = threads.sending(call, world, ids, user=user, fields=fields)
    shown = shapes.whole(row, world, people.channel(world))
    count = shown["messages"]["totalCount"] + 1
    shown["messages"] = {**shown["messages"], "totalCount": count, "lastMessageId": said["id"]}
    shown["contact"] = shapes.contact(
        user, world.options, f"https://rest.messagebird.com/contacts/{user['contact_id']}"
    )
    values = {"conversation": shown, "reached": _reached(said), "message_id": said["id"]}
    return ApiResponse(status=201, template="start_conversation", values=values, effects=effects)


def send_message(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Say something to a person; here `from` is the channel's id."""
    fields = fields_of(call)
    fault = _receiver_fault(fields, "from", world) or content.fault_of(fields)
    if fault is not None:
        return refused(call, fault)
    user = _user(fields["to"], call, world, ids)
    _, said, effects = threads.sending(call, world, ids, user=user, fields=fields)
    has_fallback = isinstance(fields.get("fallback"), Mapping)
    values = {
        "id": said["id"],
        "fallback": ids.give("message", "fallback") if has_fallback else None,
        "reached": _reached(said),
        "message_id": said["id"],
    }
    return ApiResponse(status=202, template="send_message", values=values, effects=effects)


def create_message(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Say something in a conversation."""
    row = threads.conversation(world, call.params["conversationId"])
    if row is None:
        return _no_conversation(call)
    fields = fields_of(call)
    fault = content.fault_of(fields) or _channel_fault(fields, "channelId", world)
    if fault is not None:
        return refused(call, fault)
    user = world.get("users", row["user"]) or people.stranger(row["user"], ids, call.at_ms)
    _, said, effects = threads.sending(call, world, ids, user=user, fields=fields, row=row)
    values = {
        "message": shapes.message_now(said, call.at_ms),
        "reached": _reached(said),
        "message_id": said["id"],
    }
    return ApiResponse(status=201, template="create_message", values=values, effects=effects)


def _reached(said: Mapping[str, Any]) -> list[str]:
    return [] if said["error"] else [said["user"]]


def _user(to: Any, call: ApiCall, world: World, ids: Ids) -> Row:
    phone = people.number(to)
    return world.get("users", phone) or people.stranger(phone, ids, call.at_ms)


def _receiver_fault(fields: Mapping[str, Any], channel: str, world: World) -> Fault | None:
    if not fields.get("to"):
        return missing("to")
    if not people.number(fields["to"]):
        return invalid("to")
    return missing(channel) if not fields.get(channel) else _channel_fault(fields, channel, world)


def _channel_fault(fields: Mapping[str, Any], name: str, world: World) -> Fault | None:
    return invalid(name) if fields.get(name) and fields[name] != people.channel(world)["id"] else None


# --- what there is ---------------------------------------------------------------------------------------------------


def list_conversations(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the conversations, the newest first."""
    channel = people.channel(world)
    rows = [shapes.whole(row, world, channel) for row in reversed(threads.conversations(world))]
    return page(call, rows, "list_conversations")


def get_conversation(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give a conversation as it stands."""
    row = threads.conversation(world, call.params["conversationId"])
    if row is None:
        return _no_conversation(call)
    values = {"conversation": shapes.whole(row, world, people.channel(world))}
    return ApiResponse(template="get_conversation", values=values)


def update_conversation(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Archive a conversation, or make it active again; the bot hears of a new status."""
    row = threads.conversation(world, call.params["conversationId"])
    if row is None:
        return _no_conversation(call)
    status = fields_of(call).get("status")
    if status not in STATUSES:
        return refused(call, missing("status") if status is None else invalid("status"))
    changed = {**row, "status": status, "updated_ms": call.at_ms}
    user = world.get("users", row["user"]) or people.stranger(row["user"], ids, call.at_ms)
    about = {
        "channel_id": row["channel_id"],
        "contact": shapes.contact(user, world.options),
        "conversation": shapes.conversation(changed),
    }
    told = (Emit(type="conversation.updated", values=about, user=row["user"]),) if status != row["status"] else ()
    values = {"conversation": shapes.whole(changed, world, people.channel(world))}
    kept = Put(table=threads.CONVERSATIONS, key=row["id"], row=changed)
    return ApiResponse(template="update_conversation", values=values, effects=(kept, *told))


def list_messages(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the messages of a conversation, the newest first."""
    conversation_id = call.params["conversationId"]
    if threads.conversation(world, conversation_id) is None:
        return _no_conversation(call)
    mine = [row for row in reversed(threads.messages(world)) if row["conversation_id"] == conversation_id]
    return page(call, [shapes.message_now(row, call.at_ms) for row in mine], "list_messages")


def get_message(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give one message as it stands now."""
    row = threads.message(world, call.params["messageId"])
    if row is None:
        return refused(call, Fault("unknown_id", "message not found"))
    return ApiResponse(template="get_message", values={"message": shapes.message_now(row, call.at_ms)})


def page(call: ApiCall, rows: Sequence[Any], template: str) -> ApiResponse:
    """Give one page of a list, from an offset."""
    found: dict[str, int] = {}
    for name, otherwise, most in (("limit", DEFAULT_ROWS, MOST_ROWS), ("offset", 0, 10**6)):
        text = call.query.get(name, str(otherwise))
        if not isinstance(text, str) or not (text.isascii() and text.isdigit()) or int(text) > most:
            return refused(call, invalid(name))
        found[name] = int(text)
    items = list(rows[found["offset"] : found["offset"] + found["limit"]])
    return ApiResponse(template=template, values={**found, "count": len(items), "total": len(rows), "items": items})


def _no_conversation(call: ApiCall) -> ApiResponse:
    return refused(call, Fault("unknown_id", "conversation not found"))
