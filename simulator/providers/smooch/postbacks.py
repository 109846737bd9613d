"""Taps that come through the API: a client of one's own tells that a person has tapped a postback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.smooch.audience import spread
from simulator.providers.smooch.history import messages_with
from simulator.providers.smooch.refusals import Fault, refused
from simulator.providers.smooch.users import find_user
from simulator.records import ApiCall
from simulator.world import Emit, Row, World

AT_ONCE_MS = (10, 60)


def post_postback(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """
    Tell webhooks that a person has tapped the postback of that id.

    Source: lib/api/conversations.js of smooch-core 8; the documentation does not have it, and the answer is ours.
    """
    user = find_user(world, call.params["user_id"])
    if user is None:
        return refused(call, Fault("user_not_found"))
    action_id = call.fields.get("actionId") if isinstance(call.fields, Mapping) else None
    if not isinstance(action_id, str):
        return refused(
            call, Fault("bad_request", "actionId is missing" if action_id is None else "actionId is no text")
        )
    found = next((pair for pair in offered(user, world) if pair[1]["_id"] == action_id), None)
    if found is None or found[1].get("type") != "postback":
        return refused(call, Fault("bad_request", f"there is no postback {action_id}"))
    values = {"message": found[0], "action": found[1]}
    emits = (
        Emit(type="postback", values=each, user=user["id"], after_ms=AT_ONCE_MS)
        for each in spread(world, "postback", values)
    )
    return ApiResponse(template="post_postback", effects=tuple(emits))


def offered(user: Row, world: World) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Give all actions that a person was offered, the latest message first, each with its message."""
    for message in reversed(messages_with(world, user)):
        for holder in (*(message.get("items") or ()), message):
            for action in holder.get("actions") or ():
                yield message, action
