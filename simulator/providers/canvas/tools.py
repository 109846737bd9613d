"""The subscriptions of LTI tools: a public API, of the plagiarism platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.canvas.answers import answered, missing
from simulator.providers.canvas.parameters import listed, parameters
from simulator.providers.canvas.people import account_of
from simulator.providers.canvas.refusals import refuse
from simulator.providers.canvas.subscriptions import ACTIVE, TABLE, are_events, is_url, made_by
from simulator.records import ApiCall, Headers
from simulator.world import Put, Register, Remove, Row, World

TOOL = "lti tool"
CONTEXTS = ("assignment", "account", "course")
PAGE = 100
"""Subscriptions on a page; the next one is asked for by a header."""

Wanted = Mapping[str, Any]


def create_tool_subscription(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """
    Make a subscription; it works at once, without a question at its URL.

    Source: canvas-lms, `app/controllers/lti/subscriptions_api_controller.rb`. What the service behind it answers is not
    published; here it is what was sent, with an id.
    """
    wanted = _wanted(call)
    if wanted is None:
        return refuse(call, "tool_subscription_invalid", "")
    row = _row(ids.give("guid"), wanted)
    return answered(call, ids, _shown(row, world), Register(key=row["id"], row=row), status=201)


def list_tool_subscriptions(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give a page of the subscriptions; `EndKey` of one answer is `StartKey` of the next call."""
    rows = made_by(world, TOOL)
    start = call.headers.get("startkey", "")
    first = next((number for number, row in enumerate(rows, 1) if row["id"] == start), 0)
    some = rows[first : first + PAGE]
    headers: Headers = (("EndKey", some[-1]["id"]),) if first + PAGE < len(rows) else ()
    return answered(call, ids, [_shown(row, world) for row in some], headers=headers)


def get_tool_subscription(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give one subscription."""
    row = _found(call, world)
    return answered(call, ids, _shown(row, world)) if row is not None else missing(call)


def update_tool_subscription(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Put another subscription in the place of one; it takes the same fields as making one."""
    row, wanted = _found(call, world), _wanted(call)
    if row is None:
        return missing(call)
    if wanted is None:
        return refuse(call, "tool_subscription_invalid", "")
    new = _row(row["id"], wanted)
    return answered(call, ids, _shown(new, world), Put(table=TABLE, key=row["id"], row=new))


def delete_tool_subscription(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a subscription away."""
    row = _found(call, world)
    if row is None:
        return missing(call)
    return answered(call, ids, _shown(row, world), Remove(table=TABLE, key=row["id"]))


def _wanted(call: ApiCall) -> Wanted | None:
    """Give what a call wants to subscribe to; None where that cannot be."""
    wanted = parameters(call).get("subscription")
    if not isinstance(wanted, Mapping):
        return None
    metadata = wanted.get("TransportMetadata")
    is_place = isinstance(metadata, Mapping) and is_url(metadata.get("Url"))
    is_kind = (wanted.get("Format"), wanted.get("TransportType")) == ("live-event", "https")
    is_context = wanted.get("ContextType") in CONTEXTS and bool(wanted.get("ContextId"))
    is_right = is_place and is_kind and is_context and are_events(listed(wanted.get("EventTypes")))
    return wanted if is_right else None


def _row(subscription_id: str, wanted: Wanted) -> dict[str, Any]:
    return {
        "id": subscription_id,
        "made_by": TOOL,
        "url": str(wanted["TransportMetadata"]["Url"]),
        "events": tuple(listed(wanted["EventTypes"])),
        "status": ACTIVE,
        # Whether these are signed by the same keys is not published; the option of the run decides.
        "options": {},
        "context": (str(wanted["ContextType"]), str(wanted["ContextId"])),
    }


def _found(call: ApiCall, world: World) -> Row | None:
    row = world.get(TABLE, call.params["id"])
    return row if row is not None and row.get("made_by") == TOOL else None


def _shown(row: Row, world: World) -> dict[str, Any]:
    kind, key = row["context"]
    return {
        "Id": row["id"],
        "RootAccountUUID": account_of(world)["uuid"],
        "ContextType": kind,
        "ContextId": key,
        "EventTypes": list(row["events"]),
        "Format": "live-event",
        "TransportType": "https",
        "TransportMetadata": {"Url": row["url"]},
    }
