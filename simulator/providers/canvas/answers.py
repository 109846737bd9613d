"""What all answers have in common: their headers, and the ids in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.canvas import conversations as inbox
from simulator.providers.canvas.people import account_of, local_id
from simulator.providers.canvas.refusals import refuse
from simulator.providers.canvas.shapes import with_ids_for
from simulator.records import ApiCall, Headers
from simulator.world import Effect, Row, World

LONGEST_TEMPLATE = 100_000
"""Characters of an answer that goes through its template; a longer one is more than a template may work on."""


def answered(
    call: ApiCall,
    ids: Ids,
    shown: Any,
    *effects: Effect,
    status: int = 200,
    headers: Headers = (),
    more: Mapping[str, Any] | None = None,
) -> ApiResponse:
    """Give an answer whose body is what is `shown`; `more` are values that the template passes over."""
    shown = with_ids_for(call, shown)
    is_long = len(json.dumps(shown)) > LONGEST_TEMPLATE
    return ApiResponse(
        status=status,
        template="" if is_long else call.operation,
        body=shown if is_long else None,
        values={"shown": shown, **(more or {})},
        headers=(("X-Request-Context-Id", ids.give("request")), *headers),
        effects=effects,
    )


def asked_for(call: ApiCall, world: World) -> Row | None:
    """Give the conversation whose id stands in the path; None where the bot takes no part in one of that id."""
    key = local_id(call.params.get("id", ""), account_of(world))
    return inbox.conversation(world, key) if key is not None else None


def missing(call: ApiCall) -> ApiResponse:
    """Give the refusal of a call about something that there is not."""
    return refuse(call, "not_found", "")
