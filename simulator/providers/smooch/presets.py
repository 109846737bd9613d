"""Message templates: messages of the business that are kept under a name, to be sent another time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.smooch.paging import page_of
from simulator.providers.smooch.refusals import Fault, refused
from simulator.providers.smooch.rules import message_fault
from simulator.records import ApiCall
from simulator.world import Put, Remove, World

TABLE = "account"
"""Where they are kept, since they belong to the app; the key is `template` and the template's id."""

KEY = "template "


def list_templates(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give a page of the templates."""
    page = page_of(_all(world), call.query, world.limits)
    return refused(call, page) if isinstance(page, Fault) else ApiResponse(template="list_templates", values=page)


def get_template(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give one template."""
    row = _find(call, world)
    if row is None:
        return refused(call, Fault("template_not_found"))
    return ApiResponse(template="get_template", values={"template": row})


def create_template(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Keep a message under a name that no other template has."""
    fields = call.fields if isinstance(call.fields, Mapping) else {}
    missing = next((name for name in ("name", "message") if fields.get(name) is None), None)
    fault = Fault("bad_request", f"{missing} is missing") if missing else _fault(fields, "", world)
    if fault is not None:
        return refused(call, fault)
    row = {"_id": ids.give("event"), "name": fields["name"], "message": fields["message"]}
    effects = (Put(table=TABLE, key=f"{KEY}{row['_id']}", row=row),)
    return ApiResponse(status=201, template="create_template", values={"template": row}, effects=effects)


def update_template(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Change the name of a template, its message, or both."""
    row, fields = _find(call, world), call.fields if isinstance(call.fields, Mapping) else {}
    if row is None:
        return refused(call, Fault("template_not_found"))
    fault = _fault(fields, row["_id"], world)
    if fault is not None:
        return refused(call, fault)
    changed = {**row, **{name: fields[name] for name in ("name", "message") if fields.get(name) is not None}}
    effects = (Put(table=TABLE, key=f"{KEY}{row['_id']}", row=changed),)
    return ApiResponse(template="update_template", values={"template": changed}, effects=effects)


def delete_template(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a template away."""
    row = _find(call, world)
    if row is None:
        return refused(call, Fault("template_not_found"))
    return ApiResponse(template="delete_template", effects=(Remove(table=TABLE, key=f"{KEY}{row['_id']}"),))


def _all(world: World) -> list[dict[str, Any]]:
    return [dict(row) for key, row in world.rows(TABLE) if key.startswith(KEY)]


def _find(call: ApiCall, world: World) -> dict[str, Any] | None:
    return next((row for row in _all(world) if row["_id"] == call.params["template_id"]), None)


def _fault(fields: Mapping[str, Any], template_id: str, world: World) -> Fault | None:
    name, message = fields.get("name"), fields.get("message")
    if name is not None and (not isinstance(name, str) or not name):
        return Fault("bad_request", "name is no text")
    if any(row["name"] == name and row["_id"] != template_id for row in _all(world)):
        return Fault("conflict", f"there is a template {name!r} already")
    if message is None:
        return None
    if not isinstance(message, Mapping):
        return Fault("bad_request", "message is no object")
    return message_fault({"role": "appMaker", **message}, "v1.1", world.limits)
