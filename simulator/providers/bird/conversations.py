"""The conversations API: opened, changed, closed, deleted, and spoken in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.bird import bodies, people, threads
from simulator.providers.bird.pages import page
from simulator.providers.bird.participants import participant_faults, resolved
from simulator.providers.bird.refusals import Fault, fields_of, invalid, refused, unknown
from simulator.providers.bird.sending import send
from simulator.records import ApiCall
from simulator.world import Effect, Emit, Put, Remove, Row, World

WORDS: Mapping[str, tuple[str, ...]] = {
    "status": ("active", "closed"),
    "visibility": ("public", "private"),
    "accessibility": ("open", "invite-only", "request-to-join"),
}
"""What some fields may be."""

TEXTS = ("name", "description")

CREATE_FIELDS = (
    *TEXTS,
    "style",
    "visibility",
    "accessibility",
    "participants",
    "initiatingParticipant",
    "channelId",
    "initialMessage",
    "attributes",
    "resource",
)
UPDATE_FIELDS = (*TEXTS, *WORDS, "attributes")
INITIAL_FIELDS = ("body", "template", "recipients", "reference", "sender", "draft", "meta")

MOST_ROWS = 100


def create_conversation(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Open a conversation, with a message where one is given; an active one with that contact is in the way."""
    fields = fields_of(call)
    platform = people.platform_of(world, str(fields.get("channelId", "")))
    fault = invalid(_create_faults(fields, platform, world))
    if fault is not None:
        return refused(call, fault)
    key = people.access_key(world)
    members, users = resolved(_named(fields), world, ids, platform)
    initiating = key
    if _has_initiator(fields):
        initiating = resolved([fields["initiatingParticipant"]], world, ids, platform)[0][0]
    user = users[0] if users else None
    channel_id = fields.get("channelId") or ""
    found = threads.of_contact(world, user["id"], channel_id) if user is not None and channel_id else None
    if found is not None:
        return refused(call, Fault("conflict", "", {"conversationId": found["id"]}))
    chosen = {name: fields[name] for name in (*TEXTS, "style", "visibility", "accessibility") if fields.get(name)}
    row = threads.new(
        ids.give("conversation"),
        user=user["id"] if user is not None else "",
        channel_id=channel_id,
        initiating=initiating,
        at_ms=call.at_ms,
        **chosen,
        attributes=dict(fields.get("attributes") or {}),
    )
    row = threads.joined(row, members)
    known: tuple[Effect, ...] = tuple(
        Put(table="users", key=each["id"], row=each) for each in users if world.get("users", each["id"]) is None
    )
    message = fields.get("initialMessage")
    if not message or message.get("draft") or user is None or not platform:
        created = Emit(type="conversation.created", values=threads.event_of(row), user=row["user"])
        effects = (*known, Put(table=threads.CONVERSATIONS, key=row["id"], row=row), created)
        return _answer("create_conversation", row, call, world, status=201, effects=effects)
    sent = send(call, world, ids, fields=message, user=user, platform=platform, sender=initiating, conversation=row)
    values = {"reached": [] if sent.is_lost else [user["id"]], "message_id": sent.message["id"]}
    return _answer(
        "create_conversation", sent.conversation, call, world, status=201, effects=(*known, *sent.effects), **values
    )


