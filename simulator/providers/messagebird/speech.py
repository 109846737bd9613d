"""A call that was accepted, read as what the bot said by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.provider import ApiResponse
from simulator.providers.messagebird import content
from simulator.records import ApiCall, Reply

OPERATIONS = ("start_conversation", "send_message", "create_message")


def replies(call: ApiCall, response: ApiResponse) -> tuple[Reply, ...]:
    """Give what the bot said; nothing by a call that says nothing, or whose message does not reach anybody."""
    if call.operation not in OPERATIONS:
        return ()
    return tuple(_reply(user, call, response) for user in response.values.get("reached", ()))


def _reply(user: str, call: ApiCall, response: ApiResponse) -> Reply:
    kind, said = str(call.fields["type"]), call.fields["content"]
    place: Any = said.get("location") if kind == "location" else None
    location = {"lat": place["latitude"], "lon": place["longitude"]} if isinstance(place, Mapping) else None
    return Reply(
        to=user,
        kind=content.KINDS.get(kind, kind),
        text=content.words(kind, said),
        buttons=content.buttons(kind, said),
        media=content.media(kind, said),
        location=location,
        raw=call.fields,
        call_id=call.id,
        operation=call.operation,
        message_id=str(response.values.get("message_id", "")),
    )
