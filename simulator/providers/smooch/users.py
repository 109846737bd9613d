"""People as the API knows them: found, told, changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.smooch.people import PROFILE, rest_user
from simulator.providers.smooch.refusals import Fault, refused
from simulator.providers.smooch.rules import flat_fault
from simulator.records import ApiCall
from simulator.world import Put, Row, World

TEXTS = (*PROFILE, "signedUpAt")
"""What a business may set beside the properties."""


def find_user(world: World, key: str) -> Row | None:
    """Give the person of that id, or of that `userId`; either may stand in a path."""
    found = world.get("users", key)
    if found is not None:
        return found
    return next((row for _, row in world.rows("users") if row.get("userId") == key), None)


def get_app_user(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give what is known of a person."""
    user = find_user(world, call.params["user_id"])
    return refused(call, Fault("user_not_found")) if user is None else _told(user, world)


def update_app_user(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Change what is known of a person; what is not named stays, properties too. No webhook hears of it."""
    user = find_user(world, call.params["user_id"])
    fields = call.fields if isinstance(call.fields, Mapping) else {}
    fault = _fault(fields)
    if user is None or fault is not None:
        return refused(call, fault if user is not None and fault is not None else Fault("user_not_found"))
    row = {**user, **{name: fields[name] for name in TEXTS if name in fields}}
    merged = {**user["properties"], **(fields.get("properties") or {})}
    row["properties"] = {name: value for name, value in merged.items() if value is not None}
    if row["signedUpAt"] is None:
        row["signedUpAt"] = user["signedUpAt"]
    told = _told(row, world)
    effects = (Put(table="users", key=user["id"], row=row),)
    return ApiResponse(template="update_app_user", values=told.values, effects=effects)


def _told(user: Row, world: World) -> ApiResponse:
    has_conversation = world.get("conversations", user["id"]) is not None
    shown = rest_user(user, has_conversation=has_conversation, options=world.options)
    return ApiResponse(template="get_app_user", values={"user": shown})


def _fault(fields: Mapping[str, Any]) -> Fault | None:
    wrong = next((name for name in TEXTS if not isinstance(fields.get(name), str | None)), None)
    if wrong is not None:
        return Fault("bad_request", f"{wrong} is no text")
    if fields.get("properties") is None:
        return None
    detail = flat_fault("properties", fields["properties"])
    return Fault("bad_request", detail) if detail else None
