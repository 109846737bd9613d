"""Messages of the bot: taken or refused, and what becomes of those that are taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.viber import boards
from simulator.providers.viber.acts import CONVERSATIONS, chat_with
from simulator.providers.viber.counting import HOUR_MS, count, counted, recent
from simulator.providers.viber.messages import first_fault
from simulator.providers.viber.refusals import Fault, fields_of, refused, unreadable
from simulator.records import ApiCall
from simulator.world import Effect, Emit, Put, World

DELIVERED_AFTER_MS = (200, 900)
SEEN_AFTER_MS = (1_000, 20_000)
"""Chosen: a person with the telephone in her hand."""

BROADCASTS_MS = 10_000
"""The time over which broadcasts are counted."""


def send_message(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a message to one person; a welcome message is one to somebody who need not be subscribed."""
    is_welcome = call.source == "ack"
    fields = fields_of(call)
    fault = (
        unreadable(call, world)
        or _no_webhook(world)
        or first_fault(fields, world.limits, has_sender=not is_welcome)
        or _inline_fault(fields, world)
        or _addressee_fault(fields, call, world, is_welcome)
    )
    if fault is not None:
        return refused(call, fault)
    token = ids.give("message")
    receiver = fields.get("receiver")
    effects = _taken(token, receiver, call, world) if receiver is not None else ()
    return ApiResponse(template="send_message", values=_accepted(token, world, ids), effects=effects)


def broadcast_message(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a message to many people; those it cannot reach stand in the answer."""
    fault = unreadable(call, world) or _no_webhook(world) or _broadcast_fault(call, world)
    fault = fault or first_fault(fields_of(call), world.limits)
    if fault is not None:
        return refused(call, fault)
    fields = fields_of(call)
    token = ids.give("message")
    failed: list[Mapping[str, Any]] = []
    effects: list[Effect] = [counted("broadcasts", call, world, BROADCASTS_MS)]
    for receiver in dict.fromkeys(fields["broadcast_list"]):
        fault = _receiver_fault(receiver, fields, call, world, is_welcome=False)
        if fault is None:
            effects += _taken(token, receiver, call, world)
        else:
            values = refused(call, fault).values
            failed.append({"receiver": receiver, "status": values["code"], "status_message": values["message"]})
    values = {**_accepted(token, world, ids), "failed_list": failed}
    return ApiResponse(template="broadcast_message", values=values, effects=tuple(effects))


def post(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a message to the account's public chat, which few accounts have."""
    fault = unreadable(call, world) or _no_webhook(world)
    if fault is None and not world.options.get("public_chat"):
        fault = Fault("no_public_chat")
    if fault is None and not fields_of(call).get("from"):
        fault = Fault("missing_data", "from is missing")
    fault = fault or first_fault(fields_of(call), world.limits)
    if fault is not None:
        return refused(call, fault)
    return ApiResponse(template="post", values=_accepted(ids.give("message"), world, ids))


def _no_webhook(world: World) -> Fault | None:
    return None if world.count("subscriptions") else Fault("webhook_not_set")


def _inline_fault(fields: Mapping[str, Any], world: World) -> Fault | None:
    if fields.get("chat_id") is None or any(row.get("is_inline") for _, row in world.rows("subscriptions")):
        return None
    return Fault("public_account_is_not_inline")


def _addressee_fault(fields: Mapping[str, Any], call: ApiCall, world: World, is_welcome: bool) -> Fault | None:
    receiver = fields.get("receiver")
    if receiver is None and fields.get("chat_id") is not None:
        return None
    return _receiver_fault(receiver, fields, call, world, is_welcome)


def _receiver_fault(
    receiver: Any, fields: Mapping[str, Any], call: ApiCall, world: World, is_welcome: bool
) -> Fault | None:
    if receiver is None or receiver == "":
        return Fault("missing_data", "receiver is missing")
    user = world.get("users", receiver) if isinstance(receiver, str) else None
    if user is None:
        return Fault("receiver_not_registered")
    if not user.get("subscribed") and not is_welcome:
        return Fault("receiver_not_subscribed")
    if (fields.get("min_api_version") or 1) > user.get("api_version", 1):
        return Fault("api_version_not_supported")
    sent_ms = recent(chat_with(world, receiver)["sent_ms"], call, HOUR_MS)
    if len(sent_ms) >= world.limits["messages_without_reply"]:
        return Fault("too_many_requests")
    return None


def _broadcast_fault(call: ApiCall, world: World) -> Fault | None:
    listed = fields_of(call).get("broadcast_list")
    if listed is None:
        return Fault("missing_data", "broadcast_list is missing")
    if not isinstance(listed, list) or not listed or not all(isinstance(receiver, str) for receiver in listed):
        return Fault("bad_data", "broadcast_list is no list of ids")
    if len(listed) > world.limits["broadcast_receivers"]:
        return Fault("bad_data", f"broadcast_list is longer than {world.limits['broadcast_receivers']}")
    if count("broadcasts", call, world, BROADCASTS_MS) >= world.limits["broadcasts"]:
        return Fault("too_many_requests")
    return None


def _taken(token: int, receiver: str, call: ApiCall, world: World) -> tuple[Effect, ...]:
    """What follows once a message is taken: the chat goes on, and the bot hears what becomes of it."""
    fields, chat = fields_of(call), chat_with(world, receiver)
    why = boards.why_not_shown(fields)
    is_silent = call.source == "ack" and world.options.get("welcome_receipts") != "as_messages"
    receipts = "nothing" if is_silent else world.options.get("receipts", "delivered")
    goes_unseen = not why and not is_silent and receipts != "both"
    row = {
        "unseen": token if goes_unseen else chat["unseen"],
        "tracking_data": chat["tracking_data"] if why else fields.get("tracking_data") or None,
        "sent_ms": (*recent(chat["sent_ms"], call, HOUR_MS), call.at_ms),
    }
    devices = (world.get("users", receiver) or {}).get("devices", 1)
    return (Put(table=CONVERSATIONS, key=receiver, row=row), *_receipts(token, receiver, receipts, why, devices))


def _receipts(token: int, receiver: str, receipts: str, why_not_shown: str, devices: int) -> tuple[Emit, ...]:
    """Each device tells that the message has reached it; that the person has seen it is told once."""
    values = {"message_token": token}
    if why_not_shown:
        # A message that the device refused is neither delivered nor seen.
        desc = f"message validation failed: {why_not_shown}"
        return (Emit(type="failed", values={**values, "desc": desc}, user=receiver, after_ms=DELIVERED_AFTER_MS),)
    delivered = devices * (Emit(type="delivered", values=values, user=receiver, after_ms=DELIVERED_AFTER_MS),)
    seen = Emit(type="seen", values=values, user=receiver, after_ms=SEEN_AFTER_MS)
    return {"delivered": delivered, "both": (*delivered, seen)}.get(receipts, ())


def _accepted(token: int, world: World, ids: Ids) -> dict[str, Any]:
    return {
        "message_token": token,
        "chat_hostname": ids.give("chat_hostname"),
        "billing_status": world.options.get("billing_status", 1),
    }
