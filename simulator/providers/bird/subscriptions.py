"""The workspace's webhook subscriptions: one event name each, filtered, and one shadowing another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.bird import people
from simulator.providers.bird.pages import page
from simulator.providers.bird.refusals import Fault, fields_of, invalid, refused, unknown
from simulator.records import ApiCall
from simulator.units import iso8601
from simulator.world import Effect, Put, Register, Remove, Row, World

SUBSCRIPTIONS = "subscriptions"

FILTER_KEYS: Mapping[str, tuple[str, ...]] = {
    "channels": ("channelId", "messageStatus", "interactionType", "platformId", "channelStatus", "status"),
    "conversations": ("channelId",),
    "numbers": (),
    "payments": (),
}
"""Service → the keys by which its events can be filtered."""

FIELDS = ("service", "event", "url", "eventFilters", "signingKey", "template")

STRICT_URL = re.compile(r"https://([a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}(/\S*)?")
"""What the service takes. Source: the API reference of the create call."""

ANY_URL = re.compile(r"https?://[^\s/?#]+([/?]\S*)?")

MOST_ROWS = 1_000


def create_subscription(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Subscribe a URL to one event; nothing is sent there to ask whether it wants that."""
    fields = fields_of(call)
    problems = [f"{name} is required" for name in ("service", "event", "url") if fields.get(name) is None]
    fault = invalid(problems + _faults(fields, world))
    if fault is not None:
        return refused(call, fault)
    account = people.account_of(world)
    row = {
        "id": ids.give("subscription"),
        "organizationId": account.get("organization_id", ""),
        "workspaceId": world.options["workspace"],
        "created_ms": call.at_ms,
        "status": "active",
        **_settings(fields, {}, call, world),
    }
    if _is_full(row, world):
        return refused(call, Fault("too_many_subscriptions"))
    effects = _shadowed(row, world)
    values = {"subscription": shown(row, with_key=True)}
    return ApiResponse(status=201, template="create_subscription", values=values, effects=effects)


