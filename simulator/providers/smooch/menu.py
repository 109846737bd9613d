"""The persistent menu of the app, and those of single integrations, which stand before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.smooch.integrations import integration_named
from simulator.providers.smooch.messages import numbered
from simulator.providers.smooch.refusals import Fault, refused
from simulator.providers.smooch.rules import is_url
from simulator.records import ApiCall
from simulator.world import Put, Remove, World

TABLE, KEY = "account", "menu"
"""Where it is kept: all conversations of the app have the same one. The key of an integration's ends in its id."""

SUBMENU = "submenu"
NEEDED: Mapping[str, str] = {"link": "uri", "webview": "uri", "postback": "payload"}
"""Type of an item → what it must have beside its text."""


def get_menu(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the menu; one without items where there is none."""
    if _is_astray(call, world):
        return refused(call, Fault("integration_not_found"))
    return ApiResponse(template=call.operation, values={"items": list(items_of(world, _key(call)))})


def update_menu(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Put this menu in place of the one that was there."""
    if _is_astray(call, world):
        return refused(call, Fault("integration_not_found"))
    fields = call.fields if isinstance(call.fields, Mapping) else {}
    detail = next(_faults("items", fields.get("items"), world.limits, world.limits["menu_items"]), "")
    if detail:
        return refused(call, Fault("bad_request", detail))
    items = _numbered(fields["items"], ids.give("message", "menu"))
    return ApiResponse(
        status=201 if call.method == "POST" else 200,
        template=call.operation,
        values={"items": items},
        effects=(Put(table=TABLE, key=_key(call), row={"items": items}),),
    )


def delete_menu(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take the menu away."""
    if _is_astray(call, world):
        return refused(call, Fault("integration_not_found"))
    return ApiResponse(template=call.operation, effects=(Remove(table=TABLE, key=_key(call)),))


def items_of(world: World, key: str = KEY) -> tuple[Mapping[str, Any], ...]:
    """Give the items of a menu, none where there is none."""
    return tuple((world.get(TABLE, key) or {}).get("items", ()))


def postback_of(world: World, integration_id: str | None) -> Mapping[str, Any] | None:
    """Give the first postback that stands in the menu of an integration, or else in that of the app; or None."""
    shown = items_of(world, f"{KEY} {integration_id}") or items_of(world)
    items = [inner for item in shown for inner in (item, *item.get("items", ()))]
    return next((item for item in items if item["type"] == "postback"), None)


def _key(call: ApiCall) -> str:
    integration_id = call.params.get("integration_id")
    return KEY if integration_id is None else f"{KEY} {integration_id}"


def _is_astray(call: ApiCall, world: World) -> bool:
    """True where a call is about an integration that there is not."""
    return "integration_id" in call.params and integration_named(call, world) is None


def _faults(name: str, items: Any, limits: Mapping[str, Any], most: int) -> Iterator[str]:
    if not isinstance(items, list) or not 1 <= len(items) <= most:
        yield f"{name} is no list of 1 to {most}"
        return
    known = (*NEEDED, SUBMENU) if most == limits["menu_items"] else tuple(NEEDED)
    for number, item in enumerate(items):
        at = f"{name}.{number}"
        kind = item.get("type") if isinstance(item, Mapping) else None
        if not isinstance(kind, str) or kind not in known:
            yield f"{at}.type is none of {', '.join(known)}"
            return
        if not isinstance(item.get("text"), str) or not item["text"]:
            yield f"{at}.text is missing"
        if kind == SUBMENU:
            yield from _faults(f"{at}.items", item.get("items"), limits, limits["submenu_items"])
            continue
        value = item.get(NEEDED[kind])
        if not isinstance(value, str) or not value:
            yield f"{at}.{NEEDED[kind]} is missing"
        elif NEEDED[kind] == "uri" and not is_url(value):
            yield f"{at}.uri is no URL"


def _numbered(items: list[Mapping[str, Any]], menu_id: str) -> list[dict[str, Any]]:
    number, found = 0, []
    for item in items:
        number += 1
        shown = {"_id": numbered(menu_id, number), **_shown(item)}
        if item["type"] == SUBMENU:
            inside = []
            for inner in item["items"]:
                number += 1
                inside.append({"_id": numbered(menu_id, number), **_shown(inner)})
            shown["items"] = inside
        found.append(shown)
    return found


def _shown(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("type", "text", "uri", "payload") if item.get(name) is not None}
