"""Notifications: messages to a telephone number or another id of a channel, whether the service knows her or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.smooch.app import account_of
from simulator.providers.smooch.audience import spread
from simulator.providers.smooch.integrations import integrations_of
from simulator.providers.smooch.messages import external_id
from simulator.providers.smooch.people import SDK_CHANNELS, clients_of, known_there
from simulator.providers.smooch.refusals import Fault, refused
from simulator.providers.smooch.rules import message_fault
from simulator.providers.smooch.sending import (
    ACCEPTED_AFTER_MS,
    ARRIVED_AFTER_MS,
    CONFIRMING,
    ERRORS,
    OTHER_ERROR,
)
from simulator.providers.smooch.speech import OWN_SCHEMA
from simulator.records import ApiCall
from simulator.world import Emit, Row, World

TEXTS = ("name", "email", "avatarUrl")


def post_notification(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Send a message to whom a channel knows by an id."""
    fields = call.fields if isinstance(call.fields, Mapping) else {}
    integrations = integrations_of(account_of(world))
    channels = {row["_id"]: row["type"] for row in integrations if row["type"] not in SDK_CHANNELS}
    fault = _fault(fields, channels, world)
    if fault is not None:
        return refused(call, fault)
    wanted, notification_id = fields["destination"], ids.give("notification")
    channel, found = channels[wanted["integrationId"]], str(wanted["destinationId"])
    user = _known(found, channel, world)
    about = {
        "channel": channel,
        "integration_id": wanted["integrationId"],
        "destination_id": found.removeprefix("+"),
        "notification_id": notification_id,
        "external_id": external_id(notification_id),
        "is_known": user is not None,
        "is_final": False,
    }
    values = {"_id": notification_id, "user_id": "" if user is None else user["id"]}
    effects = tuple(_told(about, str(values["user_id"]), world))
    return ApiResponse(status=201, template="post_notification", values=values, effects=effects)


def _known(found: str, channel: str, world: World) -> Row | None:
    digits = found.removeprefix("+")
    for _, user in world.rows("users"):
        for client in clients_of(user, world.options):
            names = (known_there(client, user), user.get("phone"), user.get("email"), user.get("userId"))
            if client["channel"] == channel and digits in {str(name).removeprefix("+") for name in names}:
                return user
    return None


def _fault(fields: Mapping[str, Any], channels: Mapping[str, str], world: World) -> Fault | None:
    wanted, author, message = (fields.get(name) for name in ("destination", "author", "message"))
    named = wanted.get("integrationId") if isinstance(wanted, Mapping) else None
    if not isinstance(wanted, Mapping) or not isinstance(named, str) or named not in channels:
        return Fault("bad_request", "destination.integrationId is no integration of a channel")
    if not isinstance(wanted.get("destinationId"), str) or not wanted["destinationId"]:
        return Fault("bad_request", "destination.destinationId is missing")
    if not isinstance(author, Mapping) or author.get("role") != "appMaker":
        return Fault("bad_request", "author.role is not appMaker")
    wrong = next((name for name in TEXTS if not isinstance(author.get(name), str | None)), None)
    if wrong is not None:
        return Fault("bad_request", f"author.{wrong} is no text")
    if not isinstance(message, Mapping) or not message:
        return Fault("bad_request", "message is missing")
    if fields.get("messageSchema") not in (None, OWN_SCHEMA):
        # Other schemas are those of channels, and are taken as they are.
        return None
    return message_fault({"role": "appMaker", **message}, "v1.1", world.limits)


def _told(about: Mapping[str, Any], user_id: str, world: World) -> Iterator[Emit]:
    outcome, channel = world.options["delivery"], str(about["channel"])
    if outcome == "failure":
        known = {**about, "error": ERRORS.get(channel, OTHER_ERROR), "is_final": True}
        yield from _emits("notification:delivery:failure", known, user_id, world, ACCEPTED_AFTER_MS)
    if outcome == "success":
        arrives = channel in CONFIRMING
        known = {**about, "is_final": not arrives}
        yield from _emits("notification:delivery:channel", known, user_id, world, ACCEPTED_AFTER_MS)
        if arrives:
            # A read notice may follow on the channel: false was seen here.
            yield from _emits("notification:delivery:user", about, user_id, world, ARRIVED_AFTER_MS)


def _emits(
    event_type: str, values: Mapping[str, Any], user_id: str, world: World, after_ms: tuple[int, int]
) -> Iterator[Emit]:
    for each in spread(world, event_type, values):
        yield Emit(type=event_type, values=each, user=user_id, after_ms=after_ms)
