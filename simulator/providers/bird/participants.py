"""Who takes part in a conversation: looked up, added, changed, removed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.bird import people, threads
from simulator.providers.bird.pages import page
from simulator.providers.bird.refusals import Fault, fields_of, invalid, refused, unknown
from simulator.records import ApiCall
from simulator.world import Effect, Emit, Put, Row, World

ADD_FIELDS = ("type", "id", "identifierKey", "identifierValue", "displayName", "avatarUrl")
CHANGE_FIELDS = ("displayName", "avatarUrl", "status")
MOST_ROWS = 100


def participant_faults(given: Any, at: str) -> list[str]:
    """Give what is wrong with an object that names a participant."""
    if not isinstance(given, Mapping):
        return [f"{at} must be an object"]
    if given.get("type") not in people.PARTICIPANT_TYPES:
        return [f"{at}.type must be one of {', '.join(people.PARTICIPANT_TYPES)}"]
    names = ("id", "identifierValue") if given["type"] == "contact" else ("id",)
    if not any(isinstance(given.get(name), str) and given[name] for name in names):
        return [f"{at}.{' or '.join(names)} is required"]
    return []


def resolved(
    named: Iterable[Mapping[str, Any]], world: World, ids: Ids, platform: str = ""
) -> tuple[list[dict[str, Any]], list[Row]]:
    """Give the participants that objects of a call name, and the contacts among them, new ones too."""
    account = people.account_of(world)
    own_key = people.connector(world, platform).get("key", people.PHONE)
    found: list[dict[str, Any]] = []
    users: list[Row] = []
    for each in named:
        if each["type"] != "contact":
            own = people.access_key(world)
            name = str(each.get("displayName") or (own["displayName"] if each["id"] == own["id"] else ""))
            found.append(people.other(each["id"], each["type"], name, str(each.get("avatarUrl") or "")))
            continue
        user = people.find(world, each)
        if user is None and each.get("identifierValue"):
            key = str(each.get("identifierKey") or own_key)
            user = people.stranger(str(each["identifierValue"]), str(each.get("displayName") or ""), ids, key)
        if user is not None:
            found.append(people.participant(user, world.options, platform, account))
            users.append(user)
    return found, users


def list_participants(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give who takes part in a conversation."""
    row = _conversation(call, world)
    if row is None:
        return _missing(call, "conversation")
    return page(call, world, row["participants"], "list_participants", most=MOST_ROWS)


def get_participant(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give one who takes part in a conversation."""
    row = _conversation(call, world)
    found = _participant(call, row)
    if found is None:
        return _missing(call, "conversation" if row is None else "participant")
    return ApiResponse(template="get_participant", values={"participant": found})


def add_participant(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Add somebody to a conversation; who takes part already stays as she is."""
    row = _conversation(call, world)
    if row is None:
        return _missing(call, "conversation")
    fields = fields_of(call)
    fault = invalid(unknown(fields, ADD_FIELDS) + participant_faults(fields, "participant"))
    if fault is not None:
        return refused(call, fault)
    found, users = resolved([fields], world, ids, people.platform_of(world, row["channel_id"]))
    if not found:
        return _missing(call, "contact")
    new = [each for each in users if world.get("users", each["id"]) is None]
    known = tuple(Put(table="users", key=each["id"], row=each) for each in new)
    effects = (*known, *_changing(threads.joined(row, found), call))
    return ApiResponse(status=201, template="add_participant", values={"participant": found[0]}, effects=effects)


def update_participant(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Change how somebody is shown in a conversation."""
    row = _conversation(call, world)
    found = _participant(call, row)
    if row is None or found is None:
        return _missing(call, "conversation" if row is None else "participant")
    fields = fields_of(call)
    wrong = [f"{name} must be a string" for name in CHANGE_FIELDS if not isinstance(fields.get(name, ""), str)]
    fault = invalid(unknown(fields, CHANGE_FIELDS) + wrong)
    if fault is not None:
        return refused(call, fault)
    changed = {**found, **fields}
    others = [changed if each["id"] == changed["id"] else each for each in row["participants"]]
    effects = _changing({**row, "participants": tuple(others)}, call)
    return ApiResponse(template="update_participant", values={"participant": changed}, effects=effects)


def remove_participant(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Remove somebody from a conversation."""
    row = _conversation(call, world)
    found = _participant(call, row)
    if row is None or found is None:
        return _missing(call, "conversation" if row is None else "participant")
    others = tuple(each for each in row["participants"] if each["id"] != found["id"])
    effects = _changing({**row, "participants": others}, call)
    return ApiResponse(status=204, template="remove_participant", effects=effects)


def _conversation(call: ApiCall, world: World) -> Row | None:
    return threads.conversation(world, call.params["conversationId"])


def _participant(call: ApiCall, row: Row | None) -> Mapping[str, Any] | None:
    wanted = call.params["participantId"]
    return next((each for each in row["participants"] if each["id"] == wanted), None) if row is not None else None


def _changing(row: Mapping[str, Any], call: ApiCall) -> tuple[Effect, ...]:
    changed = {**row, "updated_ms": call.at_ms}
    put = Put(table=threads.CONVERSATIONS, key=changed["id"], row=changed)
    return put, Emit(type="conversation.updated", values=threads.event_of(changed), user=changed["user"])


def _missing(call: ApiCall, what: str) -> ApiResponse:
    return refused(call, Fault("not_found", f"{what} not found"))
