"""The channels API: the bot writes to people on a channel, and looks up what was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.bird import bodies, people, threads
from simulator.providers.bird.pages import page
from simulator.providers.bird.refusals import Fault, fields_of, invalid, refused, unknown
from simulator.providers.bird.sending import Sent, send, window_ms
from simulator.records import ApiCall
from simulator.units import instant_ms, iso8601
from simulator.world import Effect, Row, World

SEND_FIELDS = (
    "receiver",
    "sender",
    "body",
    "template",
    "reference",
    "meta",
    "tags",
    "replyTo",
    "notification",
    "capFrequency",
    "enableLinkTracking",
    "ignoreQuietHours",
    "shortLinks",
    "scheduledFor",
)

MOST_ROWS = 1_000

TIMES = ("startAt", "endAt")
"""Between which times messages are asked for."""


def send_message(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a message to one or more people; who is not known yet becomes a contact."""
    platform = people.platform_of(world, call.params["channelId"])
    if not platform:
        return refused(call, Fault("not_found", "channel not found"))
    fields = fields_of(call)
    fault = invalid(_send_faults(fields, platform, world))
    if fault is not None:
        return refused(call, fault)
    own_key = people.connector(world, platform)["key"]
    found = [people.find(world, each) or _stranger(each, ids, own_key) for each in fields["receiver"]["contacts"]]
    sender = people.access_key(world)
    sent: list[Sent] = []
    for number, user in enumerate({each["id"]: each for each in found}.values()):
        label = str(number) if number else ""
        sent.append(send(call, world, ids, fields=fields, user=user, platform=platform, sender=sender, label=label))
    effects: tuple[Effect, ...] = tuple(effect for each in sent for effect in each.effects)
    values = {
        "message": threads.channel_message_shown(sent[0].message, call.at_ms),
        "reached": [each.message["user"] for each in sent if not each.is_lost],
        "message_id": sent[0].message["id"],
    }
    return ApiResponse(status=202, template="send_message", values=values, effects=effects)


def _send_faults(fields: Mapping[str, Any], platform: str, world: World) -> list[str]:
    problems = unknown(fields, SEND_FIELDS)
    receiver = fields.get("receiver")
    contacts = receiver.get("contacts") if isinstance(receiver, Mapping) else None
    if not isinstance(contacts, list) or not contacts:
        problems.append("receiver.contacts must have at least one item")
    else:
        for i, contact in enumerate(contacts):
            problems += _contact_faults(contact, f"receiver.contacts[{i}]", platform, world)
    problems += bodies.content_faults(fields, platform, world.limits)
    tags, sender = fields.get("tags"), fields.get("sender")
    if tags is not None and (not isinstance(tags, list) or len(tags) > world.limits["tags"]):
        problems.append(f"tags must be an array of at most {world.limits['tags']} items")
    if sender is not None and not _is_sender(sender):
        problems.append("sender.connector must be an object")
    problems += [
        f"{name} must be an object"
        for name in ("meta", "replyTo")
        if fields.get(name) is not None and not isinstance(fields[name], Mapping)
    ]
    if fields.get("reference") is not None and not isinstance(fields["reference"], str):
        problems.append("reference must be a string")
    return problems


def _is_sender(sender: Any) -> bool:
    connector = sender.get("connector") or {} if isinstance(sender, Mapping) else None
    return isinstance(connector, Mapping) and isinstance(connector.get("annotations") or {}, Mapping)


def _contact_faults(contact: Any, at: str, platform: str, world: World) -> list[str]:
    if not isinstance(contact, Mapping):
        return [f"{at} must be an object"]
    value = contact.get("identifierValue")
    if value is None and contact.get("id") and people.find(world, contact) is not None:
        # Who is known may be named by her id alone. Source: reports of integrations.
        return []
    if not isinstance(value, str) or not value:
        return [f"{at}.identifierValue is required"]
    key = people.connector(world, platform)["key"]
    if contact.get("identifierKey", key) != key:
        return [f"{at}.identifierKey must be {key} on this channel"]
    if key == people.EMAIL:
        return [] if "@" in value.strip("@") else [f"{at}.identifierValue must be an e-mail address"]
    if key != people.PHONE:
        return []
    digits = value.removeprefix("+")
    if not (value.startswith("+") and digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15):
        return [f"{at}.identifierValue must be a phone number in E.164"]
    return []