def _named(fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give all whom a new conversation names: its participants, and the recipients of its first message."""
    recipients = (fields.get("initialMessage") or {}).get("recipients") or []
    return [*(fields.get("participants") or []), *({**each, "type": "contact"} for each in recipients)]


def _has_initiator(fields: Mapping[str, Any]) -> bool:
    return isinstance(fields.get("initiatingParticipant"), Mapping)


def _create_faults(fields: Mapping[str, Any], platform: str, world: World) -> list[str]:
    problems = unknown(fields, CREATE_FIELDS) + _word_faults(fields)
    if fields.get("channelId") is not None and not platform:
        problems.append("channelId is not a channel of this workspace")
    listed = fields.get("participants")
    if listed is not None and (not isinstance(listed, list) or len(listed) > world.limits["participants"]):
        problems.append(f"participants must be an array of at most {world.limits['participants']} items")
    elif listed:
        for i, each in enumerate(listed):
            problems += participant_faults(each, f"participants[{i}]")
    if fields.get("initiatingParticipant") is not None:
        problems += participant_faults(fields["initiatingParticipant"], "initiatingParticipant")
    return problems + _initial_faults(fields.get("initialMessage"), platform, world)


def _initial_faults(message: Any, platform: str, world: World) -> list[str]:
    if message is None:
        return []
    if not isinstance(message, Mapping):
        return ["initialMessage must be an object"]
    problems = [f"initialMessage: {text}" for text in unknown(message, INITIAL_FIELDS)]
    problems += [f"initialMessage: {text}" for text in bodies.content_faults(message, platform, world.limits)]
    recipients = message.get("recipients") or []
    if not isinstance(recipients, list):
        return [*problems, "initialMessage.recipients must be an array"]
    for i, each in enumerate(recipients):
        named = {**each, "type": "contact"} if isinstance(each, Mapping) else each
        problems += participant_faults(named, f"initialMessage.recipients[{i}]")
    return problems


def _word_faults(fields: Mapping[str, Any]) -> list[str]:
    problems = [
        f"{name} must be one of {', '.join(words)}"
        for name, words in WORDS.items()
        if fields.get(name) is not None and fields[name] not in words
    ]
    problems += [
        f"{name} must be a string"
        for name in TEXTS
        if fields.get(name) is not None and not isinstance(fields[name], str)
    ]
    attributes = fields.get("attributes")
    if attributes is not None and not (
        isinstance(attributes, Mapping) and all(isinstance(value, str) for value in attributes.values())
    ):
        problems.append("attributes must be an object of strings")
    return problems


# --- one conversation ------------------------------------------------------------------------------------------------


def list_conversations(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the conversations, the newest first, of one channel or status where that is asked for."""
    found = [
        threads.shown(row, world, call.at_ms)
        for row in reversed(threads.conversations(world))
        if call.query.get("channelId", row["channel_id"]) == row["channel_id"]
        and call.query.get("status", row["status"]) == row["status"]
    ]
    return page(call, world, found, "list_conversations", most=MOST_ROWS)


def get_conversation(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give a conversation as it stands."""
    row = threads.conversation(world, call.params["conversationId"])
    return no_conversation(call) if row is None else _answer("get_conversation", row, call, world)


def update_conversation(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Change a conversation; closing it is an update too."""
    row = threads.conversation(world, call.params["conversationId"])
    if row is None:
        return no_conversation(call)
    fields = fields_of(call)
    fault = invalid(unknown(fields, UPDATE_FIELDS) + _word_faults(fields))
    if fault is not None:
        return refused(call, fault)
    changes = {name: fields[name] for name in (*TEXTS, *WORDS) if fields.get(name) is not None}
    attributes = {**row["attributes"], **(fields.get("attributes") or {})}
    changed = {**row, **changes, "attributes": attributes, "updated_ms": call.at_ms}
    return _answer("update_conversation", changed, call, world, effects=changing(changed))


def delete_conversation(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Delete a conversation; the event about it has its last state."""
    row = threads.conversation(world, call.params["conversationId"])
    if row is None:
        return no_conversation(call)
    gone = Remove(table=threads.CONVERSATIONS, key=row["id"])
    told = Emit(type="conversation.deleted", values=threads.event_of(row), user=row["user"])
    return ApiResponse(status=204, template="delete_conversation", effects=(gone, told))


def changing(row: Row) -> tuple[Effect, ...]:
    """Give the effects by which a conversation is changed, and the bot hears of it."""
    put = Put(table=threads.CONVERSATIONS, key=row["id"], row=row)
    return put, Emit(type="conversation.updated", values=threads.event_of(row), user=row["user"])


def no_conversation(call: ApiCall) -> ApiResponse:
    """Give the refusal of a call about a conversation that there is not."""
    return refused(call, Fault("not_found", "conversation not found"))


def _answer(
    template: str,
    row: Row,
    call: ApiCall,
    world: World,
    *,
    status: int = 200,
    effects: tuple[Effect, ...] = (),
    **values: Any,
) -> ApiResponse:
    known = {"conversation": threads.shown(row, world, call.at_ms), **values}
    return ApiResponse(status=status, template=template, values=known, effects=effects)
