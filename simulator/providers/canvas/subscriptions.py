"""Who gets which events: subscriptions as a person makes them in Admin, Data Services, here by a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from simulator import catalog
from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.canvas.answers import answered, missing
from simulator.providers.canvas.parameters import Parameters, is_true, listed, parameters, text
from simulator.providers.canvas.refusals import refuse
from simulator.records import ApiCall
from simulator.world import Put, Register, Remove, Row, World

TABLE = "subscriptions"
FORM = "data services"
"""Who made a subscription: a person by the form, or a tool by the API of the plagiarism platform."""

ACTIVE, INACTIVE = "active", "deactivated"


def create_subscription(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """
    Make a subscription; it works at once, without a question at its URL.

    Source: Live Events, "Setup", for what can be chosen. That it is done by a call is ours: the form has no API.
    """
    asked = parameters(call)
    new = {"id": ids.give("guid"), "made_by": FORM, "name": "", "url": "", "status": ACTIVE, "options": {}}
    row = changed(new, asked)
    if _is_wrong(asked, row):
        return refuse(call, "subscription_invalid", "")
    return answered(call, ids, _shown(row), Register(key=row["id"], row=row), status=201)


def list_subscriptions(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give all subscriptions of the form; an endpoint that only a person named is none."""
    return answered(call, ids, [_shown(row) for row in made_by(world, FORM)])


def get_subscription(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give one subscription."""
    row = _found(call, world)
    return answered(call, ids, _shown(row)) if row is not None else missing(call)


def update_subscription(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Change what is named of a subscription: deactivate it, sign its events, choose others."""
    row, asked = _found(call, world), parameters(call)
    if row is None:
        return missing(call)
    new = changed(row, asked)
    if _is_wrong(asked, new):
        return refuse(call, "subscription_invalid", "")
    return answered(call, ids, _shown(new), Put(table=TABLE, key=row["id"], row=new))


def delete_subscription(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a subscription away."""
    row = _found(call, world)
    if row is None:
        return missing(call)
    return answered(call, ids, _shown(row), Remove(table=TABLE, key=row["id"]))


# --- who gets what ---------------------------------------------------------------------------------------------------


def wants(subscription: Row, event_type: str, values: Mapping[str, Any]) -> bool:
    """Tell whether an event goes to a subscription: it is active, and has chosen it, or all."""
    events = subscription.get("events")
    return subscription.get("status", ACTIVE) == ACTIVE and (events is None or event_type in events)


def made_by(world: World, maker: str) -> list[Row]:
    """Give the subscriptions that were made in that way, oldest first."""
    return [row for _, row in world.rows(TABLE) if row.get("made_by") == maker]


def are_events(names: Sequence[str]) -> bool:
    """Tell whether these are events that can be chosen, and at least one."""
    known = catalog.load("canvas").events
    return bool(names) and all(name in known for name in names)


def is_url(written: Any) -> bool:
    """Tell whether something is an address for events; one on this machine need not have https."""
    try:
        parts = urlsplit(written) if isinstance(written, str) else None
    except ValueError:
        return False
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)


def changed(row: Row, asked: Parameters) -> dict[str, Any]:
    """Give a subscription with what a call says of it."""
    signing = {"signing": "jwt" if is_true(asked["sign"]) else "plain"} if "sign" in asked else {}
    return {
        **row,
        **{name: text(asked[name]) for name in ("name", "url", "status") if name in asked},
        **({"events": tuple(listed(asked["events"]))} if "events" in asked else {}),
        "options": {**row["options"], **signing},
    }


def _is_wrong(asked: Parameters, row: Row) -> bool:
    is_format = text(asked.get("format") or "canvas") == "canvas"
    is_status = row["status"] in (ACTIVE, INACTIVE)
    return not (is_url(row["url"]) and are_events(row.get("events", ())) and is_format and is_status)


def _found(call: ApiCall, world: World) -> Row | None:
    row = world.get(TABLE, call.params["id"])
    return row if row is not None and row.get("made_by") == FORM else None


def _shown(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "url": row["url"],
        "sign": row["options"].get("signing") == "jwt",
        "format": "canvas",
        "events": list(row["events"]),
        "status": row["status"],
    }
