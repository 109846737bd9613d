"""People as the API knows them: found, told, changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.smooch.people import PROFILE, person, rest_user
from simulator.providers.smooch.refusals import Fault, refused
from simulator.providers.smooch.rules import flat_fault
from simulator.records import ApiCall
from simulator.units import iso8601
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


def delete_profile(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Forget what a business knows about a person beside her id; her conversation stays."""
    user = find_user(world, call.params["user_id"])
    if user is None:
        return refused(call, Fault("user_not_found"))
    row = {**user, **dict.fromkeys(PROFILE), "properties": {}}
    effects = (Put(table="users", key=user["id"], row=row),)
    return ApiResponse(template="delete_profile", values=_told(row, world).values, effects=effects)


def pre_create_app_user(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Make a person before she has ever written; she has no client and no conversation yet."""
    fields = call.fields if isinstance(call.fields, Mapping) else {}
    user_id = fields.get("userId")
    if not isinstance(user_id, str) or not user_id:
        return refused(call, Fault("bad_request", "userId is missing" if user_id is None else "userId is no text"))
    fault = _fault(fields)
    if fault is not None:
        return refused(call, fault)
    if find_user(world, user_id) is not None:
        return refused(call, Fault("conflict", "there is a user with this userId"))
    row = _made(fields, call.at_ms, ids)
    effects = (Put(table="users", key=row["id"], row=row),)
    return ApiResponse(status=201, template="pre_create_app_user", values=_told(row, world).values, effects=effects)


def _made(fields: Mapping[str, Any], at_ms: int, ids: Ids) -> dict[str, Any]:
    given = {name: fields[name] for name in PROFILE if fields.get(name) is not None}
    name = " ".join(given[part] for part in ("givenName", "surname") if part in given) or fields["userId"]
    user_id = ids.give("user")
    profile = {
        "id": user_id,
        "name": name,
        "email": fields["userId"],
        "first_name": given.get("givenName", name),
        "last_name": given.get("surname", ""),
        "avatar_key": user_id,
        "locale": "en_GB",
        "language": "en",
        "country": "GB",
        "latitude": 51.5034,
        "longitude": -0.1276,
        "phone": ids.give("phone"),
        "properties": fields.get("properties"),
    }
    signed_up = fields.get("signedUpAt") or iso8601(at_ms)
    return {**person(profile, ids), **given, "signedUpAt": signed_up, "is_unreachable": True}


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
