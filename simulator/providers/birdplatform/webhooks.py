"""The workspace's webhook endpoints: several events each, a secret that is shown once and can be rotated."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from simulator import catalog
from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.birdplatform import checks, messages, pages
from simulator.providers.birdplatform.refusals import Detail, Fault, fields_of, invalid, refused
from simulator.providers.birdplatform.signature import written
from simulator.records import ApiCall
from simulator.world import Put, Register, Remove, Row, World

SUBSCRIPTIONS = "subscriptions"
STATUSES = ("active", "paused")
UPDATABLE = ("url", "description", "events", "status")


def create_webhook(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Let events come to a URL; nothing is sent there to ask, and the secret is never shown again."""
    fields = fields_of(call)
    needed = [Detail(name, f"{name} is required") for name in ("url", "events") if fields.get(name) is None]
    fault = invalid([*needed, *_faults(fields, world)])
    if fault is not None:
        return refused(call, fault)
    secret = written(bytes.fromhex(ids.give("secret")))
    row = {
        "id": ids.give("whk"),
        "url": fields["url"],
        "description": fields.get("description"),
        "events": list(fields["events"]),
        "status": "active",
        "created_ms": call.at_ms,
        "updated_ms": call.at_ms,
        "credentials": {"webhook_secret": secret},
    }
    values = {"webhook": {**_shown(row), "secret": secret, "next": []}}
    return ApiResponse(
        status=201, template="create_webhook", values=values, effects=(Register(key=row["id"], row=row),)
    )


def list_webhooks(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the endpoints, the newest first unless `order=asc`; those of one URL where that is asked for."""
    found = [_shown(row) for _, row in world.rows(SUBSCRIPTIONS) if "created_ms" in row]
    if call.query.get("order") != "asc":
        found.reverse()
    wanted = [each for each in found if call.query.get("url", each["url"]) == each["url"]]
    return pages.page(call, wanted, "list_webhooks")


def get_webhook(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give one endpoint, without its secret."""
    row = _row(call, world)
    return _missing(call) if row is None else ApiResponse(template="get_webhook", values={"webhook": _shown(row)})


def update_webhook(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Change where, which and whether events come."""
    row = _row(call, world)
    if row is None:
        return _missing(call)
    fields = fields_of(call)
    fault = invalid(_faults(fields, world))
    if fault is not None:
        return refused(call, fault)
    changes = {name: fields[name] for name in UPDATABLE if fields.get(name) is not None}
    changed = {**row, **changes, "updated_ms": call.at_ms}
    return ApiResponse(template="update_webhook", values={"webhook": _shown(changed)}, effects=(_put(changed),))


def delete_webhook(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take an endpoint away."""
    row = _row(call, world)
    if row is None:
        return _missing(call)
    effects = (Remove(table=SUBSCRIPTIONS, key=row["id"]),)
    return ApiResponse(status=204, template="delete_webhook", effects=effects)


def rotate_webhook_secret(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give an endpoint a new secret; for a day its events are signed with the one before too."""
    row = _row(call, world)
    if row is None:
        return _missing(call)
    secret = written(bytes.fromhex(ids.give("secret")))
    credentials = {
        "webhook_secret": secret,
        "previous_secret": row["credentials"]["webhook_secret"],
        "previous_until_ms": str(call.at_ms + messages.DAY_MS),
    }
    changed = {**row, "credentials": credentials, "updated_ms": call.at_ms}
    return ApiResponse(template="rotate_webhook_secret", values={"secret": secret}, effects=(_put(changed),))


def wants(subscription: Row, event_type: str, values: Mapping[str, Any]) -> bool:
    """Tell whether an event goes to an endpoint: it names it and is not paused; one that a person named gets all."""
    events = subscription.get("events")
    return events is None or (subscription.get("status") != "paused" and event_type.partition("/")[0] in events)


# --- what an endpoint may be -----------------------------------------------------------------------------------------


def _faults(fields: Mapping[str, Any], world: World) -> list[Detail]:
    found: list[Detail] = []
    if fields.get("url") is not None:
        found += _url_faults(fields, world)
    found += checks.text(fields, "description", "", world.limits["webhook_description"], needed=False)
    events, status = fields.get("events"), fields.get("status")
    if events is not None:
        found += _event_faults(events, world)
    if status is not None and status not in STATUSES:
        found.append(Detail("status", f"status must be one of {', '.join(STATUSES)}"))
    for name, wanted in (("filter", "a mailbox"), ("destination", "a connector")):
        if fields.get(name) not in (None, {"type": "webhook"}):
            found.append(Detail(name, f"{wanted} is not known here"))
    return found


def _url_faults(fields: Mapping[str, Any], world: World) -> list[Detail]:
    found = list(checks.text(fields, "url", "", world.limits["webhook_url"]))
    if not found and not checks.URL.fullmatch(fields["url"]):
        found.append(Detail("url", "url must be a URL"))
    if not found and world.options["require_https"] and not is_public(fields["url"]):
        found.append(Detail("url", "url must be HTTPS, on a host that is publicly reachable"))
    return found


def _event_faults(events: Any, world: World) -> list[Detail]:
    if not isinstance(events, list) or not events or len(events) > world.limits["webhook_events"]:
        return [Detail("events", f"events must be a list of 1 to {world.limits['webhook_events']} event types")]
    known = {event.partition("/")[0] for event in catalog.load("birdplatform").events}
    return [
        Detail(f"events[{i}]", f"events[{i}] is no event type")
        for i, name in enumerate(events)
        if not isinstance(name, str) or name not in known
    ]


def is_public(url: str) -> bool:
    """Tell whether the real service would take the address: HTTPS, and no private host as far as its name tells."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https" or "." not in host or host.endswith((".localhost", ".local", ".internal")):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    described = {"description": row["description"]} if row["description"] else {}
    return {
        "id": row["id"],
        "url": row["url"],
        **described,
        "filter": None,
        "events": row["events"],
        "status": row["status"],
        "destination": {"type": "webhook"},
        "created_at": messages.instant(row["created_ms"]),
        "updated_at": messages.instant(row["updated_ms"]),
    }


def _put(row: Mapping[str, Any]) -> Put:
    return Put(table=SUBSCRIPTIONS, key=row["id"], row=row)


def _row(call: ApiCall, world: World) -> Row | None:
    row = world.get(SUBSCRIPTIONS, call.params["webhookId"])
    return row if row is not None and "created_ms" in row else None


def _missing(call: ApiCall) -> ApiResponse:
    return refused(call, Fault("not_found", "the webhook endpoint does not exist"))
