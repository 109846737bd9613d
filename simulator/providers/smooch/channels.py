"""The channels of a person: told, linked and taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.smooch.app import account_of
from simulator.providers.smooch.audience import spread
from simulator.providers.smooch.integrations import integrations_of
from simulator.providers.smooch.people import clients_of, integration_of, known, known_there, linked_client, rest_user
from simulator.providers.smooch.refusals import Fault, refused
from simulator.providers.smooch.users import find_user
from simulator.providers.smooch.ways import LINKABLE
from simulator.records import ApiCall
from simulator.units import iso8601
from simulator.world import Effect, Emit, Put, Row, World

ASKED_AFTER_MS = (200, 900)
LINKED_AFTER_MS = (1_000, 4_000)
UNLINKED_AFTER_MS = (50, 400)
"""Chosen: a channel that works, and a person who looks at her telephone."""

CONFIRMATIONS = ("immediate", "userActivity", "prompt")
CRITERIA = ("phoneNumber", "address", "givenName", "surname", "subject")
BY_PHONE = ("twilio", "whatsapp", "messagebird")
"""Channels on which a person is known by her telephone number."""

PENDING: Mapping[str, Any] = {"status": "pending", "active": False}

REFUSAL: Mapping[str, str] = {"code": "bad_request", "message": "(#100) No matching user found"}

LINKS: Mapping[str, str] = {
    "messenger": "https://m.me/1844620195554321?ref={}",
    "telegram": "https://t.me/shop_bot?start={}",
    "viber": "viber://pa?chatURI=shopbot&context={}",
    "line": "https://line.me/R/oaMessage/@shop/?{}",
    "whatsapp": "https://wa.me/14155550100?text={}",
    "wechat": "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket={}",
}
"""Channel → the address by which a person who opens it is linked; other channels have none."""


def get_channels(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give by which ids a person is known on her channels."""
    user = find_user(world, call.params["user_id"])
    if user is None:
        return refused(call, Fault("user_not_found"))
    account = account_of(world)
    entities = [_entity(client, user, account) for client in clients_of(user, world.options)]
    return ApiResponse(template="get_channels", values={"channels": entities})


