"""People who are gone: deleted, or merged into somebody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.smooch.audience import spread
from simulator.providers.smooch.history import CONVERSATIONS, MESSAGES, conversation_with, messages_gone
from simulator.providers.smooch.people import PROFILE, clients_of, known_user
from simulator.providers.smooch.refusals import Fault, refused
from simulator.providers.smooch.users import find_user
from simulator.records import ApiCall
from simulator.world import Effect, Emit, Put, Remove, Row, World

SOON_MS = (50, 400)
"""Chosen: how much later webhooks hear of it."""


def delete_app_user(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Forget a person, her conversation and all that was said in it."""
    user = find_user(world, call.params["user_id"])
    if user is None:
        return refused(call, Fault("user_not_found"))
    # The events are made while she is still known.
    emits = _told("appUser:delete", {}, user, world)
    effects = (*emits, *messages_gone(world, user), *_gone(user))
    return ApiResponse(template="delete_app_user", effects=effects)


def merge_app_users(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Make one person of two: who survives has the clients, properties and messages of both."""
    fields = call.fields if isinstance(call.fields, Mapping) else {}
    people = [_named(fields.get(side), world) for side in ("surviving", "discarded")]
    fault = next((found for found in people if isinstance(found, Fault)), None)
    surviving, discarded = people
    if isinstance(surviving, Fault) or isinstance(discarded, Fault):
        return refused(call, fault or Fault("user_not_found"))
    if surviving["id"] == discarded["id"]:
        return refused(call, Fault("bad_request", "surviving and discarded are the same user"))
    began = {user["id"]: world.get(CONVERSATIONS, user["id"]) is not None for user in (surviving, discarded)}
    values = {
        "surviving": known_user(surviving, any(began.values())),
        "discarded": [known_user(discarded, began[discarded["id"]])],
        "reason": "api",
    }
    effects = (
        Put(table="users", key=surviving["id"], row=_both(surviving, discarded, world.options)),
        *_moved(surviving, discarded, world),
        *_gone(discarded),
        *_told("merge:appUser", values, surviving, world),
    )
    return ApiResponse(template="merge_app_users", effects=effects)


def _named(side: Any, world: World) -> Row | Fault:
    key = side.get("_id", side.get("userId")) if isinstance(side, Mapping) else None
    if not isinstance(key, str):
        return Fault("bad_request", "surviving and discarded each need an _id")
    return find_user(world, key) or Fault("user_not_found")


def _both(surviving: Row, discarded: Row, options: Mapping[str, Any]) -> dict[str, Any]:
    row = dict(surviving)
    for name in ("userId", *PROFILE):
        if row.get(name) is None:
            row[name] = discarded.get(name)
    row["properties"] = {**discarded["properties"], **surviving["properties"]}
    own = {client["channel"] for client in clients_of(surviving, options)}
    more = [client for client in clients_of(discarded, options) if client["channel"] not in own]
    row["links"] = (*surviving.get("links", ()), *more)
    return row


def _moved(surviving: Row, discarded: Row, world: World) -> Iterator[Effect]:
    """Give the effects by which what was said with one person was said with the other."""
    for key, row in world.rows(MESSAGES):
        if row["user"] == discarded["id"]:
            yield Put(table=MESSAGES, key=key, row={**row, "user": surviving["id"]})
    if any(world.get(CONVERSATIONS, user["id"]) is not None for user in (surviving, discarded)):
        unread = sum(conversation_with(world, user)["unread"] for user in (surviving, discarded))
        kept = {**conversation_with(world, surviving), "unread": unread}
        yield Put(table=CONVERSATIONS, key=surviving["id"], row=kept)


def _gone(user: Row) -> tuple[Effect, ...]:
    return (Remove(table=CONVERSATIONS, key=user["id"]), Remove(table="users", key=user["id"]))


def _told(event_type: str, values: Mapping[str, Any], user: Row, world: World) -> Iterator[Emit]:
    for each in spread(world, event_type, values):
        yield Emit(type=event_type, values=each, user=user["id"], after_ms=SOON_MS)
