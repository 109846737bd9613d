"""Webhooks of the account: several events each, of all channels or of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.messagebird import people, shapes
from simulator.providers.messagebird.conversations import page
from simulator.providers.messagebird.refusals import Fault, fields_of, invalid, missing, refused
from simulator.providers.messagebird.signature import SETTINGS
from simulator.records import ApiCall
from simulator.world import Put, Register, Remove, Row, World

SUBSCRIPTIONS = "subscriptions"
EVENTS = ("conversation.created", "conversation.updated", "message.created", "message.updated")
STATUSES = ("enabled", "disabled")
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE = re.compile(r"[\t\x20-\x7e]*")
SETTING_TYPES: Mapping[str, type[Any]] = {
    "expected_http_code": str,
    "headers": Mapping,
    "username": str,
    "password": str,
    "query_params": str,
    "retry": int,
    "timeout": int,
}
"""What the settings of a webhook may hold. Source: MessageBird's SDK for Go."""

URL = re.compile(r"https?://[^\s/?#]+([/?]\S*)?")


def create_webhook(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Let events come to a URL; nothing is sent there to ask whether it wants that."""
    fields = fields_of(call)
    absent = [name for name in ("url", "events") if not fields.get(name)]
    fault = missing(absent[0]) if absent else _fault(fields, world)
    if fault is not None:
        return refused(call, fault)
    row = {
        "id": ids.give("webhook"),
        "url": fields["url"],
        "channelId": fields.get("channelId") or None,
        "events": list(fields["events"]),
        "options": {SETTINGS: fields.get("settings")},
        "status": "enabled",
        "created_ms": call.at_ms,
        "updated_ms": None,
        "nanos": ids.give("nanos"),
    }
    status = int(world.options["webhook_created"])
    effects = (Register(key=row["id"], row=row),)
    return ApiResponse(status=status, template="create_webhook", values={"webhook": _shown(row)}, effects=effects)


def list_webhooks(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the webhooks that the bot has made."""
    return page(call, [_shown(row) for _, row in world.rows(SUBSCRIPTIONS) if "created_ms" in row], "list_webhooks")


def get_webhook(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give one webhook."""
    row = _row(call, world)
    return _missing(call) if row is None else ApiResponse(template="get_webhook", values={"webhook": _shown(row)})


def update_webhook(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Change where, which and whether events come."""
    row = _row(call, world)
    if row is None:
        return _missing(call)
    fields = fields_of(call)
    fault = _fault(fields, world)
    if fault is not None:
        return refused(call, fault)
    changes = {name: fields[name] for name in ("url", "events", "status") if fields.get(name) is not None}
    if fields.get("settings") is not None:
        changes["options"] = {SETTINGS: fields["settings"]}
    changed = {**row, **changes, "updated_ms": call.at_ms}
    effects = (Put(table=SUBSCRIPTIONS, key=row["id"], row=changed),)
    return ApiResponse(template="update_webhook", values={"webhook": _shown(changed)}, effects=effects)


def delete_webhook(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a webhook away."""
    row = _row(call, world)
    if row is None:
        return _missing(call)
    effects = (Remove(table=SUBSCRIPTIONS, key=row["id"]),)
    return ApiResponse(status=204, template="delete_webhook", effects=effects)


def wants(subscription: Row, event_type: str, values: Mapping[str, Any]) -> bool:
    """Tell whether an event goes to a webhook: it is enabled, and asks for the event, and for no other channel."""
    events = subscription.get("events")
    if events is None:
        return True
    is_its_channel = subscription.get("channelId") in (None, values.get("channel_id"))
    return (
        subscription.get("status", "enabled") == "enabled" and event_type.partition("/")[0] in events and is_its_channel
    )


def _fault(fields: Mapping[str, Any], world: World) -> Fault | None:
    url, events, status = fields.get("url"), fields.get("events"), fields.get("status")
    if url is not None and not (isinstance(url, str) and URL.fullmatch(url)):
        return invalid("url")
    if events is not None and not (isinstance(events, list) and events and all(each in EVENTS for each in events)):
        return invalid("events")
    if status is not None and status not in STATUSES:
        return invalid("status")
    if fields.get("channelId") and fields["channelId"] != people.channel(world)["id"]:
        return invalid("channelId")
    return _settings_fault(fields.get("settings"))


def _settings_fault(settings: Any) -> Fault | None:
    """Give what is wrong with the settings of a webhook; what stands in a request must be fit for one."""
    if settings is None:
        return None
    if not isinstance(settings, Mapping):
        return invalid("settings")
    for name, kind in SETTING_TYPES.items():
        value = settings.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, kind)):
            return invalid(f"settings.{name}")
    headers = settings.get("headers") or {}
    is_fit = all(NAME.fullmatch(name) and VALUE.fullmatch(str(value)) for name, value in headers.items())
    return None if is_fit else invalid("settings.headers")


def _shown(row: Row) -> dict[str, Any]:
    updated_ms = row["updated_ms"]
    return {
        "id": row["id"],
        "url": row["url"],
        **({"channelId": row["channelId"]} if row["channelId"] else {}),
        "events": row["events"],
        "status": row["status"],
        "createdDatetime": shapes.fraction(row["created_ms"], row["nanos"]),
        "updatedDatetime": shapes.fraction(updated_ms, row["nanos"]) if updated_ms is not None else None,
    }


def _row(call: ApiCall, world: World) -> Row | None:
    row = world.get(SUBSCRIPTIONS, call.params["webhookId"])
    return row if row is not None and "created_ms" in row else None


def _missing(call: ApiCall) -> ApiResponse:
    return refused(call, Fault("unknown_id", "webhook not found"))