def link_channel(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Ask a person on another channel whether she wants it; the answer shows the client as a pending one."""
    user = find_user(world, call.params["user_id"])
    if user is None:
        return refused(call, Fault("user_not_found"))
    fields = call.fields if isinstance(call.fields, Mapping) else {}
    account = account_of(world)
    fault = _link_fault(fields, user, world, account)
    if fault is not None:
        return refused(call, fault)
    channel = str(fields["type"])
    external = str(fields.get("phoneNumber") or fields.get("address") or ids.give("external"))
    made = {"_id": ids.give("client_object"), "id": ids.give("client"), "externalId": external}
    link = {"channel": channel, "linkedAt": iso8601(call.at_ms), **made}
    shown = rest_user(user, has_conversation=world.get("conversations", user["id"]) is not None, options=world.options)
    pending = {**linked_client(link, user, account), **PENDING}
    values = {"user": {**shown, "pendingClients": [*shown["pendingClients"], pending]}}
    # Where nothing comes of it, the client stays a pending one; where it fails, it is gone.
    kept = {"success": "links", "nothing": "pending"}.get(world.options["linking"])
    effects: tuple[Effect, ...] = tuple(_linking(fields, link, user, world))
    if kept is not None:
        effects = (Put(table="users", key=user["id"], row={**user, kept: (*user.get(kept, ()), link)}), *effects)
    return ApiResponse(template="link_channel", values=values, effects=effects)


def unlink_channel(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a channel away from a person, or the wish to link it."""
    user = find_user(world, call.params["user_id"])
    if user is None:
        return refused(call, Fault("user_not_found"))
    clients, channel = (*clients_of(user, world.options), *user.get("pending", ())), call.params["channel"]
    client = next((each for each in clients if each["channel"] == channel), None)
    if client is None:
        return refused(call, Fault("channel_not_found"))
    row = dict(user)
    if client["_id"] == user["client"]["_id"]:
        row["is_unreachable"] = True
    is_pending = client in user.get("pending", ())
    for kind in ("links", "pending"):
        row[kind] = tuple(each for each in user.get(kind, ()) if each["_id"] != client["_id"])
    shown = linked_client(client, user, account_of(world))
    shown |= PENDING if is_pending else {}
    told = {"client": shown, "reason": "linkCancelled" if is_pending else "api"}
    emits = _emits("client:remove", told, user, world, UNLINKED_AFTER_MS)
    effects: tuple[Effect, ...] = (*emits, Put(table="users", key=user["id"], row=row))
    return ApiResponse(template="unlink_channel", effects=effects)


def get_business_systems(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the business systems that know a person: none, since there are none here."""
    user = find_user(world, call.params["user_id"])
    return refused(call, Fault("user_not_found")) if user is None else ApiResponse(template="get_business_systems")


def get_auth_code(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give a code by which a person may log in elsewhere."""
    if find_user(world, call.params["user_id"]) is None:
        return refused(call, Fault("user_not_found"))
    return ApiResponse(template="get_auth_code", values={"code": ids.give("auth_code")})


def get_link_requests(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the addresses by which a person may link channels herself."""
    if find_user(world, call.params["user_id"]) is None:
        return refused(call, Fault("user_not_found"))
    wanted = [each.strip() for each in str(call.query.get("integrationIds", "")).split(",") if each.strip()]
    types = {row["_id"]: row["type"] for row in integrations_of(account_of(world))}
    unknown = next((each for each in wanted if types.get(each) not in LINKS), None)
    if not wanted or unknown is not None:
        detail = "integrationIds is missing" if not wanted else f"the integration {unknown} has no link requests"
        return refused(call, Fault("bad_request", detail))
    requests = [_request(each, types[each], ids.give("link_code", each)) for each in wanted]
    return ApiResponse(template="get_link_requests", values={"requests": requests})


def _request(integration: str, channel: str, code: str) -> dict[str, str]:
    url = LINKS[channel].format(quote(code, safe=""))
    return {"integrationId": integration, "type": channel, "code": code, "url": url}


def _entity(client: Row, user: Row, account: Mapping[str, Any]) -> dict[str, Any]:
    channel, found = str(client["channel"]), known_there(client, user)
    shown: dict[str, Any] = {"type": channel, "integrationId": integration_of(channel, account)}
    if channel in BY_PHONE:
        shown["phoneNumber"] = found if found.startswith("+") else user.get("phone")
    elif channel == "mailgun":
        shown["address"] = found if "@" in found else user.get("email") or user.get("userId")
    elif channel == "telegram":
        shown["chatId"] = found
    else:
        shown["userId"] = found
    return known(shown)


def _link_fault(fields: Mapping[str, Any], user: Row, world: World, account: Mapping[str, Any]) -> Fault | None:
    channel = fields.get("type")
    if channel not in LINKABLE:
        return Fault("bad_request", f"type is none of {', '.join(LINKABLE)}")
    if fields.get("integrationId") not in (None, integration_of(str(channel), account)):
        return Fault("bad_request", "there is no such integration of that type")
    wrong = next((name for name in CRITERIA if not isinstance(fields.get(name), str | None)), None)
    if wrong is not None:
        return Fault("bad_request", f"{wrong} is no text")
    needed = "address" if channel == "mailgun" else "phoneNumber"
    if not fields.get(needed):
        return Fault("bad_request", f"{needed} is missing")
    if needed == "phoneNumber" and not re.fullmatch(r"\+[1-9]\d{6,14}", fields[needed], re.ASCII):
        return Fault("bad_request", "phoneNumber is not of the form +14155550123")
    confirmation = fields.get("confirmation")
    if confirmation is not None and _confirmed(confirmation) not in CONFIRMATIONS:
        return Fault("bad_request", f"confirmation.type is none of {', '.join(CONFIRMATIONS)}")
    if any(client["channel"] == channel for client in (*clients_of(user, world.options), *user.get("pending", ()))):
        return Fault("conflict", f"the user is linked to {channel} already")
    return None


def _confirmed(confirmation: Any) -> Any:
    return confirmation.get("type") if isinstance(confirmation, Mapping) else None


def _linking(fields: Mapping[str, Any], link: Row, user: Row, world: World) -> Iterator[Emit]:
    """Give the events of a link: she was asked, and took it or did not."""
    outcome = world.options["linking"]
    about = {"channel": link["channel"], "criteria": known({name: fields.get(name) for name in CRITERIA})}
    if outcome == "success" or _confirmed(fields.get("confirmation")) in ("userActivity", "prompt"):
        yield from _emits("link:match", about, user, world, ASKED_AFTER_MS)
    if outcome == "failure":
        yield from _emits("link:failure", {**about, "error": REFUSAL}, user, world, LINKED_AFTER_MS)
    if outcome == "success":
        shown = linked_client(link, user, account_of(world))
        yield from _emits("link:success", about, user, world, LINKED_AFTER_MS)
        yield from _emits("client:add", {"client": shown, "reason": "channelLinking"}, user, world, LINKED_AFTER_MS)


def _emits(
    event_type: str, values: Mapping[str, Any], user: Row, world: World, after_ms: tuple[int, int]
) -> Iterator[Emit]:
    for each in spread(world, event_type, values):
        yield Emit(type=event_type, values=each, user=user["id"], after_ms=after_ms)
