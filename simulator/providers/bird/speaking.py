"""Messages in a conversation: said by one of its participants, listed, looked up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.bird import bodies, people, threads
from simulator.providers.bird.conversations import no_conversation
from simulator.providers.bird.pages import page
from simulator.providers.bird.participants import resolved
from simulator.providers.bird.refusals import Fault, fields_of, invalid, refused, unknown
from simulator.providers.bird.sending import send
from simulator.records import ApiCall
from simulator.world import Effect, Emit, Put, Row, World

FIELDS = (
    "participantType",
    "participantId",
    "body",
    "template",
    "recipients",
    "addMissingParticipants",
    "reference",
    "replyToMessageId",
    "draft",
    "sender",
    "participantContactIdentifierKey",
    "participantContactIdentifierValue",
    "meta",
)
MOST_ROWS = 100


def create_message(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a message of a participant; on a channel it goes out to the contact of the conversation."""
    row = threads.conversation(world, call.params["conversationId"])
    if row is None:
        return no_conversation(call)
    fields = fields_of(call)
    platform = people.platform_of(world, row["channel_id"])
    fault = invalid(_faults(fields, platform, world)) or _state_fault(fields, row)
    if fault is not None:
        return refused(call, fault)
    named = {**fields, "type": fields["participantType"], "id": fields["participantId"]}
    speaker = _speaker(named, row, world, ids)
    user = world.get("users", row["user"])
    if fields.get("replyToMessageId"):
        fields = {**fields, "replyTo": {"id": fields["replyToMessageId"], "type": "message"}}
    # The sender of this call is a name for e-mails, not the connector of a channel.
    content = {name: value for name, value in fields.items() if name != "sender"}
    if fields.get("draft") or speaker["type"] == "contact" or user is None or not platform:
        return _kept(call, world, ids, content, row, speaker)
    sent = send(call, world, ids, fields=content, user=user, platform=platform, sender=speaker, conversation=row)
    values = {
        "message": threads.message_shown(sent.message, call.at_ms),
        "reached": [] if sent.is_lost else [user["id"]],
        "message_id": sent.message["id"],
    }
    return ApiResponse(status=201, template="create_message", values=values, effects=sent.effects)


def _faults(fields: Mapping[str, Any], platform: str, world: World) -> list[str]:
    problems = unknown(fields, FIELDS)
    if fields.get("participantType") not in people.PARTICIPANT_TYPES:
        problems.append(f"participantType must be one of {', '.join(people.PARTICIPANT_TYPES)}")
    if not isinstance(fields.get("participantId"), str) or not fields["participantId"]:
        problems.append("participantId is required")
    problems += bodies.content_faults(fields, platform, world.limits)
    if fields.get("meta") is not None and not isinstance(fields["meta"], Mapping):
        problems.append("meta must be an object")
    return problems


def _state_fault(fields: Mapping[str, Any], row: Row) -> Fault | None:
    if row["status"] == "closed":
        return Fault("conversation_closed")
    takes_part = any(each["id"] == fields["participantId"] for each in row["participants"])
    return None if takes_part or fields.get("addMissingParticipants") is True else Fault("not_participant")


def _speaker(named: Mapping[str, Any], row: Row, world: World, ids: Ids) -> Mapping[str, Any]:
    known: Mapping[str, Any]
    for known in row["participants"]:
        if known["id"] == named["id"]:
            return known
    found, _ = resolved([named], world, ids, people.platform_of(world, row["channel_id"]))
    return found[0] if found else people.other(named["id"], named["type"])


def _kept(
    call: ApiCall, world: World, ids: Ids, fields: Mapping[str, Any], row: Row, speaker: Mapping[str, Any]
) -> ApiResponse:
    """Keep a message that goes out to nobody: a draft, one in the name of a contact, one where there is no channel."""
    is_contact = speaker["type"] == "contact"
    message = {
        "id": ids.give("message"),
        "conversation_id": row["id"],
        "channel_id": row["channel_id"],
        "platform": people.platform_of(world, row["channel_id"]),
        "user": row["user"],
        "direction": "incoming" if is_contact else "outgoing",
        "participant": speaker,
        "recipients": None if is_contact else [],
        "contact": {},
        "connector": {},
        "body": fields.get("body"),
        "template": fields.get("template"),
        "meta": fields.get("meta") or {},
        "reference": str(fields.get("reference") or ""),
        "reply_to": fields.get("replyTo"),
        "platform_reference": "",
        "statuses": ((call.at_ms, "delivered" if is_contact else "accepted"),),
        "failure": {},
        "created_ms": call.at_ms,
        "is_read": True,
    }
    effects: list[Effect] = [Put(table=threads.MESSAGES, key=message["id"], row=message)]
    if not fields.get("draft"):
        changed = threads.spoken(row, message, call.at_ms)
        effects.append(Put(table=threads.CONVERSATIONS, key=row["id"], row=changed))
        effects.append(Emit(type="conversation.updated", values=threads.event_of(changed), user=row["user"]))
    values = {"message": threads.message_shown(message, call.at_ms), "reached": [], "message_id": message["id"]}
    return ApiResponse(status=201, template="create_message", values=values, effects=tuple(effects))


def list_messages(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the messages of a conversation, newest first unless `direction=asc`."""
    conversation_id = call.params["conversationId"]
    if threads.conversation(world, conversation_id) is None:
        return no_conversation(call)
    found = [
        threads.message_shown(row, call.at_ms)
        for row in threads.messages(world)
        if row["conversation_id"] == conversation_id
    ]
    if call.query.get("direction") != "asc":
        found.reverse()
    return page(call, world, found, "list_messages", most=MOST_ROWS)


def get_message(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give one message of a conversation as it stands now."""
    row = threads.message(world, call.params["messageId"])
    if row is None or row["conversation_id"] != call.params["conversationId"]:
        return refused(call, Fault("not_found", "message not found"))
    return ApiResponse(template="get_message", values={"message": threads.message_shown(row, call.at_ms)})
