"""The app's webhooks: each with its URL, triggers, secret, version and form of bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.smooch.audience import EVERYTHING, TRIGGERS
from simulator.providers.smooch.keys import version_of
from simulator.providers.smooch.refusals import Fault, refused
from simulator.providers.smooch.rules import is_url
from simulator.records import ApiCall
from simulator.world import Put, Register, Remove, Row, World

DEFAULT_TRIGGERS = ("message",)
FLAGS: Mapping[str, str] = {"includeClient": "include_client", "includeFullAppUser": "include_full_app_user"}
"""Field of a call → what a row calls it."""


def create_webhook(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Make a webhook; it works at once, without a question at its URL. Its version is that of the path."""
    version, fields = version_of(call), _fields(call)
    fault = Fault("bad_request", "target is missing") if fields.get("target") is None else _fault(fields, version)
    if fault is None and len(_webhooks(world)) >= world.limits["webhooks"]:
        fault = Fault("bad_request", f"an app has {world.limits['webhooks']} webhooks at most")
    if fault is not None:
        return refused(call, fault)
    secret = ids.give("secret" if version == "v1" else "long_secret")
    row = {
        "_id": ids.give("webhook"),
        "url": fields["target"],
        "events": list(fields.get("triggers") or DEFAULT_TRIGGERS),
        "version": version,
        **{name: bool(fields.get(flag)) and version != "v1" for flag, name in FLAGS.items()},
        "credentials": {"webhook_secret": secret},
    }
    effects = (Register(key=row["_id"], row=row),)
    return ApiResponse(status=201, template="create_webhook", values=_told(row, call), effects=effects)


def list_webhooks(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give all webhooks; an endpoint that only a person named is none."""
    webhooks = [_told(row, call)["webhook"] for row in _webhooks(world)]
    return ApiResponse(template="list_webhooks", values={"webhooks": webhooks})


def get_webhook(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give one webhook."""
    row = _find(call, world)
    if row is None:
        return refused(call, Fault("webhook_not_found"))
    return ApiResponse(template="get_webhook", values=_told(row, call))


def update_webhook(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Change what is named of a webhook; its version and its secret stay."""
    row, fields = _find(call, world), _fields(call)
    if row is None:
        return refused(call, Fault("webhook_not_found"))
    fault = _fault(fields, row["version"])
    if fault is not None:
        return refused(call, fault)
    changed = dict(row)
    if fields.get("target") is not None:
        changed["url"] = fields["target"]
    if fields.get("triggers") is not None:
        changed["events"] = list(fields["triggers"]) or list(DEFAULT_TRIGGERS)
    if row["version"] != "v1":
        changed |= {name: bool(fields[flag]) for flag, name in FLAGS.items() if fields.get(flag) is not None}
    effects = (Put(table="subscriptions", key=row["_id"], row=changed),)
    return ApiResponse(template="update_webhook", values=_told(changed, call), effects=effects)


def delete_webhook(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a webhook away."""
    row = _find(call, world)
    if row is None:
        return refused(call, Fault("webhook_not_found"))
    effects = (Remove(table="subscriptions", key=row["_id"]),)
    # The documentation of v1 shows no body; deletions in v1.1 answer an empty object.
    return ApiResponse(template="delete_webhook" if version_of(call) != "v1" else "", effects=effects)


def _fields(call: ApiCall) -> Mapping[str, Any]:
    return call.fields if isinstance(call.fields, Mapping) else {}


def _webhooks(world: World) -> list[Row]:
    return [row for _, row in world.rows("subscriptions") if row.get("_id")]


def _find(call: ApiCall, world: World) -> Row | None:
    return next((row for row in _webhooks(world) if row["_id"] == call.params["webhook_id"]), None)


def _told(row: Row, call: ApiCall) -> dict[str, Any]:
    secret = row["credentials"]["webhook_secret"]
    webhook = {"_id": row["_id"], "triggers": row["events"], "secret": secret, "target": row["url"]}
    if version_of(call) != "v1":
        webhook |= {"version": row["version"], **{flag: row[name] for flag, name in FLAGS.items()}}
    return {"webhook": webhook}


def _fault(fields: Mapping[str, Any], version: str) -> Fault | None:
    target, triggers = fields.get("target"), fields.get("triggers")
    if target is not None and not is_url(target):
        return Fault("bad_request", "target is no URL")
    if triggers is not None:
        if not isinstance(triggers, list):
            return Fault("bad_request", "triggers is no list")
        known = (*TRIGGERS[version], "message", EVERYTHING)
        unknown = next((name for name in triggers if name not in known), None)
        if unknown is not None:
            return Fault("bad_request", f"there is no trigger {unknown!r} in {version}")
    wrong = next((flag for flag in FLAGS if not isinstance(fields.get(flag), bool | None)), None)
    return None if wrong is None else Fault("bad_request", f"{wrong} is neither true nor false")