def _stranger(contact: Mapping[str, Any], ids: Ids, key: str) -> Row:
    annotations = contact.get("annotations")
    name = str(annotations.get("name", "")) if isinstance(annotations, Mapping) else ""
    return people.stranger(contact["identifierValue"], name, ids, key)


# --- what there is ---------------------------------------------------------------------------------------------------


def list_channel_messages(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the messages of a channel, newest first, of one direction, status, number or time as it is asked for."""
    if not people.platform_of(world, call.params["channelId"]):
        return refused(call, Fault("not_found", "channel not found"))
    try:
        start_ms, end_ms = (instant_ms(call.query[name]) if name in call.query else None for name in TIMES)
    except ValueError:
        return refused(call, Fault("invalid_payload", f"{' and '.join(TIMES)} must be times"))
    shown = []
    for row in reversed(threads.messages(world)):
        if row["channel_id"] == call.params["channelId"]:
            message = threads.channel_message_shown(row, call.at_ms)
            is_wanted = all(call.query.get(name, message[name]) == message[name] for name in ("direction", "status"))
            is_in_time = (start_ms or 0) <= row["created_ms"] and (end_ms is None or row["created_ms"] < end_ms)
            if is_wanted and is_in_time and call.query.get("phonenumber", row["user"]) == row["user"]:
                shown.append(message)
    return page(call, world, shown, "list_channel_messages", most=MOST_ROWS)


def get_channel_message(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give one message of a channel as it stands now."""
    row = _message_of(call, world)
    if row is None:
        return refused(call, Fault("not_found", "message not found"))
    values = {"message": threads.channel_message_shown(row, call.at_ms)}
    return ApiResponse(template="get_channel_message", values=values)


def list_interactions(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give what a person did with a message: whether she has read, or opened, it."""
    row = _message_of(call, world)
    if row is None:
        return refused(call, Fault("not_found", "message not found"))
    kind = "opened" if row["platform"] == "email" else "read"
    read = {"messageId": row["id"], "channelId": row["channel_id"], "type": kind}
    return page(call, world, [read] if row.get("is_read") else [], "list_interactions", most=MOST_ROWS)


def _message_of(call: ApiCall, world: World) -> Row | None:
    row = threads.message(world, call.params["messageId"])
    return row if row is not None and row["channel_id"] == call.params["channelId"] else None


def list_channels(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the account's channels."""
    found = [_channel(platform, world) for platform in people.platforms(world)]
    return page(call, world, found, "list_channels", most=MOST_ROWS)


def get_channel(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give one of the account's channels."""
    platform = people.platform_of(world, call.params["channelId"])
    if not platform:
        return refused(call, Fault("not_found", "channel not found"))
    return ApiResponse(template="get_channel", values={"channel": _channel(platform, world)})


def _channel(platform: str, world: World) -> dict[str, Any]:
    own = people.connector(world, platform)
    return {
        "id": people.channel_id(world, platform),
        "status": "active",
        "platformId": platform,
        "name": own.get("name", ""),
        "connectorId": own.get("id", ""),
        "identifier": own.get("identifier", ""),
    }


def get_channel_contact(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Tell until when a person can be written to freely; only WhatsApp has such a window."""
    platform = people.platform_of(world, call.params["channelId"])
    wanted = {"id": call.params["contactId"], "identifierValue": call.query.get("contactIdentifierValue", "")}
    user = people.find(world, wanted)
    if not platform or user is None:
        return refused(call, Fault("not_found", "contact not found" if platform else "channel not found"))
    expires_ms = window_ms(user, platform, world)
    values = {"expires": iso8601(expires_ms) if expires_ms else None}
    return ApiResponse(template="get_channel_contact", values=values)
