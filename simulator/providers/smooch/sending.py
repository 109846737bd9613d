"""Messages that come through the API: taken or refused, and what the webhooks hear of those that are taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.smooch.app import account_of, as_kept
from simulator.providers.smooch.audience import spread
from simulator.providers.smooch.history import conversation_with, put_conversation, put_message
from simulator.providers.smooch.keys import version_of
from simulator.providers.smooch.messages import answered, external_id, from_bot, through_api
from simulator.providers.smooch.people import SDK_CHANNELS, clients_of, integration_of
from simulator.providers.smooch.refusals import Fault, refused
from simulator.providers.smooch.rules import message_fault
from simulator.providers.smooch.users import find_user
from simulator.records import ApiCall
from simulator.world import Effect, Emit, Row, World

AT_ONCE_MS = (10, 60)
ACCEPTED_AFTER_MS = (200, 900)
ARRIVED_AFTER_MS = (1_000, 4_000)
"""Chosen: a channel that works, and a telephone that is switched on."""

CONFIRMING = ("messenger", "whatsapp")
"""Channels that tell when a message has reached the person's device."""

ERRORS: Mapping[str, Mapping[str, Any]] = {
    "whatsapp": {
        "code": "uncategorized_error",
        "message": "Message failed to send because more than 24 hours have passed",
        "underlyingError": {"errors": [{"code": 470, "title": "Outside the support window"}]},
    },
    "telegram": {
        "code": "forbidden",
        "message": "Forbidden: bot was blocked by the user",
        "underlyingError": {"description": "Forbidden: bot was blocked by the user", "error_code": 403, "ok": False},
    },
    "messenger": {
        "code": "bad_request",
        "message": "(#100) No matching user found",
        "underlyingError": {"code": 100, "message": "(#100) No matching user found"},
    },
}
"""Channel → what a failure says; the channel's own error has another shape on each."""

OTHER_ERROR: Mapping[str, Any] = {
    "code": "unauthorized",
    "message": "Authentication failed: invalid token",
    "underlyingError": {"message": "Authentication failed: invalid token"},
}


def post_message(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a message of the business, or one in a person's name; the conversation begins if there was none."""
    user = find_user(world, call.params["user_id"])
    if user is None:
        return refused(call, Fault("user_not_found"))
    version = version_of(call)
    fault = message_fault(call.fields, version, world.limits)
    if fault is None and call.fields.get("destination") is not None:
        fault = _destination_fault(call.fields, user, world)
    if fault is not None:
        return refused(call, fault)
    return posted(call.fields, user, call, world, ids)


def posted(fields: Mapping[str, Any], user: Row, call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the answer to a message that was looked at and taken."""
    version, message_id = version_of(call), ids.give("message")
    if fields["role"] == "appMaker":
        message = from_bot(fields, message_id, call.at_ms, world.options)
    else:
        said = fields if fields.get("text") is None else {**fields, "text": as_kept(fields["text"], world)}
        message = through_api(said, user, message_id, call.at_ms)
    is_ours = fields["role"] == "appMaker"
    unread = conversation_with(world, user)["unread"] + is_ours
    values = {
        "message": answered(message, version),
        "version": version,
        "conversation": {"_id": user["conversation_id"], "unreadCount": unread},
        "user_id": user["id"],
    }
    kept: tuple[Effect, ...] = (put_message(user, message), put_conversation(world, user, unread=unread))
    effects = (*kept, *heard(message, user, world, _channel_for(fields, user, world)))
    return ApiResponse(status=201, template="post_message", values=values, effects=effects)


def _channel_for(fields: Mapping[str, Any], user: Row, world: World) -> str | None:
    """Give the channel that a message of the business goes to: the one it names, else that on which she writes."""
    clients = clients_of(user, world.options)
    wanted, account = fields.get("destination"), account_of(world)
    if wanted is None:
        return str(clients[0]["channel"]) if clients else None
    for channel in (str(client["channel"]) for client in clients):
        if channel == wanted.get("integrationType") or integration_of(channel, account) == wanted.get("integrationId"):
            return channel
    return None


def _destination_fault(fields: Mapping[str, Any], user: Row, world: World) -> Fault | None:
    wanted = fields["destination"]
    if fields["role"] != "appMaker":
        return Fault("bad_request", "only the business may name a destination")
    names = ("integrationId", "integrationType")
    if not isinstance(wanted, Mapping) or not any(isinstance(wanted.get(name), str) for name in names):
        return Fault("bad_request", "destination needs an integrationId or an integrationType")
    if _channel_for(fields, user, world) is None:
        return Fault("bad_request", "the user has no client at this destination")
    return None


def heard(message: Mapping[str, Any], user: Row, world: World, channel: str | None) -> Iterator[Emit]:
    """Give the events that follow from a message: itself, and what becomes of it on the channel."""
    trigger = f"message:{message['role']}"
    for values in spread(world, trigger, {"message": message}):
        yield Emit(type=f"{trigger}/{message['type']}", values=values, user=user["id"], after_ms=AT_ONCE_MS)
    if message["role"] == "appMaker":
        yield from delivered(message, user, world, channel)


def delivered(message: Mapping[str, Any], user: Row, world: World, channel: str | None) -> Iterator[Emit]:
    """Give the events about the delivery of a message; channels of Smooch's own clients have none."""
    outcome = world.options["delivery"]
    if outcome == "nothing" or channel is None or channel in SDK_CHANNELS:
        return
    account = account_of(world)
    known: dict[str, Any] = {"channel": channel, "integration_id": integration_of(channel, account), "message": message}
    known["external_id"] = external_id(message["_id"])
    if outcome == "failure":
        names = {"v1": ("delivery:failure",), "v1.1": ("message:delivery:failure",)}
        known["error"] = ERRORS.get(channel, OTHER_ERROR)
    else:
        arrives = ("message:delivery:user",) if channel in CONFIRMING else ()
        names = {"v1": ("delivery:success",), "v1.1": ("message:delivery:channel", *arrives)}
        known["is_final"] = not arrives
    for group in spread(world, "message:appMaker", known):
        for name in names[group["version"]]:
            is_arrival = name == "message:delivery:user"
            values = {**group, "is_final": True} if is_arrival else group
            after_ms = ARRIVED_AFTER_MS if is_arrival else ACCEPTED_AFTER_MS
            yield Emit(type=name, values=values, user=user["id"], after_ms=after_ms)
