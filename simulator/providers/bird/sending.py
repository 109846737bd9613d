"""Messages of the bot: taken, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.ids import Ids
from simulator.providers.bird import people, threads
from simulator.records import ApiCall
from simulator.world import Effect, Emit, Put, Row, World

DAY_MS = 86_400_000

WINDOW_CLOSED = {
    "reason": "outside_service_window",
    "description": "More than 24 hours have passed since the contact wrote last.",
}
"""Why WhatsApp does not take a text. Chosen: the words are unconfirmed."""

UNREACHABLE = {"reason": "unreachable", "description": "The handset did not answer."}

VARIANTS: Mapping[str, tuple[str, ...]] = {
    "whatsapp": ("text", "image", "file", "location", "list", "carousel", "template"),
    "sms": ("text", "template"),
    "email": ("html", "text"),
}
"""
Variants of the outbound events, `text` alone where nothing is said.

Other bodies go as the first of them does, since the body stands there as the bot sent it.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A message that was taken."""

    message: Mapping[str, Any]
    conversation: Mapping[str, Any]
    effects: tuple[Effect, ...]

    @property
    def is_lost(self) -> bool:
        """True where it will not reach the person."""
        return self.message["statuses"][-1][1] in ("sending_failed", "delivery_failed")


def send(
    call: ApiCall,
    world: World,
    ids: Ids,
    *,
    fields: Mapping[str, Any],
    user: Row,
    platform: str,
    sender: Mapping[str, Any],
    conversation: Row | None = None,
    label: str = "",
) -> Sent:
    """
    Give a message to a person once it is taken; channel and conversation each have an event about every status of it.

    Where there is no conversation it opens one. `label` tells several messages of one call apart.
    """
    channel_id = people.channel_id(world, platform)
    found = conversation or threads.of_contact(world, user["id"], channel_id)
    participant = people.participant(user, world.options, platform, people.account_of(world))
    row = (
        dict(found)
        if found is not None
        else threads.new(
            ids.give("conversation", label),
            user=user["id"],
            channel_id=channel_id,
            initiating=sender,
            at_ms=call.at_ms,
        )
    )
    message = _message(call, world, ids, fields=fields, user=user, platform=platform, sender=sender, label=label)
    message["conversation_id"] = row["id"]
    row = threads.spoken(threads.joined(row, [participant]), message, call.at_ms + ids.give("moment", label))
    effects: list[Effect] = [
        Put(table=threads.MESSAGES, key=message["id"], row=message),
        Put(table=threads.CONVERSATIONS, key=row["id"], row=row),
    ]
    if world.get("users", user["id"]) is None:
        effects.append(Put(table="users", key=user["id"], row=user))
    effects += _events(message, row, call, world, is_new=world.get(threads.CONVERSATIONS, row["id"]) is None)
    return Sent(message=message, conversation=row, effects=tuple(effects))


def _message(
    call: ApiCall,
    world: World,
    ids: Ids,
    *,
    fields: Mapping[str, Any],
    user: Row,
    platform: str,
    sender: Mapping[str, Any],
    label: str,
) -> dict[str, Any]:
    own, account = people.connector(world, platform), people.account_of(world)
    given = fields.get("sender")
    named = (given.get("connector") or {}) if isinstance(given, Mapping) else {}
    identifier = str(named.get("identifierValue") or own.get("identifier", ""))
    annotations = dict(named.get("annotations") or {"name": own.get("name", "")})
    statuses, failure = _statuses(
        call, world, ids, user=user, platform=platform, is_template=fields.get("template") is not None, label=label
    )
    return {
        "id": ids.give("message", label),
        "channel_id": people.channel_id(world, platform),
        "platform": platform,
        "user": user["id"],
        "direction": "outgoing",
        "participant": sender,
        "recipients": [people.recipient(user, platform, account)],
        "connector": {"id": own.get("id", ""), "identifierValue": identifier, "annotations": annotations},
        "contact": people.channel_contact(user, platform, account),
        "body": fields.get("body"),
        "template": fields.get("template"),
        "meta": fields.get("meta") or {},
        "reference": str(fields.get("reference") or ""),
        "reply_to": fields.get("replyTo"),
        "platform_reference": ids.give("whatsapp" if platform == "whatsapp" else "platform", label),
        "statuses": statuses,
        "failure": failure,
        "created_ms": call.at_ms,
        "is_read": False,
    }


def _statuses(
    call: ApiCall, world: World, ids: Ids, *, user: Row, platform: str, is_template: bool, label: str
) -> tuple[tuple[tuple[int, str], ...], Mapping[str, str]]:
    """Give what becomes of a message and when, and why it fails where it does."""
    accepted = (call.at_ms, "accepted")
    sent_ms = call.at_ms + ids.give("sent_after", label)
    done_ms = call.at_ms + ids.give("delivered_after", label)
    if not is_template and is_window_closed(user, platform, world, call.at_ms):
        return (accepted, (sent_ms, "sending_failed")), WINDOW_CLOSED
    match world.options["receipts"]:
        case "nothing":
            return (accepted,), {}
        case "sent":
            return (accepted, (sent_ms, "sent")), {}
        case "failed":
            return (accepted, (sent_ms, "sent"), (done_ms, "delivery_failed")), UNREACHABLE
        case _:
            return (accepted, (sent_ms, "sent"), (done_ms, "delivered")), {}


def is_window_closed(user: Row, platform: str, world: World, at_ms: int) -> bool:
    """True where WhatsApp takes nothing but templates: the person has not written within a day."""
    expires_ms = window_ms(user, platform, world)
    return expires_ms is not None and expires_ms <= at_ms


def window_ms(user: Row, platform: str, world: World) -> int | None:
    """Give until when free messages are taken, 0 for never yet; None where there is no such window."""
    if platform != "whatsapp" or not world.options["service_window"]:
        return None
    wrote_ms = user.get("wrote_ms")
    return int(wrote_ms) + DAY_MS if wrote_ms is not None else 0


def _events(
    message: Mapping[str, Any], row: Mapping[str, Any], call: ApiCall, world: World, *, is_new: bool
) -> list[Effect]:
    body = message["body"]
    kind = str(body.get("type")) if body is not None else "template"
    variants = VARIANTS.get(message["platform"], ("text",))
    variant = kind if kind in variants else variants[0]
    found: list[Effect] = []
    for i, (at_ms, status) in enumerate(message["statuses"]):
        after_ms = (at_ms - call.at_ms, at_ms - call.at_ms)
        failure = message["failure"] if status in ("sending_failed", "delivery_failed") else {}
        values = {
            **message,
            "contacts": [message["contact"]],
            "status": status,
            "reason": failure.get("reason", ""),
            "failure": {"description": failure["description"]} if failure else None,
        }
        if i or world.options["accepted_event"]:
            event = f"{message['platform']}.outbound/{variant}"
            found.append(Emit(type=event, values=values, user=message["user"], after_ms=after_ms))
        if world.options["conversations"]:
            event = "conversation.created" if is_new and not i else "conversation.updated/outgoing"
            values = threads.event_of(row, status)
            found.append(Emit(type=event, values=values, user=message["user"], after_ms=after_ms))
    return found
