"""A call that was accepted, read as what the bot said by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.provider import ApiResponse
from simulator.providers.bird import bodies
from simulator.providers.bird.refusals import fields_of
from simulator.records import ApiCall, Reply

OPERATIONS = ("send_message", "create_message", "create_conversation")


def replies(call: ApiCall, response: ApiResponse) -> tuple[Reply, ...]:
    """
    Give what the bot said, one reply for each person whom it reaches; none by a call that says nothing.

    What WhatsApp will not deliver, because its window is closed, is nothing said; an event tells the bot so later.
    """
    if call.operation not in OPERATIONS:
        return ()
    fields = fields_of(call)
    said = fields.get("initialMessage") or {} if call.operation == "create_conversation" else fields
    return tuple(_reply(user, said, call, response) for user in response.values.get("reached", ()))


def _reply(user: str, said: Mapping[str, Any], call: ApiCall, response: ApiResponse) -> Reply:
    body: Mapping[str, Any] = said.get("body") or {"type": "template"}
    media = bodies.first_item(body).get("mediaUrl")
    content = body.get(str(body.get("type")))
    coordinates = content.get("coordinates") if isinstance(content, Mapping) else None
    location = None
    if body.get("type") == "location" and isinstance(coordinates, Mapping):
        location = {"lat": coordinates["latitude"], "lon": coordinates["longitude"]}
    return Reply(
        to=user,
        kind=bodies.kind_of(body),
        text=bodies.words(body),
        buttons=bodies.buttons(body),
        media=media,
        location=location,
        raw=call.fields,
        call_id=call.id,
        operation=call.operation,
        message_id=str(response.values.get("message_id", "")),
    )
