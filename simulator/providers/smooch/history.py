"""Conversations: what was said in them, what is unread, who is typing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.smooch.keys import version_of
from simulator.providers.smooch.messages import answered, seconds
from simulator.providers.smooch.refusals import Fault, refused
from simulator.providers.smooch.users import find_user
from simulator.records import ApiCall
from simulator.world import Effect, Put, Remove, Row, World

CONVERSATIONS = "conversations"
"""The table; the key is the person's id, since each has one conversation. A row holds `unread`, a number."""

MESSAGES = "messages"
"""The table; the key is the message's id, and a row holds the person's id as `user` and the message as `message`."""

ACTIVITIES: Mapping[str, tuple[str, ...]] = {
    "v1": ("typing:start", "typing:stop"),
    "v1.1": ("typing:start", "typing:stop", "conversation:read"),
}


def conversation_with(world: World, user: Row) -> Mapping[str, Any]:
    """Give the row of the conversation with a person, as if it had begun."""
    return world.get(CONVERSATIONS, user["id"]) or {"unread": 0}


def put_conversation(world: World, user: Row, *, unread: int) -> Put:
    """Give the effect by which the conversation has begun, and so many messages of the business are unread."""
    return Put(table=CONVERSATIONS, key=user["id"], row={**conversation_with(world, user), "unread": unread})


def put_message(user: Row, message: Mapping[str, Any]) -> Put:
    """Give the effect by which a message stands in the conversation."""
    return Put(table=MESSAGES, key=message["_id"], row={"user": user["id"], "message": message})


def messages_with(world: World, user: Row) -> list[Mapping[str, Any]]:
    """Give all messages of the conversation with a person, oldest first."""
    found = [row["message"] for _, row in world.rows(MESSAGES) if row.get("user") == user["id"]]
    return sorted(found, key=lambda message: message["received_ms"])


def get_messages(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give a page of a conversation: the latest messages, or those before or after a time."""
    user = find_user(world, call.params["user_id"])
    fault = _conversation_fault(user, world) or _page_fault(call.query)
    if user is None or fault is not None:
        return refused(call, fault or Fault("user_not_found"))
    found, version, most = messages_with(world, user), version_of(call), world.limits["page"]
    following = None
    if "after" in call.query:
        found = [message for message in found if message["received_ms"] > _ms(call.query["after"])]
        if len(found) > most:
            following = f"{call.base_url}{call.path}?after={seconds(found[most - 1]['received_ms'])}"
        found = found[:most]
    else:
        if "before" in call.query:
            found = [message for message in found if message["received_ms"] < _ms(call.query["before"])]
        if len(found) > most:
            following = f"{call.base_url}{call.path}?before={seconds(found[-most]['received_ms'])}"
        found = found[-most:]
    values = {
        "conversation": _shown(world, user),
        "messages": [answered(message, version) for message in found],
        "next": following,
    }
    return ApiResponse(template="get_messages", values=values)


def get_conversation(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give a conversation without its messages."""
    user = find_user(world, call.params["user_id"])
    fault = _conversation_fault(user, world)
    if user is None or fault is not None:
        return refused(call, fault or Fault("user_not_found"))
    return ApiResponse(template="get_conversation", values={"conversation": _shown(world, user)})


def read_conversation(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Reset what is unread; no webhook hears of it."""
    user = find_user(world, call.params["user_id"])
    fault = _conversation_fault(user, world)
    if user is None or fault is not None:
        return refused(call, fault or Fault("user_not_found"))
    return ApiResponse(template="read_conversation", effects=(put_conversation(world, user, unread=0),))


def conversation_activity(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Show a person that the business types, or has read; nobody else hears of it."""
    user = find_user(world, call.params["user_id"])
    fault = _conversation_fault(user, world) or _activity_fault(call)
    if user is None or fault is not None:
        return refused(call, fault or Fault("user_not_found"))
    values = {"conversation": _shown(world, user), "user_id": user["id"]}
    return ApiResponse(template="conversation_activity", values=values)


def delete_messages(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take all messages of a conversation away; the conversation stays, and nothing in it is unread."""
    user = find_user(world, call.params["user_id"])
    fault = _conversation_fault(user, world)
    if user is None or fault is not None:
        return refused(call, fault or Fault("user_not_found"))
    gone = (*messages_gone(world, user), put_conversation(world, user, unread=0))
    return ApiResponse(template="delete_messages", effects=gone)


def delete_message(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take one message away; what is unread of the business is told by what is left."""
    user = find_user(world, call.params["user_id"])
    fault = _conversation_fault(user, world)
    if user is None or fault is not None:
        return refused(call, fault or Fault("user_not_found"))
    found = messages_with(world, user)
    message_id = call.params["message_id"]
    if all(message["_id"] != message_id for message in found):
        return refused(call, Fault("message_not_found"))
    left = sum(message["role"] == "appMaker" for message in found if message["_id"] != message_id)
    unread = min(conversation_with(world, user)["unread"], left)
    effects = (Remove(table=MESSAGES, key=message_id), put_conversation(world, user, unread=unread))
    gone = next(message for message in found if message["_id"] == message_id)
    return ApiResponse(template="delete_message", values={"message": gone, "user_id": user["id"]}, effects=effects)


def messages_gone(world: World, user: Row) -> tuple[Effect, ...]:
    """Give the effects by which no message of the conversation with a person is left."""
    return tuple(Remove(table=MESSAGES, key=key) for key, row in world.rows(MESSAGES) if row.get("user") == user["id"])


def _shown(world: World, user: Row) -> dict[str, Any]:
    return {"_id": user["conversation_id"], "unreadCount": conversation_with(world, user)["unread"]}


def _conversation_fault(user: Row | None, world: World) -> Fault | None:
    if user is None:
        return Fault("user_not_found")
    return None if world.get(CONVERSATIONS, user["id"]) is not None else Fault("conversation_not_found")


def _activity_fault(call: ApiCall) -> Fault | None:
    fields = call.fields if isinstance(call.fields, Mapping) else {}
    if fields.get("role") != "appMaker":
        return Fault("bad_request", "role is not appMaker")
    known = ACTIVITIES[version_of(call)]
    return None if fields.get("type") in known else Fault("bad_request", f"type is none of {', '.join(known)}")


def _page_fault(query: Mapping[str, Any]) -> Fault | None:
    if "before" in query and "after" in query:
        return Fault("bad_request", "before and after exclude each other")
    for name in ("before", "after"):
        try:
            _ms(query.get(name, "0"))
        except (TypeError, ValueError, OverflowError):
            return Fault("bad_request", f"{name} is no time in Unix seconds")
    return None


def _ms(text: Any) -> int:
    return round(float(text) * 1000)
