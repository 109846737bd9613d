"""What a call that speaks leads to: a message in the world, an event of each status, an answer, a reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.birdplatform import messages, people
from simulator.records import ApiCall
from simulator.world import Effect, Put, World


def accepted(
    call: ApiCall,
    world: World,
    ids: Ids,
    *,
    channel: str,
    said: Mapping[str, Any],
    category: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any], tuple[Effect, ...]]:
    """Give the row of a message, the values by which it is heard, and its effects; who is not known becomes known."""
    to = str(call.fields["to"])
    user = people.find(world, to)
    known: tuple[Effect, ...] = ()
    if user is None:
        user = people.stranger(to, ids)
        known = (Put(table="users", key=user["id"], row=user),)
    row = messages.sent(call, world, ids, channel=channel, user=user, said=said, category=category)
    heard = {"reached": [] if messages.is_lost(row) else [user["id"]], "message_id": row["id"]}
    return row, heard, (*known, messages.put(row), *messages.events_of(row, call.at_ms))


def answer(
    template: str, shown: Mapping[str, Any], heard: Mapping[str, Any], effects: tuple[Effect, ...]
) -> ApiResponse:
    """Give the answer to a message that was taken: it is accepted, and not yet sent."""
    return ApiResponse(status=202, template=template, values={"message": shown, **heard}, effects=effects)
