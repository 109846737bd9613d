"""What a bot may ask: about itself, about a person, who is online."""

from __future__ import annotations

from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.viber.counting import HOUR_MS, count, counted
from simulator.providers.viber.refusals import Fault, fields_of, refused, unreadable
from simulator.providers.viber.webhook import effective
from simulator.records import ApiCall
from simulator.world import World

DETAILS_MS = 12 * HOUR_MS
"""The time over which calls of get_user_details are counted."""

SHOWN = (
    "id",
    "name",
    "avatar",
    "country",
    "language",
    "primary_device_os",
    "api_version",
    "viber_version",
    "mcc",
    "mnc",
    "device_type",
)
"""What get_user_details tells, in the service's order."""

ONLINE = {0: "online", 1: "offline", 2: "undisclosed", 3: "tryLater", 4: "unavailable"}
OFFLINE = 1
UNAVAILABLE = 4


def get_account_info(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give what the service knows about the bot."""
    fault = unreadable(call, world)
    if fault is not None:
        return refused(call, fault)
    subscription = next((row for _, row in world.rows("subscriptions")), None)
    values = {
        "account": world.get("account", "account"),
        "chat_hostname": ids.give("chat_hostname"),
        "webhook": subscription.get("url", "") if subscription is not None else "",
        "event_types": effective(subscription) if subscription is not None else [],
        "subscribers_count": sum(bool(user.get("subscribed")) for _, user in world.rows("users")),
    }
    return ApiResponse(template="get_account_info", values=values)


def get_user_details(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give what the service knows about a person; in twelve hours it does so twice."""
    fault = unreadable(call, world) or _details_fault(call, world)
    if fault is not None:
        return refused(call, fault)
    user_id = str(fields_of(call)["id"])
    user = world.get("users", user_id) or {}
    values = {
        "message_token": ids.give("message"),
        "user": {name: user[name] for name in SHOWN if user.get(name) is not None},
    }
    return ApiResponse(
        template="get_user_details", values=values, effects=(counted(f"details {user_id}", call, world, DETAILS_MS),)
    )


def _details_fault(call: ApiCall, world: World) -> Fault | None:
    user_id = fields_of(call).get("id")
    if user_id is None or user_id == "":
        return Fault("missing_data", "id is missing")
    user = world.get("users", user_id) if isinstance(user_id, str) else None
    if user is None:
        return Fault("receiver_not_registered")
    if not user.get("subscribed"):
        return Fault("receiver_not_subscribed")
    if count(f"details {user_id}", call, world, DETAILS_MS) >= world.limits["details_per_user"]:
        return Fault("too_many_requests")
    return None


def get_online(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Tell who is online; of people that the service does not show, that it cannot say."""
    fault = unreadable(call, world) or _online_fault(call, world)
    if fault is not None:
        return refused(call, fault)
    users = [_presence(user_id, world, call) for user_id in fields_of(call)["ids"]]
    return ApiResponse(template="get_online", values={"users": users})


def _online_fault(call: ApiCall, world: World) -> Fault | None:
    listed = fields_of(call).get("ids")
    if listed is None:
        return Fault("missing_data", "ids is missing")
    if not isinstance(listed, list) or not listed or not all(isinstance(user_id, str) for user_id in listed):
        return Fault("bad_data", "ids is no list of ids")
    if len(listed) > world.limits["online_ids"]:
        return Fault("bad_data", f"ids is longer than {world.limits['online_ids']}")
    return None


def _presence(user_id: str, world: World, call: ApiCall) -> dict[str, Any]:
    user = world.get("users", user_id)
    status = user.get("online_status", 0) if user is not None and user.get("subscribed") else UNAVAILABLE
    shown: dict[str, Any] = {"id": user_id, "online_status": status, "online_status_message": ONLINE.get(status, "")}
    if status == OFFLINE and user is not None:
        shown["last_online"] = user.get("last_online", call.at_ms - HOUR_MS)
    return shown
