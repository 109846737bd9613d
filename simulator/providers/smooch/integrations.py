"""Integrations: the channels that are tied to the app, each under an id of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.smooch.app import account_of
from simulator.providers.smooch.keys import version_of
from simulator.providers.smooch.paging import page_of
from simulator.providers.smooch.refusals import Fault, refused
from simulator.records import ApiCall
from simulator.world import Put, Row, World

ROWS = "integration_rows"
"""Where the account keeps them, once the bot has changed any; before that they are what its `integrations` say."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "messenger": ("pageAccessToken", "appId", "appSecret"),
    "twitter": ("consumerKey", "consumerSecret", "accessTokenKey", "accessTokenSecret"),
    "twilio": ("accountSid", "authToken"),
    "telegram": ("token",),
    "line": ("channelAccessToken",),
    "viber": ("token",),
    "wechat": ("appId", "appSecret"),
    "mailgun": ("apiKey", "domain", "incomingAddress"),
    "messagebird": ("accessKey", "originator"),
    "whatsapp": (),
    "apn": ("certificate",),
    "fcm": ("serverKey", "senderId"),
    "web": (),
    "ios": (),
    "android": (),
}
"""Type → what a call must give to make one."""

HIDDEN = frozenset(
    {
        *("pageAccessToken", "appSecret", "consumerSecret", "accessTokenSecret", "authToken", "token", "apiKey"),
        *("accessKey", "apiSecret", "certificate", "password", "serverKey", "channelSecret", "channelAccessToken"),
        *("encodingAesKey", "signingKey", "switcherSecret"),
    }
)
"""What a call gives and no answer tells."""

ACTIVE = {"status": "active"}


def integrations_of(account: Mapping[str, Any]) -> Sequence[Row]:
    """Give the integrations of the app, oldest first, as answers show them."""
    known = account.get("integrations", {}).items()
    return account.get(ROWS) or tuple({"_id": key, "type": channel, **ACTIVE} for channel, key in known)


def list_integrations(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give a page of the integrations, of all types or of those that the call names."""
    wanted = {name.strip() for name in str(call.query.get("types", "")).split(",") if name.strip()}
    found = [row for row in integrations_of(account_of(world)) if not wanted or row["type"] in wanted]
    page = page_of(found, call.query, world.limits)
    if isinstance(page, Fault):
        return refused(call, page)
    return ApiResponse(template="list_integrations", values={**page, "version": version_of(call)})


def get_integration(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give one integration."""
    row = integration_named(call, world)
    if row is None:
        return refused(call, Fault("integration_not_found"))
    return ApiResponse(template="get_integration", values={"integration": row})


def create_integration(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Tie a channel to the app; people can be reached there from then on."""
    fields = call.fields if isinstance(call.fields, Mapping) else {}
    kind = fields.get("type")
    if not isinstance(kind, str) or kind not in NEEDED:
        return refused(call, Fault("bad_request", f"type is none of {', '.join(NEEDED)}"))
    missing = next((name for name in NEEDED[kind] if not isinstance(fields.get(name), str) or not fields[name]), None)
    if missing is not None:
        return refused(call, Fault("bad_request", f"{missing} is missing"))
    row = {"_id": ids.give("event"), "type": kind, **ACTIVE, **_shown(fields)}
    account = account_of(world)
    effect = _kept(account, (*integrations_of(account), row))
    return ApiResponse(status=201, template="create_integration", values={"integration": row}, effects=(effect,))


def update_integration(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Change what is named of an integration; its type stays."""
    row = integration_named(call, world)
    if row is None:
        return refused(call, Fault("integration_not_found"))
    changed = {**row, **_shown(call.fields if isinstance(call.fields, Mapping) else {})}
    account = account_of(world)
    rows = tuple(changed if each["_id"] == row["_id"] else each for each in integrations_of(account))
    return ApiResponse(template="update_integration", values={"integration": changed}, effects=(_kept(account, rows),))


def delete_integration(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take an integration away."""
    row = integration_named(call, world)
    if row is None:
        return refused(call, Fault("integration_not_found"))
    account = account_of(world)
    left = tuple(each for each in integrations_of(account) if each["_id"] != row["_id"])
    return ApiResponse(template="delete_integration", effects=(_kept(account, left),))


def integration_named(call: ApiCall, world: World) -> Row | None:
    """Give the integration that the path of a call names, or None."""
    found = integrations_of(account_of(world))
    return next((row for row in found if row["_id"] == call.params["integration_id"]), None)


def _shown(fields: Mapping[str, Any]) -> dict[str, Any]:
    own = ("_id", "type", "status")
    return {name: value for name, value in fields.items() if value is not None and name not in {*HIDDEN, *own}}


def _kept(account: Mapping[str, Any], rows: Sequence[Row]) -> Put:
    """Give the effect by which these are the integrations; of several with one type, messages go by the oldest."""
    known: dict[str, str] = {}
    for row in rows:
        known.setdefault(str(row["type"]), str(row["_id"]))
    return Put(table="account", key="account", row={**account, "integrations": known, ROWS: tuple(rows)})
