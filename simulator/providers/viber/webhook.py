"""The account's one webhook: set, filtered, removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.viber.messages import url_path
from simulator.providers.viber.people import SHOWS
from simulator.providers.viber.refusals import Fault, fields_of, refuse, refused, unreadable
from simulator.records import ApiCall
from simulator.world import Put, Register, Remove, Row, World

WEBHOOK = "webhook"
"""The key of the account's one subscription."""

EVERYTHING = (
    "subscribed",
    "unsubscribed",
    "webhook",
    "conversation_started",
    "client_status",
    "action",
    "delivered",
    "failed",
    "message",
    "seen",
)
"""What the service says is in effect where no filter is given, in its order."""

CHOSEN = ("subscribed", "unsubscribed", "conversation_started", "delivered", "failed", "message", "seen")
"""What may be chosen, in the service's order."""

MANDATORY = ("subscribed", "unsubscribed", "message")

ALWAYS_SENT = frozenset({"webhook", *MANDATORY})
"""What no filter keeps away: the handshake, and the mandatory events."""


def set_webhook(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Register the bot's URL once it has answered the handshake, or remove it where the URL is empty."""
    fault = unreadable(call, world) or _webhook_fault(fields_of(call), world)
    if fault is not None:
        return refused(call, fault)
    fields = fields_of(call)
    if fields["url"] == "":
        removed = tuple(Remove(table="subscriptions", key=key) for key, _ in world.rows("subscriptions"))
        values = {"chat_hostname": ids.give("chat_hostname"), "event_types": None}
        return ApiResponse(template="set_webhook", values=values, effects=(*removed, _shows(None, world)))
    chosen = fields.get("event_types")
    events = None if chosen is None else [name for name in CHOSEN if name in chosen or name in MANDATORY]
    row = {
        "url": fields["url"],
        "events": events,
        **{name: fields.get(name) is True for name in ("send_name", "send_photo", "is_inline")},
    }
    register = Register(
        key=WEBHOOK, row=row, handshake="webhook", otherwise=refuse(call, "invalid_url", "it did not answer with 200")
    )
    values = {"chat_hostname": ids.give("chat_hostname"), "event_types": effective(row)}
    return ApiResponse(template="set_webhook", values=values, effects=(register, _shows(row, world)))


def _shows(row: Row | None, world: World) -> Put:
    """Give the effect by which the account knows whether its webhook asked for names and pictures."""
    account = dict(world.get("account", "account") or {})
    account.pop(SHOWS, None)
    asked = {} if row is None else {SHOWS: {"name": row["send_name"], "avatar": row["send_photo"]}}
    return Put(table="account", key="account", row={**account, **asked})


def _webhook_fault(fields: Mapping[str, Any], world: World) -> Fault | None:
    url, chosen = fields.get("url"), fields.get("event_types")
    if url is None:
        return Fault("missing_data", "url is missing")
    is_url = isinstance(url, str) and (url == "" or url_path(url) is not None)
    if not is_url or (url and world.options.get("require_https") and not url.startswith("https://")):
        return Fault("invalid_url", "URL not valid or not HTTPS")
    if chosen is not None and not (isinstance(chosen, list) and all(isinstance(name, str) for name in chosen)):
        return Fault("bad_data", "event_types is no list of names")
    return None


def effective(row: Row) -> list[str]:
    """Give the names of all events that go to a webhook, in the service's order."""
    return list(EVERYTHING if row.get("events") is None else row["events"])


def wants(subscription: Row, event_type: str, values: Mapping[str, Any]) -> bool:
    """Tell whether an event goes to a webhook: with no filter all do, and some do whatever the filter is."""
    name = event_type.partition("/")[0]
    events = subscription.get("events")
    return events is None or name in ALWAYS_SENT or name in events