def list_subscriptions(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the subscriptions, without their keys."""
    with_key = world.options["signing_key_shown"] == "always"
    found = [shown(row, with_key=with_key) for _, row in _rows(world)]
    return page(call, world, found, "list_subscriptions", most=MOST_ROWS)


def get_subscription(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give one subscription."""
    row = _subscription(call, world)
    if row is None:
        return _missing(call)
    values = {"subscription": shown(row, with_key=world.options["signing_key_shown"] == "always")}
    return ApiResponse(template="get_subscription", values=values)


def update_subscription(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Change what is given of a subscription."""
    row = _subscription(call, world)
    if row is None:
        return _missing(call)
    fields = fields_of(call)
    given = {name: row.get(name) for name in ("service", "event")}
    fault = invalid(_faults({**given, **fields}, world))
    if fault is not None:
        return refused(call, fault)
    changed = {**row, **_settings(fields, row, call, world)}
    if _is_full(changed, world):
        return refused(call, Fault("too_many_subscriptions"))
    values = {"subscription": shown(changed, with_key=world.options["signing_key_shown"] == "always")}
    return ApiResponse(template="update_subscription", values=values, effects=_shadowed(changed, world))


def delete_subscription(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a subscription away; what it shadowed gets its events again."""
    row = _subscription(call, world)
    if row is None:
        return _missing(call)
    others = [other for key, other in _rows(world) if key != row["id"]]
    effects: tuple[Effect, ...] = (Remove(table=SUBSCRIPTIONS, key=row["id"]), *_put(others))
    return ApiResponse(status=204, template="delete_subscription", effects=effects)


def shown(row: Row, *, with_key: bool) -> dict[str, Any]:
    """Give a subscription as the REST API shows it."""
    key = row.get("credentials", {}).get("signing_key", "")
    return {
        **{name: row[name] for name in ("id", "organizationId", "workspaceId", "service", "event")},
        "eventFilters": row["eventFilters"],
        "template": row["template"],
        "url": row["url"],
        **({"signingKey": key} if with_key and key else {}),
        "status": row["status"],
        "createdAt": iso8601(row["created_ms"]),
        "updatedAt": iso8601(row["updated_ms"]),
    }


def _settings(fields: Mapping[str, Any], row: Row, call: ApiCall, world: World) -> dict[str, Any]:
    """Give what a call sets of a subscription, in place of what stands in the row."""
    event = fields.get("event", row.get("event"))
    key = fields.get("signingKey", row.get("credentials", {}).get("signing_key"))
    return {
        "service": fields.get("service", row.get("service")),
        "event": event,
        # As the catalogue calls it: the bot may know it by another name.
        "events": [people.documented_name(str(event), world.options)],
        "url": fields.get("url", row.get("url")),
        "eventFilters": list(fields.get("eventFilters", row.get("eventFilters")) or []),
        "template": fields.get("template", row.get("template")) or "",
        # Empty: it is not signed, whatever key the account itself has.
        "credentials": {"signing_key": key or ""},
        "updated_ms": call.at_ms,
    }


def _faults(fields: Mapping[str, Any], world: World) -> list[str]:
    problems = unknown(fields, FIELDS)
    service, event, url = fields.get("service"), fields.get("event"), fields.get("url")
    if service is not None and service not in tuple(FILTER_KEYS):
        problems.append(f"service must be one of {', '.join(FILTER_KEYS)}")
    if event is not None and not (isinstance(event, str) and _is_event_of(event, service)):
        problems.append(f"event is not an event of {service}")
    if url is not None:
        form = STRICT_URL if world.options["require_https"] else ANY_URL
        if not isinstance(url, str) or not form.fullmatch(url):
            problems.append(f"url does not match the pattern ^{form.pattern}$")
    problems += [
        f"{name} must be a string"
        for name in ("signingKey", "template")
        if fields.get(name) is not None and not isinstance(fields[name], str)
    ]
    return problems + _filter_faults(fields.get("eventFilters"), str(service))


def _is_event_of(event: str, service: Any) -> bool:
    """True for a name that the service may have; those of numbers and payments are not published."""
    if service == "conversations":
        return event in ("conversation.created", "conversation.updated", "conversation.deleted")
    if service == "channels":
        return bool(re.fullmatch(r"[a-z]+\.(inbound|outbound|interaction)|channel\.(created|updated)", event))
    return bool(event)


def _filter_faults(filters: Any, service: str) -> list[str]:
    if filters is None:
        return []
    if not isinstance(filters, list):
        return ["eventFilters must be an array or null"]
    known, problems, seen = FILTER_KEYS.get(service, ()), [], set()
    for i, each in enumerate(filters):
        is_pair = isinstance(each, Mapping) and all(isinstance(each.get(name), str) for name in ("key", "value"))
        if not is_pair:
            problems.append(f"eventFilters[{i}] needs a key and a value")
        elif each["key"] not in known:
            problems.append(f"eventFilters[{i}].key must be one of {', '.join(known) or 'none'}")
        elif each["key"] in seen:
            problems.append(f"eventFilters[{i}].key stands there twice")
        else:
            seen.add(each["key"])
    return problems


# --- who gets what ---------------------------------------------------------------------------------------------------


def wants(subscription: Row, event_type: str, values: Mapping[str, Any]) -> bool:
    """
    Tell whether an event goes to a subscription: its name fits and every filter, and no filtered one is in its way.

    An endpoint that a person named, without a subscription, gets all events; one that a story gives those it lists.
    """
    name = event_type.partition("/")[0]
    if "service" not in subscription:
        events = subscription.get("events")
        return events is None or name in events
    service = "conversations" if name.startswith("conversation.") else "channels"
    if (subscription["service"], *subscription["events"]) != (service, name):
        return False
    if subscription["eventFilters"]:
        return fits(subscription["eventFilters"], name, values)
    return not any(fits(filters, name, values) for filters in subscription["shadowed_by"])


def fits(filters: list[Mapping[str, str]], name: str, values: Mapping[str, Any]) -> bool:
    """Tell whether an event has the value of each filter."""
    found = {
        "channelId": values.get("channel_id"),
        "messageStatus": values.get("status"),
        "status": values.get("status"),
        "channelStatus": values.get("status") if name.startswith("channel.") else None,
        "interactionType": values.get("interaction_type"),
        "platformId": values.get("platform", name.partition(".")[0]),
    }
    return all(found.get(each["key"]) == each["value"] for each in filters)


def _shadowed(row: Mapping[str, Any], world: World) -> tuple[Effect, ...]:
    """Give the effects by which a subscription stands, and each one knows the filters of the others of its event."""
    others = [other for key, other in _rows(world) if key != row["id"]]
    changes = _put([row, *others])
    return tuple(Register(key=each.key, row=each.row) if each.key == row["id"] else each for each in changes)


def _put(rows: list[Mapping[str, Any]]) -> list[Put]:
    filtered = [(_topic(row), row["eventFilters"]) for row in rows if row["eventFilters"]]
    return [
        Put(
            table=SUBSCRIPTIONS,
            key=row["id"],
            row={**row, "shadowed_by": [filters for topic, filters in filtered if topic == _topic(row)]},
        )
        for row in rows
    ]


def _is_full(row: Mapping[str, Any], world: World) -> bool:
    """True where there are as many of that service, event and filters as there may be."""
    same = [other for key, other in _rows(world) if key != row["id"] and _combination(other) == _combination(row)]
    return len(same) >= int(world.limits["subscriptions"])


def _topic(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["service"], row["event"]


def _combination(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (*_topic(row), frozenset((each["key"], each["value"]) for each in row["eventFilters"]))


def _rows(world: World) -> list[tuple[str, Row]]:
    """Give the subscriptions that the bot made, oldest first; an endpoint that a person named is none."""
    return [(key, row) for key, row in world.rows(SUBSCRIPTIONS) if "service" in row]


def _subscription(call: ApiCall, world: World) -> Row | None:
    row = world.get(SUBSCRIPTIONS, call.params["subscriptionId"])
    return row if row is not None and "service" in row else None


def _missing(call: ApiCall) -> ApiResponse:
    return refused(call, Fault("not_found", "webhook subscription not found"))
